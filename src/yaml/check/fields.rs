//! Maps: known fields, unknown ones, and those that are missing.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::nearest::{listed, nearest};
use super::super::node::{Key, Node};
use super::super::path::Segment;
use super::super::problem::Problem;
use super::super::source::Span;
use super::super::visible::shown;
use super::shape::{self, Shape};
use super::{ANYTHING, Checker};

impl<'s> Checker<'s, '_> {
    /// Checks a map's entries against one schema; `holder` is the place of a missing field. Gives
    /// the fields that are good, unless one that is required is not among them.
    pub(super) fn fields(
        &mut self,
        entries: &[(Key, Node)],
        map: &'s Value,
        holder: Span,
    ) -> Option<Value> {
        let fields = map.get("properties").and_then(Value::as_object);
        let others = others(map);
        let mut found = Map::new();
        let mut meant = Vec::new();
        let mut free = None;
        for (key, node) in entries {
            let field = fields.and_then(|fields| fields.get(&key.text));
            let Some(schema) = field.or(others) else {
                let free = free.get_or_insert_with(|| untaken(map, entries));
                meant.extend(self.unknown(key, map, free));
                continue;
            };
            let step = Segment::Key(key.text.clone());
            if let Some(value) = self.child(step, node, schema, key.span) {
                found.insert(key.text.clone(), value);
            }
        }
        for name in shape::required(map) {
            let there = found.contains_key(name) || entries.iter().any(|(key, _)| key.text == name);
            // The field that an unknown one was meant to be is one error and not two.
            if !there && !meant.contains(&name) {
                self.missing(name, fields.and_then(|fields| fields.get(name)), holder);
            }
        }
        // What is wrong and could be left out is left out, so that the rest can be checked further.
        let whole = shape::required(map).all(|name| found.contains_key(name));
        whole.then_some(Value::Object(found))
    }

    /// Reports an unknown field; gives the field of those still `free` that was meant.
    fn unknown(&mut self, key: &Key, map: &'s Value, free: &[&'s str]) -> Option<&'s str> {
        let near = nearest(&key.text, free.iter().copied());
        let fix = match near {
            Some(name) => format!("did you mean `{name}`?"),
            None if !shape::has_fields(map) => "this map must be empty".to_owned(),
            None => format!("the fields here are {}", listed(names(map))),
        };
        let message = format!("unknown field {}", shown(&key.text));
        self.path.push(Segment::Key(key.text.clone()));
        self.report(Problem::new(message).at(key.span).fix(fix));
        self.path.pop();
        near
    }

    fn missing(&mut self, name: &str, schema: Option<&'s Value>, holder: Span) {
        let shape = Shape::of(self.root, schema.unwrap_or(&ANYTHING));
        let message = match self.path.segments() {
            [] => format!("the field `{name}` is missing"),
            _ => format!("{} needs the field `{name}`", self.name()),
        };
        let fix = shape.fix().unwrap_or_else(|| {
            let choices = shape.choices();
            let add = match shape.example() {
                Some(example) => format!("add `{name}: {example}`"),
                None if !choices.is_empty() => {
                    format!("add `{name}:` with one of {}", listed(choices))
                }
                None => format!("add `{name}:`"),
            };
            match shape.description() {
                Some(about) => format!("{add} ({about})"),
                None => add,
            }
        });
        self.report(Problem::new(message).at(holder).fix(fix));
    }
}

fn names(map: &Value) -> impl Iterator<Item = &str> {
    let fields = map.get("properties").and_then(Value::as_object);
    fields.into_iter().flat_map(Map::keys).map(String::as_str)
}

/// The map's fields that are not written yet.
fn untaken<'s>(map: &'s Value, entries: &[(Key, Node)]) -> Vec<&'s str> {
    let taken: HashSet<&str> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
    names(map).filter(|name| !taken.contains(name)).collect()
}

/// The schema of fields that have no name in `map`; `None` when there may be none. A map with named
/// fields is closed even without `additionalProperties: false`: JSON Schema would let a mistyped
/// field pass, and serde would drop it in silence.
fn others(map: &Value) -> Option<&Value> {
    let patterns = map.get("patternProperties").and_then(Value::as_object);
    if let Some(schema) = patterns.and_then(|patterns| patterns.values().next()) {
        return Some(schema);
    }
    match map.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        None if shape::has_fields(map) => None,
        None => Some(&ANYTHING),
        Some(schema) => Some(schema),
    }
}
