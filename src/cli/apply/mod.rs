//! `s3setup apply`.

mod agreeing;
mod obstacles;
mod saved;
mod site;

pub(super) use agreeing::confirm;
pub(super) use obstacles::refuse_obstacles;

use super::announcing::Announcing;
use super::carry::{Journals, carry_out, done_and_not};
use super::manifests::{self, AT_ONCE, Fleet, How, Inputs, Planned};
use super::plan::SAVED;
use super::screen::Screen;
use super::widening::{Confirmed, Widening};
use super::{FAILED, FINE, Global};
use crate::plan::Origin;
use crate::render::{self, Page};
use crate::run::Run;
use anyhow::Result;
use clap::Args;
use futures::stream::{self, StreamExt};
use obstacles::refuse_to_show;
use site::{Site, show_outputs, sites};
use std::path::PathBuf;
use std::time::Instant;

/// Do what a plan says
///
/// Without a manifest: exactly what the last `plan` showed, and nothing at all
/// if AWS or the manifest has changed since. With manifests: plan, show, ask,
/// apply. Of several manifests or accounts nothing is changed unless all of them
/// can be planned.
#[derive(Args)]
pub(super) struct Apply {
    /// Manifests, folders (every *.yaml and *.yml below), or patterns; none for
    /// the saved plan
    #[arg(value_name = "MANIFEST")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    fleet: Fleet,
    /// The saved plan to apply
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "set", "accounts", "shard"])]
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
    announcing: Announcing,
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
        let mut run = match self.saved_plan() {
            Some(path) => self.replan(global, &path, screen).await?,
            None => {
                let files = self.inputs.choose(&self.files, &self.fleet)?;
                let how = How {
                    take_over: self.take_over.iter().cloned().collect(),
                    whole: true,
                    ..How::default()
                };
                manifests::plan_all(global, &files, &how, screen).await?
            }
        };
        if self.show_secrets {
            for told in &mut run.accounts {
                if let Ok(planned) = &mut told.result {
                    planned.door.show_secrets(screen);
                }
            }
        }
        self.show(&run, started, global, screen);
        if !run.is_whole() {
            // All that is wrong was said. Whoever applies several wants all of them or knows why not.
            if !run.accounts.is_empty() {
                screen.say("Nothing was changed: all accounts have to be planned before one is.");
            }
            return Ok(FAILED);
        }
        let sites = sites(run);
        for site in &sites {
            self.refuse(site).map_err(|error| site.told(error))?;
        }
        if sites.iter().any(|site| site.planned.plan.has_changes()) {
            for Site { planned, .. } in &sites {
                self.announcing.hold(&planned.plan, &planned.door, screen);
            }
            if !self.agreed(&sites, screen)? {
                screen.say("Nothing was changed.");
                return Ok(FAILED);
            }
            if let Some(code) = self.carry_out(&sites, global, screen).await? {
                return Ok(code);
            }
        }
        show_outputs(&sites, screen)?;
        // All was done, and whoever asked to stop is told that it stopped.
        Ok(screen.interrupt.code().unwrap_or(FINE))
    }

    /// Shows the plans to people.
    fn show(&self, run: &Run<Planned>, started: Instant, global: &Global, screen: &Screen) {
        let style = screen.style_for_people(global.verbose);
        let elapsed = started.elapsed();
        let page = |planned: &Planned| {
            let calls = planned.door.cloud().calls();
            Page {
                text: render::plan_text(&planned.plan, &calls, elapsed, &style),
                verdict: render::plan_verdict(&planned.plan),
            }
        };
        if !run.accounts.is_empty() || run.broken.is_empty() {
            screen.say(&render::run_text(&run.map(page), &style));
        }
        for planned in run.told() {
            screen.live(&planned.plan, global.verbose);
        }
    }

    /// What keeps one of the plans from being applied.
    fn refuse(&self, site: &Site) -> Result<()> {
        let Planned { plan, door, .. } = &site.planned;
        refuse_obstacles(&site.planned)?;
        if !self.show_secrets && !door.is_file() {
            refuse_to_show(plan)?;
        }
        self.widening.check(plan, &site.access)
    }

    /// Carries out all plans, several accounts at a time. The exit code, unless all is done.
    async fn carry_out(
        &self,
        sites: &[Site],
        global: &Global,
        screen: &Screen,
    ) -> Result<Option<u8>> {
        let changing = || sites.iter().filter(|site| site.planned.plan.has_changes());
        let parallelism = usize::from(global.parallelism);
        let at_once = changing().count().clamp(1, AT_ONCE).min(parallelism);
        let each = changing().map(|site| self.carry_out_one(site, parallelism / at_once, screen));
        let results: Vec<_> = stream::iter(each).buffered(at_once).collect().await;
        let mut code = None;
        for (site, result) in changing().zip(results) {
            code = code.max(match result {
                Err(error) if site.account.is_none() => return Err(error),
                Err(error) => {
                    screen.error(&site.told(error));
                    Some(FAILED)
                }
                Ok(one) => one,
            });
        }
        if sites.iter().any(|site| site.account.is_some()) {
            screen.say(
                "\n`s3setup undo --list` shows the runs, one an account; `s3setup undo RUN` plans \
                 the way back.",
            );
        }
        Ok(code)
    }

    async fn carry_out_one(
        &self,
        site: &Site,
        parallelism: usize,
        screen: &Screen,
    ) -> Result<Option<u8>> {
        let Planned { plan, door, .. } = &site.planned;
        let applying = Instant::now();
        let before = door.cloud().calls().total;
        let (command, goes_on, leads_back) = match (&plan.origin, &site.account) {
            (Origin::Manifests(_), None) => (
                "apply",
                "`s3setup apply MANIFEST` goes on from here, `s3setup undo` leads back.",
                "`s3setup undo` plans the way back.".to_owned(),
            ),
            (Origin::Manifests(_), Some(_)) => (
                "apply",
                "`s3setup apply` with the manifests goes on from here, `s3setup undo RUN` leads back.",
                // Said once, of all.
                String::new(),
            ),
            (Origin::Journal(undo), _) => (
                "undo",
                "`s3setup undo` goes on from here.",
                format!("{} is undone.", undo.run),
            ),
        };
        let label = site.label();
        let carried = carry_out(
            command,
            plan,
            door,
            &self.journals,
            parallelism,
            &label,
            screen,
        );
        let (outcome, saved) = carried.await?;
        if !outcome.is_whole() {
            screen.say(&format!("{label}{} {goes_on}", done_and_not(&outcome)));
            return saved.map(|()| Some(screen.interrupt.code().unwrap_or(FAILED)));
        }
        saved?;
        screen.say(&format!(
            "\n{label}Applied: {} done, {}, {:.1} s.",
            outcome.done.len(),
            render::count(door.cloud().calls().total - before, "call"),
            applying.elapsed().as_secs_f64()
        ));
        if !leads_back.is_empty() {
            screen.say(&leads_back);
        }
        Ok(None)
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
}
