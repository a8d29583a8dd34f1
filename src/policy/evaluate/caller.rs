//! Who makes a request.

use crate::policy::canonical::{is_account, is_partition};

/// Identity providers that AWS knows by name ("AWS JSON policy elements: Principal", "OIDC
/// federated principals").
const PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Who makes a request, in the words of "AWS JSON policy elements: Principal".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caller {
    /// An IAM user with its long-lived key.
    User {
        /// `arn:aws:iam::111122223333:user/path/name`.
        arn: String,
    },
    /// A session of a role.
    Role {
        /// The role's: `arn:aws:iam::111122223333:role/path/name`.
        arn: String,
        /// The session's name; empty when it is not known.
        session: String,
        /// Whether the role's ARN is known. A session's ARN leaves its path out and may have its
        /// name in another case: then `arn` stands for every role of the name, which is the only
        /// one of its account.
        is_whole: bool,
    },
    /// A session that a user has from `sts:GetFederationToken`.
    FederatedUser {
        /// `arn:aws:sts::111122223333:federated-user/name`.
        arn: String,
    },
    /// The root user of an account.
    Root {
        /// The account's 12 digits.
        account: String,
    },
    /// A service of AWS for itself: `logging.s3.amazonaws.com`.
    Service(String),
    /// Whom an identity provider vouches for, who has no AWS credentials yet.
    Federated {
        /// The provider's ARN, or the name of one that AWS knows: `accounts.google.com`.
        provider: String,
    },
    /// Anybody, unsigned.
    Anonymous,
}

impl Caller {
    /// The caller that an ARN names, as `sts:GetCallerIdentity` gives it or as a policy writes it;
    /// also an account's 12 digits (its root), a service, an identity provider, and `*` or
    /// `anonymous` (anybody). None when it is no principal.
    #[must_use]
    pub fn parse(text: &str) -> Option<Caller> {
        let caller = Caller::parse_leniently(text)?;
        let has_session = match &caller {
            Caller::Role {
                session, is_whole, ..
            } => *is_whole || !session.is_empty(),
            _ => true,
        };
        let account = match &caller {
            Caller::Federated { provider } => provider.split(':').nth(4),
            other => other.account(),
        };
        (has_session && account.is_none_or(is_account)).then_some(caller)
    }

    /// The same for requests that are only simulated: an ARN's account is any text, which is
    /// compared as it is, and a session may be without its name.
    #[must_use]
    pub fn parse_leniently(text: &str) -> Option<Caller> {
        if matches!(text, "*" | "anonymous") {
            return Some(Caller::Anonymous);
        }
        if is_account(text) {
            let account = text.to_owned();
            return Some(Caller::Root { account });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let &["arn", partition, service, "", account, name] = parts.as_slice() else {
            if PROVIDERS.contains(&text) {
                let provider = text.to_owned();
                return Some(Caller::Federated { provider });
            }
            let suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];
            let is_service = suffixes.iter().any(|suffix| text.ends_with(suffix));
            let is_service = is_service && !text.contains([':', '/']);
            return is_service.then(|| Caller::Service(text.to_owned()));
        };
        if !is_partition(partition) {
            return None;
        }
        let arn = text.to_owned();
        let (kind, rest) = name.split_once('/').unwrap_or((name, ""));
        match (service, kind) {
            ("iam", "root") => Some(Caller::Root {
                account: account.to_owned(),
            }),
            _ if rest.is_empty() => None,
            ("iam", "user") => Some(Caller::User { arn }),
            ("iam", "role") => Some(Caller::Role {
                arn,
                session: String::new(),
                is_whole: true,
            }),
            ("iam", "oidc-provider" | "saml-provider") => Some(Caller::Federated { provider: arn }),
            ("sts", "federated-user") => Some(Caller::FederatedUser { arn }),
            ("sts", "assumed-role") => {
                let (role, session) = rest.split_once('/').unwrap_or((rest, ""));
                Some(Caller::Role {
                    arn: format!("arn:{partition}:iam::{account}:role/{role}"),
                    session: session.to_owned(),
                    is_whole: false,
                })
            }
            _ => None,
        }
    }

    /// The account the caller belongs to: 12 digits, or whatever the ARN of a simulated request
    /// has there; none for services, anybody, and whom only a provider vouches for.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Caller::User { arn } | Caller::Role { arn, .. } | Caller::FederatedUser { arn } => {
                arn.split(':').nth(4)
            }
            Caller::Root { account } => Some(account),
            Caller::Service(_) | Caller::Federated { .. } | Caller::Anonymous => None,
        }
    }

    /// The caller's ARN, if it has one of its own.
    pub(super) fn arn(&self) -> Option<&str> {
        match self {
            Caller::User { arn } | Caller::Role { arn, .. } | Caller::FederatedUser { arn } => {
                Some(arn)
            }
            Caller::Federated { provider } => Some(provider),
            Caller::Root { .. } | Caller::Service(_) | Caller::Anonymous => None,
        }
    }

    /// Whether no request of the caller has the key: "anonymous requests do not include this key"
    /// ("AWS global condition context keys", of each of these).
    pub(super) fn never_has(&self, key: &str) -> bool {
        const OF_PRINCIPALS: [&str; 6] = [
            "aws:principalarn",
            "aws:principalisawsservice",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:tokenissuetime",
            "aws:username",
        ];
        let key = key.to_ascii_lowercase();
        *self == Caller::Anonymous
            && (OF_PRINCIPALS.contains(&key.as_str()) || key.starts_with("aws:principaltag/"))
    }

    /// What the request context says of the caller ("AWS global condition context keys",
    /// "Principal key values"): key in lower case and value. Unique ids are not known here.
    pub(super) fn context(&self, partition: &str) -> Vec<(&'static str, String)> {
        let mut context = Vec::new();
        let (kind, arn) = match self {
            Caller::User { arn } => {
                context.push(("aws:username", last(arn).to_owned()));
                ("User", Some(arn.clone()))
            }
            Caller::Role { arn, .. } => ("AssumedRole", Some(arn.clone())),
            Caller::FederatedUser { arn } => {
                let account = self.account().unwrap_or_default();
                context.push(("aws:userid", format!("{account}:{}", last(arn))));
                ("FederatedUser", Some(arn.clone()))
            }
            Caller::Root { account } => {
                context.push(("aws:userid", account.clone()));
                let arn = format!("arn:{partition}:iam::{account}:root");
                ("Account", Some(arn))
            }
            Caller::Service(name) => {
                context.push(("aws:principalisawsservice", "true".to_owned()));
                context.push(("aws:principalservicename", name.clone()));
                context.push(("aws:principalservicenameslist", name.clone()));
                return context;
            }
            Caller::Federated { .. } => return context,
            Caller::Anonymous => {
                context.push(("aws:userid", "anonymous".to_owned()));
                context.push(("aws:principalaccount", "anonymous".to_owned()));
                ("Anonymous", None)
            }
        };
        context.push(("aws:principaltype", kind.to_owned()));
        if let Some(arn) = arn {
            context.push(("aws:principalarn", arn));
            context.push(("aws:principalisawsservice", "false".to_owned()));
        }
        let account = self.account().filter(|account| !account.is_empty());
        let account = account.map(str::to_owned);
        context.extend(account.map(|account| ("aws:principalaccount", account)));
        context
    }
}

/// The friendly name at the end of an ARN.
pub(super) fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_caller() {
        let role = |arn: &str, session: &str| Caller::Role {
            arn: arn.to_owned(),
            session: session.to_owned(),
            is_whole: session.is_empty(),
        };
        for (text, expected) in [
            (
                "arn:aws:iam::111122223333:user/team/ann",
                Some(Caller::User {
                    arn: "arn:aws:iam::111122223333:user/team/ann".to_owned(),
                }),
            ),
            (
                "arn:aws:iam::111122223333:role/p/r",
                Some(role("arn:aws:iam::111122223333:role/p/r", "")),
            ),
            (
                "arn:aws-cn:sts::111122223333:assumed-role/r/s@x",
                Some(role("arn:aws-cn:iam::111122223333:role/r", "s@x")),
            ),
            (
                "111122223333",
                Caller::parse("arn:aws:iam::111122223333:root"),
            ),
            ("*", Some(Caller::Anonymous)),
            ("anonymous", Some(Caller::Anonymous)),
            (
                "graph.facebook.com",
                Some(Caller::Federated {
                    provider: "graph.facebook.com".to_owned(),
                }),
            ),
            (
                "ec2.amazonaws.com.cn",
                Some(Caller::Service("ec2.amazonaws.com.cn".to_owned())),
            ),
            (
                "ec2.amazonaws.eu",
                Some(Caller::Service("ec2.amazonaws.eu".to_owned())),
            ),
            (
                "ec2.amazonaws.com",
                Some(Caller::Service("ec2.amazonaws.com".to_owned())),
            ),
            ("arn:aws:iam::111122223333:group/g", None),
            ("arn:aws:iam::111122223333:user/", None),
            ("arn:aws:sts::111122223333:assumed-role/r", None),
            ("arn:aws:iam::1111:user/ann", None),
            ("arn:aws:iam::1111:saml-provider/p", None),
            ("arn:aws:iam:::user/ann", None),
            ("arn:aws:s3:::bucket", None),
            ("ann", None),
            ("", None),
        ] {
            assert_eq!(Caller::parse(text), expected, "{text}");
        }
        for (text, account) in [
            ("arn:aws:iam::1111:user/ann", "1111"),
            ("arn:aws:iam:::user/ann", ""),
            ("arn:aws:iam::other:root", "other"),
            ("arn:aws:sts::111122223333:assumed-role/r", "111122223333"),
        ] {
            let caller = Caller::parse_leniently(text).unwrap();
            assert_eq!(caller.account(), Some(account), "{text}");
        }
        let root = Caller::parse("111122223333").unwrap();
        assert_eq!(root.account(), Some("111122223333"));
    }
}
