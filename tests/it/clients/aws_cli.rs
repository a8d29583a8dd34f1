//! The AWS CLI and the test of Logz.io's page, in its own words:
//! <https://docs.logz.io/user-guide/archive-and-restore/set-s3-permissions.html>.

use serde_json::json;

use super::{applied, expect_refused, objects, put};
use crate::support::{Account, Client, S3setup, Server};

/// The file that the page has one make.
const FILE: &str = "DELETE-logzio-test.txt";
/// What the page has one fetch it as.
const FETCHED: &str = "SUCCESSFUL-GetObject-perms.txt";

/// The AWS CLI as the user of a manifest, and its bucket.
fn user_of(account: &Account, manifest: &str) -> (S3setup, Client, String) {
    let tool = applied(account, manifest, &[]);
    let credentials = tool.folder().join("logzio-credentials");
    let aws = Client::aws_cli(&tool.folder(), &credentials, "logzio", account);
    (tool, aws, account.bucket(manifest))
}

#[test]
fn the_three_steps_of_the_page_work_for_archive_and_restore() {
    let account = Server::ministack().account();
    let (tool, aws, bucket) = user_of(&account, "logzio-archive-restore-user");
    let made = tool.file(FILE, "");
    let root = format!("s3://{bucket}/");
    let object = format!("{root}{FILE}");

    aws.run(&["s3", "mv", FILE, &root]).expect_code(0);
    assert!(!made.exists(), "it was moved");
    aws.run(&["s3", "ls", &root])
        .expect_code(0)
        .expect_stdout(FILE);
    aws.run(&["s3", "cp", &object, FETCHED]).expect_code(0);
    assert!(tool.folder().join(FETCHED).exists(), "it was fetched");
}

#[test]
fn who_may_only_archive_passes_the_first_step_only() {
    let account = Server::ministack().account();
    let (tool, aws, bucket) = user_of(&account, "logzio-archive-user");
    tool.file(FILE, "");
    let root = format!("s3://{bucket}/");

    aws.run(&["s3", "mv", FILE, &root]).expect_code(0);
    expect_refused(&aws.run(&["s3", "ls", &root]), "it does not list");
    let object = format!("{root}{FILE}");
    expect_refused(
        &aws.run(&["s3", "cp", &object, FETCHED]),
        "it does not restore",
    );
    expect_refused(&aws.run(&["s3", "rm", &object]), "archives are kept");
    assert!(!tool.folder().join(FETCHED).exists());
}

#[test]
fn logz_io_is_refused_to_delete_and_whatever_else_it_has_no_use_for() {
    let account = Server::ministack().account();
    let (_tool, aws, bucket) = user_of(&account, "logzio-archive-restore-user");
    let other = account.bucket("other");
    account.python_with("s3.create_bucket(Bucket=name)", &json!({"name": other}));
    put(&account, &bucket, FILE);
    put(&account, &other, FILE);
    let all = || [&bucket, &other].map(|bucket| objects(&account, bucket));
    let before = all();

    let object = format!("s3://{bucket}/{FILE}");
    let elsewhere = format!("s3://{other}/");
    for (arguments, reason) in [
        (&["s3", "rm", &object][..], "archives are kept"),
        (&["s3", "mv", &object, FETCHED], "moving deletes"),
        (&["s3", "rb", &format!("s3://{bucket}")], "the bucket stays"),
        (
            &[
                "s3api",
                "put-object-acl",
                "--bucket",
                &bucket,
                "--key",
                FILE,
                "--acl",
                "private",
            ],
            "who may read is not its business",
        ),
        (&["s3", "ls"], "nor are other buckets"),
        (&["s3", "ls", &elsewhere], "nor what is in them"),
        (
            &["s3", "cp", &format!("{elsewhere}{FILE}"), FETCHED],
            "nor to read there",
        ),
        (
            &["s3api", "put-object", "--bucket", &other, "--key", "new"],
            "nor to write there",
        ),
        (&["iam", "list-access-keys"], "nor are keys"),
    ] {
        expect_refused(&aws.run(arguments), reason);
    }
    assert_eq!(all(), before, "what is refused changes nothing");
}
