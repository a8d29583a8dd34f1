//! Reading a document: any text is one or is none, and what was read is read back.

use super::policy::{Document, Fault};

/// Longer than any message for people.
const LONGEST_MESSAGE: usize = 2_000;

/// The input is the text of a document.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let strict = Document::parse(text);
    let lenient = Document::parse_leniently(text);
    if let Ok(document) = &strict {
        assert_eq!(lenient.as_ref(), Ok(document), "read in two ways");
        is_read_back(document);
    }
    match &lenient {
        Ok(document) => is_read_back(document),
        Err(fault) => is_short(fault),
    }
    if let Err(fault) = &strict {
        is_short(fault);
    }
}

fn is_read_back(document: &Document) {
    let sent = document.to_json();
    assert_eq!(Document::parse(&sent).as_ref(), Ok(document), "{sent}");
    let saved = serde_json::to_string(document).expect("a document is JSON");
    let read: Document = serde_json::from_str(&saved).expect("what was saved is read");
    assert_eq!(&read, document, "{saved}");
    for statement in &document.statement {
        assert_eq!(&statement.clone().canonical(), statement, "canonical once");
    }
    assert!(document.statement.is_sorted(), "statements have one order");
}

fn is_short(fault: &Fault) {
    let message = fault.to_string();
    assert!(message.len() < LONGEST_MESSAGE, "{message}");
}
