//! The condition operators AWS knows, with their prefixes and their suffix.
//!
//! Source: "IAM JSON policy elements: Condition operators" and "Set operators for multi-valued
//! context keys".

use std::fmt;

/// What the values of an operator must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Values {
    Text,
    Number,
    Date,
    Boolean,
    Binary,
    Address,
    Arn,
}

/// Every operator, and what its values are.
const OPERATORS: &[(&str, Values)] = &[
    ("StringEquals", Values::Text),
    ("StringNotEquals", Values::Text),
    ("StringEqualsIgnoreCase", Values::Text),
    ("StringNotEqualsIgnoreCase", Values::Text),
    ("StringLike", Values::Text),
    ("StringNotLike", Values::Text),
    ("NumericEquals", Values::Number),
    ("NumericNotEquals", Values::Number),
    ("NumericLessThan", Values::Number),
    ("NumericLessThanEquals", Values::Number),
    ("NumericGreaterThan", Values::Number),
    ("NumericGreaterThanEquals", Values::Number),
    ("DateEquals", Values::Date),
    ("DateNotEquals", Values::Date),
    ("DateLessThan", Values::Date),
    ("DateLessThanEquals", Values::Date),
    ("DateGreaterThan", Values::Date),
    ("DateGreaterThanEquals", Values::Date),
    ("Bool", Values::Boolean),
    ("BinaryEquals", Values::Binary),
    ("IpAddress", Values::Address),
    ("NotIpAddress", Values::Address),
    ("ArnEquals", Values::Arn),
    ("ArnNotEquals", Values::Arn),
    ("ArnLike", Values::Arn),
    ("ArnNotLike", Values::Arn),
    ("Null", Values::Boolean),
];

const SETS: &[&str] = &["ForAllValues", "ForAnyValue"];
const IF_EXISTS: &str = "IfExists";

/// An operator taken apart. Displays as AWS writes it: `ForAnyValue:StringLikeIfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    /// `ForAllValues` or `ForAnyValue`.
    pub(super) set: Option<&'static str>,
    /// `StringLike`.
    pub(super) base: &'static str,
    /// What its values must be.
    pub(super) values: Values,
    /// Whether it is true when the key is absent.
    pub(super) if_exists: bool,
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(set) = self.set {
            write!(formatter, "{set}:")?;
        }
        formatter.write_str(self.base)?;
        formatter.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

/// The operator of this name, in any case; none when AWS has no such one.
pub(super) fn find(name: &str) -> Option<Operator> {
    let (set, rest) = match name.split_once(':') {
        Some((set, rest)) => (Some(named(SETS, set)?), rest),
        None => (None, name),
    };
    let (base, if_exists) = match without_suffix(rest) {
        Some(base) => (base, true),
        None => (rest, false),
    };
    let (base, values) = OPERATORS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(base))?;
    // "You can add IfExists to the end of any condition operator name except the Null condition".
    (!if_exists || *base != "Null").then_some(Operator {
        set,
        base,
        values: *values,
        if_exists,
    })
}

/// The operator that was probably meant.
pub(super) fn nearest(name: &str) -> Option<String> {
    let (set, rest) = match name.split_once(':') {
        Some((set, rest)) => (Some(alike(SETS.iter().copied(), set)?), rest),
        None => (None, name),
    };
    let (base, if_exists) = match without_suffix(rest) {
        Some(base) => (base, true),
        None => (rest, false),
    };
    let base = alike(OPERATORS.iter().map(|(known, _)| *known), base)?;
    let set = set.map(|set| format!("{set}:")).unwrap_or_default();
    let suffix = if if_exists && base != "Null" {
        IF_EXISTS
    } else {
        ""
    };
    Some(format!("{set}{base}{suffix}"))
}

fn named(known: &[&'static str], name: &str) -> Option<&'static str> {
    known
        .iter()
        .copied()
        .find(|one| one.eq_ignore_ascii_case(name))
}

fn without_suffix(name: &str) -> Option<&str> {
    let cut = name.len().checked_sub(IF_EXISTS.len())?;
    let suffix = name.get(cut..)?;
    suffix.eq_ignore_ascii_case(IF_EXISTS).then(|| &name[..cut])
}

fn alike(known: impl Iterator<Item = &'static str>, name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.5;
    let name = name.to_ascii_lowercase();
    known
        // To offer the opposite of what is written would be worse than to offer nothing.
        .filter(|one| one.contains("Not") == name.contains("not"))
        .map(|one| {
            (
                strsim::normalized_damerau_levenshtein(&one.to_ascii_lowercase(), &name),
                one,
            )
        })
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(one, _), (two, _)| one.total_cmp(two))
        .map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_the_suffix_and_any_case_are_understood() {
        for (name, expected) in [
            ("stringequals", Some("StringEquals")),
            ("BOOL", Some("Bool")),
            (
                "forallvalues:stringlikeifexists",
                Some("ForAllValues:StringLikeIfExists"),
            ),
            ("ForAnyValue:ArnLike", Some("ForAnyValue:ArnLike")),
            ("Null", Some("Null")),
            ("NullIfExists", None),
            ("ForSomeValues:StringLike", None),
            ("StringEqual", None),
            ("IfExists", None),
            ("", None),
        ] {
            let found = find(name).map(|operator| operator.to_string());
            assert_eq!(found.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_misspelt_operator_has_a_nearest_one() {
        for (name, expected) in [
            ("StringEqual", Some("StringEquals")),
            ("StringMatches", Some("StringLike")),
            ("StringNotMatches", Some("StringNotLike")),
            ("ForAllValue:StringLikes", Some("ForAllValues:StringLike")),
            ("IPAdress", Some("IpAddress")),
            ("NullIfExists", Some("Null")),
            ("Boolean", Some("Bool")),
            ("xyz", None),
        ] {
            assert_eq!(nearest(name).as_deref(), expected, "{name}");
        }
    }
}
