//! `s3setup plan`.

use super::announcing::Announcing;
use super::manifests::{self, Facts, Fleet, How, Manifests, Planned};
use super::screen::Screen;
use super::widening::Widening;
use super::{CHANGES, FAILED, FINE, Global, Output, telling};
use crate::reconcile;
use crate::render::{self, Page, Style};
use crate::run::{Run, Told};
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where a plan is saved unless told otherwise, and where apply looks for it.
pub(super) const SAVED: &str = ".s3setup/plan.json";

/// Show what would be done, and save it for `apply`
///
/// Reads AWS and changes nothing.
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
    /// Form of the plan on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: Output,
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
        let files = self.manifests.of(&self.fleet)?;
        let how = How {
            take_over: self.take_over.iter().cloned().collect(),
            ..How::default()
        };
        let run = manifests::plan_all(global, &files, &how, screen).await?;
        self.showing.show(&run, started, global, screen)
    }
}

impl Showing {
    /// Shows the plans; saves one that is the only one and the whole of what was asked for. `started`
    /// is when planning began.
    ///
    /// # Errors
    /// It widens access and must not, or cannot be saved.
    pub fn show(
        &self,
        run: &Run<Planned>,
        started: Instant,
        global: &Global,
        screen: &Screen,
    ) -> Result<u8> {
        let facts = run.map(Planned::facts);
        let text = self.text(&facts, started, &screen.style(global.verbose));
        // Shown first: where it cannot be saved, it has been seen all the same.
        telling::write(run, self.output, &text, screen)?;
        for facts in facts.told() {
            if self.output == Output::Text {
                screen.live(facts.plan, global.verbose);
            }
            self.widening.check(facts.plan, &facts.access)?;
        }
        for planned in run.told() {
            if let Some(text) = self.announcing.text(&planned.plan, &planned.door, screen) {
                match self.output {
                    Output::Text => screen.data(&text)?,
                    Output::Json | Output::Markdown => screen.say(&text),
                }
            }
        }
        match (&run.accounts[..], run.is_whole()) {
            (
                [
                    Told {
                        account: None,
                        result: Ok(planned),
                    },
                ],
                true,
            ) => self.save(planned, screen)?,
            ([], _) => {}
            _ => screen.say(
                "Not saved: a saved plan is of one account and all of its manifests. `s3setup \
                 apply`\nwith the same manifests plans, shows and asks.",
            ),
        }
        let code = |planned: &Planned| match &planned.plan {
            plan if plan.blocked().next().is_some() || !plan.is_complete() => FAILED,
            plan if self.detailed_exitcode && plan.has_changes() => CHANGES,
            _ => FINE,
        };
        Ok(telling::code(run, [FAILED, CHANGES], code))
    }

    fn text(&self, facts: &Run<Facts<'_>>, started: Instant, style: &Style) -> String {
        let elapsed = started.elapsed();
        let page = |facts: &Facts<'_>, text| Page {
            text,
            verdict: render::plan_verdict(facts.plan),
        };
        match self.output {
            Output::Text => {
                let of = |facts: &Facts<'_>| {
                    let text = render::plan_text(facts.plan, &facts.calls, elapsed, style);
                    page(facts, text)
                };
                render::run_text(&facts.map(of), style)
            }
            Output::Json => {
                render::run_json(&facts.map(|facts| {
                    render::plan_page(facts.plan, &facts.access, &facts.calls, elapsed)
                }))
            }
            Output::Markdown => render::run_markdown(&facts.map(|facts| {
                let text = render::plan_markdown(facts.plan, &facts.calls, elapsed);
                page(facts, text)
            })),
        }
    }

    fn save(&self, planned: &Planned, screen: &Screen) -> Result<()> {
        let plan = &planned.plan;
        reconcile::save(plan, &self.out)?;
        let blocked = plan.blocked().next().is_some();
        let examples = plan
            .manifests()
            .iter()
            .any(|source| !source.examples.is_empty());
        let applicable = plan.has_changes()
            && plan.is_complete()
            && !blocked
            && (!examples || planned.door.is_file());
        if self.output == Output::Text && applicable {
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
