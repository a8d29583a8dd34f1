//! Whether the conditions of a statement are true of a request.
//!
//! Sources: "IAM JSON policy elements: Condition operators", "Set operators for multivalued context
//! keys", "Conditions with multiple context keys or values".

use super::Context;
use super::compare::{Compared, compare};
use super::request::Asked;
use super::template::{Null, Template};
use crate::policy::operators::{self, Operator, Values};
use crate::policy::{Statement, keys};
use std::collections::BTreeSet;

/// Whether something is so, and the keys that the request does not have on which that rests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    /// Whether it is so.
    pub(super) is_so: bool,
    /// In AWS's casing; empty when it is so or not whatever they are.
    pub(super) absent: BTreeSet<String>,
}

impl Holds {
    /// Something that rests on no absent key.
    pub(super) fn surely(is_so: bool) -> Holds {
        let absent = BTreeSet::new();
        Holds { is_so, absent }
    }

    /// Whether it is not so, whatever is absent.
    pub(super) fn is_surely_not(&self) -> bool {
        !self.is_so && self.absent.is_empty()
    }

    /// Whether all of them are so.
    pub(super) fn all(parts: impl IntoIterator<Item = Holds>) -> Holds {
        let mut all = Holds::surely(true);
        for part in parts {
            if part.is_surely_not() {
                return part;
            }
            all.is_so &= part.is_so;
            all.absent.extend(part.absent);
        }
        all
    }

    /// The opposite.
    pub(super) fn not(self) -> Holds {
        Holds {
            is_so: !self.is_so,
            ..self
        }
    }
}

/// What the texts of one policy are filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The request, and its context with what follows from it.
    pub(super) asked: &'a Asked<'a>,
    /// Whether the policy's version knows variables.
    pub(super) has_variables: bool,
}

impl<'a> Scope<'a> {
    /// The request's context.
    pub(super) fn context(self) -> &'a Context {
        &self.asked.context
    }

    /// What rests on a key: the key in AWS's casing, unless the caller never has it, or its value
    /// is known.
    pub(super) fn resting(self, key: &str) -> Option<String> {
        let is_open = match self.context().get(key) {
            None => !self.asked.caller.never_has(key),
            Some(_) => self.asked.is_guessed(key),
        };
        is_open.then(|| keys::canonical(key))
    }

    /// A text of the policy with the values of its variables.
    pub(super) fn filled<'b>(self, text: &'b str) -> Result<Template<'b>, Null>
    where
        'a: 'b,
    {
        if self.has_variables {
            Template::filled(text, self.context())
        } else {
            Ok(Template::plain(text))
        }
    }
}

/// Whether all conditions of the statement are true.
pub(super) fn conditions(statement: &Statement, scope: Scope<'_>) -> Holds {
    let tests = statement.condition.iter().flat_map(|(name, tests)| {
        tests
            .iter()
            .map(move |(key, values)| test(name, key, values, scope))
    });
    Holds::all(tests)
}

/// Whether one test is true: the operator `name` on `key`.
pub(super) fn test(name: &str, key: &str, values: &BTreeSet<String>, scope: Scope<'_>) -> Holds {
    match operators::find(name) {
        Some(operator) if !values.is_empty() => compared(operator, key, values, scope),
        // AWS refuses a policy with an operator it does not have; nothing can be said to pass it.
        _ => Holds::surely(false),
    }
}

fn compared(operator: Operator, key: &str, values: &BTreeSet<String>, scope: Scope<'_>) -> Holds {
    let Some(actual) = scope.context().get(key) else {
        return Holds {
            is_so: without(operator, values),
            absent: scope.resting(key).into_iter().collect(),
        };
    };
    let is_empty = actual.iter().all(String::is_empty);
    if operator.base == "Null" {
        // "`false` (the key exists and its value is not null)"; an empty text is null.
        let asked = is_empty.to_string();
        let is_so = values
            .iter()
            .any(|value| value.eq_ignore_ascii_case(&asked));
        return Holds::surely(is_so);
    }
    let mut absent = BTreeSet::new();
    let written: Vec<_> = values
        .iter()
        .map(|value| match operator.values {
            Values::Text | Values::Arn | Values::Boolean => scope.filled(value),
            _ => Ok(Template::plain(value)),
        })
        .inspect(|filled| {
            let null = filled.as_ref().err();
            absent.extend(
                null.and_then(|null| null.absent.as_deref())
                    .and_then(|key| scope.resting(key)),
            );
        })
        .collect();
    let one = |actual: &String| passes(operator, &written, actual);
    let is_so = match (operator.set, actual) {
        // "or if the key values resolve to a null data set, such as an empty string".
        (Some("ForAllValues"), actual) => is_empty || actual.iter().all(one),
        (Some(_), actual) => actual.iter().any(one),
        (None, [only]) => one(only),
        // Several values take a set operator; AWS does not say what they are without.
        (None, _) => false,
    };
    // What is equal to one value is so whatever the others, and not unequal to all of them.
    if is_so != is_negated(operator) {
        absent.clear();
    }
    absent.extend(scope.resting(key));
    Holds { is_so, absent }
}

/// Whether the test is true of a request that does not have its key.
fn without(operator: Operator, values: &BTreeSet<String>) -> bool {
    if operator.base == "Null" {
        return values
            .iter()
            .any(|value| value.eq_ignore_ascii_case("true"));
    }
    operator.if_exists
        || match operator.set {
            None => is_negated(operator),
            Some(set) => set == "ForAllValues",
        }
}

fn is_negated(operator: Operator) -> bool {
    operator.base.contains("Not")
}

/// Whether one value of the request passes: one of those written is it, or, negated, none is. A
/// negated test "returns true only if all values evaluate to false", so that a written value that
/// cannot be read does not spoil the others; of nothing that can be compared it says nothing.
fn passes(operator: Operator, written: &[Result<Template<'_>, Null>], actual: &str) -> bool {
    let compared = written.iter().map(|one| compare(operator, one, actual));
    if !is_negated(operator) {
        return compared.into_iter().any(|one| one == Compared::Is);
    }
    let compared: Vec<Compared> = compared.collect();
    let is_other = |one: &Compared| matches!(one, Compared::IsNot | Compared::NothingWritten);
    compared.iter().all(is_other) && (compared.is_empty() || compared.contains(&Compared::IsNot))
}
