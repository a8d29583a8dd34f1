//! Everything that is wanted, read at the same time, compared, put in order.

use super::compare::{compare, inherit};
use super::order::order;
use crate::cloud::{Cloud, Observation};
use crate::plan::{Plan, Source, Step, Wanted};
use anyhow::{Context, Result};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How to plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many resources are read at the same time.
    pub parallelism: usize,
    /// Addresses that may be taken from another tool or manifest.
    pub take_over: BTreeSet<String>,
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
    let observed: Vec<(Wanted, Observation)> = stream::iter(wanted)
        .map(|wanted| async move {
            let found = cloud
                .observe(&wanted.resource)
                .await
                .with_context(|| format!("cannot read {}", wanted.resource.address()))?;
            anyhow::Ok((wanted, found))
        })
        .buffered(options.parallelism.max(1))
        .try_collect()
        .await?;
    let mut parts: BTreeMap<usize, String> = BTreeMap::new();
    let mut steps = Vec::with_capacity(observed.len());
    for (wanted, found) in observed {
        // What must not be there and is not is no part of a plan.
        if wanted.absent && found == Observation::default() {
            continue;
        }
        if let Some(whole) = wanted.resource.part_of() {
            parts.insert(steps.len(), whole.to_string());
        }
        steps.push(compare(wanted, found, &options.take_over));
    }
    inherit_owners(&mut steps, &parts, &options.take_over);
    Ok(Plan {
        scope: cloud.scope().clone(),
        manifests: sources,
        steps: order(steps, cloud.scope())?,
    })
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
