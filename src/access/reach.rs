//! Who can reach what, by the policies that there are and by those that there will be.

use super::{Access, Condition, Effect, Kind, Line, Principal, difference};
use crate::plan::{Plan, Step};
use crate::resource::{Address, Resource, Scope};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

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

/// All that the policies of the plan's resources allow, on either side; `bears` is what the plan does to
/// access. What could not be read at all is left out on both.
///
/// # Guarantees
/// Each thing that is gained is in one that is not live, and each that is lost in one that is not wanted.
#[must_use]
pub fn reach(plan: &Plan, bears: &Access) -> Vec<Reach> {
    let is_known = |step: &&Step| step.have.is_some() || step.unreadable.is_empty();
    let known: Vec<&Step> = plan.steps.iter().filter(is_known).collect();
    let addresses: BTreeSet<Address> = known.iter().map(|step| step.address.clone()).collect();
    let live = known.iter().filter_map(|step| step.have.as_ref());
    let live = allowed(live, &plan.scope, &addresses);
    let after: Vec<Cow<'_, Resource>> = known.iter().filter_map(|step| step.after()).collect();
    let after = allowed(after.iter().map(AsRef::as_ref), &plan.scope, &addresses);
    let changes = |effect| bears.lines.iter().filter(move |line| line.effect == effect);
    let lost = facts(changes(Effect::Loses));
    let gained = facts(changes(Effect::Gains));
    // What is not gained is allowed already, perhaps by something wider; and so is what is not lost.
    let (of_lost, of_gained) = (keys(&lost), keys(&gained));
    let stays = facts(&live)
        .into_iter()
        .filter(|fact| !of_lost.contains(&key(fact)));
    let stays = stays.chain(
        facts(&after)
            .into_iter()
            .filter(|fact| !of_gained.contains(&key(fact))),
    );
    let mut all = rows(stays.collect(), [true, true]);
    all.extend(rows(lost, [true, false]));
    all.extend(rows(gained, [false, true]));
    all.sort_by(|one, other| {
        let (one, other) = (&one.line, &other.line);
        (one.kind, &one.who).cmp(&(other.kind, &other.who))
    });
    all
}

/// What is gained where there was nothing.
fn allowed<'a>(
    resources: impl IntoIterator<Item = &'a Resource>,
    scope: &Scope,
    addresses: &BTreeSet<Address>,
) -> Vec<Line> {
    let resources: Vec<&Resource> = resources.into_iter().collect();
    difference(&[], &resources, scope, addresses, addresses)
}

/// The part of a line that several facts share.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    who: Principal,
    kind: Kind,
    but: BTreeSet<String>,
    condition: Condition,
    is_certain: bool,
    unknown: Option<String>,
}

/// One action on one resource; nothing of either where a policy is not known.
type Fact = (Shared, String, String);

fn facts<'a>(lines: impl IntoIterator<Item = &'a Line>) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    for line in lines {
        let shared = Shared {
            who: line.who.clone(),
            kind: line.kind,
            but: line.but.clone(),
            condition: line.condition.clone(),
            is_certain: line.is_certain,
            unknown: line.unknown.clone(),
        };
        let nothing = BTreeSet::from([String::new()]);
        let or_nothing = |set: &'a BTreeSet<String>| match set.is_empty() {
            true => nothing.clone(),
            false => set.clone(),
        };
        for on in or_nothing(&line.resources) {
            for action in or_nothing(&line.actions) {
                facts.insert((shared.clone(), on.clone(), action));
            }
        }
    }
    facts
}

/// Who, what and on what: whether that is among what changes does not hang on how.
type Key<'a> = (&'a Principal, &'a Option<String>, &'a str, &'a str);

fn key(fact: &Fact) -> Key<'_> {
    let (shared, on, action) = fact;
    (&shared.who, &shared.unknown, on, action)
}

fn keys(facts: &BTreeSet<Fact>) -> BTreeSet<Key<'_>> {
    facts.iter().map(key).collect()
}

/// As few lines as say it.
fn rows(facts: BTreeSet<Fact>, [live, wanted]: [bool; 2]) -> Vec<Reach> {
    let mut on: BTreeMap<(Shared, String), BTreeSet<String>> = BTreeMap::new();
    for (shared, resource, action) in facts {
        on.entry((shared, resource)).or_default().insert(action);
    }
    let mut together: BTreeMap<(Shared, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((shared, resource), actions) in on {
        together
            .entry((shared, actions))
            .or_default()
            .insert(resource);
    }
    let something = |mut set: BTreeSet<String>| {
        set.remove("");
        set
    };
    let rows = together
        .into_iter()
        .map(|((shared, actions), resources)| Reach {
            line: Line {
                who: shared.who,
                kind: shared.kind,
                effect: Effect::Gains,
                actions: something(actions),
                but: shared.but,
                resources: something(resources),
                condition: shared.condition,
                is_certain: shared.is_certain,
                unknown: shared.unknown,
                because: BTreeSet::new(),
            },
            live,
            wanted,
        });
    rows.collect()
}
