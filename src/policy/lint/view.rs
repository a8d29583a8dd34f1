//! What the rules ask of a statement: whom it lets do what, and what its conditions demand.

use super::Report;
use crate::policy::actions::{self, Action};
use crate::policy::fault::member;
use crate::policy::operators::{self, Operator};
use crate::policy::pattern;
use crate::policy::statement::Condition;
use crate::policy::{Effect, Statement};
use std::collections::BTreeSet;

/// One key under one operator.
pub(super) struct Test<'a> {
    /// Where it stands, below its statement.
    pub path: String,
    pub operator: Operator,
    pub key: &'a str,
    pub values: &'a BTreeSet<String>,
}

impl Test<'_> {
    /// Whether the operator is true of what is not named.
    pub fn is_negated(&self) -> bool {
        self.operator.base.contains("Not")
    }

    /// Whether the test fails unless the request has the key with one of the values.
    pub fn demands(&self) -> bool {
        !self.is_negated()
            && !self.operator.if_exists
            && self.operator.set != Some("ForAllValues")
            && self.operator.base != "Null"
    }

    /// Whether every value passes that the key can have: `*`, or every address.
    pub fn is_open(&self) -> bool {
        let base = self.operator.base;
        let wild = base.ends_with("Like") || base.starts_with("Arn");
        let mut values = self.values.iter();
        values.any(|value| match base {
            "IpAddress" => value.ends_with("/0"),
            _ => wild && !value.is_empty() && value.bytes().all(|byte| byte == b'*'),
        })
    }

    /// Whether the values have no wildcard that the operator knows, and no policy variable.
    pub fn is_fixed(&self) -> bool {
        self.values
            .iter()
            .all(|value| !pattern::is_pattern(value) && !value.contains("${"))
    }
}

/// Every test of the statement whose operator AWS has.
pub(super) fn tests(statement: &Statement) -> Vec<Test<'_>> {
    tests_of(&statement.condition)
}

/// Every test of the condition whose operator AWS has.
pub(super) fn tests_of(condition: &Condition) -> Vec<Test<'_>> {
    let mut tests = Vec::new();
    for (name, keys) in condition {
        let Some(operator) = operators::find(name) else {
            continue;
        };
        let path = member("Condition", name);
        tests.extend(keys.iter().map(|(key, values)| Test {
            path: member(&path, key),
            operator,
            key,
            values,
        }));
    }
    tests
}

/// Whether a name or pattern in Action stands for this action.
pub(super) fn action_matches(name: &str, action: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = if name == "*:*" { "*" } else { &name };
    pattern::matches(name, &action.to_ascii_lowercase())
}

/// Whether the statement is about this action (`s3:GetObject`), as far as its Action says.
pub(super) fn is_about(statement: &Statement, action: &str) -> bool {
    let fits = |name: &String| action_matches(name, action);
    statement.action.iter().any(fits)
        || !statement.not_action.is_empty() && !statement.not_action.iter().any(fits)
}

/// Whether the statement is about this action on some resource it names.
pub(super) fn reaches(statement: &Statement, action: &Action) -> bool {
    let mut resources = statement.resource.iter();
    is_about(statement, &action.to_string())
        && (statement.resource.is_empty() || resources.any(|resource| action.applies_to(resource)))
}

/// Whether the statement is about an action of this name on some resource it names.
pub(super) fn reaches_named(statement: &Statement, name: &str) -> bool {
    actions::find(name).is_some_and(|action| reaches(statement, action))
}

/// Whether the resource is every one of its kind: `*`, every bucket, every role of an account.
pub(super) fn is_every(resource: &str) -> bool {
    let stars = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    if stars(resource) {
        return true;
    }
    let parts: Vec<_> = resource.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "s3", _, _, rest] => stars(&rest.replacen('/', "", 1)),
        ["arn", _, "iam", _, _, rest] => {
            stars(rest) || rest.split_once('/').is_some_and(|(_, name)| stars(name))
        }
        ["arn", _, _, _, _, rest] => stars(rest),
        _ => false,
    }
}

/// The account of a value below `AWS` or of an ARN.
pub(super) fn account_of(value: &str) -> Option<&str> {
    let account = match value.strip_prefix("arn:") {
        Some(rest) => rest.split(':').nth(3)?,
        None => value,
    };
    let is_id = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then_some(account)
}

/// The values below `AWS` in the statement's Principal.
pub(super) fn aws_principals(statement: &Statement) -> impl Iterator<Item = &String> {
    let principal = statement.principal.as_ref();
    let values = principal.and_then(|principal| principal.0.get("AWS"));
    values.into_iter().flatten()
}

/// Whether everyone is named below `AWS`.
pub(super) fn names_everyone(statement: &Statement) -> bool {
    aws_principals(statement).any(|value| value == "*")
}

/// Names for a message, the first few of them.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

impl Report<'_> {
    pub(super) fn allows(&self) -> bool {
        self.statement.effect == Effect::Allow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_every_one_of_its_kind() {
        for (resource, expected) in [
            ("*", true),
            ("arn:aws:s3:::*", true),
            ("arn:aws:s3:::*/*", true),
            ("arn:aws:s3:::b*", false),
            ("arn:aws:s3:::b/*", false),
            ("arn:aws:iam::111122223333:role/*", true),
            ("arn:aws:iam::*:role/*", true),
            ("arn:aws:iam::111122223333:role/app-*", false),
            ("arn:aws:iam::111122223333:*", true),
            ("arn:aws:kms:eu-west-1:111122223333:key/*", false),
            ("arn:aws:kms:*:*:*", true),
            ("", false),
        ] {
            assert_eq!(is_every(resource), expected, "{resource}");
        }
    }

    #[test]
    fn a_list_for_a_message_is_short() {
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).into();
        assert_eq!(listed(&names), "a, b, c, d and 2 more");
        assert_eq!(listed(&names[..2]), "a, b");
    }
}
