//! What a schema takes, with its `$ref`s and alternatives laid side by side.

use serde_json::Value;

use super::super::nearest::listed;

/// `$ref`s and alternatives nest at most this deep; a schema that refers to itself ends here.
const DEEPEST: usize = 32;

/// What a value may be. Alternatives are taken apart by the kind of YAML that they want, because
/// the author's own kind then tells which one was meant.
#[derive(Default)]
pub(super) struct Shape<'s> {
    /// Any text.
    pub(super) text: bool,
    /// Certain words only.
    pub(super) words: Vec<&'s str>,
    /// A whole number, by this schema.
    pub(super) whole: Option<&'s Value>,
    /// Any number.
    pub(super) number: bool,
    /// `true` or `false`.
    pub(super) boolean: bool,
    /// A written `null`.
    pub(super) null: bool,
    /// A list, by this schema.
    pub(super) list: Option<&'s Value>,
    /// Maps, one schema for each alternative.
    pub(super) maps: Vec<&'s Value>,
    /// The schema says nothing.
    pub(super) anything: bool,
    /// The field's own schema first, then what it refers to: for `x-fix`, `examples`, `description`.
    notes: Vec<&'s Value>,
}

impl<'s> Shape<'s> {
    /// What `schema` takes; `root` resolves its `$ref`s.
    pub(super) fn of(root: &'s Value, schema: &'s Value) -> Self {
        let mut shape = Self::default();
        shape.add(root, schema, DEEPEST);
        shape
    }

    fn add(&mut self, root: &'s Value, schema: &'s Value, depth: usize) {
        let Some(object) = schema.as_object() else {
            self.anything |= schema.as_bool() == Some(true);
            return;
        };
        if depth == 0 {
            return;
        }
        self.notes.push(schema);
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            if let Some(target) = target
                .strip_prefix('#')
                .and_then(|pointer| root.pointer(pointer))
            {
                self.add(root, target, depth - 1);
            }
            return;
        }
        let alternatives = ["oneOf", "anyOf", "allOf"]
            .iter()
            .find_map(|name| object.get(*name));
        if let Some(alternatives) = alternatives.and_then(Value::as_array) {
            // An alternative's notes are not the field's, but for the one of an `Option`.
            let notes = self.notes.len();
            alternatives
                .iter()
                .for_each(|schema| self.add(root, schema, depth - 1));
            if alternatives
                .iter()
                .filter(|schema| !is_null(schema))
                .count()
                > 1
            {
                self.notes.truncate(notes);
            }
            return;
        }
        let constants = object
            .get("enum")
            .and_then(Value::as_array)
            .map(Vec::as_slice);
        if let Some(constants) = constants.or(object.get("const").map(std::slice::from_ref)) {
            self.words
                .extend(constants.iter().filter_map(Value::as_str));
            self.null |= constants.iter().any(Value::is_null);
            self.boolean |= constants.iter().any(Value::is_boolean);
            return;
        }
        match object.get("type") {
            Some(Value::String(kind)) => self.add_type(kind, schema),
            Some(Value::Array(kinds)) => {
                kinds
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|kind| self.add_type(kind, schema));
            }
            _ if object.contains_key("properties") => self.maps.push(schema),
            _ => self.anything = true,
        }
    }

    fn add_type(&mut self, kind: &str, schema: &'s Value) {
        match kind {
            "string" => self.text = true,
            "integer" => self.whole = Some(schema),
            "number" => self.number = true,
            "boolean" => self.boolean = true,
            "null" => self.null = true,
            "array" => self.list = Some(schema),
            "object" => self.maps.push(schema),
            _ => {}
        }
    }

    /// Whether any scalar fits.
    pub(super) fn takes_scalar(&self) -> bool {
        self.text
            || self.anything
            || self.number
            || self.boolean
            || self.whole.is_some()
            || !self.words.is_empty()
    }

    /// The fix that the field's schema names itself (`x-fix`).
    pub(super) fn fix(&self) -> Option<String> {
        let mut fixes = self
            .notes
            .iter()
            .filter_map(|schema| schema.get("x-fix")?.as_str());
        fixes.next().map(str::to_owned)
    }

    /// The schema's first example, as one writes it in YAML.
    pub(super) fn example(&self) -> Option<String> {
        let mut examples = self
            .notes
            .iter()
            .filter_map(|schema| schema.get("examples")?.get(0));
        examples.next().map(|example| match example {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// The first sentence of the description, without its full stop.
    pub(super) fn description(&self) -> Option<String> {
        let note = |schema: &&'s Value| schema.get("description")?.as_str();
        let text = self.notes.iter().find_map(note)?;
        let paragraph = text.split("\n\n").next()?.replace('\n', " ");
        let sentence = paragraph.split(". ").next()?.trim().trim_end_matches('.');
        (!sentence.is_empty()).then(|| sentence.to_owned())
    }

    /// The kinds of value that fit, as messages say them.
    pub(super) fn wanted(&self) -> String {
        let mut kinds: Vec<String> = Vec::new();
        let mut add = |kind: &str| kinds.push(kind.to_owned());
        if self.text {
            add("text");
        }
        if self.whole.is_some() {
            add("a whole number");
        }
        if self.number {
            add("a number");
        }
        if self.boolean {
            add("true or false");
        }
        if self.list.is_some() {
            add("a list");
        }
        let choices = self.choices();
        if !choices.is_empty() && !self.text {
            add(&format!("one of {}", listed(choices)));
        } else if !self.maps.is_empty() {
            add("a map");
        }
        match kinds.as_slice() {
            [] => "left out".to_owned(),
            _ => kinds.join(" or "),
        }
    }

    /// The words, and the keys of an externally tagged enum, together: what one can choose from.
    pub(super) fn choices(&self) -> Vec<&'s str> {
        let tags = self.tags().unwrap_or_default();
        self.words
            .iter()
            .copied()
            .chain(tags.into_iter().map(|(tag, _)| tag))
            .collect()
    }

    /// The variants of an externally tagged enum: each alternative is a map of one required key.
    /// `None` when the maps are anything else.
    pub(super) fn tags(&self) -> Option<Vec<(&'s str, &'s Value)>> {
        let variants = self
            .maps
            .iter()
            .map(|map| variant(map))
            .collect::<Option<Vec<_>>>()?;
        // One map of one required field is a struct, unless there are words beside it.
        (variants.len() > 1 || (variants.len() == 1 && !self.words.is_empty())).then_some(variants)
    }
}

fn variant(map: &Value) -> Option<(&str, &Value)> {
    let properties = map.get("properties")?.as_object()?;
    let (tag, schema) = properties.iter().next()?;
    let only = properties.len() == 1 && required(map).any(|name| name == tag);
    only.then_some((tag.as_str(), schema))
}

/// The names of the fields that a map must have.
pub(super) fn required(map: &Value) -> impl Iterator<Item = &str> {
    map.get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Whether the empty map fits.
pub(super) fn all_optional(map: &Value) -> bool {
    required(map).next().is_none()
}

/// Whether the map has named fields, and is not one of names that the author chooses.
pub(super) fn has_fields(map: &Value) -> bool {
    map.get("properties")
        .and_then(Value::as_object)
        .is_some_and(|fields| !fields.is_empty())
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}
