//! When something is allowed: the tests of the statements that allow it, and which tests follow
//! from which.
//!
//! Source: "IAM JSON policy elements: Condition operators". What cannot be told is not taken to
//! follow.

use super::generic::covers;
use crate::policy::pattern::matches;
use crate::policy::{self, Effect, Statement};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One test of a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Test {
    /// `StringEquals`, as AWS writes it.
    pub operator: String,
    /// `aws:SourceIp`, as AWS writes it.
    pub key: String,
    /// One of these, or, negated, none.
    pub values: BTreeSet<String>,
}

/// In place of an operator: what is allowed lies within a policy whose document is not known.
pub const WITHIN: &str = "within";

/// An operator taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Operator<'a> {
    set: Option<&'a str>,
    base: &'a str,
    if_exists: bool,
}

impl<'a> Operator<'a> {
    fn of(name: &'a str) -> Self {
        let (set, rest) = match name.split_once(':') {
            Some((set, rest)) => (Some(set), rest),
            None => (None, name),
        };
        let (base, if_exists) = match rest.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        // The two "behave identically".
        let base = match base {
            "ArnEquals" => "ArnLike",
            "ArnNotEquals" => "ArnNotLike",
            other => other,
        };
        Self {
            set,
            base,
            if_exists,
        }
    }

    fn is_negated(self) -> bool {
        self.base.contains("Not")
    }

    /// Whether it fails where its key is absent.
    fn asks_for_the_key(self) -> bool {
        !self.if_exists
            && self.set != Some("ForAllValues")
            && !self.is_negated()
            && self.base != "Null"
            && self.base != WITHIN
    }
}

impl Test {
    fn operator(&self) -> Operator<'_> {
        Operator::of(&self.operator)
    }

    /// Whether it passes what one of its values alone passes, and nothing else.
    fn is_one_of(&self) -> bool {
        let operator = self.operator();
        !operator.is_negated() && operator.set != Some("ForAllValues")
    }

    /// Whether a value of it is not known before it is asked.
    fn is_filled_in(&self) -> bool {
        self.values.iter().any(|value| value.contains("${"))
    }

    /// Whether what it asks for is plain: this key has one of these values.
    pub(super) fn is_plain(&self) -> bool {
        self.operator().asks_for_the_key()
    }

    /// As a statement has it.
    pub(super) fn written(&self) -> policy::Condition {
        let keys = [(self.key.clone(), self.values.clone())].into();
        [(self.operator.clone(), keys)].into()
    }

    fn is_about(&self, other: &Test) -> bool {
        self.key.eq_ignore_ascii_case(&other.key)
    }

    /// Whether whatever passes this test passes `other`.
    pub(super) fn implies(&self, other: &Test) -> bool {
        if !self.is_about(other) {
            return false;
        }
        let (ours, theirs) = (self.operator(), other.operator());
        if theirs.base == "Null" && ours.base != "Null" {
            return ours.asks_for_the_key() && other.values.iter().any(|value| value == "false");
        }
        let absent_is_fine = theirs.if_exists || ours.if_exists == theirs.if_exists;
        let same_set =
            ours.set == theirs.set || (ours.set.is_none() && theirs.set == Some("ForAnyValue"));
        if !same_set || !(absent_is_fine || ours.asks_for_the_key()) {
            return false;
        }
        let (mine, of_other) = (&self.values, &other.values);
        let known = !self.is_filled_in() && !other.is_filled_in();
        let each = |passes: &dyn Fn(&str, &str) -> bool| {
            let one = |value: &String| of_other.iter().any(|wanted| passes(wanted, value));
            mine.iter().all(one)
        };
        match (ours.base, theirs.base) {
            ("StringLike", "StringLike") => each(&covers),
            ("StringEquals", "StringLike") => each(&|pattern, value| matches(pattern, value)),
            ("StringEquals", "StringNotEquals") => known && mine.is_disjoint(of_other),
            ("StringEquals", "StringNotLike") => {
                known && !each_any(of_other, mine, &|pattern, value| matches(pattern, value))
            }
            ("IpAddress", "IpAddress") => each(&is_within),
            (one, two) if one == two && ours.is_negated() => mine.is_superset(of_other),
            (one, two) if one == two => mine.is_subset(of_other),
            _ => false,
        }
    }

    /// Whether nothing passes both.
    fn contradicts(&self, other: &Test) -> bool {
        if !self.is_about(other) || !self.is_plain() {
            return false;
        }
        let (ours, theirs) = (self.operator(), other.operator());
        let is_known = !self.is_filled_in() && !other.is_filled_in();
        if ours.set.is_some() || theirs.set.is_some() || !is_known {
            return false;
        }
        let (mine, of_other) = (&self.values, &other.values);
        match (ours.base, theirs.base) {
            ("StringEquals", "StringEquals") | ("Bool", "Bool") => mine.is_disjoint(of_other),
            ("StringEquals", "StringLike") => {
                !each_any(of_other, mine, &|pattern, value| matches(pattern, value))
            }
            ("StringEquals", "StringNotEquals") => mine.is_subset(of_other),
            (_, "Null") => of_other.iter().all(|value| value == "true"),
            _ => false,
        }
    }
}

fn each_any(
    patterns: &BTreeSet<String>,
    values: &BTreeSet<String>,
    passes: &dyn Fn(&str, &str) -> bool,
) -> bool {
    values
        .iter()
        .any(|value| patterns.iter().any(|pattern| passes(pattern, value)))
}

fn is_within(outer: &str, inner: &str) -> bool {
    let net = |text: &str| -> Option<IpNet> {
        let text = text.trim();
        text.parse().ok().or_else(|| {
            let address: std::net::IpAddr = text.parse().ok()?;
            Some(address.into())
        })
    };
    outer == inner
        || matches!((net(outer), net(inner)), (Some(outer), Some(inner)) if outer.contains(&inner))
}

/// Tests that all have to pass; none is "always".
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Condition(pub Vec<Test>);

impl Condition {
    /// The condition of a statement.
    pub(super) fn of(statement: &Statement) -> Self {
        let tests = statement.condition.iter().flat_map(|(operator, keys)| {
            keys.iter().map(move |(key, values)| Test {
                operator: operator.clone(),
                key: key.clone(),
                values: values.clone(),
            })
        });
        let mut tests: Vec<Test> = tests.collect();
        tests.sort();
        Self(tests)
    }

    /// A test that stands for what cannot be looked at.
    pub(super) fn within(what: &str) -> Self {
        Self(vec![Test {
            operator: WITHIN.to_owned(),
            key: what.to_owned(),
            values: BTreeSet::new(),
        }])
    }

    /// Both together.
    pub(super) fn and(&self, other: &Condition) -> Self {
        let mut tests = self.0.clone();
        tests.extend(other.0.iter().cloned());
        tests.sort();
        tests.dedup();
        Self(tests)
    }

    /// Whether whatever fulfils this fulfils `other`.
    pub(super) fn implies(&self, other: &Condition) -> bool {
        let follows = |wanted: &Test| self.0.iter().any(|test| test.implies(wanted));
        other.0.iter().all(follows)
    }

    /// Whether nothing fulfils both.
    pub(super) fn contradicts(&self, other: &Condition) -> bool {
        self.0.iter().any(|one| {
            let mut others = other.0.iter();
            others.any(|other| one.contradicts(other) || other.contradicts(one))
        })
    }

    /// Whether it can be told what fulfils it, and how it stands to `others`.
    pub(super) fn is_plain(&self) -> bool {
        self.0.iter().all(Test::is_plain)
    }

    /// Whether a test of this and one of `other` are about one key, in ways that are not compared.
    pub(super) fn is_unlike(&self, other: &Condition) -> bool {
        self.0.iter().any(|one| {
            let mut about = other.0.iter().filter(|other| one.is_about(other));
            about.any(|other| one.operator().base != other.operator().base && !one.implies(other))
        })
    }

    /// Without what is in each of `covered` already: of tests that pass one of several values, only
    /// those values with which it implies none of these.
    pub(super) fn beyond(&self, covered: &[Condition]) -> Self {
        let mut rest = self.clone();
        for at in 0..rest.0.len() {
            if rest.0[at].values.len() < 2 || !rest.0[at].is_one_of() {
                continue;
            }
            let whole = rest.0[at].values.clone();
            let mut one = rest.clone();
            let left: BTreeSet<String> = whole
                .iter()
                .filter(|value| {
                    one.0[at].values = BTreeSet::from([(*value).clone()]);
                    !covered.iter().any(|covered| one.implies(covered))
                })
                .cloned()
                .collect();
            if !left.is_empty() {
                rest.0[at].values = left;
            }
        }
        rest
    }

    /// The values that `key` must have one of, where it is asked for.
    #[must_use]
    pub fn values(&self, key: &str) -> Option<BTreeSet<&str>> {
        let about = |test: &&Test| test.key.eq_ignore_ascii_case(key) && test.is_plain();
        let mut found = self.0.iter().filter(about).peekable();
        found.peek()?;
        Some(
            found
                .flat_map(|test| test.values.iter().map(String::as_str))
                .collect(),
        )
    }
}

/// Whether a statement says what it is about by what it leaves out.
pub(super) fn is_hazy(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
        && (statement.not_principal.is_some()
            || !statement.not_action.is_empty()
            || !statement.not_resource.is_empty())
}
