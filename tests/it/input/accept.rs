//! What works and is probably not meant: shown, accepted with a reason, and said to code scanning.

use serde_json::Value;

use super::validate;
use crate::support::S3setup;

/// A role that every branch of a repository may take; `sub` is on line 12.
fn any_branch(more: &str) -> String {
    let host = "token.actions.githubusercontent.com";
    format!(
        "name: m\nbucket:\n  name: b-backups\nroles:\n  r:\n    trust:\n      statements:\n        \
         - Effect: Allow\n          Principal: {{Federated: 'arn:aws:iam::${{account}}:oidc-provider/{host}'}}\n          \
         Action: sts:AssumeRoleWithWebIdentity\n          Condition:\n            \
         StringLike: {{'{host}:sub': 'repo:acme/app:*', '{host}:aud': sts.amazonaws.com}}\n{more}"
    )
}

const ACCEPTED: &str = "accept: [{id: repository-any-branch, reason: a bot releases}]\n";

#[test]
fn a_warning_is_shown_with_its_line_and_does_not_fail() {
    let outcome = validate(any_branch(""), &[]);
    outcome
        .expect_code(0)
        .expect_stderr("warning[repository-any-branch]: ")
        .expect_stderr("--> m.yaml:12:");
    let json = validate(any_branch(""), &["--output", "json"]);
    assert_eq!(json.expect_code(0).stdout.trim(), "[]");
}

#[test]
fn what_is_accepted_is_shown_to_who_asks_for_it() {
    let quiet = validate(any_branch(ACCEPTED), &[]);
    quiet.expect_code(0).expect_nowhere("repository-any-branch");
    validate(any_branch(ACCEPTED), &["--verbose"])
        .expect_code(0)
        .expect_stderr("accepted: a bot releases");
}

#[test]
fn an_acceptance_of_what_is_not_found_is_a_warning() {
    let accept = "accept: [{id: owner-wildcard, reason: x}]\n";
    validate(any_branch(accept), &[])
        .expect_code(0)
        .expect_stderr("owner-wildcard is accepted and not found");
}

#[test]
fn code_scanning_is_told_what_is_accepted_and_why() {
    let sarif = validate(any_branch(ACCEPTED), &["--output", "sarif"]);
    let run = sarif.expect_code(0).json()["runs"][0].clone();
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "repository-any-branch", "{sarif}");
    let suppression = &result["suppressions"][0];
    assert_eq!(suppression["justification"], "a bot releases", "{sarif}");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 12, "{sarif}");

    let wrong = validate("name: m\nbucket: {name: B}\n", &["--output", "sarif"]);
    let results = wrong.expect_code(1).json()["runs"][0]["results"].clone();
    assert_eq!(results[0]["ruleId"], "invalid-manifest", "{wrong}");
    assert_eq!(results[0]["suppressions"], Value::Null, "{wrong}");
}

#[test]
fn what_somebody_has_loosened_in_the_account_is_told() {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    let exact = any_branch("").replace("acme/app:*", "acme@1/app@2:ref:refs/heads/main");
    tool.file("m.yaml", &exact);
    let at = ["--account", "account.json"];
    tool.run(&[&["apply", "m.yaml", "--yes"][..], &at].concat())
        .expect_code(0);
    let loosened = tool
        .read("account.json")
        .replace("repo:acme@1/", "repo:acme*/");
    tool.file("account.json", &loosened);

    let told = "live: role.r, trust_policy, Statement[0]:";
    let drift = tool.run(&[&["drift", "m.yaml"][..], &at].concat());
    drift
        .expect_code(2)
        .expect_stdout(told)
        .expect_stdout("(owner-wildcard)");
    let plan = tool.run(&[&["plan", "m.yaml"][..], &at].concat());
    plan.expect_code(0).expect_stderr(told);
    let json = tool.run(&[&["plan", "m.yaml", "--output", "json"][..], &at].concat());
    let found = json.expect_code(0).json()["lint"].clone();
    assert_eq!(found[0]["address"], "role.r", "{json}");
    assert_eq!(found[0]["id"], "owner-wildcard", "{json}");
    tool.run(&[&["apply", "m.yaml", "--yes"][..], &at].concat())
        .expect_code(0);
    let mended = tool.run(&[&["drift", "m.yaml"][..], &at].concat());
    mended.expect_code(0).expect_nowhere("live: ");
}
