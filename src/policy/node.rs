//! A tree of JSON as it was written: duplicate keys are still there to be refused, and numbers are
//! still told apart from text. Read from any self-describing serde format.

use super::fault::{Fault, element, member, shortened};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Deeper than any policy (which needs 6), shallow enough that no stack overflows.
const DEEPEST: usize = 32;

/// 2 to the power of 53: the least whole number that a floating-point one may have been rounded to.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// One value as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    /// A number, as the text AWS would take it for.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// Members in the order written, duplicates included.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a node, by any deserializer that knows its types itself (JSON, YAML).
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        Depth(0).deserialize(deserializer)
    }

    /// What this is, with its article, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::Text(_) => "a text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }

    /// Refuses an object that has one key twice, anywhere below `path`: AWS and most JSON readers
    /// would silently drop one of the two.
    pub(super) fn refuse_duplicates(&self, path: &str) -> Result<(), Fault> {
        match self {
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.refuse_duplicates(&element(path, index))?;
                }
            }
            Node::Object(members) => {
                let mut seen = BTreeSet::new();
                for (key, value) in members {
                    if !seen.insert(key) {
                        let message = format!(
                            "the key {:?} is written twice, and one of them would be lost; \
                             merge the two",
                            shortened(key)
                        );
                        return Err(Fault::new(path, message));
                    }
                    value.refuse_duplicates(&member(path, key))?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads one node that lies this deep.
struct Depth(usize);

impl Depth {
    fn below<E: de::Error>(&self) -> Result<Depth, E> {
        if self.0 < DEEPEST {
            Ok(Depth(self.0 + 1))
        } else {
            Err(E::custom(format!("nested more than {DEEPEST} deep")))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a policy document or a part of one")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        // Beyond this, numbers that are written differently would be read as one.
        match value.abs() < EXACT {
            true => Ok(Node::Number(value.to_string())),
            false => Err(E::custom(
                "a number too large to be read exactly; put it in quotes",
            )),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.below()?)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            object.push((key, members.next_value_seed(self.below()?)?));
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Result<Node, serde_json::Error> {
        Node::read(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn every_kind_of_value_is_kept_apart() {
        let kinds: Vec<_> = ["null", "true", "1", "1.5", "\"1\"", "[]", "{}"]
            .iter()
            .map(|text| node(text).unwrap().kind())
            .collect();
        let expected = [
            "null",
            "a boolean",
            "a number",
            "a number",
            "a text",
            "a list",
            "an object",
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_key_written_twice_is_refused_with_its_place() {
        let fault = node(r#"{"a":[{"b":1},{"c":1,"c":1}]}"#)
            .unwrap()
            .refuse_duplicates("")
            .unwrap_err();
        assert_eq!(fault.path, "a[1]");
        assert!(fault.message.contains("\"c\""), "{fault}");
        let twice_apart = node(r#"[{"a":1},{"a":1}]"#).unwrap();
        assert_eq!(twice_apart.refuse_duplicates(""), Ok(()));
    }

    #[test]
    fn a_number_is_exact_or_an_error() {
        let number = |text: &str| node(text).map(|node| node == Node::Number(text.to_owned()));
        assert!(number("18446744073709551615").unwrap(), "64 bits are kept");
        assert!(number("-9223372036854775808").unwrap());
        assert!(number("0.1").unwrap());
        assert_eq!(node("1.0").unwrap(), Node::Number("1".to_owned()));
        assert!(number("100000000000000000001").is_err());
        assert!(number("1e300").is_err());
    }

    #[test]
    fn a_tree_too_deep_is_an_error() {
        let deep = |levels: usize| node(&("[".repeat(levels) + &"]".repeat(levels)));
        assert!(deep(DEEPEST).is_ok());
        assert!(deep(DEEPEST + 2).is_err());
        assert!(deep(1_000_000).is_err());
    }
}
