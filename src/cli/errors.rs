//! `s3setup errors`.

use super::FINE;
use super::screen::Screen;
use crate::codes::{self, ALL};
use crate::yaml;
use anyhow::{Result, bail};
use clap::Args;

/// Tell what the code of an error means, and what to do
///
/// Without a code, all of them are listed.
#[derive(Args)]
pub(super) struct Errors {
    /// As the error shows it, such as no-credentials
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Errors {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let Some(code) = &self.code else {
            let width = ALL.iter().map(|page| page.code.len()).max().unwrap_or(0);
            let lines = ALL
                .iter()
                .map(|page| format!("{:width$}  {}\n", page.code, page.title()));
            screen.data(&lines.collect::<String>())?;
            return Ok(FINE);
        };
        let Some(page) = codes::find(code) else {
            let known = ALL.iter().map(|page| page.code);
            bail!(
                "there is no code {code:?} ({})",
                yaml::suggestion(code, known)
            );
        };
        screen.data(page.text)?;
        Ok(FINE)
    }
}
