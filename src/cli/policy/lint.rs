//! `s3setup policy lint`.

use super::super::screen::Screen;
use super::super::{CHANGES, FINE, Global, account_id};
use super::input;
use crate::policy::lint::{Ground, Guess, Kind, Severity, Written};
use crate::render::{self, Found};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// What is wrong or dangerous in policies, each finding with its remedy
///
/// An error: AWS refuses it, it can never work, or it lets strangers in. A
/// warning: it works, and probably not as meant. A note: worth knowing. What is
/// no policy, or no JSON at all, is an error, too. Rules: docs/lint.md.
///
/// Without --kind it is guessed: a policy that names no principal is one of an
/// identity; of the others, those of STS alone are trusts and those of KMS alone
/// of keys. Without --bucket it is the only bucket that the policy names.
/// Without --account nothing is said of the accounts that the policy names.
///
/// Exit codes: 2 there are errors or warnings, 0 there are notes or nothing, 1 a
/// file could not be read.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup policy lint policy.json
  aws s3api get-bucket-policy --bucket B --query Policy --output text |
    s3setup policy lint - --kind resource --bucket B --account 111122223333
  s3setup policy lint --output sarif policies/*.json > lint.sarif")]
pub(super) struct Lint {
    /// Policies as JSON; - is the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What the policies are attached to
    #[arg(long, value_name = "KIND")]
    kind: Option<Attached>,
    /// The bucket whose policy it is; goes with the kind resource
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The account whose policies they are, 12 digits
    // In the place of the option of every command, which is a file; clap wants the same type.
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<PathBuf>,
    /// Form of the findings on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Attached {
    /// A user, a group or a role
    Identity,
    /// A bucket, or anything else with a policy of its own
    Resource,
    /// A role: who may take it
    Trust,
    /// A KMS key
    Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// A list of {"id", "severity", "message", "path", "fix", "file", "line", "column", "source"}
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Lint {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let kind = self
            .kind
            .or(self.bucket.as_ref().map(|_| Attached::Resource));
        if self.bucket.is_some() && kind != Some(Attached::Resource) {
            bail!("--bucket goes with --kind resource");
        }
        if self.files.iter().filter(|path| is_stdin(path)).count() > 1 {
            bail!("the standard input can be one policy only");
        }
        // All or nothing: half of the findings would look like all of them.
        let mut found = Vec::new();
        for path in &self.files {
            let text = input::text(path)?;
            found.extend(self.file(path, &Written::read(&text), kind));
        }
        let text = match self.output {
            Form::Text => render::lint_text(&found, &screen.style(global.verbose)),
            Form::Json => render::lint_json(&found),
            Form::Sarif => render::lint_sarif(&found),
        };
        if !text.is_empty() {
            screen.data(&text)?;
        }
        screen.say(&render::lint_summary(&found, self.files.len()));
        let bad = |one: &Found| one.finding.severity != Severity::Note;
        Ok(match found.iter().any(bad) {
            true => CHANGES,
            false => FINE,
        })
    }

    fn file(&self, path: &Path, written: &Written, kind: Option<Attached>) -> Vec<Found> {
        let guessed = match written.guess() {
            Guess::Identity => Attached::Identity,
            Guess::Resource => Attached::Resource,
            Guess::Trust => Attached::Trust,
            Guess::Key => Attached::Key,
        };
        let named = written.bucket();
        let bucket = self.bucket.as_deref().or(named.map(|(_, name)| name));
        // A resource may be a key, too.
        let is_guess = kind.is_none_or(|kind| kind == Attached::Resource);
        let kind = match (kind.unwrap_or(guessed), bucket) {
            (Attached::Identity, _) => Kind::Identity,
            (Attached::Trust, _) => Kind::Trust,
            (Attached::Key, _) => Kind::KeyPolicy,
            (Attached::Resource, Some(bucket)) => Kind::BucketPolicy {
                bucket,
                partition: named.map_or("aws", |(partition, _)| partition),
            },
            (Attached::Resource, None) if guessed == Attached::Key => Kind::KeyPolicy,
            (Attached::Resource, None) => Kind::Resource,
        };
        let ground = Ground {
            account: self.account.as_deref().and_then(Path::to_str),
            is_guess,
            ..Ground::new(kind)
        };
        let findings = written.lint(&ground).into_iter();
        findings
            .map(|finding| {
                let (line, column) = written.place(&finding.path);
                Found {
                    file: path.display().to_string(),
                    line,
                    column,
                    finding,
                    accepted: None,
                }
            })
            .collect()
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn account(text: &str) -> Result<PathBuf, String> {
    account_id(text).map(PathBuf::from)
}
