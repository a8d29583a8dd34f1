//! `s3setup validate`.

use super::manifests::{self, Fleet, Manifests, nowhere};
use super::reports::{self, form_and_file};
use super::screen::Screen;
use super::{FAILED, FINE, Global};
use crate::journal;
use crate::manifest::Compiled;
use crate::policy::lint::{ALL, Finding, Rule, Severity};
use crate::render::{self, Found, Validated};
use crate::yaml::{Place, Problem, Problems};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::path::PathBuf;

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
    /// Write it to a file, too, such as junit=manifests.xml; any number of them
    #[arg(long, value_name = "FORM=FILE", value_parser = form_and_file::<Form>)]
    report: Vec<(Form, PathBuf)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs: a list of errors with file, line, column, path, message and fix
    Json,
    /// For a pull request or a job summary, below 65,536 characters
    Markdown,
    /// JUnit's XML, for the test view of a CI server: a case a manifest
    Junit,
    /// SARIF 2.1.0, for code scanning: errors, warnings and notes, and what was accepted
    Sarif,
    /// A page to look at, in one file
    Html,
}

/// What is wrong with a manifest, and not with a policy in it.
static INVALID_MANIFEST: Rule = Rule {
    id: "invalid-manifest",
    severity: Severity::Error,
    refused: true,
    title: "The manifest cannot be used",
    source: "https://yaml.org/spec/1.2.2/",
};

/// What was found in all manifests.
#[derive(Default)]
struct All {
    manifests: Vec<Validated>,
    /// The errors, as `--output json` has them.
    wrong: Vec<Value>,
    /// For people, a paragraph a manifest.
    text: String,
}

impl All {
    /// One that cannot be used; it may be good by itself, and in the way of another one.
    fn broken(&mut self, problems: &Problems) {
        let found = in_a_bad_one(problems);
        let mut known = self.manifests.iter_mut();
        match known.find(|one| one.file == problems.name()) {
            Some(one) => {
                one.resources = None;
                one.found.extend(found);
            }
            None => self.manifests.push(Validated {
                file: problems.name().to_owned(),
                resources: None,
                found,
            }),
        }
    }

    fn in_form(&self, form: Form, at: &str) -> String {
        match form {
            Form::Text => self.text.clone(),
            Form::Json => render::json_text(&self.wrong),
            Form::Markdown => render::validated_markdown(&self.manifests),
            Form::Junit => render::validated_junit(&self.manifests, at),
            Form::Sarif => {
                let found = self.manifests.iter().flat_map(|one| &one.found);
                render::lint_sarif(&found.cloned().collect::<Vec<_>>())
            }
            Form::Html => render::validated_html(&self.manifests, at),
        }
    }
}

impl Validate {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        reports::check(&self.report)?;
        let scope = nowhere(global);
        let mut told = All::default();
        let mut code = FINE;
        let files = self.manifests.of(&self.fleet)?;
        let each = files.iter().map(|one| one.compile_offline(&scope));
        let conflicts = manifests::conflicts(&files, global).into_iter().map(Err);
        for result in each.chain(conflicts) {
            match result {
                Ok(all) => {
                    // In another account it is the same manifest.
                    let Some(first) = all.first() else { continue };
                    let good = good(first, all.len());
                    if self.output == Form::Text {
                        screen.say(&good);
                    }
                    if self.output != Form::Sarif {
                        screen.findings(first, global.verbose);
                    }
                    let findings = first.findings.shown(global.verbose);
                    let findings = findings.map(|findings| findings.render(false));
                    told.text.push_str(&format!("{good}\n"));
                    told.text.push_str(&findings.unwrap_or_default());
                    told.manifests.push(Validated {
                        file: first.source.path.clone(),
                        resources: Some(first.wanted.len()),
                        found: in_a_good_one(first),
                    });
                }
                Err(problems) => {
                    code = FAILED;
                    told.broken(&problems);
                    told.text.push_str(&problems.render(false));
                    let wrong = problems.to_json();
                    told.wrong
                        .extend(wrong.as_array().cloned().unwrap_or_default());
                    if self.output == Form::Text {
                        screen.error(&problems.into());
                    }
                }
            }
        }
        let at = journal::now();
        if self.output != Form::Text {
            screen.data(&told.in_form(self.output, &at))?;
        }
        reports::write(&self.report, |form| told.in_form(form, &at), screen)?;
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
