//! Everything that is wanted, read at the same time, compared, put in order.

use super::bound::Identities;
use super::compare::{compare, inherit};
use super::order::order;
use super::removal::{self, Facts};
use crate::cloud::{Cloud, Failure, Observation, Unwanted};
use crate::plan::{Action, Origin, Plan, Removal, Source, Step, Unreadable, Wanted};
use crate::resource::{Resource, Scope};
use anyhow::{Context, Result};
use futures::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How to plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many resources are read at the same time.
    pub parallelism: usize,
    /// Addresses that may be taken from another tool or manifest.
    pub take_over: BTreeSet<String>,
    /// A resource that cannot be read is noted in its step and hides nothing else; unless none can,
    /// or something is wrong whose remedy is known, such as expired credentials.
    pub tolerant: bool,
    /// What may be removed.
    pub removal: Removal,
}

/// Reads what there is of `wanted` and plans what leads there. Writes nothing.
///
/// # Errors
/// The provider cannot be asked (network, credentials), or the resources need one another in a
/// circle. What the caller may not read is no error: it is in the steps.
pub async fn plan(
    cloud: &dyn Cloud,
    sources: Vec<Source>,
    wanted: Vec<Wanted>,
    options: &Options,
) -> Result<Plan> {
    let seen = look(cloud, wanted, options).await?;
    let all = seen.all.into_iter().map(Judged::from).collect();
    let origin = Origin::Manifests(sources);
    assemble(cloud.scope(), origin, &seen.identities, all, options)
}

/// All that a plan is about, as it is.
pub(super) struct Seen {
    pub(super) identities: Identities,
    /// What was asked for, and what was found; ids of those who are there are read as their ARNs.
    pub(super) all: Vec<(Wanted, Unwanted)>,
}

/// What is wanted of what was found, and what is to be said of it beside how they differ.
pub(super) struct Judged {
    pub(super) wanted: Wanted,
    pub(super) found: Unwanted,
    /// Why it cannot be done as it stands.
    pub(super) blocked: Option<String>,
    /// Worth knowing.
    pub(super) note: Option<String>,
}

impl From<(Wanted, Unwanted)> for Judged {
    fn from((wanted, found): (Wanted, Unwanted)) -> Self {
        Self {
            wanted,
            found,
            blocked: None,
            note: None,
        }
    }
}

/// Reads what there is of all that is `wanted`, at the same time.
pub(super) async fn look(
    cloud: &dyn Cloud,
    wanted: Vec<Wanted>,
    options: &Options,
) -> Result<Seen> {
    let resources: Vec<&Resource> = wanted.iter().map(|wanted| &wanted.resource).collect();
    cloud.will_observe(&resources);
    // As they come: a slow one keeps nobody from beginning.
    let mut read: Vec<(usize, Wanted, Result<Unwanted>)> =
        stream::iter(wanted.into_iter().enumerate())
            .map(|(at, wanted)| async move {
                let found = read(cloud, &wanted)
                    .await
                    .with_context(|| format!("cannot read {}", wanted.resource.address()));
                (at, wanted, found)
            })
            .buffer_unordered(options.parallelism.max(1))
            .collect()
            .await;
    read.sort_unstable_by_key(|(at, ..)| *at);
    let tolerant = options.tolerant && read.iter().any(|(_, _, found)| found.is_ok());
    let mut all = Vec::with_capacity(read.len());
    for (_, wanted, found) in read {
        let found = match found {
            Ok(found) => found,
            Err(error) if tolerant && !has_remedy(&error) => unread(&error),
            Err(error) => return Err(error),
        };
        all.push((wanted, found));
    }
    let observed = all.iter().map(|(wanted, found)| (wanted, &found.found));
    let identities = Identities::of(observed, cloud.scope());
    for (_, found) in &mut all {
        identities.read(&mut found.found);
    }
    Ok(Seen { identities, all })
}

/// The steps that lead from what was found to what is wanted of it, in order.
pub(super) fn assemble(
    scope: &Scope,
    origin: Origin,
    identities: &Identities,
    all: Vec<Judged>,
    options: &Options,
) -> Result<Plan> {
    let mut parts: BTreeMap<usize, String> = BTreeMap::new();
    let mut steps = Vec::with_capacity(all.len());
    let mut facts = Vec::with_capacity(all.len());
    for judged in all {
        let Judged { wanted, found, .. } = judged;
        // What must not be there and is not is no part of a plan.
        if wanted.absent && found.found == Observation::default() {
            continue;
        }
        if let Some(whole) = wanted.resource.part_of() {
            parts.insert(steps.len(), whole.to_string());
        }
        facts.push(Facts {
            ties: found.ties,
            protected: wanted.resource.is_protected(),
        });
        let mut step = compare(wanted, found.found, &options.take_over);
        step.blocked = judged.blocked.or(step.blocked);
        step.note = judged.note.or(step.note);
        steps.push(step);
    }
    bind_again(&mut steps, scope);
    inherit_owners(&mut steps, &parts, &options.take_over);
    removal::settle(&mut steps, &facts, &options.removal, scope);
    identities.tell(&mut steps);
    Ok(Plan {
        scope: scope.clone(),
        origin,
        steps: order(steps, scope)?,
    })
}

async fn read(cloud: &dyn Cloud, wanted: &Wanted) -> Result<Unwanted> {
    if wanted.absent {
        return cloud.observe_unwanted(&wanted.resource).await;
    }
    let found = cloud.observe(&wanted.resource).await?;
    let ties = Vec::new();
    Ok(Unwanted { found, ties })
}

fn has_remedy(error: &anyhow::Error) -> bool {
    let failures = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<Failure>());
    failures.into_iter().any(|failure| failure.hint.is_some())
}

/// What is known of a resource that could not be read: nothing, not even whether it is there.
fn unread(error: &anyhow::Error) -> Unwanted {
    let found = Observation {
        resource: None,
        unreadable: vec![Unreadable {
            aspect: String::new(),
            permission: String::new(),
            on: String::new(),
            error: format!("{error:#}"),
        }],
        id: None,
    };
    let ties = Vec::new();
    Unwanted { found, ties }
}

fn inherit_owners(
    steps: &mut [Step],
    parts: &BTreeMap<usize, String>,
    take_over: &BTreeSet<String>,
) {
    let at: BTreeMap<String, usize> = steps
        .iter()
        .enumerate()
        .map(|(at, step)| (step.address.to_string(), at))
        .collect();
    for (part, whole) in parts {
        if let Some(whole) = at.get(whole).and_then(|at| steps.get(*at)).cloned() {
            inherit(&mut steps[*part], &whole, take_over);
        }
    }
}

/// A document that names an identity which is made anew has to be written again: it stays bound to
/// the id of the one that was deleted, and lets nobody in, though it may still read the same.
pub(super) fn bind_again(steps: &mut [Step], scope: &Scope) {
    let mut anew: BTreeMap<String, String> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.action == Action::Create) {
        if let Some(want) = step.want.as_ref().filter(|want| want.has_unique_id())
            && let Some(arn) = want.arn(scope)
        {
            anew.insert(arn, step.address.to_string());
        }
    }
    for step in steps {
        let (Some(have), Some(want)) = (&step.have, &step.want) else {
            continue;
        };
        // Only principals count: what a document needs beside them is bound by name.
        let bound = want.needs().must;
        let rest = want.clone().without_principals().needs().must;
        let Some(named) = bound.difference(&rest).find_map(|name| anew.get(name)) else {
            continue;
        };
        if have.clone().without_principals() == *have {
            continue;
        }
        step.again = true;
        step.note = Some(format!(
            "written again: it names {named}, which is made anew"
        ));
        if step.action == Action::Keep && step.unreadable.is_empty() {
            step.action = Action::Update;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Document;
    use crate::resource::{BucketPolicy, Role, mark};

    /// The steps for `all` where only `there` is there.
    fn actions(there: &[Resource], all: &[Resource]) -> Vec<(String, Action, bool)> {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        let step = |resource: &Resource| {
            let wanted = Wanted {
                resource: resource.clone(),
                manifest: "m".into(),
                absent: false,
                exact: false,
            };
            let found = Observation {
                resource: there.contains(resource).then(|| resource.clone()),
                ..Observation::default()
            };
            compare(wanted, found, &BTreeSet::new())
        };
        let mut steps: Vec<Step> = all.iter().map(step).collect();
        bind_again(&mut steps, &scope);
        let told = |step: &Step| (step.address.to_string(), step.action, step.again);
        steps.iter().map(told).collect()
    }

    #[test]
    fn what_names_an_identity_that_is_made_anew_is_written_again() {
        let policy = Document::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",
                "Principal":{"AWS":"arn:aws:iam::123456789012:role/r"},
                "Resource":"arn:aws:s3:::b/*"}}"#,
        )
        .unwrap();
        let policy = Resource::BucketPolicy(BucketPolicy {
            name: "b".into(),
            region: "us-east-1".into(),
            policy,
        });
        let role = Resource::Role(Role {
            tags: mark("m"),
            ..Role::named("r")
        });
        let both = [policy.clone(), role.clone()];
        assert_eq!(
            actions(std::slice::from_ref(&policy), &both),
            [
                ("bucket_policy.b".to_owned(), Action::Update, true),
                ("role.r".to_owned(), Action::Create, false),
            ]
        );
        assert!(
            actions(&both, &both)
                .iter()
                .all(|(_, action, _)| *action == Action::Keep)
        );
    }
}
