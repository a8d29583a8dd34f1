//! Which kinds of policy have to allow a request, and which of them do.
//!
//! Sources: "Policy evaluation for requests within a single account", "Cross-account policy
//! evaluation logic", "Permissions boundaries for IAM entities".

use super::principal::Named;
use super::verdict::has_session_policies;
use super::{Caller, Layer, Request, ResourceRule, Sources, StatementTrace};
use serde::Serialize;

/// How the caller's policies and the resource's work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// Only the resource's are asked: the caller has none of its own.
    ResourceAlone,
    /// Within an account either of them suffices.
    Either,
    /// Within an account, and the resource's (a key's, a role's trust) has to allow it or leave it
    /// to the account.
    ResourceFirst,
    /// Between accounts both have to allow it.
    Both,
}

/// What each kind of policy says, statements that deny left aside. None: there is no such policy,
/// and it is not asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layers {
    /// How they work together.
    pub together: Together,
    /// The caller's own, its groups' among them. An account's root needs none.
    pub identity: Option<bool>,
    /// The permissions boundary.
    pub boundary: Option<bool>,
    /// The session's policies.
    pub session: Option<bool>,
    /// The resource's.
    pub resource: Option<bool>,
    /// How closely the resource's names the caller where it allows.
    #[serde(skip)]
    named: Option<Named>,
}

impl Layers {
    /// What `traces` (of the same request and sources) say.
    #[must_use]
    pub fn of(request: &Request, sources: &Sources<'_>, traces: &[StatementTrace]) -> Layers {
        let allows = |layer| {
            let mut of_layer = traces.iter().filter(|trace| trace.layer == layer);
            of_layer.any(StatementTrace::allows)
        };
        let caller = &request.caller;
        let together = match (caller.account(), sources.resource_rule) {
            (None, _) => Together::ResourceAlone,
            (Some(own), _)
                if !request.resource_account.is_empty() && own != request.resource_account =>
            {
                Together::Both
            }
            (Some(_), ResourceRule::Ordinary) => Together::Either,
            (Some(_), ResourceRule::KeyPolicy | ResourceRule::Trust) => Together::ResourceFirst,
        };
        let of_resource = traces
            .iter()
            .filter(|trace| trace.layer == Layer::Resource && trace.allows());
        let has_own = caller.account().is_some() && !matches!(caller, Caller::Root { .. });
        let named = of_resource.filter_map(|trace| trace.named).max();
        let session = has_session_policies(request, sources).then(|| allows(Layer::Session));
        // A user's session is limited also where the resource's policy names the user ("Session
        // policies"): it is no nearer than a role.
        let is_limited = matches!(caller, Caller::User { .. }) && session == Some(false);
        let named = named.map(|named| match is_limited {
            true => named.min(Named::Role),
            false => named,
        });
        Layers {
            together,
            identity: has_own.then(|| allows(Layer::Identity)),
            boundary: sources.boundary.map(|_| allows(Layer::Boundary)),
            session,
            resource: sources.resource.map(|_| named.is_some()),
            named,
        }
    }

    /// Whether that is enough, unless a statement denies.
    #[must_use]
    pub fn suffice(&self) -> bool {
        let limits = self.boundary != Some(false) && self.session != Some(false);
        let identity = self.identity != Some(false) && limits;
        let itself = self.named == Some(Named::Itself);
        let role = self.named.is_some_and(|named| named >= Named::Role) && limits;
        match self.together {
            Together::ResourceAlone => itself,
            Together::Either => itself || role || identity,
            Together::ResourceFirst => itself || role || (self.named.is_some() && identity),
            Together::Both => self.named.is_some() && identity,
        }
    }
}
