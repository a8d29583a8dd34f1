//! One statement that has a say in what somebody may do.

use super::condition::Condition;
use super::generic::generic;
use super::principal::Principal;
use super::world::{Held, Target};
use crate::policy::evaluate::Because;
use crate::policy::pattern::matches;
use crate::policy::{Effect, Principal as Named, Statement};
use crate::resource::{Address, Scope};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How a statement comes to be about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It is in one of the principal's own policies.
    Own,
    /// It names the account, which leaves it to that account's own policies.
    Account,
    /// It names the role, so that a boundary limits it.
    Role,
    /// It names the principal.
    Itself,
    /// It names everyone.
    Everyone,
}

/// A statement that has a say.
#[derive(Clone, Debug)]
pub(super) struct Rule<'a> {
    pub(super) statement: Cow<'a, Statement>,
    pub(super) condition: Condition,
    pub(super) level: Level,
    /// Whose policy it is in; none is the principal's own.
    pub(super) target: Option<Target>,
    held: &'a Held<'a>,
    index: usize,
    pub(super) actions: Vec<String>,
    not_actions: Vec<String>,
}

/// One action on one resource.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// In lower case.
    pub(super) action: String,
    pub(super) on: String,
    pub(super) target: Option<Target>,
}

fn lower(set: &BTreeSet<String>) -> Vec<String> {
    set.iter().map(|name| name.to_ascii_lowercase()).collect()
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}

impl<'a> Rule<'a> {
    pub(super) fn new(
        statement: Cow<'a, Statement>,
        level: Level,
        target: Option<Target>,
        (held, index): (&'a Held<'a>, usize),
    ) -> Self {
        Self {
            condition: Condition::of(&statement),
            actions: lower(&statement.action),
            not_actions: lower(&statement.not_action),
            statement,
            level,
            target,
            held,
            index,
        }
    }

    /// `Backups of inline policy x of role.y`.
    pub(super) fn name(&self) -> String {
        let because = Because {
            source: self.held.name.clone(),
            sid: self.statement.sid.clone(),
            index: self.index,
            effect: self.statement.effect,
        };
        because.to_string()
    }

    /// The resource whose document it stands in.
    pub(super) fn origin(&self) -> &Address {
        &self.held.origin
    }

    /// Whether it says the same, wherever it stands: names of statements say nothing.
    pub(super) fn is_same(&self, other: &Rule<'_>) -> bool {
        let (one, two) = (&self.statement, &other.statement);
        self.level == other.level
            && self.target == other.target
            && one.effect == two.effect
            && one.action == two.action
            && one.not_action == two.not_action
            && one.resource == two.resource
            && one.not_resource == two.not_resource
            && one.condition == two.condition
    }

    /// The patterns of its actions, in lower case.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &String> {
        self.actions.iter().chain(&self.not_actions)
    }

    /// Whether it is about the action, given in lower case.
    pub(super) fn is_about_action(&self, action: &str) -> bool {
        let has_either = !self.actions.is_empty() || !self.not_actions.is_empty();
        has_either
            && (self.actions.is_empty() || any(&self.actions, action))
            && !any(&self.not_actions, action)
    }

    pub(super) fn is_about(&self, cell: &Cell) -> bool {
        (self.target.is_none() || self.target == cell.target)
            && self.is_about_action(&cell.action)
            && self.is_about_resource(cell)
    }

    fn is_about_resource(&self, cell: &Cell) -> bool {
        let (listed, not) = (&self.statement.resource, &self.statement.not_resource);
        let of = |set: &BTreeSet<String>| set.iter().any(|pattern| self.fits(pattern, cell));
        match &self.target {
            // A key's policy is about its key whatever it writes, a trust about its role.
            Some(Target::Key(_)) => !listed.is_empty() || !not.is_empty(),
            Some(Target::Role(_)) => true,
            _ => {
                (!listed.is_empty() || !not.is_empty())
                    && (listed.is_empty() || of(listed))
                    && !of(not)
            }
        }
    }

    /// The id of a key is KMS's, so that an ARN may or may not be the key's.
    fn fits(&self, pattern: &str, cell: &Cell) -> bool {
        match &cell.target {
            Some(Target::Key(_)) if self.statement.effect == Effect::Allow => {
                pattern == cell.on || pattern == "*" || pattern.contains(":kms:")
            }
            Some(Target::Key(_)) => {
                pattern == cell.on || matches(pattern, &generic("arn:aws:kms:*:*:key/*"))
            }
            _ => matches(pattern, &cell.on),
        }
    }
}

/// What bounds an identity.
#[derive(Clone, Debug)]
pub(super) enum Bound<'a> {
    Nothing,
    /// What these allow.
    Known(Vec<Rule<'a>>),
    /// A policy whose document is not known.
    Unknown(String),
}

impl Bound<'_> {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Known(one), Self::Known(two)) => are_same(one, two),
            (Self::Unknown(one), Self::Unknown(two)) => one == two,
            _ => false,
        }
    }
}

pub(super) fn are_same(one: &[Rule<'_>], two: &[Rule<'_>]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_same(two))
}

/// How a statement of a resource's policy is about somebody; none when it is not.
pub(super) fn named(
    statement: &Statement,
    who: &Principal,
    arn: Option<&str>,
    scope: &Scope,
    is_bound: bool,
) -> Option<Level> {
    if let Some(not) = &statement.not_principal {
        let listed = among(not, who, arn, scope);
        let is_spared = match statement.effect {
            Effect::Allow => listed.is_some(),
            Effect::Deny => !is_bound && listed.is_some_and(|level| level > Level::Account),
        };
        return (!is_spared).then_some(Level::Everyone);
    }
    among(statement.principal.as_ref()?, who, arn, scope)
}

fn among(named: &Named, who: &Principal, arn: Option<&str>, scope: &Scope) -> Option<Level> {
    let aws = |name: &str| names(Some(named), "AWS", name);
    let itself = match who {
        Principal::User(name) => match arn {
            Some(arn) => aws(arn).then_some(Level::Itself),
            None => named
                .0
                .get("AWS")
                .into_iter()
                .flatten()
                .any(|arn| arn.contains(":user/") && arn.rsplit('/').next() == Some(name))
                .then_some(Level::Itself),
        },
        Principal::Role(_) => arn.is_some_and(&aws).then_some(Level::Role),
        Principal::Named { kind, name } if names(Some(named), kind, name) => {
            match who.is_account() && *name == scope.account {
                true => Some(Level::Account),
                false => Some(Level::Itself),
            }
        }
        Principal::Named { .. } => None,
        Principal::Anyone => names(Some(named), "Federated", "*").then_some(Level::Everyone),
    };
    let everyone = || aws("*").then_some(Level::Everyone);
    let account = || {
        let account = who.account(scope)?;
        aws(account).then_some(Level::Account)
    };
    itself.or_else(everyone).or_else(account)
}

fn names(principal: Option<&Named>, kind: &str, name: &str) -> bool {
    let names = principal.and_then(|principal| principal.0.get(kind));
    names.is_some_and(|names| names.contains(name))
}
