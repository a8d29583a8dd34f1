//! `s3setup policy lint`.

use super::super::screen::Screen;
use super::super::{CHANGES, FINE};
use super::input;
use crate::policy::lint::{self, Kind};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What is wrong or dangerous in policies, each finding with its remedy
///
/// Exit codes: 2 there are errors or warnings, 0 notes or nothing, 1 it could
/// not be told.
#[derive(Args)]
pub(super) struct Lint {
    /// Policies
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Lint {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let mut code = FINE;
        for path in &self.files {
            for finding in lint::check(&input::document(path)?.statement, &Kind::Identity) {
                screen.data(&finding.to_string())?;
                code = CHANGES;
            }
        }
        Ok(code)
    }
}
