//! How the policies work together.

use super::condition::{Holds, Scope};
use super::principal::Named;
use super::statement::{Place, applies};
use super::{Answer, Because, Caller, Context, Decision, Request, ResourceRule, Source, Sources};
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
    if needs_no_permission(&request.action) && request.caller.account().is_some() {
        return Decision {
            answer: Answer::Allowed,
            because: Vec::new(),
            missing: BTreeSet::new(),
        };
    }
    let context = request.full_context();
    let read = |source: &Source<'_>, place| read(source, place, request, &context);
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
    policies.decide(request, sources.resource_rule)
}

/// "No permissions are required to perform this operation", not even against a statement that
/// denies it (STS API reference, `GetCallerIdentity`).
fn needs_no_permission(action: &str) -> bool {
    action.eq_ignore_ascii_case("sts:GetCallerIdentity")
}

/// A federated user's session "has no permissions" of its user without a session policy (STS API
/// reference, `GetFederationToken`); another session then has all of its role's.
fn has_session_policies(request: &Request, sources: &Sources<'_>) -> bool {
    !sources.session.is_empty() || matches!(request.caller, Caller::FederatedUser { .. })
}

/// "The root user of the AWS account that owns a bucket can always use this operation, even if the
/// policy explicitly denies" it (S3 API reference, `PutBucketPolicy` and its two siblings).
fn may_always(request: &Request) -> bool {
    const ACTIONS: [&str; 3] = [
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
    ];
    let is_owner =
        matches!(&request.caller, Caller::Root { account } if *account == request.resource_account);
    let action = &request.action;
    is_owner
        && ACTIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(action))
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

fn read(source: &Source<'_>, place: Place, request: &Request, context: &Context) -> Vec<Found> {
    let has_variables = source.document.version.as_deref() == Some(VERSION);
    let scope = Scope {
        context,
        has_variables,
    };
    let statements = source.document.statement.iter().enumerate();
    let found = statements.filter_map(|(index, statement)| {
        let applies = applies(statement, request, place, scope)?;
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

/// The statements that allow together, each of another kind of policy; none when one is lacking.
type Way<'a> = Option<Vec<&'a Found>>;

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
        let ways: Vec<_> = self.ways(request, rule).into_iter().flatten().collect();
        if ways.is_empty() {
            let allowing: Vec<_> = self.all().filter(|found| found.holds.is_so).collect();
            return decision(Answer::DeniedImplicitly, &allowing, self.all());
        }
        let used: Vec<&Found> = self
            .all()
            .filter(|found| {
                ways.iter()
                    .flatten()
                    .any(|used| std::ptr::eq(*used, *found))
            })
            .collect();
        let settled = ways
            .iter()
            .any(|way| way.iter().all(|found| found.holds.absent.is_empty()));
        let deciding = used.iter().copied().filter(|_| !settled);
        let might_deny = self.all().filter(|found| found.denies());
        decision(Answer::Allowed, &used, deciding.chain(might_deny))
    }

    /// Every way to an allow. All that is asked for on one of them has to be there.
    fn ways(&self, request: &Request, rule: ResourceRule) -> Vec<Way<'_>> {
        let resource = |least: Named| allowing(&self.resource, |found| found.named >= least);
        let itself = allowing(&self.resource, |found| found.named == Named::Itself);
        let Some(account) = request.caller.account() else {
            // Nobody's identity policies are asked: services, providers' identities, anybody.
            return vec![itself];
        };
        let identity = match request.caller {
            // "with the exception of the AWS account root user, which has full access".
            Caller::Root { .. } => Some(Vec::new()),
            _ => allowing(&self.identity, |_| true),
        };
        let limits = both(
            limit(self.boundary.as_deref()),
            limit(self.session.as_deref()),
        );
        let own = both(identity, limits.clone());
        let is_own = request.resource_account.is_empty() || account == request.resource_account;
        if !is_own {
            return vec![both(resource(Named::Account), own)];
        }
        let own = match rule {
            ResourceRule::Ordinary => own,
            // "Unless the key policy explicitly allows it, you cannot use IAM policies to allow
            // access to a KMS key"; a role's trust policy is the same.
            ResourceRule::KeyPolicy | ResourceRule::Trust => both(resource(Named::Account), own),
        };
        vec![itself, both(resource(Named::Role), limits), own]
    }

    fn all(&self) -> impl Iterator<Item = &Found> {
        let limits = [&self.boundary, &self.session]
            .into_iter()
            .flatten()
            .flatten();
        self.identity.iter().chain(limits).chain(&self.resource)
    }
}

/// The statements that allow, if there are any.
fn allowing(found: &[Found], which: impl Fn(&Found) -> bool) -> Way<'_> {
    let allowing: Vec<_> = found
        .iter()
        .filter(|found| !found.denies() && found.holds.is_so && which(found))
        .collect();
    (!allowing.is_empty()).then_some(allowing)
}

/// What a policy that only limits allows; without one nothing is asked for.
fn limit(policy: Option<&[Found]>) -> Way<'_> {
    policy.map_or_else(|| Some(Vec::new()), |found| allowing(found, |_| true))
}

fn both<'a>(one: Way<'a>, two: Way<'a>) -> Way<'a> {
    Some([one?, two?].concat())
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
        missing: missing.collect(),
    }
}
