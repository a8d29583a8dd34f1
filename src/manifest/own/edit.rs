//! Pieces of the text replaced by others.

use super::place::Settled;
use crate::yaml::{Node, Source, Span};
use std::collections::BTreeMap;

/// What comes in place of a piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub span: Span,
    pub text: String,
}

/// The text with the edits made. Of two for one place (an alias stands for its anchor's text) the
/// first is made.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { span, text: new } in edits {
        if span.start < at {
            continue;
        }
        written.push_str(text.get(at..span.start).unwrap_or_default());
        written.push_str(&new);
        at = span.end;
    }
    written.push_str(text.get(at..).unwrap_or_default());
    written
}

/// The section `inputs` without those that are settled, and without its own if none is left.
pub(super) fn inputs(
    source: &Source,
    root: &Node,
    settled: &BTreeMap<String, Settled>,
) -> Option<Edit> {
    let (key, section) = root
        .entries()?
        .iter()
        .find(|(key, _)| key.text == "inputs")?;
    let open: Vec<String> = section
        .entries()?
        .iter()
        .filter(|(name, _)| !settled.contains_key(&name.text))
        .map(|(name, input)| {
            let entry = Span::new(name.span.start, input.span.end);
            format!("  {}\n", source.slice(entry))
        })
        .collect();
    if open.len() == section.entries()?.len() {
        return None;
    }
    // To the end of its last line, and over the blank lines behind it.
    let behind = source.text.get(section.span.end..)?;
    let rest_of_line = behind.find('\n').map_or(behind.len(), |at| at + 1);
    let blank = behind.get(rest_of_line..)?;
    let next = blank.trim_start_matches(['\n', '\r']);
    let end = section.span.end + rest_of_line + blank.len() - next.len();
    let text = match open.is_empty() {
        true => String::new(),
        false => format!("inputs:\n{}\n", open.concat()),
    };
    Some(Edit {
        span: Span::new(key.span.start, end),
        text,
    })
}
