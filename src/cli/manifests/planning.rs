//! The plan of each account that the manifests are for.

use super::merge::{merge, names, without_conflicts};
use super::targets::{Offline, Target, add, offline, show_findings};
use super::{Chosen, named_region, nowhere, providers, refuse, sort_out};
use crate::access::Access;
use crate::cli::Global;
use crate::cli::door::Door;
use crate::cli::screen::{Screen, failed};
use crate::cloud::Calls;
use crate::manifest::Compiled;
use crate::plan::{Histories, Plan, Removal};
use crate::reconcile::{self, Options};
use crate::render;
use crate::resource::{Address, Provider, Resource};
use crate::run::{Run, Told};
use crate::yaml::Problems;
use anyhow::{Error, Result};
use futures::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many accounts are worked on at the same time. They share `--parallelism`.
pub(in crate::cli) const AT_ONCE: usize = 4;

/// How to plan.
#[derive(Clone, Default)]
pub(in crate::cli) struct How<'a> {
    /// The region to ask in where nothing else says one.
    pub otherwise: Option<&'a str>,
    /// The region to ask in, whatever the environment says, by the id of an account.
    pub regions: BTreeMap<String, String>,
    /// Addresses that may be taken from another tool or manifest.
    pub take_over: BTreeSet<String>,
    /// What cannot be read hides nothing else.
    pub tolerant: bool,
    /// Nothing of the manifests must be there.
    pub nothing: bool,
    /// What may be removed.
    pub removal: Removal,
    /// All of the manifests or none: with one that is wrong nobody is asked.
    pub whole: bool,
}

/// What planning takes, in one account.
pub(in crate::cli) struct Planned {
    pub door: Door,
    pub plan: Plan,
    /// How the manifests name all of it, whether it is there or not.
    pub named: BTreeSet<String>,
    /// The manifests, each once for each of its regions.
    pub parts: Vec<Part>,
    /// Who has changed what, where that was asked for.
    pub histories: Histories,
}

/// One manifest, in one region if the account is given several.
pub(in crate::cli) struct Part {
    /// The manifest's name.
    pub manifest: String,
    /// Where it is, if it is in several.
    pub region: Option<String>,
    /// Its resources.
    pub addresses: BTreeSet<Address>,
    /// What a person needs next.
    pub outputs: BTreeMap<String, String>,
}

impl Part {
    /// `neon`, `neon in eu-west-1`.
    pub fn title(&self) -> String {
        match &self.region {
            None => self.manifest.clone(),
            Some(region) => format!("{} in {region}", self.manifest),
        }
    }
}

/// What is told of one account that was planned.
pub(in crate::cli) struct Facts<'a> {
    pub plan: &'a Plan,
    pub histories: &'a Histories,
    pub access: Access,
    pub calls: Calls,
}

impl Planned {
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            plan: &self.plan,
            histories: &self.histories,
            access: Access::of(&self.plan),
            calls: self.door.cloud().calls(),
        }
    }
}

/// Reads the manifests, connects, reads what there is, plans: each account by itself, several at the
/// same time. Writes nothing. What is wrong with a manifest or in an account is shown, and hides no
/// other.
///
/// # Errors
/// The caller's own account cannot be asked, and no other was meant; resources in a circle.
pub(in crate::cli) async fn plan_all(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Run<Planned>> {
    let run = everything(global, files, how, screen).await?;
    tell(&run.broken, screen);
    Ok(run)
}

fn tell(broken: &[Problems], screen: &Screen) {
    for problems in broken {
        screen.error(&Error::new(problems.clone()));
    }
}

/// As [`plan_all`], of the caller's own account, and with all of the manifests or none.
///
/// # Errors
/// A manifest is wrong, the provider cannot be asked, resources in a circle.
pub(in crate::cli) async fn plan(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Planned> {
    let nowhere = nowhere(global);
    let (offline, broken) = sort_out(files.iter(), |one| one.compile_offline(&nowhere));
    refuse(broken, screen)?;
    let region = named_region(&offline);
    let providers = providers(&offline);
    drop(offline);
    let own = Target {
        account: None,
        files: files.iter().collect(),
        region,
        providers,
        alone: true,
    };
    let parallelism = usize::from(global.parallelism);
    let (planned, broken) = of_account(global, &own, how, parallelism, screen).await?;
    refuse(broken, screen)?;
    planned.ok_or_else(|| Error::msg("there is no manifest"))
}

async fn everything(
    global: &Global,
    files: &[Chosen],
    how: &How<'_>,
    screen: &Screen,
) -> Result<Run<Planned>> {
    // Offline first: what is wrong with a manifest is said before anybody is asked for credentials.
    let Offline {
        mut targets,
        mut broken,
    } = offline(files, global);
    if how.whole && !broken.is_empty() {
        targets.clear();
    }
    let parallelism = usize::from(global.parallelism);
    if let [target] = &targets[..]
        && target.is_the_only_one()
    {
        let planned = of_account(global, target, how, parallelism, screen).await;
        // What is wrong with a manifest is known all the same.
        let (planned, more) = planned.inspect_err(|_| tell(&broken, screen))?;
        add(&mut broken, more);
        let accounts = planned.into_iter().map(|planned| Told {
            account: None,
            result: Ok(planned),
        });
        let accounts = accounts.collect();
        return Ok(Run { accounts, broken });
    }
    show_findings(&targets, global, screen);
    let of_all = targets.iter().map(|target| target.files.len());
    screen.count(of_all.sum(), targets.len());
    let at_once = targets.len().clamp(1, AT_ONCE).min(parallelism);
    let each = targets.iter().map(|target| async move {
        let planned = of_account(global, target, how, parallelism / at_once, screen).await;
        screen.counted(target.files.len());
        (target, planned)
    });
    let results: Vec<_> = stream::iter(each).buffered(at_once).collect().await;
    screen.done();
    let mut accounts = Vec::new();
    for (target, result) in results {
        let (result, account) = match result {
            Ok((planned, more)) => {
                add(&mut broken, more);
                let Some(planned) = planned else { continue };
                let named = target.named(Some(&planned.plan.scope.account));
                (Ok(planned), named)
            }
            Err(error) => (Err(failed(&error)), target.named(None)),
        };
        let account = Some(account);
        accounts.push(Told { account, result });
    }
    Ok(Run { accounts, broken })
}

/// The plan of one account, unless no manifest can be used there; and what is wrong with those that
/// cannot.
async fn of_account(
    global: &Global,
    target: &Target<'_>,
    how: &How<'_>,
    parallelism: usize,
    screen: &Screen,
) -> Result<(Option<Planned>, Vec<Problems>)> {
    let first = target.account.and_then(|one| one.regions.first().cloned());
    let region = first.or_else(|| target.region.clone());
    let otherwise = region.or(how.otherwise.map(str::to_owned));
    let mut global = global.clone();
    let asked = target.account.and_then(|one| how.regions.get(&one.account));
    global.region = global.region.or_else(|| asked.cloned());
    let door = Door::to(
        target.account,
        &global,
        &target.providers,
        otherwise,
        screen,
    )
    .await?;
    let scope = door.cloud().scope().clone();
    let files = target.files.iter().copied();
    let (compiled, mut broken) = sort_out(files, |one| one.compile(&scope));
    let (compiled, more) = without_conflicts(compiled);
    broken.extend(more);
    let parts = parts(&compiled);
    if target.is_the_only_one() {
        for manifest in &compiled {
            screen.findings(manifest, global.verbose);
        }
    }
    let Some(first) = compiled.first() else {
        return Ok((None, broken));
    };
    let region = first.region.clone();
    let (sources, mut wanted) = merge(compiled);
    for wanted in &mut wanted {
        wanted.absent |= how.nothing;
    }
    let named = names(&wanted);
    screen.progress(&format!("reading {} resources", wanted.len()));
    let options = Options {
        parallelism,
        take_over: how.take_over.clone(),
        tolerant: how.tolerant,
        removal: how.removal.clone(),
    };
    let mut plan = reconcile::plan(door.cloud(), sources, wanted, &options).await?;
    if global.verbose {
        for remark in door.cloud().remarks() {
            screen.say(&render::clean(&remark));
        }
    }
    plan.scope.region = region;
    locate(&mut plan);
    if target.is_the_only_one() {
        screen.done();
    }
    let planned = Planned {
        door,
        plan,
        named,
        parts,
        histories: Histories::new(),
    };
    Ok((Some(planned), broken))
}

/// Tells only of those places in which something is: an account of AWS, projects of Google.
fn locate(plan: &mut Plan) {
    let resources = || {
        let all = plan.steps.iter();
        all.flat_map(|step| step.want.iter().chain(&step.have))
    };
    let projects: BTreeSet<&str> = resources().filter_map(Resource::project).collect();
    let project = projects.into_iter().collect::<Vec<_>>().join(", ");
    let of_aws = resources().any(|one| one.provider() == Provider::Aws);
    if !project.is_empty() {
        if !of_aws {
            plan.scope.account.clear();
        }
        plan.scope.project = Some(project);
    } else if of_aws {
        plan.scope.project = None;
    }
}

/// The manifests, with their regions where one is in several.
fn parts(compiled: &[Compiled]) -> Vec<Part> {
    let several = |name: &str| {
        let same = compiled.iter().filter(|one| one.source.name == name);
        same.count() > 1
    };
    let part = |one: &Compiled| {
        let name = &one.source.name;
        Part {
            manifest: name.clone(),
            region: several(name).then(|| one.region.clone()),
            addresses: one
                .wanted
                .iter()
                .map(|one| one.resource.address())
                .collect(),
            outputs: one.outputs.clone(),
        }
    };
    compiled.iter().map(part).collect()
}
