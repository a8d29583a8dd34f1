//! `s3setup init`.

mod ask;
mod list;

use super::manifests::{Inputs, nowhere};
use super::screen::Screen;
use super::{FINE, Form, Global};
use crate::cloud::Failure;
use crate::files;
use crate::manifest::{self, Input, Origin};
use crate::render;
use crate::vendors::{ALL, Manifest};
use crate::yaml::{Problems, Source, suggestion};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Write a manifest of your own, from one of those for a vendor or a tool
///
/// Without a name, all of them are listed. The values of its inputs are put in
/// place: those of --set, and on a terminal those that you are asked for.
/// Without --set that is every one; with it, those that have no default.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup init
  s3setup init neon --inputs
  s3setup init neon --set repository=acme/backups --out backups.yaml")]
pub(super) struct Init {
    /// The manifest to begin with
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
    /// Where to write it: NAME.yaml if nothing is said, \"-\" for stdout
    #[arg(long, value_name = "FILE", requires = "name")]
    out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "name")]
    force: bool,
    /// Show the inputs of the manifest, and write nothing
    #[arg(long = "inputs", requires = "name", conflicts_with_all = ["set", "out", "force"])]
    show: bool,
    /// Form of the list, or of the inputs
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

impl Init {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        // Nothing here takes long: no progress line between the questions.
        screen.done();
        let Some(name) = &self.name else {
            if !self.inputs.set.is_empty() {
                bail!("--set needs the manifest that it is for: s3setup init NAME --set …");
            }
            screen.data(&match self.output {
                Form::Text => list::text(ALL),
                Form::Json => list::json(ALL)?,
            })?;
            screen.say("\n`s3setup init NAME` writes one, `--inputs` shows what it asks for.");
            return Ok(FINE);
        };
        let built_in = find(name)?;
        let draft = Draft::new(global, built_in, self.out.as_deref());
        if self.show {
            screen.data(&match self.output {
                Form::Text => list::inputs(built_in, &draft.inputs),
                Form::Json => list::one(built_in)?,
            })?;
            return Ok(FINE);
        }
        if self.output == Form::Json {
            bail!("--output goes with the list and with --inputs; a manifest is YAML");
        }
        // Before the questions: nobody wants to answer them for nothing.
        if !draft.to_stdout() {
            self.refuse_existing(&draft.file)?;
        }
        let given = self.answers(&draft, screen)?;
        let own = draft.own(&given)?;
        if draft.to_stdout() {
            screen.data(&own.text)?;
            return Ok(FINE);
        }
        let file = draft.file.display().to_string();
        files::write_new(&draft.file, &own.text, self.force)
            .with_context(|| format!("cannot write {file}"))?;
        let file = render::clean(&file);
        screen.say(&format!(
            "{file} is written. Read it, then: s3setup plan {file}"
        ));
        Ok(FINE)
    }

    /// What --set gives and what is asked for, checked.
    fn answers(&self, draft: &Draft, screen: &Screen) -> Result<BTreeMap<String, String>> {
        let given: BTreeMap<String, String> = self.inputs.set.iter().cloned().collect();
        if given.len() < self.inputs.set.len() {
            bail!("--set gives an input two values: give one");
        }
        draft.own(&given)?;
        let open = |(name, _): &&(String, Input)| !given.contains_key(name);
        let open: Vec<&(String, Input)> = draft.inputs.iter().filter(open).collect();
        let needed = || open.iter().filter(|(_, input)| input.default.is_none());
        if io::stdin().is_terminal() {
            let asked = match given.is_empty() {
                true => open,
                false => needed().copied().collect(),
            };
            return ask::all(draft, &asked, given, screen);
        }
        match needed().next() {
            None => Ok(given),
            Some(_) => Err(missing(needed().copied(), draft.built_in.name).into()),
        }
    }

    fn refuse_existing(&self, file: &Path) -> Result<()> {
        match self.force || file.symlink_metadata().is_err() {
            true => Ok(()),
            false => Err(Failure::new(format!(
                "{} is there already; nothing was written",
                file.display()
            ))
            .with_hint("name another with --out, or write over it with --force")
            .into()),
        }
    }
}

/// All inputs that only a person knows, at once.
fn missing<'a>(inputs: impl Iterator<Item = &'a (String, Input)>, manifest: &str) -> Failure {
    let (mut message, mut sets) = ("inputs without a value:".to_owned(), String::new());
    for (name, input) in inputs {
        message.push_str(&format!("\n{name}: {}", input.description));
        let example = input.example.as_deref().unwrap_or("…");
        sets.push_str(&format!(" --set {name}={example}"));
    }
    Failure::new(message).with_hint(format!("give yours: s3setup init {manifest}{sets}"))
}

/// The manifest of this name.
fn find(name: &str) -> Result<&'static Manifest> {
    let wanted = name.strip_suffix(".yaml").unwrap_or(name);
    let known = ALL.iter().map(|one| one.name);
    match ALL.iter().find(|one| one.name == wanted) {
        Some(built_in) => Ok(built_in),
        None => Err(
            Failure::new(format!("there is no manifest {name:?} to begin with"))
                .with_hint(match crate::yaml::nearest(wanted, known.clone()) {
                    Some(_) => suggestion(wanted, known),
                    None => "`s3setup init` lists them".to_owned(),
                })
                .into(),
        ),
    }
}

/// A manifest on its way to a file.
struct Draft {
    built_in: &'static Manifest,
    source: Source,
    inputs: Vec<(String, Input)>,
    file: PathBuf,
    scope: crate::resource::Scope,
}

impl Draft {
    fn new(global: &Global, built_in: &'static Manifest, out: Option<&Path>) -> Self {
        let file = PathBuf::from(format!("{}.yaml", built_in.name));
        let source = Source::new(file.display().to_string(), built_in.text);
        Self {
            inputs: manifest::inputs(&source),
            file: out.map_or(file, Path::to_owned),
            built_in,
            source,
            scope: nowhere(global),
        }
    }

    fn to_stdout(&self) -> bool {
        self.file == Path::new("-")
    }

    /// The manifest with these values, which compiles.
    ///
    /// # Errors
    /// What a manifest with them would be refused for.
    fn own(&self, given: &BTreeMap<String, String>) -> Result<Source, Problems> {
        let name = match self.to_stdout() {
            true => self.source.name.clone(),
            false => self.file.display().to_string(),
        };
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let names = ALL.iter().map(|one| one.name);
        let others: Vec<&str> = names.filter(|name| *name != self.built_in.name).collect();
        let origin = Origin {
            name: self.built_in.name,
            others: &others,
            schema: !self.to_stdout() && folder.join("s3setup.schema.json").is_file(),
        };
        let own = manifest::own(&self.source, given, &name, origin)?;
        manifest::load(&own, &BTreeMap::new(), &self.scope)?;
        Ok(own)
    }
}
