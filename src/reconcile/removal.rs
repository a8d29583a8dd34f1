//! What must not be there, and whether it may go: only what is ours, and what nothing holds on to.

use crate::cloud::Tie;
use crate::plan::{Action, Removal, Step};
use crate::resource::{self, Address, Owner, Resource, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a step beside its observation.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// What a removal of it meets.
    pub ties: Vec<Tie>,
    /// The manifest protects it, whether or not that was applied.
    pub protected: bool,
}

/// Decides of every deletion whether it is one, and says what is to be known of it. `facts` has an
/// entry for each of `steps`.
pub(super) fn settle(steps: &mut [Step], facts: &[Facts], removal: &Removal, scope: &Scope) {
    let deletions: Vec<usize> = (0..steps.len())
        .filter(|at| steps[*at].action == Action::Delete)
        .collect();
    let mut stays: BTreeMap<usize, String> = deletions
        .iter()
        .filter_map(|at| Some((*at, by_itself(&steps[*at], &facts[*at], removal)?)))
        .collect();
    // What stays keeps others there, in turn.
    while let Some((at, why)) = deletions
        .iter()
        .filter(|at| !stays.contains_key(at))
        .find_map(|at| Some((*at, by_others(steps, *at, &facts[*at], &stays, scope)?)))
    {
        stays.insert(at, why);
    }
    for at in deletions {
        let step = &mut steps[at];
        match stays.remove(&at) {
            Some(why) if removal.leave => {
                step.action = Action::Keep;
                step.adopt = false;
                step.blocked = None;
                step.changes.clear();
                step.note = Some(format!("stays: {why}"));
            }
            Some(why) => step.blocked = step.blocked.take().or(Some(why)),
            None => step.note = farewell(step, &facts[at].ties).or(step.note.take()),
        }
    }
}

/// Why it stays, whatever becomes of the others.
fn by_itself(step: &Step, facts: &Facts, removal: &Removal) -> Option<String> {
    let have = step.have.as_ref()?;
    if facts.protected || have.is_protected() {
        return Some(
            "it is protected; write `protect: false` in its block of the manifest and apply, then \
             it can be removed"
                .to_owned(),
        );
    }
    foreign(have, step).or_else(|| facts.ties.iter().find_map(|tie| tied(tie, step, removal)))
}

/// Why it is not the manifest's to remove. A part is whose the whole is.
fn foreign(have: &Resource, step: &Step) -> Option<String> {
    if have.part_of().is_some() {
        return None;
    }
    if let Some(key) = have.handed_key() {
        let others: Vec<&str> = key.others.iter().map(String::as_str).collect();
        return (!others.is_empty()).then(|| {
            format!(
                "s3setup knows nothing of {}: whoever made it is to delete it",
                others.join(" and ")
            )
        });
    }
    let owner = match (&step.owner, have.tags()) {
        (Some(Owner::Shared), Some(tags)) => resource::owner(tags, &step.manifest),
        (owner, _) => owner.clone().unwrap_or(Owner::Nobody),
    };
    match owner {
        Owner::Us => None,
        Owner::Manifest(other) => Some(format!(
            "it belongs to the manifest {other:?} of s3setup, which alone can remove it"
        )),
        Owner::Tool(tool) => Some(format!("it belongs to {tool}; remove it there")),
        Owner::Nobody | Owner::Shared => Some(format!(
            "it carries no mark of the manifest {:?}, so it is not s3setup's to remove",
            step.manifest
        )),
    }
}

fn tied(tie: &Tie, step: &Step, removal: &Removal) -> Option<String> {
    match tie {
        Tie::Held { .. } => None,
        Tie::Foreign(why) => Some(why.clone()),
        Tie::Objects { count, more } => {
            if removal.empties(&step.address) {
                return None;
            }
            let name = step.address.name();
            let how = match removal.leave {
                true => format!("`--delete-objects {name}` deletes them with it"),
                false => "empty it first".to_owned(),
            };
            Some(format!("it holds {}; {how}", objects(*count, *more)))
        }
        Tie::Used { key, days, when } => {
            let asked = removal.leave && *days < removal.used_within;
            (asked && !removal.used_keys.contains(step.address.as_str())).then(|| {
                format!(
                    "{key} was used {when}; if nobody needs it, `--delete-used-key {}`",
                    step.address
                )
            })
        }
    }
}

/// Why it stays because others do.
fn by_others(
    steps: &[Step],
    at: usize,
    facts: &Facts,
    stays: &BTreeMap<usize, String>,
    scope: &Scope,
) -> Option<String> {
    let step = &steps[at];
    let have = step.have.as_ref()?;
    let of = |address: &Address| steps.iter().position(|step| step.address == *address);
    if let Some(whole) = whole(have)
        && let Some(other) = of(&whole)
    {
        let kept = stays.contains_key(&other);
        let theirs = have.handed_key().is_some() && steps[other].owner != Some(Owner::Us);
        if kept || theirs {
            return Some(format!("{whole} stays, and it is a part of that"));
        }
    }
    let names: BTreeSet<String> = have
        .arn(scope)
        .into_iter()
        .chain([step.address.to_string()])
        .collect();
    let lets_go = |by: &Address| {
        let Some(other) = of(by) else { return false };
        match (&steps[other].want, steps[other].action) {
            (_, Action::Delete) => !stays.contains_key(&other),
            (Some(want), _) => want.needs().must.is_disjoint(&names),
            (None, _) => false,
        }
    };
    let held = facts.ties.iter().filter_map(|tie| match tie {
        Tie::Held { by, how } if !lets_go(by) => Some(how.as_str()),
        _ => None,
    });
    some(&held.collect::<Vec<_>>()).or_else(|| {
        let needing = stays.keys().map(|other| &steps[*other]).find(|other| {
            let needs = other.have.as_ref().map(|other| hard_needs(other, have));
            needs.is_some_and(|needs| !needs.is_disjoint(&names))
        })?;
        Some(format!("{} stays, and needs it", needing.address))
    })
}

/// The first few of several reasons, and how many more there are.
fn some(reasons: &[&str]) -> Option<String> {
    const SHOWN: usize = 3;
    let shown = reasons.get(..SHOWN).unwrap_or(reasons).join("; ");
    match reasons.len() {
        0 => None,
        all if all > SHOWN => Some(format!("{shown}; and {} more", all - SHOWN)),
        _ => Some(shown),
    }
}

/// What `other` cannot do without, of the kind of `have`: not those that its documents or a group
/// merely name.
fn hard_needs(other: &Resource, have: &Resource) -> BTreeSet<String> {
    match have.is_held_by(other) {
        true => other.clone().without_principals().needs().must,
        false => BTreeSet::new(),
    }
}

/// What goes and stays as one with it.
fn whole(have: &Resource) -> Option<Address> {
    match have.handed_key() {
        Some(key) => Some(key.of),
        None => have.part_of(),
    }
}

/// What is to be known before it goes.
fn farewell(step: &Step, ties: &[Tie]) -> Option<String> {
    let mut notes: Vec<String> = ties
        .iter()
        .filter_map(|tie| match tie {
            Tie::Objects { count, more } => Some(format!(
                "{} are deleted with it, for good",
                objects(*count, *more)
            )),
            Tie::Used { key, when, .. } => Some(format!("{key} was used {when}")),
            Tie::Held { .. } | Tie::Foreign(_) => None,
        })
        .collect();
    notes.extend(step.have.as_ref()?.farewell());
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn objects(count: usize, more: bool) -> String {
    let than = if more { "more than " } else { "" };
    match (count, more) {
        (1, false) => "1 object (old versions and delete markers counted)".to_owned(),
        _ => format!("{than}{count} objects (old versions and delete markers counted)"),
    }
}

#[cfg(test)]
mod tests;
