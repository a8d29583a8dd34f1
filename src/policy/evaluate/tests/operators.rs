//! Each condition operator, a row a case: what is written, what the request has, whether it holds.

use super::*;

/// Operator, written, the request's value, whether it holds, why.
type Row = (&'static str, Value, &'static str, bool, &'static str);

fn check(rows: impl IntoIterator<Item = Row>) {
    for (operator, written, actual, expected, reason) in rows {
        let own = document(&[json!({
            "Effect": "Allow", "Condition": {operator: {"test:key": written}},
        })]);
        let mut request = get(user());
        request.context = Context::new()
            .with("Test:Key", actual)
            .with("test:word", "w*");
        let allowed = by_own(&request, &own).answer == Answer::Allowed;
        assert_eq!(
            allowed, expected,
            "{reason}: {operator} {written} on {actual:?}"
        );
    }
}

#[test]
fn strings() {
    check([
        ("StringEquals", json!("a"), "a", true, "the same"),
        ("StringEquals", json!("a"), "A", false, "case counts"),
        ("StringEquals", json!("a*"), "ab", false, "a star is a star"),
        ("StringEquals", json!("a*"), "a*", true, "a star is a star"),
        (
            "StringEquals",
            json!(["a", "b"]),
            "b",
            true,
            "one of several",
        ),
        (
            "StringEquals",
            json!("${test:word}"),
            "w*",
            true,
            "a variable",
        ),
        (
            "StringEquals",
            json!("${test:absent}"),
            "${test:absent}",
            false,
            "null is like nothing",
        ),
        (
            "StringEquals",
            json!("${test:absent, 'd'}"),
            "d",
            true,
            "a default",
        ),
        ("StringNotEquals", json!("a"), "b", true, "another"),
        ("StringNotEquals", json!("a"), "a", false, "the same"),
        (
            "StringNotEquals",
            json!(["a", "b"]),
            "b",
            false,
            "none of several",
        ),
        (
            "StringNotEquals",
            json!(["a", "b"]),
            "c",
            true,
            "none of several",
        ),
        (
            "StringNotEquals",
            json!("${test:absent}"),
            "x",
            true,
            "nothing equals null",
        ),
        (
            "StringEqualsIgnoreCase",
            json!("Ä"),
            "ä",
            true,
            "case does not count",
        ),
        (
            "StringEqualsIgnoreCase",
            json!("a*"),
            "AB",
            false,
            "no wildcards",
        ),
        (
            "StringNotEqualsIgnoreCase",
            json!("A"),
            "a",
            false,
            "case does not count",
        ),
        (
            "StringNotEqualsIgnoreCase",
            json!("A"),
            "b",
            true,
            "another",
        ),
        ("StringLike", json!("a/*"), "a/b/c", true, "* crosses /"),
        ("StringLike", json!("a?c"), "abc", true, "one letter"),
        ("StringLike", json!("A*"), "ab", false, "case counts"),
        ("StringLike", json!("a"), "ab", false, "the whole"),
        (
            "StringLike",
            json!("${test:word}"),
            "wx",
            false,
            "a value's star is no wildcard",
        ),
        (
            "StringLike",
            json!("${test:word}*"),
            "w*x",
            true,
            "a written one is",
        ),
        ("StringLike", json!("a${*}"), "ab", false, "the star itself"),
        (
            "StringLike",
            json!("${test:absent}*"),
            "x",
            false,
            "nothing is like null",
        ),
        ("StringNotLike", json!("a*"), "ab", false, "like it"),
        ("StringNotLike", json!(["a*", "b*"]), "c", true, "like none"),
        (
            "StringNotLike",
            json!("${test:absent}*"),
            "x",
            true,
            "nothing is like null",
        ),
        (
            "stringlike",
            json!("a*"),
            "ab",
            true,
            "operators have no case",
        ),
        (
            "StringSomehow",
            json!("a"),
            "a",
            false,
            "no operator that AWS has",
        ),
        ("StringEquals", json!([]), "a", false, "no value to equal"),
        (
            "StringNotEquals",
            json!([]),
            "a",
            false,
            "no test that anything passes",
        ),
    ]);
}

#[test]
fn numbers() {
    check([
        ("NumericEquals", json!(10), "10.0", true, "as numbers"),
        ("NumericEquals", json!("10"), "11", false, "another"),
        ("NumericEquals", json!("ten"), "10", false, "no number"),
        ("NumericNotEquals", json!("10"), "11", true, "another"),
        ("NumericNotEquals", json!("10"), "10", false, "the same"),
        (
            "NumericNotEquals",
            json!("10"),
            "ten",
            false,
            "what is no number is not compared",
        ),
        (
            "NumericLessThan",
            json!("10"),
            "9",
            true,
            "as numbers, not as text",
        ),
        (
            "NumericLessThan",
            json!("10"),
            "10",
            false,
            "equal is not less",
        ),
        ("NumericLessThanEquals", json!("10"), "10", true, "equal"),
        ("NumericLessThanEquals", json!("10"), "10.5", false, "more"),
        (
            "NumericGreaterThan",
            json!("-1"),
            "0",
            true,
            "negative ones",
        ),
        (
            "NumericGreaterThan",
            json!("0"),
            "0",
            false,
            "equal is not more",
        ),
        (
            "NumericGreaterThanEquals",
            json!(["20", "10"]),
            "10",
            true,
            "one of several",
        ),
        ("NumericEquals", json!("NaN"), "NaN", false, "no number"),
        (
            "NumericLessThan",
            json!("infinity"),
            "1",
            false,
            "no number",
        ),
    ]);
}

#[test]
fn dates() {
    check([
        (
            "DateEquals",
            json!("2027-01-31"),
            "2027-01-31T00:00:00Z",
            true,
            "midnight",
        ),
        (
            "DateEquals",
            json!("2027-01"),
            "2027-01-01T00:00Z",
            true,
            "the first of a month",
        ),
        (
            "DateEquals",
            json!("2027"),
            "2027-01-01",
            true,
            "a year is no count of seconds",
        ),
        (
            "DateEquals",
            json!("1798761600"),
            "2027-01-01",
            true,
            "seconds since 1970",
        ),
        (
            "DateEquals",
            json!("2027-01-01T01:00:00+01:00"),
            "2027-01-01",
            true,
            "a zone",
        ),
        (
            "DateEquals",
            json!("2027-01-01T00:00:00.500Z"),
            "2027-01-01",
            false,
            "a fraction",
        ),
        (
            "DateEquals",
            json!("2027-13-01"),
            "2027-13-01",
            false,
            "no date",
        ),
        (
            "DateNotEquals",
            json!("2027-01-01"),
            "2027-01-02",
            true,
            "another",
        ),
        (
            "DateNotEquals",
            json!("2027-01-01"),
            "soon",
            false,
            "what is no date is not compared",
        ),
        (
            "DateLessThan",
            json!("2027-01-01T00:00:00Z"),
            "2026-12-31T23:59:59Z",
            true,
            "earlier",
        ),
        (
            "DateLessThan",
            json!("2027-01-01"),
            "2027-01-01",
            false,
            "equal is not earlier",
        ),
        (
            "DateLessThanEquals",
            json!("2027-01-01"),
            "2027-01-01",
            true,
            "equal",
        ),
        (
            "DateGreaterThan",
            json!("2027-01-01"),
            "2027-01-01T00:00:01Z",
            true,
            "later",
        ),
        (
            "DateGreaterThan",
            json!("2027-01-01"),
            "2027-01-01",
            false,
            "equal is not later",
        ),
        (
            "DateGreaterThanEquals",
            json!("2027-01-01"),
            "2027-01-01",
            true,
            "equal",
        ),
        (
            "DateGreaterThanEquals",
            json!("2027-01-01"),
            "2026-12-31",
            false,
            "earlier",
        ),
    ]);
}

#[test]
fn booleans_and_bytes() {
    check([
        ("Bool", json!(true), "true", true, "the same"),
        ("Bool", json!("True"), "TRUE", true, "booleans have no case"),
        ("Bool", json!("false"), "true", false, "the opposite"),
        ("Bool", json!(["true", "false"]), "false", true, "either"),
        ("Bool", json!("no"), "false", false, "no boolean"),
        (
            "Bool",
            json!("${test:absent, 'true'}"),
            "true",
            true,
            "a variable",
        ),
        (
            "BinaryEquals",
            json!("AAEC"),
            "AAEC",
            true,
            "the same bytes",
        ),
        ("BinaryEquals", json!("AAEC"), "AAED", false, "others"),
        ("BinaryEquals", json!("x"), "x", false, "no base64"),
    ]);
}

#[test]
fn addresses() {
    check([
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            "203.0.113.77",
            true,
            "within",
        ),
        (
            "IpAddress",
            json!("203.0.113.5/24"),
            "203.0.113.77",
            true,
            "the bits after it do not count",
        ),
        (
            "IpAddress",
            json!("203.0.113.0/24"),
            "203.0.114.1",
            false,
            "outside",
        ),
        (
            "IpAddress",
            json!("203.0.113.7"),
            "203.0.113.7",
            true,
            "one address",
        ),
        (
            "IpAddress",
            json!("0.0.0.0/0"),
            "203.0.113.7",
            true,
            "all of version 4",
        ),
        (
            "IpAddress",
            json!("0.0.0.0/0"),
            "2001:db8::1",
            false,
            "and none of version 6",
        ),
        (
            "IpAddress",
            json!("2001:DB8:1234:5678::/64"),
            "2001:db8:1234:5678::1",
            true,
            "AWS's example",
        ),
        (
            "IpAddress",
            json!("2001:db8::/32"),
            "2001:db9::1",
            false,
            "outside",
        ),
        (
            "IpAddress",
            json!(["192.0.2.0/24", "2001:db8::/32"]),
            "2001:db8::1",
            true,
            "one of both",
        ),
        (
            "IpAddress",
            json!("203.0.113.0/33"),
            "203.0.113.1",
            false,
            "no range",
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            "203.0.114.1",
            true,
            "outside",
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            "203.0.113.1",
            false,
            "within",
        ),
        (
            "NotIpAddress",
            json!(["192.0.2.0/24", "203.0.113.0/24"]),
            "203.0.113.1",
            false,
            "in one",
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            "2001:db8::1",
            true,
            "another version",
        ),
        (
            "NotIpAddress",
            json!("203.0.113.0/24"),
            "nowhere",
            false,
            "no address is not compared",
        ),
    ]);
}

#[test]
fn arns() {
    let role = "arn:aws:iam::111122223333:role/p/r";
    for equals in ["ArnEquals", "ArnLike"] {
        check([
            (
                equals,
                json!(role),
                "arn:aws:iam::111122223333:role/p/r",
                true,
                "the same",
            ),
            (
                equals,
                json!("arn:aws:iam::*:role/*"),
                "arn:aws:iam::111122223333:role/p/r",
                true,
                "wildcards in both",
            ),
            (
                equals,
                json!("arn:aws:iam::111122223333:role/r"),
                "arn:aws:iam::111122223333:role/R",
                false,
                "case counts",
            ),
            (
                equals,
                json!("arn:aws:*"),
                "arn:aws:iam::111122223333:role/r",
                false,
                "a star is of its field",
            ),
            (
                equals,
                json!("arn:*:iam::*:*"),
                "arn:aws:iam::111122223333:role/r:x",
                true,
                "the last has the rest",
            ),
            (
                equals,
                json!("arn:aws:sqs:*:1:q"),
                "arn:aws:sqs:a:2:1:q",
                false,
                "no star crosses :",
            ),
            (
                equals,
                json!("arn:aws:iam::111122223333:user/${aws:username}"),
                "arn:aws:iam::111122223333:user/ann",
                true,
                "a variable",
            ),
            (
                equals,
                json!("*"),
                "arn:aws:iam::111122223333:role/r",
                false,
                "no ARN",
            ),
        ]);
    }
    for not in ["ArnNotEquals", "ArnNotLike"] {
        check([
            (
                not,
                json!("arn:aws:iam::*:role/*"),
                "arn:aws:iam::111122223333:role/r",
                false,
                "like it",
            ),
            (
                not,
                json!("arn:aws:iam::*:user/*"),
                "arn:aws:iam::111122223333:role/r",
                true,
                "not like it",
            ),
            (
                not,
                json!("arn:aws:iam::*:user/*"),
                "nobody",
                false,
                "no ARN is not compared",
            ),
        ]);
    }
}
