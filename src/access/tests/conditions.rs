//! Which condition follows from which.

use super::super::condition::{Condition, Test};

fn condition(tests: &[(&str, &str, &[&str])]) -> Condition {
    let test = |(operator, key, values): &(&str, &str, &[&str])| Test {
        operator: (*operator).to_owned(),
        key: (*key).to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    Condition(tests.iter().map(test).collect())
}

#[test]
fn a_condition_follows_only_where_that_is_certain() {
    const NONE: &[(&str, &str, &[&str])] = &[];
    for (one, other, follows, reason) in [
        (NONE, NONE, true, "always"),
        (&[("StringEquals", "k", &["a"])], NONE, true, "a test more"),
        (NONE, &[("StringEquals", "k", &["a"])], false, "a test less"),
        (
            &[("StringEquals", "k", &["a"])],
            &[("StringEquals", "K", &["a", "b"])],
            true,
            "fewer values",
        ),
        (
            &[("StringEquals", "k", &["a", "b"])],
            &[("StringEquals", "k", &["a"])],
            false,
            "more values",
        ),
        (
            &[("StringEquals", "k", &["ab"])],
            &[("StringLike", "k", &["a*"])],
            true,
            "a value that is like it",
        ),
        (
            &[("StringLike", "k", &["a*"])],
            &[("StringEquals", "k", &["a*"])],
            false,
            "a star that is none",
        ),
        (
            &[("StringLike", "k", &["a/b*"])],
            &[("StringLike", "k", &["a/*"])],
            true,
            "a narrower pattern",
        ),
        (
            &[("StringNotEquals", "k", &["a"])],
            &[("StringNotEquals", "k", &["a", "b"])],
            false,
            "fewer that are left out",
        ),
        (
            &[("StringNotEquals", "k", &["a", "b"])],
            &[("StringNotEquals", "k", &["a"])],
            true,
            "more that are left out",
        ),
        (
            &[("IpAddress", "aws:SourceIp", &["10.1.0.0/16"])],
            &[("IpAddress", "aws:SourceIp", &["10.0.0.0/8"])],
            true,
            "a smaller network",
        ),
        (
            &[("IpAddress", "aws:SourceIp", &["10.0.0.0/8"])],
            &[("IpAddress", "aws:SourceIp", &["10.1.0.0/16"])],
            false,
            "a larger network",
        ),
        (
            &[("StringEqualsIfExists", "k", &["a"])],
            &[("StringEquals", "k", &["a"])],
            false,
            "absent is enough",
        ),
        (
            &[("StringEquals", "k", &["a"])],
            &[("StringEqualsIfExists", "k", &["a"])],
            true,
            "absent is not enough",
        ),
        (
            &[("ForAllValues:StringEquals", "k", &["a"])],
            &[("StringEquals", "k", &["a"])],
            false,
            "none of them is all of them",
        ),
        (
            &[("StringEquals", "k", &["a"])],
            &[("Null", "k", &["false"])],
            true,
            "it is there",
        ),
        (
            &[("StringNotEquals", "k", &["a"])],
            &[("Null", "k", &["false"])],
            false,
            "it may be absent",
        ),
        (
            &[("Mystery", "k", &["a"])],
            &[("Mystery", "k", &["a"])],
            true,
            "the same, whatever it is",
        ),
    ] {
        let (one, other) = (condition(one), condition(other));
        assert_eq!(one.implies(&other), follows, "{reason}");
    }
}

#[test]
fn only_the_values_that_are_more_are_told() {
    let now = condition(&[("StringEquals", "k", &["a", "b", "c"])]);
    let before = condition(&[("StringEquals", "k", &["a", "b"])]);
    let more = condition(&[("StringEquals", "k", &["c"])]);
    assert_eq!(now.beyond(&[before]), more);
    assert_eq!(now.beyond(&[]), now);
}

#[test]
fn two_values_of_one_key_are_a_contradiction() {
    let one = condition(&[("Bool", "aws:SecureTransport", &["true"])]);
    let other = condition(&[("Bool", "aws:SecureTransport", &["false"])]);
    assert!(one.contradicts(&other));
    assert!(!one.contradicts(&Condition::default()));
    let like = condition(&[("StringLike", "k", &["a*"])]);
    let equal = condition(&[("StringEquals", "k", &["b"])]);
    assert!(like.contradicts(&equal) && equal.contradicts(&like));
}
