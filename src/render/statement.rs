//! One statement of a policy as rows: whom it allows or denies what, on what and when, and what of
//! that changes.

use super::row::{Body, Element, Mark, Row, align};
use super::screen::Dialect;
use super::text::{clean, quoted};
use super::who::{self, People};
use crate::policy::is_caller;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a statement that becomes another; `None` is "not there". Both sides are statements
/// in canonical form, and one of them is there.
pub(super) fn rows(
    from: Option<&Value>,
    to: Option<&Value>,
    indent: usize,
    dialect: Dialect,
    people: People<'_>,
) -> Vec<Row> {
    let pair = Pair { from, to, people };
    let mark = match (from, to) {
        (None, _) => Mark::Added,
        (_, None) => Mark::Removed,
        _ => Mark::Changed,
    };
    let sid = pair.text(to.or(from), "Sid");
    let inside = indent
        + if sid.is_some() {
            4
        } else {
            dialect.mark_width()
        };
    let mut body = pair.rows(inside);
    align(&mut body);
    if let Some(sid) = sid {
        body.insert(
            0,
            Row::new(indent, format!("statement {}", quoted(&sid)), Body::Heading).marked(mark),
        );
    } else if let Some(first) = body.first_mut() {
        first.indent = indent;
        first.mark = mark;
    }
    for row in &mut body {
        row.side = match mark {
            Mark::Changed => Mark::Blank,
            whole => whole,
        };
    }
    body
}

/// A statement before and after.
struct Pair<'a> {
    from: Option<&'a Value>,
    to: Option<&'a Value>,
    people: People<'a>,
}

type Values = BTreeSet<String>;
/// (key, operator) → values.
type Conditions = BTreeMap<(String, String), Values>;

impl Pair<'_> {
    fn rows(&self, indent: usize) -> Vec<Row> {
        let effect = self
            .text(self.to.or(self.from), "Effect")
            .map(|effect| clean(&effect));
        let effect = effect.unwrap_or_else(|| "no effect".to_owned());
        let mut rows = Vec::new();
        if self.both() {
            for field in ["Sid", "Effect"] {
                let of = |side| {
                    self.text(side, field)
                        .map_or_else(|| "none".to_owned(), |text| quoted(&text))
                };
                let (before, after) = (of(self.from), of(self.to));
                if before != after {
                    rows.push(Row::new(
                        indent,
                        field.to_lowercase(),
                        Body::Change { before, after },
                    ));
                }
            }
        }
        for (field, label) in [
            ("Action", effect.clone()),
            ("NotAction", format!("{effect} all but")),
        ] {
            rows.extend(self.set(indent, &label, |side| texts(side.get(field), quoted)));
        }
        if rows.is_empty() {
            rows.push(Row::new(
                indent,
                effect,
                Body::Context(Mark::Blank, vec!["no action".to_owned()]),
            ));
        }
        for (field, label) in [("Principal", "to"), ("NotPrincipal", "to all but")] {
            rows.extend(self.set(indent, label, |side| {
                principals(side.get(field), self.people)
            }));
        }
        for (field, label) in [("Resource", "on"), ("NotResource", "on all but")] {
            rows.extend(self.set(indent, label, |side| texts(side.get(field), quoted)));
        }
        rows.extend(self.conditions(indent));
        rows
    }

    fn both(&self) -> bool {
        self.from.is_some() && self.to.is_some()
    }

    fn text(&self, side: Option<&Value>, field: &str) -> Option<String> {
        side?.get(field)?.as_str().map(str::to_owned)
    }

    /// One element of the statement that is a set: raw value → words.
    fn set(
        &self,
        indent: usize,
        label: &str,
        of: impl Fn(&Value) -> BTreeMap<String, String>,
    ) -> Vec<Row> {
        let from = self.from.map(&of).unwrap_or_default();
        let to = self.to.map(&of).unwrap_or_default();
        if !self.both() {
            let words: BTreeSet<&String> = from.values().chain(to.values()).collect();
            let elements: Vec<Element> = words
                .into_iter()
                .map(|word| Element::new(Mark::Blank, word))
                .collect();
            return one(indent, label, elements.is_empty(), Body::Elements(elements));
        }
        let fresh = to.iter().filter(|(raw, _)| !from.contains_key(*raw));
        let gone = from.iter().filter(|(raw, _)| !to.contains_key(*raw));
        let changed: Vec<Element> = fresh
            .map(|(_, word)| Element::new(Mark::Added, word))
            .chain(gone.map(|(_, word)| Element::new(Mark::Removed, word)))
            .collect();
        let same: Vec<String> = to
            .iter()
            .filter(|(raw, _)| from.contains_key(*raw))
            .map(|(_, word)| word.clone())
            .collect();
        with_context(indent, label, changed, same)
    }

    fn conditions(&self, indent: usize) -> Vec<Row> {
        let from = self.from.map(conditions).unwrap_or_default();
        let to = self.to.map(conditions).unwrap_or_default();
        let names: BTreeSet<&(String, String)> = from.keys().chain(to.keys()).collect();
        let mut elements: Vec<Element> = names
            .into_iter()
            .map(|name| self.condition(name, from.get(name), to.get(name)))
            .collect();
        // What changes is told first.
        elements.sort_by_key(Element::is_unmarked);
        one(indent, "if", elements.is_empty(), Body::Elements(elements))
    }

    fn condition(
        &self,
        name: &(String, String),
        from: Option<&Values>,
        to: Option<&Values>,
    ) -> Element {
        let (mark, values) = match (from, to) {
            (Some(from), Some(to)) if self.both() => (
                Mark::Blank,
                changed_values(from, to, |value| self.told(&name.0, value)),
            ),
            _ => {
                let mark = match (self.both(), from) {
                    (false, _) => Mark::Blank,
                    (true, None) => Mark::Added,
                    (true, Some(_)) => Mark::Removed,
                };
                let values = from.or(to).into_iter().flatten();
                (
                    mark,
                    values
                        .map(|value| (Mark::Blank, self.told(&name.0, value)))
                        .collect(),
                )
            }
        };
        let text = format!("{} {}", quoted(&name.0), quoted(&name.1));
        Element { mark, text, values }
    }

    /// A value of the condition key `key`.
    fn told(&self, key: &str, value: &str) -> String {
        match is_caller(key) {
            true => who::caller(value, self.people),
            false => quoted(value),
        }
    }
}

/// What comes, what goes, and how many stay; if all stay, the first of them.
fn changed_values(
    from: &Values,
    to: &Values,
    told: impl Fn(&str) -> String,
) -> Vec<(Mark, String)> {
    const MOST: usize = 3;
    let values = |mark: Mark, texts: Vec<&String>| -> Vec<(Mark, String)> {
        texts.into_iter().map(|text| (mark, told(text))).collect()
    };
    let same: Vec<&String> = to.intersection(from).collect();
    let more = same.len().saturating_sub(MOST);
    if from == to {
        let mut all = values(Mark::Blank, same.into_iter().take(MOST).collect());
        if more > 0 {
            all.push((Mark::Blank, format!("and {more} more")));
        }
        return all;
    }
    let mut all = values(Mark::Added, to.difference(from).collect());
    all.extend(values(Mark::Removed, from.difference(to).collect()));
    match same.len() {
        0 => {}
        1..=MOST => all.extend(values(Mark::Same, same)),
        number => all.push((Mark::Same, format!("{number} others"))),
    }
    all
}

fn with_context(indent: usize, label: &str, changed: Vec<Element>, same: Vec<String>) -> Vec<Row> {
    let (label_of_same, mark) = match changed.is_empty() {
        true => (label, Mark::Blank),
        false => ("", Mark::Same),
    };
    let mut rows = one(indent, label, changed.is_empty(), Body::Elements(changed));
    rows.extend(one(
        indent,
        label_of_same,
        same.is_empty(),
        Body::Context(mark, same),
    ));
    rows
}

fn one(indent: usize, label: &str, empty: bool, body: Body) -> Vec<Row> {
    match empty {
        true => Vec::new(),
        false => vec![Row::new(indent, label, body)],
    }
}

/// A text or an array of texts, each with its words.
fn texts(value: Option<&Value>, words: impl Fn(&str) -> String) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    for item in items {
        let raw = item
            .as_str()
            .map_or_else(|| item.to_string(), str::to_owned);
        found.insert(raw.clone(), words(&raw));
    }
    found
}

fn principals(value: Option<&Value>, people: People<'_>) -> BTreeMap<String, String> {
    let Some(Value::Object(kinds)) = value else {
        return texts(value, |name| who::words("AWS", name, people));
    };
    kinds
        .iter()
        .flat_map(|(kind, names)| {
            texts(Some(names), |name| who::words(kind, name, people))
                .into_iter()
                .map(move |(raw, words)| (format!("{kind} {raw}"), words))
        })
        .collect()
}

fn conditions(statement: &Value) -> Conditions {
    let mut found = Conditions::new();
    let operators = statement.get("Condition").and_then(Value::as_object);
    for (operator, keys) in operators.into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let values = texts(Some(values), str::to_owned).into_keys().collect();
            found.insert((key.clone(), operator.clone()), values);
        }
    }
    found
}
