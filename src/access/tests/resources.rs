//! What policies of buckets and keys let in.

use super::*;
use crate::resource::KmsKey;

fn named(principal: &str) -> String {
    format!(r#"{GET},"Principal":{principal}"#)
}

#[test]
fn a_bucket_policy_lets_in_whom_it_names() {
    let (public, other, ours, service, org, ip) = (
        named(r#""*""#),
        named(r#"{"AWS":"999999999999"}"#),
        named(r#"{"AWS":"arn:aws:iam::123456789012:user/out"}"#),
        named(r#"{"Service":"logging.s3.amazonaws.com"}"#),
        named(r#""*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#),
        named(r#""*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#),
    );
    let mine = named(r#""*","Condition":{"StringEquals":{"aws:PrincipalAccount":"123456789012"}}"#);
    let but = named(r#""*""#).replace(
        r#""Principal":"*""#,
        r#""NotPrincipal":{"AWS":"999999999999"}"#,
    );
    let account = named(r#"{"AWS":"123456789012"}"#);
    for (statement, expected, reason) in [
        (
            &public,
            "PUBLIC: anyone gains s3:GetObject on b/*",
            "everyone",
        ),
        (
            &other,
            "ACCOUNT: 999999999999 gains s3:GetObject on b/*",
            "another account",
        ),
        (
            &ours,
            "user/out gains s3:GetObject on b/*",
            "one of ours that no manifest makes",
        ),
        (
            &service,
            "logging.s3.amazonaws.com gains s3:GetObject on b/*",
            "a service",
        ),
        (
            &org,
            "ACCOUNT: anyone gains s3:GetObject on b/* if aws:PrincipalOrgID StringEquals o-1",
            "an organization is not public",
        ),
        (
            &ip,
            "PUBLIC: anyone gains s3:GetObject on b/* if aws:SourceIp IpAddress 0.0.0.0/0",
            "a range that is none",
        ),
        (
            &mine,
            "anyone gains s3:GetObject on b/* if aws:PrincipalAccount StringEquals 123456789012",
            "our own",
        ),
        (
            &but,
            "PUBLIC: anyone could gain s3:GetObject on b/*",
            "everyone but one",
        ),
        (&account, "", "the account's own policies decide without it"),
    ] {
        let found = between(
            &[bucket(false)],
            &[bucket(false), bucket_policy(&[statement])],
        );
        assert_eq!(found.join("\n"), expected, "{reason}");
    }
}

#[test]
fn a_bucket_that_refuses_public_access_lets_nobody_in() {
    let public = named(r#""*""#);
    let other = named(r#"{"AWS":"999999999999"}"#);
    let none: [&str; 0] = [];
    assert_eq!(
        between(&[bucket(true)], &[bucket(true), bucket_policy(&[&public])]),
        none
    );
    assert_eq!(
        between(
            &[bucket(true), bucket_policy(&[&public])],
            &[bucket(false), bucket_policy(&[&public])],
        ),
        ["PUBLIC: anyone gains s3:GetObject on b/*"],
        "the policy was there, and takes effect"
    );
    assert_eq!(
        between(
            &[bucket(true), bucket_policy(&[&other])],
            &[bucket(true), bucket_policy(&[&other, &public])],
        ),
        ["999999999999 loses s3:GetObject on b/*"],
        "one public statement keeps other accounts out"
    );
}

#[test]
fn what_everyone_may_is_told_once() {
    let public = named(r#""*""#);
    let role_too = named(r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#);
    assert_eq!(
        between(
            &[bucket(false), with(&[]), bucket_policy(&[&public])],
            &[bucket(false), with(&[]), bucket_policy(&[&role_too])],
        ),
        ["anyone loses s3:GetObject on b/*"],
        "the role could before, and can"
    );
    let deny_http = r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}"#;
    assert_eq!(
        between(
            &[with(&[GET])],
            &[with(&[GET]), bucket_policy(&[deny_http])]
        ),
        ["role r loses s3:GetObject on b/* if aws:SecureTransport Bool false"]
    );
    assert_eq!(
        between(
            &[bucket(false), bucket_policy(&[&public, deny_http])],
            &[bucket(false), bucket_policy(&[&public])],
        ),
        ["PUBLIC: anyone gains s3:GetObject on b/* if aws:SecureTransport Bool false"]
    );
}

#[test]
fn a_refusal_for_one_that_is_lifted_lets_it_in() {
    let public = named(r#""*""#);
    let deny = named(r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#).replace("Allow", "Deny");
    assert_eq!(
        between(
            &[bucket(false), with(&[]), bucket_policy(&[&public, &deny])],
            &[bucket(false), with(&[]), bucket_policy(&[&public])],
        ),
        ["role r gains s3:GetObject on b/*"]
    );
}

#[test]
fn who_is_gone_is_nobody() {
    let gone = named(r#"{"AWS":"AROAEXAMPLEID"}"#);
    let none: [&str; 0] = [];
    assert_eq!(between(&[], &[bucket_policy(&[&gone])]), none);
    let role_of_policy = named(r#"{"AWS":"arn:aws:iam::123456789012:role/r"}"#);
    assert_eq!(
        between(
            &[bucket_policy(&[&role_of_policy])],
            &[bucket_policy(&[&role_of_policy]), with(&[])],
        ),
        [
            "role r gains s3:GetObject on b/*",
            "ec2.amazonaws.com gains sts:AssumeRole on role/r",
        ],
        "it is named before it is there"
    );
}

fn key(statements: &[&str]) -> Resource {
    Resource::KmsKey(KmsKey {
        policy: document(statements),
        ..KmsKey::named("k", "us-east-1")
    })
}

#[test]
fn a_key_allows_what_its_policy_allows_or_leaves_to_the_account() {
    let decrypt = r#""Effect":"Allow","Action":"kms:Decrypt","Resource":"*""#;
    let by_iam =
        r#""Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":"123456789012"}"#;
    let by_name = format!(r#"{decrypt},"Principal":{{"AWS":"arn:aws:iam::123456789012:role/r"}}"#);
    let other = r#""Effect":"Allow","Action":"kms:DescribeKey","Resource":"*","Principal":{"AWS":"arn:aws:iam::123456789012:user/x"}"#;
    assert_eq!(
        between(
            &[key(&[other]), with(&[decrypt])],
            &[key(&[other, by_iam]), with(&[decrypt])]
        ),
        [
            "role r gains kms:Decrypt on kms_key.k",
            "123456789012 gains kms:* on kms_key.k",
        ],
        "IAM is let in"
    );
    assert_eq!(
        between(
            &[key(&[other]), with(&[])],
            &[key(&[other, &by_name]), with(&[])]
        ),
        ["role r gains kms:Decrypt on kms_key.k"]
    );
    let none: [&str; 0] = [];
    assert_eq!(
        between(
            &[key(&[by_iam]), with(&[decrypt])],
            &[key(&[by_iam, &by_name]), with(&[decrypt])],
        ),
        none,
        "it could by IAM"
    );
    assert_eq!(
        between(
            &[key(&[by_iam]), with(&[])],
            &[key(&[by_iam]), with(&[decrypt])]
        ),
        ["role r gains kms:Decrypt on *"]
    );
}
