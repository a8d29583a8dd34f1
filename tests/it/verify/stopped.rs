//! Runs that end before their time: what was put is taken away, or told.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::USER;
use super::ground::Ground;
use crate::support::{Answer, Proxy};

/// The ground behind a proxy.
fn behind(proxy: &Proxy, ground: &mut Ground) {
    ground
        .tool
        .env("AWS_ENDPOINT_URL", &proxy.account().endpoint);
}

#[test]
fn a_call_without_an_answer_fails_and_leaves_nothing() {
    let mut ground = Ground::of_text(USER);
    let proxy = Proxy::before(&ground.account);
    behind(&proxy, &mut ground);
    proxy.on(
        "ListObjectVersions",
        99,
        Answer::error(503, "SlowDown", "later"),
    );
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("cannot try to list versions as user.m");
    assert_eq!(outcome.stdout, "");
    assert!(proxy.operations().contains(&"s3:PutObject".to_owned()));
    assert_eq!(ground.left(), json!([]));
}

#[test]
fn a_put_whose_answer_is_lost_is_taken_away_too() {
    let mut ground = Ground::of_text(USER);
    let proxy = Proxy::before(&ground.account);
    behind(&proxy, &mut ground);
    proxy.on("PutObject", 99, Answer::DropAfter);
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("cannot write an object to read");
    assert_eq!(ground.left(), json!([]));
}

#[test]
fn a_server_that_dies_in_the_middle_leaves_what_is_told() {
    let mut ground = Ground::of_text(USER);
    let proxy = Proxy::before(&ground.account);
    behind(&proxy, &mut ground);
    let mut dead = false;
    proxy.rule(move |call| {
        dead |= call.operation == "ListObjectsV2";
        dead.then_some(Answer::Drop)
    });
    let outcome = ground.verify(&[]);
    outcome
        .expect_code(1)
        .expect_stderr("stopped, and could not remove");
    assert_eq!(outcome.stdout, "");
    let left = ground.left();
    let keys = left.as_array().expect("it is a list");
    assert!(!keys.is_empty(), "{outcome}");
    for key in keys {
        let key = key
            .as_str()
            .and_then(|key| key.split_once(' '))
            .expect("KIND KEY")
            .1;
        let said = outcome.stderr.replace("\n  ", " ");
        assert!(
            said.contains(&format!("{}/{key}", ground.account.bucket("m"))),
            "{key} of {outcome}"
        );
    }
}

#[test]
fn ctrl_c_takes_away_what_was_put() {
    let mut ground = Ground::of_text(USER);
    let proxy = Proxy::before(&ground.account);
    behind(&proxy, &mut ground);
    proxy.set_latency(Duration::from_millis(100));
    let child = ground
        .tool
        .command(&["verify", "m.yaml", "--parallelism", "1"])
        .spawn();
    let child = child.expect("it can be started");
    let put = || {
        proxy
            .calls()
            .iter()
            .any(|call| call.operation == "PutObject" && call.status == Some(200))
    };
    let begun = Instant::now();
    while !put() {
        assert!(begun.elapsed() < Duration::from_secs(30), "nothing is put");
        thread::sleep(Duration::from_millis(5));
    }
    let signal = format!("kill -INT {}", child.id());
    let sent = Command::new("sh").args(["-c", &signal]).status();
    assert!(sent.expect("there is a shell").success());
    let output = child.wait_with_output().expect("it is our child");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(
        output.stdout.is_empty(),
        "a report that is not whole is none"
    );
    assert!(
        stderr.contains("Stopped. What was put is removed again."),
        "{stderr}"
    );
    assert_eq!(ground.left(), json!([]));
}
