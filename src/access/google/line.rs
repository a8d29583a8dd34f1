//! Gains and losses as lines, as few as say it.

use super::kind;
use super::way::{Gain, What, Who};
use super::world::World;
use crate::access::{Because, Condition, Effect, Kind, Line, Principal, Test};
use crate::policy::google::Expression;
use crate::resource::Address;
use std::collections::{BTreeMap, BTreeSet};

/// What a provider lets somebody do: the method that makes a token of another's one of Google's.
pub(super) const EXCHANGE: &str = "ExchangeToken";

/// What a line has in common with others: who, which way, on what, when, and how sure it is.
type Key = (Who, Effect, String, Condition, bool, Kind, Option<String>);

/// Collects them.
pub(super) struct Told<'a> {
    changed: &'a BTreeSet<Address>,
    then: &'a World<'a>,
    now: &'a World<'a>,
    found: BTreeMap<Key, (BTreeSet<String>, BTreeSet<Because>)>,
}

impl<'a> Told<'a> {
    pub(super) fn new(
        changed: &'a BTreeSet<Address>,
        then: &'a World<'a>,
        now: &'a World<'a>,
    ) -> Self {
        Self {
            changed,
            then,
            now,
            found: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, who: &Who, what: &What, effect: Effect, gain: Gain<'_>) {
        let way = gain.way;
        let world = match effect {
            Effect::Gains => self.now,
            Effect::Loses => self.then,
        };
        let (action, unknown) = match what {
            What::Permission(name) => (Some(name.clone()), None),
            What::Unknown(name) => (None, Some(name.clone())),
        };
        let is_certain = gain.is_certain && unknown.is_none();
        let kind = kind::of(who, way, world);
        let key = (
            who.clone(),
            effect,
            way.on.clone(),
            condition(&way.condition),
            is_certain,
            kind,
            unknown,
        );
        let steps = std::iter::once(&way.origin).chain(&way.by);
        let because = steps.filter(|step| self.changed.contains(step));
        let because = because.map(|step| Because {
            step: step.clone(),
            statement: way.statement.clone(),
        });
        let (actions, why) = self.found.entry(key).or_default();
        actions.extend(action);
        why.extend(because);
    }

    /// What is the same of several things is one line.
    pub(super) fn lines(self) -> Vec<Line> {
        let mut together: BTreeMap<_, (BTreeSet<String>, BTreeSet<Because>)> = BTreeMap::new();
        for ((who, effect, on, condition, is_certain, kind, unknown), (actions, why)) in self.found
        {
            let key = (who, effect, actions, condition, is_certain, kind, unknown);
            let (resources, because) = together.entry(key).or_default();
            resources.insert(on);
            because.extend(why);
        }
        let lines = together.into_iter();
        lines
            .map(
                |(
                    (who, effect, actions, condition, is_certain, kind, unknown),
                    (resources, because),
                )| Line {
                    who: Principal::Named {
                        kind: who.kind,
                        name: who.name,
                    },
                    kind,
                    effect,
                    actions,
                    but: BTreeSet::new(),
                    resources,
                    condition,
                    is_certain,
                    unknown,
                    because,
                },
            )
            .collect()
    }
}

/// What has to be so, one by one; what is no test stands as it is written.
fn condition(expression: &Expression) -> Condition {
    let mut tests: Vec<Test> = expression.parts().iter().map(test).collect();
    tests.sort();
    Condition(tests)
}

fn test(part: &Expression) -> Test {
    let of = |test: &crate::policy::google::Test, not: &str| Test {
        operator: format!("{not}{}", test.by.word()),
        key: test.of.clone(),
        values: test.values.clone(),
    };
    match part {
        Expression::Test(test) => of(test, ""),
        Expression::Not(denied) => match &**denied {
            Expression::Test(test) => of(test, "not "),
            _ => written(part),
        },
        other => written(other),
    }
}

fn written(part: &Expression) -> Test {
    Test {
        operator: String::new(),
        key: part.to_string(),
        values: BTreeSet::new(),
    }
}
