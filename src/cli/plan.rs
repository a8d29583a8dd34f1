//! `s3setup plan`.

use super::announcing::Announcing;
use super::manifests::{self, How, Manifests, Planned};
use super::screen::Screen;
use super::widening::Widening;
use super::{CHANGES, FAILED, FINE, Global, Output};
use crate::access::Access;
use crate::{reconcile, render};
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
        let files = self.manifests.with_inputs()?;
        let how = How {
            take_over: self.take_over.iter().cloned().collect(),
            ..How::default()
        };
        let planned = manifests::plan(global, &files, how, screen).await?;
        self.showing.show(&planned, started, global, screen)
    }
}

impl Showing {
    /// Shows the plan and saves it. `started` is when planning began.
    ///
    /// # Errors
    /// It widens access and must not, or cannot be saved.
    pub fn show(
        &self,
        planned: &Planned,
        started: Instant,
        global: &Global,
        screen: &Screen,
    ) -> Result<u8> {
        let (plan, calls) = (&planned.plan, planned.door.cloud().calls());
        let elapsed = started.elapsed();
        let text = match self.output {
            Output::Text => render::plan_text(plan, &calls, elapsed, &screen.style(global.verbose)),
            Output::Json => render::plan_json(plan, &calls, elapsed),
            Output::Markdown => render::plan_markdown(plan, &calls, elapsed),
        };
        // Shown first: where it cannot be saved, it has been seen all the same.
        screen.data(&text)?;
        if self.output == Output::Text {
            screen.live(plan, global.verbose);
        }
        if let Some(text) = self.announcing.text(plan, &planned.door, screen) {
            match self.output {
                Output::Text => screen.data(&text)?,
                Output::Json | Output::Markdown => screen.say(&text),
            }
        }
        self.widening.check(plan, &Access::of(plan))?;
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
        Ok(match () {
            () if blocked || !plan.is_complete() => FAILED,
            () if self.detailed_exitcode && plan.has_changes() => CHANGES,
            () => FINE,
        })
    }
}
