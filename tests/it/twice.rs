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
use std::sync::{Arc, Mutex};

use crate::support::{Account, Answer, Outcome, Proxy, S3setup};

/// How a run ended: the exit code, and what it said.
pub type Ended = (Option<i32>, String);

/// What became of the other run.
pub struct Other(Arc<Mutex<Option<Ended>>>);

/// When call `point` arrives, everything is held until `command` has ended.
pub fn meanwhile(proxy: &Proxy, point: usize, command: Command) -> Other {
    let (mut passed, mut command) = (0, Some(command));
    let other = Other(Arc::default());
    let kept = Arc::clone(&other.0);
    proxy.rule(move |_| -> Option<Answer> {
        if passed == point
            && let Some(command) = command.take()
        {
            *kept.lock().expect("no test panics with it") = Some(ended(command));
        }
        passed += 1;
        None
    });
    other
}

impl Other {
    /// The exit code and what it said.
    #[track_caller]
    pub fn ended(&self, reason: &str) -> (Option<i32>, String) {
        let ended = self.0.lock().expect("no test panics with it").take();
        ended.unwrap_or_else(|| panic!("{reason}: the call never came"))
    }

    /// Fail unless it was done.
    #[track_caller]
    fn is_done(&self, reason: &str) {
        let (code, said) = self.ended(reason);
        assert_eq!(code, Some(0), "{reason}: the other one\n{said}");
    }

    /// Fail unless it was done or refused.
    #[track_caller]
    fn is_done_or_refused(&self, reason: &str) {
        let (code, said) = self.ended(reason);
        done_or_refused(code, &said, &format!("{reason}: the other one"));
    }
}

/// The same tool in the same folder, past the proxy.
fn past(account: &Account, tool: &S3setup, arguments: &[&str]) -> Command {
    let mut command = tool.command(arguments);
    command.env("AWS_ENDPOINT_URL", &account.endpoint);
    command
}

/// What a command says and its exit code.
pub fn ended(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().expect("the binary was built");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Fail unless it was done, or was refused with a reason.
#[track_caller]
pub fn done_or_refused(code: Option<i32>, said: &str, reason: &str) {
    assert!(!said.contains("panicked"), "{reason}:\n{said}");
    match code {
        Some(0) => {}
        Some(1) => assert!(said.contains("error:"), "{reason}:\n{said}"),
        _ => panic!("{reason}: {code:?}\n{said}"),
    }
}

/// Both outputs.
pub fn all(outcome: &Outcome) -> String {
    format!("{}{}", outcome.stdout, outcome.stderr)
}
