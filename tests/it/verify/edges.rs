//! Callers who may do little, accounts in a file, versions, several manifests, none.

use serde_json::{Value, json};

use super::ground::{Ground, checks};
use super::{USER, VENDOR};
use crate::support::{Account, S3setup};
use crate::vendors::Manifest;

const READER: &[&str] = &[
    "iam:Get*",
    "iam:List*",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListBucket",
];

fn manifest(name: &str) -> Manifest {
    let mut all = Manifest::all().into_iter();
    all.find(|one| one.name == name)
        .expect("it is in manifests/")
}

/// A user who may do this and nothing else.
fn caller(account: &Account, actions: &[&str], denied: &[&str]) -> Account {
    let key = account.python_with(
        "iam.create_user(UserName='caller')
iam.put_user_policy(UserName='caller', PolicyName='p', PolicyDocument=json.dumps(
    {'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': actions, 'Resource': '*'},
        {'Effect': 'Deny', 'Action': denied or ['s3:DeleteBucket'], 'Resource': '*'}]}))
iam.create_access_key(UserName='caller')['AccessKey']",
        &json!({"actions": actions, "denied": denied}),
    );
    let text = |name: &str| key[name].as_str().expect("IAM answers so").to_owned();
    account.with_key(&text("AccessKeyId"), &text("SecretAccessKey"))
}

/// The same ground for another caller.
fn as_caller(ground: &mut Ground, caller: &Account) {
    for (name, value) in caller.env() {
        ground.tool.env(name, &value);
    }
}

#[test]
fn where_nobody_may_delete_the_report_says_what_stays_and_which_rule_takes_it_away() {
    let logzio = manifest("logzio-archive-user");
    let mut ground = Ground::of(&logzio).expect("it can be applied");
    let caller = caller(&ground.account, READER, &[]);
    as_caller(&mut ground, &caller);
    let outcome = ground.verify(&[]);
    outcome.expect_code(0);
    outcome.expect_stdout("Left in the bucket, since nobody here may delete:");
    let left = ground.left();
    let keys = left.as_array().expect("it is a list");
    assert!(!keys.is_empty(), "Logz.io may not delete");
    let said = outcome.stdout.replace("\n  ", " ");
    for key in keys {
        let (kind, key) = key
            .as_str()
            .and_then(|key| key.split_once(' '))
            .expect("KIND KEY");
        assert!(key.starts_with("s3setup-verify-"), "{left}");
        let words = if kind == "Uploads" {
            "the upload to "
        } else {
            ""
        };
        assert!(
            said.contains(&format!("{words}{key}")),
            "{kind} {key} of:\n{outcome}"
        );
    }
    // The rule is as a manifest takes it.
    let rule: Vec<&str> = outcome
        .stdout
        .lines()
        .skip_while(|line| *line != "  lifecycle:")
        .take_while(|line| line.starts_with("  "))
        .collect();
    assert!(rule.len() == 5, "{outcome}");
    let text = ground.tool.read("logzio-archive-user.yaml");
    let with = text.replace(
        "  name: ${bucket}\n",
        &format!("  name: ${{bucket}}\n{}\n", rule.join("\n")),
    );
    ground.tool.file("ruled.yaml", &with);
    ground.tool.run(&["validate", "ruled.yaml"]).expect_code(0);
    // In JSON, too.
    let json = ground.verify(&["--output", "json"]).expect_code(0).json();
    let left = json["manifests"][0]["left"].as_array().expect("a list");
    assert!(
        left.iter()
            .all(|one| one["object"]["key"].is_string() || one["upload"]["key"].is_string())
    );
}

#[test]
fn an_account_in_a_file_is_evaluated() {
    let tool = S3setup::without_credentials();
    tool.file(
        "account.json",
        r#"{"account": "111122223333", "region": "us-east-1"}"#,
    );
    tool.file("m.yaml", VENDOR);
    let run = |command: &str, more: &[&str]| {
        tool.run(&[&[command, "m.yaml", "--account", "account.json"], more].concat())
    };
    run("verify", &["--output", "json"]).expect_code(2);
    run("apply", &["--yes"]).expect_code(0);
    let report = run("verify", &["--output", "json"]).expect_code(0).json();
    let all = checks(&report);
    assert!(all.len() > 20);
    assert!(all.iter().all(|(_, check)| check["proof"] == "evaluation"));
    run("verify", &[]).expect_stdout("not tried: an account file cannot be asked");
}

#[test]
fn nothing_is_left_in_a_bucket_that_keeps_versions() {
    let text = USER.replace("bucket:\n", "bucket:\n  versioning: true\n");
    let ground = Ground::of_text(&text);
    ground.verify(&[]).expect_code(0);
    assert_eq!(ground.left(), json!([]));
}

#[test]
fn the_other_bucket_of_the_account_is_tried_and_stays_as_it_is() {
    let ground = Ground::of_text(USER);
    let other = json!({"bucket": ground.account.bucket("a-other")});
    ground
        .account
        .python_with("s3.create_bucket(Bucket=bucket)", &other);
    let report = ground.verify(&["--output", "json"]).expect_code(0).json();
    let all = checks(&report);
    let elsewhere = all
        .iter()
        .filter(|(_, check)| check["place"] == "other_bucket" && check["proof"] == "call");
    let elsewhere: Vec<&Value> = elsewhere.map(|(_, check)| &check["verdict"]).collect();
    assert_eq!(elsewhere, ["refused_as_promised", "refused_as_promised"]);
    assert_eq!(ground.left(), json!([]));
}

#[test]
fn a_bucket_that_no_longer_denies_plain_http_is_told() {
    let text = USER.replace("bucket:\n", "bucket:\n  deny_plain_http: true\n");
    let ground = Ground::of_text(&text);
    // The server is asked by plain HTTP: all is refused, as promised.
    ground.verify(&[]).expect_code(0);
    let bucket = json!({"bucket": ground.account.bucket("m")});
    ground
        .account
        .python_with("s3.delete_bucket_policy(Bucket=bucket)", &bucket);
    let report = ground.verify(&["--output", "json"]).expect_code(2).json();
    let all = checks(&report);
    let wrong: Vec<&Value> = all
        .iter()
        .filter(|(_, check)| check["place"] == "plain_http" && check["found"] == true)
        .map(|(_, check)| &check["verdict"])
        .collect();
    assert_eq!(wrong, ["allowed_but_not_promised"; 2]);
    assert_eq!(ground.left(), json!([]));
}

#[test]
fn a_bucket_that_is_gone_is_told_of_everybody() {
    for text in [USER, VENDOR] {
        let ground = Ground::of_text(text);
        ground
            .account
            .python("s3.delete_bucket(Bucket=s3.list_buckets()['Buckets'][0]['Name'])");
        let outcome = ground.verify(&[]);
        outcome.expect_code(2).expect_stdout("REFUSED BUT PROMISED");
        let said: Vec<&str> = outcome.stdout.split_whitespace().collect();
        assert!(
            said.join(" ").contains("; the bucket is not there"),
            "{outcome}"
        );
    }
}

#[test]
fn several_manifests_are_verified_in_one_run() {
    let mut ground = Ground::of_text(USER);
    ground.tool.file("vendor.yaml", VENDOR);
    ground
        .tool
        .run(&["apply", "vendor.yaml", "--yes"])
        .expect_code(0);
    ground.arguments.push("vendor.yaml".to_owned());
    let report = ground.verify(&["--output", "json"]).expect_code(0).json();
    let names: Vec<&Value> = report["manifests"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["manifest"])
        .collect();
    assert_eq!(names, ["m", "vendor"]);
    let outcome = ground.verify(&["--output", "json", "--only", "role.vendor"]);
    let report = outcome.expect_code(0).json();
    assert!(
        checks(&report)
            .iter()
            .all(|(name, _)| *name == "role.vendor")
    );
    let unknown = ground.verify(&["--only", "role.vendor", "--only", "user.nobody"]);
    unknown
        .expect_code(1)
        .expect_stderr("--only user.nobody: no manifest has that principal");
    assert_eq!(unknown.stdout, "");
}

#[test]
fn without_a_bucket_there_is_nothing_to_verify() {
    let ground = Ground::of_text("name: m\nusers:\n  m: {}\n");
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("there is nothing to verify: the manifest m has no bucket");
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    let mut ground = Ground::of_text(VENDOR);
    let caller = caller(
        &ground.account,
        &["*"],
        &["iam:GetRolePolicy", "sts:AssumeRole"],
    );
    as_caller(&mut ground, &caller);
    let outcome = ground.verify(&[]);
    outcome.expect_code(1);
    outcome.expect_stdout("Could not be read: role.vendor (iam:GetRolePolicy).");
    // What is tried needs no reading.
    let user = Ground::of_text(USER);
    let denied = &["iam:GetUserPolicy"];
    let mut reading = user;
    let caller = self::caller(&reading.account, &["*"], denied);
    as_caller(&mut reading, &caller);
    reading
        .verify(&[])
        .expect_code(0)
        .expect_stdout("Could not be read: user.m");
}
