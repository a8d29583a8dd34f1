//! The fields of a kind as its type declares them, so that whoever tells of all of them can forget none.

use super::Kind;
use serde::de::value::{Error, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::cell::Cell;

/// A field that the kind of a resource has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// As it is written.
    pub name: &'static str,
    /// It may be left out, and is not managed then.
    pub optional: bool,
}

/// All that can differ of a kind, in the order of its type: its fields without the name, which is the
/// address, and without what is never a difference.
pub(super) fn declared<K: Kind + DeserializeOwned>() -> Vec<Declared> {
    let mut names: &'static [&'static str] = &[];
    // It fails once it has told the names.
    let _ = K::deserialize(Names(&mut names));
    let can_differ = |name: &&&str| **name != "name" && !K::NEVER_DIFFERS.contains(*name);
    names
        .iter()
        .filter(can_differ)
        .map(|name| {
            let optional = Cell::new(false);
            let only = std::iter::once((*name, Value(&optional)));
            let _ = K::deserialize(MapDeserializer::new(only));
            Declared {
                name,
                optional: optional.get(),
            }
        })
        .collect()
}

/// Takes the names of the fields that a type asks for, and gives nothing.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("it is no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("its fields are known"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// In place of a value: notes whether an `Option` is asked for, and gives nothing.
struct Value<'a>(&'a Cell<bool>);

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("it is no option"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        self.0.set(true);
        Err(Error::custom("it is an option"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
