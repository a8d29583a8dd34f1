//! Trusts and what is found in them. Sources: "Identity-provider controls for shared OIDC
//! providers", "Create a role for OpenID Connect federation", "Available keys for AWS OIDC
//! federation" (AWS); "OpenID Connect reference" (GitHub).

use super::super::{Finding, Ground, Kind, lint};
use crate::policy::Statement;

const HOST: &str = "token.actions.githubusercontent.com";

fn found(statement: &str, account: Option<&str>) -> Vec<Finding> {
    let statement: Statement = serde_json::from_str(statement).unwrap();
    let ground = Ground {
        account,
        ..Ground::new(Kind::Trust)
    };
    lint(&[statement], Some("2012-10-17"), &ground)
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

/// A statement that trusts `issuer` under this condition; `$` stands for the issuer.
fn trust(issuer: &str, condition: &str) -> String {
    let provider = match issuer {
        "accounts.google.com" | "cognito-identity.amazonaws.com" => issuer.to_owned(),
        _ => format!("arn:aws:iam::111122223333:oidc-provider/{issuer}"),
    };
    format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{}}}"#,
        condition
            .replace("${", "\u{1}")
            .replace('$', issuer)
            .replace('\u{1}', "${")
    )
}

/// Each condition of a trust in `issuer` has findings of these rules, separated by blanks.
fn table(issuer: &str, rows: &[(&str, &str)]) {
    for (condition, expected) in rows {
        let found = found(&trust(issuer, condition), None);
        assert_eq!(ids(&found).join(" "), *expected, "{condition}: {found:#?}");
    }
}

/// What is found in a trust in GitHub with the audience and this subject under StringLike.
fn of_pattern(subject: &str) -> Vec<Finding> {
    let condition = format!(
        r#"{{"StringEquals":{{"$:aud":"sts.amazonaws.com"}},"StringLike":{{"$:sub":"{subject}"}}}}"#
    );
    found(&trust(HOST, &condition), None)
}

/// The same under StringEquals.
fn of_subject(subject: &str) -> Vec<Finding> {
    let condition =
        format!(r#"{{"StringEquals":{{"$:aud":"sts.amazonaws.com","$:sub":"{subject}"}}}}"#);
    found(&trust(HOST, &condition), None)
}

#[test]
fn a_pattern_of_subjects_lets_in_whom_it_matches() {
    for (subject, expected) in [
        ("*", "shared-issuer"),
        ("?*", "shared-issuer"),
        ("r*", "open-subject"),
        ("repo:*", "open-subject"),
        ("repo:*/*:ref:refs/heads/main", "open-subject"),
        ("*:ref:refs/heads/main", "open-subject"),
        ("*/backups:*", "open-subject"),
        ("repo:acme*", "owner-wildcard"),
        ("repo:acme*/backups:ref:refs/heads/main", "owner-wildcard"),
        ("repo:acm?/backups:*", "owner-wildcard"),
        ("repo:acme*/back*:*", "owner-wildcard"),
        ("repo:acme@1*/backups@2:*", "owner-wildcard"),
        (
            "repo:acme@12*/backups@34:ref:refs/heads/main",
            "owner-wildcard",
        ),
        (
            "repo:acme@1/backups@3*:ref:refs/heads/main",
            "repository-wildcard",
        ),
        ("repo:acme/*", "owner-any-repository"),
        ("repo:acme/*:ref:refs/heads/main", "owner-any-repository"),
        ("repo:acme@12/*", "owner-any-repository"),
        ("repo:acme/back*", "repository-wildcard"),
        ("repo:acme/back*:ref:refs/heads/main", "repository-wildcard"),
        ("repo:acme/backups:*", "repository-any-branch"),
        ("repo:acme@1/backups@2:*", "any-branch-by-id"),
        ("repo:acme@1/backups@2:environment:*", "any-branch-by-id"),
        ("repo:acme/backups:ref:*", "repository-any-branch"),
        (
            "repo:acme/backups:ref:refs/heads/*",
            "repository-any-branch",
        ),
        ("repo:acme/backups:environment:*", "repository-any-branch"),
        ("repo:acme/backups:pull_request", "pull-request"),
        ("repo:acme/backups:pull*", "pull-request"),
        ("repo:acme@1/backups@2:ref:refs/heads/release-*", ""),
        ("repo:acme@1/backups@2:ref:refs/tags/v*", ""),
        ("repo:acme/backups:ref:refs/tags/v*", "name-only-subject"),
        (
            "repo:acme@*/backups@*:ref:refs/heads/main",
            "name-only-subject",
        ),
        ("repo:acme/backups:branch:*", "unknown-subject"),
        ("repo:acme/backups:ref:main*", "unknown-subject"),
        ("repo:${aws:PrincipalTag/owner}/backups:*", "open-subject"),
        ("workflow:deploy:*", "open-subject"),
        ("repository_owner:acme*", "owner-wildcard"),
        ("repository_owner:acme:*", "custom-subject"),
        (
            "repo:acme@1/backups@2:*:job_workflow_ref:acme/shared/.github/workflows/d.yml@*",
            "",
        ),
    ] {
        let found = of_pattern(subject);
        assert_eq!(ids(&found).join(" "), expected, "{subject}: {found:#?}");
    }
}

#[test]
fn a_subject_is_one_that_github_gives() {
    for (subject, expected, fix) in [
        ("repo:acme@1/backups@2:ref:refs/heads/main", "", ""),
        ("repo:acme@1/backups@2:environment:prod", "", ""),
        ("repo:Acme@1/Back.ups@2:ref:refs/tags/v1", "", ""),
        ("repo:acme@1/backups@2:ref:refs/heads/a/b", "", ""),
        ("repo:acme@1/backups@2:environment:a%3Ab", "", ""),
        (
            "repo:acme@1/backups@2:environment:prod:job_workflow_ref:acme/s/.github/workflows/d.yml@refs/heads/main",
            "",
            "",
        ),
        (
            "repo:acme/backups:ref:refs/heads/main",
            "name-only-subject",
            "@OWNER_ID/backups@ID",
        ),
        (
            "repo:acme/backups:branch:main",
            "unknown-subject",
            "repo:acme/backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:refs/heads/main",
            "unknown-subject",
            "backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:ref:main",
            "unknown-subject",
            "backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:ref:heads/main",
            "unknown-subject",
            "backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:main",
            "unknown-subject",
            "backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:tag:v1",
            "unknown-subject",
            "backups:ref:refs/tags/v1",
        ),
        (
            "repo:acme/backups:env:prod",
            "unknown-subject",
            "backups:environment:prod",
        ),
        (
            "repo:acme/backups:environment:a:b",
            "unknown-subject",
            "environment:a%3Ab",
        ),
        ("repo:acme/backups:environment:", "unknown-subject", ""),
        (
            "repo:acme/backups:push",
            "unknown-subject",
            "backups:ref:refs/heads/main",
        ),
        (
            "repo:acme/backups:pull_requests",
            "unknown-subject",
            "backups:pull_request",
        ),
        (
            "repo:https://github.com/acme/backups:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:ref:refs/heads/main",
        ),
        (
            "repo:github.com/acme/backups:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:",
        ),
        (
            "repo:acme/backups.git:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:ref",
        ),
        (
            "acme/backups:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:ref:refs/heads/main",
        ),
        (
            "repository:acme/backups:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:",
        ),
        (
            "Repo:acme/backups:ref:refs/heads/main",
            "unknown-subject",
            "repo:acme/backups:",
        ),
        (
            "repo:acme:ref:refs/heads/main",
            "unknown-subject",
            "repo:OWNER/NAME:",
        ),
        (
            "repo:acme@1/backups:ref:refs/heads/main",
            "unknown-subject",
            "OWNER@ID/NAME@ID",
        ),
        ("invalid", "unknown-subject", "repo:OWNER/NAME:"),
        (
            "repo:acme/backups",
            "custom-subject",
            "repo:acme/backups:ref:refs/heads/main",
        ),
        ("environment:production", "open-subject", "repo:OWNER/NAME:"),
        (
            "workflow:a:repo:acme/backups:ref:refs/heads/main",
            "custom-subject",
            "template",
        ),
        ("repository_owner:acme", "custom-subject", "template"),
        // A wildcard in an exact test is a character that no subject has.
        ("repo:acme/*", "condition-value", "StringLike"),
        ("*", "condition-value", "StringLike"),
    ] {
        let found = of_subject(subject);
        assert_eq!(ids(&found).join(" "), expected, "{subject}: {found:#?}");
        let told = found
            .first()
            .map(|finding| finding.fix.clone())
            .unwrap_or_default();
        assert!(told.contains(fix), "{subject}: {told}");
    }
}

#[test]
fn a_trust_in_github_tests_the_subject_and_the_audience() {
    const AUD: &str = r#""$:aud":"sts.amazonaws.com""#;
    const SUB: &str = r#""$:sub":"repo:a@1/b@2:ref:refs/heads/main""#;
    let rows = [
        ("{}".to_owned(), "shared-issuer"),
        (format!(r#"{{"StringEquals":{{{AUD}}}}}"#), "shared-issuer"),
        (format!(r#"{{"StringEquals":{{{AUD},{SUB}}}}}"#), ""),
        (format!(r#"{{"stringequals":{{{AUD},{SUB}}}}}"#), ""),
        (
            format!(r#"{{"StringEqualsIgnoreCase":{{{SUB}}},"StringEquals":{{{AUD}}}}}"#),
            "",
        ),
        (
            format!(r#"{{"ForAnyValue:StringEquals":{{{AUD},{SUB}}}}}"#),
            "",
        ),
        (
            format!(r#"{{"StringEquals":{{{SUB}}}}}"#),
            "missing-audience",
        ),
        (
            format!(r#"{{"StringEquals":{{{SUB}}},"StringLike":{{"$:aud":"*"}}}}"#),
            "missing-audience",
        ),
        (
            format!(r#"{{"StringEquals":{{{SUB},"$:aud":"https://github.com/acme"}}}}"#),
            "other-audience",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{SUB},"$:aud":["https://github.com/a","sts.amazonaws.com"]}}}}"#
            ),
            "",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD}}},"ForAllValues:StringLike":{{{SUB}}}}}"#),
            "vacuous-guard",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD}}},"StringEqualsIfExists":{{{SUB}}}}}"#),
            "vacuous-guard",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD},{SUB}}},"StringLikeIfExists":{{{SUB}}}}}"#),
            "",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD}}},"StringNotEquals":{{{SUB}}}}}"#),
            "negated-guard",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD}}},"Null":{{"$:sub":"false"}}}}"#),
            "shared-issuer",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},"Token.Actions.GithubUserContent.com:SUB":"repo:a@1/b@2:environment:x"}}}}"#
            ),
            "",
        ),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, expected)| (row.as_str(), *expected))
        .collect();
    table(HOST, &rows);
}

#[test]
fn a_trust_that_nobody_passes_is_told() {
    const AUD: &str = r#""$:aud":"sts.amazonaws.com""#;
    const SUB: &str = r#""$:sub":"repo:a@1/b@2:ref:refs/heads/main""#;
    let rows = [
        (
            format!(
                r#"{{"StringEquals":{{{AUD},"tokens.actions.githubusercontent.com:sub":"repo:a/b:ref:refs/heads/x"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},"gitlab.com:sub":"project_path:a/b:ref_type:branch:ref:main"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},"https://$:sub":"repo:a@1/b@2:ref:refs/heads/main"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},"$/acme:sub":"repo:a@1/b@2:ref:refs/heads/main"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},{SUB}}},"StringLike":{{"$:sub":"repo:a@1/other@3:*"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},{SUB}}},"StringNotLike":{{"$:sub":"repo:a@1/b@2:*"}}}}"#
            ),
            "dead-condition",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD},{SUB}}},"StringLike":{{"$:sub":"repo:a@1/*"}}}}"#),
            "",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD},{SUB}}},"Null":{{"$:sub":"true"}}}}"#),
            "dead-condition",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD},{SUB},"sts:ExternalId":"x"}}}}"#),
            "dead-key",
        ),
        (
            format!(r#"{{"StringEquals":{{{AUD},{SUB},"$:repository_owner":"a"}}}}"#),
            "unknown-claim",
        ),
        (
            format!(
                r#"{{"StringEquals":{{{AUD},{SUB},"$:repository_owner_id":"1","$:ref":"refs/heads/main"}}}}"#
            ),
            "",
        ),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, expected)| (row.as_str(), *expected))
        .collect();
    table(HOST, &rows);
}

#[test]
fn other_claims_pin_down_what_the_subject_leaves_open() {
    const AUD: &str = r#""$:aud":"sts.amazonaws.com""#;
    let row = |subject: &str, claims: &str| {
        format!(r#"{{"StringEquals":{{{AUD},{claims}}},"StringLike":{{"$:sub":"{subject}"}}}}"#)
    };
    let rows = [
        (
            row("repo:*", r#""$:repository_id":"2""#),
            "repository-any-branch",
        ),
        (
            row(
                "repo:*",
                r#""$:repository_id":"2","$:ref":"refs/heads/main""#,
            ),
            "",
        ),
        (
            row("repo:*/*:ref:refs/heads/main", r#""$:repository":"a/b""#),
            "",
        ),
        (
            row("repo:acme*/b:*", r#""$:repository_owner_id":"1""#),
            "owner-any-repository",
        ),
        (row("repo:acme@1/b@2:*", r#""$:environment":"prod""#), ""),
        // It does not lift what AWS asks for.
        (row("*", r#""$:repository_id":"2""#), "shared-issuer"),
    ];
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, expected)| (row.as_str(), *expected))
        .collect();
    table(HOST, &rows);
}

#[test]
fn other_issuers_have_rules_of_their_own() {
    table(
        "gitlab.com",
        &[
            (
                r#"{"StringEquals":{"$:aud":"https://gitlab.com"}}"#,
                "shared-issuer",
            ),
            (
                r#"{"StringEquals":{"$:sub":"project_path:g/p:ref_type:branch:ref:main"}}"#,
                "",
            ),
            (r#"{"StringLike":{"$:sub":"*"}}"#, "shared-issuer"),
            (
                r#"{"StringLike":{"$:sub":"project_path:*"}}"#,
                "owner-wildcard",
            ),
            (
                r#"{"StringLike":{"$:sub":"project_path:g*"}}"#,
                "owner-wildcard",
            ),
            (
                r#"{"StringLike":{"$:sub":"project_path:g/*:ref_type:branch:ref:main"}}"#,
                "owner-any-repository",
            ),
            (
                r#"{"StringLike":{"$:sub":"project_path:g/p:*"}}"#,
                "repository-any-branch",
            ),
            (
                r#"{"StringLike":{"$:sub":"project_path:g/p:ref_type:branch:ref:release-*"}}"#,
                "",
            ),
            (
                r#"{"StringEquals":{"$:sub":"repo:g/p:ref:refs/heads/main"}}"#,
                "unknown-subject",
            ),
            (
                r#"{"StringEquals":{"$:sub":"project_path:g/p:ref_type:branch:ref:main","$:project_id":"1"}}"#,
                "unknown-claim",
            ),
        ],
    );
    table(
        "agent.buildkite.com",
        &[
            (
                r#"{"StringLike":{"$:sub":"organization:acme:pipeline:p:ref:refs/heads/main:commit:*:step:*"}}"#,
                "",
            ),
            (
                r#"{"StringLike":{"$:sub":"organization:acme:pipeline:p:*"}}"#,
                "repository-any-branch",
            ),
            (
                r#"{"StringLike":{"$:sub":"organization:acme:*"}}"#,
                "owner-any-repository",
            ),
            (
                r#"{"StringLike":{"$:sub":"organization:acme:pipeline:*"}}"#,
                "owner-any-repository",
            ),
            (
                r#"{"StringLike":{"$:sub":"organization:acme*"}}"#,
                "owner-wildcard",
            ),
        ],
    );
    table(
        "app.terraform.io",
        &[
            (
                r#"{"StringLike":{"$:sub":"organization:o:project:p:workspace:w:run_phase:*"}}"#,
                "",
            ),
            (
                r#"{"StringLike":{"$:sub":"organization:o:*"}}"#,
                "owner-any-repository",
            ),
            (
                r#"{"StringEquals":{"$:aud":"aws.workload.identity"}}"#,
                "shared-issuer",
            ),
        ],
    );
    table(
        "oidc.vercel.com",
        &[
            (
                r#"{"StringEquals":{"$:aud":"https://vercel.com/acme","$:sub":"owner:acme:project:p:environment:production"}}"#,
                "",
            ),
            (
                r#"{"StringLike":{"$:aud":"*","$:sub":"owner:acme:project:p:environment:production"}}"#,
                "open-issuer",
            ),
            (
                r#"{"StringEquals":{"$:sub":"owner:acme:project:p:environment:production"}}"#,
                "shared-issuer",
            ),
        ],
    );
    table(
        "cognito-identity.amazonaws.com",
        &[
            (
                r#"{"StringEquals":{"$:aud":"us-east-2:1234"},"ForAnyValue:StringLike":{"$:amr":"authenticated"}}"#,
                "",
            ),
            (
                r#"{"ForAnyValue:StringLike":{"$:amr":"authenticated"}}"#,
                "shared-issuer",
            ),
        ],
    );
    table(
        "accounts.google.com",
        &[
            ("{}", "open-issuer"),
            (
                r#"{"StringEquals":{"$:aud":"666777888999000"}}"#,
                "audience-only",
            ),
            (
                r#"{"StringEquals":{"$:aud":"1","$:oaud":"2","$:sub":"3"}}"#,
                "",
            ),
            (r#"{"StringEqualsIfExists":{"$:aud":"1"}}"#, "vacuous-guard"),
        ],
    );
    table(
        "oidc.eks.eu-west-1.amazonaws.com/id/ABC",
        &[
            (
                r#"{"StringEquals":{"$:aud":"sts.amazonaws.com"}}"#,
                "any-service-account",
            ),
            (
                r#"{"StringEquals":{"$:aud":"sts.amazonaws.com","$:sub":"system:serviceaccount:n:s"}}"#,
                "",
            ),
            (r#"{"StringLike":{"$:sub":"*"}}"#, "open-subject"),
            (
                r#"{"StringLike":{"$:sub":"system:serviceaccount:*:*"}}"#,
                "any-service-account",
            ),
            (
                r#"{"StringEquals":{"$:aud":"sts.amazonaws.com"},"StringLike":{"$:sub":"system:*"}}"#,
                "any-service-account",
            ),
            (
                r#"{"StringLike":{"$:sub":"system:serviceaccount:n:*"}}"#,
                "",
            ),
            ("{}", "open-issuer"),
        ],
    );
    table(
        "oidc.circleci.com/org/1",
        &[
            (r#"{"StringLike":{"$:sub":"org/1/project/2/user/*"}}"#, ""),
            (
                r#"{"StringEquals":{"$:aud":"1","$:oidc.circleci.com/project-id":"2"}}"#,
                "",
            ),
        ],
    );
    table(
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        &[
            (r#"{"StringEquals":{"$:aud":"a"}}"#, "shared-issuer"),
            (
                r#"{"StringEquals":{"$:aud":"a","sts:RoleSessionName":"MicrosoftSentinel_1"}}"#,
                "",
            ),
        ],
    );
}

#[test]
fn everybody_is_somebody_only_by_what_says_whose_it_is() {
    for (who, condition, expected) in [
        (r#""*""#, "{}", "trust-everyone"),
        (r#"{"AWS":"*"}"#, "{}", "trust-everyone"),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}"#,
            "",
        ),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}}"#,
            "",
        ),
        (
            r#""*""#,
            r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}}"#,
            "trust-everyone",
        ),
        (
            r#""*""#,
            r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}"#,
            "trust-everyone open-guard",
        ),
        (
            r#""*""#,
            r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#,
            "trust-everyone",
        ),
        (
            r#""*""#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
            "",
        ),
        (
            r#""*""#,
            r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}}"#,
            "trust-everyone",
        ),
        (
            r#""*""#,
            r#"{"StringLike":{"aws:PrincipalAccount":"1*"}}"#,
            "trust-everyone",
        ),
        (
            r#"{"AWS":"464622532012"}"#,
            r#"{"StringEquals":{"sts:ExternalId":""}}"#,
            "dead-condition",
        ),
        (
            r#"{"AWS":"464622532012"}"#,
            r#"{"StringEquals":{"sts:ExternalId":["","id"]}}"#,
            "",
        ),
        (r#"{"Service":"ec2.amazonaws.com"}"#, "{}", ""),
        (
            r#"{"Service":"ec2.amazonaws.com"}"#,
            r#"{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a@1/b@2:environment:x"}}"#,
            "dead-condition",
        ),
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{who},"Action":"sts:AssumeRole","Condition":{condition}}}"#
        );
        let found = found(&statement, None);
        assert_eq!(ids(&found).join(" "), expected, "{statement}: {found:#?}");
    }
}

#[test]
fn a_provider_is_of_the_role_s_own_account() {
    let statement = trust(
        HOST,
        r#"{"StringEquals":{"$:aud":"sts.amazonaws.com","$:sub":"repo:a@1/b@2:environment:x"}}"#,
    );
    for (account, expected) in [
        (None, ""),
        (Some("111122223333"), ""),
        (Some("444455556666"), "foreign-provider"),
    ] {
        assert_eq!(
            ids(&found(&statement, account)).join(" "),
            expected,
            "{account:?}"
        );
    }
}

#[test]
fn a_statement_that_denies_grants_nothing() {
    let deny = trust(HOST, "{}").replace("Allow", "Deny");
    assert_eq!(found(&deny, None), []);
}
