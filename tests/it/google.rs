//! Google Cloud: what is made there, from whatever state, through whatever happens on the way.

mod credentials;
mod faults;
mod foreign;
mod gcplocal;
mod keys;
mod late;
mod life;
mod manifests;
mod rotate;

use crate::support::{Google, Outcome, S3setup, google::State};

pub const PROJECT: &str = "acme-backups";
pub const NUMBER: &str = "123456789012";
pub const ACCOUNT: &str = "rudder-events@acme-backups.iam.gserviceaccount.com";
pub const ROLE: &str = "projects/acme-backups/roles/rudderEvents";
pub const BUCKET: &str = "acme-events";

/// One of every kind.
pub const MANIFEST: &str = r#"
name: events
google:
  project: acme-backups
  project_number: "123456789012"
  bucket:
    name: acme-events
    location: EU
    lifecycle:
      - {action: delete, age_days: 365}
  roles:
    rudderEvents:
      title: Events
      description: of RudderStack
  service_accounts:
    rudder-events:
      display_name: Events
      key:
        sink:
          file:
            path: key.json
    rudder-deploy:
      used_by: [workload_identity_pool.github]
  workload_identity_pools:
    github:
      providers:
        actions:
          github_actions:
            repository: acme/backups
            repository_id: "4711"
            branch: main
  grants:
    - to: service_account.rudder-events
      allow: [write, read]
      through: google_role.rudderEvents
    - to: workload_identity_pool.github
      allow: [read, list]
      prefix: in/
"#;

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
