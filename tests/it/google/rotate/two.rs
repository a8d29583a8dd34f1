//! Two runs that would make or replace the key of the same account: one is held at each of its calls
//! until the other has ended.

use super::ground::{APPLY, FILE, Ground, ROTATE, SECRET};
use crate::faults::in_parallel;
use crate::neon::flat;
use crate::twice::{all, done_or_refused, meanwhile};

fn calls(sink: &str, before: &[&[&str]], arguments: &[&str]) -> usize {
    let ground = Ground::new(sink);
    for command in before {
        ground.tool.run(command).expect_code(0);
    }
    ground.proxy.forget();
    ground.tool.run(arguments).expect_code(0);
    ground.proxy.calls().len()
}

/// `first` is held at each of its calls while `second` runs, each after `before`. Of two runs one makes
/// a key, whenever they meet.
fn sweep(before: &[&[&str]], first: &[&str], second: &[&str]) {
    for sink in [FILE, SECRET] {
        let points = calls(sink, before, first);
        in_parallel(points, |point| {
            let ground = Ground::new(sink);
            for command in before {
                ground.tool.run(command).expect_code(0);
            }
            let reason = format!("{sink}: {first:?} held at call {point} of {points}, {second:?}");
            let mut other = ground.tool.command(second);
            other.env("S3SETUP_GOOGLE_ENDPOINT", ground.server.endpoint());
            let other = meanwhile(&ground.proxy, point, other);
            let outcome = ground.tool.run(first);
            let (code, said) = other.ended(&reason);
            done_or_refused(code, &said, &reason);
            done_or_refused(outcome.code, &all(&outcome), &reason);
            let both = format!("{reason}:\n{outcome}\n{said}");
            assert!(
                [code, outcome.code].contains(&Some(0)),
                "both gave way: {both}"
            );
            ground.proxy.heal();
            // The one place where a sink without conditions is written over by a key that is gone.
            if flat(&outcome.stderr).contains("`s3setup rotate --now` puts a key that works") {
                assert_eq!(sink, SECRET, "{both}");
                let now = [ROTATE, &["--now"]].concat();
                // At the second time if one that was replaced had to go first.
                let again = ground.tool.run(&now);
                if again.code != Some(0) {
                    again.expect_stderr("run the same again");
                    ground.tool.run(&now).expect_code(0);
                }
            }
            ground.works(&both);
            ground.tool.run(APPLY).expect_code(0);
            ground.works(&both);
            ground.is_settled(&both);
            let works = ground.keys().into_iter().filter(|key| key.1).count();
            assert_eq!(works, 1, "{both}");
        });
    }
}

#[test]
fn of_two_applies_one_makes_a_key() {
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
