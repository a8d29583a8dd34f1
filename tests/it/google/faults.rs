//! Every fault at every call of an apply, and what the next one makes of it.

use super::{APPLY, MANIFEST, all_is_there, ground};
use crate::faults::in_parallel;
use crate::support::google::State;
use crate::support::{Answer, Google, Proxy, S3setup};

/// What can happen to one call.
const FAULTS: [&str; 12] = [
    "429",
    "500",
    "503",
    "403",
    "reset",
    "dropped",
    "lost",
    "page",
    "cut",
    "stale",
    "killed before",
    "killed after",
];

fn answer(fault: &str) -> Option<Answer> {
    Some(match fault {
        "429" => Answer::error(429, "RESOURCE_EXHAUSTED", "Quota exceeded"),
        "500" => Answer::error(500, "INTERNAL", "Internal error encountered."),
        "503" => Answer::error(503, "UNAVAILABLE", "The service is currently unavailable."),
        "403" => Answer::error(403, "PERMISSION_DENIED", "Permission denied"),
        "reset" => Answer::Reset,
        "dropped" => Answer::Drop,
        "lost" => Answer::DropAfter,
        "page" => Answer::Page {
            status: 200,
            body: "<html>Sign in</html>".into(),
        },
        "cut" => Answer::Longer(100),
        "stale" => Answer::Earlier,
        _ => return None,
    })
}

/// A copy of what was set up, with a proxy before it.
fn copy(state: &State, tool: &S3setup) -> (Google, Proxy, S3setup) {
    let server = Google::start(state.clone());
    let proxy = Proxy::before_google(&server);
    let mut tool = tool.copy();
    tool.env("S3SETUP_GOOGLE_ENDPOINT", proxy.endpoint());
    (server, proxy, tool)
}

/// How many calls it takes without a fault.
fn calls(state: &State, base: &S3setup) -> usize {
    let (_server, proxy, tool) = copy(state, base);
    tool.run(APPLY).expect_code(0);
    proxy.calls().len()
}

/// Makes every fault at every call of an apply from this state.
fn sweep(state: &State, base: &S3setup, only: impl Fn(usize) -> bool + Sync) {
    let total = calls(state, base);
    assert!(total > 3, "{total}");
    let points: Vec<(usize, &str)> = (0..total)
        .filter(|at| only(*at))
        .flat_map(|at| FAULTS.map(|fault| (at, fault)))
        .collect();
    in_parallel(points.len(), |number| {
        let (at, fault) = points[number];
        let (server, proxy, tool) = copy(state, base);
        let reason = format!("{fault} at call {at} of {total}");
        match answer(fault) {
            Some(answer) => {
                proxy.on_call_after(at, answer);
                let outcome = tool.run(&[APPLY, &["--timeout", "5"]].concat());
                outcome.expect_nowhere("PRIVATE KEY");
                assert!(matches!(outcome.code, Some(0 | 1)), "{reason}: {outcome}");
                if ["429", "500", "503", "reset", "page"].contains(&fault) {
                    let made_key = proxy
                        .calls()
                        .get(at)
                        .is_some_and(|it| it.operation.ends_with("keys.create"));
                    assert!(outcome.code == Some(0) || made_key, "{reason}: {outcome}");
                }
            }
            None => kill(&proxy, &tool, at, fault == "killed after"),
        }
        proxy.heal();
        proxy.wait_until_quiet();
        let again = tool.run(APPLY);
        assert_eq!(again.code, Some(0), "{reason}: {again}");
        all_is_there(&server, &tool, &reason);
    });
}

/// Kills the tool while this call is made.
fn kill(proxy: &Proxy, tool: &S3setup, at: usize, carried_out: bool) {
    let heard = proxy.silence_after(at, carried_out);
    let mut command = tool.command(APPLY);
    let mut child = command.spawn().expect("it starts");
    let _ = heard.recv_timeout(std::time::Duration::from_secs(30));
    let _ = child.kill();
    let _ = child.wait();
}

fn first() -> (State, S3setup) {
    let (server, tool) = ground();
    (server.state(), tool)
}

/// Everything is there, and everything is otherwise.
fn changed() -> (State, S3setup) {
    let (server, tool) = ground();
    tool.file(
        "events.yaml",
        &MANIFEST
            .replace("read, list", "read")
            .replace("age_days: 365", "age_days: 30"),
    );
    tool.run(APPLY).expect_code(0);
    let state = server.state();
    tool.file("events.yaml", MANIFEST);
    (state, tool)
}

#[test]
fn an_apply_with_a_fault_at_some_calls_is_made_good_by_the_next() {
    let (state, tool) = first();
    sweep(&state, &tool, |at| at % 7 == 3);
    let (state, tool) = changed();
    sweep(&state, &tool, |at| at % 7 == 3);
}

#[test]
#[ignore = "it takes some minutes: make faults"]
fn an_apply_with_a_fault_at_any_call_is_made_good_by_the_next() {
    let (state, tool) = first();
    sweep(&state, &tool, |_| true);
    let (state, tool) = changed();
    sweep(&state, &tool, |_| true);
}
