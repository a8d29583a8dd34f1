//! Plans for the tests: resources before and after, made into steps the way a plan is made.

use crate::access::Access;
use crate::cloud::Calls;
use crate::diff::changes;
use crate::plan::{Action, Origin, Plan, Source, Step, Unreadable};
use crate::policy::Document;
use crate::render;
use crate::report::{Command, Report};
use crate::resource::{
    Address, Bucket, BucketPolicy, Encryption, ObjectOwnership, OidcProvider, PublicAccessBlock,
    Resource, Role, Scope, Tags, mark,
};
use crate::run::Run;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(in crate::render) const ACCOUNT: &str = "123456789012";
pub(in crate::render) const BUCKET: &str = "neon-s3-backup-123456789012";
pub(in crate::render) const ROLE: &str = "neon-s3-backup-github-actions";
pub(in crate::render) const ELAPSED: Duration = Duration::from_millis(420);

pub(in crate::render) fn calls() -> Calls {
    Calls {
        total: 13,
        by_operation: BTreeMap::from([
            ("iam:GetRole".to_owned(), 1),
            ("s3:HeadBucket".to_owned(), 12),
        ]),
    }
}

pub(in crate::render) fn document(statements: Value) -> Document {
    serde_json::from_value(json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
}

/// What leads from `have` to `want`.
pub(in crate::render) fn step(have: Option<Resource>, want: Option<Resource>) -> Step {
    let either = want.as_ref().or(have.as_ref()).unwrap();
    let address = either.address();
    let limited = match (&have, &want) {
        (Some(have), Some(want)) => Some(have.clone().limited_to(want)),
        (have, _) => have.clone(),
    };
    let (before, after) = (
        limited.map(|have| have.fields()),
        want.as_ref().map(Resource::fields),
    );
    let changes = changes(before.as_ref(), after.as_ref());
    Step {
        address,
        manifest: "neon".into(),
        action: match (&have, &want) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ if changes.is_empty() => Action::Keep,
            _ => Action::Update,
        },
        changes,
        adopt: false,
        again: false,
        ids: Default::default(),
        blocked: None,
        note: None,
        exact: false,
        unreadable: Vec::new(),
        needs: Vec::new(),
        owner: None,
        have,
        want,
    }
}

pub(in crate::render) fn keep(resource: Resource) -> Step {
    step(Some(resource.clone()), Some(resource))
}

pub(in crate::render) fn gap(aspect: &str, permission: &str, on: &str) -> Unreadable {
    Unreadable {
        aspect: aspect.into(),
        permission: permission.into(),
        on: on.into(),
        error: "AccessDenied: not authorized".into(),
    }
}

pub(in crate::render) fn source(name: &str) -> Source {
    Source {
        name: name.into(),
        path: format!("manifests/{name}.yaml"),
        digest: "0".repeat(64),
        inputs: BTreeMap::new(),
        deny_widening: false,
        regions: Vec::new(),
        places: BTreeMap::new(),
        examples: Vec::new(),
    }
}

pub(in crate::render) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        scope: Scope {
            account: ACCOUNT.into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        },
        origin: Origin::Manifests(vec![source("neon")]),
        steps,
    }
}

/// A step of no particular resource, to be filled.
pub(in crate::render) fn bare(address: Address, action: Action) -> Step {
    Step {
        address,
        action,
        ..step(None, Some(bucket(BUCKET)))
    }
}

pub(in crate::render) fn bucket(name: &str) -> Resource {
    Resource::Bucket(Bucket {
        versioning: Some(true),
        encryption: Some(Encryption::sse_s3()),
        public_access_block: Some(PublicAccessBlock::all(true)),
        object_ownership: Some(ObjectOwnership::BucketOwnerEnforced),
        tags: mark("neon"),
        ..Bucket::named(name, "us-east-1")
    })
}

pub(in crate::render) fn role(change: impl FnOnce(&mut Role)) -> Resource {
    let mut role = Role {
        description: Some("Neon backups from GitHub Actions".into()),
        max_session_duration: Some(3600),
        trust_policy: document(json!([trust("repo:acme/backups:ref:refs/heads/main")])),
        tags: mark("neon"),
        ..Role::named(ROLE)
    };
    change(&mut role);
    Resource::Role(role)
}

pub(in crate::render) fn trust(subject: &str) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": {"Federated": [format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{}", OidcProvider::GITHUB)]},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {"StringEquals": {
            "token.actions.githubusercontent.com:aud": ["sts.amazonaws.com"],
            "token.actions.githubusercontent.com:sub": [subject],
        }}
    })
}

pub(in crate::render) fn objects(actions: &[&str]) -> Value {
    json!({
        "Sid": "NeonObjects", "Effect": "Allow",
        "Principal": {"AWS": [format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}")]},
        "Action": actions, "Resource": [format!("arn:aws:s3:::{BUCKET}/*")],
    })
}

pub(in crate::render) fn list() -> Value {
    json!({
        "Sid": "NeonList", "Effect": "Allow",
        "Principal": {"AWS": [format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}")]},
        "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": [format!("arn:aws:s3:::{BUCKET}")],
    })
}

pub(in crate::render) fn clear_text() -> Value {
    json!({
        "Sid": "OnlyTls", "Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:*"],
        "Resource": [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
    })
}

pub(in crate::render) fn bucket_policy(statements: Value) -> Resource {
    Resource::BucketPolicy(BucketPolicy {
        name: BUCKET.into(),
        region: "us-east-1".into(),
        policy: document(statements),
    })
}

pub(in crate::render) fn provider() -> Resource {
    Resource::OidcProvider(OidcProvider {
        name: OidcProvider::GITHUB.into(),
        audiences: BTreeSet::from(["sts.amazonaws.com".to_owned()]),
        tags: Tags::new(),
    })
}

pub(in crate::render) const READ_WRITE: [&str; 3] =
    ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];

/// What Neon's manifest makes of an empty account.
pub(in crate::render) fn neon() -> Plan {
    plan(vec![
        step(None, Some(bucket(BUCKET))),
        step(None, Some(provider())),
        step(None, Some(role(|_| {}))),
        step(
            None,
            Some(bucket_policy(json!([
                list(),
                objects(&READ_WRITE),
                clear_text()
            ]))),
        ),
    ])
}

/// The manifests that the plan was made from.
pub(in crate::render) fn sources(plan: &mut Plan) -> &mut Vec<Source> {
    match &mut plan.origin {
        Origin::Manifests(sources) => sources,
        Origin::Journal(undo) => &mut undo.manifests,
    }
}

/// The report of a plan, as data.
pub(in crate::render) fn report(plan: &Plan, command: Command) -> Report {
    render::report_of(command, &Run::of_one(plan), |plan| {
        render::compared(plan, &Access::of(plan), command, &calls(), ELAPSED)
    })
}

/// The same as JSON.
pub(in crate::render) fn plan_json(plan: &Plan) -> String {
    render::report_json(&report(plan, Command::Plan))
}
