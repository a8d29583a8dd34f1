//! `s3setup apply`.

use super::carry::{Journals, carry_out, done_and_not};
use super::manifests::{self, Chosen, How, Inputs, Planned};
use super::plan::SAVED;
use super::screen::Screen;
use super::widening::{self, Confirmed, Widening};
use super::{FAILED, FINE, Global, outputs, undo};
use crate::access::Access;
use crate::cloud::Failure;
use crate::plan::{Action, Origin, Plan, Source, Step};
use crate::resource::{Address, Owner, Place, Resource, Sink};
use crate::{journal, manifest, reconcile, render};
use anyhow::{Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Do what a plan says
///
/// Without a manifest: exactly what the last `plan` showed, and nothing at all
/// if AWS or the manifest has changed since. With manifests: plan, show, ask,
/// apply.
#[derive(Args)]
pub(super) struct Apply {
    /// Manifests; none for the saved plan
    #[arg(value_name = "MANIFEST")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    /// The saved plan to apply
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "set"])]
    plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Print the secret of a new key whose sink is the standard output
    #[arg(long)]
    show_secrets: bool,
    /// Agree to adopt this existing resource ("all": every one that is unmarked)
    #[arg(long, value_name = "ADDRESS")]
    adopt: Vec<String>,
    /// Take over this resource of another tool or manifest
    #[arg(long, value_name = "ADDRESS")]
    take_over: Vec<String>,
    #[command(flatten)]
    journals: Journals,
    #[command(flatten)]
    widening: Widening,
    /// Agree to let in the public, more than one repository, or another account
    #[arg(long, value_name = "WHOM")]
    confirm_widening: Vec<Confirmed>,
}

impl Apply {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        let mut planned = match self.saved_plan() {
            Some(path) => self.replan(global, &path, screen).await?,
            None => {
                let files = self.inputs.of(&self.files)?;
                let how = How {
                    take_over: self.take_over.iter().cloned().collect(),
                    ..How::default()
                };
                manifests::plan(global, &files, &how, screen).await?
            }
        };
        if self.show_secrets {
            planned.door.show_secrets(screen);
        }
        let plan = &planned.plan;
        let style = screen.style_for_people(global.verbose);
        let calls = planned.door.cloud().calls();
        screen.say(&render::plan_text(plan, &calls, started.elapsed(), &style));
        screen.live(plan, global.verbose);
        refuse_obstacles(&planned)?;
        if !self.show_secrets && !planned.door.is_file() {
            refuse_to_show(plan)?;
        }
        let access = Access::of(plan);
        self.widening.check(plan, &access)?;
        if plan.has_changes() {
            if !self.agreed(plan, &access, screen)? {
                screen.say("Nothing was changed.");
                return Ok(FAILED);
            }
            let applying = Instant::now();
            let (command, goes_on, leads_back) = match plan.origin {
                Origin::Manifests(_) => (
                    "apply",
                    "`s3setup apply MANIFEST` goes on from here, `s3setup undo` leads back.",
                    "`s3setup undo` plans the way back.".to_owned(),
                ),
                Origin::Journal(ref undo) => (
                    "undo",
                    "`s3setup undo` goes on from here.",
                    format!("{} is undone.", undo.run),
                ),
            };
            let (outcome, saved) =
                carry_out(command, plan, &planned.door, &self.journals, global, screen).await?;
            if !outcome.is_whole() {
                screen.say(&format!("{} {goes_on}", done_and_not(&outcome)));
                return saved.map(|()| screen.interrupt.code().unwrap_or(FAILED));
            }
            saved?;
            let all = planned.door.cloud().calls().total;
            screen.say(&format!(
                "\nApplied: {} done, {}, {:.1} s.",
                outcome.done.len(),
                render::count(all - calls.total, "call"),
                applying.elapsed().as_secs_f64()
            ));
            screen.say(&leads_back);
        }
        for (name, outputs) in planned.outputs.iter().filter(|(_, all)| !all.is_empty()) {
            match planned.outputs.len() {
                1 => screen.say("\nWhat you need next:"),
                _ => screen.say(&format!("\nWhat you need next for {name}:")),
            }
            screen.data(&outputs::text(outputs))?;
        }
        // All was done, and whoever asked to stop is told that it stopped.
        Ok(screen.interrupt.code().unwrap_or(FINE))
    }

    /// The saved plan to apply, if it is not a manifest.
    fn saved_plan(&self) -> Option<PathBuf> {
        match (&self.plan, &self.files[..]) {
            (Some(path), _) => Some(path.clone()),
            (None, []) => Some(PathBuf::from(SAVED)),
            (None, [file]) if file.extension().is_some_and(|end| end == "json") => {
                Some(file.clone())
            }
            _ => None,
        }
    }

    /// Plans anew what the saved plan was made from, and refuses if anything is different.
    async fn replan(&self, global: &Global, path: &Path, screen: &Screen) -> Result<Planned> {
        if !path.exists() {
            return Err(Failure {
                message: format!("there is no saved plan at {}", path.display()),
                hint: Some(
                    "make one with `s3setup plan MANIFEST`, or `s3setup apply MANIFEST`".into(),
                ),
            }
            .into());
        }
        if !self.inputs.set.is_empty() {
            return Err(Failure {
                message: "a saved plan has its inputs already: --set does not go with it".into(),
                hint: Some("make a plan with them: s3setup plan MANIFEST --set …".into()),
            }
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
            return Err(Failure {
                message: format!("the plan no longer fits, nothing was changed:{lines}"),
                hint: Some("run `s3setup plan` again and read what it says now".into()),
            }
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

    /// Whether the person agrees, to the adoptions by name, to strangers by their kind.
    fn agreed(&self, plan: &Plan, access: &Access, screen: &Screen) -> Result<bool> {
        let confirmed = &self.confirm_widening;
        if self.yes {
            widening::refuse_unconfirmed(plan, access, confirmed)?;
        }
        Ok(self.adopts(plan, screen)?
            && (self.yes || widening::ask(plan, access, confirmed, screen)?))
    }

    /// Whether the person agrees, to the adoptions by name.
    fn adopts(&self, plan: &Plan, screen: &Screen) -> Result<bool> {
        let unmarked = |owner: &Option<Owner>| matches!(owner, Some(Owner::Nobody) | None);
        let open: Vec<String> = plan
            .adoptions()
            .filter(|step| {
                // Agreeing to a whole is agreeing to its parts, but not to lose one.
                let whole = step.have.as_ref().and_then(Resource::part_of);
                let by_name = |list: &[String]| {
                    let named =
                        |address: &Address| list.iter().any(|name| name == address.as_str());
                    let part = whole.as_ref().filter(|_| step.action != Action::Delete);
                    named(&step.address) || part.is_some_and(named)
                };
                // What is adopted with a user's keys is their deletion.
                let loses = matches!(step.have, Some(Resource::AccessKey(_)));
                let all = self.adopt.iter().any(|name| name == "all")
                    && unmarked(&step.owner)
                    && !loses
                    && step.action != Action::Delete;
                !all && !by_name(&self.adopt) && !by_name(&self.take_over)
            })
            .map(|step| step.address.to_string())
            .collect();
        if self.yes {
            if open.is_empty() {
                return Ok(true);
            }
            let flags: String = open
                .iter()
                .map(|address| format!(" --adopt {address}"))
                .collect();
            return Err(Failure {
                message: format!(
                    "{} exist already and are not marked as ours; nothing was changed",
                    open.join(", ")
                ),
                hint: Some(format!("to take them over: s3setup apply …{flags}")),
            }
            .into());
        }
        let account = &plan.scope.account;
        if !open.is_empty() {
            screen.say(&format!(
                "\nThese exist already and would be managed by s3setup from now on:\n  {}",
                open.join("\n  ")
            ));
            return confirm(
                screen,
                &format!("Adopt them and apply to account {account}? (\"adopt\")"),
                "adopt",
            );
        }
        confirm(
            screen,
            &format!("\nApply to account {account}? (\"yes\")"),
            "yes",
        )
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
    Failure {
        message: format!(
            "the {what} {} is not the one that the plan was made from; nothing was changed",
            path.display()
        ),
        hint: Some("plan again and read what it says now".into()),
    }
    .into()
}

pub(super) fn confirm(screen: &Screen, question: &str, word: &str) -> Result<bool> {
    match screen.ask(question)? {
        Some(answer) => {
            let answer = answer.to_lowercase();
            Ok(answer == word || (word == "yes" && answer == "y"))
        }
        None => Err(Failure {
            message: "nobody answered; nothing was changed".into(),
            hint: Some("add --yes where nobody can be asked".into()),
        }
        .into()),
    }
}

/// What keeps a plan from being applied.
pub(super) fn refuse_obstacles(planned: &Planned) -> Result<()> {
    let plan = &planned.plan;
    if !plan.is_complete() {
        bail!("the plan has gaps: some of it could not be read, see above; nothing was changed");
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
            return Err(Failure {
                message: "the plan holds example values of the manifest; nothing was changed"
                    .into(),
                hint: Some(format!(
                    "give yours: s3setup plan {}{}",
                    plan.manifests()
                        .first()
                        .map(|source| source.path.clone())
                        .unwrap_or_default(),
                    examples.concat()
                )),
            }
            .into());
        }
    }
    Ok(())
}

/// A key whose sink is the standard output is made only if that was asked for.
fn refuse_to_show(plan: &Plan) -> Result<()> {
    let shows = |step: &&Step| match (&step.have, &step.want) {
        (have, Some(Resource::AccessKey(want))) => {
            let there = matches!(have, Some(Resource::AccessKey(have)) if have.id.is_some());
            let stdout = |sink: &Sink| sink.place == Place::Stdout;
            step.action != Action::Keep && !there && want.sink.as_ref().is_some_and(stdout)
        }
        _ => false,
    };
    match plan.steps.iter().find(shows) {
        None => Ok(()),
        Some(step) => Err(Failure {
            message: format!(
                "the secret of {} would be printed on the standard output; nothing was changed",
                step.address
            ),
            hint: Some("add --show-secrets if that is what you want".into()),
        }
        .into()),
    }
}
