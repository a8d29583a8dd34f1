//! A YAML tree that keeps positions and the text of every scalar.

use super::source::Span;

/// A value and where it is written. Behind an alias (`*name`) and a merge key (`<<`) the position
/// is that of the definition: there is the text to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// Its bytes in the text; empty for a value that is not written (`key:`).
    pub span: Span,
}

/// What a node is. There are no numbers and no booleans here: `012345678901`, `on` and `1e3` are
/// the text that the author wrote, and only the field they stand in knows what it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~`, `null`, `Null` or `NULL`, unquoted. The text is the span's slice.
    Null,
    /// Text.
    Scalar {
        /// The text, verbatim when plain; with escapes and folding undone when quoted or a block.
        text: String,
        /// Whether it can only be text: in quotes, a block (`|`, `>`), or tagged `!!str`.
        quoted: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file, keys unique; merged entries (`<<`) come last.
    Map(Vec<(Key, Node)>),
}

/// A map's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key, never empty.
    pub text: String,
    /// Its bytes in the text.
    pub span: Span,
}

impl Node {
    /// The value of `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        entries
            .iter()
            .find(|(have, _)| have.text == key)
            .map(|(_, value)| value)
    }

    /// Takes `key` and its value out of the map, e.g. the inputs before the rest is filled.
    pub fn take(&mut self, key: &str) -> Option<(Key, Node)> {
        let Kind::Map(entries) = &mut self.kind else {
            return None;
        };
        let position = entries.iter().position(|(have, _)| have.text == key)?;
        Some(entries.remove(position))
    }

    /// The text, when this is a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether this is a scalar that can only be text.
    pub fn is_quoted(&self) -> bool {
        matches!(self.kind, Kind::Scalar { quoted: true, .. })
    }

    /// The entries, when this is a map.
    pub fn entries(&self) -> Option<&[(Key, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, when this is a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// What errors call it: `a list`, `the text `x``.
    pub(super) fn described(&self) -> String {
        match &self.kind {
            Kind::Null if self.span.is_empty() => "nothing".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Scalar { text, .. } => format!("the text {}", super::visible::shown(text)),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
        }
    }

    /// The part of this node that a caret should mark: a block marks its first key or item only.
    pub(super) fn head(&self) -> Span {
        match &self.kind {
            Kind::Map(entries) => entries.first().map_or(self.span, |(key, _)| key.span),
            Kind::List(items) => items.first().map_or(self.span, Node::head),
            _ => self.span,
        }
    }

    /// Where to show an error of this node when `holder` (its key) is written at a place too: a
    /// written scalar is shown itself, anything else by its holder.
    pub(super) fn place(&self, holder: Span) -> Span {
        match &self.kind {
            Kind::Scalar { .. } | Kind::Null if !self.span.is_empty() => self.span,
            _ => holder,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse::parse, source::Source};
    use super::*;

    #[test]
    fn a_map_gives_and_gives_away_its_entries() {
        let mut node = parse(&Source::new("m", "inputs: {a: 1}\nname: x\nlist: [1, 2]\n")).unwrap();
        assert_eq!(node.get("name").and_then(Node::text), Some("x"));
        assert_eq!(
            node.get("list").and_then(Node::items).map(<[Node]>::len),
            Some(2)
        );
        let (key, inputs) = node.take("inputs").unwrap();
        assert_eq!(
            (key.text.as_str(), inputs.entries().map(<[_]>::len)),
            ("inputs", Some(1))
        );
        assert_eq!(node.get("inputs"), None);
        assert_eq!(node.take("inputs"), None);
        assert_eq!(node.entries().map(<[_]>::len), Some(2));
    }
}
