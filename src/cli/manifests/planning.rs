//! The plan of each account that the manifests are for.

use super::merge::{addresses, merge, without_conflicts};
use super::{Chosen, compile, named_region, nowhere, refuse};
use crate::access::Access;
use crate::cli::Global;
use crate::cli::door::Door;
use crate::cli::screen::Screen;
use crate::cloud::Calls;
use crate::manifest::Compiled;
use crate::plan::{Plan, Removal};
use crate::reconcile::{self, Options};
use crate::resource::Scope;
use crate::run::{Run, Told};
use crate::yaml::Problems;
use anyhow::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// How to plan.
#[derive(Clone, Default)]
pub(in crate::cli) struct How<'a> {
    /// The region to ask in where nothing else says one.
    pub otherwise: Option<&'a str>,
    /// Addresses that may be taken from another tool or manifest.
    pub take_over: BTreeSet<String>,
    /// What cannot be read hides nothing else.
    pub tolerant: bool,
    /// Nothing of the manifests must be there.
    pub nothing: bool,
    /// What may be removed.
    pub removal: Removal,
}

/// What planning takes.
pub(in crate::cli) struct Planned {
    pub door: Door,
    pub plan: Plan,
    /// The addresses of all that the manifests name, whether it is there or not.
    pub named: BTreeSet<String>,
    /// Of each manifest, by its name.
    pub outputs: Vec<(String, BTreeMap<String, String>)>,
}

/// What is told of one account that was planned.
pub(in crate::cli) struct Facts<'a> {
    pub plan: &'a Plan,
    pub access: Access,
    pub calls: Calls,
}

impl Planned {
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            plan: &self.plan,
            access: Access::of(&self.plan),
            calls: self.door.cloud().calls(),
        }
    }
}

/// Reads the manifests, connects, reads what there is, plans. Writes nothing. What is wrong with a
/// manifest is shown and hides no other.
///
/// # Errors
/// The provider cannot be asked, resources in a circle.
pub(in crate::cli) async fn plan_all(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Run<Planned>> {
    let run = everything(global, files, how, screen).await?;
    for problems in &run.broken {
        screen.error(&Error::new(problems.clone()));
    }
    Ok(run)
}

/// As [`plan_all`], with all of the manifests or none.
///
/// # Errors
/// A manifest is wrong, the provider cannot be asked, resources in a circle.
pub(in crate::cli) async fn plan(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Planned> {
    let mut run = everything(global, files, how, screen).await?;
    refuse(run.broken, screen)?;
    let planned = run.accounts.pop().and_then(|told| told.result.ok());
    planned.ok_or_else(|| Error::msg("there is no manifest"))
}

async fn everything(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Run<Planned>> {
    // Offline first: what is wrong with a manifest is said before anybody is asked for credentials.
    let all: Vec<&Chosen> = files.iter().collect();
    let (offline, mut broken) = sort_out(&all, &nowhere(global));
    let mut accounts = Vec::new();
    if !offline.is_empty() {
        let region = named_region(&offline);
        drop(offline);
        let good = without(all, &broken);
        let (planned, more) = of_account(global, &good, region, how, screen).await?;
        broken.extend(more);
        accounts.extend(planned.map(|planned| Told {
            account: None,
            result: Ok(planned),
        }));
    }
    Ok(Run { accounts, broken })
}

/// The manifests that can be used together, and what is wrong with the others.
fn sort_out(files: &[&Chosen], scope: &Scope) -> (Vec<Compiled>, Vec<Problems>) {
    let (good, mut broken) = compile(files.iter().copied(), scope);
    let (good, more) = without_conflicts(good);
    broken.extend(more);
    (good, broken)
}

fn without<'a>(files: Vec<&'a Chosen>, broken: &[Problems]) -> Vec<&'a Chosen> {
    let broken: BTreeSet<&str> = broken.iter().map(Problems::name).collect();
    let files = files.into_iter();
    files.filter(|one| !broken.contains(one.name())).collect()
}

/// The plan of one account, unless no manifest can be used there; and what is wrong with those that
/// cannot. `region` is the one that the manifests name.
async fn of_account(
    global: &Global,
    files: &[&Chosen],
    region: Option<String>,
    how: &How<'_>,
    screen: &Screen,
) -> Result<(Option<Planned>, Vec<Problems>)> {
    let otherwise = region.or(how.otherwise.map(str::to_owned));
    let door = Door::open(global, otherwise, screen).await?;
    let scope = door.cloud().scope().clone();
    let (compiled, broken) = sort_out(files, &scope);
    for manifest in &compiled {
        screen.findings(manifest, global.verbose);
    }
    let Some(first) = compiled.first() else {
        return Ok((None, broken));
    };
    let region = first.region.clone();
    let outputs = compiled
        .iter()
        .map(|one| (one.source.name.clone(), one.outputs.clone()))
        .collect();
    let (sources, mut wanted) = merge(compiled);
    for wanted in &mut wanted {
        wanted.absent |= how.nothing;
    }
    let named = addresses(&wanted);
    screen.progress(&format!("reading {} resources", wanted.len()));
    let options = Options {
        parallelism: usize::from(global.parallelism),
        take_over: how.take_over.clone(),
        tolerant: how.tolerant,
        removal: how.removal.clone(),
    };
    let mut plan = reconcile::plan(door.cloud(), sources, wanted, &options).await?;
    plan.scope.region = region;
    screen.done();
    let planned = Planned {
        door,
        plan,
        named,
        outputs,
    };
    Ok((Some(planned), broken))
}
