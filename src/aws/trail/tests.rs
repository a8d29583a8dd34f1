//! Which events are changes of a resource, and who is told to have made them.

use super::*;
use aws_sdk_cloudtrail::types::Resource as Named;
use aws_smithy_types::DateTime;
use serde_json::{Value, json};

/// An event about these, of which the record says this.
fn event(name: &str, about: &[(&str, &str)], record: Value) -> Event {
    let about = about.iter().map(|(kind, name)| {
        let named = Named::builder().resource_name(*name);
        match kind.is_empty() {
            true => named.build(),
            false => named.resource_type(*kind).build(),
        }
    });
    Event::builder()
        .event_id("id-1")
        .event_name(name)
        .event_source("iam.amazonaws.com")
        .event_time(DateTime::from_secs(1_796_000_000))
        .read_only("false")
        .set_resources(Some(about.collect()))
        .cloud_trail_event(record.to_string())
        .build()
}

fn role() -> Sought {
    Sought {
        region: "us-east-1".into(),
        name: "deploy".into(),
        source: "iam.amazonaws.com",
        kind: Some("AWS::IAM::Role"),
        is_of_it: |_| true,
    }
}

const ROLE: (&str, &str) = ("AWS::IAM::Role", "deploy");

fn alice() -> Value {
    json!({
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/alice", "userName": "alice"},
        "sourceIPAddress": "203.0.113.7",
    })
}

#[test]
fn who_when_what_and_from_where_is_told() {
    let told = role().changed(&event("PutRolePolicy", &[ROLE], alice()));
    let expected = Changed {
        at: "2026-11-30T00:53:20Z".into(),
        event: "iam:PutRolePolicy".into(),
        who: "arn:aws:iam::1:user/alice".into(),
        through: None,
        from: Some("203.0.113.7".into()),
        id: "id-1".into(),
    };
    assert_eq!(told, Some(expected));
}

#[test]
fn what_changed_nothing_or_something_else_is_passed_over() {
    let same_name = [("AWS::IAM::User", "deploy")];
    let policy_of_that_name = [("AWS::IAM::Policy", "deploy"), ("AWS::IAM::Role", "other")];
    let refused = json!({"errorCode": "AccessDenied"});
    let mut read = event("GetRole", &[ROLE], alice());
    read.read_only = Some("true".into());
    let mut elsewhere = event("AssumeRole", &[ROLE], alice());
    elsewhere.event_source = Some("sts.amazonaws.com".into());
    for event in [
        event("PutUserPolicy", &same_name, alice()),
        event("PutRolePolicy", &policy_of_that_name, alice()),
        event("PutRolePolicy", &[ROLE], refused),
        read,
        elsewhere,
    ] {
        assert_eq!(role().changed(&event), None, "{event:?}");
    }
    let untyped = event("TagRole", &[("", "deploy")], alice());
    assert!(role().changed(&untyped).is_some(), "not all have a kind");
}

#[test]
fn whoever_is_on_record_is_named() {
    let service = json!({"userIdentity": {"type": "AWSService", "invokedBy": "x.amazonaws.com"}});
    let through = json!({"userIdentity": {
        "arn": "arn:aws:sts::1:assumed-role/ops/bob", "invokedBy": "cloudformation.amazonaws.com",
    }});
    let account = json!({"userIdentity": {"type": "AWSAccount", "accountId": "999999999999"}});
    let table = [
        (service, "x.amazonaws.com", Some("x.amazonaws.com")),
        (
            through,
            "arn:aws:sts::1:assumed-role/ops/bob",
            Some("cloudformation.amazonaws.com"),
        ),
        (account, "account 999999999999", None),
        (json!("nonsense"), "somebody who is not named", None),
    ];
    for (record, who, service) in table {
        let told = role().changed(&event("TagRole", &[ROLE], record));
        let told = told.expect("it is a change");
        assert_eq!((told.who.as_str(), told.through.as_deref()), (who, service));
    }
}

#[test]
fn iam_has_one_home_in_each_partition() {
    for (partition, region) in [
        ("aws", "us-east-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("somewhere", "us-east-1"),
    ] {
        assert_eq!(home(partition), region, "{partition}");
    }
}
