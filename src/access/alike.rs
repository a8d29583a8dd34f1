//! Which actions and resources are the same to all statements, so that one stands for them.

use super::rule::{Bound, Rule};
use super::rules::Rules;
use crate::policy::Statement;
use crate::policy::pattern::{is_pattern, matches};
use std::collections::{BTreeMap, BTreeSet};

/// What statements have of an action: actions of which they have the same are the same to them.
#[derive(Debug)]
pub(super) struct Patterns {
    /// With wildcards.
    wild: BTreeSet<String>,
    /// A name → the statements that have it, by number.
    plain: BTreeMap<String, BTreeSet<usize>>,
}

/// Which patterns an action fits, and which statements name it.
pub(super) type Signature<'a> = (Vec<bool>, Option<&'a BTreeSet<usize>>);

impl Patterns {
    pub(super) fn of(before: &Rules<'_>, after: &Rules<'_>) -> Self {
        let (mut wild, mut plain) = (BTreeSet::new(), BTreeMap::new());
        let mut number = 0;
        let mut add = |rule: &Rule<'_>| {
            number += 1;
            for pattern in rule.patterns() {
                if is_pattern(pattern) {
                    wild.insert(pattern.clone());
                } else {
                    let statements: &mut BTreeSet<usize> =
                        plain.entry(pattern.clone()).or_default();
                    statements.insert(number);
                }
            }
        };
        for rules in [before, after] {
            rules.allow.iter().chain(&rules.deny).for_each(&mut add);
            if let Bound::Known(rules) = &rules.bound {
                rules.iter().for_each(&mut add);
            }
        }
        Self { wild, plain }
    }

    pub(super) fn signature(&self, asked: &str) -> Signature<'_> {
        let fits = self.wild.iter().map(|pattern| matches(pattern, asked));
        (fits.collect(), self.plain.get(asked))
    }
}

/// What may be gained though what is around it is not: what was left out of what was allowed, what
/// is left out of what is denied, what a boundary is about.
#[derive(Debug, Default)]
pub(super) struct Apart {
    pub(super) actions: BTreeSet<String>,
    pub(super) resources: BTreeSet<String>,
}

impl Apart {
    pub(super) fn of(before: &Rules<'_>, after: &Rules<'_>) -> Self {
        let mut apart = Self::default();
        let bound = |rules: &Bound<'_>| -> Vec<Statement> {
            match rules {
                Bound::Known(rules) => rules
                    .iter()
                    .map(|rule| rule.statement.clone().into_owned())
                    .collect(),
                _ => Vec::new(),
            }
        };
        for statement in bound(&before.bound) {
            apart.actions.extend(statement.not_action);
            apart.resources.extend(statement.not_resource);
        }
        for statement in bound(&after.bound) {
            apart.actions.extend(statement.action);
        }
        for rule in before.allow.iter().chain(&after.deny) {
            apart
                .actions
                .extend(rule.statement.not_action.iter().cloned());
            apart
                .resources
                .extend(rule.statement.not_resource.iter().cloned());
        }
        apart
    }
}
