//! A saved plan, planned anew: nothing is applied if anything is different.

use super::Apply;
use crate::cli::manifests::{self, Chosen, How, Planned, read_accounts};
use crate::cli::screen::Screen;
use crate::cli::{Global, undo};
use crate::cloud::Failure;
use crate::plan::{Origin, Plan, Source};
use crate::reconcile::{Kept, Saved};
use crate::run::Run;
use crate::{journal, manifest, reconcile, render};
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Apply {
    /// Plans anew what the saved plans were made from, and refuses all if anything is different in one.
    pub(super) async fn replan(
        &self,
        global: &Global,
        path: &Path,
        screen: &Screen,
    ) -> Result<Run<Planned>> {
        if !path.exists() {
            return Err(
                Failure::new(format!("there is no saved plan at {}", path.display()))
                    .with_hint("make one with `s3setup plan MANIFEST`, or `s3setup apply MANIFEST`")
                    .into(),
            );
        }
        if self.fleet.is_given() {
            return Err(Failure::new(
                "a saved plan has its manifests and accounts already: --accounts and --shard do not go \
                 with it",
            )
            .with_hint("name the manifests: s3setup apply MANIFEST --accounts …")
            .into());
        }
        if !self.inputs.set.is_empty() {
            return Err(Failure::new(
                "a saved plan has its inputs already: --set does not go with it",
            )
            .with_hint("make a plan with them: s3setup plan MANIFEST --set …")
            .into());
        }
        let saved = reconcile::load(path)?;
        let run = match &saved.plans[..] {
            [
                Kept {
                    account: None,
                    plan,
                },
            ] => Run::of_one(self.replan_own(global, plan, &saved, screen).await?),
            _ => self.replan_named(global, &saved, screen).await?,
        };
        // What could not be planned is told by whoever shows the rest.
        if !run.is_whole() {
            return Ok(run);
        }
        let now = run.accounts.iter().filter_map(|told| {
            let planned = told.result.as_ref().ok()?;
            Some((told.account.as_ref(), &planned.plan))
        });
        let now: Vec<_> = now.collect();
        let moved = reconcile::all_moved(&saved, &now);
        if !moved.is_empty() {
            let lines: String = moved
                .iter()
                .map(|line| format!("\n  {}", render::clean(line)))
                .collect();
            return Err(Failure::new(format!(
                "the plan no longer fits, nothing was changed:{lines}"
            ))
            .with_hint("run `s3setup plan` again and read what it says now")
            .into());
        }
        Ok(run)
    }

    /// The plan of the caller's own account.
    async fn replan_own(
        &self,
        global: &Global,
        plan: &Plan,
        saved: &Saved,
        screen: &Screen,
    ) -> Result<Planned> {
        let mut global = global.clone();
        let directory = &saved.directory;
        match &plan.origin {
            Origin::Manifests(sources) => {
                // Planned again where it was planned, whatever AWS_REGION says by now.
                if sources.len() == 1 && global.region.is_none() {
                    global.region = Some(plan.scope.region.clone());
                }
                // A manifest that names its project takes no other one.
                if global.project.is_none() {
                    global.project.clone_from(&plan.scope.project);
                }
                self.replan_manifests(&global, plan, sources, directory, screen)
                    .await
            }
            Origin::Journal(undo) => {
                let unchanged = |path: &Path| {
                    journal::read(path).is_ok_and(|there| there.digest == undo.digest)
                };
                let journal = found(Path::new(&undo.journal), directory, unchanged);
                if !unchanged(&journal) {
                    return Err(not_the_one("journal", &journal));
                }
                undo::plan(&global, &journal, undo, screen).await
            }
        }
    }

    /// The plans of accounts that were named. How they are reached is read again where it was read then:
    /// in the file of accounts, or in the manifests.
    async fn replan_named(
        &self,
        global: &Global,
        saved: &Saved,
        screen: &Screen,
    ) -> Result<Run<Planned>> {
        let accounts = saved.accounts.as_ref().map(|file| {
            let unchanged = |path: &Path| {
                path.is_file() && manifest::digest(path).as_ref() == Some(&file.digest)
            };
            let path = found(Path::new(&file.path), &saved.directory, unchanged);
            match unchanged(&path) {
                true => read_accounts(&path),
                false => Err(not_the_one("file of accounts", &path)),
            }
        });
        let accounts = accounts.transpose()?;
        let mut files: Vec<Chosen> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut how = How {
            take_over: self.take_over.iter().cloned().collect(),
            whole: true,
            ..How::default()
        };
        for Kept { account, plan } in &saved.plans {
            let id = account.as_ref().map(|named| named.id.as_str());
            how.take_over.extend(adopted(plan));
            if let (Some(id), [_]) = (id, plan.manifests()) {
                let region = plan.scope.region.clone();
                how.regions.insert(id.to_owned(), region);
            }
            // In another account it is the same manifest.
            for source in plan.manifests() {
                if seen.insert(&source.path) {
                    let chosen = self.chosen(source, &saved.directory)?;
                    let chosen = match &accounts {
                        Some((accounts, file)) => chosen.for_accounts(accounts, file),
                        None => chosen,
                    };
                    files.push(chosen.with_inputs_in(id, &source.inputs));
                }
            }
        }
        manifests::plan_all(global, &files, &how, screen).await
    }

    /// The manifest of a source, where it is now.
    fn chosen(&self, source: &Source, directory: &Path) -> Result<Chosen> {
        let unchanged = |path: &Path| is_unchanged(source, path);
        let path = found(Path::new(&source.path), directory, unchanged);
        refuse_elsewhere(source, &path)?;
        Ok(Chosen::new(&path, source.inputs.clone()))
    }

    async fn replan_manifests(
        &self,
        global: &Global,
        saved: &Plan,
        sources: &[Source],
        directory: &Path,
        screen: &Screen,
    ) -> Result<Planned> {
        let mut files = Vec::new();
        for source in sources {
            files.push(self.chosen(source, directory)?);
        }
        // What was taken over by name when the plan was made is part of what it says.
        let mut take_over: BTreeSet<String> = self.take_over.iter().cloned().collect();
        take_over.extend(adopted(saved));
        let how = How {
            otherwise: Some(&saved.scope.region),
            take_over,
            ..How::default()
        };
        manifests::plan(global, &files, &how, screen).await
    }
}

/// What the plan takes over.
fn adopted(plan: &Plan) -> impl Iterator<Item = String> {
    let adopted = plan.adoptions().filter(|step| step.blocked.is_none());
    adopted.map(|step| step.address.to_string())
}

/// The file that a plan was made from: here, or where the plan was made, whichever is `unchanged`.
fn found(path: &Path, directory: &Path, unchanged: impl Fn(&Path) -> bool) -> PathBuf {
    let here = path.to_owned();
    let there = directory.join(path);
    match unchanged(&here) || !there.exists() || (here.exists() && !unchanged(&there)) {
        true => here,
        false => there,
    }
}

/// Whether the file has the text that the plan was made from.
fn is_unchanged(source: &Source, path: &Path) -> bool {
    path.is_file() && manifest::digest(path).as_ref() == Some(&source.digest)
}

/// A plan is a file that somebody else may have written, and what is wrong with a manifest is shown
/// with its lines. So of a file outside the working directory nothing is told unless it is the one
/// that the plan was made from.
fn refuse_elsewhere(source: &Source, path: &Path) -> Result<()> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let inside = match (path.canonicalize(), here) {
        (Ok(path), Ok(here)) => path.starts_with(here),
        (Err(_), _) => true,
        (_, Err(_)) => false,
    };
    if inside || is_unchanged(source, path) {
        return Ok(());
    }
    Err(not_the_one("manifest", path))
}

/// What a plan was made from is not what is there now; nothing of that is shown.
fn not_the_one(what: &str, path: &Path) -> anyhow::Error {
    Failure::new(format!(
        "the {what} {} is not the one that the plan was made from; nothing was changed",
        path.display()
    ))
    .with_hint("plan again and read what it says now")
    .into()
}
