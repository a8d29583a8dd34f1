//! `s3setup plan`.

use super::announcing::Announcing;
use super::manifests::{self, Chosen, Facts, Fleet, How, Manifests, Planned};
use super::reports::{Form, Reports, Told as InForms};
use super::screen::Screen;
use super::widening::Widening;
use super::{CHANGES, FAILED, FINE, Global, telling};
use crate::reconcile::{self, AccountsFile, Kept};
use crate::render::{self, Page, Style};
use crate::report::Command;
use crate::run::Run;
use anyhow::{Error, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where a plan is saved unless told otherwise, and where apply looks for it.
pub(super) const SAVED: &str = ".s3setup/plan.json";

/// Show what would be done, and save it for `apply`
///
/// Reads what there is and changes nothing.
#[derive(Args)]
pub(super) struct Plan {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    fleet: Fleet,
    #[command(flatten)]
    showing: Showing,
    /// Plan to take over this resource of another tool or manifest
    #[arg(long, value_name = "ADDRESS")]
    take_over: Vec<String>,
}

/// What becomes of a plan that is made and not applied.
#[derive(Args)]
pub(super) struct Showing {
    /// Save the plan here
    #[arg(long, value_name = "FILE", default_value = SAVED)]
    out: PathBuf,
    #[command(flatten)]
    pub reports: Reports,
    /// Exit with 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    announcing: Announcing,
    #[command(flatten)]
    widening: Widening,
}

impl Plan {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        self.showing.reports.check()?;
        let files = self.manifests.of(&self.fleet)?;
        let how = How {
            take_over: self.take_over.iter().cloned().collect(),
            ..How::default()
        };
        match manifests::plan_all(global, &files, &how, screen).await {
            Ok(run) => {
                let accounts = files.iter().find_map(Chosen::named_in);
                self.showing.show(&run, accounts, started, global, screen)
            }
            Err(error) => {
                self.showing.failed(&error, started, global, screen)?;
                Err(error)
            }
        }
    }
}

impl Showing {
    /// Shows the plans; saves them if they are the whole of what was asked for. `accounts` is the file that
    /// named the accounts, `started` is when planning began.
    ///
    /// # Errors
    /// It widens access and must not, or cannot be saved.
    pub fn show(
        &self,
        run: &Run<Planned>,
        accounts: Option<&AccountsFile>,
        started: Instant,
        global: &Global,
        screen: &Screen,
    ) -> Result<u8> {
        let facts = run.map(Planned::facts);
        told(&facts, started.elapsed(), |told| {
            // Shown first: where it cannot be saved, it has been seen all the same.
            let shown = told.in_form(self.reports.output, &screen.style(global.verbose));
            telling::write(run, self.reports.output, &shown, screen)?;
            self.reports.write(told, screen, global.verbose)
        })?;
        for facts in facts.told() {
            if self.reports.output == Form::Text {
                screen.live(facts.plan, global.verbose);
            }
            self.widening.check(facts.plan, &facts.access)?;
        }
        for planned in run.told() {
            if let Some(text) = self.announcing.text(&planned.plan, &planned.door, screen) {
                match self.reports.output {
                    Form::Text => screen.data(&text)?,
                    _ => screen.say(&text),
                }
            }
        }
        match run.accounts.is_empty() {
            true => {}
            false if run.is_whole() => self.save(run, accounts, screen)?,
            false => screen.say(
                "Not saved: a saved plan is of all manifests and all accounts, and these could not all \
                 be\nplanned.",
            ),
        }
        let code = |planned: &Planned| match &planned.plan {
            plan if plan.blocked().next().is_some() || !plan.is_complete() => FAILED,
            plan if self.detailed_exitcode && plan.has_changes() => CHANGES,
            _ => FINE,
        };
        Ok(telling::code(run, [FAILED, CHANGES], code))
    }

    /// Writes the files of a run that failed as a whole: no file of an earlier run is to be taken for this
    /// one's.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn failed(
        &self,
        error: &Error,
        started: Instant,
        global: &Global,
        screen: &Screen,
    ) -> Result<()> {
        let run: Run<Planned> = telling::failed(error);
        told(&run.map(Planned::facts), started.elapsed(), |told| {
            self.reports.write(told, screen, global.verbose)
        })
    }

    fn save(
        &self,
        run: &Run<Planned>,
        accounts: Option<&AccountsFile>,
        screen: &Screen,
    ) -> Result<()> {
        let kept = run.accounts.iter().filter_map(|told| {
            let plan = told.result.as_ref().ok()?.plan.clone();
            let account = told.account.clone();
            Some(Kept { account, plan })
        });
        reconcile::save(kept.collect(), accounts.cloned(), &self.out)?;
        let applicable = run.told().all(is_applicable);
        let changes = run.told().any(|planned| planned.plan.has_changes());
        if self.reports.output == Form::Text && applicable && changes {
            let command = match self.out == Path::new(SAVED) {
                true => "s3setup apply".to_owned(),
                false => format!(
                    "s3setup apply --plan {}",
                    render::clean(&self.out.display().to_string())
                ),
            };
            screen.say(&format!("Saved. `{command}` does exactly this."));
        }
        Ok(())
    }
}

/// Whether nothing keeps the plan from being applied.
fn is_applicable(planned: &Planned) -> bool {
    let plan = &planned.plan;
    let blocked = plan.blocked().next().is_some();
    let mut sources = plan.manifests().iter();
    let examples = sources.any(|source| !source.examples.is_empty());
    plan.is_complete() && !blocked && (!examples || planned.door.is_file())
}

/// With what there is to tell, in every form.
fn told<T>(facts: &Run<Facts<'_>>, elapsed: Duration, tell: impl FnOnce(&InForms<'_>) -> T) -> T {
    let report = telling::now(render::report_of(Command::Plan, facts, |facts| {
        let (access, calls) = (&facts.access, &facts.calls);
        render::compared(facts.plan, access, Command::Plan, calls, elapsed)
    }));
    tell(&InForms {
        report: &report,
        text: &|style| text(facts, elapsed, style),
        markdown: &|| markdown(facts, elapsed),
    })
}

fn text(facts: &Run<Facts<'_>>, elapsed: Duration, style: &Style) -> String {
    let of = |facts: &Facts<'_>| {
        let text = render::plan_text(facts.plan, &facts.calls, elapsed, style);
        page(facts, text)
    };
    render::run_text(&facts.map(of), style)
}

fn markdown(facts: &Run<Facts<'_>>, elapsed: Duration) -> String {
    render::run_markdown(&facts.map(|facts| {
        let text = render::plan_markdown(facts.plan, &facts.calls, elapsed);
        page(facts, text)
    }))
}

fn page(facts: &Facts<'_>, text: String) -> Page {
    Page {
        text,
        verdict: render::plan_verdict(facts.plan),
    }
}
