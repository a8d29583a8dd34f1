//! AWS does not know yet what this run has made; and what looks the same and will never pass.

use super::{all_is_there, ground, times};
use crate::{
    neon::{self, APPLY, flat},
    support::{Answer, Proxy, S3setup, Server},
};

/// What AWS says while it does not know a principal yet.
fn unknown_principal(code: &str) -> Answer {
    Answer::error(400, code, "Invalid principal in policy")
}

#[test]
fn a_role_that_aws_does_not_know_yet_is_waited_for_and_said_so() {
    let (proxy, tool) = ground();
    proxy.on("PutBucketPolicy", 2, unknown_principal("MalformedPolicy"));
    let outcome = tool.run(APPLY);
    outcome
        .expect_code(0)
        .expect_stderr(&format!("waiting until AWS knows role.{}", neon::ROLE));
    outcome.expect_stderr("(Invalid principal in policy)");
    assert_eq!(times(&proxy, "s3:PutBucketPolicy"), 3);
    let said = outcome.stderr.matches("waiting until").count();
    assert_eq!(said, 1, "a log is told once:\n{outcome}");
    all_is_there(&proxy, &tool, "after the wait");
}

#[test]
fn a_provider_that_aws_does_not_know_yet_is_waited_for() {
    let (proxy, tool) = ground();
    proxy.on(
        "CreateRole",
        1,
        unknown_principal("MalformedPolicyDocument"),
    );
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("waiting until AWS knows oidc_provider.token.actions.githubusercontent.com");
    assert_eq!(times(&proxy, "iam:CreateRole"), 2);
    all_is_there(&proxy, &tool, "after the wait");
}

#[test]
fn a_principal_that_does_not_exist_fails_at_once() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    let nobody = format!("arn:aws:iam::{}:role/nobody", account.account_id);
    tool.file(
        "m.yaml",
        &format!(
            "name: m\nbucket:\n  name: {}\ngrants:\n  - {{to: \"{nobody}\", allow: [read]}}\n",
            account.bucket("nobody")
        ),
    );
    proxy.on("PutBucketPolicy", 99, unknown_principal("MalformedPolicy"));
    let outcome = tool.run(&["apply", "m.yaml", "--yes"]);
    outcome.expect_code(1).expect_nowhere("waiting");
    let said = flat(&outcome.stderr);
    assert!(
        said.contains("hint: a principal of the document does not exist"),
        "{outcome}"
    );
    assert!(said.contains(&nobody), "it names the principal:\n{outcome}");
    assert_eq!(times(&proxy, "s3:PutBucketPolicy"), 1, "no wait helps");
}

#[test]
fn the_same_code_for_another_reason_fails_at_once() {
    let (proxy, tool) = ground();
    let missing = "The condition token.actions.githubusercontent.com:sub is missing";
    proxy.on(
        "CreateRole",
        99,
        Answer::error(400, "MalformedPolicyDocument", missing),
    );
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr(":sub")
        .expect_nowhere("waiting");
    assert_eq!(times(&proxy, "iam:CreateRole"), 1);
}
