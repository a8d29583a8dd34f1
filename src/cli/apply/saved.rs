//! A saved plan, planned anew: nothing is applied if anything is different.

use super::Apply;
use crate::cli::manifests::{self, Chosen, How, Planned};
use crate::cli::screen::Screen;
use crate::cli::{Global, undo};
use crate::cloud::Failure;
use crate::plan::{Origin, Plan, Source};
use crate::{journal, manifest, reconcile, render};
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Apply {
    /// Plans anew what the saved plan was made from, and refuses if anything is different.
    pub(super) async fn replan(
        &self,
        global: &Global,
        path: &Path,
        screen: &Screen,
    ) -> Result<Planned> {
        if !path.exists() {
            return Err(
                Failure::new(format!("there is no saved plan at {}", path.display()))
                    .with_hint("make one with `s3setup plan MANIFEST`, or `s3setup apply MANIFEST`")
                    .into(),
            );
        }
        if self.fleet.is_given() {
            return Err(Failure::new(
                "a saved plan is of one account and all of its manifests: --accounts and \
                          --shard do not go with it",
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
        let (saved, directory) = reconcile::load(path)?;
        let mut global = global.clone();
        let planned = match &saved.origin {
            Origin::Manifests(sources) => {
                // Planned again where it was planned, whatever AWS_REGION says by now.
                if sources.len() == 1 && global.region.is_none() {
                    global.region = Some(saved.scope.region.clone());
                }
                // A manifest that names its project takes no other one.
                if global.project.is_none() {
                    global.project.clone_from(&saved.scope.project);
                }
                self.replan_manifests(&global, &saved, sources, &directory, screen)
                    .await?
            }
            Origin::Journal(undo) => {
                let unchanged = |path: &Path| {
                    journal::read(path).is_ok_and(|there| there.digest == undo.digest)
                };
                let journal = found(Path::new(&undo.journal), &directory, unchanged);
                if !unchanged(&journal) {
                    return Err(not_the_one("journal", &journal));
                }
                undo::plan(&global, &journal, undo, screen).await?
            }
        };
        let moved = reconcile::moved(&saved, &planned.plan);
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
        Ok(planned)
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
            let unchanged = |path: &Path| is_unchanged(source, path);
            let path = found(Path::new(&source.path), directory, unchanged);
            refuse_elsewhere(source, &path)?;
            files.push(Chosen::new(&path, source.inputs.clone()));
        }
        // What was taken over by name when the plan was made is part of what it says.
        let mut take_over: BTreeSet<String> = self.take_over.iter().cloned().collect();
        let adopted = saved.adoptions().filter(|step| step.blocked.is_none());
        take_over.extend(adopted.map(|step| step.address.to_string()));
        let how = How {
            otherwise: Some(&saved.scope.region),
            take_over,
            ..How::default()
        };
        manifests::plan(global, &files, &how, screen).await
    }
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
