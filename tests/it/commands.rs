//! The commands as a person, a script and a scheduled job meet them.

mod credentials;
mod doctor;
mod habits;
pub mod permissions;
mod screen;
mod several;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    neon::{APPLY, PLAN, REPOSITORY, bucket, tool, with_manifest},
    support::{S3setup, Server},
};

const COMMANDS: [&str; 21] = [
    "init",
    "validate",
    "plan",
    "apply",
    "drift",
    "explain",
    "destroy",
    "undo",
    "orphans",
    "verify",
    "doctor",
    "outputs",
    "permissions",
    "record",
    "rotate",
    "policy",
    "ci",
    "errors",
    "completions",
    "man",
    "schema",
];

/// A tool with an empty account in a file, and the arguments that lead there.
fn imagined() -> (S3setup, [&'static str; 2]) {
    let tool = with_manifest(S3setup::without_credentials());
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    (tool, ["--account", "account.json"])
}

#[test]
fn help_fits_a_terminal_and_says_what_each_command_does() {
    let tool = S3setup::without_credentials();
    let list = tool.run(&["--help"]);
    for command in COMMANDS {
        list.expect_code(0)
            .expect_stdout(&format!("\n  {command} "));
        for flag in ["--help", "-h"] {
            let help = tool.run(&[command, flag]);
            help.expect_code(0)
                .expect_stdout(&format!("Usage: s3setup {command}"));
            assert_eq!(help.stderr, "", "{help}");
            let wide = help.stdout.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command} {flag}");
        }
    }
    let wide = list.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "--help");
    list.expect_stdout("Exit codes: 0 fine, 1 failed");
    tool.run(&["--version"])
        .expect_code(0)
        .expect_stdout("s3setup ");
}

#[test]
fn what_is_no_command_is_told_on_stderr() {
    let tool = S3setup::without_credentials();
    let calls: [(&[&str], &str); 6] = [
        (&[], "Usage: s3setup"),
        (&["plam"], "'plan'"),
        (&["plan"], "<MANIFEST>"),
        (&["plan", "m.yaml", "--outptu", "json"], "--output"),
        (&["plan", "m.yaml", "--output", "xml"], "json"),
        (&["plan", "m.yaml", "--parallelism", "0"], "1..=256"),
    ];
    for (arguments, says) in calls {
        let outcome = tool.run(arguments);
        outcome.expect_code(1).expect_stderr(says);
        assert_eq!(outcome.stdout, "", "{outcome}");
    }
}

#[test]
fn exit_codes_tell_changes_from_failures() {
    let (tool, account) = imagined();
    let run = |command: &[&str], code: i32| {
        let command = [command, &["neon.yaml", "--set", REPOSITORY], &account].concat();
        tool.run(&command).expect_code(code);
    };
    run(&["plan"], 0);
    run(&["plan", "--detailed-exitcode"], 2);
    run(&["drift"], 2);
    run(&["apply", "--yes"], 0);
    run(&["plan", "--detailed-exitcode"], 0);
    run(&["drift"], 0);
    let broken = tool.read("account.json").replace("account", "acount");
    tool.file("account.json", &broken);
    for command in ["plan", "drift", "apply", "outputs", "record"] {
        let more: &[&str] = if command == "record" {
            &["--out", "x.json"]
        } else {
            &[]
        };
        run(&[&[command], more].concat(), 1);
    }
    run(&["plan", "--detailed-exitcode"], 1);
}

#[test]
fn json_has_the_shape_that_programs_rely_on() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    tool.run(APPLY).expect_code(0);
    account.python("iam.update_role(RoleName='neon-s3-backup-github-actions', Description='x')");
    let drift = [
        "drift",
        "neon.yaml",
        "--set",
        REPOSITORY,
        "--output",
        "json",
    ];
    for (command, code) in [
        (&[PLAN, &["--output", "json"]].concat()[..], 0),
        (&drift, 2),
    ] {
        let report = tool.run(command).expect_code(code).json();
        let members = |value: &Value| -> BTreeSet<String> {
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        let names = |names: &[&str]| -> BTreeSet<String> {
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let whole = [
            "format_version",
            "account",
            "region",
            "manifests",
            "steps",
            "access",
            "summary",
            "lint",
            "reach",
            "calls",
            "broken",
            "command",
            "version",
            "at",
        ];
        assert_eq!(members(&report), names(&whole));
        assert_eq!(report["format_version"], "1.0");
        assert_eq!(report["account"], json!(account.account_id));
        assert_eq!(report["region"], "us-east-1");
        assert_eq!(report["manifests"][0]["name"], "neon");
        assert_eq!(report["manifests"][0]["path"], "neon.yaml");
        assert_eq!(
            report["manifests"][0]["inputs"],
            json!({"repository": "octo/databases"})
        );

        let steps = report["steps"].as_array().expect("a list").clone();
        let found: Vec<_> = steps
            .iter()
            .map(|step| (step["address"].as_str(), step["action"].as_str()))
            .collect();
        let [bucket, policy] =
            ["bucket", "bucket_policy"].map(|kind| format!("{kind}.{}", bucket(&account)));
        assert_eq!(
            found,
            [
                (Some(&*bucket), Some("keep")),
                (
                    Some("oidc_provider.token.actions.githubusercontent.com"),
                    Some("keep")
                ),
                (Some("role.neon-s3-backup-github-actions"), Some("update")),
                (Some(&*policy), Some("keep")),
            ]
        );
        assert_eq!(
            steps[2]["changes"],
            json!([{
                "path": "description",
                "before": "x",
                "after": "Neon Postgres backups from GitHub Actions",
            }])
        );
        let summary = &report["summary"];
        let counts = ["create", "update", "delete", "keep"].map(|action| summary[action].as_u64());
        assert_eq!(counts, [0, 1, 0, 3].map(Some));
        assert_eq!(report["calls"]["total"], 12);
        assert_eq!(report["calls"]["by_operation"]["iam:GetRole"], 1);
    }
}

#[test]
fn the_schema_is_the_one_in_the_repository() {
    let schema = S3setup::without_credentials().run(&["schema"]);
    let kept = include_str!("../../manifests/s3setup.schema.json");
    assert_eq!(
        schema.expect_code(0).stdout,
        kept,
        "renew it: s3setup schema > manifests/s3setup.schema.json"
    );
}

#[test]
fn the_schema_takes_good_manifests_and_refuses_bad_ones() {
    let account = Server::ministack().account();
    let schema = S3setup::without_credentials().run(&["schema"]).json();
    let bucket = json!({"name": "b-backups"});
    let with = |name: &str, value: Value| {
        let mut manifest = json!({"name": "m", "bucket": bucket});
        manifest[name] = value;
        manifest
    };
    let github = json!({"repository": "a/b", "branch": ["main", "dev"]});
    let trust = |trust: Value| with("roles", json!({"r": {"trust": trust}}));
    let cases = [
        (with("outputs", json!({"A": "b"})), true, "the least"),
        (trust(json!({"github_actions": github})), true, "one trust"),
        (
            trust(json!([{"github_actions": github}, {"service": "a.b"}])),
            true,
            "several trusts",
        ),
        (
            with("bucket", json!({"name": "b", "encryption": "sse_s3"})),
            true,
            "an encryption by its word",
        ),
        (
            with(
                "bucket",
                json!({"name": "b", "encryption": {"sse_kms": {"key": "k"}}}),
            ),
            true,
            "an encryption with a key",
        ),
        (json!({"bucket": bucket}), false, "no name"),
        (
            with("bukcet", json!({})),
            false,
            "a field that there is not",
        ),
        (
            with("bucket", json!({"name": "b", "versioning": "yes"})),
            false,
            "a word for a boolean",
        ),
        (
            with(
                "bucket",
                json!({"name": "b", "lifecycle": {"r": {"expire_days": 0}}}),
            ),
            false,
            "a number out of bounds",
        ),
        (
            with("bucket", json!({"name": "b", "object_ownership": "x"})),
            false,
            "a word that there is not",
        ),
        (trust(json!({})), false, "no trust"),
        (
            with("grants", json!([{"to": "role.r"}])),
            false,
            "a grant of nothing",
        ),
    ];
    let manifests: Vec<&Value> = cases.iter().map(|(manifest, _, _)| manifest).collect();
    let valid = account.python_with(
        "import jsonschema
jsonschema.Draft202012Validator.check_schema(schema)
check = jsonschema.Draft202012Validator(schema)
[check.is_valid(manifest) for manifest in manifests]",
        &json!({"schema": schema, "manifests": manifests}),
    );
    for ((manifest, good, reason), valid) in cases.iter().zip(valid.as_array().expect("a list")) {
        assert_eq!(valid, good, "{reason}: {manifest}");
    }
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    for (name, field) in schema["properties"].as_object().expect("fields") {
        let described = field["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty());
        assert!(described, "an editor shows what {name} is");
    }
}
