//! Two runs that would make or replace the key of the same account: one is held at each of its calls
//! until the other has ended; or both go on side by side until each has made a key.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use super::ground::{APPLY, FILE, Ground, ROTATE, SECRET};
use crate::faults::in_parallel;
use crate::neon::flat;
use crate::support::Proxy;
use crate::twice::{all, done_or_refused, ended, meanwhile};

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

/// Where two runs wait for each other: before each makes its key, and before each looks what there is.
#[derive(Default)]
struct Meeting {
    /// How many have come to either place.
    there: Mutex<[usize; 2]>,
    came: Condvar,
}

impl Meeting {
    /// Waits until so many are there; for ever is too long.
    fn wait_for(&self, place: usize, many: usize) {
        let there = self.there.lock().expect("no test panics with it");
        let patience = Duration::from_secs(60);
        let waits = |there: &mut [usize; 2]| there[place] < many;
        let waited = self.came.wait_timeout_while(there, patience, waits);
        let (there, timeout) = waited.expect("no test panics with it");
        let many_came = there[place];
        drop(there);
        assert!(!timeout.timed_out(), "{many_came} came to {place}");
    }

    fn arrive(&self, place: usize) {
        self.there.lock().expect("no test panics with it")[place] += 1;
        self.came.notify_all();
        self.wait_for(place, 2);
    }

    /// The run behind this proxy comes to the meeting.
    fn awaits(self: &Arc<Self>, proxy: &Proxy) {
        let (meeting, mut place) = (Arc::clone(self), 0);
        proxy.rule(move |call| {
            let awaited = ["keys.create", "keys.list"];
            if awaited
                .get(place)
                .is_some_and(|it| call.operation.ends_with(it))
            {
                meeting.arrive(place);
                place += 1;
            }
            None
        });
    }
}

/// Both runs see that it is their turn, both make a key, and only then does either look.
fn side_by_side(before: &[&[&str]], command: &[&str]) {
    for sink in [FILE, SECRET] {
        let ground = Ground::new(sink);
        for command in before {
            ground.tool.run(command).expect_code(0);
        }
        let meeting = Arc::new(Meeting::default());
        let beside = Proxy::before_google(&ground.server);
        meeting.awaits(&ground.proxy);
        meeting.awaits(&beside);
        let one = ground.tool.command(command);
        let mut other = ground.tool.command(command);
        other.env("S3SETUP_GOOGLE_ENDPOINT", beside.endpoint());
        let both = thread::scope(|scope| {
            let one = scope.spawn(|| ended(one));
            meeting.wait_for(0, 1);
            let other = scope.spawn(|| ended(other));
            [one, other].map(|run| run.join().expect("it does not panic"))
        });
        let told = format!("{sink}: {both:#?}");
        let mut codes = [both[0].0, both[1].0];
        codes.sort_unstable();
        assert_eq!(codes, [Some(0), Some(1)], "{told}");
        let lost = both.iter().find(|run| run.0 == Some(1));
        let said = lost.map(|run| flat(&run.1)).unwrap_or_default();
        assert!(
            said.contains("another run makes a key of the service account"),
            "{told}"
        );
        ground.works(&told);
        let works = ground.keys().into_iter().filter(|key| key.1).count();
        assert_eq!(works, 1, "{told}");
        ground.is_settled(&told);
    }
}

#[test]
fn of_two_applies_that_have_both_made_a_key_exactly_one_keeps_it() {
    side_by_side(&[], APPLY);
}

#[test]
fn of_two_rotations_that_have_both_made_a_key_exactly_one_keeps_it() {
    side_by_side(&[APPLY], ROTATE);
}
