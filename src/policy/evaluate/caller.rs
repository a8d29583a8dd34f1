//! Who makes a request.

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
    /// The account the caller belongs to: 12 digits; none for services, anybody, and whom only a
    /// provider vouches for.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Caller::User { arn } | Caller::Role { arn, .. } | Caller::FederatedUser { arn } => {
                arn.split(':').nth(4).filter(|account| !account.is_empty())
            }
            Caller::Root { account } => Some(account),
            Caller::Service(_) | Caller::Federated { .. } | Caller::Anonymous => None,
        }
    }
}
