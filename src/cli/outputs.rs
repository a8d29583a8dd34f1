//! `s3setup outputs`.

use super::door::Door;
use super::manifests::{self, Manifests};
use super::screen::Screen;
use super::{FINE, Global};
use crate::render;
use crate::yaml;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;

/// Print what a person needs next: the outputs of manifests
///
/// An output of several lines, such as a workflow, is printed by its name.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup outputs manifests/neon.yaml --set repository=acme/backups --output env
  s3setup outputs manifests/neon.yaml --set repository=acme/backups \\
    --name neon-workflow > .github/workflows/neon-backup.yml")]
pub(super) struct Outputs {
    #[command(flatten)]
    manifests: Manifests,
    /// Form of the outputs
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
    /// Only the value of this output, as it is
    #[arg(long, value_name = "OUTPUT", conflicts_with = "output")]
    name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// NAME=value lines that a shell reads; texts of several lines are left out
    Env,
    /// One object
    Json,
}

impl Outputs {
    pub async fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let files = self.manifests.with_inputs()?;
        let offline = manifests::load_offline(&files, global, screen)?;
        let region = manifests::named_region(&offline);
        let providers = manifests::providers(&offline);
        let door = Door::open(global, &providers, region, screen).await?;
        let compiled = manifests::load(&files, door.cloud().scope(), screen)?;
        screen.done();
        let outputs = manifests::outputs(&compiled)?;
        screen.data(&match (&self.name, self.output) {
            (Some(name), _) => one(&outputs, name)?.to_owned(),
            (None, Form::Text) => text(&outputs),
            (None, Form::Env) => {
                for name in outputs.keys().filter(|name| !is_variable(name)) {
                    screen.say(&format!(
                        "{}: left out, it is no variable; --name prints it",
                        render::clean(name)
                    ));
                }
                env(&outputs)?
            }
            (None, Form::Json) => render::json_text(&outputs),
        })?;
        Ok(FINE)
    }
}

/// The value of the output `name`.
fn one<'a>(outputs: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    match outputs.get(name) {
        Some(value) => Ok(value),
        None if outputs.is_empty() => bail!("there are no outputs, and so no {name:?}"),
        None => bail!(
            "there is no output {name:?}: {}",
            yaml::suggestion(name, outputs.keys().map(String::as_str))
        ),
    }
}

/// `NAME  value`, aligned; of a value of several lines, how to print it.
pub(super) fn text(outputs: &BTreeMap<String, String>) -> String {
    let width = outputs
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default();
    let line = |(name, value): (&String, &String)| {
        let name = render::clean(name);
        let value = match value.lines().count() {
            0 | 1 => render::clean(value),
            lines => format!("{lines} lines: s3setup outputs … --name {name}"),
        };
        format!("{name:width$}  {value}\n")
    };
    outputs.iter().map(line).collect()
}

/// Whether a shell takes `name` for a variable.
fn is_variable(name: &str) -> bool {
    !name.contains('-')
}

/// `NAME=value`, in quotation marks where a shell needs them; what is no variable is left out.
fn env(outputs: &BTreeMap<String, String>) -> Result<String> {
    let variables = || outputs.iter().filter(|(name, _)| is_variable(name));
    if let Some((name, _)) = variables().find(|(_, value)| value.contains(char::is_control)) {
        // A reader that knows no quotes would take the next line for a variable of its own.
        bail!("the output {name:?} has a line break or the like, which NAME=value cannot hold");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+=,".contains(c);
    Ok(variables()
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

    #[test]
    fn a_text_of_several_lines_is_printed_by_its_name() {
        let outputs = [("BUCKET", "b"), ("the-workflow", "on: push\njobs: {}\n")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let how = "the-workflow  2 lines: s3setup outputs … --name the-workflow\n";
        assert_eq!(text(&outputs), format!("BUCKET        b\n{how}"));
        assert_eq!(env(&outputs).unwrap(), "BUCKET=b\n");
        assert_eq!(
            one(&outputs, "the-workflow").unwrap(),
            "on: push\njobs: {}\n"
        );
        let near = one(&outputs, "the_workflow").unwrap_err().to_string();
        assert!(near.contains("did you mean `the-workflow`?"), "{near}");
    }
}
