//! `s3setup validate`.

use super::manifests::{self, Fleet, Manifests, nowhere};
use super::screen::Screen;
use super::{FAILED, FINE, Global};
use crate::manifest::Compiled;
use crate::policy::lint::{ALL, Finding, Rule, Severity};
use crate::render::{self, Found};
use crate::yaml::{Place, Problem, Problems};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::Value;

/// Check manifests offline, all errors at once
///
/// Asks nobody: no credentials are needed. What works and is probably not meant
/// is a warning: it is shown on the standard error and does not fail, unless the
/// manifest accepts it (accept:); --verbose shows that, too.
#[derive(Args)]
pub(super) struct Validate {
    #[command(flatten)]
    manifests: Manifests,
    #[command(flatten)]
    fleet: Fleet,
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
    /// SARIF 2.1.0, for code scanning: errors, warnings and notes, and what was accepted
    Sarif,
}

/// What is wrong with a manifest, and not with a policy in it.
static INVALID_MANIFEST: Rule = Rule {
    id: "invalid-manifest",
    severity: Severity::Error,
    refused: true,
    title: "The manifest cannot be used",
    source: "https://yaml.org/spec/1.2.2/",
};

impl Validate {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let scope = nowhere(global);
        let mut wrong: Vec<Value> = Vec::new();
        let mut found: Vec<Found> = Vec::new();
        let mut code = FINE;
        let files = self.manifests.of(&self.fleet)?;
        let each = files.iter().map(|one| one.compile_offline(&scope));
        let conflicts = manifests::conflicts(&files, global).into_iter().map(Err);
        for result in each.chain(conflicts) {
            match result {
                Ok(all) => {
                    // In another account it is the same manifest.
                    let Some(first) = all.first() else { continue };
                    if self.output == Form::Text {
                        screen.say(&good(first, all.len()));
                    }
                    if self.output != Form::Sarif {
                        screen.findings(first, global.verbose);
                    }
                    found.extend(in_a_good_one(first));
                }
                Err(problems) => {
                    code = FAILED;
                    found.extend(in_a_bad_one(&problems));
                    match self.output {
                        Form::Text => screen.error(&problems.into()),
                        Form::Json => {
                            wrong.extend(problems.to_json().as_array().cloned().unwrap_or_default())
                        }
                        Form::Sarif => {}
                    }
                }
            }
        }
        match self.output {
            Form::Text => {}
            Form::Json => screen.data(&render::json_text(&wrong))?,
            Form::Sarif => screen.data(&render::lint_sarif(&found))?,
        }
        Ok(code)
    }
}

/// `neon.yaml: good, 4 resources`, and in how many accounts and regions.
fn good(manifest: &Compiled, places: usize) -> String {
    let name = render::clean(&manifest.source.path);
    let count = manifest.wanted.len();
    match places {
        1 => format!("{name}: good, {count} resources"),
        _ => format!("{name}: good, {count} resources in each of {places} accounts and regions"),
    }
}

/// What the rules found, with what of it is meant to be so.
fn in_a_good_one(manifest: &Compiled) -> Vec<Found> {
    let findings = &manifest.findings;
    let found = findings.all().into_iter().map(|found| {
        let place = findings.source().place(found.problem.span);
        let name = &findings.source().name;
        Found {
            accepted: found.accepted.clone(),
            ..one(name, &found.problem, place, found.rule)
        }
    });
    found.collect()
}

fn in_a_bad_one(problems: &Problems) -> Vec<Found> {
    let located = problems.located().into_iter();
    let found = located.map(|(problem, place)| {
        let rule = ALL.iter().find(|rule| rule.id == problem.id);
        one(
            problems.name(),
            problem,
            place,
            rule.copied().unwrap_or(&INVALID_MANIFEST),
        )
    });
    found.collect()
}

fn one(file: &str, problem: &Problem, place: Place, rule: &'static Rule) -> Found {
    Found {
        finding: Finding {
            rule,
            severity: rule.severity,
            path: problem.path.clone(),
            message: problem.message.clone(),
            fix: problem.fix.clone().unwrap_or_default(),
        },
        file: file.to_owned(),
        line: place.line,
        column: place.column,
        accepted: None,
    }
}
