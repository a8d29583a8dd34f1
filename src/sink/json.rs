//! One JSON object.

use super::{Fault, Field, fault};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use std::ops::Range;
use zeroize::{Zeroize, Zeroizing};

/// How many bytes of JSON a byte of text takes at most: `\u001f`.
const LONGEST: usize = 6;

/// The object in `old` with the fields as members: in place where they are, at the end where they
/// are not. All else stays byte for byte, for a number may be longer than this program can hold.
pub(super) fn edit(old: &str, fields: &[Field]) -> Result<Zeroizing<String>, Fault> {
    if old.trim().is_empty() {
        return Ok(object(fields));
    }
    if !is_object(old) {
        return Err(fault(
            "it holds something else than a JSON object",
            "name another file, or remove it",
        ));
    }
    let members = members(old);
    let Some(last) = members.last() else {
        return Ok(object(fields));
    };
    let added: usize = fields
        .iter()
        .map(|field| (field.name.len() + field.value.expose_secret().len() + 2) * LONGEST)
        .sum();
    // What stands before each member, as far as it is blanks: members of ours line up with them.
    let lead = lead(old);
    // Room for each field in the place of each member, so that the buffer never moves and leaves a
    // copy behind.
    let room = old.len() + (added + lead.len() + 4) * (members.len() + fields.len());
    let mut text = Zeroizing::new(String::with_capacity(room));
    let mut done = 0;
    for member in &members {
        if let Some(field) = fields.iter().find(|field| field.name == member.name) {
            text.push_str(&old[done..member.value.start]);
            text.push_str(&quoted(field.value.expose_secret()));
            done = member.value.end;
        }
    }
    text.push_str(&old[done..last.value.end]);
    for field in fields {
        if members.iter().all(|member| member.name != field.name) {
            text.push(',');
            text.push_str(if lead.is_empty() { " " } else { lead });
            text.push_str(&quoted(&field.name));
            text.push_str(": ");
            text.push_str(&quoted(field.value.expose_secret()));
        }
    }
    text.push_str(&old[last.value.end..]);
    Ok(text)
}

/// An object of nothing but the fields, in their order.
pub(super) fn object(fields: &[Field]) -> Zeroizing<String> {
    let mut parts = Zeroizing::new(Vec::with_capacity(fields.len()));
    for field in fields {
        parts.push(format!(
            "  {}: {}",
            *quoted(&field.name),
            *quoted(field.value.expose_secret())
        ));
    }
    Zeroizing::new(format!("{{\n{}\n}}\n", *Zeroizing::new(parts.join(",\n"))))
}

/// The text of member `name`.
pub(super) fn find(text: &str, name: &str) -> Option<String> {
    let mut value = Value::Object(read(text)?);
    let found = value.get(name).and_then(Value::as_str).map(str::to_owned);
    wipe(&mut value);
    found.filter(|found| !found.is_empty())
}

fn read(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn is_object(text: &str) -> bool {
    let read = read(text);
    let is_one = read.is_some();
    wipe(&mut read.map_or(Value::Null, Value::Object));
    is_one
}

/// A member of an object: its name, and where its value stands.
struct Member {
    name: String,
    value: Range<usize>,
}

/// The members of the object that `text` is known to be, in their order.
fn members(text: &str) -> Vec<Member> {
    let mut found = Vec::new();
    let mut at = text.find('{').map_or(text.len(), |brace| brace + 1);
    while let Some(quote) = text[at..].find(['"', '}']) {
        let start = at + quote;
        if text[start..].starts_with('}') {
            break;
        }
        let colon = end_of_value(text, start);
        let name = serde_json::from_str(&text[start..colon]).unwrap_or_default();
        let after = colon + text[colon..].find(':').map_or(0, |colon| colon + 1);
        let blanks = text[after..].len() - text[after..].trim_start().len();
        let value = after + blanks..end_of_value(text, after + blanks);
        at = value.end;
        found.push(Member { name, value });
    }
    found
}

/// Where the JSON value that begins at `start` ends.
fn end_of_value(text: &str, start: usize) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        let whole = match byte {
            _ if escaped => {
                escaped = false;
                false
            }
            b'\\' => {
                escaped = true;
                false
            }
            b'"' => {
                in_text = !in_text;
                !in_text && depth == 0
            }
            _ if in_text => false,
            b'{' | b'[' => {
                depth += 1;
                false
            }
            // Of the object around it: a number or a word ends here.
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                depth == 0
            }
            _ if byte.is_ascii_whitespace() && depth == 0 => return at,
            _ => false,
        };
        if whole {
            return at + 1;
        }
    }
    text.len()
}

/// The blanks before the first member.
fn lead(text: &str) -> &str {
    let inside = text.find('{').map_or("", |brace| &text[brace + 1..]);
    &inside[..inside.len() - inside.trim_start().len()]
}

/// A JSON string.
fn quoted(text: &str) -> Zeroizing<String> {
    let mut value = Value::String(text.to_owned());
    let quoted = Zeroizing::new(value.to_string());
    wipe(&mut value);
    quoted
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> [Field; 2] {
        [("id", "AKIA1"), ("key", "a/\"b\\")].map(|(name, value)| Field {
            name: name.into(),
            value: value.to_owned().into(),
        })
    }

    #[test]
    fn other_members_stay_and_ours_are_read_back() {
        for old in ["", "{}", r#"{"other": {"a": [1, null]}, "key": "old"}"#] {
            let new = edit(old, &key()).unwrap();
            let value: Value = serde_json::from_str(&new).unwrap();
            assert_eq!(
                (value["id"].as_str(), value["key"].as_str()),
                (Some("AKIA1"), Some("a/\"b\\"))
            );
            assert_eq!(value["other"].is_null(), !old.contains("other"));
            assert_eq!(find(&new, "id").as_deref(), Some("AKIA1"));
        }
    }

    #[test]
    fn what_else_is_in_it_stays_byte_for_byte() {
        let ours = r#""id": "AKIA1""#;
        let table = [
            (
                r#"{"n": 12345678901234567890123, "f": 1.10, "z":1,"a":2}"#,
                format!(
                    r#"{{"n": 12345678901234567890123, "f": 1.10, "z":1,"a":2, {ours}, "key": "a/\"b\\"}}"#
                ),
            ),
            (
                "{\n    \"z\" : [1, \"]}\\\"\"],\n    \"id\"\t: null ,\n    \"key\": {\"id\": 1}\n}\n",
                "{\n    \"z\" : [1, \"]}\\\"\"],\n    \"id\"\t: \"AKIA1\" ,\n    \"key\": \"a/\\\"b\\\\\"\n}\n"
                    .to_owned(),
            ),
            (
                "{\n  \"\\u0069d\": 1,\n  \"key\": true, \"id\": \"\"\n}",
                "{\n  \"\\u0069d\": \"AKIA1\",\n  \"key\": \"a/\\\"b\\\\\", \"id\": \"AKIA1\"\n}"
                    .to_owned(),
            ),
            (
                "{\n  \"z\": {}\n}\n",
                format!("{{\n  \"z\": {{}},\n  {ours},\n  \"key\": \"a/\\\"b\\\\\"\n}}\n"),
            ),
        ];
        for (old, new) in table {
            assert_eq!(*edit(old, &key()).unwrap(), new, "{old}");
            assert_eq!(*edit(&new, &key()).unwrap(), new, "a second time");
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ a-z\"\\\\{}\\[\\],:\u{e9}]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z\"\\\\]{0,3}|id|key", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_object_is_what_it_was_and_the_fields(
            members in proptest::collection::btree_map("[a-z\"\\\\}]{0,3}|id|key", any_value(), 0..5),
            pretty: bool
        ) {
            let mut value = Value::Object(members.into_iter().collect());
            let old = if pretty { format!("{value:#}") } else { value.to_string() };
            for field in key() {
                value[&field.name] = field.value.expose_secret().into();
            }
            let new = edit(&old, &key()).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&new).unwrap(), value);
        }
    }

    #[test]
    fn what_is_no_object_is_left_alone() {
        for old in ["[]", "text", "{\"a\": "] {
            assert!(edit(old, &key()).is_err());
            assert_eq!(find(old, "id"), None);
        }
    }
}
