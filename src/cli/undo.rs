//! `s3setup undo`.

use super::carry::Journals;
use super::door::Door;
use super::manifests::Planned;
use super::plan::Showing;
use super::removing::{Removing, refuse_strange_names};
use super::reports::Form;
use super::screen::{Screen, error_text};
use super::{FINE, Global};
use crate::cloud::Failure;
use crate::journal::{self, Journal, Undone};
use crate::plan::Undo as Agreed;
use crate::resource::Resource;
use crate::run::Run;
use crate::{reconcile, render};
use anyhow::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Plan the way back from a run of apply or destroy
///
/// Every run keeps a journal of what was there before. This makes a plan of it
/// that leads back, shows it and saves it for `apply`: what the run made is
/// removed, what it changed is as it was, what it deleted is made again. What
/// somebody has changed since is left alone until you agree by name.
///
/// Without a journal: the newest run that was not undone yet. Changes nothing.
#[derive(Args)]
#[command(after_help = "\
Example: s3setup undo && s3setup apply")]
pub(super) struct Undo {
    /// The journal: its file, or the id of the run that `--list` shows
    #[arg(value_name = "JOURNAL")]
    run: Option<String>,
    /// List the runs that have a journal, the newest first
    #[arg(long, conflicts_with = "run")]
    list: bool,
    #[command(flatten)]
    journals: Journals,
    /// Lead this resource back though it was changed since
    #[arg(long, value_name = "ADDRESS")]
    overwrite: Vec<String>,
    /// Leave this resource as it is
    #[arg(long, value_name = "ADDRESS")]
    keep: Vec<String>,
    #[command(flatten)]
    removing: Removing,
    #[command(flatten)]
    showing: Showing,
}

impl Undo {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        if self.list {
            return self.show_list(global, screen);
        }
        let path = match &self.run {
            Some(run) => self.named(run),
            None => self.newest(screen)?,
        };
        let agreed = Agreed {
            journal: String::new(),
            run: String::new(),
            digest: String::new(),
            manifests: Vec::new(),
            overwrite: self.overwrite.iter().cloned().collect(),
            keep: self.keep.iter().cloned().collect(),
            removal: self.removing.removal(),
        };
        let planned = match plan(global, &path, &agreed, screen).await {
            Ok(planned) => planned,
            Err(error) => {
                self.showing.failed(&error, started, global, screen)?;
                return Err(error);
            }
        };
        self.refuse_strange_names(&planned)?;
        self.showing
            .show(&Run::of_one(planned), None, started, global, screen)
    }

    fn show_list(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let journals = self.all(screen)?;
        screen.data(&match self.showing.reports.output {
            Form::Text => render::journals_text(&journals, &screen.style(global.verbose)),
            Form::Json => render::journals_json(&journals),
            _ => {
                return Err(Failure::new("the list of journals has no such form")
                    .with_hint("--output text or --output json")
                    .into());
            }
        })?;
        Ok(FINE)
    }

    /// All that can be read; of the others it is said why they cannot.
    fn all(&self, screen: &Screen) -> Result<Vec<Journal>> {
        let (journals, damaged) = journal::journals(&self.journals.folder)?;
        for why in damaged {
            screen.say(&error_text(&Error::msg(why)));
        }
        Ok(journals)
    }

    /// The file of that name, or that of the run.
    fn named(&self, run: &str) -> PathBuf {
        let path = PathBuf::from(run);
        match path.exists() {
            true => path,
            false => self.journals.folder.join(format!("{run}.jsonl")),
        }
    }

    /// The newest run that changed something and was not undone.
    fn newest(&self, screen: &Screen) -> Result<PathBuf> {
        let journals = self.all(screen)?;
        let undone = Undone::of(&journals);
        let open =
            |one: &&Journal| one.has_something() && one.undoes().is_none() && !undone.has(one);
        match journals.iter().find(open) {
            Some(journal) => Ok(journal.path.clone()),
            None => Err(Failure::new(format!(
                "nothing to undo: no run in {} has changed anything that was not undone",
                self.journals.folder.display()
            ))
            .with_hint("`s3setup undo --list` shows all runs; one that undid is undone by its id")
            .into()),
        }
    }

    /// An address that is named, and is not of the run, was mistyped.
    fn refuse_strange_names(&self, planned: &Planned) -> Result<()> {
        self.removing.refuse_strange_names(planned)?;
        let overwrite = self.overwrite.iter().map(|name| ("--overwrite", name));
        let keep = self.keep.iter().map(|name| ("--keep", name));
        let all = overwrite.chain(keep);
        refuse_strange_names(planned, all)
    }
}

/// Reads the journal at `path`, connects, reads what there is, plans the way back with what was
/// `agreed` to.
///
/// # Errors
/// It is no journal, or one of another account, or of a run that cannot be undone.
pub(super) async fn plan(
    global: &Global,
    path: &Path,
    agreed: &Agreed,
    screen: &Screen,
) -> Result<Planned> {
    let journal = journal::read(path)?;
    if !journal.has_something() {
        let message = match journal.header.command.as_str() {
            "rotate" => "a rotation cannot be undone: a key that was deleted does not come back",
            _ => "that run has begun nothing: there is nothing to undo",
        };
        return Err(Error::msg(message));
    }
    let scope = &journal.header.scope;
    let resources = journal.steps.iter();
    let resources = resources.flat_map(|past| past.before.iter().chain(&past.after));
    let providers = resources.map(Resource::provider).collect();
    let mut door = Door::open(global, &providers, Some(scope.region.clone()), screen).await?;
    let account = &door.cloud().scope().account;
    if !scope.account.is_empty() && *account != scope.account {
        return Err(Failure::new(format!(
            "that run was in account {}, and this is {account}",
            scope.account
        ))
        .with_hint("`s3setup undo --list` shows the runs; name one of this account")
        .into());
    }
    door.empty(&agreed.removal);
    let undo = Agreed {
        journal: path.display().to_string(),
        run: journal.run,
        digest: journal.digest,
        manifests: journal.header.origin.manifests().to_vec(),
        ..agreed.clone()
    };
    screen.progress(&format!("reading {} resources", journal.steps.len()));
    let parallelism = usize::from(global.parallelism);
    let named = journal.steps.iter();
    let named = named.map(|past| past.address.to_string()).collect();
    let mut plan = reconcile::undo(door.cloud(), undo, journal.steps, parallelism).await?;
    plan.scope.region.clone_from(&scope.region);
    screen.done();
    Ok(Planned {
        door,
        plan,
        named,
        parts: Vec::new(),
        histories: Default::default(),
    })
}
