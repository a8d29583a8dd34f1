//! Files, folders and patterns: one report, one exit code, and what is broken hides nothing.

use super::{bucket, fits, offline, run, texts};
use crate::neon::{flat, says};
use crate::support::S3setup;

/// Two good manifests, and one that is not.
fn with_a_broken_one() -> S3setup {
    let tool = offline();
    tool.file("teams/a.yaml", &bucket("a"));
    tool.file("teams/deep/b.yml", &bucket("b"));
    tool.file("teams/c.yaml", "name: c\nbuckt: {name: c}\nrols: {}\n");
    tool
}

#[test]
fn folders_and_patterns_are_one_report() {
    let tool = offline();
    tool.file("teams/a.yaml", &bucket("a"));
    tool.file("teams/deep/b.yml", &bucket("b"));
    tool.file("teams/.drafts/c.yaml", &bucket("c"));
    tool.file("teams/notes.txt", "no manifest");
    for arguments in [
        &["drift", "teams"][..],
        &["drift", "."],
        &["drift", "teams/**/*.y*ml"],
        &["drift", "teams/a.yaml", "teams", "teams/deep/*"],
    ] {
        run(&tool, arguments)
            .expect_code(2)
            .expect_stdout("a and b in account 123456789012")
            .expect_stdout("Drift: 2 of 2 resources differ");
    }
    run(&tool, &["apply", "teams", "--yes"]).expect_code(0);
    run(&tool, &["drift", "teams"]).expect_code(0);
    run(&tool, &["plan", "teams"]).expect_code(0);
    tool.run(&["validate", "teams"])
        .expect_code(0)
        .expect_stderr("teams/a.yaml: good, 2 resources")
        .expect_stderr("teams/deep/b.yml: good, 2 resources");
}

#[test]
fn what_stands_for_no_manifest_is_an_error() {
    let tool = offline();
    tool.file("empty/notes.txt", "");
    for (argument, text) in [
        (
            "empty",
            "there is no manifest in empty: no *.yaml or *.yml below it",
        ),
        (
            "*.yaml",
            "no manifest is like \"*.yaml\": nothing matches it",
        ),
    ] {
        for command in ["validate", "plan", "drift", "verify", "apply"] {
            let outcome = tool.run(&[command, argument]);
            outcome.expect_code(1);
            says(&outcome, text);
            assert_eq!(outcome.stdout, "");
        }
    }
}

#[test]
fn a_broken_manifest_hides_no_other() {
    let tool = with_a_broken_one();
    let drift = run(&tool, &["drift", "teams"]);
    // What is known to differ comes first.
    drift
        .expect_code(2)
        .expect_stdout("a and b in account")
        .expect_stderr("teams/c.yaml:2:1");
    assert!(
        flat(&drift.stdout).contains(
            "1 manifest cannot be used and is not in this report; `s3setup validate` tells all of \
             it: - teams/c.yaml:2:1: unknown field `buckt`, and 1 more"
        ),
        "{drift}"
    );
    fits(&drift);
    let json = run(&tool, &["drift", "teams", "--output", "json"]).json();
    assert_eq!(texts(&json["manifests"], "/name"), ["a", "b"]);
    assert_eq!(json["broken"][0]["file"], "teams/c.yaml");
    assert_eq!(json["broken"][0]["errors"][0]["line"], 2);
    run(&tool, &["drift", "teams", "--output", "markdown"])
        .expect_code(2)
        .expect_stdout("teams/c.yaml:2:1");
    let plan = run(&tool, &["plan", "teams"]);
    plan.expect_code(1).expect_stdout("Plan: 2 to create");
    says(
        &plan,
        "Not saved: a saved plan is of all manifests and all accounts",
    );
    assert!(!tool.folder().join(".s3setup").exists(), "{plan}");
    // Nothing is changed while one of them is broken.
    let apply = run(&tool, &["apply", "teams", "--yes"]);
    apply.expect_code(1).expect_stderr("teams/c.yaml:2:1");
    assert_eq!(tool.read("account.json"), r#"{"account": "123456789012"}"#);
    run(&tool, &["apply", "teams/a.yaml", "teams/deep", "--yes"]).expect_code(0);
    // In sync but for what could not be looked at.
    run(&tool, &["drift", "teams"])
        .expect_code(1)
        .expect_stdout("In sync");
    tool.run(&["validate", "teams"])
        .expect_code(1)
        .expect_stderr("teams/a.yaml: good")
        .expect_stderr("teams/c.yaml:3:1");
}

#[test]
fn where_all_are_broken_programs_are_told_so() {
    let tool = offline();
    tool.file("a.yaml", "name: [\n");
    let text = run(&tool, &["drift", "a.yaml"]);
    text.expect_code(1).expect_stderr("a.yaml:1:7");
    assert_eq!(text.stdout, "");
    let json = run(&tool, &["drift", "a.yaml", "--output", "json"]);
    let json = json.expect_code(1).json();
    assert_eq!(json["broken"][0]["file"], "a.yaml");
    assert_eq!(json["accounts"], serde_json::json!([]));
}

#[test]
fn manifests_in_each_others_way_are_both_told_and_the_others_go_on() {
    let tool = offline();
    tool.file("all/a.yaml", "name: same\nbucket: {name: a-backups}\n");
    tool.file("all/b.yaml", "name: same\nbucket: {name: b-backups}\n");
    tool.file("all/c.yaml", "name: c\nusers: {shared: {}}\n");
    tool.file("all/d.yaml", "name: d\nusers: {shared: {}}\n");
    tool.file("all/e.yaml", &bucket("e"));
    let both = "all/a.yaml and all/b.yaml are both named \"same\"";
    let shared = "user.shared is in two manifests, \"c\" and \"d\"";
    let json = run(&tool, &["drift", "all", "--output", "json"])
        .expect_code(2)
        .json();
    assert_eq!(texts(&json["manifests"], "/name"), ["e"]);
    let files = ["all/a.yaml", "all/b.yaml", "all/c.yaml", "all/d.yaml"];
    assert_eq!(texts(&json["broken"], "/file"), files);
    let messages = texts(&json["broken"], "/errors/0/message");
    assert_eq!(messages, [both, both, shared, shared]);
    let validate = tool.run(&["validate", "all"]);
    validate.expect_code(1);
    says(&validate, both);
    says(&validate, shared);
    run(&tool, &["apply", "all", "--yes"]).expect_code(1);
    assert_eq!(tool.read("account.json"), r#"{"account": "123456789012"}"#);
}

#[test]
fn each_manifest_takes_the_inputs_that_it_has() {
    let tool = offline();
    let input = "inputs: {team: {description: d, default: x}}\n";
    tool.file(
        "m/a.yaml",
        &format!("name: a\n{input}bucket: {{name: \"a-${{team}}-logs\"}}\n"),
    );
    tool.file("m/b.yaml", &bucket("b"));
    run(&tool, &["plan", "m", "--set", "team=red"])
        .expect_code(0)
        .expect_stdout("bucket.a-red-logs");
    let unknown = run(&tool, &["plan", "m", "--set", "tem=red"]);
    unknown.expect_code(1);
    says(&unknown, "none of the manifests has an input \"tem\"");
}
