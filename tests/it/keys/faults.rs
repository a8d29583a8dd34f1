//! The making of a key cut short at every call: the next run makes it good, and nothing is left.

use std::collections::BTreeSet;

use serde_json::json;

use super::ground::{APPLY, Ground};
use crate::{faults::in_parallel, support::Answer};

const SINKS: [(&str, &str); 3] = [
    (
        "file: {path: backup.env, format: dotenv}",
        "file backup.env dotenv",
    ),
    (
        "secrets_manager: {name: backup/s3}",
        "secrets_manager backup/s3 us-east-1",
    ),
    (
        "parameter_store: {name: /backup/s3}",
        "parameter_store /backup/s3 us-east-1",
    ),
];

/// How many calls an apply makes when nothing is there.
fn calls_of_apply(sink: &str) -> usize {
    let ground = Ground::new(sink);
    ground.tool.run(APPLY).expect_code(0);
    ground.proxy.calls().len()
}

/// One key, in the sink, on record, and nothing else.
#[track_caller]
fn is_whole(ground: &Ground, sink: &str, reason: &str) {
    ground.proxy.heal();
    let key = ground.held();
    ground.works(&key);
    assert_eq!(
        ground.keys(),
        json!([[key.0.clone(), "Active"]]),
        "{reason}"
    );
    let expected = json!({key.0: format!("s3setup: {sink}")});
    assert_eq!(ground.tags(), expected, "{reason}");
    ground.is_settled(reason);
    let files: BTreeSet<String> = std::fs::read_dir(ground.tool.folder())
        .expect("it is there")
        .map(|entry| {
            entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.starts_with(".s3setup-"))
        .collect();
    assert!(files.is_empty(), "{reason}: {files:?}");
}

#[track_caller]
fn converges(ground: &Ground, sink: &str, reason: &str) {
    ground.proxy.heal();
    let second = ground.tool.run(APPLY);
    assert_eq!(second.code, Some(0), "{reason}: the second run\n{second}");
    is_whole(ground, sink, reason);
}

#[test]
fn an_answer_lost_at_any_call_is_no_failure_or_made_good() {
    for (sink, record) in SINKS {
        let points = calls_of_apply(sink);
        in_parallel(points * 2, |at| {
            let ground = Ground::new(sink);
            let (point, answer) = match at % 2 {
                0 => (at / 2, Answer::Drop),
                _ => (at / 2, Answer::DropAfter),
            };
            let reason = format!("{sink}: call {point} of {points}: {answer:?}");
            ground.proxy.on_call_after(point, answer);
            let first = ground.tool.run(APPLY);
            assert_eq!(first.code, Some(0), "{reason}\n{first}");
            is_whole(&ground, record, &reason);
        });
    }
}

#[test]
fn a_no_at_any_call_is_told_and_made_good() {
    for (sink, record) in SINKS {
        let points = calls_of_apply(sink);
        in_parallel(points, |point| {
            let ground = Ground::new(sink);
            let no = Answer::error(403, "AccessDenied", "not now");
            ground.proxy.on_call_after(point, no);
            let first = ground.tool.run(APPLY);
            let reason = format!("{sink}: call {point} of {points} was denied");
            // Of a user that is not there, some reads may go on without the answer.
            assert!(matches!(first.code, Some(0 | 1)), "{reason}:\n{first}");
            assert!(!first.stderr.contains("panicked"), "{reason}:\n{first}");
            converges(&ground, record, &reason);
        });
    }
}
