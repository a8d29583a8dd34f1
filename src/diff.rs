//! Two canonical values → the list of changes between them. Knows no kind of resource.
//!
//! Every array of a canonical value is a set (a multiset where its elements are objects), so order
//! is never a difference. Objects in a set are paired by their `Sid`, then by how much they share,
//! so that a changed statement of a policy is shown as that change and not as one removed and one
//! added.

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

/// Above this many pairs the statements of two sets are no longer compared with one another to
/// find the most similar ones; no policy that AWS accepts comes near it.
const MOST_PAIRS: usize = 40_000;

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
    let (mut removed, mut added) = without_equals(old, new);
    let mut pairs = pair_by_sid(&mut removed, &mut added);
    pairs.extend(pair_by_likeness(&mut removed, &mut added));
    pairs.sort_by_key(|((_, _), (at, _))| *at);
    for ((_, before), (at, after)) in pairs {
        walk(&label(path, after, at), before, after, found);
    }
    for (at, before) in removed {
        found.push(change(label(path, before, at), Some(before), None));
    }
    for (at, after) in added {
        found.push(change(label(path, after, at), None, Some(after)));
    }
}

type Placed<'a> = (usize, &'a Value);
type Pair<'a> = (Placed<'a>, Placed<'a>);

fn without_equals<'a>(old: &'a [Value], new: &'a [Value]) -> (Vec<Placed<'a>>, Vec<Placed<'a>>) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for value in new {
        *count.entry(canonical(value)).or_default() += 1;
    }
    let mut take = |value: &Value| match count.get_mut(&canonical(value)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let removed = old
        .iter()
        .enumerate()
        .filter(|(_, value)| take(value))
        .collect();
    let added = new
        .iter()
        .enumerate()
        .filter(|(_, value)| match count.get_mut(&canonical(value)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
        .collect();
    (removed, added)
}

fn pair_by_sid<'a>(removed: &mut Vec<Placed<'a>>, added: &mut Vec<Placed<'a>>) -> Vec<Pair<'a>> {
    let mut by_sid: BTreeMap<&str, Placed<'a>> = BTreeMap::new();
    for placed in removed.iter() {
        if let Some(sid) = sid(placed.1) {
            by_sid.entry(sid).or_insert(*placed);
        }
    }
    let mut pairs = Vec::new();
    added.retain(
        |placed| match sid(placed.1).and_then(|sid| by_sid.remove(sid)) {
            Some(old) => {
                pairs.push((old, *placed));
                false
            }
            None => true,
        },
    );
    let paired: BTreeSet<usize> = pairs.iter().map(|((at, _), _)| *at).collect();
    removed.retain(|(at, _)| !paired.contains(at));
    pairs
}

fn pair_by_likeness<'a>(
    removed: &mut Vec<Placed<'a>>,
    added: &mut Vec<Placed<'a>>,
) -> Vec<Pair<'a>> {
    if removed.len() * added.len() > MOST_PAIRS {
        return Vec::new();
    }
    let mut likeness: Vec<(usize, Placed<'a>, Placed<'a>)> = Vec::new();
    for old in removed.iter() {
        let leaves = leaves(old.1);
        for new in added.iter() {
            let shared = leaves.intersection(&self::leaves(new.1)).count();
            // Less than half in common is another statement, not a changed one; so is one of
            // another name, and one that denies what the other allows.
            let named = sid(old.1).is_some() && sid(new.1).is_some();
            let opposed = old.1.get("Effect") != new.1.get("Effect");
            if shared * 2 >= leaves.len() && shared > 1 && !named && !opposed {
                likeness.push((shared, *old, *new));
            }
        }
    }
    likeness.sort_by_key(|(shared, old, new)| (usize::MAX - shared, old.0, new.0));
    let (mut used_old, mut used_new) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, old, new) in likeness {
        if !used_old.contains(&old.0) && !used_new.contains(&new.0) {
            used_old.insert(old.0);
            used_new.insert(new.0);
            pairs.push((old, new));
        }
    }
    removed.retain(|(at, _)| !used_old.contains(at));
    added.retain(|(at, _)| !used_new.contains(at));
    pairs
}

/// Every leaf with the path to it: what two statements can have in common.
fn leaves(value: &Value) -> BTreeSet<String> {
    fn collect(path: &str, value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| collect(&join(path, key), value, into)),
            Value::Array(items) => items.iter().for_each(|item| collect(path, item, into)),
            leaf => {
                into.insert(format!("{path}={leaf}"));
            }
        }
    }
    let mut into = BTreeSet::new();
    collect("", value, &mut into);
    into
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

fn label(path: &str, item: &Value, at: usize) -> String {
    match sid(item) {
        Some(sid) => format!("{path}[{sid:?}]"),
        None => format!("{path}[{at}]"),
    }
}

/// Names with other characters than a plain name's are quoted, so that a path has one reading.
fn join(path: &str, key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '/');
    match (path.is_empty(), !key.is_empty() && key.chars().all(plain)) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key:?}]"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        changes(Some(before), Some(after))
            .into_iter()
            .map(|change| change.path)
            .collect()
    }

    #[test]
    fn equal_values_have_no_changes_whatever_the_order_of_their_sets() {
        let one = json!({"members": ["a", "b"], "s": [{"x": ["1", "2"]}, {"x": ["3"]}], "n": null});
        let two = json!({"s": [{"x": ["3"]}, {"x": ["2", "1"]}], "members": ["b", "a"]});
        assert_eq!(paths(&one, &two), Vec::<String>::new());
    }

    #[test]
    fn sets_of_objects_are_multisets() {
        let (a, b) = (json!({"x": "a"}), json!({"x": "b"}));
        assert_eq!(
            paths(&json!({"s": [a, a, b]}), &json!({"s": [a, b, b]})),
            ["s[1]", "s[1]"],
            "the second a goes, the first b comes"
        );
    }

    #[test]
    fn a_changed_statement_is_a_change_within_it() {
        let before = json!({"Statement": [
            {"Sid": "Other", "Effect": "Allow", "Action": ["s3:ListBucket"]},
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}]});
        let after = json!({"Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
             "Resource": ["arn:aws:s3:::b/*"]},
            {"Sid": "Other", "Effect": "Deny", "Action": ["s3:ListBucket"]}]});
        assert_eq!(
            changes(Some(&before), Some(&after)),
            [
                Change {
                    path: "Statement[0].Action".into(),
                    before: Some(json!(["s3:GetObject"])),
                    after: Some(json!(["s3:GetObject", "s3:PutObject"])),
                },
                Change {
                    path: "Statement[\"Other\"].Effect".into(),
                    before: Some(json!("Allow")),
                    after: Some(json!("Deny")),
                },
            ]
        );
    }

    #[test]
    fn unlike_statements_are_one_removed_and_one_added() {
        let before =
            json!({"s": [{"Action": ["s3:GetObject"], "Resource": ["a"], "Effect": "Allow"}]});
        let after =
            json!({"s": [{"Action": ["s3:PutObject"], "Resource": ["b"], "Effect": "Allow"}]});
        let found = changes(Some(&before), Some(&after));
        assert_eq!(found.len(), 2);
        assert!(found[0].after.is_none() && found[1].before.is_none());
    }

    #[test]
    fn statements_that_are_opposed_or_have_two_names_are_not_one_that_changed() {
        let statement = |sid: &str, effect: &str| {
            json!({"Sid": sid, "Effect": effect,
            "Action": ["s3:GetObject"], "Resource": ["a"], "Principal": {"AWS": ["*"]}})
        };
        for (old, new) in [
            (statement("Evil", "Allow"), statement("OnlyTls", "Allow")),
            (
                json!({"Effect": "Allow", "Action": ["a"], "Resource": ["b"]}),
                json!({"Effect": "Deny", "Action": ["a"], "Resource": ["b"]}),
            ),
        ] {
            let found = changes(Some(&json!({"s": [old]})), Some(&json!({"s": [new]})));
            assert_eq!(found.len(), 2, "{found:?}");
            assert!(found[0].after.is_none() && found[1].before.is_none());
        }
    }

    #[test]
    fn a_new_resource_is_its_fields_and_null_is_not_one() {
        let found = changes(
            None,
            Some(&json!({"region": "eu-west-1", "tags": {"a": "b"}, "x": null})),
        );
        let paths: Vec<_> = found.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["region", "tags"]);
    }

    #[test]
    fn names_with_dots_are_quoted_in_paths() {
        let before = json!({"tags": {"a.b": "1", "plain-key": "1"}});
        let after = json!({"tags": {"a.b": "2", "plain-key": "2"}});
        assert_eq!(paths(&before, &after), ["tags[\"a.b\"]", "tags.plain-key"]);
    }
}
