//! Back to what was there before a run, in what the run changed and in nothing else: three values
//! meet (as it was before, as the run left it, as it is now), aspect by aspect.

use crate::resource::Resource;
use anyhow::{Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Fields whose entries have names and are whole each: two people who change two of them change two
/// things.
const BY_NAME: [&str; 6] = [
    "attribute_mapping",
    "bindings",
    "inline_policies",
    "labels",
    "lifecycle",
    "tags",
];

/// Tags that only AWS writes.
const OF_AWS: &str = "aws:";

/// What leads back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Restored {
    /// The whole resource as it should be now.
    pub(super) resource: Resource,
    /// What is neither as it was before nor as the run left it: somebody else has changed it.
    pub(super) changed_since: Vec<String>,
}

/// `now` with what the run changed (from `before` to `after`) as it was before. What somebody has
/// changed since stays, unless it is to be `overwritten`.
///
/// # Errors
/// The three are not of one kind.
pub(super) fn restore(
    before: &Resource,
    after: &Resource,
    now: &Resource,
    overwritten: bool,
) -> Result<Restored> {
    let (kind, before) = parts(before)?;
    let (other, after) = parts(after)?;
    let (third, live) = parts(now)?;
    if kind != other || kind != third {
        bail!("a {kind}, a {other} and a {third} have nothing to lead back to");
    }
    let mut merge = Merge {
        overwritten,
        changed_since: Vec::new(),
    };
    let fields = merge.entries(
        &before,
        &after,
        &live,
        "",
        |merge, path, three| match BY_NAME.contains(&path) {
            true => merge.by_name(path, three),
            false => merge.whole(path, three),
        },
    );
    let wrap = |inner, kind: &str| Value::Object(Map::from_iter([(kind.to_owned(), inner)]));
    let merged = kind.rsplit('/').fold(Value::Object(fields), wrap);
    let merged: Resource = serde_json::from_value(merged)?;
    Ok(Restored {
        resource: merged.with_unwritten_of(now),
        changed_since: merge.changed_since,
    })
}

/// The kind's word, after that of its provider where it has one, and the fields.
fn parts(resource: &Resource) -> Result<(String, Map<String, Value>)> {
    let mut kinds = Vec::new();
    let mut value = serde_json::to_value(resource)?;
    // What has one member only is a word around the rest: every kind has more.
    loop {
        match value {
            Value::Object(fields) if fields.len() > 1 => return Ok((kinds.join("/"), fields)),
            Value::Object(whole) => match whole.into_iter().next() {
                Some((kind, inner)) => {
                    kinds.push(kind);
                    value = inner;
                }
                None => bail!("a resource without fields"),
            },
            _ => bail!("a resource without a kind"),
        }
    }
}

/// One value at the three moments.
#[derive(Clone, Copy)]
struct Three<'a> {
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    now: Option<&'a Value>,
}

struct Merge {
    overwritten: bool,
    changed_since: Vec<String>,
}

impl Merge {
    /// Each entry by `how`.
    fn entries(
        &mut self,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
        now: &Map<String, Value>,
        within: &str,
        how: fn(&mut Self, &str, Three<'_>) -> Option<Value>,
    ) -> Map<String, Value> {
        let keys: BTreeSet<&String> = before
            .keys()
            .chain(after.keys())
            .chain(now.keys())
            .collect();
        let mut merged = Map::new();
        for key in keys {
            let three = Three {
                before: before.get(key),
                after: after.get(key),
                now: now.get(key),
            };
            if let Some(value) = how(self, &format!("{within}{key}"), three) {
                merged.insert(key.clone(), value);
            }
        }
        merged
    }

    fn by_name(&mut self, path: &str, three: Three<'_>) -> Option<Value> {
        let none = Map::new();
        let map = |value: Option<&Value>| match value {
            Some(Value::Object(map)) => map.clone(),
            _ => none.clone(),
        };
        let (before, after, now) = (map(three.before), map(three.after), map(three.now));
        let merged = self.entries(
            &before,
            &after,
            &now,
            &format!("{path}."),
            |merge, path, three| match path.split_once('.') {
                Some((_, tag)) if tag.starts_with(OF_AWS) => three.now.cloned(),
                _ => merge.whole(path, three),
            },
        );
        // Nothing in it is not the same as no such field, where the field may be left out.
        let left_out = merged.is_empty() && three.now.is_none() && three.before.is_none();
        (!left_out).then_some(Value::Object(merged))
    }

    fn whole(&mut self, path: &str, three: Three<'_>) -> Option<Value> {
        let Three { before, after, now } = three;
        if before == after || now == before {
            return now.cloned();
        }
        if let Some(set) = self.elements(three) {
            return Some(set);
        }
        if now != after {
            self.changed_since.push(path.to_owned());
            if !self.overwritten {
                return now.cloned();
            }
        }
        before.cloned()
    }

    /// Of a set each element by itself: whether it was there before counts where the run added or
    /// took it, and whether it is there now for all others.
    fn elements(&self, three: Three<'_>) -> Option<Value> {
        let none = Vec::new();
        let set = |value: Option<&'_ Value>| match value {
            None => Some(none.clone()),
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => Some(items.clone()),
            Some(_) => None,
        };
        let (before, after, now) = (set(three.before)?, set(three.after)?, set(three.now)?);
        let touched = |item: &Value| before.contains(item) != after.contains(item);
        let stays = now.iter().filter(|item| !touched(item));
        let back = before.iter().filter(|item| touched(item));
        Some(Value::Array(stays.chain(back).cloned().collect()))
    }
}

#[cfg(test)]
mod tests;
