//! What is a change, where it is, and which objects of two sets belong together.

use super::*;
use serde_json::json;

fn paths(before: &Value, after: &Value) -> Vec<String> {
    changes(Some(before), Some(after))
        .into_iter()
        .map(|change| change.path)
        .collect()
}

#[test]
fn equal_values_have_no_changes_whatever_the_order_of_their_sets() {
    let one = json!({"members": ["a", "b"], "s": [{"x": ["1", "2"]}, {"x": ["3"]}], "n": null});
    let two = json!({"s": [{"x": ["3"]}, {"x": ["2", "1"]}], "members": ["b", "a"]});
    assert_eq!(paths(&one, &two), Vec::<String>::new());
}

#[test]
fn sets_of_objects_are_multisets() {
    let (a, b) = (json!({"x": "a"}), json!({"x": "b"}));
    assert_eq!(
        paths(&json!({"s": [a, a, b]}), &json!({"s": [a, b, b]})),
        ["s[1]", "s[1]"],
        "the second a goes, the first b comes"
    );
}

#[test]
fn a_changed_statement_is_a_change_within_it() {
    let before = json!({"Statement": [
        {"Sid": "Other", "Effect": "Allow", "Action": ["s3:ListBucket"]},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}]});
    let after = json!({"Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
         "Resource": ["arn:aws:s3:::b/*"]},
        {"Sid": "Other", "Effect": "Deny", "Action": ["s3:ListBucket"]}]});
    assert_eq!(
        changes(Some(&before), Some(&after)),
        [
            Change {
                path: "Statement[0].Action".into(),
                before: Some(json!(["s3:GetObject"])),
                after: Some(json!(["s3:GetObject", "s3:PutObject"])),
            },
            Change {
                path: "Statement[\"Other\"].Effect".into(),
                before: Some(json!("Allow")),
                after: Some(json!("Deny")),
            },
        ]
    );
}

#[test]
fn unlike_statements_are_one_removed_and_one_added() {
    let before = json!({"s": [{"Action": ["s3:GetObject"], "Resource": ["a"], "Effect": "Allow"}]});
    let after = json!({"s": [{"Action": ["s3:PutObject"], "Resource": ["b"], "Effect": "Allow"}]});
    let found = changes(Some(&before), Some(&after));
    assert_eq!(found.len(), 2);
    assert!(found[0].after.is_none() && found[1].before.is_none());
}

#[test]
fn statements_that_are_opposed_or_have_two_names_are_not_one_that_changed() {
    let statement = |sid: &str, effect: &str| {
        json!({"Sid": sid, "Effect": effect,
        "Action": ["s3:GetObject"], "Resource": ["a"], "Principal": {"AWS": ["*"]}})
    };
    let mut other = statement("OnlyTls", "Allow");
    other["Action"] = json!(["s3:GetObject", "s3:PutObject"]);
    for (old, new) in [
        (statement("Evil", "Allow"), other),
        (
            json!({"Effect": "Allow", "Action": ["a"], "Resource": ["b"]}),
            json!({"Effect": "Deny", "Action": ["a"], "Resource": ["b"]}),
        ),
    ] {
        let found = changes(Some(&json!({"s": [old]})), Some(&json!({"s": [new]})));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].after.is_none() && found[1].before.is_none());
    }
}

fn named(sid: &str, actions: &[&str]) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": ["a", "b"]})
}

#[test]
fn a_name_that_changes_is_a_change_of_the_name() {
    let before = json!({"s": [named("Old", &["x", "y"])]});
    let after = json!({"s": [named("New", &["y", "x"])]});
    let found = changes(Some(&before), Some(&after));
    let expected = Change {
        path: "s[\"New\"].Sid".into(),
        before: Some(json!("Old")),
        after: Some(json!("New")),
    };
    assert_eq!(found, [expected]);
    let mut nameless = named("Old", &["x", "y"]);
    nameless.as_object_mut().unwrap().remove("Sid");
    assert_eq!(paths(&before, &json!({"s": [nameless]})), ["s[0].Sid"]);
}

#[test]
fn names_that_were_exchanged_are_two_names_that_changed() {
    let (one, other) = (["x", "y"].as_slice(), ["z"].as_slice());
    let before = json!({"s": [named("A", one), named("B", other)]});
    let after = json!({"s": [named("A", other), named("B", one)]});
    assert_eq!(paths(&before, &after), ["s[\"A\"].Sid", "s[\"B\"].Sid"]);
}

#[test]
fn of_a_name_that_several_have_the_most_alike_are_paired() {
    let before = json!({"s": [named("A", &["x", "y"]), named("A", &["p", "q", "r"])]});
    let after = json!({"s": [named("A", &["p", "q"]), named("A", &["x", "y", "z"])]});
    assert_eq!(
        changes(Some(&before), Some(&after)),
        [
            Change {
                path: "s[0].Action".into(),
                before: Some(json!(["p", "q", "r"])),
                after: Some(json!(["p", "q"])),
            },
            Change {
                path: "s[1].Action".into(),
                before: Some(json!(["x", "y"])),
                after: Some(json!(["x", "y", "z"])),
            },
        ]
    );
}

#[test]
fn what_shrinks_to_a_part_of_itself_is_the_same_statement() {
    let many: Vec<String> = (0..30).map(|number| format!("s3:Action{number}")).collect();
    let statement = |actions: &[String]| json!({"s": [{"Effect": "Allow", "Action": actions, "Resource": ["a"]}]});
    let (large, small) = (statement(&many), statement(&many[..1]));
    assert_eq!(paths(&large, &small), ["s[0].Action"]);
    assert_eq!(paths(&small, &large), ["s[0].Action"]);
}

#[test]
fn five_hundred_statements_that_all_change_are_paired_each_with_its_own() {
    let statements = |more: &[&str], turned: bool| {
        let one = |number: usize| {
            let mut actions = vec!["s3:GetObject"];
            actions.extend(more);
            json!({"Effect": "Allow", "Action": actions, "Principal": {"AWS": ["*"]},
                   "Resource": [format!("arn:aws:s3:::b/{number}"), format!("c{number}")]})
        };
        let mut all: Vec<Value> = (0..500).map(one).collect();
        if turned {
            all.reverse();
        }
        all
    };
    let (old, new) = (statements(&[], false), statements(&["s3:PutObject"], true));
    let pairs = pairs(&old, &new);
    assert_eq!(pairs.len(), 500);
    for (before, after) in pairs {
        let resource = |side: Option<&Value>| side.unwrap()["Resource"].clone();
        assert_eq!(resource(before), resource(after));
    }
}

#[test]
fn a_new_resource_is_its_fields_and_null_is_not_one() {
    let found = changes(
        None,
        Some(&json!({"region": "eu-west-1", "tags": {"a": "b"}, "x": null})),
    );
    let paths: Vec<_> = found.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["region", "tags"]);
}

#[test]
fn names_with_dots_are_quoted_in_paths() {
    let before = json!({"tags": {"a.b": "1", "plain-key": "1"}});
    let after = json!({"tags": {"a.b": "2", "plain-key": "2"}});
    assert_eq!(paths(&before, &after), ["tags[\"a.b\"]", "tags.plain-key"]);
}
