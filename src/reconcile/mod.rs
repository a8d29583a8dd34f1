//! What is wanted against what there is. Knows a provider only by the door.

mod apply;
mod bound;
mod compare;
mod order;
mod plan;
mod removal;
mod restore;
mod saved;
mod undo;

pub use apply::{Outcome, Skipped, Watcher, announce, apply};
pub use plan::{Options, plan};
pub use saved::{AccountsFile, Kept, Saved, all_moved, load, moved, parse, save};
pub use undo::undo;
