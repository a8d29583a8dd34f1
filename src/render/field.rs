//! One plain field: what to say of a value that comes, goes, or becomes another.

use super::path::Part;
use super::row::{Body, Element, Mark};
use super::text::quoted;
use super::value::{tells, words};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands beside the label of field `name`; nothing if there is nothing to tell. `whole`: its
/// resource comes or goes with it, so that it needs no mark of its own.
pub(super) fn body(
    name: &str,
    from: Option<&Value>,
    to: Option<&Value>,
    whole: bool,
) -> Option<Body> {
    let (one, mark) = match (from, to) {
        (Some(Value::Array(from)), Some(Value::Array(to))) => {
            return Some(Body::Elements(elements(from, to)));
        }
        (None, Some(one)) => (one, Mark::Added),
        (Some(one), None) => (one, Mark::Removed),
        _ => {
            let told = |side: Option<&Value>| words(name, side.unwrap_or(&Value::Null)).join(", ");
            return Some(Body::Change {
                before: told(from),
                after: told(to),
            });
        }
    };
    let texts = words(name, one);
    if whole {
        let plain = texts
            .into_iter()
            .map(|text| Element::new(Mark::Blank, text));
        return tells(name, one).then(|| Body::Elements(plain.collect()));
    }
    Some(Body::Elements(match one {
        Value::Array(_) => texts
            .into_iter()
            .map(|text| Element::new(mark, text))
            .collect(),
        _ => vec![Element::new(mark, texts.join(", "))],
    }))
}

/// Two sets of plain values: what comes, then what goes.
fn elements(from: &[Value], to: &[Value]) -> Vec<Element> {
    let texts = |items: &[Value]| -> BTreeSet<String> {
        let text = |item: &Value| {
            item.as_str()
                .map_or_else(|| item.to_string(), str::to_owned)
        };
        items.iter().map(text).collect()
    };
    let (from, to) = (texts(from), texts(to));
    to.difference(&from)
        .map(|text| Element::new(Mark::Added, quoted(text)))
        .chain(
            from.difference(&to)
                .map(|text| Element::new(Mark::Removed, quoted(text))),
        )
        .collect()
}

/// Where and what it is comes first, its tags come last.
pub(super) fn rank(path: &[Part]) -> usize {
    match path.first() {
        Some(Part::Name(name)) => match name.as_str() {
            "region" | "path" | "project" | "location" => 0,
            "description" => 1,
            "tags" | "labels" | "marks" => 3,
            _ => 2,
        },
        _ => 2,
    }
}
