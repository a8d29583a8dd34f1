//! The manifest for a workflow: it makes the role that runs the command, and nobody else can take it.

use serde_json::{Value, json};

use super::command::many;
use crate::support::{Proxy, S3setup, Server};

/// A token as GitHub issues them.
fn token(subject: &str) -> Value {
    json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": "sts.amazonaws.com",
        "sub": subject,
    })
}

#[test]
fn a_workflow_takes_the_role_and_runs_the_command_without_a_key() {
    let account = Server::ministack().account();
    // The bucket's policy denies plain http.
    let proxy = Proxy::before(&account);
    proxy.forward_as_https();
    let mut tool = S3setup::new(&account);
    let manifest = include_str!("../../../manifests/terraform-state.yaml");
    tool.file("state.yaml", manifest);
    tool.run(&["apply", "state.yaml", "--yes"]).expect_code(0);
    let printed = tool.run(&[
        "permissions",
        "state.yaml",
        "--for",
        "drift",
        "--github",
        "acme/infra",
    ]);
    tool.file("runner.yaml", &printed.expect_code(0).stdout);
    let checked = tool.run(&["validate", "runner.yaml"]);
    checked
        .expect_code(0)
        .expect_stderr("runner.yaml: good, 2 resources");
    assert_eq!(checked.stderr.lines().count(), 1, "no finding: {checked}");
    tool.run(&["apply", "runner.yaml", "--yes"]).expect_code(0);

    let role = format!("arn:aws:iam::{}:role/s3setup-drift", account.account_id);
    for (subject, may) in [
        ("repo:acme/infra:ref:refs/heads/main", true),
        ("repo:acme/infra:ref:refs/heads/other", false),
        ("repo:acme/other:ref:refs/heads/main", false),
        ("repo:acme/infra:pull_request", false),
    ] {
        let session = account.assume_role_with_web_identity(&role, &token(subject));
        assert_eq!(session.is_ok(), may, "{subject}");
        if let Ok(session) = session {
            tool.lead_to(&session.at(&proxy.account().endpoint));
        }
    }
    tool.run(&["drift", "state.yaml"])
        .expect_code(0)
        .expect_stdout("In sync");
    tool.run(&["apply", "state.yaml", "--yes"])
        .expect_code(0)
        .expect_stderr("No changes");
}

#[test]
fn the_manifest_says_which_workflows_and_under_which_name() {
    let tool = S3setup::without_credentials();
    tool.file("a.yaml", "name: a\nbucket:\n  name: a-bucket-of-ours\n");
    let words = [
        "permissions",
        "a.yaml",
        "--for",
        "plan,apply",
        "--account-id",
        "111122223333",
    ];
    let run = |more: &[&str]| tool.run(&[&words[..], &["--github", "acme/infra"], more].concat());
    run(&[])
        .expect_code(0)
        .expect_stdout("\nname: s3setup-apply-plan\n")
        .expect_stdout("        repository: acme/infra\n        branch: main\n");
    run(&["--branch", "release", "--role", "deployer"])
        .expect_stdout("\n  deployer:\n")
        .expect_stdout("        branch: release\n");
    let protected = run(&["--environment", "prod"]);
    protected
        .expect_stdout("        environment: prod\n")
        .expect_nowhere("branch:");
    for manifest in [run(&[]), protected] {
        tool.file("runner.yaml", &manifest.stdout);
        tool.run(&["validate", "runner.yaml"]).expect_code(0);
    }
}

#[test]
fn what_is_too_long_for_the_role_itself_is_in_managed_policies() {
    let tool = S3setup::without_credentials();
    many(&tool);
    let words = [
        "permissions",
        "many.yaml",
        "--for",
        "drift",
        "--account-id",
        "111122223333",
    ];
    let printed = tool.run(&[&words[..], &["--github", "acme/infra"]].concat());
    printed
        .expect_code(0)
        .expect_stdout("attached_policies: [\"policy.s3setup-drift-1\", ")
        .expect_nowhere("inline_policies");
    tool.file("runner.yaml", &printed.stdout);
    tool.run(&["validate", "runner.yaml"]).expect_code(0);
}
