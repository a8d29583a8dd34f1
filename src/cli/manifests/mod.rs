//! The manifests of a command: read offline first, then for the accounts that answer.

mod chosen;
mod expand;
mod merge;
mod planning;
mod shard;
mod targets;

pub(super) use chosen::Chosen;
pub(super) use planning::{AT_ONCE, Facts, How, Part, Planned, plan, plan_all};
pub(super) use targets::conflicts;

use super::Global;
use super::screen::Screen;
use crate::files;
use crate::manifest::{self, Account, Compiled};
use crate::reconcile::AccountsFile;
use crate::resource::google::EXAMPLE_PROJECT;
use crate::resource::{Provider, Scope};
use crate::yaml::{self, Problems, Source};
use anyhow::{Result, bail};
use clap::Args;
use shard::Shard;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Together the manifests of one run have no more bytes than this.
const MOST_BYTES: usize = 256 << 20;

/// Which manifests, and their inputs.
#[derive(Args, Clone, Debug)]
pub(super) struct Manifests {
    /// Manifests, folders (every *.yaml and *.yml below), or patterns
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

/// For which accounts, and which part of the manifests.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Fleet {
    /// The accounts that the manifests are for, each with the role to assume in
    /// it (instead of those that the manifests name)
    #[arg(long, value_name = "FILE.yaml")]
    accounts: Option<PathBuf>,
    /// Only part I of N of the manifests, by their names: for N jobs (auto/N: the
    /// part that Kubernetes, AWS Batch or Cloud Run says)
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE, such as repository=acme/backups".to_owned()),
    }
}

/// Who is to be asked for all of them: AWS where there is none.
pub(super) fn providers(compiled: &[Compiled]) -> BTreeSet<Provider> {
    let all = compiled.iter().flat_map(|one| &one.providers);
    let all: BTreeSet<Provider> = all.copied().collect();
    match all.is_empty() {
        true => BTreeSet::from([Provider::Aws]),
        false => all,
    }
}

/// As [`providers`]; where there are no manifests, Google if `--project` was given.
pub(super) fn asked(compiled: &[Compiled], global: &Global) -> BTreeSet<Provider> {
    match compiled.is_empty() && global.at_google {
        true => BTreeSet::from([Provider::Google]),
        false => providers(compiled),
    }
}

/// The projects of Google Cloud that the manifests name, and the one that was asked for.
pub(super) fn projects(compiled: &[Compiled], global: &Global) -> BTreeSet<String> {
    let all = compiled.iter().flat_map(|one| &one.wanted);
    let named = all.filter_map(|wanted| wanted.resource.project());
    let mut projects: BTreeSet<String> = named.map(str::to_owned).collect();
    match &global.project {
        Some(project) if projects.is_empty() => _ = projects.insert(project.clone()),
        Some(_) => {}
        // It stands for one that is not named.
        None => _ = projects.remove(EXAMPLE_PROJECT),
    }
    projects
}

/// An account that stands for the real one while nothing is asked: the one of AWS's own examples.
pub(super) fn nowhere(global: &Global) -> Scope {
    let region = global
        .region
        .clone()
        .or_else(|| std::env::var("AWS_REGION").ok());
    let project = global.project.clone();
    let project = project.unwrap_or_else(|| EXAMPLE_PROJECT.to_owned());
    Scope {
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        region: region
            .filter(|region| !region.is_empty())
            .unwrap_or_else(|| "us-east-1".to_owned()),
        project: Some(project),
    }
}

/// Reads all files for `scope`; errors of all of them at once.
pub(super) fn load(files: &[Chosen], scope: &Scope, screen: &Screen) -> Result<Vec<Compiled>> {
    let (good, broken) = sort_out(files.iter(), |one| one.compile(scope));
    refuse(broken, screen)?;
    Ok(good)
}

/// Reads all files without asking anybody; errors of all of them at once.
pub(super) fn load_offline(
    files: &[Chosen],
    global: &Global,
    screen: &Screen,
) -> Result<Vec<Compiled>> {
    let nowhere = nowhere(global);
    let (good, broken) = sort_out(files.iter(), |one| one.compile_offline(&nowhere));
    refuse(broken, screen)?;
    Ok(good)
}

/// What is good of all files, and what is wrong with the others.
fn sort_out<'a>(
    files: impl Iterator<Item = &'a Chosen>,
    compile: impl Fn(&Chosen) -> Result<Vec<Compiled>, Problems>,
) -> (Vec<Compiled>, Vec<Problems>) {
    let mut good = Vec::new();
    let mut broken = Vec::new();
    for chosen in files {
        match compile(chosen) {
            Ok(all) => good.extend(all),
            Err(problems) => broken.push(problems),
        }
    }
    (good, broken)
}

/// Tells all that is wrong with manifests.
///
/// # Errors
/// The last of them, if there are any.
fn refuse(mut broken: Vec<Problems>, screen: &Screen) -> Result<()> {
    let Some(last) = broken.pop() else {
        return Ok(());
    };
    for problems in broken {
        screen.error(&problems.into());
    }
    Err(last.into())
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

impl Inputs {
    /// Each file with its inputs: of several files, each takes those that it has.
    ///
    /// # Errors
    /// An input that none of several files has, or that is given twice; a folder or a pattern without
    /// manifests.
    pub fn of(&self, files: &[PathBuf]) -> Result<Vec<Chosen>> {
        self.choose(files, &Fleet::default())
    }

    /// As [`Inputs::of`], of the part and for the accounts of a fleet.
    ///
    /// # Errors
    /// Also: what is wrong with the file of accounts.
    pub fn choose(&self, files: &[PathBuf], fleet: &Fleet) -> Result<Vec<Chosen>> {
        let given: BTreeMap<String, String> = self.set.iter().cloned().collect();
        if given.len() < self.set.len() {
            bail!("--set gives an input two values: give one");
        }
        let accounts = fleet.read()?;
        let paths = expand::expand(files, fleet.accounts.as_deref())?;
        let mut known = BTreeSet::new();
        let mut all = Vec::new();
        let mut bytes = 0;
        for path in &paths {
            let mut chosen = Chosen::new(path, BTreeMap::new());
            let taken = given.iter();
            // Of one manifest what is not its own is told with it.
            let taken = taken.filter(|(name, _)| paths.len() == 1 || chosen.names.contains(*name));
            let taken = taken.map(|(name, value)| (name.clone(), value.clone()));
            chosen.inputs = taken.collect();
            known.extend(chosen.names.iter().cloned());
            if let Some((accounts, file)) = &accounts {
                chosen = chosen.for_accounts(accounts, file);
            }
            refuse_two_values(&chosen)?;
            let is_ours = fleet.shard.is_none_or(|shard| shard.has(&chosen.name()));
            if is_ours {
                bytes += chosen.size();
                all.push(chosen);
            }
            if bytes > MOST_BYTES {
                bail!(
                    "the manifests have more than {} MB together: name fewer",
                    MOST_BYTES >> 20
                );
            }
        }
        let unknown = |name: &&String| !known.contains(*name);
        let similar = |name: &str| yaml::suggestion(name, known.iter().map(String::as_str));
        if let Some(name) = given.keys().find(unknown).filter(|_| paths.len() != 1) {
            bail!(
                "--set {name}=…: none of the manifests has an input {name:?} ({})",
                similar(name)
            );
        }
        for account in accounts.iter().flat_map(|(accounts, _)| accounts.iter()) {
            if let Some(name) = account.set.keys().find(unknown) {
                bail!(
                    "set {name} for {}: none of the manifests has an input {name:?} ({})",
                    account.label(),
                    similar(name)
                );
            }
        }
        Ok(all)
    }
}

/// One value an input: nobody knows which of two is meant.
fn refuse_two_values(chosen: &Chosen) -> Result<()> {
    let mut both = chosen.accounts.iter().flat_map(|account| {
        let twice = account
            .set
            .keys()
            .filter(|name| chosen.inputs.contains_key(*name));
        twice.map(move |name| (account, name))
    });
    match both.next() {
        None => Ok(()),
        Some((account, name)) => bail!(
            "--set {name}=…: the account {} has a value for {name:?} already: give one",
            account.label()
        ),
    }
}

impl Fleet {
    /// Whether anything of it is asked for.
    pub fn is_given(&self) -> bool {
        self.accounts.is_some() || self.shard.is_some()
    }

    /// The accounts in the file, if there is one.
    fn read(&self) -> Result<Option<(Arc<[Account]>, AccountsFile)>> {
        let path = self.accounts.as_deref();
        path.map(read_accounts).transpose()
    }
}

/// The accounts that a file names, and which file that is.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read_accounts(path: &Path) -> Result<(Arc<[Account]>, AccountsFile)> {
    let source = Source::read(path)?;
    let file = AccountsFile {
        path: source.name.clone(),
        digest: files::sha256(source.text.as_bytes()),
    };
    Ok((manifest::accounts(&source)?.into(), file))
}

impl Manifests {
    /// Each file with its inputs.
    ///
    /// # Errors
    /// As [`Inputs::of`].
    pub fn with_inputs(&self) -> Result<Vec<Chosen>> {
        self.inputs.of(&self.files)
    }

    /// As [`Manifests::with_inputs`], for a fleet.
    ///
    /// # Errors
    /// As [`Inputs::choose`].
    pub fn of(&self, fleet: &Fleet) -> Result<Vec<Chosen>> {
        self.inputs.choose(&self.files, fleet)
    }
}
