//! Guards that hold, and guards that do not.

use super::super::testing::linted;
use super::super::{Ground, Kind};

fn ids(effect: &str, condition: &str) -> Vec<&'static str> {
    let text = format!(
        r#"[{{"Effect":"{effect}","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}}}]"#
    );
    let found = linted(&Ground::new(Kind::Identity), &text);
    found.into_iter().map(|(id, _)| id).collect()
}

#[test]
fn a_guard_that_is_open_without_its_key_is_none() {
    for (effect, condition, expected) in [
        (
            "Allow",
            r#""ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}"#,
            "open-guard",
        ),
        (
            "Allow",
            r#""ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abcdefghij/*"}"#,
            "open-guard",
        ),
        (
            "Allow",
            r#""ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abcdefghij/*"}"#,
            "",
        ),
        (
            "Deny",
            r#""ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}"#,
            "",
        ),
        (
            "Allow",
            r#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"a"}"#,
            "open-set",
        ),
        (
            "Allow",
            r#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"a"},"Null":{"s3:RequestObjectTagKeys":"false"}"#,
            "",
        ),
        (
            "Allow",
            r#""StringEqualsIfExists":{"aws:SourceVpce":"vpce-12345678"}"#,
            "open-guard",
        ),
        (
            "Allow",
            r#""StringEquals":{"aws:SourceVpce":"vpce-12345678"}"#,
            "",
        ),
        (
            "Deny",
            r#""StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-12345678"}"#,
            "",
        ),
        (
            "Allow",
            r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}"#,
            "open-guard",
        ),
        (
            "Allow",
            r#""StringEqualsIfExists":{"s3:x-amz-acl":"private"}"#,
            "",
        ),
    ] {
        assert_eq!(
            ids(effect, condition),
            Vec::from_iter((!expected.is_empty()).then_some(expected)),
            "{effect} {condition}"
        );
    }
}

#[test]
fn sets_are_tested_as_sets() {
    assert_eq!(
        ids("Allow", r#""StringEquals":{"s3:RequestObjectTagKeys":"a"}"#),
        ["missing-set-operator"]
    );
    assert_eq!(
        ids(
            "Allow",
            r#""ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"a"}"#
        ),
        [""; 0]
    );
    assert_eq!(
        ids(
            "Allow",
            r#""ForAllValues:Null":{"s3:RequestObjectTagKeys":"true"}"#
        ),
        ["always-true"]
    );
}

#[test]
fn who_has_no_mfa_is_denied_too() {
    let mfa = |operator: &str| format!(r#""{operator}":{{"aws:MultiFactorAuthPresent":"false"}}"#);
    assert_eq!(ids("Deny", &mfa("Bool")), ["mfa-absent"]);
    assert_eq!(ids("Deny", &mfa("BoolIfExists")), [""; 0]);
    assert_eq!(ids("Allow", &mfa("Bool")), ["mfa-absent"]);
    assert_eq!(ids("Allow", &mfa("Bool").replace("false", "true")), [""; 0]);
}

#[test]
fn a_condition_is_not_always_true() {
    let both = r#""Bool":{"aws:SecureTransport":["true","false"]}"#;
    assert_eq!(ids("Allow", both), ["always-true"]);
    assert_eq!(
        ids("Allow", r#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#),
        ["always-true"]
    );
    assert_eq!(
        ids("Allow", r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#),
        [""; 0]
    );
}
