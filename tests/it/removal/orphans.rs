//! `orphans`: what carries our marks and no manifest names.

use serde_json::json;

use super::{APPLY, DESTROY, ground};
use crate::neon::{flat, writes};
use crate::support::S3setup;

#[test]
fn what_no_manifest_names_is_listed() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    let bucket = account.bucket("all");
    account.python_with(
        "iam.create_role(RoleName='theirs', AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17',
    'Statement': {'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': 'ec2.amazonaws.com'}}}))
s3.create_bucket(Bucket=bucket)",
        &json!({"bucket": account.bucket("theirs")}),
    );
    proxy.forget();
    tool.run(&["orphans", "all.yaml"])
        .expect_code(0)
        .expect_stdout("No orphans.");
    let all = tool.run(&["orphans", "--output", "json"]);
    let json = all.expect_code(2).json();
    let names: Vec<&str> = json["orphans"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["address"].as_str())
        .collect();
    let bucket = format!("bucket.{bucket}");
    let expected = [
        bucket.as_str(),
        "group.writers",
        "kms_key.data",
        "oidc_provider.token.actions.githubusercontent.com",
        "policy.shared",
        "role.ci",
        "user.writer",
    ];
    assert_eq!(names, expected);
    tool.file(
        "less.yaml",
        "name: all\nroles: {ci: {trust: {service: ec2.amazonaws.com}}}\nabsent: [user.writer]\n",
    );
    let less = tool.run(&["orphans", "less.yaml"]);
    less.expect_code(2)
        .expect_stdout("group.writers")
        .expect_stdout("of all")
        .expect_stdout("5 orphans");
    assert!(!less.stdout.contains("role.ci") && !less.stdout.contains("user.writer"));
    assert_eq!(writes(&proxy), Vec::<String>::new(), "it changes nothing");

    tool.run(DESTROY).expect_code(0);
    tool.run(&["orphans"]).expect_code(0);
}

#[test]
fn what_may_not_be_read_is_no_proof_that_there_are_none() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let some = crate::commands::permissions::user(
        proxy.account(),
        &json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["iam:GetAccountAuthorizationDetails", "s3:GetBucketTagging",
                "kms:ListKeys"], "Resource": "*"},
        ]),
    );
    let reader = S3setup::new(&some);
    reader.file("all.yaml", &tool.read("all.yaml"));
    let outcome = reader.run(&["orphans", "all.yaml"]);
    outcome.expect_code(1);
    let said = flat(&outcome.stdout);
    for part in [
        "users, roles and groups, needs iam:GetAccountAuthorizationDetails",
        "needs s3:GetBucketTagging",
        "keys of KMS, needs kms:ListKeys",
        "not all could be read",
    ] {
        assert!(said.contains(part), "no {part:?}:\n{outcome}");
    }
}
