//! How a statement tests a condition key, and whether that keeps anybody out.

use crate::policy::operators::{self, Operator, Values};
use crate::policy::{Statement, keys, pattern};
use std::collections::BTreeSet;

/// One test of a condition key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard<'a> {
    /// The operator as it is written.
    pub name: &'a str,
    /// The key, canonical.
    pub key: &'a str,
    /// What is compared with.
    pub values: &'a BTreeSet<String>,
    operator: Operator,
}

/// Every test of a statement whose operator AWS has.
pub(super) fn all(statement: &Statement) -> impl Iterator<Item = Guard<'_>> {
    let tests = statement.condition.iter();
    tests.flat_map(|(name, tests)| {
        let operator = operators::find(name);
        tests.iter().filter_map(move |(key, values)| {
            Some(Guard {
                name,
                key,
                values,
                operator: operator?,
            })
        })
    })
}

/// The tests of one key, which may be in any case.
pub(super) fn of<'a>(statement: &'a Statement, key: &str) -> Vec<Guard<'a>> {
    let key = keys::canonical(key);
    all(statement).filter(|guard| guard.key == key).collect()
}

impl Guard<'_> {
    /// Whether it says what may not be.
    pub fn is_negated(&self) -> bool {
        self.operator.base.contains("Not")
    }

    /// Whether it asks only if the key is there.
    pub fn is_of_presence(&self) -> bool {
        self.operator.base == "Null"
    }

    /// Whether it asks for the key to be absent.
    pub fn wants_absence(&self) -> bool {
        let yes = |value: &String| value.eq_ignore_ascii_case("true");
        self.is_of_presence() && self.values.iter().all(yes)
    }

    /// Whether it holds when the key is missing: `…IfExists` and `ForAllValues:`.
    pub fn is_vacuous(&self) -> bool {
        self.operator.if_exists || self.operator.set == Some("ForAllValues")
    }

    /// Whether it keeps out whoever does not have one of the values.
    pub fn keeps_out(&self) -> bool {
        !self.is_negated() && !self.is_of_presence() && !self.is_vacuous()
    }

    /// Whether the values are compared as text.
    pub fn is_of_text(&self) -> bool {
        self.operator.values == Values::Text
    }

    /// Whether `*` and `?` in the values are wildcards.
    pub fn has_wildcards(&self) -> bool {
        let base = self.operator.base;
        base.ends_with("Like") || base.starts_with("Arn")
    }

    /// The operator's name without its prefix and its suffix: what to write instead.
    pub fn plain(&self) -> &'static str {
        self.operator.base
    }

    /// Whether a request that has this `text` as its only value passes; `None` where that is not
    /// known: it is no text that is compared, or there is a policy variable in it.
    pub fn passes(&self, text: &str) -> Option<bool> {
        if !self.is_of_text() || self.values.iter().any(|value| value.contains("${")) {
            return None;
        }
        let any = self.values.iter().any(|value| match self.operator.base {
            "StringLike" | "StringNotLike" => pattern::matches(value, text),
            "StringEquals" | "StringNotEquals" => value == text,
            _ => value.to_lowercase() == text.to_lowercase(),
        });
        Some(any != self.is_negated())
    }
}
