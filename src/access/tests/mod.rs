//! What is gained and lost, case by case, and the laws of it.

mod conditions;
mod google;
mod laws;
mod reach;
mod resources;
mod trusts;
mod whole;

use super::{Access, Effect, Kind, Line, Principal};
use crate::plan::{Action, Origin, Plan, Step};
use crate::policy::Document;
use crate::resource::{
    Bucket, BucketPolicy, Group, ManagedPolicy, PublicAccessBlock, Resource, Role, Scope, User,
};
use std::collections::BTreeMap;

fn scope() -> Scope {
    Scope {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        project: None,
    }
}

/// A document of these statements, without their braces.
fn document(statements: &[&str]) -> Document {
    let statements: Vec<String> = statements
        .iter()
        .map(|text| format!("{{{text}}}"))
        .collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    Document::parse(&text).unwrap()
}

/// The plan that leads from some resources to others.
fn plan(before: &[Resource], after: &[Resource]) -> Plan {
    let by_address = |all: &[Resource]| -> BTreeMap<_, _> {
        all.iter().map(|one| (one.address(), one.clone())).collect()
    };
    let (before, after) = (by_address(before), by_address(after));
    let mut addresses: Vec<_> = before.keys().chain(after.keys()).cloned().collect();
    addresses.sort();
    addresses.dedup();
    let step = |address| {
        let (have, want) = (before.get(&address).cloned(), after.get(&address).cloned());
        let action = match (&have, &want) {
            (have, want) if have == want => Action::Keep,
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        Step {
            address,
            manifest: "m".into(),
            action,
            changes: Vec::new(),
            adopt: false,
            again: false,
            blocked: None,
            note: None,
            exact: false,
            unreadable: Vec::new(),
            needs: Vec::new(),
            owner: None,
            ids: crate::plan::Ids::default(),
            have,
            want,
        }
    };
    Plan {
        scope: scope(),
        origin: Origin::Manifests(Vec::new()),
        steps: addresses.into_iter().map(step).collect(),
    }
}

/// `role r gains s3:GetObject on b/* if aws:SourceIp IpAddress 10.0.0.0/8`.
fn told(line: &Line) -> String {
    let who = match &line.who {
        Principal::User(name) => format!("user {name}"),
        Principal::Role(name) => format!("role {name}"),
        Principal::Named { name, .. } => name.replace("arn:aws:iam::123456789012:", ""),
        Principal::Anyone => "anyone".to_owned(),
    };
    let list = |set: &std::collections::BTreeSet<String>| -> String {
        let all: Vec<&str> = set.iter().map(String::as_str).collect();
        all.join(", ")
    };
    let effect = match (line.effect, line.is_certain) {
        (Effect::Gains, true) => "gains",
        (Effect::Gains, false) => "could gain",
        (Effect::Loses, true) => "loses",
        (Effect::Loses, false) => "could lose",
    };
    let kind = match line.is_dangerous() {
        true => format!("{:?}: ", line.kind).to_uppercase(),
        false => String::new(),
    };
    let what = match &line.unknown {
        Some(unknown) => format!("what {unknown} allows"),
        None if line.but.is_empty() => {
            format!("{} on {}", list(&line.actions), list(&line.resources))
        }
        None => format!(
            "{} but {} on {}",
            list(&line.actions),
            list(&line.but),
            list(&line.resources)
        ),
    };
    let what = what
        .replace("arn:aws:s3:::", "")
        .replace("arn:aws:iam::123456789012:", "");
    let tests = line.condition.0.iter();
    let tests: Vec<String> = tests
        .map(|test| format!("{} {} {}", test.key, test.operator, list(&test.values)))
        .collect();
    let tests = match tests.is_empty() {
        true => String::new(),
        false => format!(" if {}", tests.join(" and ")),
    };
    format!("{kind}{who} {effect} {what}{tests}")
}

/// What is gained and lost between the two, a line each.
fn between(before: &[Resource], after: &[Resource]) -> Vec<String> {
    let access = Access::of(&plan(before, after));
    access.lines.iter().map(told).collect()
}

/// A role that ec2 may assume, with this inline policy.
fn role(name: &str, statements: &[&str]) -> Role {
    Role {
        trust_policy: document(&[
            r#""Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole""#,
        ]),
        inline_policies: match statements.is_empty() {
            true => BTreeMap::new(),
            false => BTreeMap::from([("p".to_owned(), document(statements))]),
        },
        ..Role::named(name)
    }
}

fn with(statements: &[&str]) -> Resource {
    Resource::Role(role("r", statements))
}

fn bucket_policy(statements: &[&str]) -> Resource {
    Resource::BucketPolicy(BucketPolicy {
        name: "b".into(),
        region: "us-east-1".into(),
        policy: document(statements),
    })
}

fn bucket(restricted: bool) -> Resource {
    Resource::Bucket(Bucket {
        public_access_block: Some(PublicAccessBlock::all(restricted)),
        ..Bucket::named("b", "us-east-1")
    })
}

fn managed(name: &str, statements: &[&str]) -> Resource {
    Resource::Policy(ManagedPolicy {
        name: name.into(),
        path: "/".into(),
        description: None,
        policy: document(statements),
        tags: BTreeMap::new(),
    })
}

fn user(name: &str) -> User {
    User::named(name)
}

fn group(members: &[&str], statements: &[&str]) -> Resource {
    Resource::Group(Group {
        members: members.iter().map(|name| (*name).to_owned()).collect(),
        inline_policies: BTreeMap::from([("p".to_owned(), document(statements))]),
        ..Group::named("g", "/")
    })
}

const GET: &str = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
const GET_AND_PUT: &str =
    r#""Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*""#;
const ALL: &str =
    r#""Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#;
const EVERYTHING: &str = r#""Effect":"Allow","Action":"*","Resource":"*""#;
const DENY_DELETE: &str = r#""Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::b/*""#;
