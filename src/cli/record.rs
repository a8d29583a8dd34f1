//! `s3setup record`.

use super::door::Door;
use super::manifests::{self, Manifests};
use super::screen::Screen;
use super::{FAILED, FINE, Global};
use crate::{account, render};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Write what there is of the manifests' resources to a file for `--account`
#[derive(Args)]
pub(super) struct Record {
    #[command(flatten)]
    manifests: Manifests,
    /// The file to write
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,
}

impl Record {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.manifests.with_inputs()?;
        let offline = manifests::load_offline(&files, global, screen)?;
        let region = manifests::named_region(&offline);
        let providers = manifests::providers(&offline);
        let door = Door::open(global, &providers, region, screen).await?;
        let cloud = door.cloud();
        let compiled = manifests::load(&files, cloud.scope(), screen)?;
        let mut observed = Vec::new();
        let mut code = FINE;
        for wanted in compiled.iter().flat_map(|one| &one.wanted) {
            let address = wanted.resource.address();
            screen.progress(address.as_str());
            let found = cloud
                .observe(&wanted.resource)
                .await
                .with_context(|| format!("cannot read {address}"))?;
            for gap in &found.unreadable {
                code = FAILED;
                screen.say(&render::clean(&format!(
                    "could not read {address} {}: allow {} on {}",
                    gap.aspect, gap.permission, gap.on
                )));
            }
            observed.extend(found.resource.is_some().then_some(found));
        }
        screen.done();
        let count = observed.len();
        account::record(&self.out, cloud.scope(), observed)?;
        screen.say(&format!(
            "{count} resources written to {}",
            render::clean(&self.out.display().to_string())
        ));
        Ok(code)
    }
}
