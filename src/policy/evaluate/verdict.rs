//! How the policies work together.

use super::condition::{Holds, Scope};
use super::principal::Named;
use super::request::Asked;
use super::reserved::{is_kept_by_aws, may_always, needs_no_permission};
use super::statement::{Place, applies};
use super::{Answer, Because, Caller, Decision, Layer, Request, ResourceRule, Source, Sources};
use crate::policy::Effect;
use crate::policy::document::VERSION;
use std::collections::BTreeSet;

/// What AWS answers to the request by these policies.
///
/// # Guarantees
///
/// Never panics. The order of sources and of statements makes no difference to the answer. A
/// statement that denies never makes more allowed, and one that allows never less.
#[must_use]
pub fn evaluate(request: &Request, sources: &Sources<'_>) -> Decision {
    if needs_no_permission(request) {
        return Decision {
            answer: Answer::Allowed,
            because: Vec::new(),
            lacking: Vec::new(),
            missing: BTreeSet::new(),
        };
    }
    let asked = request.asked();
    let read = |source: &Source<'_>, place| read(source, place, &asked);
    let all = |sources: &[Source<'_>]| -> Vec<Found> {
        sources
            .iter()
            .flat_map(|source| read(source, Place::Caller))
            .collect()
    };
    let place = Place::Resource {
        rule: sources.resource_rule,
        has_boundary: sources.boundary.is_some(),
    };
    let policies = Policies {
        identity: all(&sources.identity),
        boundary: sources.boundary.map(|boundary| all(&[boundary])),
        session: has_session_policies(request, sources).then(|| all(&sources.session)),
        resource: sources
            .resource
            .iter()
            .flat_map(|source| read(source, place))
            .filter(|found| !(found.denies() && may_always(request)))
            .collect(),
    };
    let decision = policies.decide(request, sources.resource_rule);
    match decision.answer {
        Answer::Allowed if is_kept_by_aws(&asked) => Decision {
            answer: Answer::DeniedImplicitly,
            ..decision
        },
        _ => decision,
    }
}

/// A federated user's session "has no permissions" of its user without a session policy (STS API
/// reference, `GetFederationToken`); another session then has all of its role's.
pub(super) fn has_session_policies(request: &Request, sources: &Sources<'_>) -> bool {
    !sources.session.is_empty() || matches!(request.caller, Caller::FederatedUser { .. })
}

/// A statement that applies, or would if the request had some keys.
#[derive(Clone, Debug)]
struct Found {
    because: Because,
    named: Named,
    holds: Holds,
}

impl Found {
    fn denies(&self) -> bool {
        self.because.effect == Effect::Deny
    }
}

fn read(source: &Source<'_>, place: Place, asked: &Asked<'_>) -> Vec<Found> {
    let has_variables = source.document.version.as_deref() == Some(VERSION);
    let scope = Scope {
        asked,
        has_variables,
    };
    let statements = source.document.statement.iter().enumerate();
    let found = statements.filter_map(|(index, statement)| {
        let applies = applies(statement, asked, place, scope)?;
        let because = Because {
            source: source.name.to_owned(),
            sid: statement.sid.clone(),
            index,
            effect: statement.effect,
        };
        Some(Found {
            because,
            named: applies.named,
            holds: applies.holds,
        })
    });
    found.collect()
}

/// What was found in each kind of policy. A boundary or session policies that are there limit, also
/// when nothing was found in them.
struct Policies {
    identity: Vec<Found>,
    boundary: Option<Vec<Found>>,
    session: Option<Vec<Found>>,
    resource: Vec<Found>,
}

/// What has to be there together: kinds of policies, each with its statements that allow.
type Way<'a> = Vec<(Layer, Vec<&'a Found>)>;

impl Policies {
    fn decide(&self, request: &Request, rule: ResourceRule) -> Decision {
        let denying: Vec<_> = self
            .all()
            .filter(|found| found.denies() && found.holds.is_so)
            .collect();
        if !denying.is_empty() {
            // One that denies whatever is absent settles it.
            let settled = denying.iter().any(|found| found.holds.absent.is_empty());
            let missing = denying.iter().filter(|_| !settled);
            return decision(Answer::DeniedExplicitly, &denying, missing.copied());
        }
        let ways = self.ways(request, rule);
        let complete: Vec<_> = ways.iter().filter(|way| lacking(way).is_empty()).collect();
        if complete.is_empty() {
            let allowing: Vec<_> = self.all().filter(|found| found.holds.is_so).collect();
            let mut decision = decision(Answer::DeniedImplicitly, &allowing, self.all());
            decision.lacking = least(ways.iter().map(lacking).collect());
            return decision;
        }
        let parts = || complete.iter().copied().flatten();
        let used: Vec<&Found> = self
            .all()
            .filter(|found| {
                parts().any(|(_, used)| used.iter().any(|used| std::ptr::eq(*used, *found)))
            })
            .collect();
        let settled = complete.iter().any(|way| {
            way.iter()
                .all(|(_, found)| found.iter().any(|found| found.holds.absent.is_empty()))
        });
        let deciding = used.iter().copied().filter(|_| !settled);
        let might_deny = self.all().filter(|found| found.denies());
        decision(Answer::Allowed, &used, deciding.chain(might_deny))
    }

    /// Every way to an allow. All that is asked for on one of them has to be there.
    fn ways(&self, request: &Request, rule: ResourceRule) -> Vec<Way<'_>> {
        let resource = |least: Named| {
            let named = move |found: &Found| found.named >= least;
            vec![(Layer::Resource, allowing(&self.resource, named))]
        };
        let Some(account) = request.caller.account() else {
            // Nobody's identity policies are asked: services, providers' identities, anybody.
            return vec![resource(Named::Itself)];
        };
        let identity = match request.caller {
            // "with the exception of the AWS account root user, which has full access".
            Caller::Root { .. } => Way::new(),
            _ => vec![(Layer::Identity, allowing(&self.identity, |_| true))],
        };
        let session = limit(Layer::Session, self.session.as_deref());
        let limits = [
            limit(Layer::Boundary, self.boundary.as_deref()),
            session.clone(),
        ]
        .concat();
        let own = [identity, limits.clone()].concat();
        let is_own = request.resource_account.is_empty() || account == request.resource_account;
        if !is_own {
            return vec![[resource(Named::Account), own].concat()];
        }
        let own = match rule {
            ResourceRule::Ordinary => own,
            // "Unless the key policy explicitly allows it, you cannot use IAM policies to allow
            // access to a KMS key"; a role's trust policy is the same.
            ResourceRule::KeyPolicy | ResourceRule::Trust => {
                [resource(Named::Account), own].concat()
            }
        };
        let through_role = [resource(Named::Role), limits].concat();
        let itself = match request.caller {
            // A session of a user: "the session policy limits the total permissions granted by the
            // resource-based policy and the identity-based policy" ("Session policies").
            Caller::User { .. } => [resource(Named::Itself), session].concat(),
            _ => resource(Named::Itself),
        };
        vec![itself, through_role, own]
    }

    fn all(&self) -> impl Iterator<Item = &Found> {
        let limits = [&self.boundary, &self.session]
            .into_iter()
            .flatten()
            .flatten();
        self.identity.iter().chain(limits).chain(&self.resource)
    }
}

/// The statements that allow.
fn allowing(found: &[Found], which: impl Fn(&Found) -> bool) -> Vec<&Found> {
    found
        .iter()
        .filter(|found| !found.denies() && found.holds.is_so && which(found))
        .collect()
}

/// What a policy that only limits has to allow; nothing without one.
fn limit(layer: Layer, policy: Option<&[Found]>) -> Way<'_> {
    let allowing = policy.map(|found| (layer, allowing(found, |_| true)));
    allowing.into_iter().collect()
}

/// The kinds of policies in which nothing allows.
fn lacking(way: &Way<'_>) -> BTreeSet<Layer> {
    let empty = way.iter().filter(|(_, allowing)| allowing.is_empty());
    empty.map(|(layer, _)| *layer).collect()
}

/// Those sets, in order, that hold no other one whole.
fn least(sets: BTreeSet<BTreeSet<Layer>>) -> Vec<BTreeSet<Layer>> {
    let is_least = |set: &&BTreeSet<Layer>| {
        let mut others = sets.iter().filter(|other| other != set);
        !others.any(|other| other.is_subset(set))
    };
    sets.iter().filter(is_least).cloned().collect()
}

fn decision<'a>(
    answer: Answer,
    because: &[&Found],
    resting: impl IntoIterator<Item = &'a Found>,
) -> Decision {
    let missing = resting
        .into_iter()
        .flat_map(|found| found.holds.absent.clone());
    Decision {
        answer,
        because: because.iter().map(|found| found.because.clone()).collect(),
        lacking: Vec::new(),
        missing: missing.collect(),
    }
}
