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

fn made() -> (Google, S3setup) {
    made_of(EVENTS)
}

/// Everything of a manifest, made by somebody who shows who they are.
pub fn made_of(manifest: &str) -> (Google, S3setup) {
    let server = Google::start(State::of_project("acme-backups", "123456789012"));
    let tool = server.tool_of_operator();
    tool.file("manifest.yaml", manifest);
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

/// The same without a key.
fn without_key() -> (Google, S3setup) {
    let server = Google::start(State::of_project("acme-backups", "123456789012"));
    let tool = server.tool_of_operator();
    let keyless = EVENTS.replace("{key: {sink: {file: {path: key.json}}}}", "{}");
    tool.file("manifest.yaml", &keyless);
    tool.run(&["apply", "manifest.yaml", "--yes"])
        .expect_code(0);
    server.forget();
    (server, tool)
}

const VERIFY: &[&str] = &["verify", "manifest.yaml", "--wait", "0"];
const TOKENS: &str = "iamcredentials.projects.serviceAccounts.generateAccessToken";

/// The one of this name in a report.
fn principal(report: &serde_json::Value, name: &str) -> serde_json::Value {
    let all = report["manifests"][0]["principals"].as_array();
    let found = all
        .expect("a list")
        .iter()
        .find(|it| it["principal"] == name);
    found.unwrap_or_else(|| panic!("{report:#}")).clone()
}

#[test]
fn who_has_no_key_is_become_by_a_token_that_the_caller_may_have() {
    let (server, tool) = without_key();
    let told = tool.run(&[VERIFY, &["--output", "json", "--verbose"]].concat());
    told.expect_code(0).expect_nowhere("ya29.");
    let report = told.json();
    let account = principal(&report, "service_account.rudder-events");
    assert_eq!(account["how"], "a token that the caller may have");
    let checks = account["checks"].as_array().expect("a list");
    for operation in ["put", "get", "delete", "list"] {
        let check = checks
            .iter()
            .find(|it| it["operation"] == operation && it["place"] != "other_bucket");
        assert_eq!(check.expect(operation)["proof"], "call", "{operation}");
    }
    let log = server.log();
    let given = log.iter().filter(|it| it.method == TOKENS).count();
    assert_eq!(given, 1);
    assert!(server.state().buckets["acme-events"].objects.is_empty());
    // As the account, and not as the caller, who may.
    let refused = |it: &&crate::support::google::Logged| it.status == 403;
    assert!(
        log.iter()
            .filter(refused)
            .any(|it| it.method == "storage.objects.list")
    );
}

#[test]
fn where_no_token_is_given_the_bindings_decide_and_it_is_said_what_to_allow() {
    let (server, tool) = without_key();
    for (change, says) in [
        (
            (|state: &mut State| {
                _ = state
                    .operator_lacks
                    .insert("iam.serviceAccounts.getAccessToken".into())
            }) as fn(&mut State),
            "give roles/iam.serviceAccountTokenCreator on it to whoever runs this",
        ),
        (
            |state| _ = state.disabled.insert("iamcredentials"),
            "gcloud services enable iamcredentials.googleapis.com",
        ),
    ] {
        server.change(change);
        let told = tool.run(&[VERIFY, &["--output", "json"]].concat());
        told.expect_code(0);
        let account = principal(&told.json(), "service_account.rudder-events");
        let how = account["how"].as_str().expect("a text");
        assert!(how.contains(says), "{how}");
        let checks = account["checks"].as_array().expect("a list");
        assert!(
            checks.iter().all(|it| it["proof"] == "evaluation"),
            "{account:#}"
        );
    }
    server.change(|state| {
        for role in state.roles.values_mut() {
            role.permissions.insert("storage.objects.delete".to_owned());
        }
    });
    tool.run(VERIFY)
        .expect_code(2)
        .expect_stdout("ALLOWED BUT NOT PROMISED");
}

#[test]
fn a_key_that_is_somewhere_else_is_not_missed() {
    let server = Google::start(State::of_project("acme-backups", "123456789012"));
    let tool = server.tool_of_operator();
    tool.file("manifest.yaml", EVENTS);
    tool.run(&["apply", "manifest.yaml", "--yes"])
        .expect_code(0);
    std::fs::remove_file(tool.folder().join("key.json")).expect("it is there");
    let told = tool.run(&[VERIFY, &["--output", "json"]].concat());
    let account = principal(&told.json(), "service_account.rudder-events");
    assert_eq!(account["how"], "a token that the caller may have", "{told}");
}

#[test]
fn uploads_in_parts_are_begun_and_given_up() {
    let server = Google::start(State::of_project("acme-backups", "123456789012"));
    let tool = server.tool_of_operator();
    tool.file(
        "manifest.yaml",
        &EVENTS.replace("[write, read]", "[write, read, multipart]"),
    );
    tool.run(&["apply", "manifest.yaml", "--yes"])
        .expect_code(0);
    let told = tool.run(&[VERIFY, &["--output", "json"]].concat());
    told.expect_code(0);
    let account = principal(&told.json(), "service_account.rudder-events");
    let checks = account["checks"].as_array().expect("a list");
    for operation in ["start_upload", "abort_upload", "list_uploads"] {
        let check = checks.iter().find(|it| it["operation"] == operation);
        let check = check.expect(operation);
        assert_eq!(check["verdict"], "allowed_as_promised", "{check}");
        assert_eq!(check["proof"], "call", "{check}");
    }
    assert!(server.state().buckets["acme-events"].uploads.is_empty());
    // Without `multipart` all three are refused by Google.
    server.change(|state| {
        for role in state.roles.values_mut() {
            role.permissions
                .retain(|one| !one.contains("multipartUploads"));
        }
    });
    let told = tool.run(&[VERIFY, &["--output", "json"]].concat());
    told.expect_code(2);
    let account = principal(&told.json(), "service_account.rudder-events");
    let checks = account["checks"].as_array().expect("a list");
    let refused = checks
        .iter()
        .filter(|it| it["verdict"] == "refused_but_promised" && it["proof"] == "call");
    assert_eq!(refused.count(), 3, "{account:#}");
}
