//! `s3setup doctor`.

use super::door::Door;
use super::screen::Screen;
use super::{FAILED, FINE, Form, Global};
use crate::aws;
use crate::doctor::{Finding, State};
use crate::render;
use anyhow::{Result, bail};
use clap::Args;

/// Look whether AWS can be worked with from here
///
/// The configuration, the region, the credentials, whose they are, whether STS,
/// IAM and S3 answer, and this machine's clock. Changes nothing.
///
/// Exit codes: 0 it works, 1 something is in the way.
#[derive(Args)]
pub(super) struct Doctor {
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

impl Doctor {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        if global.account.is_some() {
            bail!("doctor looks at AWS: an account in a file needs nothing but the file");
        }
        screen.progress("asking AWS");
        let found = aws::examine(&Door::options(global, None)).await;
        screen.done();
        screen.data(&match self.output {
            Form::Text => render::doctor_text(&found, &screen.style(global.verbose)),
            Form::Json => render::doctor_json(&found),
        })?;
        let is_bad = |one: &Finding| one.state == State::Bad;
        Ok(if found.iter().any(is_bad) {
            FAILED
        } else {
            FINE
        })
    }
}
