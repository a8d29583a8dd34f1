//! The manifests that are built in, and the inputs of one, as text and as JSON.

use crate::manifest::{self, Input};
use crate::vendors::Manifest;
use crate::yaml::{Source, wrap};
use anyhow::Result;
use serde_json::{Value, json};

/// Columns of a line.
const WIDTH: usize = 80;

/// Section by section, a manifest with what it is for.
pub(super) fn text(all: &[Manifest]) -> String {
    let width = all.iter().map(|one| one.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut section = "";
    for one in all {
        if one.section != section {
            section = one.section;
            let gap = if text.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{section}\n"));
        }
        text.push_str(&row(one.name, &one.about(), width));
    }
    text
}

/// What the manifest asks for.
pub(super) fn inputs(one: &Manifest, inputs: &[(String, Input)]) -> String {
    let mut text = wrap(&format!("{}: {}", one.name, one.about()), WIDTH);
    text.push_str("\n\n");
    let width = inputs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, input) in inputs {
        let value = match (&input.default, &input.example) {
            (Some(default), _) => format!(" [{default}]"),
            (None, Some(example)) => format!(" Such as {example}."),
            (None, None) => String::new(),
        };
        text.push_str(&row(name, &format!("{}{value}", input.description), width));
    }
    text
}

/// `  name  text`, what does not fit on lines of its own below the text.
fn row(name: &str, text: &str, width: usize) -> String {
    let indent = width + 4;
    let lines = wrap(text, WIDTH - indent);
    let lines = lines.replace('\n', &format!("\n{:indent$}", ""));
    format!("  {name:width$}  {lines}\n")
}

/// All of them as a list of objects.
pub(super) fn json(all: &[Manifest]) -> Result<String> {
    let all: Vec<Value> = all.iter().map(value).collect();
    Ok(serde_json::to_string_pretty(&all)?)
}

/// One as an object.
pub(super) fn one(one: &Manifest) -> Result<String> {
    Ok(serde_json::to_string_pretty(&value(one))?)
}

fn value(one: &Manifest) -> Value {
    let inputs = manifest::inputs(&Source::new(one.name, one.text));
    let inputs: Vec<Value> = inputs
        .into_iter()
        .map(|(name, input)| {
            json!({
                "name": name,
                "description": input.description,
                "default": input.default,
                "example": input.example,
            })
        })
        .collect();
    json!({
        "name": one.name,
        "section": one.section,
        "about": one.about(),
        "inputs": inputs,
    })
}
