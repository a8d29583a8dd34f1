//! `s3setup schema`.

use super::FINE;
use super::screen::Screen;
use crate::manifest;
use anyhow::Result;
use clap::{Args, ValueEnum};

/// Print the JSON Schema of manifests, for editors
#[derive(Args)]
pub(super) struct Schema {
    /// Form of the schema
    #[arg(long, value_name = "FORM", default_value = "json")]
    output: Form,
}

/// Forms of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For editors
    Json,
    /// A reference, for people
    Markdown,
}

impl Schema {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let schema = manifest::schema();
        screen.data(&match self.output {
            Form::Json => serde_json::to_string_pretty(&schema)?,
            Form::Markdown => manifest::reference(&schema),
        })?;
        Ok(FINE)
    }
}
