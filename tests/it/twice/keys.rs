//! Two runs that would make or replace the key of the same user.

use serde_json::json;

use super::{all, done_or_refused, meanwhile, past};
use crate::{
    faults::in_parallel,
    keys::ground::{APPLY, Ground},
    neon::flat,
    support::{Account, Server},
};

const SINKS: [&str; 3] = [
    "file: {path: backup.env, format: dotenv}",
    "secrets_manager: {name: backup/s3}",
    "parameter_store: {name: /backup/s3}",
];
const ROTATE: &[&str] = &["rotate", "keys.yaml", "--yes", "--now"];

/// One key, in its sink, and nothing to do.
#[track_caller]
fn is_one(ground: &Ground, reason: &str) {
    let key = ground.held();
    ground.works(&key);
    assert_eq!(ground.keys(), json!([[key.0, "Active"]]), "{reason}");
    ground.is_settled(reason);
}

fn calls(sink: &str, before: &[&[&str]], arguments: &[&str]) -> usize {
    let ground = Ground::new(sink);
    for command in before {
        ground.tool.run(command).expect_code(0);
    }
    ground.proxy.forget();
    ground.tool.run(arguments).expect_code(0);
    ground.proxy.calls().len()
}

/// `first` is held at each of its calls while `second` runs, each after `before`.
fn sweep(before: &[&[&str]], first: &[&str], second: &[&str]) {
    for sink in SINKS {
        let points = calls(sink, before, first);
        in_parallel(points, |point| {
            let ground = Ground::new(sink);
            let account = direct(&ground);
            for command in before {
                ground.tool.run(command).expect_code(0);
            }
            let reason = format!("{sink}: {first:?} held at call {point} of {points}, {second:?}");
            let other = past(&account, &ground.tool, second);
            let other = meanwhile(&ground.proxy, point, other);
            let outcome = ground.tool.run(first);
            other.is_done_or_refused(&reason);
            done_or_refused(outcome.code, &all(&outcome), &reason);
            ground.proxy.heal();
            // The one place where a sink without conditions is written over by a key that is gone.
            if flat(&outcome.stderr).contains("`s3setup rotate` puts a key that works") {
                ground.tool.run(ROTATE).expect_code(0);
            }
            if before.is_empty() && first == APPLY && second == APPLY {
                is_one(&ground, &reason);
                return;
            }
            ground.tool.run(APPLY).expect_code(0);
            let key = ground.held();
            ground.works(&key);
            ground.is_settled(&reason);
        });
    }
}

/// The account of the ground, past its proxy.
fn direct(ground: &Ground) -> Account {
    ground.account().at(&Server::ministack().account().endpoint)
}

#[test]
fn two_applies_of_one_key_end_with_one_key_in_its_sink() {
    sweep(&[], APPLY, APPLY);
}

#[test]
fn apply_beside_rotate_leaves_a_key_that_works() {
    sweep(&[APPLY], ROTATE, APPLY);
}

#[test]
fn two_rotations_at_once_leave_a_key_that_works() {
    sweep(&[APPLY], ROTATE, ROTATE);
}
