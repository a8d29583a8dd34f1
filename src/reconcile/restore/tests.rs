//! Three moments of a resource, and what leads back.

use super::*;
use crate::policy::Document;
use crate::resource::{Bucket, Group, LifecycleRule, Role, Tags, mark};
use std::collections::BTreeMap;

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(pair).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn may(action: &str) -> Document {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}",
            "Resource":"*"}}}}"#
    );
    Document::parse(&text).unwrap()
}

fn role(change: impl FnOnce(&mut Role)) -> Resource {
    let mut role = Role::named("r");
    change(&mut role);
    Resource::Role(role)
}

#[track_caller]
fn back(before: &Resource, after: &Resource, now: &Resource) -> (Resource, Vec<String>) {
    let restored = restore(before, after, now, false).unwrap();
    (restored.resource, restored.changed_since)
}

#[test]
fn nothing_that_happened_since_is_simply_as_before() {
    let before = role(|role| {
        role.tags = tags(&[("theirs", "1")]);
        role.attached_policies = set(&["a", "b"]);
        role.inline_policies = BTreeMap::from([("p".into(), may("s3:GetObject"))]);
    });
    let after = role(|role| {
        role.tags = tags(&[("theirs", "1")]);
        role.tags.extend(mark("m"));
        role.description = Some("d".into());
        role.permissions_boundary = Some("arn:x".into());
        role.max_session_duration = Some(7200);
        role.trust_policy = may("sts:AssumeRole");
        role.attached_policies = set(&["b", "c"]);
        role.inline_policies = BTreeMap::from([
            ("p".into(), may("s3:PutObject")),
            ("q".into(), may("s3:PutObject")),
        ]);
    });
    assert_eq!(back(&before, &after, &after), (before.clone(), vec![]));
    assert_eq!(back(&after, &before, &before), (after.clone(), vec![]));
    assert_eq!(
        back(&before, &after, &before),
        (before, vec![]),
        "nothing of it was done: nothing is to be done"
    );
}

#[test]
fn what_others_changed_stays_and_is_no_matter_unless_the_run_changed_it_too() {
    let before = role(|role| role.attached_policies = set(&["a"]));
    let after = role(|role| {
        role.attached_policies = set(&["b"]);
        role.tags = mark("m");
    });
    let now = role(|role| {
        role.attached_policies = set(&["b", "theirs"]);
        role.tags = mark("m");
        role.tags.extend(tags(&[("theirs", "1"), ("aws:x", "2")]));
        role.description = Some("theirs".into());
        role.inline_policies = BTreeMap::from([("theirs".into(), may("s3:GetObject"))]);
    });
    let expected = role(|role| {
        role.attached_policies = set(&["a", "theirs"]);
        role.tags = tags(&[("theirs", "1"), ("aws:x", "2")]);
        role.description = Some("theirs".into());
        role.inline_policies = BTreeMap::from([("theirs".into(), may("s3:GetObject"))]);
    });
    assert_eq!(back(&before, &after, &now), (expected, vec![]));
}

#[test]
fn what_both_changed_is_named_and_stays_until_it_may_be_overwritten() {
    let before = role(|role| {
        role.description = Some("before".into());
        role.inline_policies = BTreeMap::from([("p".into(), may("s3:GetObject"))]);
        role.tags = tags(&[("team", "a")]);
    });
    let after = role(|role| {
        role.description = Some("after".into());
        role.inline_policies = BTreeMap::from([("p".into(), may("s3:PutObject"))]);
        role.tags = tags(&[("team", "b")]);
    });
    let now = role(|role| {
        role.description = Some("since".into());
        role.inline_policies = BTreeMap::from([("p".into(), may("s3:DeleteObject"))]);
        role.tags = tags(&[("team", "c")]);
    });
    let names = ["description", "inline_policies.p", "tags.team"];
    assert_eq!(
        back(&before, &after, &now),
        (now.clone(), names.map(str::to_owned).into())
    );
    let forced = restore(&before, &after, &now, true).unwrap();
    assert_eq!(forced.resource, before);
    assert_eq!(forced.changed_since, names, "it is said all the same");
}

#[test]
fn rules_of_a_bucket_go_one_by_one_and_no_rules_are_not_no_setting() {
    let bucket = |rules: Option<&[&str]>| {
        let rule = |name: &&str| ((*name).to_owned(), LifecycleRule::default());
        Resource::Bucket(Bucket {
            lifecycle: rules.map(|rules| rules.iter().map(rule).collect()),
            ..Bucket::named("b", "eu-west-1")
        })
    };
    let (none, ours) = (bucket(Some(&[])), bucket(Some(&["ours"])));
    assert_eq!(back(&none, &ours, &ours).0, none);
    let both = bucket(Some(&["ours", "theirs"]));
    assert_eq!(back(&none, &ours, &both).0, bucket(Some(&["theirs"])));
    let unmanaged = bucket(None);
    assert_eq!(back(&unmanaged, &unmanaged, &unmanaged).0, unmanaged);
}

#[test]
fn members_that_came_since_stay() {
    let group = |members: &[&str]| {
        Resource::Group(Group {
            members: set(members),
            ..Group::named("g", "/s3setup/m/")
        })
    };
    let (before, after) = (group(&["old"]), group(&["new"]));
    let now = group(&["new", "theirs"]);
    assert_eq!(back(&before, &after, &now).0, group(&["old", "theirs"]));
}

#[test]
fn two_kinds_have_nothing_to_do_with_each_other() {
    let bucket = Resource::Bucket(Bucket::named("b", "r"));
    assert!(restore(&role(|_| {}), &role(|_| {}), &bucket, true).is_err());
}

#[test]
fn what_is_made_anew_has_no_tags_of_aws_and_no_records_of_keys() {
    let before = role(|role| {
        role.tags = tags(&[
            ("aws:x", "1"),
            ("team", "a"),
            ("AKIAEXAMPLE", "s3setup: file a dotenv"),
        ])
    });
    let expected = role(|role| role.tags = tags(&[("team", "a")]));
    assert_eq!(before.as_new(), expected);
}
