//! GitHub's action, with an account in a file in the place of AWS.

use std::process::Command;

use serde_json::{Value, json};

use super::github::{Github, IDENTITY, REQUEST_TOKEN, TOKEN};
use crate::neon::{REPOSITORY, with_manifest};
use crate::support::{S3setup, checkout, python};

const TITLE: &str = "s3setup: AWS is not as the manifests say";

/// A repository with one manifest, applied to an account in a file.
struct Job {
    github: Github,
    tool: S3setup,
}

/// How a run of the action ended.
struct Ended {
    code: Option<i32>,
    log: String,
    summary: String,
    outputs: String,
}

impl Job {
    fn new() -> Self {
        let tool = with_manifest(S3setup::without_credentials());
        tool.file("account.json", r#"{"account": "123456789012"}"#);
        let job = Self {
            github: Github::start(),
            tool,
        };
        let apply = [
            "apply",
            "neon.yaml",
            "--set",
            REPOSITORY,
            "--account",
            "account.json",
            "--yes",
        ];
        job.tool.run(&apply).expect_code(0);
        job
    }

    fn run(&self) -> Ended {
        self.run_with(&[])
    }

    fn run_with(&self, more: &[(&str, &str)]) -> Ended {
        let at = |name: &str| self.tool.folder().join(name);
        let arguments = format!("--set={REPOSITORY}\n--account=account.json\n");
        for file in ["summary", "outputs"] {
            std::fs::write(at(file), "").expect("the folder is ours");
        }
        std::fs::create_dir_all(at("runner")).expect("the folder is ours");
        let output = Command::new(python())
            .arg(checkout().join("deploy/action/drift.py"))
            .current_dir(self.tool.folder())
            .env_clear()
            .env("HOME", self.tool.home())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("RUNNER_TEMP", at("runner"))
            .env("GITHUB_STEP_SUMMARY", at("summary"))
            .env("GITHUB_OUTPUT", at("outputs"))
            .env("GITHUB_API_URL", &self.github.url)
            .env("GITHUB_SERVER_URL", "https://github.example")
            .env("GITHUB_REPOSITORY", "acme/infra")
            .env("GITHUB_RUN_ID", "42")
            .env("GITHUB_TOKEN", TOKEN)
            .env("S3SETUP", env!("CARGO_BIN_EXE_s3setup"))
            .env("MANIFESTS", "neon.yaml\n")
            .env("ARGUMENTS", arguments)
            .env("ISSUE", "true")
            .env("ISSUE_TITLE", TITLE)
            .envs(more.iter().copied())
            .output()
            .expect("python starts");
        let log = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            !log.contains(TOKEN) && !log.contains(REQUEST_TOKEN),
            "{log}"
        );
        Ended {
            code: output.status.code(),
            log,
            summary: self.tool.read("summary"),
            outputs: self.tool.read("outputs"),
        }
    }

    /// Somebody changes the account.
    fn change(&self, text: &str) {
        let account = self.tool.read("account.json");
        let changed = account
            .replace("\"main\"", "\"release\"")
            .replace(":ref:refs/heads/main", text);
        assert_ne!(account, changed);
        self.tool.file("account.json", &changed);
    }

    fn issues(&self) -> Vec<Value> {
        self.github.with(|github| github.issues.clone())
    }
}

#[test]
fn one_issue_is_opened_kept_to_the_report_and_closed() {
    let job = Job::new();
    let good = job.tool.read("account.json");
    let ended = job.run();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(
        ended.outputs.starts_with("state=in-sync\nreport="),
        "{}",
        ended.outputs
    );
    assert_eq!(job.issues(), [] as [Value; 0]);

    job.change(":ref:refs/heads/release");
    let ended = job.run();
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(
        ended.outputs.starts_with("state=drifted\n"),
        "{}",
        ended.outputs
    );
    let issues = job.issues();
    assert_eq!(issues.len(), 1);
    assert_eq!(
        (&issues[0]["title"], &issues[0]["labels"]),
        (&json!(TITLE), &json!(["s3setup-drift"]))
    );
    let body = issues[0]["body"].as_str().expect("it has a text");
    assert!(body.contains("release"), "{body}");
    assert_eq!(body, ended.summary);
    assert!(ended.log.contains("opened issue 1"), "{}", ended.log);

    job.tool.file("account.json", &good);
    job.change(":ref:refs/heads/other");
    assert_eq!(job.run().code, Some(2));
    let issues = job.issues();
    assert_eq!(issues.len(), 1);
    assert!(
        issues[0]["body"]
            .as_str()
            .is_some_and(|body| body.contains("heads/other"))
    );

    job.tool.file("account.json", &good);
    let ended = job.run();
    assert_eq!(ended.code, Some(0));
    assert_eq!(job.issues()[0]["state"], "closed");
    let comments = job.github.with(|github| github.comments.clone());
    assert_eq!(
        comments,
        ["All is in sync again (https://github.example/acme/infra/actions/runs/42)."]
    );
    // And all stays quiet.
    job.github.with(|github| github.asked.clear());
    job.run();
    let asked = job.github.with(|github| github.asked.clone());
    assert_eq!(asked, ["GET /repos/acme/infra/issues"]);
}

#[test]
fn what_could_not_be_told_leaves_the_issue_as_it_is() {
    let job = Job::new();
    job.change(":ref:refs/heads/release");
    job.run();
    job.github.with(|github| github.asked.clear());
    job.tool.file("account.json", "{");
    let ended = job.run();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.outputs.starts_with("state=unknown\n"),
        "{}",
        ended.outputs
    );
    assert!(
        ended.summary.contains("Could not tell"),
        "{}",
        ended.summary
    );
    assert_eq!(job.github.with(|github| github.asked.len()), 0);
    assert_eq!(job.issues()[0]["state"], "open");
}

#[test]
fn the_exit_code_is_that_of_drift_whatever_github_says() {
    let job = Job::new();
    job.change(":ref:refs/heads/release");
    let refused = job.run_with(&[("GITHUB_TOKEN", "wrong")]);
    assert_eq!(refused.code, Some(2), "{}", refused.log);
    assert!(refused.log.contains("::warning::the issue is not up to date: GET /repos/acme/infra/issues: GitHub answers 401"), "{}", refused.log);
    // A read is repeated.
    job.github.with(|github| github.failures = 1);
    assert_eq!(job.run().code, Some(2));
    assert_eq!(job.issues().len(), 1);
    // Nobody wants one.
    job.github.with(|github| github.asked.clear());
    assert_eq!(job.run_with(&[("ISSUE", "false")]).code, Some(2));
    assert_eq!(job.github.with(|github| github.asked.len()), 0);
}

#[test]
fn a_role_is_taken_on_with_githubs_token() {
    let job = Job::new();
    let url = format!("{}/token?version=2", job.github.url);
    let tool = job.tool.file("tool", "#!/bin/sh\necho \"$AWS_ROLE_ARN as $AWS_ROLE_SESSION_NAME in $AWS_REGION\"\nstat -c %a \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\ncat \"$AWS_WEB_IDENTITY_TOKEN_FILE\"\necho \" [$AWS_ACCESS_KEY_ID$GITHUB_TOKEN] $*\"\nexit 0\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&tool, mode).expect("it is ours");
    let role = [
        ("ROLE", "arn:aws:iam::123456789012:role/drift"),
        ("REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("S3SETUP", tool.to_str().expect("it is text")),
        ("PATH", "/usr/bin:/bin"),
    ];
    let without = job.run_with(&role);
    assert_eq!(without.code, Some(1));
    assert!(without.log.contains("id-token: write"), "{}", without.log);
    let mut role = role.to_vec();
    role.push(("ACTIONS_ID_TOKEN_REQUEST_URL", &url));
    role.push(("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN));
    let ended = job.run_with(&role);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let log = &ended.log;
    assert!(log.contains(&format!("::add-mask::{IDENTITY}\n")), "{log}");
    assert!(
        log.contains(
            "arn:aws:iam::123456789012:role/drift as s3setup-drift-42 in eu-central-1\n600\n"
        ),
        "{log}"
    );
    assert!(log.contains(&format!("{IDENTITY} [] drift ")), "{log}");
    let left: Vec<_> = std::fs::read_dir(job.tool.folder().join("runner"))
        .expect("it is there")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["s3setup-drift.md"]);
}

#[test]
fn without_a_tool_or_a_manifest_the_job_says_so() {
    let job = Job::new();
    let ended = job.run_with(&[("S3SETUP", "/nowhere/s3setup")]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .log
            .contains("::error::/nowhere/s3setup cannot be started"),
        "{}",
        ended.log
    );
    let ended = job.run_with(&[("MANIFESTS", " \n")]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.log.contains("::error::`manifests` names none"),
        "{}",
        ended.log
    );
}
