//! Two at once: nobody's change is overwritten, and two runs of ours end in one state or in a refusal.
//!
//! The general form is deterministic: one run is held at each of its calls in turn until another one
//! has ended.

mod beside;
mod groups;
mod keys;
mod same;
mod stranger;

use std::process::Command;

use crate::support::{Account, Answer, Outcome, Proxy, S3setup};

/// When call `point` arrives, everything is held until `between` is done.
fn meanwhile(proxy: &Proxy, point: usize, between: impl FnOnce() + Send + 'static) {
    let (mut passed, mut between) = (0, Some(between));
    proxy.rule(move |_| -> Option<Answer> {
        if passed == point
            && let Some(between) = between.take()
        {
            between();
        }
        passed += 1;
        None
    });
}

/// The same tool in the same folder, past the proxy.
fn past(account: &Account, tool: &S3setup, arguments: &[&str]) -> Command {
    let mut command = tool.command(arguments);
    command.env("AWS_ENDPOINT_URL", &account.endpoint);
    command
}

/// What a command says and its exit code.
fn ended(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().expect("the binary was built");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Fail unless it was done, or was refused with a reason and what to do.
#[track_caller]
fn done_or_refused(code: Option<i32>, said: &str, reason: &str) {
    assert!(!said.contains("panicked"), "{reason}:\n{said}");
    match code {
        Some(0) => {}
        Some(1) => {
            assert!(said.contains("error:"), "{reason}:\n{said}");
            assert!(said.contains("hint:"), "{reason}:\n{said}");
        }
        _ => panic!("{reason}: {code:?}\n{said}"),
    }
}

/// Both outputs.
fn all(outcome: &Outcome) -> String {
    format!("{}{}", outcome.stdout, outcome.stderr)
}
