//! A manifest of one's own: the text of another, with the values of its inputs in their places.
//!
//! The text is edited where the tree says, so that everything else stays as its author wrote it.

mod edit;
mod header;
mod place;
#[cfg(test)]
mod tests;

use super::load::read_inputs;
use super::model::Input;
use crate::yaml::{Node, Problem, Problems, Source, is_number, parse, suggestion};
use edit::Edit;
use place::Settled;
use std::collections::BTreeMap;

/// What is known beside the inputs' values.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The name of the manifest that is built in.
    pub name: &'a str,
    /// The names of the others, which the comment may mention as files.
    pub others: &'a [&'a str],
    /// Whether the schema is beside the new file, as the first line says.
    pub schema: bool,
}

/// The inputs of the manifest in `source`, in the order of the file; none if it is none.
#[must_use]
pub fn inputs(source: &Source) -> Vec<(String, Input)> {
    let root = parse(source).ok();
    let inputs = root.as_ref().and_then(|root| {
        let order = root.get("inputs")?.entries()?;
        let mut inputs = read_inputs(root, &mut Vec::new())?;
        let in_order = order
            .iter()
            .filter_map(|(key, _)| inputs.remove_entry(&key.text));
        Some(in_order.collect())
    });
    inputs.unwrap_or_default()
}

/// The text of `source` as the manifest of the file `name`: each `given` value, else the input's
/// default, in place of `${input}`, and the section `inputs` gone.
///
/// An input stays one if it has no value, or if none is given and the comment at the top says to
/// give it in a later step. In a value `${account}`, `${region}` and `${partition}` are the manifest's; every
/// other `${` is text.
///
/// # Errors
/// A value for an input that there is not; one of several lines; one that does not fit where it is
/// used (a space at the beginning of a text of several lines).
pub fn own(
    source: &Source,
    given: &BTreeMap<String, String>,
    name: &str,
    origin: Origin,
) -> Result<Source, Problems> {
    let root = parse(source)?;
    let inputs = inputs(source);
    let refuse = |problem: Problem| Problems::of(source, vec![problem]);
    check(&inputs, given).map_err(refuse)?;
    let header = header::of(&source.text);
    let settled: BTreeMap<String, Settled> = inputs
        .iter()
        .filter_map(|(name, input)| {
            let text = match (given.get(name), &input.default) {
                (Some(value), _) => escaped(value),
                (None, Some(default)) if !header::later(header, name) => default.clone(),
                _ => return None,
            };
            let number = wants_number(&root, name);
            Some((name.clone(), Settled { text, number }))
        })
        .collect();
    let mut edits: Vec<Edit> = Vec::new();
    edits.push(header::edit(header, &settled, name, origin));
    edits.extend(edit::inputs(source, &root, &settled));
    edits.extend(place::values(source, &root, &settled));
    let written = Source::new(name, edit::apply(&source.text, edits));
    let is_as_meant = |there: &_| place::is_as_meant(&root, &settled, there);
    match parse(&written).is_ok_and(|there| is_as_meant(&there)) {
        true => Ok(written),
        false => Err(refuse(
            Problem::new("a value does not fit into the text that it is for")
                .fix("give one without spaces at its ends and without `$` at its end"),
        )),
    }
}

/// Whether every value is for an input, and can stand on a line.
fn check(inputs: &[(String, Input)], given: &BTreeMap<String, String>) -> Result<(), Problem> {
    for (name, value) in given {
        if !inputs.iter().any(|(known, _)| known == name) {
            let message = format!("this manifest has no input {name:?}");
            let known = inputs.iter().map(|(name, _)| name.as_str());
            return Err(Problem::new(message).fix(suggestion(name, known)));
        }
        if value.contains(char::is_control) {
            let problem = Problem::new(format!("the value of {name:?} is not one line of text"));
            return Err(problem.fix("write it without line breaks and control characters"));
        }
    }
    Ok(())
}

/// `value` as a manifest writes it: only the names that are always known stand for something.
fn escaped(value: &str) -> String {
    let known = |rest: &str| {
        super::inputs::KNOWN.iter().any(|name| {
            rest.strip_prefix(name)
                .is_some_and(|end| end.starts_with('}'))
        })
    };
    let mut pieces = value.split("${");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push_str(if known(piece) { "${" } else { "$${" });
        text.push_str(piece);
    }
    text
}

/// Whether the manifest's own value of the input is a number without quotes: then it is for a field
/// that wants one, and otherwise it is text.
fn wants_number(root: &Node, name: &str) -> bool {
    let input = root.get("inputs").and_then(|inputs| inputs.get(name));
    let value = |field| input.and_then(|input| input.get(field));
    let own = value("default").or_else(|| value("example"));
    own.is_some_and(|node| !node.is_quoted() && node.text().is_some_and(is_number))
}
