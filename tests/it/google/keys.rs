//! Keys of service accounts: one that works, in its place, and nobody else's.

use super::{ACCOUNT, APPLY, MANIFEST, PLAN, all_is_there, apply, ground, tool};
use crate::neon::says;
use crate::support::google::Key;
use crate::support::{Answer, Google, Proxy, S3setup};

fn keys(server: &Google) -> usize {
    let state = server.state();
    state
        .accounts
        .get(ACCOUNT)
        .map_or(0, |account| account.keys.len())
}

fn proxied(server: &Google) -> (Proxy, S3setup) {
    let proxy = Proxy::before_google(server);
    let mut tool = tool(server);
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    (proxy, tool)
}

#[test]
fn a_key_is_a_file_for_nobody_else_and_never_shown() {
    let (server, tool) = ground();
    let outcome = apply(&tool);
    let text = tool.read("key.json");
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["type"], "service_account");
    outcome.expect_nowhere("PRIVATE KEY");
    let line = file["private_key"]
        .as_str()
        .unwrap()
        .lines()
        .nth(3)
        .unwrap();
    outcome.expect_nowhere(line);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(tool.folder().join("key.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    all_is_there(&server, &tool, "made");
}

#[test]
fn a_secret_of_secret_manager_has_a_version_for_each_key_and_names_it() {
    let (server, tool) = ground();
    let sink = "google_secret_manager: {name: events-key}";
    tool.file(
        "events.yaml",
        &MANIFEST.replace("file:\n            path: key.json", sink),
    );
    let outcome = apply(&tool);
    outcome.expect_nowhere("PRIVATE KEY");
    let secret = server.state().secrets["projects/acme-backups/secrets/events-key"].clone();
    let file: serde_json::Value = serde_json::from_slice(&secret.versions[0]).unwrap();
    let id = file["private_key_id"].as_str().unwrap().to_owned();
    assert_eq!(
        secret.aliases,
        [(format!("key-{id}"), "1".to_owned())].into()
    );
    tool.run(PLAN).expect_code(0);
    // The key goes, and its successor is the next version.
    server.change(|state| state.accounts.get_mut(ACCOUNT).unwrap().keys.clear());
    apply(&tool);
    let secret = server.state().secrets["projects/acme-backups/secrets/events-key"].clone();
    assert_eq!((secret.versions.len(), secret.aliases.len()), (2, 1));
    assert_eq!(
        secret.aliases.values().next().map(String::as_str),
        Some("2")
    );
    // So it does when the account is another one.
    tool.run(&["destroy", "events.yaml", "--confirm", "events"])
        .expect_code(0);
    apply(&tool);
    let secret = server.state().secrets["projects/acme-backups/secrets/events-key"].clone();
    assert_eq!(secret.versions.len(), 3);
    tool.run(PLAN).expect_code(0);
}

#[test]
fn an_answer_that_is_lost_leaves_no_key_behind() {
    let (server, _) = ground();
    let (proxy, tool) = proxied(&server);
    proxy.on(
        "iam.projects.serviceAccounts.keys.create",
        1,
        Answer::DropAfter,
    );
    apply(&tool);
    assert_eq!(keys(&server), 1);
    all_is_there(&server, &tool, "a lost answer");
    let asked = proxy.operations();
    let asked = asked
        .iter()
        .filter(|it| it.ends_with("keys.create"))
        .count();
    assert_eq!(
        asked, 2,
        "once again, after what was lost had been found and deleted"
    );
}

#[test]
fn an_organisation_that_forbids_keys_is_explained_and_not_asked_again() {
    let (server, tool) = ground();
    for rule in [
        "constraints/iam.disableServiceAccountKeyCreation",
        "constraints/iam.managed.disableServiceAccountKeyCreation",
    ] {
        server.change(|state| state.keys_forbidden = Some(rule));
        server.forget();
        let outcome = tool.run(APPLY);
        outcome.expect_code(1);
        for text in ["keys-forbidden", "workload identity pool"] {
            says(&outcome, text);
        }
        let asked = server.log();
        let asked = asked
            .iter()
            .filter(|it| it.method.ends_with("keys.create"))
            .count();
        assert_eq!(asked, 1);
        assert_eq!(keys(&server), 0);
    }
    server.change(|state| state.keys_forbidden = None);
    apply(&tool);
    all_is_there(&server, &tool, "once it is allowed");
}

#[test]
fn a_key_that_somebody_made_is_a_difference_and_not_deleted_without_a_word() {
    let (server, tool) = ground();
    apply(&tool);
    let theirs = "cccccc0000000000000000000000000000000001";
    server.change(|state| {
        let account = state.accounts.get_mut(ACCOUNT).unwrap();
        account.keys.insert(theirs.into(), Key::default());
    });
    let plan = tool.run(PLAN);
    plan.expect_code(2).expect_stdout(theirs);
    tool.run(APPLY).expect_code(1);
    assert_eq!(keys(&server), 2);
}

#[test]
fn a_file_that_holds_the_key_of_somebody_else_stays() {
    let (server, tool) = ground();
    let theirs = r#"{"type": "service_account", "client_email": "x@y.iam.gserviceaccount.com",
        "private_key_id": "cccccc0000000000000000000000000000000001"}"#;
    tool.file("key.json", theirs);
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    says(&outcome, "which is none of this");
    assert_eq!(tool.read("key.json"), theirs);
    assert_eq!(keys(&server), 0);
}

#[test]
fn ten_keys_are_all_that_there_can_be() {
    let (server, tool) = ground();
    server.change(|state| state.counter = 100);
    apply(&tool);
    server.change(|state| {
        let account = state.accounts.get_mut(ACCOUNT).unwrap();
        account.keys.clear();
        for number in 0..10 {
            account
                .keys
                .insert(format!("{number:040x}"), Key::default());
        }
    });
    std::fs::remove_file(tool.folder().join("key.json")).unwrap();
    let outcome = tool.run(&[APPLY, &["--adopt", "all"]].concat());
    assert_ne!(outcome.code, Some(0), "{outcome}");
    assert_eq!(keys(&server), 10, "{outcome}");
}

#[test]
fn a_place_that_cannot_take_the_key_is_found_before_there_is_one() {
    let (server, tool) = ground();
    tool.file("key.json", "{\"type\": \"authorized_user\"}");
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    says(&outcome, "key.json");
    assert_eq!(keys(&server), 0);
    assert!(!server.writes().iter().any(|it| it.ends_with("keys.create")));
}
