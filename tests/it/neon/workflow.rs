//! The workflow that the manifest gives: GitHub can read it, it needs no more than the role has, and
//! its steps do at a server what they say.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use serde_json::{Value, json};

use super::{APPLY, REPOSITORY, ROLE, bucket, tool, workflow as session};
use crate::support::{Account, S3setup, Server, program};

/// The workflow of the manifest with its defaults, as text.
fn text(tool: &S3setup, more: &[&str]) -> String {
    let command = ["outputs", "neon.yaml", "--set", REPOSITORY];
    let name = ["--name", "neon-workflow"];
    let printed = tool.run(&[&command, more, &name[..]].concat());
    printed.expect_code(0).stdout.clone()
}

fn parsed(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("it is YAML")
}

#[test]
fn github_can_read_it_and_no_key_is_in_it() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let text = text(&tool, &["--set", "secret=ACME_PROD"]);
    let workflow = parsed(&text);
    assert_eq!(workflow["permissions"], json!({"id-token": "write"}));
    let on = &workflow["on"];
    assert_eq!(on["schedule"], json!([{"cron": "0 5 * * *"}]));
    assert_eq!(on["workflow_dispatch"], Value::Null);
    assert_eq!(
        workflow["jobs"].as_object().map(serde_json::Map::len),
        Some(1)
    );
    let job = &workflow["jobs"]["backup"];
    assert_eq!(
        job["permissions"],
        Value::Null,
        "they would replace those above"
    );
    assert_eq!(
        job["environment"],
        Value::Null,
        "it would change the subject"
    );
    let steps = job["steps"].as_array().expect("there are steps");
    let role = format!("arn:aws:iam::{}:role/{ROLE}", account.account_id);
    assert_eq!(
        steps[1]["with"],
        json!({"role-to-assume": role, "aws-region": "us-east-1"})
    );
    let action = steps[1]["uses"]
        .as_str()
        .and_then(|uses| uses.split_once('@'));
    let (action, commit) = action.expect("it is pinned");
    assert_eq!(action, "aws-actions/configure-aws-credentials");
    assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(steps[2]["env"]["DATABASE_URL"], "${{ secrets.ACME_PROD }}");
    assert_eq!(text.matches("secrets.").count(), 1, "no other secret");
    for key in [
        "aws-access-key-id",
        "aws-secret-access-key",
        "AWS_ACCESS_KEY",
        "AWS_SECRET",
    ] {
        assert!(!text.contains(key), "{key}");
    }
    for step in steps.iter().filter_map(|step| step["run"].as_str()) {
        assert!(step.starts_with("set -euo pipefail\n"), "{step}");
        assert!(
            !step.contains("${{"),
            "values come by the environment: {step}"
        );
    }
    // A second reader. YAML 1.1 takes `on` for true.
    let keys = account.python_with(
        "import yaml\nsorted(str(key) for key in yaml.safe_load(text))",
        &json!({"text": text}),
    );
    assert_eq!(
        keys,
        json!(["True", "concurrency", "jobs", "name", "permissions"])
    );
}

#[test]
fn its_commands_need_no_more_than_the_role_has() {
    let tool = tool(&Server::ministack().account());
    let text = text(&tool, &[]);
    let commands = text
        .lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix("aws "))
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    // s3:PutObject, s3:ListBucket, s3:DeleteObject.
    assert_eq!(
        commands.collect::<Vec<_>>(),
        ["s3 cp", "s3api list-objects-v2", "s3api delete-object"]
    );
}

/// Objects that are there before the workflow runs. Only the first is its own and too old.
const THERE: [&str; 6] = [
    "neondb/2026-01-01T05-00-00Z.sql.gz",
    "neondb/2999-01-01T05-00-00Z.sql.gz",
    "neondb/old.sql.gz",
    "neondb/deeper/2026-01-01T05-00-00Z.sql.gz",
    "neondb2/2026-01-01T05-00-00Z.sql.gz",
    "2026-01-01T05-00-00Z.sql.gz",
];

/// A runner of GitHub, as far as the last step sees it.
struct Runner {
    tool: S3setup,
    account: Account,
}

impl Runner {
    fn new() -> Self {
        let account = Server::ministack().account();
        let tool = tool(&account);
        tool.run(APPLY).expect_code(0);
        account.python_with(
            "for key in keys:\n    s3.put_object(Bucket=bucket, Key=key, Body=b'old')\nNone",
            &json!({"bucket": bucket(&account), "keys": THERE}),
        );
        Self { tool, account }
    }

    /// Run the last step with this `pg_dump`, and with this in place of a line of it.
    fn run(&self, pg_dump: &str, instead: (&str, &str)) -> (bool, String) {
        let workflow = parsed(&text(&self.tool, &[]));
        let step = &workflow["jobs"]["backup"]["steps"][2];
        let script = step["run"].as_str().expect("it is a script");
        let stub = self
            .tool
            .file("bin/pg_dump", &format!("#!/bin/sh\n{pg_dump}\n"));
        fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let subject = "repo:octo/databases:ref:refs/heads/main";
        let session = session(&self.account, "sts.amazonaws.com", subject).expect("it may");
        let aws = program("aws");
        let folders = [
            stub.parent(),
            aws.parent(),
            Some(Path::new("/usr/bin:/bin")),
        ];
        let path: Vec<_> = folders
            .iter()
            .flatten()
            .map(|path| path.to_string_lossy())
            .collect();
        let mut command = Command::new("bash");
        command
            .args(["-e", "-c", &script.replace(instead.0, instead.1)])
            .current_dir(self.tool.folder())
            .env_clear()
            .envs(session.env())
            .env("PATH", path.join(":"))
            .env("HOME", self.tool.home())
            .env("RUNNER_TEMP", self.tool.home());
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            command.env(
                name,
                value.replace("${{ secrets.DATABASE_URL }}", "postgresql://u@h/d"),
            );
        }
        let output = command.output().expect("there is a bash");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// The keys of all objects.
    fn keys(&self) -> Vec<String> {
        let keys = self.account.python_with(
            "[found['Key'] for found in s3.list_objects_v2(Bucket=bucket)['Contents']]",
            &json!({"bucket": bucket(&self.account)}),
        );
        serde_json::from_value(keys).expect("they are texts")
    }
}

#[test]
fn its_last_step_uploads_the_dump_and_deletes_what_is_too_old() {
    let runner = Runner::new();
    let (good, said) = runner.run("printf '%s' \"dump by $1\"", ("", ""));
    assert!(good, "{said}");
    let keys = runner.keys();
    let new: Vec<&String> = keys
        .iter()
        .filter(|key| !THERE.contains(&key.as_str()))
        .collect();
    let [new] = new[..] else {
        panic!("one is new: {keys:?}\n{said}")
    };
    assert!(
        new.starts_with("neondb/20") && new.ends_with("Z.sql.gz"),
        "{new}"
    );
    let old: Vec<&str> = THERE
        .into_iter()
        .filter(|key| !keys.iter().any(|there| there == key))
        .collect();
    assert_eq!(
        old,
        THERE[..1],
        "of the old ones only the first goes\n{said}"
    );
    let dump = runner.account.python_with(
        "import gzip\ngzip.decompress(s3.get_object(Bucket=bucket, Key=key)['Body'].read()).decode()",
        &json!({"bucket": bucket(&runner.account), "key": new}),
    );
    assert_eq!(dump, "dump by --dbname=postgresql://u@h/d");
}

#[test]
fn nothing_is_uploaded_or_deleted_after_a_failure() {
    let runner = Runner::new();
    let before = runner.keys();
    let (good, said) = runner.run("echo half a dump; exit 1", ("", ""));
    assert!(!good, "{said}");
    assert_eq!(runner.keys(), before, "a dump that failed: {said}");
    let other = ("s3://$S3_BUCKET_NAME", "s3://another-$S3_BUCKET_NAME");
    let (good, said) = runner.run("echo dump", other);
    assert!(!good, "{said}");
    assert_eq!(runner.keys(), before, "an upload that failed: {said}");
}
