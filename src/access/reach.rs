//! Who can reach what, by the policies that there are and by those that there will be.

use super::world::World;
use super::{Line, difference};
use crate::plan::{Plan, Step};
use crate::resource::{Address, Resource, Scope};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Something that somebody can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Who, what and when.
    pub line: Line,
    /// By the policies that there are.
    pub live: bool,
    /// By the policies that there will be once the plan is applied.
    pub wanted: bool,
}

/// All that the policies of the plan's resources allow, on either side. What could not be read at all is
/// left out on both.
#[must_use]
pub fn reach(plan: &Plan) -> Vec<Reach> {
    let is_known = |step: &&Step| step.have.is_some() || step.unreadable.is_empty();
    let known: Vec<&Step> = plan.steps.iter().filter(is_known).collect();
    let addresses: BTreeSet<Address> = known.iter().map(|step| step.address.clone()).collect();
    let live = known.iter().filter_map(|step| step.have.as_ref());
    let live = allowed(live, &plan.scope, &addresses);
    let after: Vec<Cow<'_, Resource>> = known.iter().filter_map(|step| step.after()).collect();
    let mut wanted = allowed(after.iter().map(AsRef::as_ref), &plan.scope, &addresses);
    let mut all: Vec<Reach> = Vec::new();
    for line in live {
        let same = wanted.iter().position(|other| is_same(&line, other));
        let wanted = same.map(|at| wanted.remove(at)).is_some();
        all.push(Reach {
            line,
            live: true,
            wanted,
        });
    }
    all.extend(wanted.into_iter().map(|line| Reach {
        line,
        live: false,
        wanted: true,
    }));
    all.sort_by(|one, other| {
        let key = |reach: &Reach| (reach.line.kind, reach.line.who.clone());
        key(one).cmp(&key(other))
    });
    all
}

/// What is gained where there was nothing.
fn allowed<'a>(
    resources: impl IntoIterator<Item = &'a Resource>,
    scope: &Scope,
    addresses: &BTreeSet<Address>,
) -> Vec<Line> {
    let world = World::of(resources, scope);
    difference(&World::default(), &world, scope, addresses, addresses)
}

/// The same access, by whichever statement.
fn is_same(one: &Line, other: &Line) -> bool {
    let what = |line: &Line| Line {
        because: BTreeSet::new(),
        ..line.clone()
    };
    what(one) == what(other)
}
