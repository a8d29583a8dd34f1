//! AWS at its worst: late, busy, cut off, or saying no in the middle.

mod cut;
mod foreign;
mod key;
mod late;
mod sweep;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::json;

use crate::{
    neon::{self, APPLY, PLAN, bucket, found, tool, wanted, writes},
    support::{Answer, Outcome, Proxy, S3setup, Server},
};

/// As many accounts at a time, where a test is about each of many faults.
const AT_A_TIME: usize = 4;

/// A proxy before a new account, and a tool that goes through it.
fn ground() -> (Proxy, S3setup) {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    (proxy, tool)
}

fn times(proxy: &Proxy, operation: &str) -> usize {
    proxy
        .operations()
        .iter()
        .filter(|name| *name == operation)
        .count()
}

/// Fail unless everything is there as wanted, and nothing is left to do.
#[track_caller]
fn all_is_there(proxy: &Proxy, tool: &S3setup, reason: &str) {
    proxy.heal();
    assert_eq!(found(proxy.account()), wanted(proxy.account()), "{reason}");
    proxy.forget();
    let plan = tool.run(&[PLAN, &["--detailed-exitcode"]].concat());
    assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
    assert_eq!(writes(proxy), Vec::<String>::new(), "{reason}");
}

/// Do `work` for each number below `count`, several at a time; all panics are passed on.
pub fn in_parallel(count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::SeqCst)
                    && at < count
                {
                    work(at);
                }
            });
        }
    });
}

/// The same, of what may go wrong: all that did.
pub fn failures_in_parallel(
    count: usize,
    work: impl Fn(usize) -> Result<(), String> + Sync,
) -> Vec<String> {
    let failures: Mutex<Vec<String>> = Mutex::default();
    in_parallel(count, |at| {
        if let Err(why) = work(at) {
            failures
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(why);
        }
    });
    failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn throttling_and_haste_are_waited_out() {
    let cases = [
        (
            "GetCallerIdentity",
            Answer::error(400, "Throttling", "Rate exceeded"),
            "STS is busy",
        ),
        (
            "GetRole",
            Answer::error(400, "Throttling", "Rate exceeded"),
            "IAM is busy at a read",
        ),
        (
            "CreateRole",
            Answer::error(400, "Throttling", "Rate exceeded"),
            "IAM is busy at a write",
        ),
        (
            "CreateRole",
            Answer::error(500, "ServiceFailure", "try again"),
            "IAM fails",
        ),
        (
            "CreateRole",
            Answer::error(409, "ConcurrentModification", "try again"),
            "two at once",
        ),
        (
            "HeadBucket",
            Answer::error(503, "SlowDown", ""),
            "S3 is busy at a read",
        ),
        (
            "CreateBucket",
            Answer::error(503, "SlowDown", "Please reduce your request rate."),
            "S3 is busy at a write",
        ),
        (
            "PutBucketPolicy",
            Answer::error(500, "InternalError", "We encountered an internal error."),
            "S3 fails",
        ),
        (
            "PutPublicAccessBlock",
            Answer::error(
                409,
                "OperationAborted",
                "A conflicting conditional operation",
            ),
            "another write is under way",
        ),
        (
            "PutBucketPolicy",
            Answer::error(404, "NoSuchBucket", "not yet"),
            "not every server of S3 knows the bucket yet",
        ),
    ];
    in_parallel(cases.len(), |at| {
        let (operation, answer, reason) = &cases[at];
        let (proxy, tool) = ground();
        proxy.on(operation, 1, answer.clone());
        let outcome = tool.run(APPLY);
        assert_eq!(outcome.code, Some(0), "{reason}:\n{outcome}");
        let soon = outcome.took < Duration::from_secs(15);
        assert!(soon, "{reason}: it waited for long:\n{outcome}");
        all_is_there(&proxy, &tool, reason);
    });
}

#[test]
fn calls_that_were_repeated_are_counted() {
    let (proxy, tool) = ground();
    proxy.on(
        "GetRole",
        2,
        Answer::error(503, "ServiceUnavailable", "soon"),
    );
    let plan = tool.run(&[PLAN, &["--output", "json"]].concat()).json();
    assert_eq!(plan["calls"]["by_operation"]["iam:GetRole"], 3);
    assert_eq!(plan["calls"]["total"], json!(proxy.calls().len()));
}

#[test]
fn what_is_busy_for_good_is_told_in_the_end() {
    let (proxy, tool) = ground();
    proxy.on(
        "GetRole",
        99,
        Answer::error(400, "Throttling", "Rate exceeded"),
    );
    let outcome = tool.run(PLAN);
    outcome
        .expect_code(1)
        .expect_stderr("error: cannot read role.")
        .expect_stderr("Rate exceeded");
    outcome.expect_stderr("hint: AWS asks for fewer calls");
    let asked = times(&proxy, "iam:GetRole");
    assert!((2..=6).contains(&asked), "asked {asked} times");
    assert!(
        !tool.folder().join(".s3setup/plan.json").exists(),
        "what was not read is no plan"
    );
}

/// Fail unless it says what is done and what is not, in this order.
#[track_caller]
fn tells(outcome: &Outcome, parts: &[&str]) {
    let said = neon::flat(&outcome.stderr);
    let mut rest = &*said;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no {part:?} in its place:\n{outcome}");
        };
        rest = after;
    }
}

#[test]
fn a_no_in_the_middle_tells_what_is_done_and_a_second_run_finishes() {
    let (proxy, tool) = ground();
    let denied = Answer::error(403, "AccessDenied", "User: x is not authorized");
    proxy.on("PutBucketPolicy", 1, denied.clone());
    let outcome = tool.run(APPLY);
    outcome.expect_code(1);
    assert_eq!(
        outcome.stdout, "",
        "the outputs are of what is not there yet"
    );
    let bucket = bucket(proxy.account());
    let policy = format!("bucket_policy.{bucket}");
    tells(
        &outcome,
        &[
            &format!("error: cannot create {policy}: s3:PutBucketPolicy: AccessDenied"),
            "hint: allow s3:PutBucketPolicy on arn:aws:s3:::",
            "Done:",
            &format!("bucket.{bucket}"),
            "Failed:",
            &policy,
            "What is done stays done.",
        ],
    );
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("Applied: 1 done");
    all_is_there(&proxy, &tool, "the second run went on");

    let (proxy, tool) = ground();
    proxy.on("CreateRole", 1, denied);
    let outcome = tool.run(APPLY);
    let role = format!("role.{}", neon::ROLE);
    let waits = format!(
        "bucket_policy.{} (needs {role})",
        self::bucket(proxy.account())
    );
    outcome.expect_code(1);
    tells(
        &outcome,
        &[
            "Done:",
            "oidc_provider.",
            "Failed:",
            &role,
            "Not begun:",
            &waits,
        ],
    );
    assert_eq!(times(&proxy, "s3:PutBucketPolicy"), 0, "it needs the role");
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("Applied: 2 done");
    all_is_there(&proxy, &tool, "the second run went on");
}

#[test]
fn a_saved_plan_that_failed_halfway_says_how_to_go_on() {
    let (proxy, tool) = ground();
    tool.run(PLAN).expect_code(0);
    proxy.on(
        "PutBucketPolicy",
        1,
        Answer::error(403, "AccessDenied", "no"),
    );
    tool.run(&["apply", "--yes"])
        .expect_code(1)
        .expect_stderr("`s3setup apply MANIFEST` goes on");
    // The plan itself no longer fits: half of it is done.
    tool.run(&["apply", "--yes"])
        .expect_code(1)
        .expect_stderr("the plan no longer fits");
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("Plan: 1 to create");
    tool.run(&["apply", "--yes"]).expect_code(0);
    all_is_there(&proxy, &tool, "a new plan went on");
}
