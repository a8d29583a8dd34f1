//! The way back from a run: a plan whose wanted side is what was there before, in what the run began.

mod verdict;

use super::plan::{Judged, Options, assemble, look};
use crate::cloud::{Cloud, Unwanted};
use crate::journal::{Fate, Past};
use crate::plan::{Action, Origin, Plan, Undo, Wanted};
use crate::resource::Resource;
use anyhow::Result;
use std::collections::BTreeSet;
use std::sync::Arc;
use verdict::judge;

/// Reads what there is of all that a run was about, and plans what leads back to what was there
/// before. Writes nothing.
///
/// What the run made is removed, if it is still the very thing and still ours; what it changed is as
/// it was, in the aspects that it changed; what it deleted is made again. What was never begun stays,
/// and so does what somebody has changed since, until that is agreed to by name.
///
/// # Errors
/// The provider cannot be asked, or the resources need one another in a circle.
pub async fn undo(
    cloud: &dyn Cloud,
    undo: Undo,
    run: Vec<Past>,
    parallelism: usize,
) -> Result<Plan> {
    let elsewhere = Arc::new(groups(&run));
    let (run, asked): (Vec<Past>, Vec<Wanted>) = run
        .into_iter()
        .map(|mut past| {
            past.before.iter_mut().for_each(forget_makers);
            past.after.iter_mut().for_each(forget_makers);
            past
        })
        .filter_map(|past| asks(&past).map(|asked| (past, asked)))
        .unzip();
    let options = Options {
        parallelism,
        take_over: undo.overwrite.clone(),
        tolerant: false,
        removal: undo.removal.clone(),
    };
    let seen = look(cloud, asked, &options).await?;
    let mut all = Vec::with_capacity(run.len());
    for (past, (asked, mut found)) in run.iter().zip(seen.all) {
        found.found.resource.iter_mut().for_each(forget_makers);
        let mut judged = lead_back(past, asked, found, &undo)?;
        // Whoever is deleted leaves all groups.
        if !judged.wanted.absent {
            let live = judged.found.found.resource.iter_mut();
            for resource in live.chain([&mut judged.wanted.resource]) {
                leave_to_groups(resource, &elsewhere);
            }
        }
        all.push(judged);
    }
    let origin = Origin::Journal(undo);
    assemble(cloud.scope(), origin, &seen.identities, all, &options)
}

/// The groups that the run was about: who is in them is their business and no user's.
fn groups(run: &[Past]) -> BTreeSet<String> {
    let resources = run
        .iter()
        .filter_map(|past| past.after.as_ref().or(past.before.as_ref()));
    resources
        .filter_map(|resource| match resource {
            Resource::Group(group) => Some(group.name.clone()),
            _ => None,
        })
        .collect()
}

/// Which manifest made a group is a fact about that group, and nothing that a user is led back to.
fn forget_makers(resource: &mut Resource) {
    if let Resource::User(user) = resource {
        user.groups_of.clear();
    }
}

fn leave_to_groups(resource: &mut Resource, elsewhere: &Arc<BTreeSet<String>>) {
    if let Resource::User(user) = resource {
        user.groups.retain(|group| !elsewhere.contains(group));
        user.groups_elsewhere = Arc::clone(elsewhere);
    }
}

/// What to look for. What may have to be removed is looked at for what holds on to it, and what was
/// removed may be on its way out.
fn asks(past: &Past) -> Option<Wanted> {
    let resource = past.after.as_ref().or(past.before.as_ref())?;
    Some(Wanted {
        resource: resource.clone(),
        manifest: past.manifest.clone(),
        absent: past.fate != Fate::Untouched
            && matches!(past.action, Action::Create | Action::Delete),
        exact: true,
    })
}

fn lead_back(past: &Past, asked: Wanted, mut found: Unwanted, undo: &Undo) -> Result<Judged> {
    if past.fate == Fate::Untouched {
        // It is only here to tell what belongs to what.
        found.found.unreadable.clear();
    }
    let verdict = judge(past, &found.found, undo)?;
    Ok(Judged {
        wanted: Wanted {
            absent: verdict.target.is_none(),
            resource: verdict.target.unwrap_or(asked.resource),
            ..asked
        },
        found,
        blocked: verdict.blocked,
        note: verdict.note,
    })
}

#[cfg(test)]
mod tests;
