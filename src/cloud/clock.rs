//! What time it is where the answers come from.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// How far this machine's clock is from that of the last answer; its clones know the same.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<Mutex<Option<i64>>>,
}

impl Clock {
    /// In seconds; less than zero is behind. `None` until an answer has said what time it is.
    #[must_use]
    pub fn seconds_ahead(&self) -> Option<i64> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a `Date` header (RFC 9110, 6.6.1), which has whole seconds; what is none is passed
    /// over.
    pub fn heard(&self, date: &str, now: SystemTime) {
        let Ok(there) = OffsetDateTime::parse(date, &Rfc2822) else {
            return;
        };
        let Ok(now) = now.duration_since(UNIX_EPOCH).map(|it| it.as_secs()) else {
            return;
        };
        if let Ok(now) = i64::try_from(now) {
            let ahead = now - there.unix_timestamp();
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_difference_is_in_whole_seconds_and_nonsense_is_none() {
        let clock = Clock::default();
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777 + 90);
        clock.heard("yesterday", now);
        assert_eq!(clock.seconds_ahead(), None);
        // The example of RFC 9110.
        clock.clone().heard("Sun, 06 Nov 1994 08:49:37 GMT", now);
        assert_eq!(clock.seconds_ahead(), Some(90));
        clock.heard("Sun, 06 Nov 1994 08:52:37 GMT", now);
        assert_eq!(clock.seconds_ahead(), Some(-90));
    }
}
