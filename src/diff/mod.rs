//! Two canonical values → the list of changes between them. Knows no kind of resource.
//!
//! Every array of a canonical value is a set (a multiset where its elements are objects), so order
//! is never a difference. Objects in a set are paired where only their `Sid` differs, then by their
//! `Sid`, then by how much they share, so that a changed statement of a policy is shown as that
//! change and not as one removed and one added.

mod pair;
#[cfg(test)]
mod tests;

pub use pair::pairs;

use pair::{Paired, Placed, paired};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// One difference: `before` is what there is, `after` what is wanted; `None` is "not there".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Where, in the field names of the resource: `trust_policy.Statement["GitHub"].Action`.
    pub path: String,
    /// The value that there is.
    pub before: Option<Value>,
    /// The value that is wanted.
    pub after: Option<Value>,
}

/// The changes that lead from `before` to `after`; empty exactly when they are equal.
///
/// `None` stands for a resource that does not exist: every field of the other one is then a change.
#[must_use]
pub fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let nothing = Value::Object(Map::new());
    let mut found = Vec::new();
    walk(
        "",
        before.unwrap_or(&nothing),
        after.unwrap_or(&nothing),
        &mut found,
    );
    found
}

fn walk(path: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let (old, new) = (present(old.get(key)), present(new.get(key)));
                let path = join(path, key);
                match (old, new) {
                    (Some(old), Some(new)) => walk(&path, old, new, found),
                    (None, None) => {}
                    _ => found.push(change(path, old, new)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if holds_objects(old) || holds_objects(new) => {
            walk_set(path, old, new, found);
        }
        _ => {
            if canonical(before) != canonical(after) {
                found.push(change(path.to_owned(), Some(before), Some(after)));
            }
        }
    }
}

/// A set of objects: equal ones are left out, the rest is paired.
fn walk_set(path: &str, old: &[Value], new: &[Value], found: &mut Vec<Change>) {
    let (old_names, new_names) = (names(old), names(new));
    let Paired {
        pairs,
        removed,
        added,
    } = paired(old, new);
    for ((_, before), placed) in pairs {
        walk(&label(path, placed, &new_names), before, placed.1, found);
    }
    for placed in removed {
        let path = label(path, placed, &old_names);
        found.push(change(path, Some(placed.1), None));
    }
    for placed in added {
        let path = label(path, placed, &new_names);
        found.push(change(path, None, Some(placed.1)));
    }
}

fn change(path: String, before: Option<&Value>, after: Option<&Value>) -> Change {
    Change {
        path,
        before: before.cloned(),
        after: after.cloned(),
    }
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn holds_objects(items: &[Value]) -> bool {
    items.iter().any(Value::is_object)
}

fn sid(value: &Value) -> Option<&str> {
    value.get("Sid").and_then(Value::as_str)
}

/// How often each name is there: one that is there twice does not tell which is meant.
fn names(items: &[Value]) -> BTreeMap<&str, usize> {
    let mut names = BTreeMap::new();
    for sid in items.iter().filter_map(sid) {
        *names.entry(sid).or_default() += 1;
    }
    names
}

fn label(path: &str, (at, item): Placed<'_>, names: &BTreeMap<&str, usize>) -> String {
    match sid(item).filter(|sid| names.get(sid) == Some(&1)) {
        Some(sid) => format!("{path}[{sid:?}]"),
        None => format!("{path}[{at}]"),
    }
}

/// The path of `key` in what is at `path`. Names with other characters than a plain name's are quoted,
/// so that a path has one reading.
#[must_use]
pub fn join(path: &str, key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '/');
    match (path.is_empty(), !key.is_empty() && key.chars().all(plain)) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key:?}]"),
    }
}

/// The field that a path begins with.
#[must_use]
pub fn front(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// One text for all orders of the sets within.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(canonical).collect();
            items.sort();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let fields: BTreeMap<&String, String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, canonical(value)))
                .collect();
            format!("{fields:?}")
        }
        leaf => leaf.to_string(),
    }
}
