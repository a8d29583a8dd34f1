//! `s3setup validate`.

use super::manifests::{Manifests, nowhere};
use super::screen::Screen;
use super::{FAILED, FINE, Global};
use crate::render;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

/// Check manifests offline, all errors at once
///
/// Asks nobody: no credentials are needed.
#[derive(Args)]
pub(super) struct Validate {
    #[command(flatten)]
    manifests: Manifests,
    /// Form of the errors
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs: a list of errors with file, line, column, path, message and fix
    Json,
}

impl Validate {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let scope = nowhere(global);
        let mut found: Vec<Value> = Vec::new();
        let mut code = FINE;
        for chosen in self.manifests.with_inputs()? {
            match chosen.compile(&scope) {
                Ok(compiled) if self.output == Form::Text => {
                    let count = compiled.wanted.len();
                    let name = render::clean(&compiled.source.path);
                    screen.say(&format!("{name}: good, {count} resources"));
                    screen.findings(&compiled, global.verbose);
                }
                Ok(compiled) => screen.findings(&compiled, global.verbose),
                Err(problems) => {
                    code = FAILED;
                    match self.output {
                        Form::Text => screen.error(&problems.into()),
                        Form::Json => {
                            found.extend(problems.to_json().as_array().cloned().unwrap_or_default())
                        }
                    }
                }
            }
        }
        if self.output == Form::Json {
            screen.data(&serde_json::to_string_pretty(&json!(found))?)?;
        }
        Ok(code)
    }
}
