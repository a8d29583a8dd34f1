//! A rotation that is killed at any call is ended by the next run.

use super::ground::{APPLY, GITHUB, Ground, ROTATE, SINKS};
use crate::faults::in_parallel;
use crate::support::Point;

/// One key that works is in the sink, one that was replaced waits at the most, and the next rotation
/// leaves one.
#[track_caller]
fn is_whole(ground: &Ground, reason: &str) {
    ground.works(reason);
    let works: Vec<(String, bool)> = ground.keys().into_iter().filter(|key| key.1).collect();
    assert_eq!(
        works,
        [(ground.held(), true)],
        "{reason}: {:?}",
        ground.keys()
    );
    ground.is_settled(reason);
    let now = [ROTATE, &["--now"]].concat();
    ground.tool.run(&now).expect_code(0);
    if ground.keys().len() > 1 {
        panic!("{reason}: {:?}, {}", ground.keys(), ground.description());
    }
    ground.works(reason);
}

/// Kills `command` before and after each of its calls, and runs `next` then.
fn sweep(before: &[&[&str]], command: &[&str], next: &[&str]) {
    for sink in SINKS {
        let begun = || {
            let ground = Ground::new(sink);
            for command in before {
                ground.tool.run(command).expect_code(0);
            }
            ground.proxy.forget();
            ground
        };
        let calls = {
            let ground = begun();
            ground.tool.run(command).expect_code(0);
            ground.proxy.calls().len()
        };
        let points: Vec<Point> = Point::all(calls).collect();
        in_parallel(points.len(), |at| {
            let point = points[at];
            let mut ground = begun();
            ground.tool.must_be_killed_at(&ground.proxy, command, point);
            let reason = format!("{sink}: {command:?} killed at {point} of {calls} calls");
            if !before.is_empty() {
                ground.works(&reason);
            }
            ground.begin_anew();
            let second = ground.tool.run(next);
            assert_eq!(second.code, Some(0), "{reason}\n{second}");
            is_whole(&ground, &reason);
        });
    }
}

#[test]
fn a_rotation_that_is_killed_at_any_call_is_ended_by_apply() {
    sweep(&[APPLY], ROTATE, APPLY);
}

#[test]
fn a_rotation_that_is_killed_at_any_call_is_ended_by_rotate() {
    sweep(&[APPLY], ROTATE, ROTATE);
}

#[test]
fn the_end_of_a_rotation_that_is_killed_at_any_call_is_ended_by_apply() {
    let now: &[&str] = &["rotate", "keys.yaml", "--yes", "--now"];
    sweep(&[APPLY, ROTATE], now, APPLY);
}

#[test]
fn the_first_apply_that_is_killed_at_any_call_makes_no_second_key() {
    sweep(&[], APPLY, APPLY);
}

#[test]
fn a_hand_over_to_github_that_is_killed_once_it_is_written_is_known() {
    for (write, before, command) in [(1, &[][..], APPLY), (2, &[APPLY][..], ROTATE)] {
        for next in [APPLY, ROTATE] {
            if before.is_empty() && next == ROTATE {
                continue;
            }
            let ground = Ground::new(GITHUB);
            for command in before {
                ground.tool.run(command).expect_code(0);
            }
            ground.github.be_silent_from(Some(write));
            let mut child = ground.tool.command(command).spawn().unwrap();
            ground.github.wait_for_write(write);
            child.kill().unwrap();
            child.wait().unwrap();
            ground.github.be_silent_from(None);
            let reason = format!("{command:?} killed at write {write}, then {next:?}");
            let held = ground.held();
            ground.works(&reason);
            ground.tool.run(next).expect_code(0);
            assert_eq!(ground.held(), held, "{reason}: no other key was made");
            is_whole(&ground, &reason);
        }
    }
}
