//! The one spelling of principals and conditions, which can be spelled in several ways.

use super::operators::Values;
use super::statement::{Condition, Principal};
use super::{keys, operators};
use std::collections::{BTreeMap, BTreeSet};

/// A principal with accounts as their 12 digits and without empty lists; none if nothing is left.
pub(super) fn principal(principal: Principal) -> Option<Principal> {
    let kept: BTreeMap<_, _> = principal
        .0
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(key, values)| match key.as_str() {
            "AWS" => (key, values.into_iter().map(account).collect()),
            _ => (key, values),
        })
        .collect();
    (!kept.is_empty()).then_some(Principal(kept))
}

/// `arn:aws:iam::111122223333:root` → `111122223333`, which AWS documents as the same principal
/// and gives back either way. Anything else stays.
fn account(value: String) -> String {
    let parts: Vec<&str> = value.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", id, "root"] if is_partition(partition) && is_account(id) => {
            (*id).to_owned()
        }
        _ => value,
    }
}

/// Whether this is an account's id: 12 digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this can be a partition: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc` and those to come.
pub(super) fn is_partition(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (text == "aws" || text.starts_with("aws-")) && text.bytes().all(allowed)
}

/// A condition with the spelling of operators, keys and values that is theirs, without empty
/// operators.
///
/// A key with no values stays: it is a test that nothing passes, and dropping it would widen a
/// grant. So does the second of two that differ only in case; see [`super::Statement::canonical`].
pub(super) fn condition(condition: Condition) -> Condition {
    let condition = condition.into_iter().filter(|(_, keys)| !keys.is_empty());
    renamed(condition, operator)
        .into_iter()
        .map(|(operator, keys)| {
            let values = operators::find(&operator).map(|operator| operator.values);
            let keys = keys
                .into_iter()
                .map(|(key, set)| (key, respelled(set, values)));
            (operator, renamed(keys, keys::canonical))
        })
        .collect()
}

/// The values in the one spelling of those that the operator takes for the same.
///
/// `Bool` and `Null` do not look at case: S3 takes `tRUe` for true (basho/riak_cs#380 tried it).
/// "Numeric condition operators [compare] a key to an integer or decimal value", so `10.0` is `10`.
/// Every other operator compares texts, or values of which too little is documented.
fn respelled(set: BTreeSet<String>, values: Option<Values>) -> BTreeSet<String> {
    match values {
        Some(Values::Boolean) => set.into_iter().map(boolean).collect(),
        Some(Values::Number) => set.iter().map(|value| number(value)).collect(),
        _ => set,
    }
}

fn boolean(value: String) -> String {
    let same = |known: &&&str| known.eq_ignore_ascii_case(&value);
    match ["true", "false"].iter().find(same) {
        Some(known) => (*known).to_owned(),
        None => value,
    }
}

/// A decimal number without the zeros that say nothing; any other text stays.
fn number(value: &str) -> String {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", value),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) {
        return value.to_owned();
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    match (whole, part) {
        ("", "") => "0".to_owned(),
        ("", part) => format!("{sign}0.{part}"),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

/// An operator in AWS's casing; one that AWS does not have stays as it is.
pub(super) fn operator(name: &str) -> String {
    operators::find(name).map_or_else(|| name.to_owned(), |operator| operator.to_string())
}

fn renamed<V>(
    entries: impl IntoIterator<Item = (String, V)>,
    rename: impl Fn(&str) -> String,
) -> BTreeMap<String, V> {
    // Those that are canonical already go first, so that they keep their place.
    let (done, rest): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(|(name, _)| rename(name) == *name);
    let mut renamed: BTreeMap<String, V> = done.into_iter().collect();
    for (name, value) in rest {
        let canonical = rename(&name);
        let name = if renamed.contains_key(&canonical) {
            name
        } else {
            canonical
        };
        renamed.insert(name, value);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_root_arn_of_a_real_account_becomes_its_id() {
        for (value, expected) in [
            ("arn:aws:iam::111122223333:root", "111122223333"),
            ("arn:aws-us-gov:iam::111122223333:root", "111122223333"),
            ("111122223333", "111122223333"),
            (
                "arn:aws:iam::11112222333:root",
                "arn:aws:iam::11112222333:root",
            ),
            (
                "arn:aws:iam::11112222333a:root",
                "arn:aws:iam::11112222333a:root",
            ),
            ("arn:aws:iam::*:root", "arn:aws:iam::*:root"),
            (
                "arn:aws:iam::111122223333:user/root",
                "arn:aws:iam::111122223333:user/root",
            ),
            (
                "arn:aws:sts::111122223333:root",
                "arn:aws:sts::111122223333:root",
            ),
            ("arn:aws-of-tomorrow:iam::111122223333:root", "111122223333"),
            (
                "arn:awsome:iam::111122223333:root",
                "arn:awsome:iam::111122223333:root",
            ),
            (
                "arn:*:iam::111122223333:root",
                "arn:*:iam::111122223333:root",
            ),
            ("arn::iam::111122223333:root", "arn::iam::111122223333:root"),
            (
                "arn:aws:iam::111122223333:root/",
                "arn:aws:iam::111122223333:root/",
            ),
        ] {
            assert_eq!(account(value.to_owned()), expected);
        }
    }

    #[test]
    fn a_number_has_one_spelling_and_a_text_every_one() {
        for (value, expected) in [
            ("10", "10"),
            ("10.0", "10"),
            ("010.50", "10.5"),
            ("-1.0", "-1"),
            ("-0.0", "0"),
            ("0.5", "0.5"),
            ("000", "0"),
            ("100", "100"),
            ("1e3", "1e3"),
            ("1.", "1."),
            (".5", ".5"),
            ("+1", "+1"),
            ("", ""),
            ("-", "-"),
            ("1.2.3", "1.2.3"),
            ("\u{662}", "\u{662}"),
        ] {
            assert_eq!(number(value), expected, "{value}");
            assert_eq!(number(expected), expected, "a canonical number stays");
        }
    }

    #[test]
    fn entries_that_differ_only_in_case_are_both_kept() {
        let entries = [("StringEquals", 1), ("stringequals", 2), ("STRINGLIKE", 3)];
        let entries = entries.map(|(name, value)| (name.to_owned(), value));
        let kept = renamed(entries, operator);
        assert_eq!(kept.len(), 3);
        assert_eq!(kept.get("StringEquals"), Some(&1));
        assert_eq!(kept.get("StringLike"), Some(&3));
    }
}
