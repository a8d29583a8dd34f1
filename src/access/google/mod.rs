//! The same for Google: who gains and loses what by bindings, the roles that they give, and the
//! providers that let somebody into a pool.
//!
//! There are no denials here and no boundaries: each binding is a way by itself, and what is allowed
//! is the sum of them. What an organisation's policies deny is not known, and is none of a plan's.

mod kind;
mod line;
mod way;
mod world;

use super::{Effect, Line};
use crate::resource::{Address, Resource};
use line::Told;
use std::collections::BTreeSet;
use way::{What, Who, gains};
use world::World;

/// The lines between two sets of resources. What is of AWS in them is not looked at.
pub(super) fn difference(
    before: &[&Resource],
    after: &[&Resource],
    changed: &BTreeSet<Address>,
) -> Vec<Line> {
    let (mut then, mut now) = (World::of(before), World::of(after));
    if then.is_empty() && now.is_empty() {
        return Vec::new();
    }
    World::introduce(&mut then, &mut now);
    let (then_ways, now_ways) = (then.ways(), now.ways());
    let everybody: BTreeSet<(&Who, &What)> = then_ways
        .keys()
        .chain(now_ways.keys())
        .map(|(who, what)| (who, what))
        .collect();
    let mut told = Told::new(changed, &then, &now);
    for (who, what) in everybody {
        for (effect, from, to) in [
            (Effect::Gains, &then_ways, &now_ways),
            (Effect::Loses, &now_ways, &then_ways),
        ] {
            for gain in gains(who, what, from, to) {
                told.add(who, what, effect, gain);
            }
        }
    }
    told.lines()
}
