//! Trusts in GitHub Actions, by their own words and by hand: one repository, and which workflows.

use super::{one_error, table, trusts::trust, validate};

const GITHUB: &str = "token.actions.githubusercontent.com";

fn github(fields: &[&str]) -> String {
    trust("github_actions", fields)
}

/// A hand-written statement for GitHub's provider with this condition.
fn written(condition: &str) -> String {
    trust(
        "statements",
        &[
            "- Effect: Allow",
            &format!(
                "  Principal: {{Federated: 'arn:aws:iam::123456789012:oidc-provider/{GITHUB}'}}"
            ),
            "  Action: sts:AssumeRoleWithWebIdentity",
            &format!("  Condition: {condition}"),
        ],
    )
}

#[test]
fn a_github_trust_names_one_repository_and_which_workflows() {
    let repository = "repository: acme/app";
    table(&[
        (
            &github(&[repository]),
            "7:7",
            "every workflow of the repository",
            "branch: main",
            "no branch, tag or environment",
        ),
        (
            &github(&[repository, "branch: []"]),
            "7:7",
            "every workflow of the repository",
            "branch: main",
            "no branch in the list",
        ),
        (
            &github(&[repository, "branch: \"main\\nx\""]),
            "9:17",
            "'\\n' is in no branch",
            "in one line",
            "a line break",
        ),
        (
            &github(&[repository, "branch: '*'"]),
            "9:17",
            "never matches",
            "name one branch",
            "any branch",
        ),
        (
            &github(&[repository, "branch: release-*"]),
            "9:17",
            "never matches",
            "name one branch",
            "some branches",
        ),
        (
            &github(&[repository, "environment: 'prod?'"]),
            "9:22",
            "never matches",
            "name one environment",
            "some environments",
        ),
        (
            &github(&[repository, "branch: refs/heads/main"]),
            "9:17",
            "refs/…/refs/…",
            "write \"main\"",
            "the long name",
        ),
        (
            &github(&[repository, "branch: ''"]),
            "9:17",
            "the branch is empty",
            "name a branch",
            "an empty name",
        ),
        (
            &github(&[repository, "branch: a b"]),
            "9:17",
            "git has no branch",
            "as git shows it",
            "a space",
        ),
        (
            &github(&["repository: acme*/app", "branch: main"]),
            "8:21",
            "has a wildcard",
            "name one repository",
            "acme-evil matches, too",
        ),
        (
            &github(&["repository: acme/*", "branch: main"]),
            "8:21",
            "has a wildcard",
            "name one repository",
            "every repository",
        ),
        (
            &github(&["repository: acme", "branch: main"]),
            "8:21",
            "is no repository",
            "owner/name",
            "no owner",
        ),
        (
            &github(&["repository: https://github.com/acme/app", "branch: main"]),
            "8:21",
            "is no repository",
            "no URL",
            "a URL",
        ),
        (
            &github(&["repository: acme/app/x", "branch: main"]),
            "8:21",
            "is no repository",
            "owner/name",
            "a path",
        ),
        (
            &github(&["repository: acme:evil/app", "branch: main"]),
            "8:21",
            "is no repository",
            "owner/name",
            "a colon ends the repository in a subject",
        ),
        (
            &github(&[repository, "branch: main", "owner_id: '1'"]),
            "7:7",
            "repository_id is missing",
            "gh api repos/acme/app",
            "one id of two",
        ),
        (
            &github(&[
                repository,
                "branch: main",
                "owner_id: acme",
                "repository_id: '2'",
            ]),
            "10:19",
            "is no id",
            "gh api",
            "a name for an id",
        ),
        (
            &github(&[repository, "branch: main", "subject_format: immutable"]),
            "7:7",
            "immutable subjects need both ids",
            "gh api",
            "a format without ids",
        ),
        (
            &github(&[repository, "branch: main", "audience: '*'"]),
            "10:19",
            "no audience",
            "leave it out",
            "any audience",
        ),
        (
            &github(&[repository, "branch: main", "issuer: https://gitlab.com"]),
            "10:17",
            "no issuer of GitHub Actions",
            "oidc:",
            "another issuer",
        ),
        (
            &trust(
                "oidc",
                &[
                    &format!("issuer: https://{GITHUB}"),
                    "audience: a",
                    "subject: b",
                ],
            ),
            "8:17",
            "a trust of its own",
            "github_actions:",
            "by the way around",
        ),
    ]);
}

#[test]
fn a_hand_written_trust_tests_whose_workload_it_is() {
    let aud = format!("'{GITHUB}:aud': sts.amazonaws.com");
    let sub = |value: &str| format!("'{GITHUB}:sub': '{value}'");
    let main = sub("repo:acme/app:ref:refs/heads/main");
    let without = "every workload of token.actions.githubusercontent.com could assume this role";
    for (condition, place, message, fix, reason) in [
        (
            format!("{{StringEquals: {{{aud}}}}}"),
            "8:11",
            without,
            "add StringEquals",
            "no sub",
        ),
        (
            "{}".to_owned(),
            "8:11",
            without,
            "add StringEquals",
            "no condition",
        ),
        (
            format!("{{'ForAllValues:StringEquals': {{{main}}}}}"),
            "11:",
            without,
            "ForAllValues do not count",
            "holds when there is none",
        ),
        (
            format!("{{'ForAllValues:StringLike': {{{main}}}}}"),
            "11:",
            without,
            "ForAllValues do not count",
            "holds when there is none",
        ),
        (
            format!("{{StringEqualsIfExists: {{{main}}}}}"),
            "11:",
            without,
            "IfExists",
            "holds when there is none",
        ),
        (
            format!("{{StringNotEquals: {{{main}}}}}"),
            "11:",
            without,
            "add StringEquals",
            "everybody else",
        ),
        (
            format!("{{'Null': {{'{GITHUB}:sub': 'false'}}}}"),
            "8:11",
            without,
            "add StringEquals",
            "any subject",
        ),
        (
            format!("{{StringLike: {{{}}}}}", sub("*")),
            "11:",
            "lets in workloads of anybody",
            "exactly",
            "any subject",
        ),
        (
            format!("{{StringLike: {{{}}}}}", sub("repo:*")),
            "11:",
            "where the owner is named",
            "exactly",
            "any repository",
        ),
        (
            format!("{{StringLike: {{{}}}}}", sub("repo:acme*/app:*")),
            "11:",
            "where the owner is named",
            "exactly",
            "acme-evil matches, too",
        ),
        (
            format!("{{StringLike: {{'{GITHUB}:sub': ['repo:acme/app:*', '*']}}}}"),
            "11:",
            "lets in workloads of anybody",
            "exactly",
            "one of several",
        ),
    ] {
        one_error(
            &validate(written(&condition), &[]),
            place,
            message,
            fix,
            reason,
        );
    }
    validate(
        written(&format!("{{StringEquals: {{{aud}, {main}}}}}")),
        &[],
    )
    .expect_code(0);
}
