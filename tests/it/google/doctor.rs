//! `s3setup doctor` and `s3setup orphans` at Google: who is asked, and what is told.

use serde_json::Value;

use super::{PROJECT, apply, ground};
use crate::neon::flat;
use crate::support::{Google, Outcome, S3setup};

/// Each finding: whose, what, how it is.
fn findings(outcome: &Outcome) -> Vec<[String; 3]> {
    let report = outcome.json();
    let all = report["findings"].as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|one| ["provider", "what", "state"].map(|key| text(&one[key])))
        .collect()
}

fn words(all: &[[String; 3]]) -> Vec<String> {
    all.iter().map(|one| one.join(" ")).collect()
}

/// As the operator shows who they are.
fn by_operator() -> (Google, S3setup) {
    let (server, _) = ground();
    let tool = server.tool_of_operator();
    tool.file("events.yaml", super::MANIFEST);
    apply(&tool);
    server.forget();
    (server, tool)
}

#[test]
fn manifests_of_google_alone_ask_google_alone() {
    let (server, tool) = by_operator();
    let told = tool.run(&["doctor", "events.yaml", "--output", "json"]);
    told.expect_code(0)
        .expect_nowhere("1//operator")
        .expect_nowhere("ya29.");
    assert_eq!(
        words(&findings(&told)),
        [
            "google endpoint doubtful",
            "google credentials good",
            "google project good",
            "google storage good",
            "google iam good",
            "google clock good",
            " permissions good",
        ]
    );
    tool.run(&["doctor", "events.yaml"])
        .expect_code(0)
        .expect_stdout("ok    google credentials  those of a user, from")
        .expect_stdout("ok    google project      acme-backups")
        .expect_stdout("It works; 1 thing worth a look.");
    assert_eq!(server.writes(), Vec::<String>::new(), "it changes nothing");
}

#[test]
fn without_manifests_the_option_says_that_google_is_meant_and_the_variable_does_not() {
    let (server, mut tool) = by_operator();
    for arguments in [
        ["doctor", "--project", PROJECT, "--output", "json"],
        ["--project", PROJECT, "doctor", "--output", "json"],
    ] {
        let told = tool.run(&arguments);
        told.expect_code(0);
        let all = findings(&told);
        assert!(
            all.iter().all(|[provider, ..]| provider == "google"),
            "{all:?}"
        );
    }
    let marked = tool.run(&["orphans", "--project", PROJECT]);
    marked
        .expect_code(2)
        .expect_stdout("google_bucket.acme-events")
        .expect_stdout("service_account.rudder-events");
    // The manifest names its project.
    tool.run(&["orphans", "events.yaml"])
        .expect_code(0)
        .expect_stdout("No orphans.");
    // The option is meant whatever a manifest says; the variable only where it says nothing.
    let other = super::MANIFEST.replace("events", "others");
    tool.file("other.yaml", &other);
    let elsewhere = ["orphans", "other.yaml", "--project", "acme-elsewhere"];
    tool.run(&elsewhere).expect_code(0);
    tool.env("GOOGLE_CLOUD_PROJECT", "acme-elsewhere");
    tool.run(&elsewhere[..2])
        .expect_code(2)
        .expect_stdout("google_bucket.acme-events");
    server.forget();
    tool.env("GOOGLE_CLOUD_PROJECT", PROJECT);
    for command in ["doctor", "orphans"] {
        let told = tool.run(&[command]);
        told.expect_code(1);
        let said = format!("{}{}", told.stdout, told.stderr);
        assert!(said.contains("no AWS credentials"), "AWS is meant: {told}");
    }
    assert!(
        server.log().is_empty(),
        "Google is not asked: {:?}",
        server.log()
    );
}

#[test]
fn what_is_in_the_way_is_told_with_what_to_do() {
    let (server, mut tool) = by_operator();
    server.change(|state| {
        _ = state
            .operator_lacks
            .insert("storage.buckets.getIamPolicy".into())
    });
    tool.run(&["doctor", "events.yaml"])
        .expect_code(1)
        .expect_stdout("bad   google permissions")
        .expect_stdout("hint: allow storage.buckets.getIamPolicy on");
    server.change(|state| {
        state.operator_lacks.clear();
        state.iam_disabled = true;
    });
    let told = tool.run(&["doctor", "events.yaml"]);
    told.expect_code(1)
        .expect_stdout("bad   google iam")
        .expect_stdout("ok    google storage");
    assert!(flat(&told.stdout).contains("gcloud services enable iam.googleapis.com"));
    let revoked = tool
        .read("operator.json")
        .replace("1//operator", "1//revoked-long-ago");
    tool.file("operator.json", &revoked);
    let told = tool.run(&["doctor", "events.yaml", "--output", "json"]);
    told.expect_code(1).expect_nowhere("1//revoked-long-ago");
    assert_eq!(
        words(&findings(&told)),
        [
            "google endpoint doubtful",
            "google credentials bad",
            "google clock good",
        ]
    );
    // A server in the place of Google's to which no secret may go.
    tool.env("S3SETUP_GOOGLE_ENDPOINT", "http://emulator.example.com");
    let told = tool.run(&["doctor", "events.yaml", "--output", "json"]);
    told.expect_code(1);
    assert_eq!(words(&findings(&told)), ["google endpoint bad"]);
}

#[test]
fn secret_manager_is_asked_where_a_key_goes_there() {
    let (server, tool) = by_operator();
    let sink = "          file:\n            path: key.json\n";
    let text = super::MANIFEST.replace(sink, "          google_secret_manager: {name: events}\n");
    assert!(text.contains("google_secret_manager"));
    tool.file("secret.yaml", &text);
    let told = tool.run(&["doctor", "secret.yaml", "--output", "json"]);
    let all = words(&findings(&told));
    assert!(
        all.contains(&"google secret manager good".to_owned()),
        "{told}"
    );
    server.change(|state| _ = state.disabled.insert("secretmanager"));
    let told = tool.run(&["doctor", "secret.yaml"]);
    told.expect_code(1)
        .expect_stdout("bad   google secret manager");
    let said = flat(&told.stdout);
    assert!(said.contains("gcloud services enable secretmanager.googleapis.com"));
}
