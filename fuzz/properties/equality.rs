//! Equality: the same in other words, and never the same when it allows something else.

use super::diff;
use super::policy::{Document, Effect, Statement};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use variants::{reworded, widened};

#[path = "../../src/policy/laws/variants.rs"]
mod variants;

/// The input is one document or two, parted by a line of `---`.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (one, other) = text.split_once("\n---\n").unwrap_or((text, text));
    let (Ok(one), Ok(other)) = (Document::parse(one), Document::parse(other)) else {
        return;
    };
    is_told_apart(&one);
    differ_where_they_are_not_equal(&one, &other);
    differ_where_they_are_not_equal(&other, &one);
}

fn is_told_apart(document: &Document) {
    let value = serde_json::to_value(document).expect("a document is JSON");
    let words = reworded(&value);
    assert_eq!(Document::parse(&words).as_ref(), Ok(document), "{words}");
    let encoded = utf8_percent_encode(&words, NON_ALPHANUMERIC).to_string();
    assert_eq!(
        Document::parse(&encoded).as_ref(),
        Ok(document),
        "{encoded}"
    );
    for (what, wider) in widened(document) {
        assert_ne!(&wider, document, "{what}");
    }
    if let Some(first) = document.statement.first() {
        let mut more = document.clone();
        more.statement.insert(0, first.clone());
        assert_ne!(&more, document, "a statement twice");
    }
}

/// There are changes exactly when the two are not equal, and every statement is in one pair at most.
fn differ_where_they_are_not_equal(before: &Document, after: &Document) {
    let value = |document| serde_json::to_value(document).expect("a document is JSON");
    let (old, new) = (value(before), value(after));
    let changes = diff::changes(Some(&old), Some(&new));
    assert_eq!(changes.is_empty(), before == after, "{changes:?}");
    let statements = |value: &serde_json::Value| value["Statement"].as_array().cloned();
    let (old, new) = (
        statements(&old).unwrap_or_default(),
        statements(&new).unwrap_or_default(),
    );
    let pairs = diff::pairs(&old, &new);
    assert_eq!(pairs.is_empty(), before.statement == after.statement);
    let (came, went) = pairs.iter().fold((0, 0), |(came, went), pair| match pair {
        (None, _) => (came + 1, went),
        (_, None) => (came, went + 1),
        (Some(before), Some(after)) => {
            assert_ne!(before, after, "a pair is a change");
            (came, went)
        }
    });
    assert_eq!(old.len() + came, new.len() + went, "none is lost");
}
