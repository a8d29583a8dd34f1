//! What is wrong with a text that should be a policy, and where.

use std::fmt;

/// How many characters of what was written a message or a path repeats.
const LONGEST: usize = 120;

/// Why a text is not a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `Statement[0].Principal.AWS`; empty for the document as a whole.
    pub path: String,
    /// What, as a sentence that says what to write instead where that is known.
    pub message: String,
}

impl Fault {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for Fault {}

/// The path of member `key` of the object at `path`. Keys that would blur the path are quoted.
pub(super) fn member(path: &str, key: &str) -> String {
    let plain = !key.is_empty()
        && key.len() <= LONGEST
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || ":_-/".contains(letter));
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{:?}]", shortened(key)),
    }
}

/// The path of element `index` of the list at `path`.
pub(super) fn element(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// A value for a message: hostile text must not make the message as long as itself.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_json() {
        let statement = element(&member("", "Statement"), 0);
        assert_eq!(statement, "Statement[0]");
        assert_eq!(member(&statement, "Sid"), "Statement[0].Sid");
        assert_eq!(member("Condition", "a b"), "Condition[\"a b\"]");
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let cut = shortened(&"ü".repeat(500));
        assert_eq!(cut.chars().count(), 121);
        assert_eq!(shortened("short"), "short");
    }
}
