//! `s3setup doctor`.

use super::door::Door;
use super::manifests::{self, Chosen, How, Inputs, nowhere};
use super::screen::Screen;
use super::{FAILED, FINE, Form, Global};
use crate::doctor::{Finding, State};
use crate::manifest::Compiled;
use crate::resource::{Google, Place, Provider, Resource};
use crate::{aws, google, render};
use anyhow::{Result, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Look whether AWS or Google Cloud can be worked with from here
///
/// Of AWS the configuration, the region, the credentials, whose they are,
/// whether STS, IAM and S3 answer, and this machine's clock. Of Google Cloud the
/// credentials, the project, whether Storage, IAM and Secret Manager answer and
/// are switched on, and the clock. With manifests also whether all of them can be
/// read, and which permission is missing. Changes nothing.
///
/// The manifests say who is looked at. Without any it is AWS; with --project it
/// is Google Cloud, and not AWS (GOOGLE_CLOUD_PROJECT alone asks nobody).
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
            bail!(
                "doctor looks at AWS and Google: an account in a file needs nothing but the file"
            );
        }
        let files = match self.files.is_empty() {
            true => Vec::new(),
            false => self.inputs.of(&self.files)?,
        };
        let nowhere = nowhere(global);
        let good = files
            .iter()
            .filter_map(|one| one.compile_offline(&nowhere).ok());
        let good: Vec<_> = good.flatten().collect();
        let providers = manifests::asked(&good, global);
        let mut found = Vec::new();
        if providers.contains(&Provider::Aws) {
            screen.progress("asking AWS");
            let region = manifests::named_region(&good);
            found.extend(aws::examine(&Door::options(global, region)).await);
        }
        if providers.contains(&Provider::Google) {
            screen.progress("asking Google");
            let asked = google::Asked {
                projects: manifests::projects(&good, global),
                secrets: secrets(&good),
            };
            found.extend(google::examine(&Door::google_options(global), &asked).await);
        }
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

/// The secrets of Secret Manager that keys are handed over to.
fn secrets(compiled: &[Compiled]) -> BTreeSet<(String, String)> {
    let all = compiled.iter().flat_map(|one| &one.wanted);
    all.filter_map(|wanted| match &wanted.resource {
        Resource::Google(Google::ServiceAccountKey(key)) => match &key.sink.as_ref()?.place {
            Place::GoogleSecretManager { project, name } => Some((project.clone(), name.clone())),
            _ => None,
        },
        _ => None,
    })
    .collect()
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
                let found = Finding::wrong(WHAT, State::Bad, text, hint);
                let resource = step.want.as_ref().or(step.have.as_ref());
                match resource.map(Resource::provider) {
                    Some(provider) => found.of(provider),
                    None => found,
                }
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
