//! Requests against policies, by what AWS documents.

mod accounts;
mod conditions;
mod elements;
mod laws;
mod missing;
mod operators;
mod published;
mod rules;
mod tracing;

use super::*;
use crate::policy::Document;
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const OBJECT: &str = "arn:aws:s3:::b/a/o";
const USER: &str = "arn:aws:iam::111122223333:user/team/ann";
const ROLE: &str = "arn:aws:iam::111122223333:role/p/r";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/s";

fn user() -> Caller {
    Caller::parse(USER).unwrap()
}

fn session() -> Caller {
    Caller::Role {
        arn: ROLE.to_owned(),
        session: "s".to_owned(),
        is_whole: true,
    }
}

fn get(caller: Caller) -> Request {
    Request {
        caller,
        action: "s3:GetObject".to_owned(),
        resource: OBJECT.to_owned(),
        resource_account: ACCOUNT.to_owned(),
        context: Context::new(),
    }
}

/// A document of these statements, of which those with no action are about `s3:*` and those with
/// no resource about everything.
fn document(statements: &[Value]) -> Document {
    let statements = statements.iter().cloned().map(|mut statement| {
        let members = statement.as_object_mut().unwrap();
        for (name, value) in [("Action", "s3:*"), ("Resource", "*")] {
            if !members.contains_key(name) && !members.contains_key(&format!("Not{name}")) {
                members.insert(name.to_owned(), json!(value));
            }
        }
        serde_json::from_value(statement).unwrap()
    });
    Document::new(statements)
}

fn allow() -> Document {
    document(&[json!({"Effect": "Allow"})])
}

fn nothing() -> Document {
    document(&[json!({"Effect": "Allow", "Action": "ec2:*"})])
}

fn deny() -> Document {
    document(&[json!({"Effect": "Deny"})])
}

/// A policy of a resource that allows, or denies, to whom this principal names.
fn to(effect: &str, principal: &Value) -> Document {
    document(&[json!({"Effect": effect, "Principal": principal})])
}

fn source<'a>(name: &'a str, document: &'a Document) -> Source<'a> {
    Source { name, document }
}

/// The answer by the caller's own policy alone.
fn by_own(request: &Request, own: &Document) -> Decision {
    let identity = vec![source("own", own)];
    evaluate(
        request,
        &Sources {
            identity,
            ..Sources::default()
        },
    )
}

/// The answer by the resource's policy alone.
fn by_resource(request: &Request, resource: &Document) -> Decision {
    let resource = Some(source("resource", resource));
    evaluate(
        request,
        &Sources {
            resource,
            ..Sources::default()
        },
    )
}
