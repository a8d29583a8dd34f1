//! Who has changed a resource, in sentences that every form of a report shares.

use super::escape::span;
use super::report::when;
use super::step;
use super::text::{clean, shortened};
use crate::plan::{Changed, History};
use crate::resource::Address;
use std::collections::BTreeSet;

/// How much of one text is told.
const LONGEST: usize = 200;

/// What is on record of a resource, a line each; nothing where the records could not be read.
pub(super) fn lines(history: &History) -> Vec<String> {
    match (&history.unreadable, &history.changes[..]) {
        (Some(_), _) => Vec::new(),
        (None, []) => vec![nothing(history)],
        (None, changes) => changes.iter().map(line).collect(),
    }
}

fn line(change: &Changed) -> String {
    let mut text = format!(
        "changed {} by {}",
        when(&change.at),
        shown(&change.who).trim()
    );
    if let Some(through) = through(change) {
        text.push_str(&format!(" through {}", shown(through)));
    }
    text.push_str(&format!(" ({}", shown(&change.event)));
    if let Some(from) = &change.from {
        text.push_str(&format!(" from {}", shown(from)));
    }
    text + ")"
}

/// The service in between, unless it is the one who did it.
fn through(change: &Changed) -> Option<&String> {
    let through = change.through.as_ref();
    through.filter(|through| **through != change.who)
}

fn nothing(history: &History) -> String {
    match &history.since {
        None => "no change of it is on record".to_owned(),
        Some(since) => format!(
            "no change of it is on record since {}; older records were not read",
            when(since)
        ),
    }
}

fn shown(text: &str) -> String {
    shortened(&clean(text), LONGEST)
}

/// Why records could not be read, each reason once.
pub(super) fn gaps<'a>(all: impl Iterator<Item = &'a History>) -> BTreeSet<String> {
    let gaps = all.filter_map(|history| history.unreadable.as_ref());
    gaps.map(|gap| {
        let gap = step::gap(gap);
        let why = gap.strip_prefix("all of it").unwrap_or(&gap);
        format!("Who has changed it could not all be told{why}")
    })
    .collect()
}

/// A table of the changes for Markdown, its rows apart from its head, and the reasons for what is not in
/// it, each a paragraph.
pub(super) fn table<'a>(
    all: impl Iterator<Item = (&'a Address, &'a History)> + Clone,
) -> Option<(&'static str, Vec<String>, Vec<String>)> {
    let mut rows = Vec::new();
    for (address, history) in all.clone() {
        let address = span(address.as_str());
        for change in &history.changes {
            let through = through(change).map(|through| format!(" through {}", span(through)));
            rows.push(format!(
                "| {address} | {} | {}{} | {} | {} |\n",
                span(&when(&change.at)),
                span(&change.who),
                through.unwrap_or_default(),
                span(&change.event),
                change.from.as_deref().map_or(String::new(), span)
            ));
        }
        if history.changes.is_empty() && history.unreadable.is_none() {
            rows.push(format!(
                "| {address} | | {} | | |\n",
                span(&nothing(history))
            ));
        }
    }
    let gaps = gaps(all.map(|(_, history)| history));
    let gaps: Vec<String> = gaps.iter().map(|gap| span(gap)).collect();
    let head = "\n| resource | changed | by | event | from |\n|---|---|---|---|---|\n";
    (!rows.is_empty() || !gaps.is_empty()).then_some((head, rows, gaps))
}
