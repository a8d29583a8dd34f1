//! Trusts that let strangers in, that AWS refuses, or that never match.

use super::{BUCKET, table};

/// A role with a trust of this kind and these fields; they begin on line 8.
pub fn trust(kind: &str, fields: &[&str]) -> String {
    let fields: String = fields
        .iter()
        .map(|field| format!("        {field}\n"))
        .collect();
    format!("{BUCKET}roles:\n  r:\n    trust:\n      {kind}:\n{fields}")
}

#[test]
fn trusts_of_others_name_them() {
    let statement = |text: &str| {
        trust(
            "statements",
            &[&format!(
                "- {{{text}, Effect: Allow, Action: 'sts:AssumeRole'}}"
            )],
        )
    };
    table(&[
        (
            &statement("Principal: '*'"),
            "8:23",
            "lets every AWS account",
            "name an account",
            "everybody",
        ),
        (
            &statement("Principal: {AWS: '*'}"),
            "8:29",
            "lets every AWS account",
            "name an account",
            "everybody, written longer",
        ),
        (
            &statement("NotPrincipal: {AWS: '123456789012'}"),
            "8:12",
            "lets in everybody but",
            "write Principal",
            "all but one",
        ),
        (
            &trust("account", &["id: 12345"]),
            "8:13",
            "12 digits",
            "copy it",
            "an account too short",
        ),
        (
            &trust("account", &["id: 1234-5678-9012"]),
            "8:13",
            "12 digits",
            "copy it",
            "as the console shows it",
        ),
        (
            &trust("account", &["id: '123456789012'", "external_id: x"]),
            "9:22",
            "no external id",
            "copy it",
            "one character",
        ),
        (
            &trust("account", &["id: '123456789012'", "external_id: 'a b'"]),
            "9:22",
            "no external id",
            "copy it",
            "a space",
        ),
        (
            &trust("principal", &["arn: 'arn:aws:iam::123456789012:role/*'"]),
            "8:14",
            "no wildcards in a principal",
            "name",
            "a wildcard",
        ),
        (
            &trust("principal", &["arn: '*'"]),
            "8:14",
            "everybody",
            "name",
            "everybody",
        ),
        (
            &trust("principal", &["arn: role.none"]),
            "8:14",
            "no role \"none\"",
            "`r`",
            "a role that is not there",
        ),
        (
            &trust(
                "oidc",
                &["issuer: http://gitlab.com", "audience: a", "subject: b"],
            ),
            "8:17",
            "begins with https://",
            "https://",
            "plain http",
        ),
        (
            &trust("oidc", &["issuer: https://gitlab.com", "audience: a"]),
            "7:7",
            "every workload of gitlab.com",
            "subject:",
            "no subject",
        ),
        (
            &trust(
                "oidc",
                &[
                    "issuer: https://gitlab.com",
                    "audience: a",
                    "subject_like: '*'",
                ],
            ),
            "7:7",
            "anybody",
            "exactly",
            "any subject",
        ),
        (
            &trust(
                "oidc",
                &[
                    "issuer: https://gitlab.com",
                    "audience: a",
                    "subject_like: 'project_path:acme*:*'",
                ],
            ),
            "7:7",
            "where the owner is named",
            "exactly",
            "acme-evil matches, too",
        ),
        (
            &format!("{BUCKET}roles:\n  r:\n    trust: {{service: '*'}}\n"),
            "6:22",
            "no service",
            "ec2.amazonaws.com",
            "any service",
        ),
        (
            &format!("{BUCKET}roles:\n  r:\n    trust: {{service: ec2}}\n"),
            "6:22",
            "no service",
            "ec2.amazonaws.com",
            "no domain",
        ),
        (
            &format!("{BUCKET}roles:\n  r:\n    trust: []\n"),
            "6:5",
            "nobody may assume this role",
            "github_actions:",
            "nobody",
        ),
    ]);
}
