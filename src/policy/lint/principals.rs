//! Whether what a statement names as its principals can be one.
//!
//! Source: "AWS JSON policy elements: Principal" and "IAM identifiers: Unique identifiers".

use super::identities::of_aws;
use super::{Kind, Report, rules};
use crate::policy::canonical::{is_account, is_partition};
use crate::policy::fault::{member, shortened};
use crate::policy::pattern;

/// What is wrong, and what to write instead.
pub(super) type Problem = (String, String);

/// The keys a principal can have.
const KEYS: &[&str] = &["AWS", "CanonicalUser", "Federated", "Service"];

/// Providers of identities that every account has.
const BUILT_IN_PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// What the names of services end with, in every partition.
pub(super) const OF_SERVICES: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazon.com",
    ".aws.internal",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
];

impl Report<'_> {
    pub(super) fn principals(&mut self) {
        if *self.kind == Kind::Identity {
            return;
        }
        for (element, principal) in [
            ("Principal", self.statement.principal.clone()),
            ("NotPrincipal", self.statement.not_principal.clone()),
        ] {
            for (key, values) in principal.unwrap_or_default().0 {
                let path = member(&member(&self.path, element), &key);
                let Some(known) = KEYS.iter().find(|known| **known == key) else {
                    let (message, fix) = unknown_key(&key);
                    self.add_at(&rules::INVALID_PRINCIPAL, path, message, fix);
                    continue;
                };
                for value in &values {
                    let problem = match *known {
                        "AWS" => of_aws(value),
                        "Federated" if *self.kind != Kind::Trust => Some((
                            format!(
                                "only a trust policy names a provider, not {}",
                                self.kind.name()
                            ),
                            "name the role that the provider's identities take, below AWS".into(),
                        )),
                        "Federated" => of_provider(value),
                        "Service" => of_service(value),
                        _ => of_canonical_user(value),
                    };
                    if let Some((message, fix)) = problem {
                        self.add_at(&rules::INVALID_PRINCIPAL, path.clone(), message, fix);
                    }
                }
            }
        }
    }
}

fn unknown_key(key: &str) -> Problem {
    let nearest = KEYS.iter().max_by(|one, two| {
        let alike = |known: &str| {
            strsim::jaro_winkler(&known.to_ascii_lowercase(), &key.to_ascii_lowercase())
        };
        alike(one).total_cmp(&alike(two))
    });
    let message = format!("{:?} is no kind of principal", shortened(key));
    (message, format!("write {}", nearest.unwrap_or(&"AWS")))
}

fn of_provider(value: &str) -> Option<Problem> {
    let shown = shortened(value);
    if BUILT_IN_PROVIDERS.contains(&value) {
        return None;
    }
    let parts: Vec<_> = value.splitn(6, ':').collect();
    if let ["arn", partition, "iam", "", account, rest] = parts.as_slice()
        && is_partition(partition)
        && is_account(account)
        && !pattern::is_pattern(rest)
        && let Some(("oidc-provider" | "saml-provider", name)) = rest.split_once('/')
        && !name.is_empty()
        && !name.starts_with("https:")
    {
        return None;
    }
    let host = value.strip_prefix("https://").unwrap_or(value);
    let named = host.contains('.') && !host.contains([':', '*', '?', ' ']);
    let fix = match named {
        true => format!(
            "write arn:aws:iam::ACCOUNT:oidc-provider/{}",
            host.trim_end_matches('/')
        ),
        false => "write arn:aws:iam::ACCOUNT:oidc-provider/HOST or …:saml-provider/NAME".to_owned(),
    };
    Some((format!("{shown:?} is no provider of identities"), fix))
}

fn of_service(value: &str) -> Option<Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let is_service = OF_SERVICES
        .iter()
        .any(|end| value.ends_with(end) && value.len() > end.len());
    if value == "*" || (is_service && value.bytes().all(plain)) {
        return None;
    }
    let bare = !value.is_empty() && value.bytes().all(plain) && !value.contains('.');
    let fix = match bare {
        true => format!("write {}.amazonaws.com", shortened(value)),
        false => "write the service's name, such as logging.s3.amazonaws.com".to_owned(),
    };
    Some((format!("{:?} is no service", shortened(value)), fix))
}

fn of_canonical_user(value: &str) -> Option<Problem> {
    (!is_canonical_user(value)).then(|| {
        let message = format!("{:?} is no canonical user id", shortened(value));
        (
            message,
            "write the 64 hexadecimal digits, or an account's 12 digits below AWS".to_owned(),
        )
    })
}

/// Whether this is the id S3 has for an account: 64 hexadecimal digits.
pub(super) fn is_canonical_user(value: &str) -> bool {
    value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, table};
    use super::*;
    use crate::policy::Principal;

    fn trusted(key: &str, value: &str) -> String {
        let action = match key {
            "Federated" => "sts:TagSession",
            _ => "sts:AssumeRole",
        };
        format!(r#""Principal":{{"{key}":"{value}"}},"Action":"{action}""#)
    }

    #[test]
    fn other_principals_have_their_own_form() {
        let provider = |value: &str| trusted("Federated", value);
        let service = |value: &str| trusted("Service", value);
        table(
            &Kind::Trust,
            &[
                (
                    &provider("arn:aws:iam::111122223333:oidc-provider/h.example/id/A"),
                    "",
                    "",
                ),
                (
                    &provider("arn:aws:iam::111122223333:saml-provider/s"),
                    "",
                    "",
                ),
                (&provider("accounts.google.com"), "", ""),
                (
                    &provider("https://token.actions.githubusercontent.com"),
                    "Principal.Federated",
                    "ACCOUNT:oidc-provider/token.actions.githubusercontent.com",
                ),
                (
                    &provider("arn:aws:iam::111122223333:role/r"),
                    "Principal.Federated",
                    "no provider",
                ),
                (
                    &provider("h.example/*"),
                    "Principal.Federated",
                    "oidc-provider/HOST",
                ),
                (&provider("*"), "Principal.Federated", "no provider"),
                (&service("ec2.amazonaws.com"), "", ""),
                (&service("ec2.amazonaws.com.cn"), "", ""),
                (
                    &service("ec2"),
                    "Principal.Service",
                    "write ec2.amazonaws.com",
                ),
                (
                    &service("arn:aws:iam::111122223333:root"),
                    "Principal.Service",
                    "no service",
                ),
                (
                    &service(".amazonaws.com"),
                    "Principal.Service",
                    "no service",
                ),
                (
                    &service("*.amazonaws.com"),
                    "Principal.Service",
                    "no service",
                ),
                (
                    &trusted("CanonicalUser", "x"),
                    "Principal.CanonicalUser",
                    "64 hex",
                ),
                (&trusted("CanonicalUser", &"a1".repeat(32)), "", ""),
                (
                    &trusted("aws", "111122223333"),
                    "Principal.aws",
                    "write AWS",
                ),
                (
                    &trusted("Services", "x"),
                    "Principal.Services",
                    "write Service",
                ),
                (
                    &trusted("Federation", "x"),
                    "Principal.Federation",
                    "write Federated",
                ),
            ],
        );
    }

    #[test]
    fn only_a_trust_policy_names_a_provider() {
        let provider = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/h.example"}"#;
        let rest = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
        table(
            &BUCKET,
            &[
                (
                    &format!(r#""Principal":{provider},{rest}"#),
                    "Principal.Federated",
                    "only a trust",
                ),
                (
                    &format!(r#""NotPrincipal":{{"AWS":"arn:aws:iam::1:group/g"}},{rest}"#),
                    "NotPrincipal.AWS",
                    "12 digits",
                ),
            ],
        );
    }

    #[test]
    fn every_wrong_value_is_found() {
        let principal: Principal =
            Principal([("AWS".to_owned(), ["1", "2", "*"].map(str::to_owned).into())].into());
        let statement = super::super::Statement {
            principal: Some(principal),
            action: ["sts:AssumeRole".to_owned()].into(),
            ..super::super::Statement::new(crate::policy::Effect::Deny)
        };
        assert_eq!(super::super::check(&[statement], &Kind::Trust).len(), 2);
    }
}
