//! `s3setup schema`.

use super::FINE;
use super::screen::Screen;
use crate::manifest;
use anyhow::Result;
use clap::Args;

/// Print the JSON Schema of manifests, for editors
#[derive(Args)]
pub(super) struct Schema {}

impl Schema {
    #[expect(clippy::unused_self, reason = "the form of every command")]
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        screen.data(&serde_json::to_string_pretty(&manifest::schema())?)?;
        Ok(FINE)
    }
}
