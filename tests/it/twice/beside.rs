//! Apply beside drift and beside destroy.

use super::{all, done_or_refused, meanwhile, past};
use crate::{
    faults::in_parallel,
    neon,
    support::{Account, Proxy, S3setup, Server},
};

const DRIFT: &[&str] = &["drift", "neon.yaml", "--set", neon::REPOSITORY];
const DESTROY: &[&str] = &[
    "destroy",
    "neon.yaml",
    "--set",
    neon::REPOSITORY,
    "--confirm",
    "neon",
];

fn ground() -> (Account, Proxy, S3setup) {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = neon::tool(proxy.account());
    (account, proxy, tool)
}

fn calls(arguments: &[&str]) -> usize {
    let (_, proxy, tool) = ground();
    tool.run(arguments);
    proxy.calls().len()
}

/// Drift says what there is and what there is not, and nothing else.
#[track_caller]
fn is_a_report(code: Option<i32>, said: &str, reason: &str) {
    assert!(!said.contains("panicked"), "{reason}:\n{said}");
    assert!(matches!(code, Some(0 | 2)), "{reason}: {code:?}\n{said}");
    assert_eq!(
        code == Some(0),
        said.contains("In sync"),
        "{reason}:\n{said}"
    );
    assert_eq!(
        code == Some(2),
        said.contains("missing") || said.contains("differs"),
        "{reason}:\n{said}"
    );
}

#[test]
fn drift_beside_an_apply_tells_what_there_is() {
    let points = calls(neon::APPLY);
    in_parallel(points, |point| {
        let (account, proxy, tool) = ground();
        let drift = meanwhile(&proxy, point, past(&account, &tool, DRIFT));
        tool.run(neon::APPLY).expect_code(0);
        let reason = format!("apply held at call {point} of {points}");
        let (code, said) = drift.ended(&reason);
        is_a_report(code, &said, &reason);
    });
    let points = calls(DRIFT);
    in_parallel(points, |point| {
        let (account, proxy, tool) = ground();
        let apply = meanwhile(&proxy, point, past(&account, &tool, neon::APPLY));
        let drift = tool.run(DRIFT);
        let reason = format!("drift held at call {point} of {points}");
        apply.is_done(&reason);
        is_a_report(drift.code, &all(&drift), &reason);
    });
}

/// The other way round, an apply whose things are taken away takes AWS to be late, and waits for them:
/// up to two minutes, which is too long for a sweep.
#[test]
fn apply_beside_destroy_leaves_what_the_next_apply_makes_whole() {
    let (_, proxy, tool) = ground();
    tool.run(neon::APPLY).expect_code(0);
    proxy.forget();
    tool.run(DESTROY).expect_code(0);
    let points = proxy.calls().len();
    in_parallel(points, |point| {
        let (account, proxy, tool) = ground();
        tool.run(neon::APPLY).expect_code(0);
        let apply = meanwhile(&proxy, point, past(&account, &tool, neon::APPLY));
        let destroy = tool.run(DESTROY);
        let reason = format!("destroy held at call {point} of {points}");
        apply.is_done_or_refused(&reason);
        done_or_refused(destroy.code, &all(&destroy), &reason);
        proxy.heal();
        let next = tool.run(neon::APPLY);
        assert_eq!(next.code, Some(0), "{reason}:\n{destroy}\n{next}");
        let plan = tool.run(&[neon::PLAN, &["--detailed-exitcode"]].concat());
        assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    });
}
