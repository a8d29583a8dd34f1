//! Apply beside drift and beside destroy.

use super::{all, done_or_refused, ended, meanwhile, past};
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
        let drift = past(&account, &tool, DRIFT);
        let reason = format!("apply held at call {point} of {points}");
        let told = reason.clone();
        meanwhile(&proxy, point, move || {
            let (code, said) = ended(drift);
            is_a_report(code, &said, &told);
        });
        tool.run(neon::APPLY).expect_code(0);
    });
    let points = calls(DRIFT);
    in_parallel(points, |point| {
        let (account, proxy, tool) = ground();
        let apply = past(&account, &tool, neon::APPLY);
        meanwhile(&proxy, point, move || {
            let (code, said) = ended(apply);
            assert_eq!(code, Some(0), "{said}");
        });
        let drift = tool.run(DRIFT);
        let reason = format!("drift held at call {point} of {points}");
        is_a_report(drift.code, &all(&drift), &reason);
    });
}

#[test]
fn destroy_beside_an_apply_leaves_what_the_next_apply_makes_whole() {
    let points = calls(neon::APPLY);
    in_parallel(points, |point| {
        let (account, proxy, tool) = ground();
        let destroy = past(&account, &tool, DESTROY);
        let reason = format!("apply held at call {point} of {points}");
        let told = reason.clone();
        meanwhile(&proxy, point, move || {
            let (code, said) = ended(destroy);
            done_or_refused(code, &said, &told);
        });
        let apply = tool.run(neon::APPLY);
        done_or_refused(apply.code, &all(&apply), &reason);
        proxy.heal();
        let next = tool.run(neon::APPLY);
        assert_eq!(next.code, Some(0), "{reason}:\n{apply}\n{next}");
        let plan = tool.run(&[neon::PLAN, &["--detailed-exitcode"]].concat());
        assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    });
}
