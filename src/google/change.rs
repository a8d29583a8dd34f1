//! What of something differs between what the plan saw and what is wanted, and is not so already.

use super::error::Result;
use super::write::changed_since;
use serde_json::{Map, Value};

/// Fields as the API names them → what is in them. A field within another is `outer/inner`.
pub(super) type Fields = Map<String, Value>;

/// The fields to write: those that the plan changes and that are not as wanted by now. What has been
/// removed is `null`.
///
/// # Errors
/// Somebody has changed one of them otherwise since the plan was made.
pub(super) fn to_write(what: &str, have: &Fields, now: &Fields, want: &Fields) -> Result<Fields> {
    let mut written = Fields::new();
    let names = have.keys().chain(want.keys());
    for name in names {
        let of = |fields: &Fields| fields.get(name).cloned().unwrap_or(Value::Null);
        let (have, now, want) = (of(have), of(now), of(want));
        if have == want || now == want {
            continue;
        }
        if now != have {
            return Err(changed_since(&format!("{name} of {what}")));
        }
        written.insert(name.clone(), want);
    }
    Ok(written)
}

/// `outer/inner` as an object in an object.
pub(super) fn nested(fields: Fields) -> Map<String, Value> {
    let mut whole = Map::new();
    for (name, value) in fields {
        match name.split_once('/') {
            None => _ = whole.insert(name, value),
            Some((outer, inner)) => {
                let outer = whole
                    .entry(outer)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(outer) = outer {
                    outer.insert(inner.to_owned(), value);
                }
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn only_what_the_plan_changes_is_written_and_not_over_somebody_elses_change() {
        let have = fields(json!({"title": "a", "stage": "GA", "labels/x": "1"}));
        let want = fields(json!({"title": "b", "stage": "GA", "labels/y": "2"}));
        let written = to_write("role r", &have, &have, &want).unwrap();
        assert_eq!(
            nested(written),
            fields(json!({"title": "b", "labels": {"x": null, "y": "2"}}))
        );
        let mut now = have.clone();
        now.insert("stage".into(), "BETA".into());
        now.insert("title".into(), "b".into());
        let written = to_write("role r", &have, &now, &want).unwrap();
        assert_eq!(
            written.len(),
            2,
            "what is so already, or is not ours, stays"
        );
        now.insert("title".into(), "c".into());
        assert!(to_write("role r", &have, &now, &want).is_err());
        assert!(to_write("role r", &have, &want, &want).unwrap().is_empty());
    }
}
