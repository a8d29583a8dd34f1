//! Trusts that let strangers in, or that AWS refuses, however they were written.

use super::context::Context;
use super::draft::Draft;
use super::references::is_account;
use crate::policy::{Effect, Statement};
use crate::resource::OidcProvider;
use crate::yaml::Path;

/// Issuers that serve everybody, with the claim that tells whose workload it is. AWS refuses trusts
/// in them that do not test it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>).
const SHARED: [(&str, &str); 12] = [
    (OidcProvider::GITHUB, "sub"),
    ("vstoken.actions.githubusercontent.com", "sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
    ("gitlab.com", "sub"),
    ("agent.buildkite.com", "sub"),
    ("app.terraform.io", "sub"),
    ("oidc.codefresh.io", "sub"),
    ("proidc.upbound.io", "sub"),
    ("scalr.io", "sub"),
    ("oidc.vercel.com", "aud"),
    ("api.pulumi.com/oidc", "aud"),
    ("cognito-identity.amazonaws.com", "aud"),
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

/// Whether a value of one of [`WHOSE`] is somebody's, and nobody else can have one that fits: the
/// account or the organisation is written out.
fn is_somebodys(key: &str, value: &str) -> bool {
    const OUR_OWN: [&str; 3] = [
        "${aws:ResourceAccount}",
        "${aws:ResourceOrgID}",
        "${aws:ResourceOrgPaths}",
    ];
    if value.contains("${") {
        return OUR_OWN.contains(&value);
    }
    let wild = |text: &str| text.is_empty() || text.contains(['*', '?']);
    match key {
        "aws:PrincipalAccount" | "aws:SourceAccount" => is_account(value),
        "aws:PrincipalArn" | "aws:SourceArn" => {
            let parts: Vec<&str> = value.splitn(6, ':').collect();
            matches!(parts[..], [_, _, service, _, account, rest]
                if is_account(account) || (service == "s3" && account.is_empty() && !wild(rest)))
        }
        "aws:PrincipalOrgPaths" => value.split('/').next().is_some_and(|first| !wild(first)),
        _ => !wild(value),
    }
}

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
        values(statement, key)
            .is_some_and(|found| found.iter().all(|value| is_somebodys(key, value)))
    });
    if named("AWS").any(|who| who == "*") && !whose {
        context.refuse(
            path,
            "\"*\" lets every AWS account assume this role",
            "name an account or an ARN, or test aws:PrincipalOrgID",
        );
    }
    for federated in named("Federated") {
        let (provider, issuer) = match federated.split_once(":oidc-provider/") {
            Some((provider, issuer)) => (Some(provider), issuer),
            None => (None, federated.as_str()),
        };
        if issuer.contains(":saml-provider/") {
            continue;
        }
        let account = provider.and_then(|provider| provider.rsplit(':').next());
        if account.is_some_and(|account| account != context.scope.account) {
            context.refuse(
                path,
                format!("{federated} is a provider of another account"),
                "a role can trust the providers of its own account only",
            );
        }
        check_issuer(context, path, statement, issuer);
    }
}

fn check_issuer(context: &mut Context, path: &Path, statement: &Statement, issuer: &str) {
    let github =
        issuer == OidcProvider::GITHUB || issuer.starts_with(&format!("{}/", OidcProvider::GITHUB));
    let shared = SHARED.iter().find(|(known, _)| *known == issuer);
    let claim = match shared {
        Some((_, claim)) => Some(*claim),
        None if github => Some("sub"),
        None => None,
    };
    if let Some(claim) = claim
        && values(statement, &format!("{issuer}:{claim}")).is_none()
    {
        let key = format!("{issuer}:{claim}");
        context.refuse(
            path,
            format!("without a test of {key} every workload of {issuer} could assume this role"),
            format!(
                "add StringEquals on {key} (IfExists and ForAllValues do not count: they hold when \
                 it is missing)"
            ),
        );
        return;
    }
    let of_issuer = format!("{}:", issuer.to_lowercase());
    let keys = statement.condition.values().flat_map(|keys| keys.keys());
    let tested = keys
        .filter(|key| key.to_lowercase().starts_with(&of_issuer))
        .any(|key| {
            values(statement, key).is_some_and(|found| {
                found
                    .iter()
                    .all(|value| !is_open(value) && !value.contains("${"))
            })
        });
    if claim.is_none() && !tested {
        context.refuse(
            path,
            format!("whoever {issuer} vouches for could assume this role"),
            format!("test {issuer}:sub, or another claim that tells whose workload it is"),
        );
        return;
    }
    let before = context.problems.len();
    let shared_audience = claim == Some("aud") && !tested;
    if shared_audience {
        let fix = format!("write the audience exactly on {issuer}:aud");
        context.refuse(
            path,
            format!("any audience of {issuer} could assume this role"),
            fix,
        );
    }
    for value in values(statement, &format!("{issuer}:sub")).unwrap_or_default() {
        let known = if github { OidcProvider::GITHUB } else { issuer };
        if let Some(why) = too_wide(known, value) {
            let fix = "write the subject exactly, as the token has it";
            context.refuse(path, format!("{value:?} {why}"), fix);
        }
    }
    if context.problems.len() == before
        && github
        && values(statement, &format!("{issuer}:aud")).is_none()
    {
        context.refuse(
            path,
            "a trust in GitHub Actions tests the audience, too",
            format!("add StringEquals on {issuer}:aud: sts.amazonaws.com"),
        );
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
                .all(|value| !value.contains(['*', '?']) && !is_wide_range(value))
        })
    });
    statement.effect == Effect::Allow && everybody && !fixed
}

/// Ranges of addresses that S3 does not take for fixed: wider than /8, and /32 of IPv6.
fn is_wide_range(value: &str) -> bool {
    let Some((address, bits)) = value.split_once('/') else {
        return false;
    };
    let least = if address.contains(':') { 32 } else { 8 };
    bits.parse::<u8>().is_ok_and(|bits| bits < least)
}

fn is_open(value: &str) -> bool {
    value.chars().all(|c| matches!(c, '*' | '?'))
}

/// Why the subject `value` lets in workloads of others, if it does.
fn too_wide(issuer: &str, value: &str) -> Option<&'static str> {
    const ANY: &str = "lets in workloads of anybody";
    let literal = value.split(['*', '?']).next().unwrap_or_default();
    if literal.is_empty() || value.contains("${") {
        return Some(ANY);
    }
    if literal.len() == value.len() {
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
