//! `s3setup policy diff`.

use super::super::screen::Screen;
use super::super::{CHANGES, FINE, Global};
use super::input;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Whether two policies mean the same, and how they differ
///
/// Exit codes: 0 they mean the same, 2 they do not, 1 one is not a policy.
#[derive(Args)]
pub(super) struct Diff {
    /// The policy as it was
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The policy as it is
    #[arg(value_name = "B")]
    after: PathBuf,
}

impl Diff {
    pub fn run(&self, _global: &Global, _screen: &Screen) -> Result<u8> {
        let (before, after) = (
            input::document(&self.before)?,
            input::document(&self.after)?,
        );
        Ok(match before == after {
            true => FINE,
            false => CHANGES,
        })
    }
}
