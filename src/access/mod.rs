//! Who gains and who loses what by a plan: the policies of all identities and resources together,
//! as they are against as they will be.
//!
//! # Guarantees
//!
//! - What is not told to be gained is not gained, as far as the policies of the plan's resources
//!   say: what cannot be compared counts as gained, and is marked as not certain.
//! - The same policies on both sides make no lines, and neither does a statement that moves to
//!   where it counts as much.
//!
//! # Assumptions
//!
//! What another account allows its own is not known, and taken to be everything. What a role may do
//! is told of the role, and not again of those who may assume it.

mod actions;
mod alike;
mod compare;
mod condition;
mod generic;
mod google;
mod kind;
mod lines;
mod principal;
mod reach;
mod rule;
mod rules;
#[cfg(test)]
mod tests;
mod world;

pub use condition::{Condition, Test, WITHIN};
pub use kind::{Kind, issuer, subject};
pub use principal::Principal;
pub use reach::{Reach, reach};

use crate::plan::{Action, Plan, Step};
use crate::resource::{Address, Resource, Scope};
use lines::Told;
use rules::Rules;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use world::{Target, World};

/// Which way access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It is not allowed, and will be.
    Gains,
    /// It is allowed, and will not be any more.
    Loses,
}

/// Why access changes: a step of the plan, and a statement of a document that it writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// The step.
    pub step: Address,
    /// `Backups of inline policy x of role.y`.
    pub statement: String,
}

/// Something that somebody gains or loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub who: Principal,
    /// How it stands to the account.
    pub kind: Kind,
    /// Which way.
    pub effect: Effect,
    /// Actions, and patterns of them; empty where `unknown` says what.
    pub actions: BTreeSet<String>,
    /// Of these patterns all but these.
    pub but: BTreeSet<String>,
    /// ARNs and patterns of them, and addresses of keys.
    pub resources: BTreeSet<String>,
    /// When only.
    pub condition: Condition,
    /// Whether it is known to be so.
    pub is_certain: bool,
    /// What it is whose content is not known here: `policy ReadOnlyAccess`.
    pub unknown: Option<String>,
    /// Why.
    pub because: BTreeSet<Because>,
}

impl Line {
    /// Whether it lets in somebody beyond the account and its workloads: to be agreed to by itself.
    #[must_use]
    pub fn is_dangerous(&self) -> bool {
        let far = [Kind::Public, Kind::Repository, Kind::Account];
        self.effect == Effect::Gains && far.contains(&self.kind)
    }
}

/// What a step does to access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bearing {
    /// Somebody gains something.
    Widening,
    /// Somebody loses something.
    Narrowing,
    /// Both.
    Both,
    /// Nobody gains or loses anything.
    Neither,
}

/// What a plan does to access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The most dangerous first.
    pub lines: Vec<Line>,
}

impl Access {
    /// What `plan` does to access.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let is_known = |step: &&Step| step.have.is_some() || step.unreadable.is_empty();
        let known: Vec<&Step> = plan.steps.iter().filter(is_known).collect();
        let address = |step: &&Step| step.address.clone();
        let changes = |step: &&&Step| step.action != Action::Keep;
        let makes = |step: &&&Step| matches!(step.action, Action::Create | Action::Delete);
        let changed: BTreeSet<Address> = known.iter().filter(changes).map(address).collect();
        if changed.is_empty() {
            return Self::default();
        }
        let made = known.iter().filter(makes).map(address).collect();
        let before: Vec<&Resource> = known.iter().filter_map(|step| step.have.as_ref()).collect();
        let after: Vec<Cow<'_, Resource>> = known.iter().filter_map(|step| step.after()).collect();
        let after: Vec<&Resource> = after.iter().map(AsRef::as_ref).collect();
        Self {
            lines: difference(&before, &after, &plan.scope, &changed, &made),
        }
    }

    /// The way back: what has been gained and lost since it was as planned.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        for line in &mut self.lines {
            line.effect = match line.effect {
                Effect::Gains => Effect::Loses,
                Effect::Loses => Effect::Gains,
            };
        }
        sort(&mut self.lines);
        self
    }

    /// What somebody gains.
    pub fn gains(&self) -> impl Iterator<Item = &Line> {
        self.lines
            .iter()
            .filter(|line| line.effect == Effect::Gains)
    }

    /// What the step of this address does to access.
    #[must_use]
    pub fn bearing(&self, address: &Address) -> Bearing {
        let has = |effect: Effect| {
            let mut lines = self.lines.iter().filter(|line| line.effect == effect);
            lines.any(|line| line.because.iter().any(|why| why.step == *address))
        };
        match (has(Effect::Gains), has(Effect::Loses)) {
            (true, true) => Bearing::Both,
            (true, false) => Bearing::Widening,
            (false, true) => Bearing::Narrowing,
            (false, false) => Bearing::Neither,
        }
    }
}

/// The lines between two sets of resources, of whichever provider.
fn difference(
    before: &[&Resource],
    after: &[&Resource],
    scope: &Scope,
    changed: &BTreeSet<Address>,
    made: &BTreeSet<Address>,
) -> Vec<Line> {
    let then = World::of(before.iter().copied(), scope);
    let now = World::of(after.iter().copied(), scope);
    let mut lines = of_aws(&then, &now, scope, changed, made);
    lines.extend(google::difference(before, after, changed));
    sort(&mut lines);
    lines
}

fn of_aws(
    before: &World<'_>,
    after: &World<'_>,
    scope: &Scope,
    changed: &BTreeSet<Address>,
    made: &BTreeSet<Address>,
) -> Vec<Line> {
    let mut everybody = BTreeSet::new();
    before.principals(scope, &mut everybody);
    after.principals(scope, &mut everybody);
    let guarded = before.guarded().chain(after.guarded());
    let targets: BTreeMap<Target, String> = guarded
        .map(|guarded| (guarded.target.clone(), guarded.arn.clone()))
        .collect();
    let known = actions::Actions::default();
    let mut lines = Vec::new();
    for who in everybody {
        let (then, now) = (
            Rules::of(before, &who, scope),
            Rules::of(after, &who, scope),
        );
        if then.is_same(&now) {
            continue;
        }
        let for_all = who == Principal::Anyone;
        for (effect, from, to) in [(Effect::Gains, &then, &now), (Effect::Loses, &now, &then)] {
            let told = Told {
                who: &who,
                effect,
                scope,
                known: &known,
                changed,
                made,
                by: then.by.union(&now.by).cloned().collect(),
                bounds: [&then.bound_by, &now.bound_by]
                    .into_iter()
                    .flatten()
                    .cloned()
                    .collect(),
            };
            lines.extend(told.lines(compare::gains(from, to, &targets, for_all, &known)));
            lines.extend(told.unknown(from, to));
        }
    }
    lines
}

/// The most dangerous first; else as they are.
fn sort(lines: &mut [Line]) {
    lines.sort_by_key(|line| {
        (
            !line.is_dangerous(),
            line.is_dangerous().then_some(line.kind),
        )
    });
}
