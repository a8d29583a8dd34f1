//! What keeps a plan from being applied.

use crate::cli::manifests::Planned;
use crate::cloud::Failure;
use crate::plan::{Action, Plan, Step};
use crate::resource::{Place, Resource, Sink};
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// What keeps a plan from being applied.
pub(in crate::cli) fn refuse_obstacles(planned: &Planned) -> Result<()> {
    let plan = &planned.plan;
    if !plan.is_complete() {
        let gaps = plan.steps.iter().flat_map(|step| &step.unreadable);
        let lacking: BTreeSet<&str> = gaps.map(|gap| gap.permission.as_str()).collect();
        let lacking: Vec<&str> = lacking.into_iter().filter(|one| !one.is_empty()).collect();
        let hint = match lacking[..] {
            [] => "see above why, and run it again".to_owned(),
            _ => format!(
                "allow {}, or have somebody run it who may",
                lacking.join(", ")
            ),
        };
        return Err(Failure::new(
            "the plan has gaps: some of it could not be read, see above; nothing was changed",
        )
        .with_hint(hint)
        .into());
    }
    if plan.blocked().next().is_some() {
        bail!("the plan cannot be done as it stands, see above; nothing was changed");
    }
    if plan.has_changes() && !planned.door.is_file() {
        let examples: Vec<String> = plan
            .manifests()
            .iter()
            .flat_map(|source| {
                source
                    .examples
                    .iter()
                    .map(|name| format!(" --set {name}=…"))
            })
            .collect();
        if !examples.is_empty() {
            return Err(Failure::new(
                "the plan holds example values of the manifest; nothing was changed",
            )
            .with_hint(format!(
                "give yours: s3setup plan {}{}",
                plan.manifests()
                    .first()
                    .map(|source| source.path.clone())
                    .unwrap_or_default(),
                examples.concat()
            ))
            .into());
        }
    }
    Ok(())
}

/// A key whose sink is the standard output is made only if that was asked for.
pub(super) fn refuse_to_show(plan: &Plan) -> Result<()> {
    let shows = |step: &&Step| {
        let key = |side: &'_ Option<Resource>| {
            let key = side.as_ref().and_then(Resource::handed_key);
            key.map(|key| (key.id.is_some(), key.sink.cloned()))
        };
        let there = key(&step.have).is_some_and(|(is_there, _)| is_there);
        let stdout = |sink: &Sink| sink.place == Place::Stdout;
        let shown = key(&step.want).is_some_and(|(_, sink)| sink.as_ref().is_some_and(stdout));
        step.action != Action::Keep && !there && shown
    };
    match plan.steps.iter().find(shows) {
        None => Ok(()),
        Some(step) => Err(Failure::new(format!(
            "the secret of {} would be printed on the standard output; nothing was changed",
            step.address
        ))
        .with_hint("add --show-secrets if that is what you want")
        .into()),
    }
}
