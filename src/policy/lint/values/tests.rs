//! Values that a key can have, and values that it cannot.

use super::super::testing::lints;
use super::super::{Ground, Kind};

#[test]
fn a_value_is_one_that_the_key_can_have() {
    for (operator, key, value, expected) in [
        (
            "StringEquals",
            "aws:SourceIp",
            "203.0.113.0/24",
            "type-mismatch",
        ),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", ""),
        ("Bool", "aws:SecureTransport", "true", ""),
        ("StringEquals", "aws:SecureTransport", "true", ""),
        ("NumericEquals", "aws:SecureTransport", "1", "type-mismatch"),
        (
            "StringEquals",
            "aws:SecureTransport",
            "yes",
            "type-mismatch",
        ),
        ("StringEquals", "s3:signatureAge", "600", ""),
        ("StringEquals", "s3:signatureAge", "old", "type-mismatch"),
        (
            "DateGreaterThan",
            "aws:MultiFactorAuthAge",
            "2027-01-01T00:00:00Z",
            "type-mismatch",
        ),
        (
            "IpAddress",
            "aws:SourceVpce",
            "203.0.113.1",
            "type-mismatch",
        ),
        ("StringLike", "aws:CurrentTime", "2027*", "type-mismatch"),
        ("NumericLessThan", "aws:EpochTime", "1800000000", ""),
        (
            "StringEquals",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:role/r",
            "",
        ),
        ("StringEquals", "aws:SourceVpc", "vpc-12345678", ""),
        (
            "StringEquals",
            "aws:SourceVpc",
            "vpce-12345678",
            "impossible-value",
        ),
        ("StringLike", "aws:SourceVpce", "vpce-*", ""),
        (
            "StringEquals",
            "aws:SourceVpce",
            "vpce-*",
            "literal-wildcard",
        ),
        (
            "StringEquals",
            "aws:PrincipalTag/job",
            "admin-*",
            "literal-wildcard",
        ),
        ("StringLike", "aws:PrincipalTag/job", "admin-*", ""),
        ("StringNotEquals", "aws:referer", "https://h.example/?a", ""),
        (
            "StringEquals",
            "aws:PrincipalOrgID",
            "abc",
            "impossible-value",
        ),
        (
            "StringEquals",
            "aws:ResourceAccount",
            "1111-2222-3333",
            "impossible-value",
        ),
        ("ArnLike", "aws:PrincipalArn", "role/r", "impossible-value"),
        (
            "StringEquals",
            "s3:x-amz-server-side-encryption",
            "AES-256",
            "impossible-value",
        ),
        (
            "StringEquals",
            "s3:x-amz-server-side-encryption",
            "aws:kms",
            "",
        ),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "private-address"),
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/8", "unpaired-key"),
        (
            "IpAddress",
            "aws:SourceIp",
            "203.0.113.5/24",
            "address-bits",
        ),
        ("IpAddress", "aws:SourceIp", "203.0.113.5", ""),
    ] {
        let statement = format!(
            r#""Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#
        );
        lints(&Ground::new(Kind::Identity), &statement, expected);
    }
}
