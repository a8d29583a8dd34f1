//! One JSON object.

use super::{Fault, Field, fault};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

/// The object in `old` with the fields as members; other members keep their values.
pub(super) fn edit(old: &str, fields: &[Field]) -> Result<Zeroizing<String>, Fault> {
    if old.trim().is_empty() {
        return Ok(object(fields));
    }
    let mut members = read(old).ok_or_else(|| {
        fault(
            "it holds something else than a JSON object",
            "name another file, or remove it",
        )
    })?;
    for field in fields {
        members.insert(
            field.name.clone(),
            Value::String(field.value.expose_secret().to_owned()),
        );
    }
    let mut value = Value::Object(members);
    let mut text = Zeroizing::new(String::with_capacity(old.len() * 4 + 4096));
    text.push_str(&Zeroizing::new(format!("{value:#}")));
    text.push('\n');
    wipe(&mut value);
    Ok(text)
}

/// An object of nothing but the fields, in their order.
pub(super) fn object(fields: &[Field]) -> Zeroizing<String> {
    let mut parts = Zeroizing::new(Vec::with_capacity(fields.len()));
    for field in fields {
        parts.push(format!(
            "  {}: {}",
            Value::from(field.name.as_str()),
            *Zeroizing::new(Value::from(field.value.expose_secret()).to_string())
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
    fn what_is_no_object_is_left_alone() {
        for old in ["[]", "text", "{\"a\": "] {
            assert!(edit(old, &key()).is_err());
            assert_eq!(find(old, "id"), None);
        }
    }
}
