//! Whether a statement applies to a request.

use super::condition::{Holds, Scope, conditions};
use super::principal::{Named, named};
use super::{Request, ResourceRule};
use crate::policy::pattern::{fits, matches};
use crate::policy::{Statement, keys};
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
    request: &Request,
    place: Place,
    scope: Scope<'_>,
) -> Option<Applies> {
    if !covers_action(statement, &request.action) {
        return None;
    }
    let named = match place {
        Place::Caller => Named::Itself,
        Place::Resource { has_boundary, .. } => {
            named(statement, &request.caller, scope.context, has_boundary)?
        }
    };
    let holds = Holds::all([
        covers_resource(statement, request, place, scope),
        conditions(statement, scope),
    ]);
    (holds.is_so || !holds.absent.is_empty()).then_some(Applies { named, holds })
}

/// Actions are compared without case. A statement with neither element "has no effect" (a key
/// policy's; AWS refuses the others).
fn covers_action(statement: &Statement, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let any = |set: &BTreeSet<String>| {
        set.iter()
            .any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
    };
    let has_either = !statement.action.is_empty() || !statement.not_action.is_empty();
    has_either
        && (statement.action.is_empty() || any(&statement.action))
        && !any(&statement.not_action)
}

/// `*` crosses `/`, and `:` too where it ends a field ("IAM JSON policy elements: Resource").
fn covers_resource(
    statement: &Statement,
    request: &Request,
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
            match scope.filled(pattern) {
                Ok(filled) if fits(filled.letters().into_iter(), &request.resource) => {
                    return Holds::surely(true);
                }
                Ok(_) => {}
                Err(null) => absent.extend(null.absent.as_deref().map(keys::canonical)),
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
