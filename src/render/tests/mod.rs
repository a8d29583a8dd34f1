//! Whole screens, as a reader sees them.

mod changes;
mod dead;
mod drift;
pub(super) mod fixtures;
mod hostile;
mod json;
mod live;
mod markdown;
mod notices;
mod plan;
mod policies;
mod reports;
mod run;
mod verify;
