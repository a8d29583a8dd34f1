//! The manifests of a command: read offline first, then for the account that answers.

use super::Global;
use super::door::Door;
use super::screen::Screen;
use crate::manifest::{self, Compiled};
use crate::plan::{self, Plan, Removal, Wanted};
use crate::reconcile::{self, Options};
use crate::render;
use crate::resource::{Address, Resource, Scope};
use crate::yaml::{self, Problems, Source};
use anyhow::{Result, bail};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which manifests, and their inputs.
#[derive(Args, Clone, Debug)]
pub(super) struct Manifests {
    /// Manifests
    #[arg(required = true, value_name = "MANIFEST")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub inputs: Inputs,
}

/// Values for the inputs of manifests.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Inputs {
    /// Give an input of the manifest its value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE, such as repository=acme/backups".to_owned()),
    }
}

/// An account that stands for the real one while nothing is asked: the one of AWS's own examples.
pub(super) fn nowhere(global: &Global) -> Scope {
    let region = global
        .region
        .clone()
        .or_else(|| std::env::var("AWS_REGION").ok());
    Scope {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: region
            .filter(|region| !region.is_empty())
            .unwrap_or_else(|| "us-east-1".to_owned()),
    }
}

/// Reads all files for `scope`; errors of all of them at once.
pub(super) fn load(files: &[Chosen], scope: &Scope, screen: &Screen) -> Result<Vec<Compiled>> {
    let mut compiled = Vec::new();
    let mut wrong: Vec<Problems> = Vec::new();
    for chosen in files {
        match chosen.compile(scope) {
            Ok(one) => compiled.push(one),
            Err(problems) => wrong.push(problems),
        }
    }
    let last = wrong.pop();
    for problems in wrong {
        screen.error(&problems.into());
    }
    match last {
        Some(problems) => Err(problems.into()),
        None => Ok(compiled),
    }
}

/// The region to ask in if nothing else says one: only where every manifest names its own, for one
/// that does not must not take its neighbour's.
pub(super) fn named_region(manifests: &[Compiled]) -> Option<String> {
    let mut named = manifests
        .iter()
        .map(|manifest| manifest.named_region.clone());
    let first = named.next()?;
    first.filter(|_| named.all(|region| region.is_some()))
}

/// All resources of several manifests. What a whole account shares may be in more than one.
fn merge(manifests: Vec<Compiled>) -> Result<(Vec<plan::Source>, Vec<Wanted>)> {
    let mut sources = Vec::new();
    let mut all: Vec<Wanted> = Vec::new();
    let mut at: BTreeMap<Address, usize> = BTreeMap::new();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for manifest in manifests {
        let plan::Source { name, path, .. } = &manifest.source;
        if let Some(first) = files.insert(name.clone(), path.clone()) {
            bail!("{first} and {path} are both named {name:?}: the name marks what is whose");
        }
        sources.push(manifest.source);
        for wanted in manifest.wanted {
            let address = wanted.resource.address();
            let Some(first) = at.get(&address).map(|at| &mut all[*at]) else {
                at.insert(address, all.len());
                all.push(wanted);
                continue;
            };
            if !first.resource.shared() {
                bail!(
                    "{address} is in two manifests, {:?} and {:?}: a resource belongs to one",
                    first.manifest,
                    wanted.manifest
                );
            }
            let theirs: &Resource = &wanted.resource;
            first.resource = first.resource.clone().with_foreign(theirs);
        }
    }
    Ok((sources, all))
}

/// The outputs of all manifests.
///
/// # Errors
/// Two manifests have one of the same name with another value.
pub(super) fn outputs(manifests: &[Compiled]) -> Result<BTreeMap<String, String>> {
    let mut outputs: BTreeMap<String, String> = BTreeMap::new();
    for manifest in manifests {
        for (name, value) in &manifest.outputs {
            let other = outputs.insert(name.clone(), value.clone());
            if other.is_some_and(|other| other != *value) {
                bail!(
                    "the output {name:?} of {} is also one of another manifest: ask for one \
                     manifest at a time",
                    manifest.source.path
                );
            }
        }
    }
    Ok(outputs)
}

/// How to plan.
#[derive(Default)]
pub(super) struct How<'a> {
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
pub(super) struct Planned {
    pub door: Door,
    pub plan: Plan,
    /// The addresses of all that the manifests name, whether it is there or not.
    pub named: BTreeSet<String>,
    /// Of each manifest, by its name.
    pub outputs: Vec<(String, BTreeMap<String, String>)>,
}

/// Reads the manifests, connects, reads what there is, plans.
///
/// # Errors
/// A manifest is wrong (before any call), the provider cannot be asked, resources in a circle.
pub(super) async fn plan(
    global: &Global,
    files: &[Chosen],
    how: How<'_>,
    screen: &Screen,
) -> Result<Planned> {
    // Offline first: what is wrong with a manifest is said before anybody is asked for credentials.
    let offline = load(files, &nowhere(global), screen)?;
    let named = named_region(&offline);
    drop(offline);
    let door = Door::open(global, named.or(how.otherwise.map(str::to_owned)), screen).await?;
    let scope = door.cloud().scope().clone();
    let compiled = load(files, &scope, screen)?;
    for manifest in &compiled {
        screen.findings(manifest, global.verbose);
    }
    let region = compiled
        .first()
        .map_or(scope.region, |first| first.region.clone());
    let outputs = compiled
        .iter()
        .map(|one| (one.source.name.clone(), one.outputs.clone()))
        .collect();
    let (sources, mut wanted) = merge(compiled)?;
    for wanted in &mut wanted {
        wanted.absent |= how.nothing;
    }
    let named = wanted
        .iter()
        .map(|wanted| wanted.resource.reference().to_string())
        .collect();
    screen.progress(&format!("reading {} resources", wanted.len()));
    let options = Options {
        parallelism: usize::from(global.parallelism),
        take_over: how.take_over,
        tolerant: how.tolerant,
        removal: how.removal,
    };
    let mut plan = reconcile::plan(door.cloud(), sources, wanted, &options).await?;
    plan.scope.region = region;
    screen.done();
    if global.verbose {
        for remark in door.cloud().remarks() {
            screen.say(&render::clean(&remark));
        }
    }
    Ok(Planned {
        door,
        plan,
        named,
        outputs,
    })
}

/// A manifest and its inputs. It is read once: what comes through a pipe cannot be read again.
pub(super) struct Chosen {
    source: Result<Source, Problems>,
    inputs: BTreeMap<String, String>,
}

impl Chosen {
    pub fn new(file: &Path, inputs: BTreeMap<String, String>) -> Self {
        Self {
            source: Source::read(file),
            inputs,
        }
    }

    /// Its resources in the account of `scope`.
    ///
    /// # Errors
    /// It cannot be read, or all that is wrong with it.
    pub fn compile(&self, scope: &Scope) -> Result<Compiled, Problems> {
        manifest::load(
            self.source.as_ref().map_err(Clone::clone)?,
            &self.inputs,
            scope,
        )
    }
}

impl Inputs {
    /// Each file with its inputs: of several files, each takes those that it has.
    ///
    /// # Errors
    /// An input that none of several files has, or that is given twice.
    pub fn of(&self, files: &[PathBuf]) -> Result<Vec<Chosen>> {
        let given: BTreeMap<String, String> = self.set.iter().cloned().collect();
        if given.len() < self.set.len() {
            bail!("--set gives an input two values: give one");
        }
        if let [file] = files {
            return Ok(vec![Chosen::new(file, given)]);
        }
        let mut known = BTreeSet::new();
        let mut all = Vec::new();
        for file in files {
            let mut chosen = Chosen::new(file, BTreeMap::new());
            let names = chosen
                .source
                .as_ref()
                .map(manifest::input_names)
                .unwrap_or_default();
            let taken = given.clone().into_iter();
            chosen.inputs = taken.filter(|(name, _)| names.contains(name)).collect();
            all.push(chosen);
            known.extend(names);
        }
        if let Some(name) = given.keys().find(|name| !known.contains(*name)) {
            bail!(
                "--set {name}=…: none of the manifests has an input {name:?} ({})",
                yaml::suggestion(name, known.iter().map(String::as_str))
            );
        }
        Ok(all)
    }
}

impl Manifests {
    /// Each file with its inputs.
    ///
    /// # Errors
    /// An input that none of several files has.
    pub fn with_inputs(&self) -> Result<Vec<Chosen>> {
        self.inputs.of(&self.files)
    }
}
