//! Trusts that let strangers in, or that AWS refuses, however they were written.

use super::context::Context;
use super::draft::Draft;
use crate::policy::{Effect, Statement};
use crate::resource::OidcProvider;
use crate::yaml::Path;

/// Issuers that serve everybody, with the claim that tells whose workload it is. AWS refuses trusts
/// in them that do not test it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>).
const SHARED: [(&str, &str); 7] = [
    (OidcProvider::GITHUB, "sub"),
    ("gitlab.com", "sub"),
    ("agent.buildkite.com", "sub"),
    ("app.terraform.io", "sub"),
    ("oidc.codefresh.io", "sub"),
    ("proidc.upbound.io", "sub"),
    ("oidc.vercel.com", "aud"),
];

/// Keys whose value says whose request it is.
const WHOSE: [&str; 6] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:SourceAccount",
    "aws:SourceArn",
];

/// Refuses the statements of a trust policy that let strangers in.
pub(super) fn check(context: &mut Context, trust: &Draft) {
    for (path, statement) in trust.statements() {
        if statement.effect == Effect::Allow {
            check_statement(context, path, statement);
        }
    }
}

fn check_statement(context: &mut Context, path: &Path, statement: &Statement) {
    if statement.not_principal.is_some() {
        context.refuse(
            path,
            "Allow with NotPrincipal lets in everybody but those it names",
            "write Principal with those who may",
        );
    }
    let Some(principal) = &statement.principal else {
        return;
    };
    let named = |kind: &str| principal.0.get(kind).into_iter().flatten();
    let whose = WHOSE.iter().any(|key| {
        values(statement, key).is_some_and(|found| found.iter().all(|value| !is_open(value)))
    });
    if named("AWS").any(|who| who == "*") && !whose {
        context.refuse(
            path,
            "\"*\" lets every AWS account assume this role",
            "name an account or an ARN, or test aws:PrincipalOrgID",
        );
    }
    for federated in named("Federated") {
        let issuer = federated
            .split_once(":oidc-provider/")
            .map_or(federated.as_str(), |(_, url)| url);
        check_issuer(context, path, statement, issuer);
    }
}

fn check_issuer(context: &mut Context, path: &Path, statement: &Statement, issuer: &str) {
    let shared = SHARED.iter().find(|(known, _)| {
        *known == issuer
            || (*known == OidcProvider::GITHUB && issuer.starts_with(&format!("{known}/")))
    });
    let Some((known, claim)) = shared else { return };
    let key = format!("{issuer}:{claim}");
    let Some(found) = values(statement, &key) else {
        context.refuse(
            path,
            format!("without a test of {key} every workload of {issuer} could assume this role"),
            format!(
                "add StringEquals on {key} (IfExists and ForAllValues do not count: they hold \
                     when it is missing)"
            ),
        );
        return;
    };
    for value in found {
        if let Some(why) = too_wide(known, claim, value) {
            let fix = "write the subject exactly, as the token has it";
            context.refuse(path, format!("{value:?} {why}"), fix);
        }
    }
}

/// The values that `key` must have one of, where the statement tests it at all in a way that does
/// not hold when the key is missing.
fn values<'a>(statement: &'a Statement, key: &str) -> Option<Vec<&'a String>> {
    let operators = [
        "StringEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnEquals",
        "IpAddress",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringLike",
    ];
    let found: Vec<&String> = statement
        .condition
        .iter()
        .filter(|(operator, _)| operators.contains(&operator.as_str()))
        .flat_map(|(_, keys)| keys)
        .filter(|(name, _)| name.eq_ignore_ascii_case(key))
        .flat_map(|(_, values)| values)
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Whether S3 takes a statement of a bucket policy for public: it lets in everybody, and no
/// condition fixes from where or whom
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
pub(super) fn is_public(statement: &Statement) -> bool {
    const FIXES: [&str; 9] = [
        "aws:SourceIp",
        "aws:SourceArn",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceOwner",
        "aws:SourceAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalAccount",
        "s3:DataAccessPointAccount",
    ];
    let everybody = statement.not_principal.is_some()
        || statement
            .principal
            .as_ref()
            .and_then(|principal| principal.0.get("AWS"))
            .is_some_and(|names| names.contains("*"));
    let fixed = FIXES.iter().any(|key| {
        values(statement, key).is_some_and(|found| {
            found
                .iter()
                .all(|value| !value.contains(['*', '?']) && !value.ends_with("/0"))
        })
    });
    statement.effect == Effect::Allow && everybody && !fixed
}

fn is_open(value: &str) -> bool {
    value.chars().all(|c| matches!(c, '*' | '?'))
}

/// Why `value` lets in workloads of others, if it does.
fn too_wide(issuer: &str, claim: &str, value: &str) -> Option<&'static str> {
    const ANY: &str = "lets in workloads of anybody";
    let literal = value.split(['*', '?']).next().unwrap_or_default();
    if literal.is_empty() {
        return Some(ANY);
    }
    if claim != "sub" || literal.len() == value.len() {
        return None;
    }
    // What names the tenant has to be written out, up to and with the sign that ends it: "acme*"
    // is also "acme-evil".
    let (head, end) = match issuer {
        OidcProvider::GITHUB => ("repo:", '/'),
        "gitlab.com" => ("project_path:", '/'),
        "agent.buildkite.com" | "app.terraform.io" => ("organization:", ':'),
        _ => return None,
    };
    let tenant = literal
        .strip_prefix(head)
        .and_then(|rest| rest.split_once(end));
    match tenant {
        Some((name, _)) if !name.is_empty() => None,
        _ => Some("has a wildcard where the owner is named: others can have such a name"),
    }
}
