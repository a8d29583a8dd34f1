//! `s3setup orphans`.

use super::door::Door;
use super::manifests::{self, Inputs};
use super::screen::Screen;
use super::{CHANGES, FAILED, FINE, Form, Global};
use crate::render;
use anyhow::Result;
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// List what carries our marks and no manifest names
///
/// Give all manifests of the account: whatever s3setup made there for none of
/// them is listed, or all that it made if there are none. Changes nothing.
///
/// The manifests say who is asked, AWS or Google Cloud or both. Without any it
/// is AWS; with --project it is that project of Google Cloud, and not AWS
/// (GOOGLE_CLOUD_PROJECT alone asks nobody).
///
/// Exit codes: 0 none, 1 could not tell, 2 some.
#[derive(Args)]
pub(super) struct Orphans {
    /// Manifests
    #[arg(value_name = "MANIFEST")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
    /// Form of the list on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

impl Orphans {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.inputs.of(&self.files)?;
        let offline = manifests::load_offline(&files, global, screen)?;
        let region = manifests::named_region(&offline);
        let providers = manifests::asked(&offline, global);
        let mut projects = manifests::projects(&offline, global);
        let mut global = global.clone();
        // What is asked for by the option is meant, whatever the manifests say.
        if !global.at_google && projects.len() == 1 {
            global.project = projects.pop_first();
        }
        let global = &global;
        let door = Door::open(global, &providers, region, screen).await?;
        let scope = door.cloud().scope();
        let compiled = manifests::load(&files, scope, screen)?;
        // IAM does not tell names apart by their case.
        let named: BTreeSet<String> = compiled
            .iter()
            .flat_map(|one| &one.wanted)
            .map(|wanted| wanted.resource.reference().to_string().to_lowercase())
            .collect();
        screen.progress("reading all marks of the account");
        let mut marked = door.cloud().marked().await?;
        screen.done();
        marked
            .marks
            .retain(|mark| !named.contains(&mark.address.to_string().to_lowercase()));
        let (orphans, gaps) = (&marked.marks, &marked.unreadable);
        screen.data(&match self.output {
            Form::Text => render::orphans_text(scope, orphans, gaps, &screen.style(global.verbose)),
            Form::Json => render::orphans_json(scope, orphans, gaps),
        })?;
        Ok(match (orphans.is_empty(), gaps.is_empty()) {
            (false, _) => CHANGES,
            (true, false) => FAILED,
            (true, true) => FINE,
        })
    }
}
