//! What `validate` found, in the forms that CI servers and people read: a case a manifest.

use super::super::escape::span;
use super::super::lint::Found;
use super::super::text::{clean, count};
use super::junit::{self, Case, Wrong};
use crate::policy::lint::Severity;

/// GitHub takes 65,536 characters; counted in bytes, with room for the last line.
const LIMIT: usize = 64_000;

/// One manifest that was looked at.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The file, as it was named.
    pub file: String,
    /// How many resources it has; `None` if it cannot be used.
    pub resources: Option<usize>,
    /// What is wrong with it, or worth knowing of it.
    pub found: Vec<Found>,
}

impl Validated {
    /// Whether it can be used.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.resources.is_some()
    }
}

/// `2 manifests are good, 1 cannot be used`.
pub(super) fn verdict(all: &[Validated]) -> String {
    let good = all.iter().filter(|one| one.is_good()).count();
    let verb = if good == 1 { "is" } else { "are" };
    match all.len() - good {
        0 => format!("{} {verb} good", count(good, "manifest")),
        bad => format!(
            "{} {verb} good, {bad} cannot be used",
            count(good, "manifest")
        ),
    }
}

/// How bad a finding is, in a word; what is meant to be so is no more than a note.
pub(super) fn severity(found: &Found) -> &'static str {
    match (found.finding.severity, &found.accepted) {
        (_, Some(_)) => "accepted",
        (Severity::Error, _) => "error",
        (Severity::Warning, _) => "warning",
        (Severity::Note, _) => "note",
    }
}

/// `FILE:3:5`.
pub(super) fn place(found: &Found) -> String {
    format!("{}:{}:{}", clean(&found.file), found.line, found.column)
}

/// What it says, with its fix.
fn sentence(found: &Found) -> String {
    let finding = &found.finding;
    let path = match finding.path.as_str() {
        "" => String::new(),
        path => format!("{path}: "),
    };
    let fix = match finding.fix.as_str() {
        "" => String::new(),
        fix => format!(" (fix: {fix})"),
    };
    format!("{path}{}{fix}", finding.message)
}

/// As JUnit's XML: a broken manifest is a failure, which says all that is wrong with it.
#[must_use]
pub fn validated_junit(all: &[Validated], at: &str) -> String {
    let case = |one: &Validated| Case {
        class: "manifests".to_owned(),
        name: one.file.clone(),
        wrong: (!one.is_good()).then(|| {
            let lines = one.found.iter();
            let lines = lines.map(|found| format!("{}: {}", place(found), sentence(found)));
            Wrong {
                element: "failure",
                kind: "broken-manifest",
                message: "it cannot be used".to_owned(),
                text: lines.collect::<Vec<_>>().join("\n"),
            }
        }),
    };
    let suite = ("manifests".to_owned(), all.iter().map(case).collect());
    junit::document(
        &[suite],
        "validate",
        Some(at),
        0.0,
        env!("CARGO_PKG_VERSION"),
    )
}

/// As Markdown; shorter than 65,536 bytes and so characters, whatever there is to tell.
#[must_use]
pub fn validated_markdown(all: &[Validated]) -> String {
    let mut text = format!("## {}\n", verdict(all));
    let mut rows = Vec::new();
    for one in all {
        let said = match one.resources {
            Some(number) => format!("good, {}", count(number, "resource")),
            None => "**cannot be used**".to_owned(),
        };
        rows.push(format!("| {} | | {said} |\n", span(&one.file)));
        let told = one.found.iter().filter(|found| found.accepted.is_none());
        rows.extend(told.map(|found| {
            let (place, says) = (span(&place(found)), span(&sentence(found)));
            format!("| {place} | {} | {says} |\n", severity(found))
        }));
    }
    if !rows.is_empty() {
        text.push_str("\n| manifest | | |\n|---|---|---|\n");
    }
    for (at, row) in rows.iter().enumerate() {
        if text.len() + row.len() > LIMIT {
            let left = count(rows.len() - at, "more line");
            text.push_str(&format!("\n_Cut to fit GitHub: {left}._\n"));
            break;
        }
        text.push_str(row);
    }
    text
}
