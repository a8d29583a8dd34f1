//! What is told of each statement.

use super::*;

/// The only condition of a statement, for a request with this value of the key, or without it.
fn condition(operator: &str, expected: &Value, actual: &[&str]) -> ConditionTrace {
    let own = document(&[json!({
        "Effect": "Allow", "Condition": {operator: {"test:key": expected}},
    })]);
    let actual = actual.iter().map(|one| (*one).to_owned());
    let context = Context::new().with_all("test:key", actual);
    let request = Request {
        context,
        ..get(user())
    };
    let sources = Sources {
        identity: vec![source("own", &own)],
        ..Sources::default()
    };
    trace(&request, &sources)[0].conditions[0].clone()
}

#[test]
fn a_condition_tells_why_it_is_met_or_not() {
    for (operator, expected, actual, met, note) in [
        ("StringEquals", json!("a"), &["a"][..], true, ""),
        ("StringEquals", json!("a"), &["b"], false, ""),
        (
            "StringEquals",
            json!("a"),
            &["A"],
            false,
            "upper and lower case",
        ),
        (
            "StringLike",
            json!("A*"),
            &["abc"],
            false,
            "upper and lower case",
        ),
        (
            "StringEquals",
            json!("a*"),
            &["ab"],
            false,
            "stand for themselves",
        ),
        (
            "StringEquals",
            json!("a"),
            &[],
            false,
            "does not have the key",
        ),
        ("StringEqualsIfExists", json!("a"), &[], true, "IfExists"),
        (
            "ForAllValues:StringLike",
            json!("a"),
            &[],
            true,
            "true of no values",
        ),
        (
            "ForAnyValue:StringLike",
            json!("a"),
            &[],
            false,
            "does not have",
        ),
        ("StringNotEquals", json!("a"), &[], true, "not equal"),
        ("Null", json!("true"), &[], true, "does not have"),
        ("Null", json!("true"), &["a"], false, "has the key"),
        (
            "StringEquals",
            json!("a"),
            &["a", "b"],
            false,
            "ForAnyValue",
        ),
        ("StringEqual", json!("a"), &["a"], false, "no such operator"),
        ("StringEquals", json!([]), &["a"], false, "no value"),
    ] {
        let found = condition(operator, &expected, actual);
        let case = format!("{operator} {expected} {actual:?}: {found:?}");
        assert_eq!(found.met, met, "{case}");
        let said = found.note.unwrap_or_default();
        assert_eq!(said.is_empty(), note.is_empty(), "{case}");
        assert!(said.contains(note), "{case}");
    }
}

#[test]
fn each_element_is_told_as_it_is_written() {
    let policy = document(&[json!({
        "Effect": "Allow", "Principal": {"AWS": [OTHER, USER]}, "NotAction": "s3:Get*",
        "Resource": "arn:aws:s3:::b/*",
    })]);
    let sources = Sources {
        resource: Some(source("resource", &policy)),
        ..Sources::default()
    };
    let request = get(user());
    let traces = trace(&request, &sources);
    let elements: Vec<_> = traces[0]
        .elements
        .iter()
        .map(|one| (one.element, one.written.join(" "), one.met))
        .collect();
    assert_eq!(
        elements,
        [
            ("Principal", format!("{OTHER} {USER}"), true),
            ("NotAction", "s3:Get*".to_owned(), false),
            ("Resource", "arn:aws:s3:::b/*".to_owned(), true),
        ]
    );
    assert_eq!((traces[0].applies, traces[0].missed()), (false, 1));
    assert!(traces[0].meets("Resource") && !traces[0].meets("Action"));
    let layers = Layers::of(&request, &sources, &traces);
    assert_eq!(layers.together, Together::Either);
    assert_eq!(
        (layers.identity, layers.resource),
        (Some(false), Some(false))
    );
    assert_eq!((layers.boundary, layers.session), (None, None));
}
