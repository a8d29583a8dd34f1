//! boto3 and Neon's backup: a dump in several parts, by a job that has an identity token and no key.

use serde_json::json;

use super::{applied, expect_refused, objects, put};
use crate::support::{Account, Client, S3setup, Server};

const ROLE: &str = "neon-s3-backup-github-actions";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The job of a workflow whose token has this subject.
fn job(account: &Account, tool: &S3setup, subject: &str) -> Client {
    let claims = json!({"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": subject});
    let token = account.python_with("web_identity_token(**claims)", &json!({"claims": claims}));
    let file = tool.file("token", token.as_str().expect("it is a text"));
    let mut job = Client::script(&tool.folder(), "it/clients/dump.py", account);
    let role = format!("arn:aws:iam::{}:role/{ROLE}", account.account_id);
    job.env("AWS_ROLE_ARN", &role);
    job.env("AWS_ROLE_SESSION_NAME", "backup");
    job.env("AWS_WEB_IDENTITY_TOKEN_FILE", &file.to_string_lossy());
    job
}

#[test]
fn a_dump_is_uploaded_in_parts_and_old_ones_are_deleted() {
    let account = Server::ministack().account();
    let tool = applied(&account, "neon", &["repository=octo/databases"]);
    let bucket = account.bucket("neon-s3-backup");
    for number in 0..3 {
        put(&account, &bucket, &format!("nightly/{number:04}.dump.gz"));
    }
    put(&account, &bucket, "weekly/0000.dump.gz");

    let main = job(&account, &tool, "repo:octo/databases:ref:refs/heads/main");
    let done = main.run(&[&bucket, "nightly/", "2"]);
    done.expect_code(0);
    let id = &account.account_id;
    let kept = ["nightly/0002.dump.gz", "nightly/0003.dump.gz"];
    assert_eq!(
        done.json(),
        json!({
            "dumps": kept,
            "parts": 3,
            "same": true,
            "caller": format!("arn:aws:sts::{id}:assumed-role/{ROLE}/backup"),
        })
    );
    let left = objects(&account, &bucket);
    let left: Vec<&String> = left.as_object().expect("it is one").keys().collect();
    assert_eq!(left, [kept[0], kept[1], "weekly/0000.dump.gz"]);
}

#[test]
fn a_job_of_another_branch_uploads_nothing() {
    let account = Server::ministack().account();
    let tool = applied(&account, "neon", &["repository=octo/databases"]);
    let bucket = account.bucket("neon-s3-backup");
    let other = job(&account, &tool, "repo:octo/databases:ref:refs/heads/dev");
    expect_refused(
        &other.run(&[&bucket, "nightly/", "2"]),
        "it is another branch",
    );
    assert_eq!(objects(&account, &bucket), json!({}));
}

#[test]
fn the_job_is_refused_in_another_bucket() {
    let account = Server::ministack().account();
    let tool = applied(&account, "neon", &["repository=octo/databases"]);
    let other = account.bucket("other");
    account.python_with("s3.create_bucket(Bucket=name)", &json!({"name": other}));
    let main = job(&account, &tool, "repo:octo/databases:ref:refs/heads/main");
    expect_refused(
        &main.run(&[&other, "nightly/", "2"]),
        "it is not in the policy",
    );
    assert_eq!(objects(&account, &other), json!({}));
}
