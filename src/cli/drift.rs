//! `s3setup drift`.

use super::manifests::{self, How, Manifests};
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Global, Output};
use crate::render;
use anyhow::Result;
use clap::Args;
use std::time::Instant;

/// Tell whether AWS still is as the manifests say
///
/// For a scheduled job: exit code 0 in sync, 2 drifted, 1 could not tell. What
/// cannot be read is never "in sync". Changes nothing and saves nothing.
#[derive(Args)]
pub(super) struct Drift {
    #[command(flatten)]
    manifests: Manifests,
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Output,
}

impl Drift {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let started = Instant::now();
        let files = self.manifests.with_inputs()?;
        let how = How {
            tolerant: true,
            ..How::default()
        };
        let planned = manifests::plan(global, &files, how, screen).await?;
        let (plan, calls) = (&planned.plan, planned.door.cloud().calls());
        let elapsed = started.elapsed();
        let text = match self.output {
            Output::Text => {
                render::drift_text(plan, &calls, elapsed, &screen.style(global.verbose))
            }
            Output::Json => render::plan_json(plan, &calls, elapsed),
            Output::Markdown => render::drift_markdown(plan, &calls, elapsed),
        };
        screen.data(&text)?;
        Ok(match () {
            () if plan.has_changes() => CHANGES,
            () if !plan.is_complete() => FAILED,
            () => FINE,
        })
    }
}
