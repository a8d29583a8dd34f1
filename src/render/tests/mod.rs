//! Whole screens, as a reader sees them.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod changes;
mod drift;
pub(super) mod fixtures;
mod hostile;
mod json;
mod markdown;
mod notices;
mod plan;
mod policies;
