//! `s3setup drift`.

use super::manifests::{self, Facts, Fleet, How, Manifests, Planned};
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Global, Output, telling};
use crate::render::{self, Page};
use anyhow::Result;
use clap::Args;
use std::time::Instant;

/// Tell whether AWS still is as the manifests say
///
/// For a scheduled job: exit code 0 in sync, 2 drifted, 1 could not tell. What
/// cannot be read is never "in sync". A manifest that cannot be used hides no
/// other: all are looked at, and what is known comes first (2 before 1). Changes
/// nothing and saves nothing.
#[derive(Args)]
pub(super) struct Drift {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    fleet: Fleet,
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Output,
}

impl Drift {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        let files = self.manifests.of(&self.fleet)?;
        let how = How {
            tolerant: true,
            ..How::default()
        };
        let run = manifests::plan_all(global, &files, &how, screen).await?;
        let facts = run.map(Planned::facts);
        let elapsed = started.elapsed();
        let style = screen.style(global.verbose);
        let page = |facts: &Facts<'_>, text| Page {
            text,
            verdict: render::drift_verdict(facts.plan),
        };
        let text =
            match self.output {
                Output::Text => {
                    let of = |facts: &Facts<'_>| {
                        let text = render::drift_text(facts.plan, &facts.calls, elapsed, &style);
                        page(facts, text)
                    };
                    render::run_text(&facts.map(of), &style)
                }
                Output::Json => render::run_json(&facts.map(|facts| {
                    render::plan_page(facts.plan, &facts.access, &facts.calls, elapsed)
                })),
                Output::Markdown => render::run_markdown(&facts.map(|facts| {
                    let text = render::drift_markdown(facts.plan, &facts.calls, elapsed);
                    page(facts, text)
                })),
            };
        telling::write(&run, self.output, &text, screen)?;
        let code = |planned: &Planned| match &planned.plan {
            plan if plan.has_changes() => CHANGES,
            plan if !plan.is_complete() => FAILED,
            _ => FINE,
        };
        Ok(telling::code(&run, [CHANGES, FAILED], code))
    }
}
