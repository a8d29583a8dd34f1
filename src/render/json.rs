//! JSON for programs.

use super::text::deceives;
use serde::Serialize;

pub(super) use crate::report::FORMAT_VERSION;

/// A report as JSON text, in which no letter deceives a terminal.
pub fn document(report: &impl Serialize) -> String {
    // Nothing in a report can fail to be JSON: its keys are texts and its numbers are finite.
    let mut text = visible(&serde_json::to_string_pretty(report).unwrap_or_default());
    text.push('\n');
    text
}

/// The same JSON with the characters written as escapes that JSON would allow as they are, but that
/// a terminal would obey.
fn visible(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && deceives(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(letter);
        }
    }
    text
}
