//! `s3setup doctor`.

use super::door::Door;
use super::manifests::{self, Chosen, How, Inputs, nowhere};
use super::screen::Screen;
use super::{FAILED, FINE, Form, Global};
use crate::aws;
use crate::doctor::{Finding, State};
use crate::render;
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;

/// Look whether AWS can be worked with from here
///
/// The configuration, the region, the credentials, whose they are, whether STS,
/// IAM and S3 answer, and this machine's clock. With manifests also whether all
/// of them can be read, and which permission is missing. Changes nothing.
///
/// Exit codes: 0 it works, 1 something is in the way.
#[derive(Args)]
pub(super) struct Doctor {
    /// Manifests, folders of them, or patterns
    #[arg(value_name = "MANIFEST")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

impl Doctor {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        if global.account.is_some() {
            bail!("doctor looks at AWS: an account in a file needs nothing but the file");
        }
        let files = match self.files.is_empty() {
            true => Vec::new(),
            false => self.inputs.of(&self.files)?,
        };
        screen.progress("asking AWS");
        let nowhere = nowhere(global);
        let good = files
            .iter()
            .filter_map(|one| one.compile_offline(&nowhere).ok());
        let good: Vec<_> = good.flatten().collect();
        let region = manifests::named_region(&good);
        let mut found = aws::examine(&Door::options(global, region)).await;
        let is_bad = |one: &Finding| one.state == State::Bad;
        if !files.is_empty() && !found.iter().any(is_bad) {
            found.extend(permissions(global, &files, screen).await?);
        }
        screen.done();
        screen.data(&match self.output {
            Form::Text => render::doctor_text(&found, &screen.style(global.verbose)),
            Form::Json => render::doctor_json(&found),
        })?;
        Ok(if found.iter().any(is_bad) {
            FAILED
        } else {
            FINE
        })
    }
}

/// Whether all that the manifests manage can be read.
async fn permissions(global: &Global, files: &[Chosen], screen: &Screen) -> Result<Vec<Finding>> {
    const WHAT: &str = "permissions";
    let how = How {
        tolerant: true,
        ..How::default()
    };
    let run = manifests::plan_all(global, files, &how, screen).await?;
    let mut found: Vec<Finding> = run
        .told()
        .flat_map(|planned| &planned.plan.steps)
        .flat_map(|step| {
            step.unreadable.iter().map(move |gap| {
                let text = render::unreadable(&step.address, gap);
                let hint = format!("allow {} on {}", gap.permission, gap.on);
                let hint = (!gap.permission.is_empty()).then_some(hint);
                Finding::wrong(WHAT, State::Bad, text, hint)
            })
        })
        .collect();
    let failed = run
        .accounts
        .iter()
        .filter_map(|told| told.result.as_ref().err());
    found.extend(
        failed.map(|failed| Finding::wrong(WHAT, State::Bad, &failed.message, failed.hint.clone())),
    );
    for problems in run.broken {
        screen.error(&problems.into());
        let text = "one is broken: the error says where";
        found.push(Finding::wrong("manifest", State::Bad, text, None));
    }
    if found.is_empty() {
        found.push(Finding::good(WHAT, "all of the manifests can be read"));
    }
    Ok(found)
}
