//! `s3setup doctor`.

use std::time::Duration;

use serde_json::Value;

use crate::neon::{APPLY, REPOSITORY, with_manifest};
use crate::support::{Answer, Proxy, S3setup, Server};

fn states(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let findings = report["findings"].as_array().expect("a list");
    findings
        .iter()
        .map(|one| (text(&one["what"]), text(&one["state"])))
        .collect()
}

fn state<'a>(all: &'a [(String, String)], what: &str) -> Option<&'a str> {
    let found = all.iter().find(|(known, _)| known == what);
    found.map(|(_, state)| state.as_str())
}

#[test]
fn what_works_is_told_thing_by_thing() {
    let account = Server::ministack().account();
    let tool = S3setup::new(&account);
    let outcome = tool.run(&["doctor"]);
    outcome
        .expect_code(0)
        .expect_stdout("ok    region       us-east-1")
        .expect_stdout(&account.account_id)
        .expect_stdout("It works; 2 things worth a look.");
    let all = states(&tool.run(&["doctor", "--output", "json"]).json());
    let names: Vec<&str> = all.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        names,
        [
            "region",
            "credentials",
            "endpoint",
            "account",
            "iam",
            "s3",
            "clock"
        ]
    );
    for (what, state) in &all {
        // The account's keys are those of its root user, and no calls go to AWS itself.
        let is_doubtful = ["endpoint", "account"].contains(&what.as_str());
        assert_eq!(
            state,
            if is_doubtful { "doubtful" } else { "good" },
            "{what}"
        );
    }
}

#[test]
fn what_is_in_the_way_is_told_with_what_to_do() {
    let account = Server::ministack().account();
    let outcome = S3setup::without_credentials().run(&["doctor"]);
    outcome
        .expect_code(1)
        .expect_stdout("bad   credentials")
        .expect_stdout("hint: give --profile")
        .expect_stdout("look  region");
    let mut tool = S3setup::new(&account);
    tool.run(&["doctor", "--profile", "nobody"])
        .expect_code(1)
        .expect_stdout("bad   configuration  there is no AWS profile \"nobody\"");
    tool.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let all = tool.run(&["doctor", "--output", "json"]);
    all.expect_code(1);
    let all = states(&all.json());
    for what in ["account", "iam", "s3"] {
        assert_eq!(state(&all, what), Some("bad"), "{what}");
    }
    tool.run(&["doctor", "--account", "account.json"])
        .expect_code(1);
}

#[test]
fn a_refusal_of_one_service_is_no_fault_and_a_wrong_clock_is() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    proxy.on(
        "ListOpenIDConnectProviders",
        usize::MAX,
        Answer::error(403, "AccessDenied", "not authorized"),
    );
    tool.run(&["doctor"])
        .expect_code(0)
        .expect_stdout("ok    iam          answers; a list is not allowed, nor needed");
    proxy.heal();
    proxy.set_clock_ahead(Duration::from_hours(1));
    tool.run(&["doctor"])
        .expect_code(1)
        .expect_stdout("bad   clock")
        .expect_stdout("s behind AWS's");
}

#[test]
fn with_manifests_a_permission_that_is_missing_is_named() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = with_manifest(S3setup::new(proxy.account()));
    tool.run(APPLY).expect_code(0);
    let doctor = ["doctor", "neon.yaml", "--set", REPOSITORY];
    tool.run(&doctor)
        .expect_code(0)
        .expect_stdout("all of the manifests can be read");
    let denied = Answer::error(403, "AccessDenied", "not authorized");
    proxy.on("GetBucketEncryption", 99, denied);
    tool.run(&doctor)
        .expect_code(1)
        .expect_stdout("bad   permissions")
        .expect_stdout("encryption, needs")
        .expect_stdout("hint: allow s3:GetEncryptionConfiguration on");
    proxy.heal();
    tool.file("broken.yaml", "name: x\nbuket: {}\n");
    tool.run(&[&doctor[..], &["broken.yaml"]].concat())
        .expect_code(1)
        .expect_stdout("bad   manifest")
        .expect_stderr("broken.yaml:2");
    // Nothing can be read for nobody.
    with_manifest(S3setup::without_credentials())
        .run(&doctor)
        .expect_code(1)
        .expect_stdout("bad   credentials");
}

#[test]
fn a_region_that_the_manifests_name_need_not_be_set() {
    let account = Server::ministack().account();
    let mut tool = S3setup::new(&account);
    tool.env("AWS_REGION", "").env("AWS_DEFAULT_REGION", "");
    tool.file(
        "here.yaml",
        "name: here\nregion: eu-west-3\nusers: {reader: {}}\n",
    );
    tool.run(&["doctor"])
        .expect_code(0)
        .expect_stdout("look  region       none is set\n");
    tool.run(&["doctor", "here.yaml"])
        .expect_code(0)
        .expect_stdout("ok    region       none is set; the manifests name eu-west-3\n")
        .expect_stdout("all of the manifests can be read");
}
