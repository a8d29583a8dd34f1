//! The principals of a policy in words.

use super::text::quoted;
use crate::plan::Whose;
use crate::policy::google::Member;
use crate::policy::{has_unique_id, id_of_caller};
use crate::resource::Scope;
use std::collections::BTreeMap;

/// What is known of those whom policies name.
#[derive(Clone, Copy)]
pub(super) struct People<'a> {
    /// Whose account is "this account".
    pub(super) scope: &'a Scope,
    /// Whose the unique ids are.
    pub(super) ids: &'a BTreeMap<String, Whose>,
}

/// A principal of this kind (`AWS`, `Federated`, `Service`, …) in words. What lives in the account
/// of the plan is named without its ARN, so that it reads like an address; what cannot be said
/// exactly in words stays as it is written.
pub(super) fn words(kind: &str, name: &str, people: People<'_>) -> String {
    let scope = people.scope;
    match (kind, name) {
        ("AWS", "*") => "anyone".to_owned(),
        ("AWS", id) if is_account(id) => account(id, scope),
        ("AWS", id) if has_unique_id(id).is_some() => caller(id, people),
        ("AWS" | "Federated", arn) => identity(arn, scope).unwrap_or_else(|| match kind {
            "AWS" => quoted(arn),
            _ => format!("federated {}", quoted(arn)),
        }),
        ("Service", service) => format!("service {}", quoted(service)),
        ("allUsers", _) => "anyone on the internet".to_owned(),
        ("allAuthenticatedUsers", _) => "anyone with a Google account".to_owned(),
        ("user", address) => quoted(address),
        ("group", address) => format!("group {}", quoted(address)),
        ("domain", domain) => format!("everybody of {}", quoted(domain)),
        ("serviceAccount", address) => service_account(address),
        ("projectOwner", project) => format!("owners of project {}", quoted(project)),
        ("projectEditor", project) => format!("editors of project {}", quoted(project)),
        ("projectViewer", project) => format!("viewers of project {}", quoted(project)),
        ("principal" | "principalSet", _) => of_pool(kind, name),
        ("acls", bucket) => format!("whoever ACLs of {} name", quoted(bucket)),
        ("CanonicalUser", id) => format!("canonical user {}", quoted(id)),
        _ => format!("{} {}", quoted(kind), quoted(name)),
    }
}

/// The address without what all of them end with: `events@acme-1`.
fn service_account(address: &str) -> String {
    let short = address.strip_suffix(".iam.gserviceaccount.com");
    format!("service account {}", quoted(short.unwrap_or(address)))
}

/// Identities of a workload identity pool, by what they are known by.
fn of_pool(kind: &str, name: &str) -> String {
    let member = format!("{kind}:{name}");
    let Member::OfPool { pool, whom, .. } = Member::of(&member) else {
        return quoted(&member);
    };
    let pool = quoted(pool);
    match whom.split_once('/') {
        None if whom == "*" => format!("everybody in pool {pool}"),
        Some(("subject", subject)) => format!("{} in pool {pool}", quoted(subject)),
        Some(("group", group)) => format!("group {} in pool {pool}", quoted(group)),
        Some((attribute, value)) => {
            let attribute = attribute.strip_prefix("attribute.").unwrap_or(attribute);
            format!(
                "whoever has {} {} in pool {pool}",
                quoted(attribute),
                quoted(value)
            )
        }
        None => quoted(&member),
    }
}

/// A value of `aws:userid` with whose id is in it: `AROA…:* (a former role deploy)`.
pub(super) fn caller(value: &str, people: People<'_>) -> String {
    let Some((id, kind)) = id_of_caller(value).and_then(|id| Some((id, has_unique_id(id)?))) else {
        return quoted(value);
    };
    let name = |arn: &str| identity(arn, people.scope).unwrap_or_else(|| quoted(arn));
    let whose = match people.ids.get(id) {
        Some(Whose::Now(arn)) => name(arn),
        Some(Whose::Former(arn)) => format!("a former {}", name(arn)),
        Some(Whose::Unknown) | None => format!("a deleted or unknown {kind}"),
    };
    format!("{} ({whose})", quoted(value))
}

fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|digit| digit.is_ascii_digit())
}

fn account(id: &str, scope: &Scope) -> String {
    match id == scope.account {
        true => "this account".to_owned(),
        false => format!("account {id}"),
    }
}

/// `arn:aws:iam::ACCOUNT:role/path/name` → `role path/name of account ACCOUNT`.
fn identity(arn: &str, scope: &Scope) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", owner, rest] = parts[..] else {
        return None;
    };
    if partition != scope.partition || !is_account(owner) {
        return None;
    }
    let (kind, name) = rest.split_once('/')?;
    let kind = match kind {
        "role" => "role",
        "user" => "user",
        "oidc-provider" => "oidc_provider",
        "saml-provider" => "saml_provider",
        _ => return None,
    };
    let name = quoted(name);
    Some(match owner == scope.account {
        true => format!("{kind} {name}"),
        false => format!("{kind} {name} of account {owner}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_told_in_words_as_long_as_those_are_exact() {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        let role = "arn:aws:iam::123456789012:role/ci/deploy".to_owned();
        let user = "arn:aws:iam::999999999999:user/x".to_owned();
        let ids = BTreeMap::from([
            ("AROANOW".to_owned(), Whose::Now(role.clone())),
            ("AROAFORMER".to_owned(), Whose::Former(role)),
            ("AIDAFORMER".to_owned(), Whose::Former(user)),
        ]);
        let people = People {
            scope: &scope,
            ids: &ids,
        };
        let table = [
            ("AWS", "*", "anyone"),
            ("AWS", "123456789012", "this account"),
            ("AWS", "999999999999", "account 999999999999"),
            (
                "AWS",
                "arn:aws:iam::123456789012:role/ci/deploy",
                "role ci/deploy",
            ),
            (
                "AWS",
                "arn:aws:iam::999999999999:user/x",
                "user x of account 999999999999",
            ),
            (
                "AWS",
                "arn:aws-cn:iam::123456789012:role/x",
                "arn:aws-cn:iam::123456789012:role/x",
            ),
            (
                "AWS",
                "arn:aws:sts::1:assumed-role/x/y",
                "arn:aws:sts::1:assumed-role/x/y",
            ),
            (
                "AWS",
                "AROAEXAMPLE",
                "AROAEXAMPLE (a deleted or unknown role)",
            ),
            (
                "AWS",
                "AIDAEXAMPLE",
                "AIDAEXAMPLE (a deleted or unknown user)",
            ),
            ("AWS", "AROAFORMER", "AROAFORMER (a former role ci/deploy)"),
            (
                "AWS",
                "AIDAFORMER",
                "AIDAFORMER (a former user x of account 999999999999)",
            ),
            (
                "Federated",
                "arn:aws:iam::123456789012:oidc-provider/a.b/c",
                "oidc_provider a.b/c",
            ),
            (
                "Federated",
                "cognito-identity.amazonaws.com",
                "federated cognito-identity.amazonaws.com",
            ),
            ("Federated", "*", "federated *"),
            ("Service", "s3.amazonaws.com", "service s3.amazonaws.com"),
            ("CanonicalUser", "79a5", "canonical user 79a5"),
            ("allUsers", "", "anyone on the internet"),
            ("allAuthenticatedUsers", "", "anyone with a Google account"),
            ("user", "ann@example.com", "ann@example.com"),
            ("domain", "example.com", "everybody of example.com"),
            (
                "serviceAccount",
                "events@acme-1.iam.gserviceaccount.com",
                "service account events@acme-1",
            ),
            (
                "principalSet",
                "//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/github/*",
                "everybody in pool github",
            ),
            (
                "principalSet",
                "//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/github/\
                 attribute.repository_id/7",
                "whoever has repository_id 7 in pool github",
            ),
            (
                "principal",
                "//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/x",
                "x in pool p",
            ),
            ("Other", "x\u{1b}", r"Other x\u{1b}"),
        ];
        for (kind, name, expected) in table {
            assert_eq!(words(kind, name, people), expected);
        }
        for (value, expected) in [
            ("AROANOW:*", "AROANOW:* (role ci/deploy)"),
            ("AROAFORMER:me", "AROAFORMER:me (a former role ci/deploy)"),
            ("AROAX:*", "AROAX:* (a deleted or unknown role)"),
            ("AROA*", "AROA*"),
            ("111122223333", "111122223333"),
        ] {
            assert_eq!(caller(value, people), expected);
        }
    }
}
