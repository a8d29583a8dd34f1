//! The forms of a report: one on the standard output, others in files.

use super::screen::{Screen, error_text};
use crate::files;
use crate::render::{self, Style};
use crate::report::Report;
use crate::secrets;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// For programs, versioned; `s3setup report` reads it
    Json,
    /// For a pull request or a job summary, below 65,536 characters
    Markdown,
    /// JUnit's XML, for the test view of a CI server
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// For the textfile collector of Prometheus' node_exporter
    Prometheus,
    /// A page to look at, in one file
    Html,
}

/// Where the report goes.
#[derive(Args, Clone, Debug)]
pub(super) struct Reports {
    /// Form of the report on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: Form,
    /// Write the report to a file, too, such as html=drift.html; any number of them
    #[arg(long, value_name = "FORM=FILE", value_parser = form_and_file::<Form>)]
    report: Vec<(Form, PathBuf)>,
}

/// Reads `FORM=FILE`, of the forms that a command has.
pub(super) fn form_and_file<F: ValueEnum>(text: &str) -> Result<(F, PathBuf), String> {
    let forms = || {
        let forms = F::value_variants().iter();
        let names = forms.filter_map(|form| Some(form.to_possible_value()?.get_name().to_owned()));
        names.collect::<Vec<_>>().join(", ")
    };
    let Some((form, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        return Err("write it as FORM=FILE, such as html=drift.html".to_owned());
    };
    let known = F::from_str(form, false);
    let form = known.map_err(|_| format!("{form:?} is no form of a report: {}", forms()))?;
    Ok((form, file.into()))
}

/// A report, and how the command itself tells it to people.
pub(super) struct Told<'a> {
    pub report: &'a Report,
    pub text: &'a dyn Fn(&Style) -> String,
    pub markdown: &'a dyn Fn() -> String,
}

impl Told<'_> {
    /// In this form.
    pub fn in_form(&self, form: Form, style: &Style) -> String {
        match form {
            Form::Text => (self.text)(style),
            Form::Json => render::report_json(self.report),
            Form::Markdown => (self.markdown)(),
            Form::Junit => render::report_junit(self.report),
            Form::Sarif => render::report_sarif(self.report),
            Form::Prometheus => render::report_prometheus(self.report),
            Form::Html => render::report_html(self.report),
        }
    }
}

impl Reports {
    /// Refuses what can be known to be wrong before anybody is asked anything.
    ///
    /// # Errors
    /// One file is named twice, or is to be in a folder that is not there.
    pub fn check(&self) -> Result<()> {
        check(&self.report)
    }

    /// Writes each file, whole or not at all. One that cannot be written hides no other.
    ///
    /// # Errors
    /// One cannot be written; what is wrong with the others was shown.
    pub fn write(&self, told: &Told<'_>, screen: &Screen, verbose: bool) -> Result<()> {
        let style = Style {
            verbose,
            ..Style::default()
        };
        write(&self.report, |form| told.in_form(form, &style), screen)
    }
}

/// Refuses files for reports that can be known to be no good.
///
/// # Errors
/// As [`Reports::check`].
pub(super) fn check<F>(reports: &[(F, PathBuf)]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (_, file) in reports {
        let shown = file.display();
        if !seen.insert(file) {
            bail!("--report names {shown} twice: a file holds one report");
        }
        let folder = file.parent();
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let folder = folder.display();
            bail!("--report {shown}: there is no folder {folder}");
        }
        if file.is_dir() {
            bail!("--report {shown}: it is a folder");
        }
    }
    Ok(())
}

/// Writes each file, whole or not at all. One that cannot be written hides no other.
///
/// # Errors
/// As [`Reports::write`].
pub(super) fn write<F: Copy>(
    reports: &[(F, PathBuf)],
    in_form: impl Fn(F) -> String,
    screen: &Screen,
) -> Result<()> {
    let mut failed = None;
    for (form, file) in reports {
        if let Err(error) = keep(file, &in_form(*form))
            && let Some(earlier) = failed.replace(error)
        {
            screen.say(&error_text(&earlier));
        }
    }
    failed.map_or(Ok(()), Err)
}

fn keep(file: &Path, text: &str) -> Result<()> {
    let mut text = secrets::hide(text).into_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    files::write_new(file, &text, true)
        .with_context(|| format!("cannot write the report {}", file.display()))
}
