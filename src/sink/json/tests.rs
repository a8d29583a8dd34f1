//! JSON objects: ours are changed, and all else stays.

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
        let new = edit(old, &key(), None).unwrap();
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
        assert_eq!(*edit(old, &key(), None).unwrap(), new, "{old}");
        assert_eq!(*edit(&new, &key(), None).unwrap(), new, "a second time");
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
        let new = edit(&old, &key(), None).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&new).unwrap(), value);
    }
}

#[test]
fn a_member_that_is_to_go_is_gone_wherever_it_stands() {
    let key = r#""id": "AKIA1", "key": "a/\"b\\""#;
    let table = [
        (r#"{"t": 1, "id": 1, "key": 2}"#, format!("{{{key}}}")),
        (
            r#"{"id": 1, "t": {"t": ","}, "key": 2}"#,
            format!("{{{key}}}"),
        ),
        (r#"{"id": 1, "key": 2 , "t": "}"}"#, format!("{{{key}}}")),
        (
            r#"{"t": 1, "t": 2, "id": 1, "t" :3, "key": {"t": 4}}"#,
            format!("{{{key}}}"),
        ),
        (
            r#"{ "t": "\"," , "a": {"t": 1}}"#,
            format!(r#"{{ "a": {{"t": 1}}, {key}}}"#),
        ),
        (r#"{"t": 1}"#, object(&self::key()).to_string()),
    ];
    for (old, new) in table {
        assert_eq!(*edit(old, &self::key(), Some("t")).unwrap(), new, "{old}");
    }
}

#[test]
fn what_is_no_object_is_left_alone() {
    for old in ["[]", "text", "{\"a\": "] {
        assert!(edit(old, &key(), None).is_err());
        assert_eq!(find(old, "id"), None);
    }
}
