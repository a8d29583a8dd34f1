//! The scheduled job, as far as it can run here: what `s3setup ci` prints, the files of `deploy/`, and
//! GitHub's action against a server that stands for GitHub.

mod action;
mod github;

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Outcome, S3setup, checkout, program};

const ROLE: &str = "arn:aws:iam::123456789012:role/watch/drift";

fn deployed(path: &str) -> String {
    let path = checkout().join("deploy").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn ci(arguments: &[&str]) -> Outcome {
    let arguments = [&["ci"], arguments].concat();
    S3setup::without_credentials().run(&arguments)
}

/// The documents of a YAML text.
fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).expect("it is YAML")
}

/// Holds a text against a schema that others keep.
fn check(command: &[&str], text: &str) {
    let mut file = tempfile::Builder::new()
        .suffix(".yaml")
        .tempfile()
        .expect("the temporary folder is writable");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("it is writable");
    let output = Command::new(program(command[0]))
        .args(&command[1..])
        .arg(file.path())
        .output()
        .expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}\n{text}");
}

const WORKFLOW: [&str; 3] = [
    "check-jsonschema",
    "--builtin-schema",
    "vendor.github-workflows",
];
const ACTION: [&str; 3] = [
    "check-jsonschema",
    "--builtin-schema",
    "vendor.github-actions",
];
const KUBERNETES: [&str; 2] = ["kubernetes-validate", "--strict"];

#[test]
fn without_values_what_is_printed_is_what_is_in_the_repository() {
    for (engine, path) in [
        ("github", "github/drift.yml"),
        ("kubernetes", "kubernetes/drift.yaml"),
    ] {
        let outcome = ci(&[engine]);
        outcome.expect_code(0);
        assert_eq!(outcome.stdout, deployed(path));
        assert_eq!(outcome.stderr, "");
    }
    let units = ci(&["systemd"]);
    let service = deployed("systemd/s3setup-drift.service");
    let timer = deployed("systemd/s3setup-drift.timer");
    assert_eq!(
        units.stdout,
        format!("# s3setup-drift.service\n{service}\n# s3setup-drift.timer\n{timer}")
    );
}

#[test]
fn the_files_are_what_their_readers_take() {
    check(&WORKFLOW, &deployed("github/drift.yml"));
    check(&ACTION, &deployed("action/action.yml"));
    check(&KUBERNETES, &deployed("kubernetes/drift.yaml"));
    for workflow in ["ci.yml", "release.yml"] {
        let path = checkout().join(".github/workflows").join(workflow);
        check(
            &WORKFLOW,
            &std::fs::read_to_string(path).expect("it is there"),
        );
    }
}

#[test]
fn a_workflow_has_what_was_given_and_nothing_else_changes() {
    let outcome = ci(&[
        "github",
        "teams/*.yaml",
        "more manifests",
        "--set",
        "repository=acme/backups",
        "--set",
        "note=a \"b\": c",
        "--role",
        ROLE,
        "--region",
        "eu-central-1",
        "--schedule",
        "5 4 * * 1-5",
        "--action",
        "acme/s3setup@0123456789012345678901234567890123456789",
    ]);
    outcome.expect_code(0);
    check(&WORKFLOW, &outcome.stdout);
    let (mut wanted, found) = (
        documents(&deployed("github/drift.yml")),
        documents(&outcome.stdout),
    );
    let workflow = &mut wanted[0];
    workflow["on"]["schedule"][0]["cron"] = json!("5 4 * * 1-5");
    let step = &mut workflow["jobs"]["drift"]["steps"][1];
    step["uses"] = json!("acme/s3setup/deploy/action@0123456789012345678901234567890123456789");
    step["with"] = json!({
        "role": ROLE,
        "region": "eu-central-1",
        "manifests": "teams/*.yaml\nmore manifests",
        "arguments": "--set=repository=acme/backups\n--set=note=a \"b\": c",
    });
    assert_eq!(wanted, found);
}

#[test]
fn a_workflow_for_google_shows_google_its_token_first() {
    const PROVIDER: &str =
        "projects/123456789012/locations/global/workloadIdentityPools/github/providers/drift";
    let google = ["github", "gcs.yaml", "--google-provider", PROVIDER];
    let more = [
        "--google-account",
        "drift@acme-1.iam.gserviceaccount.com",
        "--project",
        "acme-1",
    ];
    let outcome = ci(&[&google[..], &more].concat());
    outcome.expect_code(0);
    check(&WORKFLOW, &outcome.stdout);
    let steps = documents(&outcome.stdout)[0]["jobs"]["drift"]["steps"].clone();
    let auth = steps[1]["uses"].as_str().expect("it is a step");
    assert!(
        auth.starts_with("google-github-actions/auth@") && auth.len() > 60,
        "{auth}"
    );
    assert_eq!(
        steps[1]["with"],
        json!({"workload_identity_provider": PROVIDER, "service_account": more[1]})
    );
    // Nothing is of AWS.
    assert_eq!(
        steps[2]["with"],
        json!({"manifests": "gcs.yaml", "arguments": "--project=acme-1"})
    );
    let both = ci(&[&google[..], &["--role", ROLE]].concat());
    let steps = documents(&both.stdout)[0]["jobs"]["drift"]["steps"].clone();
    assert_eq!(steps[2]["with"]["role"], ROLE);
    assert_eq!(
        steps[1]["with"],
        json!({"workload_identity_provider": PROVIDER})
    );
    let wrong = ci(&["github", "--google-provider", "github/drift"]);
    wrong.expect_code(1);
    crate::neon::says(&wrong, "write it as projects/");
    let elsewhere = ci(&["kubernetes", "--google-provider", PROVIDER]);
    elsewhere.expect_code(1);
    crate::neon::says(&elsewhere, "--google-provider goes with github alone");
}

#[test]
fn a_cron_job_brings_its_manifests_with_it() {
    let tool = S3setup::without_credentials();
    let neon =
        std::fs::read_to_string(checkout().join("manifests/neon.yaml")).expect("it is there");
    tool.file("neon.yaml", &neon);
    tool.file("b/other.yaml", "name: tabs\t\n\n");
    let outcome = tool.run(&[
        "ci",
        "kubernetes",
        "neon.yaml",
        "b/other.yaml",
        "--shards",
        "12",
        "--image",
        "registry.example.com:5000/s3setup@sha256:00",
        "--set",
        "repository=acme/backups",
        "--role",
        ROLE,
    ]);
    outcome.expect_code(0);
    check(&KUBERNETES, &outcome.stdout);
    let found = documents(&outcome.stdout);
    assert_eq!(
        found[0]["data"],
        json!({"neon.yaml": neon, "other.yaml": "name: tabs\t\n\n"})
    );
    let mut wanted = documents(&deployed("kubernetes/drift.yaml"));
    wanted[0]["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] = json!(ROLE);
    let job = &mut wanted[1]["spec"]["jobTemplate"]["spec"];
    job["completions"] = json!(12);
    job["parallelism"] = json!(10);
    let container = &mut job["template"]["spec"]["containers"][0];
    container["image"] = json!("registry.example.com:5000/s3setup@sha256:00");
    container["args"] = json!([
        "drift",
        "--shard=auto/12",
        "--set=repository=acme/backups",
        "--",
        "/manifests"
    ]);
    assert_eq!(wanted, found[1..]);
}

#[test]
fn a_unit_runs_the_command_that_was_given() {
    let outcome = ci(&[
        "systemd",
        "a b.yaml",
        "--set",
        "share=100%",
        "--region",
        "eu-central-1",
        "--schedule",
        "Mon *-*-* 04:05:00",
    ]);
    outcome
        .expect_code(0)
        .expect_stdout(
            "\nExecStart=/usr/local/bin/s3setup drift --set=share=100%% -- \"a b.yaml\"\n",
        )
        .expect_stdout("\nEnvironment=\"AWS_REGION=eu-central-1\"\n")
        .expect_stdout("\nOnCalendar=Mon *-*-* 04:05:00\n");
}

#[test]
fn files_are_written_once() {
    let tool = S3setup::without_credentials();
    std::fs::create_dir(tool.folder().join("units")).expect("it is ours");
    let write = ["ci", "systemd", "--out", "units"];
    tool.run(&write).expect_code(0);
    assert_eq!(
        tool.read("units/s3setup-drift.timer"),
        deployed("systemd/s3setup-drift.timer")
    );
    tool.run(&write)
        .expect_code(1)
        .expect_stderr("is there already");
}

#[test]
fn what_would_become_something_else_in_a_job_is_refused() {
    let refused: [&[&str]; 12] = [
        &["github", "--role", "deploy"],
        &[
            "github",
            "--role",
            "arn:aws:iam::123456789012:role/a\n      - run: id",
        ],
        &["github", "--region", "us-east-1\""],
        &["github", "--schedule", "daily"],
        &["github", "--schedule", "1 2 3 4 5\"\n"],
        &["github", "--set", "a=${{ secrets.X }}"],
        &["github", "${{ secrets.X }}"],
        &["github", "--action", "acme/s3setup"],
        &["github", "--shards", "2"],
        &["systemd", "--set", "a=b\nExecStart=/bin/sh"],
        &["systemd", "--role", ROLE],
        &["kubernetes", "--image", "a\n"],
    ];
    for arguments in refused {
        let outcome = ci(arguments);
        outcome.expect_code(1).expect_stderr("error: ");
        assert_eq!(outcome.stdout, "", "{arguments:?}");
    }
}
