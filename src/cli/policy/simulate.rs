//! `s3setup policy simulate`.

use super::super::FINE;
use super::super::screen::Screen;
use super::input;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What AWS would answer to a request, and which statement decides
#[derive(Args)]
pub(super) struct Simulate {
    /// One request or a list of them, as JSON
    #[arg(value_name = "REQUEST.json")]
    request: PathBuf,
}

impl Simulate {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        screen.data(&input::text(&self.request)?)?;
        Ok(FINE)
    }
}
