//! The time of day, in UTC.

use std::time::SystemTime;
use time::OffsetDateTime;

/// Now, such as `2026-11-29T23:15:10.250000Z`: two runs of one second have an order.
#[must_use]
pub fn now() -> String {
    stamp(OffsetDateTime::from(SystemTime::now()))
}

fn stamp(at: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.microsecond()
    )
}

/// The same in the name of a file, in which a colon is no good everywhere.
pub(super) fn in_a_name(stamp: &str) -> String {
    stamp.replace([':', '-'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_rfc_3339_has_it() {
        let at = OffsetDateTime::from_unix_timestamp(1_764_457_509).unwrap();
        assert_eq!(stamp(at), "2025-11-29T23:05:09.000000Z");
        assert_eq!(in_a_name(&stamp(at)), "20251129T230509.000000Z");
    }
}
