//! A key is two calls, the first of which makes another key each time: whatever is lost, there is
//! one key in the end, and never a second one that costs money.

use serde_json::json;

use super::{in_parallel, times};
use crate::{
    neon::flat,
    support::{Answer, Outcome, Proxy, S3setup, Server},
};

const APPLY: &[&str] = &["apply", "key.yaml", "--yes"];

/// A manifest with a key that a role may use, and the bucket that it encrypts.
fn ground() -> (Proxy, S3setup) {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = S3setup::new(proxy.account());
    let bucket = proxy.account().bucket("key");
    tool.file(
        "key.yaml",
        &format!(
            "name: key
kms_keys: {{backups: {{description: Backups}}}}
bucket:
  name: {bucket}
  encryption: {{sse_kms: {{key: kms_key.backups}}}}
roles: {{deploy: {{trust: {{service: ec2.amazonaws.com}}}}}}
grants: [{{to: role.deploy, allow: [write]}}]
"
        ),
    );
    (proxy, tool)
}

/// Fail unless there is one key, with its alias, which encrypts the bucket, and nothing to do.
#[track_caller]
fn there_is_one_key(proxy: &Proxy, tool: &S3setup, reason: &str) {
    proxy.heal();
    let plan = tool.run(&["plan", "key.yaml", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    let found = proxy.account().python_with(
        "rule = s3.get_bucket_encryption(Bucket=bucket)['ServerSideEncryptionConfiguration']['Rules'][0]
key = rule['ApplyServerSideEncryptionByDefault']['KMSMasterKeyID']
[[each['KeyArn'] for each in kms.list_keys()['Keys']] == [key],
 kms.describe_key(KeyId='alias/backups')['KeyMetadata']['Arn'] == key]",
        &json!({"bucket": proxy.account().bucket("key")}),
    );
    assert_eq!(found, json!([true, true]), "{reason}");
}

/// Fail unless the error says this.
#[track_caller]
fn says(outcome: &Outcome, parts: &[&str]) {
    let said = flat(&outcome.expect_code(1).stderr);
    for part in parts {
        assert!(said.contains(part), "no {part:?}:\n{outcome}");
    }
}

#[test]
fn a_key_whose_answer_was_lost_is_found_by_its_tags() {
    let (proxy, tool) = ground();
    proxy.on("CreateKey", 1, Answer::DropAfter);
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("looking for the key by its tags");
    assert_eq!(times(&proxy, "kms:CreateKey"), 1, "it is not sent again");
    there_is_one_key(&proxy, &tool, "its answer was lost");
}

#[test]
fn a_key_that_may_not_have_been_made_is_told_and_not_asked_for_twice() {
    let failure = Answer::error(500, "KMSInternalException", "try again");
    for answer in [Answer::Drop, failure] {
        let (proxy, tool) = ground();
        proxy.on("CreateKey", 9, answer);
        let outcome = tool.run(APPLY);
        says(
            &outcome,
            &[
                "cannot create kms_key.backups: kms:CreateKey",
                "apply again, and it is found by its tags",
            ],
        );
        assert_eq!(times(&proxy, "kms:CreateKey"), 1);
        proxy.heal();
        tool.run(APPLY).expect_code(0);
        there_is_one_key(&proxy, &tool, "the second run");
    }
}

#[test]
fn a_key_that_never_got_its_alias_gets_it_by_the_next_run() {
    let (proxy, tool) = ground();
    proxy.on(
        "CreateAlias",
        1,
        Answer::error(403, "AccessDeniedException", "not now"),
    );
    let outcome = tool.run(APPLY);
    says(
        &outcome,
        &[
            "kms:CreateAlias: AccessDeniedException",
            "allow kms:CreateAlias on arn:aws:kms:",
        ],
    );
    proxy.heal();
    tool.run(APPLY).expect_code(0);
    assert_eq!(times(&proxy, "kms:CreateKey"), 1, "in both runs together");
    there_is_one_key(&proxy, &tool, "the second run");
}

#[test]
fn an_answer_lost_or_a_no_at_any_call_leaves_one_key() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let points = proxy.calls().len();
    assert!(points > 15, "only {points} calls");
    in_parallel(points * 2, |at| {
        let (proxy, tool) = ground();
        let answer = match at % 2 {
            0 => Answer::DropAfter,
            _ => Answer::error(403, "AccessDeniedException", "not now"),
        };
        let reason = format!("call {} of {points}: {answer:?}", at / 2);
        proxy.on_call_after(at / 2, answer);
        tool.run(APPLY).expect_nowhere("panicked");
        proxy.heal();
        let second = tool.run(APPLY);
        assert_eq!(second.code, Some(0), "{reason}:\n{second}");
        there_is_one_key(&proxy, &tool, &reason);
    });
}

#[test]
fn throttling_and_a_role_that_kms_does_not_know_yet_are_waited_out() {
    let malformed = "MalformedPolicyDocumentException";
    let cases = [
        (
            Answer::error(400, "ThrottlingException", "Rate exceeded"),
            "waiting until AWS has time for kms:CreateKey (ThrottlingException)",
        ),
        (
            Answer::error(400, malformed, ""),
            "waiting until AWS knows role.deploy (MalformedPolicyDocumentException)",
        ),
    ];
    for (answer, said) in cases {
        let (proxy, tool) = ground();
        proxy.on("CreateKey", 2, answer);
        let outcome = tool.run(APPLY);
        outcome.expect_code(0);
        assert!(flat(&outcome.stderr).contains(said), "{outcome}");
        assert_eq!(times(&proxy, "kms:CreateKey"), 3);
        there_is_one_key(&proxy, &tool, said);
    }
}

#[test]
fn a_policy_that_locks_its_author_out_fails_at_once() {
    let (proxy, tool) = ground();
    let locked = "The new key policy will not allow you to update the key policy in the future.";
    let code = "MalformedPolicyDocumentException";
    proxy.on("CreateKey", 9, Answer::error(400, code, locked));
    let outcome = tool.run(APPLY);
    says(
        &outcome,
        &["under administrators, or leave administrators out"],
    );
    outcome.expect_nowhere("waiting");
    assert_eq!(times(&proxy, "kms:CreateKey"), 1);
}
