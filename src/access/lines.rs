//! What is gained or lost, as few lines as say it.

use super::actions::Actions;
use super::compare::Gain;
use super::condition::Condition;
use super::generic::covers;
use super::kind::Kind;
use super::principal::Principal;
use super::rule::Rule;
use super::rules::Rules;
use super::{Because, Effect, Line};
use crate::policy::pattern::is_pattern;
use crate::policy::{Effect as Says, Statement};
use crate::resource::{Address, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Of a pattern no more than so many actions are left out in words, and a list of so many is not
/// shortened that way.
const MOST_NAMES: usize = 8;

/// What the lines of one principal are made with.
pub(super) struct Told<'a> {
    pub(super) who: &'a Principal,
    pub(super) effect: Effect,
    pub(super) scope: &'a Scope,
    pub(super) known: &'a Actions,
    /// The resources that a plan changes.
    pub(super) changed: &'a BTreeSet<Address>,
    /// Of these, those that are made or deleted.
    pub(super) made: &'a BTreeSet<Address>,
    /// By what the principal has what it has, before and after.
    pub(super) by: BTreeSet<Address>,
    /// What bounds it, before and after.
    pub(super) bounds: BTreeSet<Address>,
}

/// All that is gained on one resource under one condition.
struct Point<'a> {
    actions: BTreeSet<String>,
    is_certain: bool,
    because: Vec<&'a Rule<'a>>,
    target: Option<super::world::Target>,
}

impl Told<'_> {
    /// The lines for what is gained.
    pub(super) fn lines(&self, gains: Vec<Gain<'_>>) -> Vec<Line> {
        // On what, and when → what.
        let mut points: BTreeMap<(String, Condition), Point<'_>> = BTreeMap::new();
        for gain in gains {
            let point = points
                .entry((gain.on, gain.condition))
                .or_insert_with(|| Point {
                    actions: BTreeSet::new(),
                    is_certain: true,
                    because: Vec::new(),
                    target: gain.target,
                });
            point.actions.extend(gain.actions);
            point.is_certain &= gain.is_certain;
            point.because.extend(gain.because);
        }
        // Only a pattern, or the same, can cover something.
        let wide: Vec<_> = points
            .iter()
            .filter(|((on, _), _)| is_pattern(on))
            .collect();
        let mut lines: BTreeMap<(Written, Condition, bool), Line> = BTreeMap::new();
        for ((on, condition), point) in &points {
            let mut actions = point.actions.clone();
            let first = (on.clone(), Condition::default());
            let same = points
                .range(first..)
                .take_while(|((other, _), _)| other == on);
            let wide = wide.iter().filter(|((other, _), _)| other != on);
            for ((wider, other), more) in same.chain(wide.copied()) {
                let is_itself = wider == on && other == condition;
                let is_within = covers(wider, on) && condition.implies(other);
                // Of two that say the same, the first stays.
                let is_mutual = covers(on, wider) && other.implies(condition);
                let is_later = (wider, other) > (on, condition);
                if !is_itself && is_within && !(is_mutual && is_later) {
                    actions.retain(|action| !more.actions.contains(action));
                }
            }
            if actions.is_empty() {
                continue;
            }
            let (actions, but) = written(actions, point, on, self.known);
            let key = (
                (actions.clone(), but.clone()),
                condition.clone(),
                point.is_certain,
            );
            let line = lines.entry(key).or_insert_with(|| Line {
                who: self.who.clone(),
                kind: Kind::of(self.who, condition, self.scope),
                effect: self.effect,
                actions,
                but,
                resources: BTreeSet::new(),
                condition: condition.clone(),
                is_certain: point.is_certain,
                unknown: None,
                because: BTreeSet::new(),
            });
            line.resources.insert(on.clone());
            for rule in &point.because {
                line.because.extend(self.because(rule));
            }
        }
        lines.into_values().collect()
    }

    /// What is carried that is not known, and was not before.
    pub(super) fn unknown(&self, before: &Rules<'_>, after: &Rules<'_>) -> Vec<Line> {
        let new = after
            .unknown
            .iter()
            .filter(|(name, _)| !before.unknown.contains_key(*name));
        new.map(|(name, origin)| Line {
            who: self.who.clone(),
            kind: Kind::Own,
            effect: self.effect,
            actions: BTreeSet::new(),
            but: BTreeSet::new(),
            resources: BTreeSet::new(),
            condition: Condition::default(),
            is_certain: false,
            unknown: Some(name.clone()),
            because: BTreeSet::from([Because {
                step: origin.clone(),
                statement: name.clone(),
            }]),
        })
        .collect()
    }

    /// The steps because of which a statement counts or does not any more.
    fn because(&self, rule: &Rule<'_>) -> Vec<Because> {
        let origin = rule.origin();
        let mut steps: BTreeSet<&Address> = BTreeSet::new();
        if self.changed.contains(origin) {
            steps.insert(origin);
            // Who is not there has nothing, whatever is said of it.
            steps.extend(self.by.iter().filter(|by| self.made.contains(by)));
        } else {
            let by = self.by.iter().chain(&self.bounds);
            steps.extend(by.filter(|by| self.changed.contains(by)));
        }
        let bucket = origin
            .as_str()
            .strip_prefix("bucket_policy.")
            .map(|name| Address::new("bucket", name));
        let bucket = bucket.filter(|bucket| steps.is_empty() && self.changed.contains(bucket));
        let statement = rule.name();
        let all = steps.into_iter().cloned().chain(bucket);
        all.map(|step| Because {
            step,
            statement: statement.clone(),
        })
        .collect()
    }
}

/// Actions and patterns of them, and what of these patterns is not meant.
type Written = (BTreeSet<String>, BTreeSet<String>);

/// The actions as the statements write them: `s3:*` and not a hundred names.
fn written(mut actions: BTreeSet<String>, point: &Point<'_>, on: &str, known: &Actions) -> Written {
    let target = point.target.as_ref();
    let allowing = || point.because.iter().map(|rule| &rule.statement);
    let left_out = allowing().find(|statement| {
        !statement.not_action.is_empty() && known.names(statement, on, target) == actions
    });
    if let Some(statement) = left_out {
        return (
            BTreeSet::from(["*".to_owned()]),
            statement.not_action.clone(),
        );
    }
    let mut short = BTreeSet::new();
    let mut named = BTreeSet::new();
    let patterns = allowing().flat_map(|statement| &statement.action);
    for pattern in patterns.filter(|name| is_pattern(name)) {
        let one = Statement {
            action: BTreeSet::from([pattern.clone()]),
            ..Statement::new(Says::Allow)
        };
        let all = known.names(&one, on, target);
        if !all.is_empty() && all.is_subset(&actions) {
            short.insert(pattern.clone());
            named.extend(all);
        } else if actions.len() > MOST_NAMES && actions.is_subset(&all) {
            let but: BTreeSet<String> = all.difference(&actions).cloned().collect();
            if but.len() <= MOST_NAMES {
                return (BTreeSet::from([pattern.clone()]), but);
            }
        }
    }
    actions.retain(|action| !named.contains(action));
    let wider = short.clone();
    short.retain(|one| !wider.iter().any(|other| other != one && covers(other, one)));
    actions.extend(short);
    (actions, BTreeSet::new())
}
