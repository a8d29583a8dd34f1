//! The statements that have a say in what one principal may do, and the ways to an allow.
//!
//! The rules are those of [`crate::policy::evaluate`], for what a whole statement allows and not for
//! one request: a condition is carried along and not looked at.

use super::condition::Condition;
use super::kind::is_public;
use super::principal::{Asker, Principal};
use super::rule::{Bound, Cell, Level, Rule, are_same, named};
use super::world::{Guarded, Held, Target, World};
use crate::policy::{Effect, Statement};
use crate::resource::{Address, Scope};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A way to an allow: the conditions that have to be fulfilled together.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    pub(super) condition: Condition,
    pub(super) rules: Vec<&'a Rule<'a>>,
}

impl Way<'_> {
    /// Whether it is there for everyone.
    pub(super) fn is_for_everyone(&self) -> bool {
        self.rules.iter().any(|rule| rule.level == Level::Everyone)
    }
}

/// All statements that have a say in what one principal may do.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    /// Whether it is there at all.
    pub(super) is_there: bool,
    pub(super) allow: Vec<Rule<'a>>,
    pub(super) deny: Vec<Rule<'a>>,
    pub(super) bound: Bound<'a>,
    /// What it carries that is not known, and where it is attached.
    pub(super) unknown: BTreeMap<String, Address>,
    /// The resources by which it has what it has.
    pub(super) by: BTreeSet<Address>,
    /// The policy that is its boundary.
    pub(super) bound_by: Option<Address>,
    is_own: bool,
    is_account: bool,
    /// Buckets that keep the public out, whatever their policy says.
    closed_to_public: BTreeSet<Target>,
    /// Buckets that keep other accounts out, because their policy is public.
    closed_to_others: BTreeSet<Target>,
}

impl<'a> Rules<'a> {
    /// Those of `who` in `world`.
    pub(super) fn of(world: &'a World<'a>, who: &Principal, scope: &Scope) -> Self {
        let identity = world.identity(who);
        let arn = match who {
            Principal::Named { kind, name } if kind == "AWS" => Some(name.as_str()),
            _ => identity.map(|identity| identity.arn.as_str()),
        };
        let asker = Asker::new(who, arn, scope);
        let carried = world.carried(who);
        let mut rules = Self {
            is_there: world.has(who),
            allow: Vec::new(),
            deny: Vec::new(),
            bound: Bound::Nothing,
            unknown: carried.unknown,
            by: carried.by,
            bound_by: None,
            is_own: who.account(scope) == Some(scope.account.as_str()),
            is_account: who.is_account(),
            closed_to_public: BTreeSet::new(),
            closed_to_others: BTreeSet::new(),
        };
        if !rules.is_there {
            return rules;
        }
        for held in carried.known {
            rules.add(held, &asker);
        }
        let boundary = identity.and_then(|identity| identity.boundary);
        if let Some(boundary) = boundary {
            rules.bind(world.managed(boundary), boundary, &asker);
        }
        for ((target, index), guarded) in rules.speaking(world, who, arn, scope) {
            let is_bound = boundary.is_some();
            let level = |statement: &Statement| named(statement, who, arn, scope, is_bound);
            rules.add_one(&guarded.held, *index, Some(target), &asker, level);
            rules.close(target, world);
        }
        rules
    }

    /// The statements of resources' policies that may say something of `who`.
    fn speaking<'b>(
        &self,
        world: &'b World<'a>,
        who: &Principal,
        arn: Option<&str>,
        scope: &Scope,
    ) -> Vec<(&'b (Target, usize), &'b Guarded<'a>)> {
        let name = match who {
            Principal::User(name) | Principal::Role(name) => name,
            Principal::Named { name, .. } => name,
            Principal::Anyone => "*",
        };
        let itself = [arn.unwrap_or(name), "*"];
        let itself = itself.into_iter().flat_map(|name| world.naming(name));
        // A key and a role leave to the account only what its own policies allow.
        let speaks_of = [self.speaks_of("kms:"), self.speaks_of("sts:")];
        let has_a_say = |(target, _): &&(Target, usize)| {
            who.is_account()
                || match target {
                    Target::Bucket(_) => true,
                    Target::Key(_) => speaks_of[0],
                    Target::Role(_) => speaks_of[1],
                }
        };
        let account = who.account(scope).into_iter();
        let account = account.flat_map(|account| world.naming(account).filter(has_a_say));
        let all: BTreeSet<&(Target, usize)> = itself.chain(account).collect();
        all.into_iter()
            .filter_map(|one| Some((one, world.guarding(&one.0)?)))
            .collect()
    }

    /// Whether one of the principal's own statements may be about this service.
    fn speaks_of(&self, service: &str) -> bool {
        self.allow.iter().any(|rule| {
            let mut actions = rule.actions.iter();
            rule.actions.is_empty()
                || actions.any(|name| name.starts_with(service) || name.starts_with(['*', '?']))
                || rule.actions.iter().any(|name| {
                    let prefix = name.split(':').next().unwrap_or_default();
                    prefix.contains(['*', '?'])
                })
        })
    }

    /// The statements of one of the principal's own documents.
    fn add(&mut self, held: &'a Held<'a>, asker: &Asker<'_>) {
        for index in 0..held.document.statement.len() {
            self.add_one(held, index, None, asker, |_| Some(Level::Own));
        }
    }

    fn add_one(
        &mut self,
        held: &'a Held<'a>,
        index: usize,
        target: Option<&Target>,
        asker: &Asker<'_>,
        level: impl Fn(&Statement) -> Option<Level>,
    ) {
        let Some(statement) = held.document.statement.get(index) else {
            return;
        };
        let Some(level) = level(statement) else {
            return;
        };
        let statement = match asker.is_settled(statement) {
            true => Cow::Borrowed(statement),
            false => match asker.settled(statement, held.document) {
                Some(settled) => Cow::Owned(settled),
                None => return,
            },
        };
        let rule = Rule::new(statement, level, target.cloned(), (held, index));
        match rule.statement.effect {
            Effect::Allow => self.allow.push(rule),
            Effect::Deny => self.deny.push(rule),
        }
    }

    fn bind(&mut self, held: Option<&'a Held<'a>>, arn: &str, asker: &Asker<'_>) {
        let Some(held) = held else {
            self.bound = Bound::Unknown(arn.to_owned());
            return;
        };
        let own = std::mem::take(&mut self.allow);
        self.add(held, asker);
        self.bound_by = Some(held.origin.clone());
        self.bound = Bound::Known(std::mem::replace(&mut self.allow, own));
    }

    /// What Block Public Access keeps out of a bucket. "RestrictPublicBuckets" lets in only services
    /// and the owner's account once the policy is public
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
    fn close(&mut self, target: &Target, world: &World<'_>) {
        let Target::Bucket(name) = target else {
            return;
        };
        if world.block(name).restrict_public_buckets {
            self.closed_to_public.insert(target.clone());
            if world.is_public(target) {
                self.closed_to_others.insert(target.clone());
            }
        }
    }

    /// Whether nothing can have been gained or lost between the two.
    pub(super) fn is_same(&self, other: &Rules<'_>) -> bool {
        self.is_there == other.is_there
            && self.has_same_limits(other)
            && self.unknown.keys().eq(other.unknown.keys())
            && are_same(&self.allow, &other.allow)
            && are_same(&self.deny, &other.deny)
    }

    /// Whether what limits it beside statements that deny is the same.
    pub(super) fn has_same_limits(&self, other: &Rules<'_>) -> bool {
        self.bound.is_same(&other.bound)
            && self.closed_to_public == other.closed_to_public
            && self.closed_to_others == other.closed_to_others
    }

    /// Every way to an allow.
    pub(super) fn ways(&'a self, cell: &Cell) -> Vec<Way<'a>> {
        let is_left_to_policy = matches!(cell.target, Some(Target::Key(_) | Target::Role(_)));
        let matching: Vec<&Rule<'_>> = self
            .allow
            .iter()
            .filter(|rule| rule.is_about(cell))
            .collect();
        let mut ways = Vec::new();
        let mut add = |rules: &[&'a Rule<'a>], limits: &[Condition]| {
            let whole = rules
                .iter()
                .fold(Condition::default(), |all, rule| all.and(&rule.condition));
            ways.extend(limits.iter().map(|limit| Way {
                condition: whole.and(limit),
                rules: rules.to_vec(),
            }));
        };
        let unlimited = [Condition::default()];
        let limits = self.limits(cell);
        for rule in &matching {
            match rule.level {
                Level::Itself | Level::Everyone => {
                    if !self.is_kept_out(rule, cell) {
                        add(&[rule], &unlimited);
                    }
                }
                Level::Role => add(&[rule], &limits),
                Level::Own if !is_left_to_policy => add(&[rule], &limits),
                Level::Own => {
                    for other in matching.iter().filter(|rule| rule.level == Level::Account) {
                        add(&[rule, other], &limits);
                    }
                }
                // Another account allows its own what it likes; so does this one with its keys
                // and roles, but what its policies allow in a bucket they allow without it.
                Level::Account if !self.is_own => {
                    if !self.is_kept_out(rule, cell) {
                        add(&[rule], &unlimited);
                    }
                }
                Level::Account if self.is_account && is_left_to_policy => add(&[rule], &unlimited),
                Level::Account => {}
            }
        }
        ways
    }

    fn is_kept_out(&self, rule: &Rule<'_>, cell: &Cell) -> bool {
        let Some(target) = &cell.target else {
            return false;
        };
        let is_service = rule
            .statement
            .principal
            .as_ref()
            .is_some_and(|who| who.0.contains_key("Service") && who.0.len() == 1);
        let is_public = rule.level == Level::Everyone && is_public(&rule.condition);
        !self.is_own
            && ((is_public && self.closed_to_public.contains(target))
                || (!is_service && self.closed_to_others.contains(target)))
    }

    fn limits(&self, cell: &Cell) -> Vec<Condition> {
        match &self.bound {
            Bound::Nothing => vec![Condition::default()],
            Bound::Known(rules) => rules
                .iter()
                .filter(|rule| rule.is_about(cell))
                .map(|rule| rule.condition.clone())
                .collect(),
            Bound::Unknown(arn) => vec![Condition::within(arn)],
        }
    }
}
