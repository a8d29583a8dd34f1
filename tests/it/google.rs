//! Google Cloud: what is made there, from whatever state, through whatever happens on the way.

mod credentials;
mod doctor;
mod faults;
mod foreign;
mod gcplocal;
mod keys;
mod late;
mod life;
mod manifests;
mod permissions;
mod rotate;
pub mod sweep;

use crate::support::{Google, Outcome, S3setup, google::State};

pub const PROJECT: &str = "acme-backups";
pub const NUMBER: &str = "123456789012";
pub const ACCOUNT: &str = "rudder-events@acme-backups.iam.gserviceaccount.com";
pub const ROLE: &str = "projects/acme-backups/roles/rudderEvents";
pub const BUCKET: &str = "acme-events";

/// One of every kind.
pub const MANIFEST: &str = include_str!("google/own/events.yaml");

pub const APPLY: &[&str] = &["apply", "events.yaml", "--yes"];
pub const PLAN: &[&str] = &["plan", "events.yaml", "--detailed-exitcode"];

/// A server with an empty project, and a tool that has the manifest.
pub fn ground() -> (Google, S3setup) {
    let server = Google::start(State::of_project(PROJECT, NUMBER));
    let tool = tool(&server);
    (server, tool)
}

/// A tool that works there, and has the manifest.
pub fn tool(server: &Google) -> S3setup {
    let tool = server.tool();
    tool.file("events.yaml", MANIFEST);
    tool
}

/// Applies, and fails with all that was said if that does.
#[track_caller]
pub fn apply(tool: &S3setup) -> Outcome {
    let outcome = tool.run(APPLY);
    outcome.expect_code(0);
    outcome
}

/// Fails unless everything is as wanted, and nothing is left to do.
#[track_caller]
pub fn all_is_there(server: &Google, tool: &S3setup, reason: &str) {
    let plan = tool.run(PLAN);
    assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    let state = server.state();
    let bucket = &state.buckets[BUCKET];
    assert_eq!(
        bucket.body["labels"]["s3setup-manifest"], "events",
        "{reason}"
    );
    let role = &state.roles[ROLE];
    assert!(
        !role.deleted && role.permissions.len() == 2,
        "{reason}: {role:?}"
    );
    let member = format!("serviceAccount:{ACCOUNT}");
    let bound = bucket
        .policy
        .bindings
        .iter()
        .filter(|it| it.members.contains(&member));
    let bound: Vec<&str> = bound.map(|it| it.role.as_str()).collect();
    assert_eq!(bound, [ROLE], "{reason}");
    let keys: Vec<&String> = state.accounts[ACCOUNT].keys.keys().collect();
    let file: serde_json::Value = serde_json::from_str(&tool.read("key.json")).expect(reason);
    assert_eq!(
        keys,
        [file["private_key_id"].as_str().expect(reason)],
        "{reason}"
    );
    let pool = &state.pools[&(PROJECT.to_owned(), "github".to_owned())];
    assert!(
        !pool.deleted && !pool.providers["actions"].deleted,
        "{reason}"
    );
}
