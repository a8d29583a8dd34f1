//! Whether a statement of a resource's policy is about the caller, and how closely it names it.
//!
//! Sources: "AWS JSON policy elements: Principal", "…: NotPrincipal", "Policy evaluation for
//! requests within a single account".

use super::caller::last;
use super::request::Asked;
use super::{Caller, Context};
use crate::policy::{Effect, Principal, Statement};

/// How closely a statement names the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// By its account, which leaves it to that account's own policies.
    Account,
    /// By its role, so that what limits the session also limits the grant.
    Role,
    /// Itself: the user, the session, everyone. A boundary or a session policy that does not
    /// allow it takes nothing away.
    Itself,
}

/// How closely the statement names the caller; none when it is not about it.
pub(super) fn named(statement: &Statement, asked: &Asked<'_>, has_boundary: bool) -> Option<Named> {
    let (caller, context) = (asked.caller, &asked.context);
    if let Some(not) = &statement.not_principal {
        let listed = of(not, caller, context);
        let spared = match statement.effect {
            Effect::Allow => listed.is_some(),
            // "The NotPrincipal element with a Deny effect will always deny any IAM principal that
            // has a permissions boundary policy attached" ("Permissions boundaries for IAM
            // entities"). To name only the account spares nobody else in it.
            Effect::Deny => !has_boundary && listed.is_some_and(|listed| listed > Named::Account),
        };
        return (!spared).then_some(Named::Itself);
    }
    of(statement.principal.as_ref()?, caller, context)
}

/// How closely the principal names the caller. Unique ids (`AROA…`) and canonical user ids name
/// nobody here: the first are of somebody who is gone, the second become ARNs in S3.
fn of(principal: &Principal, caller: &Caller, context: &Context) -> Option<Named> {
    let values = principal.0.iter();
    let pairs = values.flat_map(|(kind, values)| values.iter().map(move |value| (kind, value)));
    pairs
        .filter_map(|(kind, value)| match kind.as_str() {
            "AWS" if value == "*" => Some(Named::Itself),
            "AWS" => of_aws(value, caller),
            "Service" => matches!(caller, Caller::Service(name) if value == "*" || name == value)
                .then_some(Named::Itself),
            "Federated" => is_vouched_for(value, caller, context).then_some(Named::Itself),
            _ => None,
        })
        .max()
}

fn of_aws(value: &str, caller: &Caller) -> Option<Named> {
    let account = account_of(value);
    let by_account =
        || (account.is_some() && caller.account() == account).then_some(Named::Account);
    match caller {
        Caller::User { arn } | Caller::FederatedUser { arn } if value == arn => Some(Named::Itself),
        Caller::Role { arn, session, .. } if is_session(value, arn, session) => Some(Named::Itself),
        Caller::Role { arn, .. } if value == arn => Some(Named::Role),
        Caller::Role {
            arn,
            is_whole: false,
            ..
        } if is_role(value, arn) => Some(Named::Role),
        Caller::Root { account: own } if account == Some(own) => Some(Named::Itself),
        _ => by_account(),
    }
}

/// The account that the value names: canonical values are the account itself, unless it is one that
/// AWS cannot have.
fn account_of(value: &str) -> Option<&str> {
    match value.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "iam", "", account, "root"] => Some(account),
        [account] => Some(account).filter(|account| !account.is_empty()).copied(),
        _ => None,
    }
}

/// Whether the value is the ARN of this session of the role, which leaves out the role's path.
fn is_session(value: &str, role: &str, session: &str) -> bool {
    let (prefix, _) = role.split_once(":role/").unwrap_or((role, ""));
    let prefix = prefix.replacen(":iam:", ":sts:", 1);
    !session.is_empty() && value == format!("{prefix}:assumed-role/{}/{session}", last(role))
}

/// Whether the value is the ARN of a role of this name, whatever its path: of the role of a session
/// of which no more is known. "Names are not distinguished by case" (IAM API reference,
/// `CreateRole`), so that a session may have another one than its role.
fn is_role(value: &str, role: &str) -> bool {
    let split = |arn: &str| {
        let (account, name) = arn.split_once(":role/")?;
        Some((account.to_owned(), name.to_owned()))
    };
    let (Some((named_in, named)), Some((account, name))) = (split(value), split(role)) else {
        return false;
    };
    named_in == account && last(&named).eq_ignore_ascii_case(&name)
}

/// Whether the identity provider vouches for the caller: for whoever asks for a role with its
/// token, and for the session that came of it (`aws:FederatedProvider`).
fn is_vouched_for(value: &str, caller: &Caller, context: &Context) -> bool {
    match caller {
        Caller::Federated { provider } => value == "*" || provider == value,
        Caller::Role { .. } => context
            .get("aws:FederatedProvider")
            .is_some_and(|providers| providers.iter().any(|provider| provider == value)),
        _ => false,
    }
}
