//! Whether who is let in is a stranger: the public, whoever has a repository, another account.

use super::condition::{Condition, Test};
use super::principal::Principal;
use crate::policy::lint;
use crate::resource::Scope;

/// How somebody stands to the account, and so how much there is to think about before it is let
/// in: the first ones most.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Anybody on the internet, by S3's own definition.
    Public,
    /// The workloads of more than one repository, project or organization of an issuer that serves
    /// everybody.
    Repository,
    /// Another account, or a part of it.
    Account,
    /// A workload of one repository, or of an issuer of one's own.
    Workload,
    /// A service of AWS.
    Service,
    /// The account's own.
    Own,
}

impl Kind {
    /// What `principal` is where it is let in under `condition`.
    pub(super) fn of(principal: &Principal, condition: &Condition, scope: &Scope) -> Self {
        match principal {
            Principal::Anyone if is_public(condition) => Self::Public,
            Principal::Anyone if is_own(condition, &scope.account) => Self::Own,
            Principal::Anyone => Self::Account,
            Principal::Named { kind, name } if kind == "Federated" => {
                match is_of_many(name, condition) {
                    true => Self::Repository,
                    false => Self::Workload,
                }
            }
            Principal::Named { kind, .. } if kind == "Service" => Self::Service,
            _ => match principal.account(scope) == Some(scope.account.as_str()) {
                true => Self::Own,
                false => Self::Account,
            },
        }
    }
}

/// S3's definition of public: no test confines it.
pub(super) fn is_public(condition: &Condition) -> bool {
    let mut tests = condition.0.iter();
    tests.all(|test| lint::is_public_under(&test.written()))
}

fn is_own(condition: &Condition, account: &str) -> bool {
    ["aws:PrincipalAccount", "aws:SourceAccount"]
        .iter()
        .any(|key| {
            let values = condition.values(key);
            values.is_some_and(|values| values.iter().all(|value| *value == account))
        })
}

/// How the subjects of some issuers name a tenant and its repository: what they begin with, and the
/// sign after each of the two. Of other issuers a subject is only safe when it is written out.
const NAMED: [(&str, &str, [char; 2]); 4] = [
    ("token.actions.githubusercontent.com", "repo:", ['/', ':']),
    ("gitlab.com", "project_path:", ['/', ':']),
    ("agent.buildkite.com", "organization:", [':', ':']),
    ("app.terraform.io", "organization:", [':', ':']),
];

/// Claims of GitHub that name one repository, whatever the subject.
const ONE_REPOSITORY: [&str; 2] = ["repository", "repository_id"];

/// The issuer of a provider's ARN; what AWS knows by itself is named as it is.
#[must_use]
pub fn issuer(provider: &str) -> &str {
    match provider.split_once(":oidc-provider/") {
        Some((_, issuer)) => issuer,
        None => provider,
    }
}

/// Whether workloads of more than one repository are let in, of an issuer that serves everybody.
fn is_of_many(provider: &str, condition: &Condition) -> bool {
    let issuer = issuer(provider);
    let github = lint::is_github(issuer);
    let key = match lint::tenancy_key(issuer) {
        Some(key) => key,
        None if github || issuer == "accounts.google.com" => format!("{issuer}:sub"),
        None => return false,
    };
    let is_one = |claim: &&str| {
        let values = condition.values(&format!("{issuer}:{claim}"));
        values.is_some_and(|values| values.iter().all(|value| !is_open(value)))
    };
    if github && ONE_REPOSITORY.iter().any(is_one) {
        return false;
    }
    let form = NAMED
        .iter()
        .find(|(known, ..)| *known == issuer || (github && known.starts_with("token.actions")));
    let Some(tenants) = condition.values(&key) else {
        return true;
    };
    let form = form.map(|(_, head, between)| (*head, *between));
    tenants.iter().any(|tenant| !is_tied(tenant, form))
}

/// Whether more than one text fits.
fn is_open(value: &str) -> bool {
    value.is_empty() || value.contains("${") || value.contains(['*', '?'])
}

/// Whether a subject names its repository in full, up to the sign that ends it.
fn is_tied(subject: &str, form: Option<(&str, [char; 2])>) -> bool {
    let literal = subject.split(['*', '?']).next().unwrap_or_default();
    if subject.contains("${") || literal.is_empty() {
        return false;
    }
    if !is_open(subject) {
        return true;
    }
    let Some((head, [first, second])) = form else {
        return false;
    };
    let rest = literal.strip_prefix(head);
    let rest = rest.and_then(|rest| rest.split_once(first));
    let named = rest.filter(|(tenant, _)| !tenant.is_empty());
    named
        .and_then(|(_, rest)| rest.split_once(second))
        .is_some_and(|(name, _)| !name.is_empty())
}

/// The test of the subject of a provider's workload, if there is one.
#[must_use]
pub fn subject<'a>(provider: &str, condition: &'a Condition) -> Option<&'a Test> {
    let key = format!("{}:sub", issuer(provider));
    condition
        .0
        .iter()
        .find(|test| test.key.eq_ignore_ascii_case(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_subject_is_tied_to_a_repository_only_when_it_is_written_in_full() {
        for (issuer, subject, of_many) in [
            (
                "token.actions.githubusercontent.com",
                "repo:acme/backups:ref:refs/heads/main",
                false,
            ),
            (
                "token.actions.githubusercontent.com",
                "repo:acme/backups:*",
                false,
            ),
            (
                "token.actions.githubusercontent.com",
                "repo:acme@1/backups@2:*",
                false,
            ),
            (
                "token.actions.githubusercontent.com",
                "repo:acme/backups*",
                true,
            ),
            ("token.actions.githubusercontent.com", "repo:acme/*", true),
            ("token.actions.githubusercontent.com", "repo:*", true),
            ("token.actions.githubusercontent.com", "*", true),
            (
                "token.actions.githubusercontent.com/acme",
                "repo:acme/*",
                true,
            ),
            ("gitlab.com", "project_path:acme/backups:*", false),
            ("gitlab.com", "project_path:acme/*", true),
            ("scalr.io", "account:*", true),
            ("oidc.example.org", "*", false),
        ] {
            let provider = format!("arn:aws:iam::123456789012:oidc-provider/{issuer}");
            let test = Test {
                operator: "StringLike".to_owned(),
                key: format!("{issuer}:sub"),
                values: BTreeSet::from([subject.to_owned()]),
            };
            assert_eq!(
                is_of_many(&provider, &Condition(vec![test])),
                of_many,
                "{subject}"
            );
        }
        let github = "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com";
        assert!(
            is_of_many(github, &Condition::default()),
            "no subject at all"
        );
    }

    #[test]
    fn another_claim_may_name_the_repository_and_another_issuer_its_tenant_elsewhere() {
        for (issuer, key, value, of_many) in [
            (
                "token.actions.githubusercontent.com",
                "repository_id",
                "7",
                false,
            ),
            (
                "token.actions.githubusercontent.com",
                "repository_id",
                "*",
                true,
            ),
            (
                "token.actions.githubusercontent.com",
                "repository",
                "acme/backups",
                false,
            ),
            (
                "token.actions.githubusercontent.com",
                "repository",
                "acme/*",
                true,
            ),
            (
                "token.actions.githubusercontent.com",
                "repository_owner_id",
                "7",
                true,
            ),
            ("oidc.vercel.com", "aud", "https://vercel.com/acme", false),
            ("oidc.vercel.com", "aud", "https://vercel.com/*", true),
            ("oidc.vercel.com", "sub", "owner:acme", true),
        ] {
            let provider = format!("arn:aws:iam::123456789012:oidc-provider/{issuer}");
            let test = Test {
                operator: "StringLike".to_owned(),
                key: format!("{issuer}:{key}"),
                values: BTreeSet::from([value.to_owned()]),
            };
            let condition = Condition(vec![test]);
            assert_eq!(is_of_many(&provider, &condition), of_many, "{key} {value}");
        }
    }
}
