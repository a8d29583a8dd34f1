//! A document in other words, and the documents that it must never be taken for. Of the property
//! tests and of the fuzz targets, which is why it knows only what the parent has in scope.

use super::{Document, Effect, Statement};
use serde_json::Value;
use std::collections::BTreeSet;

/// The document's JSON with every list and object turned round, every list said twice where that
/// means nothing, every list of one said plainly, and capitals where case means nothing.
pub fn reworded(document: &Value) -> String {
    words(document, Place::Document)
}

#[derive(Clone, Copy)]
enum Place {
    Document,
    Statements,
    Statement,
    /// Below an element whose case means nothing.
    Caseless,
    Within,
}

fn words(value: &Value, place: Place) -> String {
    match value {
        Value::Array(items) => {
            let inner = match place {
                Place::Statements => Place::Statement,
                Place::Caseless => Place::Caseless,
                _ => Place::Within,
            };
            let mut items: Vec<_> = items.iter().rev().map(|item| words(item, inner)).collect();
            let is_set = matches!(place, Place::Within | Place::Caseless);
            if is_set && items.len() == 1 {
                return items.swap_remove(0);
            }
            if is_set {
                items.extend_from_within(..);
            }
            format!("[ {} ]", items.join(",\n"))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(key, value)| {
                    let value = match (place, key.as_str()) {
                        (Place::Document, "Statement") => words(value, Place::Statements),
                        (Place::Statement, "Action" | "NotAction" | "Effect") => {
                            words(value, Place::Caseless)
                        }
                        _ => words(value, Place::Within),
                    };
                    format!("{}: {value}", Value::from(key.as_str()))
                })
                .collect();
            format!("{{{}}}", members.join(" , "))
        }
        Value::String(text) if matches!(place, Place::Caseless) => {
            Value::from(text.to_ascii_uppercase()).to_string()
        }
        scalar => scalar.to_string(),
    }
}

/// What is like the document but for one thing that changes what it allows, or what it is called;
/// each with the name of that thing.
pub fn widened(document: &Document) -> Vec<(&'static str, Document)> {
    let mut all = Vec::new();
    for at in 0..document.statement.len() {
        let mut others = document.statement.clone();
        let statement = others.remove(at);
        if statement.effect == Effect::Deny {
            all.push(("a Deny is dropped", with(document, others.clone())));
        }
        for (what, other) in variants(&statement) {
            let statements = others.iter().cloned().chain([other]);
            all.push((what, with(document, statements)));
        }
    }
    for version in [None, Some("2008-10-17"), Some("2012-10-17")] {
        if version != document.version.as_deref() {
            let mut other = document.clone();
            other.version = version.map(str::to_owned);
            all.push(("another version", other));
        }
    }
    all
}

fn with(document: &Document, statements: impl IntoIterator<Item = Statement>) -> Document {
    Document {
        version: document.version.clone(),
        id: document.id.clone(),
        ..Document::new(statements)
    }
}

fn variants(statement: &Statement) -> Vec<(&'static str, Statement)> {
    let mut all = Vec::new();
    let mut add = |what: &'static str, change: &dyn Fn(&mut Statement) -> bool| {
        let mut other = statement.clone();
        if change(&mut other) {
            all.push((what, other));
        }
    };
    add("the other effect", &|it| {
        it.effect = match it.effect {
            Effect::Allow => Effect::Deny,
            Effect::Deny => Effect::Allow,
        };
        true
    });
    for name in ["*", "s3:DeleteObject", "s3:Del*"] {
        add("an action more", &|it| it.action.insert(name.into()));
        add("an exception more", &|it| it.not_action.insert(name.into()));
    }
    for name in ["*", "arn:aws:s3:::more/*"] {
        add("a resource more", &|it| it.resource.insert(name.into()));
        add("a principal more", &|it| {
            let kinds = &mut it.principal.get_or_insert_default().0;
            kinds.entry("AWS".into()).or_default().insert(name.into())
        });
    }
    for name in &statement.resource {
        add("a wildcard at the end", &|it| {
            it.resource.remove(name);
            it.resource.insert(format!("{name}*"));
            true
        });
    }
    add("everything but the actions", &|it| {
        std::mem::swap(&mut it.action, &mut it.not_action);
        it.action != it.not_action
    });
    add("everything but the resources", &|it| {
        std::mem::swap(&mut it.resource, &mut it.not_resource);
        it.resource != it.not_resource
    });
    add("everyone but the principals", &|it| {
        std::mem::swap(&mut it.principal, &mut it.not_principal);
        it.principal != it.not_principal
    });
    add("another name", &|it| {
        it.sid = Some(it.sid.take().unwrap_or_default() + "x");
        true
    });
    add("no name", &|it| it.sid.take().is_some());
    add("no condition", &|it| {
        !std::mem::take(&mut it.condition).is_empty()
    });
    for (operator, keys) in &statement.condition {
        for key in keys.keys() {
            add("a test less", &|it| {
                let tests = it.condition.get_mut(operator);
                tests.is_some_and(|tests| tests.remove(key).is_some())
            });
            add("a value more", &|it| {
                let tests = it.condition.entry(operator.clone()).or_default();
                tests.entry(key.clone()).or_default().insert("more".into())
            });
            add("no value", &|it| {
                let tests = it.condition.entry(operator.clone()).or_default();
                let values = tests.insert(key.clone(), BTreeSet::new());
                values.is_some_and(|values| !values.is_empty())
            });
        }
        for other in [
            operator.replace("Equals", "Like"),
            operator.replace("Equals", "NotEquals"),
            operator.replace("IfExists", "") + "IfExists",
            format!("ForAllValues:{operator}"),
            format!("ForAnyValue:{operator}"),
        ] {
            let known = |name: &String| name.eq_ignore_ascii_case(&other);
            add("another operator", &|it| {
                let is_new = !it.condition.keys().any(known);
                let keys = it.condition.remove(operator).unwrap_or_default();
                it.condition.insert(other.clone(), keys);
                is_new
            });
        }
    }
    all
}
