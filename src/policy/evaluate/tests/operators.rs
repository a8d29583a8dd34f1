//! Each condition operator, a row a case.

use super::*;

/// The rows of a table: whether it holds, the operator, what is written, the request's value, why.
fn check(table: &str) {
    for row in table.trim().lines() {
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        let &[expected, operator, written, actual, reason] = cells.as_slice() else {
            panic!("{row:?} has {} cells", cells.len());
        };
        let written: Value = serde_json::from_str(written).expect(row);
        let own = document(&[json!({
            "Effect": "Allow", "Condition": {operator: {"test:key": written}},
        })]);
        let context = Context::new()
            .with("Test:Key", actual)
            .with("test:word", "w*");
        let request = Request {
            context,
            ..get(user())
        };
        let allowed = by_own(&request, &own).answer == Answer::Allowed;
        assert_eq!(
            if allowed { "yes" } else { "no" },
            expected,
            "{reason}: {row}"
        );
    }
}

#[test]
fn strings() {
    check(
        r#"
yes | StringEquals              | "a" | a | the same
no  | StringEquals              | "a" | A | case counts
no  | StringEquals              | "a*" | ab | a star is a star
yes | StringEquals              | "a*" | a* | a star is a star
yes | StringEquals              | ["a", "b"] | b | one of several
yes | StringEquals              | "${test:word}" | w* | a variable
no  | StringEquals              | "${test:absent}" | ${test:absent} | null is like nothing
yes | StringEquals              | "${test:absent, 'd'}" | d | a default
yes | StringNotEquals           | "a" | b | another
no  | StringNotEquals           | "a" | a | the same
no  | StringNotEquals           | ["a", "b"] | b | none of several
yes | StringNotEquals           | ["a", "b"] | c | none of several
yes | StringNotEquals           | "${test:absent}" | x | nothing equals null
yes | StringEqualsIgnoreCase    | "Ä" | ä | case does not count
no  | StringEqualsIgnoreCase    | "a*" | AB | no wildcards
no  | StringNotEqualsIgnoreCase | "A" | a | case does not count
yes | StringNotEqualsIgnoreCase | "A" | b | another
yes | StringLike                | "a/*" | a/b/c | * crosses /
yes | StringLike                | "a?c" | abc | one letter
no  | StringLike                | "A*" | ab | case counts
no  | StringLike                | "a" | ab | the whole
no  | StringLike                | "${test:word}" | wx | a value's star is no wildcard
yes | StringLike                | "${test:word}*" | w*x | a written one is
no  | StringLike                | "a${*}" | ab | the star itself
no  | StringLike                | "${test:absent}*" | x | nothing is like null
no  | StringNotLike             | "a*" | ab | like it
yes | StringNotLike             | ["a*", "b*"] | c | like none
yes | StringNotLike             | "${test:absent}*" | x | nothing is like null
yes | stringlike                | "a*" | ab | operators have no case
no  | StringSomehow             | "a" | a | no operator that AWS has
no  | StringEquals              | [] | a | no value to equal
no  | StringNotEquals           | [] | a | no test that anything passes
"#,
    );
}

#[test]
fn numbers() {
    check(
        r#"
yes | NumericEquals            | 10 | 10.0 | as numbers
no  | NumericEquals            | "10" | 11 | another
no  | NumericEquals            | "ten" | 10 | no number
yes | NumericNotEquals         | "10" | 11 | another
no  | NumericNotEquals         | "10" | 10 | the same
yes | NumericNotEquals         | ["ten", "10"] | 11 | nothing is equal to what is no number
no  | NumericNotEquals         | ["ten", "10"] | 10 | the other one is
no  | NumericNotEquals         | "10" | ten | what is no number is not compared
yes | NumericLessThan          | "10" | 9 | as numbers, not as text
no  | NumericLessThan          | "10" | 10 | equal is not less
yes | NumericLessThanEquals    | "10" | 10 | equal
no  | NumericLessThanEquals    | "10" | 10.5 | more
yes | NumericGreaterThan       | "-1" | 0 | negative ones
no  | NumericGreaterThan       | "0" | 0 | equal is not more
yes | NumericGreaterThanEquals | ["20", "10"] | 10 | one of several
no  | NumericEquals            | "NaN" | NaN | no number
no  | NumericLessThan          | "infinity" | 1 | no number
"#,
    );
}

#[test]
fn dates() {
    check(
        r#"
yes | DateEquals            | "2027-01-31" | 2027-01-31T00:00:00Z | midnight
yes | DateEquals            | "2027-01" | 2027-01-01T00:00Z | the first of a month
yes | DateEquals            | "2027" | 2027-01-01 | a year is no count of seconds
yes | DateEquals            | "1798761600" | 2027-01-01 | seconds since 1970
yes | DateEquals            | 1798761600 | 2027-01-01T00:00:00Z | a number
yes | DateEquals            | "1798761600.5" | 2027-01-01T00:00:00.500Z | a fraction of a second
yes | DateEquals            | "1798761600000" | 2027-01-01 | milliseconds, of which no date has as many seconds
no  | DateEquals            | "1798761600." | 2027-01-01 | no number
yes | DateEquals            | "7258118401" | 2200-01-01T00:00:01Z | to the second
yes | DateEquals            | "2027-01-01T01:00:00+01:00" | 2027-01-01 | a zone
no  | DateEquals            | "2027-01-01T00:00:00.500Z" | 2027-01-01 | a fraction
no  | DateEquals            | "2027-13-01" | 2027-13-01 | no date
yes | DateNotEquals         | "2027-01-01" | 2027-01-02 | another
no  | DateNotEquals         | "soon" | 2027-01-02 | there is nothing to compare with
yes | DateNotEquals         | ["soon", "2027-01-01"] | 2027-01-02 | nothing is equal to what is no date
no  | DateNotEquals         | "2027-01-01" | soon | what is no date is not compared
yes | DateLessThan          | "2027-01-01T00:00:00Z" | 2026-12-31T23:59:59Z | earlier
no  | DateLessThan          | "2027-01-01" | 2027-01-01 | equal is not earlier
yes | DateLessThanEquals    | "2027-01-01" | 2027-01-01 | equal
yes | DateGreaterThan       | "2027-01-01" | 2027-01-01T00:00:01Z | later
no  | DateGreaterThan       | "2027-01-01" | 2027-01-01 | equal is not later
yes | DateGreaterThanEquals | "2027-01-01" | 2027-01-01 | equal
no  | DateGreaterThanEquals | "2027-01-01" | 2026-12-31 | earlier
"#,
    );
}

#[test]
fn booleans_and_bytes() {
    check(
        r#"
yes | Bool         | true | true | the same
yes | Bool         | "True" | TRUE | booleans have no case
no  | Bool         | "false" | true | the opposite
yes | Bool         | ["true", "false"] | false | either
no  | Bool         | "no" | false | no boolean
yes | Bool         | "${test:absent, 'true'}" | true | a variable
yes | BinaryEquals | "AAEC" | AAEC | the same bytes
no  | BinaryEquals | "AAEC" | AAED | others
no  | BinaryEquals | "x" | x | no base64
"#,
    );
}

#[test]
fn addresses() {
    check(
        r#"
yes | IpAddress    | "203.0.113.0/24" | 203.0.113.77 | within
yes | IpAddress    | "203.0.113.5/24" | 203.0.113.77 | the bits after it do not count
no  | IpAddress    | "203.0.113.0/24" | 203.0.114.1 | outside
yes | IpAddress    | "203.0.113.7" | 203.0.113.7 | one address
yes | IpAddress    | "0.0.0.0/0" | 203.0.113.7 | all of version 4
no  | IpAddress    | "0.0.0.0/0" | 2001:db8::1 | and none of version 6
yes | IpAddress    | "2001:DB8:1234:5678::/64" | 2001:db8:1234:5678::1 | AWS's example
no  | IpAddress    | "2001:db8::/32" | 2001:db9::1 | outside
yes | IpAddress    | ["192.0.2.0/24", "2001:db8::/32"] | 2001:db8::1 | one of both
no  | IpAddress    | "203.0.113.0/33" | 203.0.113.1 | no range
yes | NotIpAddress | "203.0.113.0/24" | 203.0.114.1 | outside
no  | NotIpAddress | "203.0.113.0/24" | 203.0.113.1 | within
no  | NotIpAddress | ["192.0.2.0/24", "203.0.113.0/24"] | 203.0.113.1 | in one
yes | NotIpAddress | "203.0.113.0/24" | 2001:db8::1 | another version
yes | NotIpAddress | ["203.0.113.0/24", "bad"] | 203.0.114.1 | nothing is in what is no range
no  | NotIpAddress | ["203.0.113.0/24", "bad"] | 203.0.113.1 | it is in the other
no  | NotIpAddress | "203.0.113.0/24" | nowhere | no address is not compared
"#,
    );
}

#[test]
fn arns() {
    check(
        r#"
yes | ArnEquals    | "arn:aws:iam::111122223333:role/p/r" | arn:aws:iam::111122223333:role/p/r | the same
yes | ArnEquals    | "arn:aws:iam::*:role/*" | arn:aws:iam::111122223333:role/p/r | wildcards in both
no  | ArnEquals    | "arn:aws:iam::111122223333:role/r" | arn:aws:iam::111122223333:role/R | case counts
no  | ArnEquals    | "arn:aws:*" | arn:aws:iam::111122223333:role/r | a star is of its field
yes | ArnEquals    | "arn:*:iam::*:*" | arn:aws:iam::111122223333:role/r:x | the last has the rest
no  | ArnEquals    | "arn:aws:sqs:*:1:q" | arn:aws:sqs:a:2:1:q | no star crosses :
yes | ArnEquals    | "arn:aws:iam::111122223333:user/${aws:username}" | arn:aws:iam::111122223333:user/ann | a variable
no  | ArnEquals    | "*" | arn:aws:iam::111122223333:role/r | no ARN
yes | ArnLike      | "arn:aws:iam::111122223333:role/p/r" | arn:aws:iam::111122223333:role/p/r | the same
yes | ArnLike      | "arn:aws:iam::*:role/*" | arn:aws:iam::111122223333:role/p/r | wildcards in both
no  | ArnLike      | "arn:aws:iam::111122223333:role/r" | arn:aws:iam::111122223333:role/R | case counts
no  | ArnLike      | "arn:aws:*" | arn:aws:iam::111122223333:role/r | a star is of its field
yes | ArnLike      | "arn:*:iam::*:*" | arn:aws:iam::111122223333:role/r:x | the last has the rest
no  | ArnLike      | "arn:aws:sqs:*:1:q" | arn:aws:sqs:a:2:1:q | no star crosses :
yes | ArnLike      | "arn:aws:iam::111122223333:user/${aws:username}" | arn:aws:iam::111122223333:user/ann | a variable
no  | ArnLike      | "a:b:c:d:e:f" | a:b:c:d:e:f | six fields are no ARN
no  | ArnLike      | "*" | arn:aws:iam::111122223333:role/r | no ARN
no  | ArnNotEquals | "arn:aws:iam::*:role/*" | arn:aws:iam::111122223333:role/r | like it
yes | ArnNotEquals | "arn:aws:iam::*:user/*" | arn:aws:iam::111122223333:role/r | not like it
no  | ArnNotEquals | "arn:aws:iam::*:user/*" | nobody | no ARN is not compared
no  | ArnNotLike   | "arn:aws:iam::*:role/*" | arn:aws:iam::111122223333:role/r | like it
yes | ArnNotLike   | "arn:aws:iam::*:user/*" | arn:aws:iam::111122223333:role/r | not like it
yes | ArnNotLike   | ["arn:aws:iam::*:role/x", "admin*"] | arn:aws:iam::111122223333:role/r | nothing is like what is no ARN
no  | ArnNotLike   | ["arn:aws:iam::*:role/r", "admin*"] | arn:aws:iam::111122223333:role/r | it is like the other
no  | ArnNotLike   | "arn:aws:iam::*:user/*" | nobody | no ARN is not compared
"#,
    );
}
