//! The tool killed in the middle of its work, at a call of its run.

use std::{fmt, sync::mpsc::RecvTimeoutError, time::Duration};

use super::{
    proxy::{Call, Proxy},
    runner::{Outcome, S3setup},
};

/// No run of a test goes on for longer without the call at which it is to be killed.
const TIME_OUT: Duration = Duration::from_secs(120);

/// How often it is looked whether a run has ended before its call came.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// When a run is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// How many calls come before this one, in the order of arrival.
    pub call: usize,
    /// Whether AWS has done it by then.
    pub carried_out: bool,
}

impl Point {
    /// The points of a run of so many calls: before and after each.
    pub fn all(calls: usize) -> impl Iterator<Item = Self> {
        let both = |call| [false, true].map(|carried_out| Self { call, carried_out });
        (0..calls).flat_map(both)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, carried_out } = self;
        let moment = if *carried_out { "after" } else { "before" };
        write!(formatter, "{call} {moment}")
    }
}

/// A run that was to be killed.
pub struct Killed {
    /// The call at which it was; none if it ended by itself before that.
    pub at: Option<Call>,
    /// What it had said.
    pub outcome: Outcome,
}

impl S3setup {
    /// Run the tool, through `proxy`, and kill it (SIGKILL) at this point. What the server was
    /// asked before that it has done when this comes back; nothing that was asked later gets there.
    /// Whatever runs next needs another proxy.
    ///
    /// # Panics
    /// If it neither ends nor gets to the point in two minutes.
    #[track_caller]
    pub fn kill_at(&self, proxy: &Proxy, arguments: &[&str], point: Point) -> Killed {
        let heard = proxy.silence_after(point.call, point.carried_out);
        let mut running = self.start(arguments);
        let mut waited = Duration::ZERO;
        let at = loop {
            match heard.recv_timeout(LOOK_EVERY) {
                Ok(call) => break Some(call),
                Err(RecvTimeoutError::Disconnected) => unreachable!("the proxy keeps its rules"),
                Err(RecvTimeoutError::Timeout) if running.has_ended() => break None,
                Err(RecvTimeoutError::Timeout) => waited += LOOK_EVERY,
            }
            assert!(waited < TIME_OUT, "the call of {point} never came");
        };
        let outcome = running.kill();
        proxy.wait_until_quiet();
        Killed { at, outcome }
    }

    /// As [`S3setup::kill_at`], where the call has to come.
    ///
    /// # Panics
    /// If the run ends before it.
    #[track_caller]
    pub fn must_be_killed_at(&self, proxy: &Proxy, arguments: &[&str], point: Point) {
        let killed = self.kill_at(proxy, arguments, point);
        assert!(
            killed.at.is_some(),
            "{point} never came:\n{}",
            killed.outcome
        );
    }
}
