//! From needs to policies that a person can read: a statement says what for, and on what.

use super::needs::{Asked, Extra, Need, Purpose, extras, needs};
use super::row::{Under, Verb};
use crate::policy::lint::{self, Kind};
use crate::policy::{Condition, Document, Effect, Statement, pattern};
use crate::resource::Scope;
use std::collections::{BTreeMap, BTreeSet};

/// What a statement is about; it orders them, and names them.
type Label = (&'static str, &'static str, Under);

/// The policy that the commands need for these resources in the account of `scope`, and what of `more` they
/// can do without: in statements that are called `Optional…`.
///
/// # Guarantees
/// Each action is on the ARNs of the resources, wherever AWS knows a resource for it.
#[must_use]
pub fn policy(
    asked: &[Asked],
    purposes: &BTreeSet<Purpose>,
    more: &BTreeSet<Extra>,
    scope: &Scope,
) -> Document {
    let mut allowed: BTreeMap<(Condition, String), BTreeMap<&str, Label>> = BTreeMap::new();
    for need in needs(asked, purposes, scope) {
        let label = label(&need);
        for resource in need.resources {
            let actions = allowed
                .entry((need.condition.clone(), resource))
                .or_default();
            let named = actions.entry(need.action).or_insert(label);
            *named = label.min(*named);
        }
    }
    for need in extras(more) {
        let label = label(&need);
        for resource in need.resources {
            let condition = need.condition.clone();
            let actions = allowed.entry((condition, resource)).or_default();
            // What is needed anyway is not optional.
            actions.entry(need.action).or_insert(label);
        }
    }
    let mut statements: BTreeMap<(Label, BTreeSet<&str>, &Condition), BTreeSet<String>> =
        BTreeMap::new();
    for ((condition, resource), actions) in &allowed {
        let mut by_label: BTreeMap<Label, BTreeSet<&str>> = BTreeMap::new();
        for (action, label) in actions {
            if !allowed_anyway(&allowed, action, condition, resource) {
                by_label.entry(*label).or_default().insert(action);
            }
        }
        for (label, actions) in by_label {
            let on = statements.entry((label, actions, condition)).or_default();
            on.insert(resource.clone());
        }
    }
    let statements = statements.into_iter();
    let statements = statements.map(|((label, actions, condition), resource)| Statement {
        sid: Some(name(label)),
        action: actions.into_iter().map(str::to_owned).collect(),
        resource,
        condition: condition.clone(),
        ..Statement::new(Effect::Allow)
    });
    of(numbered(statements))
}

/// A document of these as they are: in the table every name is as AWS writes it, and of services that no
/// list of actions is known of, nobody else knows how.
fn of(mut statement: Vec<Statement>) -> Document {
    statement.sort();
    Document {
        statement,
        ..Document::new([])
    }
}

/// The same statements, each with a `Sid` of its own: `ReadRole`, `ReadRole2`.
fn numbered(statements: impl Iterator<Item = Statement>) -> Vec<Statement> {
    let mut used = BTreeSet::new();
    statements
        .map(|mut one| {
            let name = one.sid.take().unwrap_or_default();
            let others = (2..).map(|nth| format!("{name}{nth}"));
            let mut names = std::iter::once(name.clone()).chain(others);
            one.sid = names.find(|name| used.insert(name.clone()));
            one
        })
        .collect()
}

/// Whether the action is allowed without a condition on this and more.
fn allowed_anyway(
    allowed: &BTreeMap<(Condition, String), BTreeMap<&str, Label>>,
    action: &str,
    condition: &Condition,
    resource: &str,
) -> bool {
    allowed.iter().any(|((other, wider), actions)| {
        let is_more = wider != resource || !condition.is_empty();
        let on_it = other.is_empty() && actions.contains_key(action);
        on_it && is_more && pattern::matches(wider, resource)
    })
}

/// What the statement of a need is about. What only reads is named so, whatever it is for.
fn label(need: &Need) -> Label {
    let reads = ["Get", "List", "Describe"];
    let reads = need
        .action
        .split_once(':')
        .is_some_and(|(_, name)| reads.iter().any(|verb| name.starts_with(verb)));
    let word = match need.verb {
        Verb::List => return ("Optional", "Listings", need.under),
        Verb::Trace => return ("Optional", "Who", need.under),
        Verb::Try => "Try",
        Verb::LookUp | Verb::Delete | Verb::Empty => "Remove",
        _ if reads => "Read",
        Verb::Observe | Verb::Search => "Read",
        Verb::Create | Verb::Update | Verb::Undo | Verb::Rotate => "Write",
    };
    (word, need.noun, need.under)
}

fn name((word, noun, under): Label) -> String {
    match under {
        Under::Nothing => format!("{word}{noun}"),
        Under::Boundary => format!("{word}Bounded{noun}"),
        Under::OnlyAttached => format!("{word}{noun}Attachments"),
        Under::NewKeyTag => format!("{word}New{noun}"),
        Under::KeyTag => format!("{word}Marked{noun}"),
    }
}

/// The same in as many documents as it takes to keep each below the quota of a managed policy: 6,144
/// characters, white space aside.
#[must_use]
pub fn split(policy: &Document) -> Vec<Document> {
    let mut documents: Vec<Vec<Statement>> = vec![Vec::new()];
    let parts = policy.statement.iter().flat_map(|one| halved(one.clone()));
    for statement in numbered(parts) {
        let last = documents.last().cloned().unwrap_or_default();
        let longer = [last.as_slice(), std::slice::from_ref(&statement)].concat();
        match fits(&longer) || last.is_empty() {
            true => {
                documents.pop();
                documents.push(longer);
            }
            false => documents.push(vec![statement]),
        }
    }
    documents.into_iter().map(of).collect()
}

/// Whether the statements fit into one managed policy.
#[must_use]
pub fn fits(statements: &[Statement]) -> bool {
    of(statements.to_vec()).size() <= lint::quota(&Kind::Identity)
}

/// The statement in as many parts as it takes for each to fit, by its resources.
fn halved(statement: Statement) -> Vec<Statement> {
    if fits(std::slice::from_ref(&statement)) || statement.resource.len() < 2 {
        return vec![statement];
    }
    let mut first = statement.clone();
    let mut second = statement;
    let middle = first.resource.iter().nth(first.resource.len() / 2).cloned();
    if let Some(middle) = middle {
        second.resource = first.resource.split_off(&middle);
    }
    [halved(first), halved(second)].concat()
}

#[cfg(test)]
mod tests;
