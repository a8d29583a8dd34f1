//! The reference of manifests, made from their schema: a table for each thing that one can write.

use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write as _;

/// A page with every field that there is: what it takes, whether it must be there, what it means.
///
/// # Assumptions
/// `schema` is a JSON Schema as `schemars` makes it of our types: references into `$defs`, objects with
/// `properties`, choices as `anyOf` and `oneOf`.
#[must_use]
pub fn reference(schema: &Value) -> String {
    let mut page = String::from(
        "# Reference of the manifest\n\nEvery field, made from the schema that also checks manifests \
         (`s3setup schema`). **Bold** fields must be there. [The manifest](manifest.md) explains them.\n",
    );
    let reader = Reader { schema };
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut open = VecDeque::from([("Manifest".to_owned(), schema)]);
    while let Some((name, one)) = open.pop_front() {
        let _ = write!(page, "\n## {name}\n\n{}\n\n", text(one));
        page += &reader.table(one);
        for (name, below) in reader.named(one) {
            if known.insert(name.to_owned()) {
                open.push_back((name.to_owned(), below));
            }
        }
    }
    page
}

struct Reader<'a> {
    schema: &'a Value,
}

impl<'a> Reader<'a> {
    fn definition(&self, reference: &'a str) -> (&'a str, &'a Value) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        (name, &self.schema["$defs"][name])
    }

    /// The definitions with a table of their own that are named in this one, in order.
    fn named(&self, one: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let mut found = Vec::new();
        match one {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let (name, definition) = self.definition(reference);
                    match has_table(definition) {
                        true => found.push((name, definition)),
                        false => found.extend(self.named(definition)),
                    }
                }
                let below = members.iter().filter(|(name, _)| *name != "$defs");
                found.extend(below.flat_map(|(_, value)| self.named(value)));
            }
            Value::Array(all) => found.extend(all.iter().flat_map(|value| self.named(value))),
            _ => {}
        }
        found
    }

    fn table(&self, one: &'a Value) -> String {
        let mut rows = String::new();
        if let Some(fields) = one["properties"].as_object() {
            rows += "| field | takes | meaning |\n|---|---|---|\n";
            let required: Vec<&str> = one["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, field) in fields {
                let shown = match required.contains(&name.as_str()) {
                    true => format!("**`{name}`**"),
                    false => format!("`{name}`"),
                };
                let meaning = [text(field), default(&field["default"])].join(" ");
                let meaning = cell(meaning.trim());
                let _ = writeln!(rows, "| {shown} | {} | {meaning} |", self.takes(field));
            }
        }
        if let Some(forms) = one["oneOf"].as_array() {
            rows += "| one of | meaning |\n|---|---|\n";
            for form in forms {
                let shown = match form["properties"].as_object() {
                    Some(fields) => fields
                        .iter()
                        .map(|(name, field)| format!("`{name}:` {}", self.takes(field)))
                        .collect::<Vec<_>>()
                        .join(", "),
                    None => self.takes(form),
                };
                let _ = writeln!(rows, "| {shown} | {} |", cell(&text(form)));
            }
        }
        rows
    }

    /// What can be written there, in a few words.
    fn takes(&self, one: &'a Value) -> String {
        if let Some(reference) = one["$ref"].as_str() {
            let (name, definition) = self.definition(reference);
            return match has_table(definition) {
                true => format!("[{name}](#{})", name.to_lowercase()),
                false => self.takes(definition),
            };
        }
        if let Some(value) = one.get("const") {
            return literal(value);
        }
        if let Some(values) = one["enum"].as_array() {
            let all: Vec<String> = values.iter().map(literal).collect();
            return all.join(", ");
        }
        if let Some(forms) = one["anyOf"].as_array() {
            let forms = forms.iter().filter(|form| form["type"] != "null");
            let all: Vec<String> = forms.map(|form| self.takes(form)).collect();
            return all.join(", or ");
        }
        let kind = match &one["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null"),
            kind => Some(kind),
        };
        match kind.and_then(Value::as_str) {
            Some("string") => match one["pattern"].as_str() {
                Some(pattern) => format!("text such as `{}`", cell(pattern)),
                None => "text".into(),
            },
            Some("boolean") => "`true` or `false`".into(),
            Some("integer") => match (one["minimum"].as_i64(), one["maximum"].as_i64()) {
                (Some(least), Some(most)) => format!("{least} to {most}"),
                (Some(least), None) => format!("{least} or more"),
                _ => "a number".into(),
            },
            Some("array") => format!("a list of: {}", self.takes(&one["items"])),
            Some("object") if one["additionalProperties"].is_object() => {
                format!("by name: {}", self.takes(&one["additionalProperties"]))
            }
            _ => "`{}`".into(),
        }
    }
}

/// What is no more than another name for a text or a list is written where it is used.
fn has_table(one: &Value) -> bool {
    one["properties"].is_object() || one["oneOf"].is_array()
}

fn text(one: &Value) -> String {
    one["description"]
        .as_str()
        .unwrap_or_default()
        .replace('\n', " ")
}

/// Nothing for a default that says no more than "left out".
fn default(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Number(_) => format!("Default: `{value}`."),
        Value::String(text) if !text.is_empty() => format!("Default: `{text}`."),
        _ => String::new(),
    }
}

fn literal(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("`{text}`"),
        None => format!("`{value}`"),
    }
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_a_row_and_each_thing_has_its_table_once() {
        let schema = json!({
            "description": "All.",
            "properties": {
                "a": {"$ref": "#/$defs/Thing", "description": "One\nthing."},
                "b": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/Thing"}, {"type": "null"}]}},
                "c": {"type": ["integer", "null"], "minimum": 1, "maximum": 9, "default": 3},
                "d": {"$ref": "#/$defs/Alias", "description": "x | y"},
                "e": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Choice"}},
            },
            "required": ["a"],
            "$defs": {
                "Thing": {"description": "A thing.", "properties": {"on": {"type": "boolean", "default": false}}},
                "Alias": {"anyOf": [{"type": "string"}, {"type": "string", "pattern": "^s3:"}]},
                "Choice": {"oneOf": [
                    {"const": "x", "description": "X."},
                    {"properties": {"thing": {"$ref": "#/$defs/Thing"}}, "description": "T."},
                ]},
                "Unused": {"properties": {}},
            },
        });
        let page = reference(&schema);
        let (_, page) = page.split_once("## Manifest").unwrap();
        assert_eq!(
            page,
            "\n\nAll.\n\n| field | takes | meaning |\n|---|---|---|\n\
             | **`a`** | [Thing](#thing) | One thing. |\n\
             | `b` | a list of: [Thing](#thing) |  |\n\
             | `c` | 1 to 9 | Default: `3`. |\n\
             | `d` | text, or text such as `^s3:` | x \\| y |\n\
             | `e` | by name: [Choice](#choice) |  |\n\
             \n## Thing\n\nA thing.\n\n| field | takes | meaning |\n|---|---|---|\n\
             | `on` | `true` or `false` | Default: `false`. |\n\
             \n## Choice\n\n\n\n| one of | meaning |\n|---|---|\n\
             | `x` | X. |\n| `thing:` [Thing](#thing) | T. |\n"
        );
    }
}
