//! `s3setup outputs`.

use super::door::Door;
use super::manifests::{self, Manifests, nowhere};
use super::screen::Screen;
use super::{FINE, Global};
use crate::render;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;

/// Print what a person needs next: the outputs of manifests
#[derive(Args)]
pub(super) struct Outputs {
    #[command(flatten)]
    manifests: Manifests,
    /// Form of the outputs
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// NAME=value lines that a shell reads
    Env,
    /// One object
    Json,
}

impl Outputs {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.manifests.with_inputs()?;
        let offline = manifests::load(&files, &nowhere(global), screen)?;
        let region = manifests::named_region(&offline);
        let door = Door::open(global, region, screen).await?;
        let compiled = manifests::load(&files, door.cloud().scope(), screen)?;
        screen.done();
        let outputs = manifests::outputs(&compiled)?;
        screen.data(&match self.output {
            Form::Text => text(&outputs),
            Form::Env => env(&outputs)?,
            Form::Json => serde_json::to_string_pretty(&outputs)?,
        })?;
        Ok(FINE)
    }
}

/// `NAME  value`, aligned.
pub(super) fn text(outputs: &BTreeMap<String, String>) -> String {
    let width = outputs
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default();
    outputs
        .iter()
        .map(|(name, value)| format!("{:width$}  {}\n", render::clean(name), render::clean(value)))
        .collect()
}

/// `NAME=value`, in quotation marks where a shell needs them.
fn env(outputs: &BTreeMap<String, String>) -> Result<String> {
    if let Some((name, _)) = outputs
        .iter()
        .find(|(_, value)| value.contains(['\n', '\r']))
    {
        // A reader that knows no quotes would take the next line for a variable of its own.
        bail!("the output {name:?} has a line break, which NAME=value lines cannot hold");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+=,".contains(c);
    Ok(outputs
        .iter()
        .map(|(name, value)| match value.chars().all(plain) {
            true => format!("{name}={value}\n"),
            false => format!("{name}='{}'\n", value.replace('\'', "'\\''")),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_a_shell_would_read_them_otherwise() {
        let outputs = [("A", "plain-1"), ("B", "it's $HOME"), ("C", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(
            env(&outputs).unwrap(),
            "A=plain-1\nB='it'\\''s $HOME'\nC=\n"
        );
        assert_eq!(text(&outputs), "A  plain-1\nB  it's $HOME\nC  \n");
        let broken = [("O".to_owned(), "a\nEVIL=1".to_owned())].into();
        assert!(env(&broken).is_err());
    }
}
