//! What somebody is allowed beyond what is tried: every statement that there is, against those that
//! are promised.
//!
//! Calls show what they ask for. That a key may also change the bucket's policy, or write to a folder
//! that nobody thought of, stands in the statements only.

use super::expect::Ground;
use super::principal::Principal;
use super::report::{Check, Proof, Verdict};
use super::world::World;
use crate::policy::actions;
use crate::policy::pattern::matches;
use crate::policy::{Effect, Statement};
use crate::probe::{Operation, Place};
use std::collections::{BTreeMap, BTreeSet};

type Condition = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// A check for each statement of `live` that allows `principal` more than the statements of
/// `wanted` do, unless `checks` say so already; and for each promised refusal that is gone, which
/// only who has read all can say.
pub(super) fn surplus(
    ground: &Ground<'_>,
    wanted: &World,
    live: &World,
    principal: &Principal,
    checks: &[Check],
    all_is_read: bool,
) -> Vec<Check> {
    let promised = wanted.allowing(principal);
    let mut found = Vec::new();
    for (name, statement) in live.allowing(principal) {
        let more = unpromised(statement, &promised);
        let more: Vec<(String, String)> = more
            .into_iter()
            .filter(|(action, on)| ground.takes_effect(live, principal, statement, action, on))
            .collect();
        if more.is_empty() || is_told(&name, &more, checks) {
            continue;
        }
        found.push(check(name, written(statement, &more), targets(&more)));
    }
    // A promised refusal that is not there any more, where something allows what it refused.
    let refusing = live.refusing(principal);
    for (name, statement) in wanted
        .refusing(principal)
        .into_iter()
        .filter(|_| all_is_read)
    {
        let lifted: Vec<(String, String)> = unpromised(statement, &refusing)
            .into_iter()
            .filter(|(action, on)| ground.takes_effect(live, principal, &plain(), action, on))
            .collect();
        if !lifted.is_empty() {
            let actions = written(statement, &lifted);
            let name = format!("{name}, which denies it in the manifest, is not there");
            found.push(Check {
                detail: Some("a refusal that the manifest has".to_owned()),
                ..check(name, actions, targets(&lifted))
            });
        }
    }
    if let Principal::Role(role) = principal {
        let promised = wanted.trusting(role);
        for (name, statement) in live.trusting(role) {
            let within = promised
                .iter()
                .any(|(_, promised)| trusts_no_more(statement, promised));
            if !within {
                let actions = statement.action.iter().cloned().collect();
                found.push(check(name, actions, format!("role/{role}")));
            }
        }
    }
    found
}

fn check(because: String, actions: Vec<String>, target: String) -> Check {
    Check {
        operation: Operation::Other,
        place: Place::Account,
        target,
        actions,
        promised: Some(false),
        promised_by: Vec::new(),
        found: Some(true),
        verdict: Verdict::AllowedButNotPromised,
        proof: Proof::Evaluation,
        because: vec![because],
        detail: Some("a statement that the manifest does not have".to_owned()),
    }
}

/// The actions and resources of `statement` that no promised statement allows.
fn unpromised(
    statement: &Statement,
    promised: &[(String, &Statement)],
) -> BTreeSet<(String, String)> {
    if promised.iter().any(|(_, promised)| *promised == statement) {
        return BTreeSet::new();
    }
    let everything = BTreeSet::from(["*".to_owned()]);
    let or_all = |set: &BTreeSet<String>| match set.is_empty() {
        true => everything.clone(),
        false => set.clone(),
    };
    let mut more = BTreeSet::new();
    for pattern in or_all(&statement.action) {
        let known: Vec<&actions::Action> = actions::matching(&pattern).collect();
        for on in or_all(&statement.resource) {
            let applying = known.iter().filter(|action| action.applies_to(&on));
            let mut names: Vec<String> = applying.map(ToString::to_string).collect();
            if known.is_empty() {
                names.push(pattern.clone());
            }
            for action in names {
                let covers = |(_, promised): &(String, &Statement)| {
                    covers(promised, statement, &action, &on)
                };
                if !promised.iter().any(covers) {
                    more.insert((action, on.clone()));
                }
            }
        }
    }
    more
}

/// Whether `promised` allows `action` on everything that `on` matches, whenever `statement` does.
fn covers(promised: &Statement, statement: &Statement, action: &str, on: &str) -> bool {
    let action = action.to_ascii_lowercase();
    promised
        .action
        .iter()
        .any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
        && promised.resource.iter().any(|pattern| matches(pattern, on))
        && is_as_narrow(&statement.condition, &promised.condition)
}

/// Whether whatever fulfils `one` fulfils `other`: as far as can be seen, each test of `other` stands
/// in `one`, with the same values or fewer.
fn is_as_narrow(one: &Condition, other: &Condition) -> bool {
    other.iter().all(|(operator, keys)| {
        let widens_with_values = !operator.contains("Not") && !operator.contains("ForAll");
        keys.iter().all(|(key, values)| {
            let same = one.get(operator).and_then(|keys| keys.get(key));
            same.is_some_and(|same| {
                same == values || (widens_with_values && same.is_subset(values))
            })
        })
    })
}

/// Whether the trust `one` lets in nobody whom `other` does not.
fn trusts_no_more(one: &Statement, other: &Statement) -> bool {
    let whom = |statement: &Statement| -> BTreeSet<(String, String)> {
        let each = statement
            .principal
            .iter()
            .flat_map(|principal| &principal.0);
        each.flat_map(|(kind, values)| values.iter().map(|value| (kind.clone(), value.clone())))
            .collect()
    };
    one.not_principal == other.not_principal
        && whom(one).is_subset(&whom(other))
        && one.action.is_subset(&other.action)
        && is_as_narrow(&one.condition, &other.condition)
}

/// On what, each once.
fn targets(more: &[(String, String)]) -> String {
    let all: BTreeSet<&str> = more.iter().map(|(_, on)| on.as_str()).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// A statement without a condition.
fn plain() -> Statement {
    Statement::new(Effect::Allow)
}

/// Whether the checks name this statement for each of the actions.
fn is_told(name: &str, more: &[(String, String)], checks: &[Check]) -> bool {
    let told: BTreeSet<&str> = checks
        .iter()
        .filter(|check| check.verdict == Verdict::AllowedButNotPromised)
        .filter(|check| check.because.iter().any(|because| because == name))
        .flat_map(|check| check.actions.iter().map(String::as_str))
        .collect();
    more.iter()
        .all(|(action, _)| told.contains(action.as_str()))
}

/// The actions as the statement writes them: `s3:*` and not a hundred names.
fn written(statement: &Statement, more: &[(String, String)]) -> Vec<String> {
    if statement.action.is_empty() {
        return vec!["all but a few".to_owned()];
    }
    let more: Vec<String> = more
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    let written = statement.action.iter().filter(|pattern| {
        let pattern = pattern.to_ascii_lowercase();
        more.iter().any(|name| matches(&pattern, name))
    });
    written.cloned().collect()
}

impl World {
    /// Every statement that allows a principal something, each with what it is called.
    fn allowing(&self, principal: &Principal) -> Vec<(String, &Statement)> {
        self.speaking_of(principal, Effect::Allow)
    }

    /// Every statement that refuses a principal something.
    fn refusing(&self, principal: &Principal) -> Vec<(String, &Statement)> {
        self.speaking_of(principal, Effect::Deny)
    }

    fn speaking_of(&self, principal: &Principal, effect: Effect) -> Vec<(String, &Statement)> {
        let mut all = Vec::new();
        for source in self.own(principal) {
            all.extend(source.each(|statement| statement.effect == effect));
        }
        let arn = self.arn(principal);
        // What everybody may do is told of those without credentials.
        let everybody = effect == Effect::Deny;
        let names = |statement: &Statement| match (arn, &statement.principal) {
            (Some(arn), Some(who)) => who
                .0
                .get("AWS")
                .is_some_and(|all| all.contains(arn) || (everybody && all.contains("*"))),
            (Some(_), None) => false,
            (None, Some(who)) => who.0.get("AWS").is_some_and(|all| all.contains("*")),
            (None, None) => true,
        };
        for source in self.of_resources() {
            all.extend(source.each(|statement| statement.effect == effect && names(statement)));
        }
        all
    }

    /// Every statement of the trust policy of a role that lets somebody in.
    fn trusting(&self, role: &str) -> Vec<(String, &Statement)> {
        let trust = self.trust(role);
        trust
            .map(|trust| trust.each(|statement| statement.effect == Effect::Allow))
            .unwrap_or_default()
    }
}
