//! The values of fields in words.

use super::text::{clean, count, quoted};
use serde_json::{Map, Value};

/// The words for `value`, which is that of `field`: one text for each element of a set or map.
pub(super) fn words(field: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) if items.is_empty() => vec!["none".to_owned()],
        Value::Array(items) => {
            let mut told: Vec<(Option<u64>, String)> = items
                .iter()
                // What happens after so many days is told as time goes on.
                .map(|item| {
                    (
                        item.get("days").and_then(Value::as_u64),
                        phrase(field, item),
                    )
                })
                .collect();
            told.sort();
            told.into_iter().map(|(_, text)| text).collect()
        }
        Value::Object(fields) if fields.is_empty() => vec!["none".to_owned()],
        Value::Object(fields) => switches(fields).unwrap_or_else(|| members(field, fields)),
        scalar => vec![phrase(field, scalar)],
    }
}

/// Whether a value is there, for a reader: an empty set of a new resource is nothing to tell.
pub(super) fn tells(field: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !(text == "/" && field == "path"),
        _ => true,
    }
}

fn phrase(field: &str, value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Number(number) if field == "max_session_duration" => format!("{number} s"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        nested => words(field, nested).join("; "),
    }
}

/// Four switches that are all the same way are one fact.
fn switches(fields: &Map<String, Value>) -> Option<Vec<String>> {
    let states: Option<Vec<bool>> = fields.values().map(Value::as_bool).collect();
    let states = states.filter(|states| states.len() > 1)?;
    let all = match states.len() {
        2 => "both".to_owned(),
        4 => "all four".to_owned(),
        number => format!("all {number}"),
    };
    if states.iter().all(|on| *on) {
        Some(vec![format!("{all} on")])
    } else if states.iter().all(|on| !on) {
        Some(vec![format!("{all} off")])
    } else {
        None
    }
}

fn members(field: &str, fields: &Map<String, Value>) -> Vec<String> {
    if let (Some(class), Some(days)) = (fields.get("storage_class"), fields.get("days")) {
        let days = days
            .as_u64()
            .and_then(|days| usize::try_from(days).ok())
            .unwrap_or_default();
        return vec![format!(
            "{} after {}",
            phrase("storage_class", class),
            count(days, "day")
        )];
    }
    let mut texts = Vec::new();
    // What kind of encryption it is comes first, and without a name.
    texts.extend(
        fields
            .get("algorithm")
            .map(|algorithm| phrase("algorithm", algorithm)),
    );
    for (name, value) in fields {
        if name == "algorithm" || !tells(name, value) || goes_without_saying(name, value) {
            continue;
        }
        let value = phrase(name, value);
        texts.push(match field {
            "tags" | "labels" | "marks" | "attribute_mapping" => {
                format!("{}={value}", clean(name))
            }
            "bindings" => format!("{} to {value}", clean(name)),
            _ => format!("{} {value}", clean(name)),
        });
    }
    if texts.is_empty() {
        texts.push("on".to_owned());
    }
    texts
}

/// Parts of a setting that say nothing as long as they have this value.
fn goes_without_saying(name: &str, value: &Value) -> bool {
    match name {
        "bucket_key" => value == false,
        "enabled" => value == true,
        "prefix" => value == "",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_told_in_words() {
        let table = [
            ("versioning", json!(true), "on"),
            ("region", json!("eu-west-1"), "eu-west-1"),
            ("max_session_duration", json!(3600), "3600 s"),
            ("description", json!(null), "not set"),
            ("members", json!(["b", "a"]), "a, b"),
            ("lifecycle", json!({}), "none"),
            (
                "encryption",
                json!({"algorithm": "SSE-S3", "bucket_key": false}),
                "SSE-S3",
            ),
            (
                "encryption",
                json!({"algorithm": "SSE-KMS", "bucket_key": true, "kms_key": "arn:x"}),
                "SSE-KMS, bucket_key on, kms_key arn:x",
            ),
            ("tags", json!({"a": "b", "c": ""}), "a=b, c=\"\""),
            ("labels", json!({"a": "b"}), "a=b"),
            (
                "bindings",
                json!({"roles/viewer": ["user:b@x.com", "user:a@x.com"]}),
                "roles/viewer to user:a@x.com; user:b@x.com",
            ),
            (
                "public_access_block",
                json!({"a": true, "b": true, "c": true, "d": true}),
                "all four on",
            ),
            (
                "public_access_block",
                json!({"a": true, "b": false}),
                "a on, b off",
            ),
            (
                "rule",
                json!({"enabled": true, "prefix": "", "expire_days": 30,
                       "transitions": [{"days": 90, "storage_class": "DEEP_ARCHIVE"},
                                       {"days": 1, "storage_class": "GLACIER"}]}),
                "expire_days 30, transitions GLACIER after 1 day; DEEP_ARCHIVE after 90 days",
            ),
            (
                "rule",
                json!({"enabled": false, "prefix": "a/"}),
                "enabled off, prefix a/",
            ),
        ];
        for (field, value, expected) in table {
            assert_eq!(words(field, &value).join(", "), expected, "{field} {value}");
        }
    }
}
