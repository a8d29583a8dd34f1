//! What each statement asks of a request, element by element and condition by condition, and
//! whether it is so: the evaluation's own tests, told one by one.

use super::condition::{Scope, test};
use super::principal::{Named, named};
use super::request::Asked;
use super::reserved::{may_always, needs_no_permission};
use super::statement::{Place, applies, covers_action, covers_resource};
use super::{Because, Layer, Request, Source, Sources};
use crate::policy::document::VERSION;
use crate::policy::operators::{self, Operator, Values};
use crate::policy::{Effect, Principal, Statement, pattern};
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// One statement against one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementTrace {
    /// Whose policy it is in.
    #[serde(serialize_with = "in_lower_case")]
    pub layer: Layer,
    /// Which statement.
    #[serde(flatten)]
    pub statement: Because,
    /// Whether it applies: all of its elements and conditions are met.
    pub applies: bool,
    /// Principal, action, resource, as far as the statement has them.
    pub elements: Vec<ElementTrace>,
    /// Its conditions, all of which have to be met.
    pub conditions: Vec<ConditionTrace>,
    /// How closely it names the caller, if at all.
    #[serde(skip)]
    pub(super) named: Option<Named>,
}

/// One element of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementTrace {
    /// `Principal`, `NotAction`, ….
    pub element: &'static str,
    /// What is written. A principal is its bare value, whatever it stands below.
    pub written: Vec<String>,
    /// Whether the request has it.
    pub met: bool,
}

/// One test of a statement's `Condition`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConditionTrace {
    /// `StringEquals`.
    pub operator: String,
    /// `aws:SourceIp`.
    pub key: String,
    /// What is written.
    pub expected: Vec<String>,
    /// What the request has; none when it does not have the key.
    pub actual: Option<Vec<String>>,
    /// Whether it is so.
    pub met: bool,
    /// Why, where the values alone do not tell.
    pub note: Option<String>,
    /// Keys that the request does not have, and on which this rests.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rests_on: BTreeSet<String>,
}

impl StatementTrace {
    /// How many of its elements and conditions are not met.
    #[must_use]
    pub fn missed(&self) -> usize {
        let elements = self.elements.iter().filter(|element| !element.met);
        let conditions = self.conditions.iter().filter(|condition| !condition.met);
        elements.count() + conditions.count()
    }

    /// Whether the element of this name, or its negation, is met or not written.
    #[must_use]
    pub fn meets(&self, element: &str) -> bool {
        let mut named = self
            .elements
            .iter()
            .filter(|one| one.element.trim_start_matches("Not") == element);
        named.all(|one| one.met)
    }

    /// Whether it allows, and applies.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.applies && self.statement.effect == Effect::Allow
    }

    /// Whether it denies, and applies.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.applies && self.statement.effect == Effect::Deny
    }
}

/// Every statement of `sources` against the request, in the order of the layers.
///
/// # Guarantees
///
/// Never panics, and agrees with [`super::evaluate`]: a statement of its `because` applies here,
/// and one that applies here counts there. For an action that takes no permission there is nothing
/// to tell, and the answer is empty.
#[must_use]
pub fn trace(request: &Request, sources: &Sources<'_>) -> Vec<StatementTrace> {
    if needs_no_permission(request) {
        return Vec::new();
    }
    let asked = request.asked();
    let of_resource = Place::Resource {
        rule: sources.resource_rule,
        has_boundary: sources.boundary.is_some(),
    };
    let own = |layer: Layer, sources: &[Source<'_>]| -> Vec<StatementTrace> {
        let each = sources.iter();
        each.flat_map(|source| read(layer, source, Place::Caller, &asked))
            .collect()
    };
    let boundary: Vec<_> = sources.boundary.into_iter().collect();
    let mut all = own(Layer::Identity, &sources.identity);
    all.extend(own(Layer::Boundary, &boundary));
    all.extend(own(Layer::Session, &sources.session));
    if let Some(source) = &sources.resource {
        let found = read(Layer::Resource, source, of_resource, &asked);
        all.extend(found.into_iter().map(|mut one| {
            one.applies &= !(one.denies() && may_always(request));
            one
        }));
    }
    all
}

fn read(layer: Layer, source: &Source<'_>, place: Place, asked: &Asked<'_>) -> Vec<StatementTrace> {
    let scope = Scope {
        asked,
        has_variables: source.document.version.as_deref() == Some(VERSION),
    };
    let statements = source.document.statement.iter().enumerate();
    let traces = statements.map(|(index, statement)| StatementTrace {
        layer,
        statement: Because {
            source: source.name.to_owned(),
            sid: statement.sid.clone(),
            index,
            effect: statement.effect,
        },
        applies: applies(statement, asked, place, scope).is_some_and(|found| found.holds.is_so),
        elements: elements(statement, asked, place, scope),
        conditions: conditions(statement, scope),
        named: about(statement, asked, place),
    });
    traces.collect()
}

fn about(statement: &Statement, asked: &Asked<'_>, place: Place) -> Option<Named> {
    match place {
        Place::Caller => Some(Named::Itself),
        Place::Resource { has_boundary, .. } => named(statement, asked, has_boundary),
    }
}

/// The elements as they are written. An action or a resource is one question even where both its
/// element and the negation of it are written, which AWS refuses.
fn elements(
    statement: &Statement,
    asked: &Asked<'_>,
    place: Place,
    scope: Scope<'_>,
) -> Vec<ElementTrace> {
    let mut all = Vec::new();
    if let Place::Resource { .. } = place {
        let met = about(statement, asked, place).is_some();
        let (element, written) = match &statement.not_principal {
            Some(not) => ("NotPrincipal", who(not)),
            None => (
                "Principal",
                statement.principal.as_ref().map(who).unwrap_or_default(),
            ),
        };
        all.push(ElementTrace {
            element,
            written,
            met,
        });
    }
    let one = |names: [&'static str; 2], listed: &BTreeSet<String>, not: &BTreeSet<String>, met| {
        let (element, written) = match not.is_empty() {
            true => (names[0], listed),
            false => (names[1], not),
        };
        ElementTrace {
            element,
            written: written.iter().cloned().collect(),
            met,
        }
    };
    let met = covers_action(statement, &asked.action);
    all.push(one(
        ["Action", "NotAction"],
        &statement.action,
        &statement.not_action,
        met,
    ));
    let met = covers_resource(statement, asked, place, scope).is_so;
    let (resource, not) = (&statement.resource, &statement.not_resource);
    if !met || !resource.is_empty() || !not.is_empty() {
        all.push(one(["Resource", "NotResource"], resource, not, met));
    }
    all
}

fn in_lower_case<S: Serializer>(layer: &Layer, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match layer {
        Layer::Identity => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
        Layer::Resource => "resource",
    })
}

fn who(principal: &Principal) -> Vec<String> {
    principal.0.values().flatten().cloned().collect()
}

fn conditions(statement: &Statement, scope: Scope<'_>) -> Vec<ConditionTrace> {
    let each = |(name, tests): (&String, &BTreeMap<String, BTreeSet<String>>)| {
        let operator = operators::find(name);
        let one = |(key, values): (&String, &BTreeSet<String>)| {
            let holds = test(name, key, values, scope);
            let actual = scope.context().get(key).map(<[String]>::to_vec);
            ConditionTrace {
                operator: name.clone(),
                key: key.clone(),
                expected: values.iter().cloned().collect(),
                note: note(operator, values, actual.as_deref(), holds.is_so),
                actual,
                met: holds.is_so,
                rests_on: holds.absent,
            }
        };
        tests.iter().map(one).collect::<Vec<_>>()
    };
    statement.condition.iter().flat_map(each).collect()
}

/// What one has to know of operators to see why a test is met or not.
fn note(
    operator: Option<Operator>,
    expected: &BTreeSet<String>,
    actual: Option<&[String]>,
    met: bool,
) -> Option<String> {
    let Some(operator) = operator else {
        return Some("AWS has no such operator".to_owned());
    };
    if expected.is_empty() {
        return Some("no value is written, and none passes".to_owned());
    }
    let note = match (actual, met) {
        _ if operator.base == "Null" => match actual {
            None => "the request does not have the key",
            Some(values) if values.iter().all(String::is_empty) => {
                "the key's value is empty, which is null"
            }
            Some(_) => "the request has the key",
        },
        (None, false) => "the request does not have the key",
        (None, true) if operator.if_exists => {
            "the request does not have the key, and ...IfExists lets that pass"
        }
        (None, true) if operator.set == Some("ForAllValues") => {
            "the request does not have the key, and ForAllValues is true of no values"
        }
        (None, true) => "the request does not have the key, and what is absent is not equal",
        (Some([_]), true) => return None,
        (Some([one]), false) => return near(operator, expected, one),
        (Some(_), false) if operator.set.is_none() => {
            "the request has several values, which takes ForAnyValue or ForAllValues"
        }
        _ => return None,
    };
    Some(note.to_owned())
}

/// Why one value is none of those that are written, where it looks as if it were.
fn near(operator: Operator, expected: &BTreeSet<String>, actual: &str) -> Option<String> {
    if operator.values != Values::Text || operator.base.contains("Not") {
        return None;
    }
    let like = operator.base.ends_with("Like");
    let fits = |one: &String| pattern::matches(one, actual);
    if !like
        && expected
            .iter()
            .any(|one| pattern::is_pattern(one) && fits(one))
    {
        return Some(format!(
            "* and ? stand for themselves under {}: StringLike has wildcards",
            operator.base
        ));
    }
    let lower = actual.to_lowercase();
    let alike = |one: &String| pattern::matches(&one.to_lowercase(), &lower);
    expected
        .iter()
        .any(alike)
        .then(|| "only upper and lower case differ, and they count".to_owned())
}
