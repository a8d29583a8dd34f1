//! A statement that comes, goes or changes, for programs: the same in a plan and between two files.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What can happen to a statement, in the words of the report.
pub(super) const KINDS: [&str; 3] = ["added", "changed", "removed"];

/// What happened to a statement.
pub(super) fn kind(pair: (Option<&Value>, Option<&Value>)) -> &'static str {
    match pair {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

/// A statement before and after; `null` is "not there".
#[derive(Serialize)]
pub(super) struct StatementChange<'a> {
    change: &'static str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    /// Of a statement that changes, each element that does.
    elements: Vec<ElementChange>,
}

/// What comes into an element of a statement, and what goes from it.
#[derive(Serialize)]
struct ElementChange {
    element: String,
    added: Vec<String>,
    removed: Vec<String>,
}

/// What to tell of a statement before and after.
pub(super) fn statement<'a>(pair: (Option<&'a Value>, Option<&'a Value>)) -> StatementChange<'a> {
    let (before, after) = pair;
    let elements = match (before, after) {
        (Some(before), Some(after)) => elements(&sets(before), &sets(after)),
        _ => Vec::new(),
    };
    StatementChange {
        change: kind(pair),
        before,
        after,
        elements,
    }
}

/// Element → its values. A principal's kind and a condition's operator and key are part of the name.
type Sets = BTreeMap<String, BTreeSet<String>>;

fn elements(before: &Sets, after: &Sets) -> Vec<ElementChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let only = |name: &str, one: &Sets, other: &Sets| -> Vec<String> {
        let other = other.get(name);
        let values = one.get(name).into_iter().flatten();
        let is_new = |value: &&String| other.is_none_or(|other| !other.contains(*value));
        values.filter(is_new).cloned().collect()
    };
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| ElementChange {
            element: name.clone(),
            added: only(name, after, before),
            removed: only(name, before, after),
        })
        .collect()
}

fn sets(statement: &Value) -> Sets {
    fn collect(name: &str, value: &Value, into: &mut Sets) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    collect(&format!("{name}.{key}"), value, into);
                }
            }
            Value::Array(items) => {
                let texts = items.iter().filter_map(Value::as_str).map(str::to_owned);
                into.entry(name.to_owned()).or_default().extend(texts);
            }
            single => {
                let text = single.as_str().map(str::to_owned);
                into.entry(name.to_owned()).or_default().extend(text);
            }
        }
    }
    let mut into = Sets::new();
    for (element, value) in statement.as_object().into_iter().flatten() {
        collect(element, value, &mut into);
    }
    into
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_statement_is_told_by_its_elements() {
        let before = json!({"Sid": "S", "Effect": "Allow", "Action": ["a", "b"],
            "Principal": {"AWS": ["*"]}, "Condition": {"StringEquals": {"k": ["1", "2"]}}});
        let after = json!({"Sid": "S", "Effect": "Deny", "Action": ["b", "c"],
            "Principal": {"Service": ["x"]},
            "Condition": {"StringEquals": {"k": ["1"]}, "Null": {"k": []}}});
        let told = serde_json::to_value(statement((Some(&before), Some(&after)))).unwrap();
        assert_eq!(told["change"], "changed");
        assert_eq!(told["before"], before);
        assert_eq!(told["after"], after);
        assert_eq!(
            told["elements"],
            json!([
                {"element": "Action", "added": ["c"], "removed": ["a"]},
                {"element": "Condition.Null.k", "added": [], "removed": []},
                {"element": "Condition.StringEquals.k", "added": [], "removed": ["2"]},
                {"element": "Effect", "added": ["Deny"], "removed": ["Allow"]},
                {"element": "Principal.AWS", "added": [], "removed": ["*"]},
                {"element": "Principal.Service", "added": ["x"], "removed": []},
            ])
        );
    }

    #[test]
    fn a_statement_that_comes_or_goes_is_told_whole() {
        let one = json!({"Effect": "Allow"});
        for (pair, change) in [
            ((None, Some(&one)), "added"),
            ((Some(&one), None), "removed"),
        ] {
            let told = serde_json::to_value(statement(pair)).unwrap();
            assert_eq!(told["change"], change);
            assert_eq!(told["elements"], json!([]));
        }
    }
}
