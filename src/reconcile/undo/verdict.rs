//! One resource of a run, as it is now → what it is to be led back to, or why it stays.

use super::super::restore::restore;
use crate::cloud::Observation;
use crate::diff;
use crate::journal::{Fate, Past};
use crate::plan::{Action, Undo};
use crate::resource::{LifecycleRule, Resource};
use anyhow::Result;
use std::collections::BTreeMap;

/// What a resource is to be, and what is to be said of that.
pub(super) struct Verdict {
    /// `None` is "not there".
    pub(super) target: Option<Resource>,
    /// Why it cannot be done as it stands.
    pub(super) blocked: Option<String>,
    /// Worth knowing.
    pub(super) note: Option<String>,
}

impl Verdict {
    fn of(target: Option<Resource>) -> Self {
        Self {
            target,
            blocked: None,
            note: None,
        }
    }

    fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Not without a word of whoever undoes.
    fn unless_agreed(mut self, why: &str, past: &Past, undo: &Undo) -> Self {
        let address = past.address.as_str();
        if !undo.overwrite.contains(address) {
            self.blocked = Some(format!(
                "{why}; `--overwrite {address}` leads it back all the same, `--keep {address}` \
                 leaves it as it is"
            ));
        }
        self
    }
}

/// What becomes of a resource that a run had to do with.
pub(super) fn judge(past: &Past, found: &Observation, undo: &Undo) -> Result<Verdict> {
    let live = found.resource.as_ref();
    let stays = || Verdict::of(live.cloned());
    // What could not be read is told by the step.
    let unknown = live.is_none() && !found.unreadable.is_empty();
    if past.fate == Fate::Untouched || unknown {
        return Ok(stays());
    }
    if undo.keep.contains(past.address.as_str()) {
        return Ok(stays().noting("stays, as `--keep` says"));
    }
    let verdict = match (past.action, &past.before, &past.after, live) {
        (Action::Create, _, Some(after), Some(live)) => made(past, after, live, found, undo),
        (Action::Update, Some(before), Some(after), Some(live)) => {
            changed(past, before, after, live, undo)?
        }
        (Action::Update, Some(before), _, None) => {
            Verdict::of(Some(before.as_new())).unless_agreed("it was removed since", past, undo)
        }
        (Action::Delete, Some(before), _, None) => deleted(before),
        (Action::Delete, Some(before), _, Some(live)) => there_again(past, before, live, undo),
        _ => stays(),
    };
    Ok(writable(verdict, past, live))
}

/// The run made it: it goes, if it is still the very thing.
fn made(
    past: &Past,
    after: &Resource,
    live: &Resource,
    found: &Observation,
    undo: &Undo,
) -> Verdict {
    let Fate::Done(given) = &past.fate else {
        // It may be half made, so how it looks says nothing.
        return Verdict::of(None);
    };
    if let (Some(given), Some(id)) = (given, &found.id)
        && given != id
    {
        return Verdict::of(Some(live.clone())).noting(format!(
            "stays: it was deleted and made again since; its id was {given}, and is {id}"
        ));
    }
    match differing(live, after) {
        paths if paths.is_empty() => Verdict::of(None),
        paths => {
            let why = format!("it was changed since: {}", paths.join(", "));
            Verdict::of(None).unless_agreed(&why, past, undo)
        }
    }
}

fn changed(
    past: &Past,
    before: &Resource,
    after: &Resource,
    live: &Resource,
    undo: &Undo,
) -> Result<Verdict> {
    let stays = Verdict::of(Some(live.clone()));
    if live.handed_key().is_some() {
        return Ok(stays.noting("stays: what was done with its keys cannot be taken back"));
    }
    if live.shared() {
        return Ok(stays
            .noting("stays: the whole account shares it, and others may count on what was added"));
    }
    let overwritten = undo.overwrite.contains(past.address.as_str());
    let restored = restore(before, after, live, overwritten)?;
    let verdict = Verdict::of(Some(restored.resource));
    Ok(match restored.changed_since.is_empty() {
        true => verdict,
        false => {
            let why = format!("changed since: {}", restored.changed_since.join(", "));
            verdict.unless_agreed(&why, past, undo)
        }
    })
}

/// The run deleted it: it is made again.
fn deleted(before: &Resource) -> Verdict {
    let again = match before.handed_key() {
        None => Some(before.as_new()),
        Some(_) => before.another_key(),
    };
    let note = again.as_ref().and_then(|_| before.return_note());
    Verdict {
        note: note.map(str::to_owned),
        ..Verdict::of(again)
    }
}

/// The run deleted it, or began to, and it is there.
fn there_again(past: &Past, before: &Resource, live: &Resource, undo: &Undo) -> Verdict {
    let back = Verdict::of(Some(before.clone().with_unwritten_of(live)));
    let is_as_it_was = differing(live, before).is_empty();
    let stays = is_as_it_was || before.handed_key().is_some() || before.shared();
    match &past.fate {
        _ if stays => Verdict::of(Some(live.clone())),
        Fate::Done(_) => back.unless_agreed("it was made again since", past, undo),
        _ => back,
    }
}

/// Where `live` is not as the whole `resource` was or was to be.
fn differing(live: &Resource, resource: &Resource) -> Vec<String> {
    let limited = live.clone().limited_to(resource);
    diff::changes(Some(&limited.fields()), Some(&resource.fields()))
        .into_iter()
        .map(|change| change.path)
        .collect()
}

/// Blocks what the provider would not take, though it once had it.
fn writable(mut verdict: Verdict, past: &Past, live: Option<&Resource>) -> Verdict {
    let Some(target) = verdict
        .target
        .as_ref()
        .filter(|target| Some(*target) != live)
    else {
        return verdict;
    };
    let written = target.principals();
    let written = written.filter(|document| live.and_then(Resource::principals) != Some(*document));
    let dead = written.map(|document| document.ids_of_principals());
    let dead: Vec<String> = dead
        .into_iter()
        .flatten()
        .map(|id| id.to_string())
        .collect();
    let why = if let [first, ..] = &dead[..] {
        format!(
            "the policy from before names {first}, and AWS takes no id of somebody who is not \
             there any more"
        )
    } else if let Some(rule) = foreign_rule(target, live) {
        format!("the lifecycle rule {rule:?} had settings that s3setup cannot write")
    } else {
        return verdict;
    };
    let address = &past.address;
    verdict.blocked = Some(format!(
        "{why}: lead it back by hand, and leave it out with `--keep {address}`"
    ));
    verdict
}

/// A lifecycle rule to be written that has elements which are not modelled.
fn foreign_rule<'a>(target: &'a Resource, live: Option<&Resource>) -> Option<&'a str> {
    fn rules(resource: &Resource) -> Option<&BTreeMap<String, LifecycleRule>> {
        match resource {
            Resource::Bucket(bucket) => bucket.lifecycle.as_ref(),
            _ => None,
        }
    }
    let wanted = rules(target)?;
    if live.and_then(rules) == Some(wanted) {
        return None;
    }
    let mut foreign = wanted.iter().filter(|(_, rule)| !rule.other.is_empty());
    foreign.next().map(|(name, _)| name.as_str())
}
