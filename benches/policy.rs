//! What understanding policies costs: evaluating, reading and comparing, telling a difference, and a
//! plan of many statements. `make bench` prints the table. Beside each stands something plain that has
//! to be done at least, in the same run.

#[path = "../tests/it/support/mod.rs"]
mod support;

use s3setup::diff;
use s3setup::policy::Document;
use s3setup::policy::evaluate::{
    Answer, Caller, Context, Request, ResourceRule, Source, Sources, evaluate,
};
use serde_json::Value;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::S3setup;

/// The middle one of so many runs is shown.
const RUNS: usize = 9;
/// A run within this process is repeated for so long.
const LONG_ENOUGH: Duration = Duration::from_millis(100);
const SIZES: [usize; 3] = [1, 50, 500];
const MANY: usize = 500;
/// A role's policies have 10,240 characters at the most.
const STATEMENTS_OF_A_ROLE: usize = 10;

fn main() {
    say(&format!("{RUNS} runs each, the middle one shown"));
    title("One request, of which the last statement decides");
    for size in SIZES {
        let text = policy(size, &[]);
        let document = read(&text);
        let request = request(size);
        let sources = Sources {
            identity: vec![Source {
                name: "policy",
                document: &document,
            }],
            resource_rule: ResourceRule::Ordinary,
            ..Sources::default()
        };
        assert_eq!(evaluate(&request, &sources).answer, Answer::Allowed);
        let plain = within(|| drop(black_box(json(&text))));
        let took = within(|| drop(black_box(evaluate(&request, &sources))));
        row(&format!("evaluate, {size} statements"), took);
        row(
            &format!("  serde_json: parse its {} bytes", text.len()),
            plain,
        );
    }

    title("Do two policies mean the same?");
    for size in SIZES {
        let (one, other) = (policy(size, &[]), reversed(&policy(size, &[])));
        assert_eq!(read(&one), read(&other));
        let took = within(|| assert!(black_box(read(&one)) == read(&other)));
        let plain = within(|| {
            black_box(black_box(json(&one)) == json(&other));
        });
        row(&format!("parse and compare, {size} statements"), took);
        row("  serde_json: parse, and ==", plain);
    }

    title("How do they differ? Every statement does");
    for size in SIZES {
        let (old, new) = (
            policy(size, &[]),
            reversed(&policy(size, &["s3:PutObject"])),
        );
        let value = |text: &str| serde_json::to_value(read(text)).expect("a document is JSON");
        let changes = || diff::changes(Some(&value(&old)), Some(&value(&new)));
        assert_eq!(changes().len(), size, "each with its own");
        let took = within(|| drop(black_box(changes())));
        let plain = within(|| drop(black_box((json(&old), json(&new)))));
        row(&format!("parse and diff, {size} statements"), took);
        row("  serde_json: parse", plain);
    }

    title("The whole program");
    let tool = S3setup::without_credentials();
    tool.file("a.json", &policy(MANY, &[]));
    tool.file("b.json", &reversed(&policy(MANY, &["s3:PutObject"])));
    let compare = ["policy", "diff", "a.json", "b.json"];
    tool.run(&compare).expect_code(2);
    let took = started(|| tool.command(&compare));
    row(&format!("s3setup policy diff, {MANY} statements"), took);
    let python = || {
        let mut command = Command::new("python3");
        command.current_dir(tool.folder()).args([
            "-c",
            "import json; json.load(open('a.json')) == json.load(open('b.json'))",
        ]);
        command
    };
    row("  python3: json.load both, and ==", started(python));
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    tool.file("same.yaml", &manifest(""));
    tool.file("other.yaml", &manifest(", s3:PutObject"));
    let account = ["--account", "account.json"];
    tool.run(&[&account[..], &["apply", "--yes", "same.yaml"]].concat())
        .expect_code(0);
    let plan = [&account[..], &["plan", "same.yaml"]].concat();
    tool.run(&plan).expect_code(0).expect_stdout("No changes");
    let took = started(|| tool.command(&plan));
    row(
        &format!("s3setup plan, {MANY} statements, no changes"),
        took,
    );
    let plan = [&account[..], &["plan", "other.yaml"]].concat();
    tool.run(&plan).expect_code(0);
    let took = started(|| tool.command(&plan));
    row(
        &format!("s3setup plan, {MANY} statements, all change"),
        took,
    );
    row(
        "  s3setup --version",
        started(|| tool.command(&["--version"])),
    );
}

/// A policy of so many statements, each about a folder of its own, with conditions.
fn policy(size: usize, more: &[&str]) -> String {
    let statements: Vec<Value> = (0..size)
        .map(|at| {
            let mut actions = vec!["s3:GetObject", "s3:ListBucket"];
            actions.extend(more);
            serde_json::json!({
                "Effect": "Allow",
                "Action": actions,
                "Resource": [format!("arn:aws:s3:::bench/{at}/*"), "arn:aws:s3:::bench"],
                "Condition": {
                    "Bool": {"aws:SecureTransport": true},
                    "StringLikeIfExists": {"s3:prefix": [format!("{at}/*"), "${aws:username}/*"]},
                },
            })
        })
        .collect();
    serde_json::json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// The same with its statements the other way round.
fn reversed(text: &str) -> String {
    let mut value = json(text);
    let statements = value["Statement"].as_array_mut();
    statements.expect("it has statements").reverse();
    value.to_string()
}

/// What only the last of so many statements allows.
fn request(size: usize) -> Request {
    Request {
        caller: Caller::parse("arn:aws:iam::111122223333:user/ann").expect("it is a user"),
        action: "s3:GetObject".to_owned(),
        resource: format!("arn:aws:s3:::bench/{}/object", size - 1),
        resource_account: "111122223333".to_owned(),
        context: Context::new().with("aws:SecureTransport", "true"),
    }
}

fn manifest(more: &str) -> String {
    let mut text = String::from("name: bench\nroles:\n");
    for role in 0..MANY / STATEMENTS_OF_A_ROLE {
        let _ = writeln!(
            text,
            "  r{role}:\n    trust: {{service: ec2.amazonaws.com}}\n    inline_policies:\n      p:"
        );
        for at in 0..STATEMENTS_OF_A_ROLE {
            let _ = writeln!(
                text,
                "        - {{Effect: Allow, Action: [s3:GetObject, s3:DeleteObject{more}], \
                 Resource: 'arn:aws:s3:::bench/{role}/{at}/*'}}"
            );
        }
    }
    text
}

fn read(text: &str) -> Document {
    Document::parse(text).expect("it is a policy")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// Of one call, within this process.
fn within(what: impl Fn()) -> Duration {
    middle(|| {
        let (start, mut times) = (Instant::now(), 0);
        while start.elapsed() < LONG_ENOUGH {
            what();
            times += 1;
        }
        start.elapsed() / times
    })
}

/// Of one program, from its start to its end.
fn started(command: impl Fn() -> Command) -> Duration {
    middle(|| {
        let mut command = command();
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let start = Instant::now();
        let status = command.stderr(Stdio::null()).status();
        let took = start.elapsed();
        let code = status.expect("it can be started").code();
        assert!(matches!(code, Some(0 | 2)), "it ended with {code:?}");
        took
    })
}

fn middle(run: impl Fn() -> Duration) -> Duration {
    let mut runs: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    runs.sort();
    runs[RUNS / 2]
}

fn title(title: &str) {
    say(&format!("\n{title:50} {:>12}", "time ms"));
}

fn row(name: &str, took: Duration) {
    say(&format!("{name:50} {:>12.4}", took.as_secs_f64() * 1000.0));
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .expect("somebody reads the table");
}
