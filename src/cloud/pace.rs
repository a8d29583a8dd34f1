//! No more calls a second than `--max-rps` allows, for each service of one account.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Whose turn it is: calls that come together go one after another.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    /// Service → when its next call may go.
    next: Mutex<BTreeMap<String, Instant>>,
}

impl Pace {
    /// So many calls a second to each service.
    #[must_use]
    pub fn per_second(calls: NonZeroU16) -> Self {
        Self {
            gap: Duration::from_secs(1) / u32::from(calls.get()),
            next: Mutex::default(),
        }
    }

    /// Waits for the turn of a call of `service`.
    pub async fn turn(&self, service: &str) {
        sleep_until(self.take(service, Instant::now())).await;
    }

    /// When a call may go that comes `now`.
    fn take(&self, service: &str, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let free = next.entry(service.to_owned()).or_insert(now);
        let turn = (*free).max(now);
        *free = turn + self.gap;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_service_go_one_after_another_and_leave_the_others_alone() {
        let pace = Pace::per_second(NonZeroU16::new(4).unwrap());
        let (start, quarter) = (Instant::now(), Duration::from_millis(250));
        let iam: Vec<Instant> = (0..3).map(|_| pace.take("iam", start)).collect();
        assert_eq!(iam, [start, start + quarter, start + quarter * 2]);
        assert_eq!(pace.take("s3", start), start, "another service");
        let later = start + quarter * 10;
        assert_eq!(
            pace.take("iam", later),
            later,
            "what was not used is not saved up"
        );
        assert_eq!(pace.take("iam", later), later + quarter);
    }
}
