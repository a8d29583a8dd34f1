//! Journals: one is read or refused, a line that was cut short changes nothing, and a list of them is
//! shown without harm.

use super::is_harmless;
use super::journals::{self, Fate, Journal};
use super::render::{self, Style};
use std::path::Path;

/// The input is the bytes of a file.
pub fn holds(data: &[u8]) {
    let read = |bytes: &[u8]| journals::parse(Path::new("20261130T033535.1Z-apply-a.jsonl"), bytes);
    let journal = match read(data) {
        Ok(journal) => journal,
        Err(error) => return assert!(!format!("{error:#}").is_empty()),
    };
    let begun = |journal: &Journal| {
        let touched = journal
            .steps
            .iter()
            .filter(|past| past.fate != Fate::Untouched);
        touched.count()
    };
    assert!(begun(&journal) <= journal.steps.len());
    assert_eq!(journal.has_something(), begun(&journal) > 0);
    // Only what ends in a line break was written.
    let end = data
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let cut = [&data[..end], b"{\"event\":\"don"].concat();
    let again = read(&cut).expect("what was written is the same");
    assert_eq!(
        (&again.steps, again.ending),
        (&journal.steps, journal.ending)
    );
    let all = [journal];
    is_harmless(&render::journals_text(&all, &Style::default()));
    is_harmless(&render::journals_json(&all));
}
