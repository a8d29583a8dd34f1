//! The webhook: what is told, when, and what happens while nobody listens.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

use super::{DRIFT, MANIFEST, applied, drift};
use crate::support::{Outcome, S3setup};

/// What nobody may see: the key to a webhook.
const KEY: &str = "T0000000SecretOfTheWebhook";

/// A server that answers with these, the last one over and over.
struct Hook {
    address: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has free ports");
        let port = listener.local_addr().expect("it is bound").port();
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let mut answers: Vec<String> = answers.iter().map(|one| (*one).to_owned()).collect();
        let shared = Arc::clone(&bodies);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = match answers.len() {
                    1 => answers[0].clone(),
                    _ => answers.remove(0),
                };
                if let Some(body) = take(stream, &answer) {
                    shared.lock().expect("no test panicked with it").push(body);
                }
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}/services/{KEY}"),
            bodies,
        }
    }

    fn told(&self) -> Vec<Value> {
        std::mem::take(&mut *self.bodies.lock().expect("no test panicked with it"))
    }
}

/// Reads a request, answers, and gives its body.
fn take(mut stream: TcpStream, answer: &str) -> Option<Value> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().to_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            None if line.trim().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let head = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    serde_json::from_slice(&body).ok()
}

fn tool(hook: &Hook) -> S3setup {
    let mut tool = applied();
    tool.env("S3SETUP_NOTIFY_URL", &hook.address);
    tool
}

#[track_caller]
fn run(tool: &S3setup, more: &[&str]) -> Outcome {
    let outcome = tool.run(&[&DRIFT[..], more].concat());
    let all = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(!all.contains(KEY), "the URL is a secret:\n{outcome}");
    outcome
}

#[test]
fn a_change_of_state_is_told_once() {
    let hook = Hook::start(&["200 OK"]);
    let tool = tool(&hook);
    let state = ["--notify-state", "told.json"];
    run(&tool, &state).expect_code(0);
    assert_eq!(hook.told(), Vec::<Value>::new(), "all is well, and was");
    drift(&tool);
    run(&tool, &state).expect_code(2);
    let told = hook.told();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["state"], &told[0]["before"]),
        (&json!("drifted"), &json!("in_sync"))
    );
    assert_eq!(told[0]["changed"][0]["address"], "role.deploy");
    run(&tool, &state).expect_code(2);
    assert_eq!(hook.told(), Vec::<Value>::new(), "the same drift");
    tool.file(
        "m.yaml",
        &MANIFEST.replace("s3:GetObject", "s3:DeleteObject"),
    );
    run(&tool, &state).expect_code(2);
    assert_eq!(hook.told().len(), 1, "another drift");
    tool.file("m.yaml", "name: [\n");
    run(&tool, &state).expect_code(1);
    assert_eq!(
        hook.told()[0]["state"],
        "unknown",
        "what cannot be told is a state, too"
    );
    tool.file("m.yaml", MANIFEST);
    run(&tool, &state).expect_code(0);
    assert_eq!(hook.told()[0]["state"], "in_sync");
    assert!(!tool.read("told.json").contains(KEY));
}

#[test]
fn without_memory_it_is_told_whenever_not_all_is_well() {
    let hook = Hook::start(&["200 OK"]);
    let tool = tool(&hook);
    run(&tool, &[]).expect_code(0);
    assert_eq!(hook.told().len(), 0);
    drift(&tool);
    for _ in 0..2 {
        run(&tool, &["--notify-form", "slack"]).expect_code(2);
        let told = hook.told();
        let text = told[0]["text"].as_str().expect("Slack wants a text");
        assert!(
            text.starts_with("s3setup: Drift: 1 of 2 resources differs"),
            "{text}"
        );
        assert_eq!(told[0]["blocks"][0]["type"], "section");
    }
}

#[test]
fn a_run_that_fails_as_a_whole_is_told_and_reported_too() {
    let hook = Hook::start(&["200 OK"]);
    let tool = tool(&hook);
    tool.file("account.json", "{\n");
    run(
        &tool,
        &["--report", "json=r.json", "--report", "prometheus=r.prom"],
    )
    .expect_code(1);
    assert_eq!(hook.told()[0]["state"], "unknown");
    assert!(
        tool.read("r.prom")
            .contains("s3setup_up{command=\"drift\"} 0\n")
    );
    tool.run(&["report", "merge", "r.json"])
        .expect_code(1)
        .expect_stdout("could not be asked");
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let busy = ["503 Busy", "429 Slow down\r\nRetry-After: 1", "200 OK"];
    let hook = Hook::start(&busy);
    let tool = tool(&hook);
    drift(&tool);
    let outcome = run(&tool, &["--notify-state", "told.json"]);
    outcome.expect_code(2);
    assert_eq!(hook.told().len(), 3, "the same message each time");
    assert!(tool.read("told.json").contains("drifted"));
}

#[test]
fn whoever_could_not_be_told_is_told_the_next_time() {
    let hook = Hook::start(&["404 Gone", "200 OK"]);
    let tool = tool(&hook);
    drift(&tool);
    let state = ["--notify-state", "told.json"];
    let refused = run(&tool, &state);
    // Drift stays drift, whoever heard of it.
    refused
        .expect_code(2)
        .expect_stderr("nobody was told: the webhook at 127.0.0.1");
    assert_eq!(hook.told().len(), 1, "what is refused is not sent again");
    run(&tool, &state).expect_code(2);
    assert_eq!(hook.told().len(), 1);
}

#[test]
fn good_news_that_nobody_hears_is_a_failure() {
    let hook = Hook::start(&["200 OK", "403 No"]);
    let tool = tool(&hook);
    let state = ["--notify-state", "told.json"];
    drift(&tool);
    run(&tool, &state).expect_code(2);
    tool.file("m.yaml", MANIFEST);
    run(&tool, &state)
        .expect_code(1)
        .expect_stdout("In sync")
        .expect_stderr("403");
}

#[test]
fn a_url_that_is_no_good_is_refused_before_anything_is_asked() {
    let mut tool = applied();
    let table = [
        ("http://hooks.example.com/KEY", "must not go there"),
        (
            "https://user:SecretOfTheWebhook@example.com/",
            "a user or password",
        ),
        ("nonsense SecretOfTheWebhook", "it is no URL"),
    ];
    for (url, says) in table {
        let url = url.replace("KEY", KEY);
        tool.env("S3SETUP_NOTIFY_URL", &url);
        let outcome = run(&tool, &[]);
        outcome.expect_code(1);
        let stderr = outcome
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(stderr.contains(says), "no {says:?} in\n{outcome}");
        assert!(!stderr.contains("SecretOfTheWebhook"), "{outcome}");
        assert_eq!(outcome.stdout, "");
    }
    tool.env("S3SETUP_NOTIFY_URL", "");
    run(&tool, &[]).expect_code(0);
    tool.env("S3SETUP_NOTIFY_URL", "http://127.0.0.1:9/");
    let foreign = run(&tool, &["--notify-state", "m.yaml"]);
    foreign
        .expect_code(1)
        .expect_stderr("--notify-state m.yaml");
}
