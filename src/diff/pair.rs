//! Two sets of objects, such as the statements of two policies: which of one became which of the
//! other.

use super::{canonical, join, sid};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Above this many pairs, what more than [`COMMON`] objects have in common no longer counts for how
/// alike they are; no policy that AWS accepts comes near it.
const MOST_PAIRS: usize = 1_000_000;
const COMMON: usize = 64;

/// Two sets of objects, such as the statements of two policies: what one of them became, what went
/// (`None` after) and what came (`None` before). Equal ones are left out.
#[must_use]
pub fn pairs<'a>(
    old: &'a [Value],
    new: &'a [Value],
) -> Vec<(Option<&'a Value>, Option<&'a Value>)> {
    let Paired {
        pairs,
        removed,
        added,
    } = paired(old, new);
    let changed = pairs
        .into_iter()
        .map(|((_, before), (_, after))| (Some(before), Some(after)));
    let gone = removed.into_iter().map(|(_, before)| (Some(before), None));
    let come = added.into_iter().map(|(_, after)| (None, Some(after)));
    changed.chain(gone).chain(come).collect()
}

/// An object and its place in its set.
pub(super) type Placed<'a> = (usize, &'a Value);
pub(super) type Pair<'a> = (Placed<'a>, Placed<'a>);

/// Which objects of two sets belong together.
pub(super) struct Paired<'a> {
    /// In the order of what they became.
    pub(super) pairs: Vec<Pair<'a>>,
    pub(super) removed: Vec<Placed<'a>>,
    pub(super) added: Vec<Placed<'a>>,
}

/// The surest pairs first: the same but for the name, then the same name, then the most alike.
pub(super) fn paired<'a>(old: &'a [Value], new: &'a [Value]) -> Paired<'a> {
    let (mut removed, mut added) = without_equals(old, new);
    let mut pairs = pair_renamed(&mut removed, &mut added);
    pairs.extend(pair_unique(&mut removed, &mut added));
    pairs.extend(pair_by_likeness(&mut removed, &mut added));
    pairs.sort_by_key(|(_, (at, _))| *at);
    Paired {
        pairs,
        removed,
        added,
    }
}

fn without_equals<'a>(old: &'a [Value], new: &'a [Value]) -> (Vec<Placed<'a>>, Vec<Placed<'a>>) {
    let texts = |items: &[Value]| items.iter().map(canonical).collect::<Vec<_>>();
    let (old_texts, new_texts) = (texts(old), texts(new));
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for text in &new_texts {
        *count.entry(text).or_default() += 1;
    }
    let mut is_other = |text: &str| match count.get_mut(text) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let placed = |items: &'a [Value], kept: Vec<bool>| -> Vec<Placed<'a>> {
        let items = items.iter().enumerate().zip(kept);
        items
            .filter_map(|(item, kept)| kept.then_some(item))
            .collect()
    };
    let removed: Vec<bool> = old_texts.iter().map(|text| is_other(text)).collect();
    // What is left of the count is what only the new ones have.
    let added: Vec<bool> = new_texts.iter().map(|text| !is_other(text)).collect();
    (placed(old, removed), placed(new, added))
}

/// Those that differ in their name only.
fn pair_renamed<'a>(removed: &mut Vec<Placed<'a>>, added: &mut Vec<Placed<'a>>) -> Vec<Pair<'a>> {
    let nameless = |value: &Value| {
        let mut fields = value.as_object()?.clone();
        fields.remove("Sid");
        Some(canonical(&Value::Object(fields)))
    };
    pair_by_text(removed, added, nameless)
}

/// Those of the same name, where each side has one of it.
fn pair_unique<'a>(removed: &mut Vec<Placed<'a>>, added: &mut Vec<Placed<'a>>) -> Vec<Pair<'a>> {
    let count = |items: &[Placed<'_>]| {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for sid in items.iter().filter_map(|(_, item)| sid(item)) {
            *count.entry(sid.to_owned()).or_default() += 1;
        }
        count
    };
    let (before, after) = (count(removed), count(added));
    let is_one = |name: &str| before.get(name) == Some(&1) && after.get(name) == Some(&1);
    let name = |value: &Value| sid(value).filter(|name| is_one(name)).map(str::to_owned);
    pair_by_text(removed, added, name)
}

/// Those of which `text` is the same; `None` has no partner.
fn pair_by_text<'a>(
    removed: &mut Vec<Placed<'a>>,
    added: &mut Vec<Placed<'a>>,
    text: impl Fn(&Value) -> Option<String>,
) -> Vec<Pair<'a>> {
    let mut waiting: BTreeMap<String, VecDeque<Placed<'a>>> = BTreeMap::new();
    for placed in removed.iter() {
        if let Some(text) = text(placed.1) {
            waiting.entry(text).or_default().push_back(*placed);
        }
    }
    let mut pairs = Vec::new();
    for new in added.iter() {
        let same = text(new.1).and_then(|text| waiting.get_mut(&text)?.pop_front());
        pairs.extend(same.map(|old| (old, *new)));
    }
    without(removed, added, &pairs);
    pairs
}

fn without(removed: &mut Vec<Placed<'_>>, added: &mut Vec<Placed<'_>>, pairs: &[Pair<'_>]) {
    let old: BTreeSet<usize> = pairs.iter().map(|((at, _), _)| *at).collect();
    let new: BTreeSet<usize> = pairs.iter().map(|(_, (at, _))| *at).collect();
    removed.retain(|(at, _)| !old.contains(at));
    added.retain(|(at, _)| !new.contains(at));
}

/// Those that have the most in common, relative to how much there is of them; of a name that
/// several have, first among those.
fn pair_by_likeness<'a>(
    removed: &mut Vec<Placed<'a>>,
    added: &mut Vec<Placed<'a>>,
) -> Vec<Pair<'a>> {
    if removed.is_empty() || added.is_empty() {
        return Vec::new();
    }
    let (old_leaves, new_leaves) = (all_leaves(removed), all_leaves(added));
    let mut having: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, leaves) in new_leaves.iter().enumerate() {
        for leaf in leaves {
            having.entry(leaf).or_default().push(at);
        }
    }
    if removed.len() * added.len() > MOST_PAIRS {
        having.retain(|_, items| items.len() <= COMMON);
    }
    let mut likeness = Vec::new();
    let mut shared = vec![0_usize; added.len()];
    for (old, leaves) in old_leaves.iter().enumerate() {
        let mut touched = Vec::new();
        for leaf in leaves {
            for &new in having.get(leaf.as_str()).into_iter().flatten() {
                if shared[new] == 0 {
                    touched.push(new);
                }
                shared[new] += 1;
            }
        }
        for new in touched {
            let shared = std::mem::take(&mut shared[new]);
            let (one, other) = (leaves.len(), new_leaves[new].len());
            let (before, after) = (removed[old].1, added[new].1);
            let names = (sid(before), sid(after));
            let same_name = names.0.is_some() && names.0 == names.1;
            // Less than half in common is another statement, not a changed one; so is one of
            // another name, and one that denies what the other allows.
            let alike = shared * 2 >= one.min(other) && shared > 1;
            let other_name = names.0.is_some() && names.1.is_some();
            let opposed = before.get("Effect") != after.get("Effect");
            if same_name || (alike && !other_name && !opposed) {
                // In parts of a million, so that it can be ordered.
                let degree = shared * 2_000_000 / (one + other);
                likeness.push((Reverse(same_name), Reverse(degree), old, new));
            }
        }
    }
    likeness.sort_unstable();
    let (mut used_old, mut used_new) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = Vec::new();
    for (_, _, old, new) in likeness {
        if !used_old.contains(&old) && !used_new.contains(&new) {
            used_old.insert(old);
            used_new.insert(new);
            pairs.push((removed[old], added[new]));
        }
    }
    without(removed, added, &pairs);
    pairs
}

fn all_leaves(items: &[Placed<'_>]) -> Vec<BTreeSet<String>> {
    items.iter().map(|(_, item)| leaves(item)).collect()
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
