//! A tree against a JSON Schema: the JSON value that serde then reads, or all problems at once.
//!
//! serde alone stops at the first error, has no place for it, and says "data did not match any
//! variant" where one field is mistyped. The schema is the one that `schemars` derives from the
//! very structs that serde fills, so the two cannot disagree; this checks the part of JSON Schema
//! that `schemars` writes for plain structs, maps, lists and externally tagged enums.

mod choice;
mod fields;
mod scalar;
mod shape;

use serde_json::Value;

use super::limits::MAX_PROBLEMS;
use super::node::{Kind, Node};
use super::path::{Path, Segment};
use super::problem::Problem;
use super::source::Span;
use shape::Shape;

/// Checks `node` against `schema`, adds every problem to `problems`, and gives the JSON value that
/// serde reads: with a problem, without the fields that are wrong, so that the rest can be checked
/// further; `None` if a required one is among them.
///
/// - A string field takes any scalar as it is written, and never a list, a map or nothing.
/// - An integer is decimal digits; a boolean is `true` or `false`; neither in quotes.
/// - An enum takes one of its words; an externally tagged enum exactly one of its keys.
/// - Nothing (`key:`) is the empty map where all fields are optional, and refused elsewhere: an
///   optional field that is not meant is left out, or set to `null`.
/// - A map with `properties` is closed unless it has `additionalProperties`.
/// - Where the schema allows anything, every scalar is a string.
/// - `x-fix` of a field's schema is the fix of its problems; `examples` and the first sentence of
///   `description` help where there is none.
///
/// Not checked, because serde or a later step must: `pattern`, lengths, `uniqueItems`, tuples.
pub fn decode(node: &Node, schema: &Value, problems: &mut Vec<Problem>) -> Option<Value> {
    let limit = problems.len() + MAX_PROBLEMS;
    let mut checker = Checker {
        root: schema,
        path: Path::root(),
        problems,
        limit,
    };
    checker.value(node, schema, node.head())
}

/// What a place without a schema of its own takes.
static ANYTHING: Value = Value::Bool(true);

struct Checker<'s, 'p> {
    /// The whole schema, for `$ref`.
    root: &'s Value,
    path: Path,
    problems: &'p mut Vec<Problem>,
    /// How many problems there may be in all.
    limit: usize,
}

impl<'s> Checker<'s, '_> {
    /// Checks one value; `holder` is the key that holds it, the place of what is not written.
    fn value(&mut self, node: &Node, schema: &'s Value, holder: Span) -> Option<Value> {
        let shape = Shape::of(self.root, schema);
        match &node.kind {
            Kind::Null => self.null(node, &shape, holder),
            Kind::Scalar { text, quoted } => self.scalar(node, text, *quoted, &shape),
            Kind::List(items) => match shape.list {
                Some(list) => self.items(items, list.get("items").unwrap_or(&ANYTHING)),
                None if shape.anything => self.items(items, &ANYTHING),
                None => self.unfit(node, &shape, holder),
            },
            Kind::Map(entries) => match shape.maps.as_slice() {
                [] if shape.anything => self.fields(entries, &ANYTHING, holder),
                [] => self.unfit(node, &shape, holder),
                [map] if shape.tags().is_none() => self.fields(entries, map, holder),
                _ => self.choice(entries, &shape, holder),
            },
        }
    }

    /// Checks a child of the value that is being checked.
    fn child(
        &mut self,
        step: Segment,
        node: &Node,
        schema: &'s Value,
        holder: Span,
    ) -> Option<Value> {
        self.path.push(step);
        let value = self.value(node, schema, holder);
        self.path.pop();
        value
    }

    fn items(&mut self, items: &[Node], schema: &'s Value) -> Option<Value> {
        let mut list = Some(Vec::with_capacity(items.len()));
        for (index, item) in items.iter().enumerate() {
            let value = self.child(Segment::Index(index), item, schema, item.head());
            list = list.zip(value).map(|(mut list, value)| {
                list.push(value);
                list
            });
        }
        list.map(Value::Array)
    }

    /// Nothing, or a written `null`.
    fn null(&mut self, node: &Node, shape: &Shape<'s>, holder: Span) -> Option<Value> {
        let written = !node.span.is_empty();
        let empty = matches!(shape.maps.as_slice(), [map] if shape::all_optional(map));
        // `policies:` in an optional map of names could mean "none" and "not managed": ask.
        let named = matches!(shape.maps.as_slice(), [map] if shape::has_fields(map));
        if shape.anything || (written && shape.null) {
            return Some(Value::Null);
        }
        if empty && (named || !shape.null) {
            return Some(Value::Object(serde_json::Map::new()));
        }
        // What is missing in it says more than that it is empty.
        if let [map] = shape.maps.as_slice()
            && named
            && !written
            && shape.tags().is_none()
        {
            return self.fields(&[], map, holder);
        }
        let name = self.name();
        let message = if written {
            format!("{name} cannot be null")
        } else {
            format!("{name} has no value")
        };
        let fix = shape.fix().unwrap_or_else(|| match shape {
            _ if written && shape.text => "for the text, write \"null\" in quotes".to_owned(),
            Shape { list: Some(_), .. } => {
                "write the list, `[]` for an empty one, or remove the line".to_owned()
            }
            _ if empty => "write `{}` for none, or remove the line".to_owned(),
            _ => format!("write {}, or remove the line", shape.wanted()),
        });
        self.report(Problem::new(message).at(node.place(holder)).fix(fix))
    }

    /// A list or a map where neither may be.
    fn unfit(&mut self, node: &Node, shape: &Shape<'s>, holder: Span) -> Option<Value> {
        let message = format!(
            "{} must be {}, and is {}",
            self.name(),
            shape.wanted(),
            node.described()
        );
        let fix = shape.fix().or_else(|| self.instead(node, shape));
        let mut problem = Problem::new(message).at(node.place(holder));
        problem.fix = fix;
        self.report(problem)
    }

    /// What to write instead of a list or a map.
    fn instead(&self, node: &Node, shape: &Shape<'s>) -> Option<String> {
        let key = self.key()?;
        if let Some(example) = shape.example() {
            return Some(format!("for example `{key}: {example}`"));
        }
        match &node.kind {
            Kind::List(items) if shape.takes_scalar() => match items.as_slice() {
                [
                    Node {
                        kind: Kind::Scalar { text, .. },
                        ..
                    },
                ] => Some(format!("write `{key}: {text}`")),
                _ => Some("write one value behind the `:`".to_owned()),
            },
            Kind::List(_) if !shape.maps.is_empty() => {
                Some("remove the `-` before its fields".to_owned())
            }
            Kind::Map(_) if shape.list.is_some() => Some("start each entry with `- `".to_owned()),
            _ => None,
        }
    }

    /// What messages call the value: its path's end in backticks.
    fn name(&self) -> String {
        match self.path.segments() {
            [] => "the manifest".to_owned(),
            [.., Segment::Key(key), Segment::Index(index)] => {
                super::shown(&format!("{key}[{index}]"))
            }
            [.., Segment::Key(key)] => super::shown(key),
            [.., Segment::Index(_)] => "this entry".to_owned(),
        }
    }

    /// The key that holds the value, to write an example with.
    fn key(&self) -> Option<&str> {
        match self.path.segments() {
            [.., Segment::Key(key)] => Some(key),
            _ => None,
        }
    }

    fn report(&mut self, problem: Problem) -> Option<Value> {
        if self.problems.len() < self.limit {
            self.problems.push(problem.path(&self.path));
        }
        None
    }
}

#[cfg(test)]
mod tests;
