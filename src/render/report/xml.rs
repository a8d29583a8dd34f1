//! Texts within XML and HTML: nothing in them is a tag, an entity, or a letter that is not allowed there.

use super::super::text::clean;

/// A text of one line: what could deceive a reader is made visible, and with it all that XML 1.0 forbids.
pub(super) fn escaped(text: &str) -> String {
    letters(&clean(text))
}

/// The same with its line breaks.
pub(super) fn lines(text: &str) -> String {
    let cleaned: Vec<String> = text.lines().map(escaped).collect();
    cleaned.join("\n")
}

fn letters(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No characters of Unicode, and none of XML.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}
