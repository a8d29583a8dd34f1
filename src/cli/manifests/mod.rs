//! The manifests of a command: read offline first, then for the account that answers.

mod chosen;
mod merge;
mod planning;

pub(super) use chosen::Chosen;
pub(super) use planning::{Facts, How, Planned, plan, plan_all};

use super::Global;
use super::screen::Screen;
use crate::manifest::{self, Compiled};
use crate::resource::Scope;
use crate::yaml::{self, Problems};
use anyhow::{Result, bail};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
    let (good, broken) = compile(files.iter(), scope);
    refuse(broken, screen)?;
    Ok(good)
}

/// What is good of all files, and what is wrong with the others.
fn compile<'a>(
    files: impl Iterator<Item = &'a Chosen>,
    scope: &Scope,
) -> (Vec<Compiled>, Vec<Problems>) {
    let mut good = Vec::new();
    let mut broken = Vec::new();
    for chosen in files {
        match chosen.compile(scope) {
            Ok(one) => good.push(one),
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
