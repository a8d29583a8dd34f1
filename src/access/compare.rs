//! What somebody may do after that it may not before.
//!
//! What is allowed after is looked at where something may have come: at each statement that allows
//! and was not there, at each that denied and is not there any more, and at all of them where what
//! limits them is another. At each such place, a point that stands for all others is asked in both
//! worlds. What cannot be told to have been allowed before counts as gained.

use super::actions::{Actions, Atom};
use super::alike::{Apart, Patterns, Signature};
use super::condition::{Condition, is_hazy};
use super::generic::{covers, generic, intersection};
use super::rule::{Bound, Cell, Level, Rule};
use super::rules::{Rules, Way};
use super::world::Target;
use crate::policy::{Effect, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// Something that is gained.
#[derive(Debug)]
pub(super) struct Gain<'a> {
    /// `s3:GetObject`, or a pattern of a service that is not known.
    pub(super) actions: BTreeSet<String>,
    /// The pattern of what it is gained on.
    pub(super) on: String,
    pub(super) target: Option<Target>,
    pub(super) condition: Condition,
    pub(super) is_certain: bool,
    /// The statements because of which it is.
    pub(super) because: Vec<&'a Rule<'a>>,
}

/// Everything that is gained from `before` to `after`. `for_all` is whether what everyone may do is
/// gained by this principal: that of everyone is told once.
pub(super) fn gains<'a>(
    before: &'a Rules<'a>,
    after: &'a Rules<'a>,
    targets: &BTreeMap<Target, String>,
    for_all: bool,
    known: &Actions,
) -> Vec<Gain<'a>> {
    if !after.is_there {
        return Vec::new();
    }
    let search = Search {
        before,
        after,
        targets,
        for_all,
        known,
        patterns: Patterns::of(before, after),
        apart: Apart::of(before, after),
    };
    let mut found = Vec::new();
    let other_limits = !before.has_same_limits(after) || before.is_there != after.is_there;
    for rule in &after.allow {
        let is_new = !before.allow.iter().any(|old| old.is_same(rule));
        if (is_new || other_limits) && (for_all || rule.level != Level::Everyone) {
            search.at_allow(rule, &mut found);
        }
    }
    for rule in &before.deny {
        if !after.deny.iter().any(|new| new.is_same(rule)) {
            search.at_lifted(rule, &mut found);
        }
    }
    found
}

struct Search<'a, 'b> {
    before: &'a Rules<'a>,
    after: &'a Rules<'a>,
    /// What has a policy of its own, and what policies call it.
    targets: &'b BTreeMap<Target, String>,
    for_all: bool,
    known: &'b Actions,
    patterns: Patterns,
    apart: Apart,
}

/// The patterns of what a statement is about; of one that says what it is not about, everything.
fn resources(statement: &Statement) -> Vec<String> {
    match statement.resource.is_empty() {
        true => vec!["*".to_owned()],
        false => statement.resource.iter().cloned().collect(),
    }
}

impl<'a> Search<'a, '_> {
    /// Where a statement allows what it did not, or no limit keeps it from any more.
    fn at_allow(&self, rule: &'a Rule<'a>, found: &mut Vec<Gain<'a>>) {
        if let Some(target @ (Target::Key(_) | Target::Role(_))) = &rule.target {
            if let Some(on) = self.targets.get(target) {
                self.look(rule, on, Some(target), &|_| true, &[rule], found);
            }
            return;
        }
        let bounds: Vec<String> = match &self.after.bound {
            Bound::Known(bounds) => bounds
                .iter()
                .flat_map(|bound| resources(&bound.statement))
                .collect(),
            _ => vec!["*".to_owned()],
        };
        let mut looked = BTreeSet::new();
        for pattern in resources(&rule.statement) {
            let within = bounds
                .iter()
                .filter_map(|bound| intersection(&pattern, bound));
            let within: Vec<String> = match rule.level {
                Level::Own | Level::Role => within.collect(),
                _ => vec![pattern.clone()],
            };
            for on in within {
                for on in self.points(&on) {
                    if looked.insert(on.clone()) {
                        let target = rule.target.as_ref().or_else(|| self.target(&on));
                        self.look(rule, &on, target, &|_| true, &[rule], found);
                    }
                }
            }
            if rule.level == Level::Own {
                self.at_guarded(rule, &pattern, found);
            }
        }
    }

    /// Where an identity's own statement counts because a key or a role leaves it to the account.
    fn at_guarded(&self, rule: &'a Rule<'a>, pattern: &str, found: &mut Vec<Gain<'a>>) {
        let targets = self.after.allow.iter();
        let targets: BTreeSet<&Target> = targets.filter_map(|rule| rule.target.as_ref()).collect();
        for target in targets {
            let Some(name) = self.targets.get(target) else {
                continue;
            };
            let is_meant = match target {
                Target::Bucket(_) => false,
                Target::Key(_) => pattern == "*" || pattern.contains(":kms:"),
                Target::Role(_) => covers(pattern, name),
            };
            if is_meant {
                self.look(rule, name, Some(target), &|_| true, &[rule], found);
            }
        }
    }

    /// Where a statement does not deny any more what another one allows.
    fn at_lifted(&self, lifted: &'a Rule<'a>, found: &mut Vec<Gain<'a>>) {
        for rule in &self.after.allow {
            let is_of_all = rule.level == Level::Everyone && lifted.level == Level::Everyone;
            if is_of_all && !self.for_all {
                continue;
            }
            let target = lifted.target.as_ref().or(rule.target.as_ref());
            if rule.target.is_some() && target != rule.target.as_ref() {
                continue;
            }
            let is_denied = |action: &str| lifted.is_about_action(action);
            if let Some(target @ (Target::Key(_) | Target::Role(_))) = target {
                if let Some(on) = self.targets.get(target) {
                    self.look(rule, on, Some(target), &is_denied, &[lifted], found);
                }
                continue;
            }
            for one in resources(&lifted.statement) {
                for other in resources(&rule.statement) {
                    let Some(on) = intersection(&one, &other) else {
                        continue;
                    };
                    for on in self.points(&on) {
                        let target = target.or_else(|| self.target(&on));
                        self.look(rule, &on, target, &is_denied, &[lifted], found);
                    }
                }
            }
        }
    }

    /// What stands for all that `on` matches: itself, and what is apart within.
    fn points(&self, on: &str) -> BTreeSet<String> {
        let apart = self.apart.resources.iter();
        let within = apart.filter_map(|apart| intersection(on, apart));
        within.chain([on.to_owned()]).collect()
    }

    /// What has a policy of its own, of what a policy calls `on`.
    fn target(&self, on: &str) -> Option<&Target> {
        let is_it = |(target, name): &(&Target, &String)| match target {
            Target::Bucket(_) => on
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            Target::Key(_) | Target::Role(_) => on == name.as_str(),
        };
        let found = self.targets.iter().find(is_it);
        found.map(|(target, _)| target)
    }

    /// Asks for the actions of `rule` on what `on` stands for.
    fn look(
        &self,
        rule: &'a Rule<'a>,
        on: &str,
        target: Option<&Target>,
        which: &dyn Fn(&str) -> bool,
        because: &[&'a Rule<'a>],
        found: &mut Vec<Gain<'a>>,
    ) {
        let mut alike: BTreeMap<Signature<'_>, Vec<Atom>> = BTreeMap::new();
        let denying = because
            .iter()
            .filter(|rule| rule.statement.effect == Effect::Deny);
        let lifted = denying.flat_map(|rule| &rule.statement.action);
        let apart: BTreeSet<&String> = lifted.chain(&self.apart.actions).collect();
        for atom in self.known.of(&rule.statement, &apart, on, target) {
            if which(&atom.asked) {
                let signature = self.patterns.signature(&atom.asked);
                alike.entry(signature).or_default().push(atom);
            }
        }
        for atoms in alike.into_values() {
            let Some(first) = atoms.first() else {
                continue;
            };
            let cell = Cell {
                action: first.asked.clone(),
                on: generic(on),
                target: target.cloned(),
            };
            for (condition, is_certain, rules) in self.ask(&cell, because) {
                found.push(Gain {
                    actions: atoms.iter().map(|atom| atom.name.clone()).collect(),
                    on: on.to_owned(),
                    target: target.cloned(),
                    condition,
                    is_certain,
                    because: rules,
                });
            }
        }
    }

    /// When the cell is allowed after and not before.
    fn ask(
        &self,
        cell: &Cell,
        because: &[&'a Rule<'a>],
    ) -> Vec<(Condition, bool, Vec<&'a Rule<'a>>)> {
        let lifts = because
            .iter()
            .any(|rule| rule.statement.effect == Effect::Deny && rule.level != Level::Everyone);
        let before: Vec<Way<'_>> = match self.before.is_there {
            true => self.before.ways(cell),
            false => Vec::new(),
        };
        let allowed: Vec<Condition> = before.into_iter().map(|way| way.condition).collect();
        let conditions = |rules: &'a [Rule<'a>]| -> Vec<&'a Rule<'a>> {
            rules.iter().filter(|rule| rule.is_about(cell)).collect()
        };
        let (denied, denying) = (conditions(&self.before.deny), conditions(&self.after.deny));
        let is_denied = |condition: &Condition| {
            denying
                .iter()
                .any(|deny| condition.implies(&deny.condition))
        };
        let mut gained: Vec<(Condition, bool, Vec<&Rule<'_>>)> = Vec::new();
        for way in self.after.ways(cell) {
            let is_told = way.is_for_everyone() && !self.for_all && !lifts;
            if is_told || way.condition.contradicts(&way.condition) || is_denied(&way.condition) {
                continue;
            }
            let hazy = way.rules.iter().any(|rule| is_hazy(&rule.statement));
            let certain = |condition: &Condition| {
                let unlike = |other: &Condition| condition.is_unlike(other) || !other.is_plain();
                !hazy && condition.is_plain() && !allowed.iter().any(unlike)
            };
            let is_covered = allowed.iter().any(|before| way.condition.implies(before));
            let causes = |deny: Option<&'a Rule<'a>>| -> Vec<&'a Rule<'a>> {
                match deny {
                    Some(deny) => vec![deny],
                    None => way.rules.clone(),
                }
            };
            if !is_covered {
                let more = way.condition.beyond(&allowed);
                let is_certain = certain(&more);
                let is_all = more == way.condition;
                gained.push((more, is_certain, causes(None)));
                if is_all {
                    continue;
                }
            }
            for deny in &denied {
                let lifted = way.condition.and(&deny.condition);
                if way.condition.contradicts(&deny.condition) || is_denied(&lifted) {
                    continue;
                }
                let is_certain = certain(&lifted);
                gained.push((lifted, is_certain, causes(Some(deny))));
            }
        }
        simplest(gained)
    }
}

/// Without what is within another one.
fn simplest<R>(mut gained: Vec<(Condition, bool, R)>) -> Vec<(Condition, bool, R)> {
    gained.sort_by_key(|(condition, ..)| condition.0.len());
    let mut kept: Vec<(Condition, bool, R)> = Vec::new();
    for one in gained {
        if !kept.iter().any(|(wider, ..)| one.0.implies(wider)) {
            kept.push(one);
        }
    }
    kept
}
