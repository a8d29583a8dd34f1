//! `s3setup verify` at a Google Cloud of our own: with the key that was made, as nobody, and after
//! somebody has widened the role.

use crate::support::S3setup;
use crate::support::google::{Google, State};

/// As RudderStack asks for it.
const EVENTS: &str = "name: events
google:
  project: acme-backups
  bucket: {name: acme-events, location: EU}
  roles: {rudderEvents: {}}
  service_accounts:
    rudder-events: {key: {sink: {file: {path: key.json}}}}
  grants:
    - {to: service_account.rudder-events, allow: [write, read], through: google_role.rudderEvents}
";

/// Everything of the manifest, made by somebody who shows who they are.
fn made() -> (Google, S3setup) {
    let server = Google::start(State::of_project("acme-backups", "123456789012"));
    let tool = server.tool_of_operator();
    tool.file("manifest.yaml", EVENTS);
    tool.run(&["apply", "manifest.yaml", "--yes"])
        .expect_code(0);
    (server, tool)
}

#[test]
fn put_and_get_are_allowed_and_everything_else_is_refused() {
    let (server, tool) = made();
    let told = tool.run(&["verify", "manifest.yaml", "--wait", "0", "--output", "json"]);
    told.expect_code(0);
    let text = told.json().to_string();
    assert!(text.contains("from key.json"), "{text}");
    assert!(
        server.state().buckets["acme-events"].objects.is_empty(),
        "all is removed again"
    );
    let log = server.log();
    let refused = |method: &str| log.iter().any(|it| it.method == method && it.status == 403);
    for method in [
        "storage.objects.list",
        "storage.objects.delete",
        "storage.objects.insert",
    ] {
        assert!(refused(method), "{method} was tried and refused");
    }
    assert!(
        log.iter()
            .any(|it| it.method == "storage.objects.get" && it.status == 401),
        "nobody"
    );
}

#[test]
fn a_role_that_somebody_has_widened_is_found() {
    let (server, tool) = made();
    server.change(|state| {
        for role in state.roles.values_mut() {
            role.permissions.insert("storage.objects.delete".to_owned());
        }
    });
    let told = tool.run(&["verify", "manifest.yaml", "--wait", "0"]);
    told.expect_code(2)
        .expect_stdout("ALLOWED BUT NOT PROMISED")
        .expect_stdout("service_account.rudder-events");
    assert!(
        server.state().buckets["acme-events"].objects.is_empty(),
        "all is removed again"
    );
}
