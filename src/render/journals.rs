//! The runs that have a journal.

use super::Style;
use super::json::{FORMAT_VERSION, document};
use super::row::Mark;
use super::screen::Dialect;
use super::text::{clean, count, listed, quoted};
use crate::journal::{Ending, Journal, Undone};
use serde::Serialize;

/// The list as text for people, in the order given.
#[must_use]
pub fn journals_text(journals: &[Journal], style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    if journals.is_empty() {
        screen.paragraph(Mark::Blank, "No run has left a journal here.");
        return screen.finish();
    }
    let undone = Undone::of(journals);
    for journal in journals {
        let header = &journal.header;
        let names: Vec<String> = header
            .origin
            .manifests()
            .iter()
            .map(|source| quoted(&source.name))
            .collect();
        let of = match journal.undoes() {
            Some(undo) => format!("of {}", clean(&undo.run)),
            None => listed(&names, 5),
        };
        screen.paragraph(Mark::Blank, &clean(&journal.run));
        screen.paragraph(
            Mark::Blank,
            &format!(
                "  {} {of} in {}: {}, {}",
                clean(&header.command),
                clean(&header.scope.in_short()),
                steps(journal),
                state(journal, undone.has(journal)),
            ),
        );
    }
    screen.finish()
}

fn steps(journal: &Journal) -> String {
    match (journal.begun, journal.done) {
        (begun, done) if begun == done => format!("{} done", count(done, "step")),
        (begun, done) => format!("{done} of {} done that were begun", count(begun, "step")),
    }
}

fn state(journal: &Journal, undone: bool) -> String {
    let ended = match journal.ending {
        Some(Ending::Finished) => "finished",
        Some(Ending::Failed) => "failed",
        Some(Ending::Interrupted) => "interrupted",
        None => "cut short, or going on",
    };
    let more = match (undone, journal.has_something()) {
        (true, _) => ", undone",
        (false, true) => "",
        (false, false) => ", nothing to undo",
    };
    format!("{ended}{more}")
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    journals: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    run: &'a str,
    began: &'a str,
    command: &'a str,
    account: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    manifests: Vec<&'a str>,
    undoes: Option<&'a str>,
    begun: usize,
    done: usize,
    ended: Option<Ending>,
    undone: bool,
}

/// The list as JSON.
///
/// # Guarantees
/// The keys, in this order: `format_version` (`"1.0"`), `journals` (`run`, `began`, `command`,
/// `account`, `project`: if something of Google's is in it, `manifests`: their names, `undoes`: the id of the run that it undid, or `null`, `begun`
/// and `done`: numbers of steps, `ended`: `finished`, `failed`, `interrupted`, or `null` if it was cut
/// short or goes on, `undone`).
#[must_use]
pub fn journals_json(journals: &[Journal]) -> String {
    let undone = Undone::of(journals);
    document(&Report {
        format_version: FORMAT_VERSION,
        journals: journals
            .iter()
            .map(|journal| Entry {
                run: &journal.run,
                began: &journal.header.began,
                command: &journal.header.command,
                account: &journal.header.scope.account,
                project: journal.header.scope.project.as_deref(),
                manifests: journal
                    .header
                    .origin
                    .manifests()
                    .iter()
                    .map(|source| source.name.as_str())
                    .collect(),
                undoes: journal.undoes().map(|undo| undo.run.as_str()),
                begun: journal.begun,
                done: journal.done,
                ended: journal.ending,
                undone: undone.has(journal),
            })
            .collect(),
    })
}
