//! Whether a statement applies to a request.

use super::ResourceRule;
use super::condition::{Holds, Scope, conditions};
use super::principal::{Named, named};
use super::request::Asked;
use super::template::Null;
use crate::policy::Statement;
use crate::policy::pattern::{is_pattern, matches_in_any_case};
use std::collections::BTreeSet;

/// What kind of policy a statement is in, which decides about the elements it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One of the caller's.
    Caller,
    /// The resource's.
    Resource {
        rule: ResourceRule,
        /// Whether the caller has a boundary.
        has_boundary: bool,
    },
}

/// How a statement applies.
#[derive(Clone, Debug)]
pub(super) struct Applies {
    /// How closely it names the caller.
    pub(super) named: Named,
    /// Whether it applies, and on which absent keys that rests.
    pub(super) holds: Holds,
}

/// Whether and how the statement applies; none when it does not, whatever the context.
pub(super) fn applies(
    statement: &Statement,
    asked: &Asked<'_>,
    place: Place,
    scope: Scope<'_>,
) -> Option<Applies> {
    if !covers_action(statement, &asked.action) {
        return None;
    }
    let named = match place {
        Place::Caller => Named::Itself,
        Place::Resource { has_boundary, .. } => named(statement, asked, has_boundary)?,
    };
    let about = covers_resource(statement, asked, place, scope);
    if about.is_surely_not() {
        return None;
    }
    let holds = Holds::all([about, conditions(statement, scope)]);
    (holds.is_so || !holds.absent.is_empty()).then_some(Applies { named, holds })
}

/// Actions are compared without case. A statement with neither element "has no effect" (a key
/// policy's; AWS refuses the others).
pub(super) fn covers_action(statement: &Statement, action: &str) -> bool {
    // "Actions must be prefaced by a vendor": IAM refuses one that is a pattern, unless it is all.
    let is_refused = |pattern: &str| {
        let service = pattern.split(':').next().unwrap_or_default();
        is_pattern(service) && !matches!(pattern, "*" | "*:*")
    };
    let any = |set: &BTreeSet<String>| {
        set.iter()
            .any(|pattern| matches_in_any_case(pattern, action) && !is_refused(pattern))
    };
    let has_either = !statement.action.is_empty() || !statement.not_action.is_empty();
    has_either
        && (statement.action.is_empty() || any(&statement.action))
        && !any(&statement.not_action)
}

/// `*` crosses `/`, and `:` too where it ends a field ("IAM JSON policy elements: Resource").
pub(super) fn covers_resource(
    statement: &Statement,
    asked: &Asked<'_>,
    place: Place,
    scope: Scope<'_>,
) -> Holds {
    let (listed, not) = (&statement.resource, &statement.not_resource);
    if listed.is_empty() && not.is_empty() {
        // A trust policy is about its role and names no resource; neither do some services' own.
        let about_its_own = matches!(
            place,
            Place::Resource {
                rule: ResourceRule::Ordinary | ResourceRule::Trust,
                ..
            }
        );
        return Holds::surely(about_its_own);
    }
    let any = |patterns: &BTreeSet<String>| {
        let mut absent = BTreeSet::new();
        for pattern in patterns {
            match matches(pattern, &asked.resource, place, scope) {
                Ok(true) => return Holds::surely(true),
                Ok(false) => {}
                Err(null) => {
                    absent.extend(null.absent.as_deref().and_then(|key| scope.resting(key)));
                }
            }
        }
        Holds {
            is_so: false,
            absent,
        }
    };
    let listed = if listed.is_empty() {
        Holds::surely(true)
    } else {
        any(listed)
    };
    Holds::all([listed, any(not).not()])
}

/// Whether the ARN matches a pattern. "When you specify an incomplete ARN (one with fewer than the
/// standard six fields) in an identity-based policy, AWS automatically completes" it ("Identify AWS
/// resources with Amazon Resource Names"). It counts as written, too: "if the * wildcard is the last
/// character of a resource ARN segment, it can expand to match beyond the colon boundaries".
fn matches(pattern: &str, arn: &str, place: Place, scope: Scope<'_>) -> Result<bool, Null> {
    const FIELDS: usize = 6;
    let fields = pattern.splitn(FIELDS, ':').count();
    let is_incomplete = fields < FIELDS && pattern.starts_with("arn:") && place == Place::Caller;
    let missing = if is_incomplete { FIELDS - fields } else { 0 };
    let is_like = |pattern: &str| Ok(scope.filled(pattern)?.is_like(arn));
    match missing {
        0 => is_like(pattern),
        _ => Ok(is_like(pattern)? || is_like(&format!("{pattern}{}", ":*".repeat(missing)))?),
    }
}
