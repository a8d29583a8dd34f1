//! Statements that let everybody in.

use crate::policy::{Effect, Statement};

/// Whether S3 takes a statement of a bucket policy for public: it lets in everybody, and no
/// condition fixes from where or whom
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
pub(super) fn is_public(statement: &Statement) -> bool {
    const FIXES: [&str; 9] = [
        "aws:SourceIp",
        "aws:SourceArn",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceOwner",
        "aws:SourceAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalAccount",
        "s3:DataAccessPointAccount",
    ];
    let everybody = statement.not_principal.is_some()
        || statement
            .principal
            .as_ref()
            .and_then(|principal| principal.0.get("AWS"))
            .is_some_and(|names| names.contains("*"));
    let fixed = FIXES.iter().any(|key| {
        values(statement, key).is_some_and(|found| {
            found
                .iter()
                .all(|value| !value.contains(['*', '?']) && !is_wide_range(value))
        })
    });
    statement.effect == Effect::Allow && everybody && !fixed
}

/// Ranges of addresses that S3 does not take for fixed: wider than /8, and /32 of IPv6.
fn is_wide_range(value: &str) -> bool {
    let Some((address, bits)) = value.split_once('/') else {
        return false;
    };
    let least = if address.contains(':') { 32 } else { 8 };
    bits.parse::<u8>().is_ok_and(|bits| bits < least)
}

/// The values that `key` must have one of, where the statement tests it at all in a way that does
/// not hold when the key is missing.
fn values<'a>(statement: &'a Statement, key: &str) -> Option<Vec<&'a String>> {
    let operators = [
        "StringEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnEquals",
        "IpAddress",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringLike",
    ];
    let found: Vec<&String> = statement
        .condition
        .iter()
        .filter(|(operator, _)| operators.contains(&operator.as_str()))
        .flat_map(|(_, keys)| keys)
        .filter(|(name, _)| name.eq_ignore_ascii_case(key))
        .flat_map(|(_, values)| values)
        .collect();
    (!found.is_empty()).then_some(found)
}
