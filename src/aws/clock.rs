//! What time it is where the answers come from.

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// How far this machine's clock is from that of the last answer; its clones know the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    ahead: Arc<Mutex<Option<i64>>>,
}

impl Clock {
    /// In seconds; less than zero is behind. `None` until an answer has said what time it is.
    pub(super) fn seconds_ahead(&self) -> Option<i64> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a `Date` header (RFC 9110, 6.6.1), which has whole seconds.
    fn heard(&self, date: &str, now: SystemTime) {
        if let Ok(there) = DateTime::from_str(date, Format::HttpDate) {
            let ahead = DateTime::from(now).secs() - there.secs();
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
    }
}

impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            self.heard(date, SystemTime::now());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

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
