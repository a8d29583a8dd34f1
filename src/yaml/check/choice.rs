//! Maps where several would do: externally tagged enums, and alternatives told apart by fields.

use serde_json::{Map, Value};

use super::super::nearest::{listed, suggestion};
use super::super::node::{Key, Kind, Node};
use super::super::path::Segment;
use super::super::problem::Problem;
use super::super::source::Span;
use super::super::visible::shown;
use super::Checker;
use super::shape::{self, Shape};

impl<'s> Checker<'s, '_> {
    /// Checks a map that must be one of several; problems are those of the one that was chosen.
    pub(super) fn choice(
        &mut self,
        entries: &[(Key, Node)],
        shape: &Shape<'s>,
        holder: Span,
    ) -> Option<Value> {
        let Some(tags) = shape.tags() else {
            let map = likeliest(entries, &shape.maps)?;
            return self.fields(entries, map, holder);
        };
        let name = self.name();
        let choices = shape.choices();
        let [(key, node)] = entries else {
            return match entries {
                [] => {
                    let message = format!("{name} is empty");
                    let fix = format!("write one of {}", listed(choices));
                    self.report(Problem::new(message).at(holder).fix(fix))
                }
                [(first, _), (second, _), ..] => {
                    let (first, at, second) =
                        (shown(&first.text), second.span, shown(&second.text));
                    let message =
                        format!("{name} must have exactly one key, and has {first} and {second}");
                    self.report(Problem::new(message).at(at).fix("keep one of them"))
                }
                [_] => None,
            };
        };
        // `nobody:` with nothing behind it is the word `nobody`, which has no values of its own.
        if shape.words.contains(&key.text.as_str()) && node.kind == Kind::Null {
            return Some(Value::String(key.text.clone()));
        }
        if let Some((_, schema)) = tags.iter().find(|(tag, _)| *tag == key.text) {
            let value = self.child(Segment::Key(key.text.clone()), node, schema, key.span)?;
            return Some(Value::Object(Map::from_iter([(key.text.clone(), value)])));
        }
        let (message, fix) = if shape.words.contains(&key.text.as_str()) {
            let word = &key.text;
            let message = format!("{} has no values of its own", shown(word));
            let holder = self.key().unwrap_or_default();
            (message, format!("write `{holder}: {word}`"))
        } else {
            let message = format!("{name} cannot be {}", shown(&key.text));
            (message, suggestion(&key.text, choices.iter().copied()))
        };
        self.path.push(Segment::Key(key.text.clone()));
        self.report(
            Problem::new(message)
                .at(key.span)
                .fix(shape.fix().unwrap_or(fix)),
        );
        self.path.pop();
        None
    }
}

/// The alternative that knows most of the keys; of equals the one that misses fewest, then the
/// first.
fn likeliest<'s>(entries: &[(Key, Node)], maps: &[&'s Value]) -> Option<&'s Value> {
    let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
    let score = |map: &Value| {
        let fields = map.get("properties").and_then(Value::as_object);
        let known = fields
            .into_iter()
            .flat_map(Map::keys)
            .filter(|name| has(name))
            .count();
        let missing = shape::required(map).filter(|name| !has(name)).count();
        (known, std::cmp::Reverse(missing))
    };
    // `max_by_key` gives the last of equals.
    maps.iter().rev().copied().max_by_key(|map| score(map))
}
