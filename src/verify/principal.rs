//! Whose access is tried: the users and roles of a manifest, whom its bucket policy names besides,
//! and anyone.

use crate::policy::Effect;
use crate::resource::{Resource, Scope};
use std::collections::BTreeSet;
use std::fmt;

/// Somebody whose access is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    /// A user of the manifest.
    User(String),
    /// A role of the manifest.
    Role(String),
    /// Somebody whom the bucket policy names and who is not of the manifest: an ARN, or an account.
    Outside(String),
    /// Whoever has no credentials.
    Anyone,
}

impl Principal {
    /// The account of somebody whom the manifest does not make.
    pub(super) fn account(&self) -> Option<&str> {
        match self {
            Self::Outside(arn) if arn.starts_with("arn:") => arn.split(':').nth(4),
            Self::Outside(account) => Some(account),
            _ => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(out, "user.{name}"),
            Self::Role(name) => write!(out, "role.{name}"),
            Self::Outside(who) if !who.starts_with("arn:") => write!(out, "account {who}"),
            Self::Outside(arn) => out.write_str(arn),
            Self::Anyone => out.write_str("anyone"),
        }
    }
}

/// All of them, in the order of a report: also whom only the bucket policy that there is names.
pub(super) fn principals(wanted: &[Resource], live: &[Resource], scope: &Scope) -> Vec<Principal> {
    let mut all: Vec<Principal> = Vec::new();
    let mut ours = BTreeSet::new();
    for resource in wanted {
        let principal = match resource {
            Resource::User(user) => Principal::User(user.name.clone()),
            Resource::Role(role) => Principal::Role(role.name.clone()),
            _ => continue,
        };
        all.push(principal);
        ours.extend(resource.arn(scope));
    }
    let mut outside = BTreeSet::new();
    for resource in wanted.iter().chain(live) {
        let Resource::BucketPolicy(policy) = resource else {
            continue;
        };
        let allowing = policy.policy.statement.iter();
        for statement in allowing.filter(|statement| statement.effect == Effect::Allow) {
            let named = statement
                .principal
                .iter()
                .filter_map(|who| who.0.get("AWS"));
            outside.extend(named.flatten().filter(|who| !ours.contains(*who)).cloned());
        }
    }
    all.sort();
    // Our own account is named to leave it to the policies of its identities.
    let is_account = |who: &str| {
        who.len() == 12 && who.bytes().all(|b| b.is_ascii_digit()) && who != scope.account
    };
    let named = outside
        .into_iter()
        .filter(|who| who.starts_with("arn:") || is_account(who));
    all.extend(named.map(Principal::Outside));
    if wanted.iter().any(|one| matches!(one, Resource::Bucket(_))) {
        all.push(Principal::Anyone);
    }
    all
}
