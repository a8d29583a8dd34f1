//! Whether the conditions of a statement can ever be true.

use super::{Report, rules};
use crate::policy::fault::{member, shortened};
use crate::policy::operators::{self, Operator, Values};
use crate::policy::{keys, pattern};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

impl Report<'_> {
    pub(super) fn conditions(&mut self) {
        let path = member(&self.path, "Condition");
        for (name, tests) in self.statement.condition.clone() {
            let path = member(&path, &name);
            let operator = operators::find(&name);
            if operator.is_none() {
                let fix = match operators::nearest(&name) {
                    Some(nearest) => format!("write {nearest}"),
                    None => "write one that AWS has, such as StringEquals".to_owned(),
                };
                let message = format!("{:?} is no condition operator", shortened(&name));
                self.add_at(&rules::UNKNOWN_OPERATOR, path.clone(), message, fix);
            }
            self.tests(&path, operator, &tests);
        }
    }

    fn tests(
        &mut self,
        path: &str,
        operator: Option<Operator>,
        tests: &BTreeMap<String, BTreeSet<String>>,
    ) {
        for (key, values) in tests {
            let path = member(path, key);
            if !key.contains(':') {
                let message = format!(
                    "{:?} is no condition key: it has no service",
                    shortened(key)
                );
                let fix = match keys::canonical(&format!("aws:{key}")) {
                    global if keys::is_known(&global) => format!("write {global}"),
                    _ => "write service:Key, such as aws:SourceIp".to_owned(),
                };
                self.add_at(&rules::UNKNOWN_KEY, path.clone(), message, fix);
            } else if let Some(known) = keys::misspelt(key) {
                let message = format!("{} is no condition key AWS has", shortened(key));
                self.add_at(
                    &rules::UNKNOWN_KEY,
                    path.clone(),
                    message,
                    format!("write {known}"),
                );
            }
            if values.is_empty() {
                let message = "there is no value to compare with";
                self.add_at(
                    &rules::EMPTY_CONDITION,
                    path.clone(),
                    message,
                    "add a value, or remove the key",
                );
            }
            if let Some(operator) = operator {
                for value in values {
                    if let Some((message, fix)) = problem(operator, key, value) {
                        self.add_at(&rules::CONDITION_VALUE, path.clone(), message, fix);
                    }
                }
            }
        }
    }
}

/// What is wrong with a value, and what to write instead.
fn problem(operator: Operator, key: &str, value: &str) -> Option<(String, String)> {
    // A policy variable may become anything.
    if value.contains("${") {
        return None;
    }
    let shown = shortened(value);
    let wrong = |what: &str, fix: &str| {
        Some((
            format!("{shown:?} is no {what}, which {} compares", operator.base),
            fix.to_owned(),
        ))
    };
    match operator.values {
        Values::Boolean if !is_boolean(value) => wrong("boolean", "write true or false"),
        Values::Number if value.trim().parse::<f64>().is_err() => wrong("number", "write a number"),
        Values::Address if !is_address(value) => wrong(
            "address",
            "write an address or a range, such as 203.0.113.0/24",
        ),
        Values::Date if !is_date(value) => {
            wrong("date", "write a date such as 2027-01-31T00:00:00Z")
        }
        Values::Text if is_literal_pattern(operator, key, value) => Some((
            format!(
                "{} takes the wildcard in {shown:?} literally",
                operator.base
            ),
            format!(
                "write {}",
                operator
                    .base
                    .replace("Equals", "Like")
                    .replace("IgnoreCase", "")
            ),
        )),
        _ => None,
    }
}

fn is_boolean(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

fn is_address(value: &str) -> bool {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (value, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}

/// ISO 8601 (a year is enough) or seconds since 1970.
fn is_date(value: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_digit() || b"-:.+TZtz ".contains(&byte);
    value.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-')
        && value.bytes().all(allowed)
}

/// Whether `*` or `?` is meant as a wildcard but compared as a character, by the keys whose values
/// never have one: ARNs, and the subjects of OpenID Connect providers.
pub(super) fn is_literal_pattern(operator: Operator, key: &str, value: &str) -> bool {
    const ARNS: &[&str] = &["aws:PrincipalArn", "aws:SourceArn"];
    let subject = key
        .split_once(':')
        .is_some_and(|(host, claim)| host.contains('.') && claim == "sub");
    operator.base.contains("Equals")
        && (ARNS.contains(&key) || subject)
        && pattern::is_pattern(value)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::super::testing::{findings, table};
    use super::member;

    fn when(operator: &str, key: &str, value: &str) -> String {
        format!(
            r#""Action":"s3:*","Resource":"*","Condition":{{"{operator}":{{"{key}":{value}}}}}"#
        )
    }

    #[test]
    fn an_operator_is_one_that_aws_has() {
        let on = |operator: &str| when(operator, "s3:prefix", "\"a\"");
        table(
            &Kind::Identity,
            &[
                (&on("StringEquals"), "", ""),
                (&on("stringLIKEifexists"), "", ""),
                (&on("ForAnyValue:StringLike"), "", ""),
                (
                    &on("StringEqual"),
                    "Condition.StringEqual",
                    "write StringEquals",
                ),
                (
                    &on("ForAllValue:StringLike"),
                    "Condition.ForAllValue:StringLike",
                    "write ForAllValues:",
                ),
                (
                    &on("StringEqualsIfExist"),
                    "Condition.StringEqualsIfExist",
                    "write StringEquals",
                ),
                (
                    &on("Contains"),
                    "Condition.Contains",
                    "such as StringEquals",
                ),
            ],
        );
        let null = when("NullIfExists", "s3:prefix", "true");
        table(
            &Kind::Identity,
            &[(&null, "Condition.NullIfExists", "write Null")],
        );
    }

    #[test]
    fn a_key_has_a_service_and_is_not_misspelt() {
        let on = |key: &str| when("StringLike", key, "\"a\"");
        table(
            &Kind::Identity,
            &[
                (&on("aws:PrincipalTag/team"), "", ""),
                (&on("aws:SomethingNew"), "", ""),
                (&on("other:thing"), "", ""),
                (
                    &on("SourceIp"),
                    "Condition.StringLike.SourceIp",
                    "write aws:SourceIp",
                ),
                (&on("team"), "Condition.StringLike.team", "service:Key"),
                (
                    &on("s3:perfix"),
                    "Condition.StringLike.s3:perfix",
                    "write s3:prefix",
                ),
            ],
        );
    }

    #[test]
    fn a_value_is_of_the_kind_its_operator_compares() {
        const AT: &str = "Condition";
        for (operator, key, value, expected) in [
            ("Bool", "aws:SecureTransport", "false", ""),
            ("Bool", "aws:SecureTransport", "\"True\"", ""),
            ("Bool", "aws:SecureTransport", "\"no\"", "no boolean"),
            (
                "Bool",
                "aws:SecureTransport",
                "\"${aws:PrincipalTag/tls}\"",
                "",
            ),
            ("Null", "s3:prefix", "\"absent\"", "no boolean"),
            ("NumericLessThan", "s3:max-keys", "10", ""),
            ("NumericLessThan", "s3:max-keys", "\"ten\"", "no number"),
            ("IpAddress", "aws:SourceIp", "\"203.0.113.0/24\"", ""),
            ("IpAddress", "aws:SourceIp", "\"2001:db8::/32\"", ""),
            (
                "NotIpAddress",
                "aws:SourceIp",
                "\"203.0.113.0/33\"",
                "no address",
            ),
            ("IpAddress", "aws:SourceIp", "\"203.0.113\"", "no address"),
            (
                "DateLessThan",
                "aws:CurrentTime",
                "\"2027-01-31T00:00:00Z\"",
                "",
            ),
            ("DateLessThan", "aws:EpochTime", "1800000000", ""),
            (
                "DateLessThan",
                "aws:CurrentTime",
                "\"2027, or so\"",
                "no date",
            ),
            ("StringEquals", "s3:prefix", "[]", "no value"),
            ("StringEquals", "s3:prefix", "\"a*\"", ""),
            (
                "StringEquals",
                "aws:PrincipalArn",
                "\"arn:aws:iam::*:role/r\"",
                "write StringLike",
            ),
            (
                "StringNotEquals",
                "h.example:sub",
                "\"repo:*\"",
                "write StringNotLike",
            ),
            ("StringLike", "h.example:sub", "\"repo:*\"", ""),
            ("ArnEquals", "aws:SourceArn", "\"arn:aws:s3:::*\"", ""),
        ] {
            let path = member(&member(AT, operator), key);
            table(
                &Kind::Identity,
                &[(&when(operator, key, value), &path, expected)],
            );
        }
    }

    #[test]
    fn everything_wrong_with_a_condition_is_found() {
        let both = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*",
            "Condition":{"Bool":{"aws:SecureTransport":["yes","no"],"x":[]},"Odd":{"y":"1"}}}]"#;
        assert_eq!(findings(&Kind::Identity, both).len(), 6);
    }
}
