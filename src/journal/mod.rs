//! The journal of a run: what was there before it, what it began, and how that ended. A file a run,
//! one JSON object a line, each line on the disk before what it announces is sent. It holds names,
//! ARNs and policies, as a saved plan does, and no secret.

mod clock;
mod kept;
mod read;
mod write;

pub use clock::now;
pub use read::{Ending, Fate, Journal, Past, Undone, journals, parse, read};
pub use write::Writer;

use crate::plan::{Action, Origin, Plan, Step};
use crate::resource::{Address, Scope};
use kept::Kept;
use serde::{Deserialize, Serialize};

/// Of the file's form; another one is refused.
const FORMAT: &str = "s3setup-journal-1";

/// What a journal's file is named after it.
const ENDING: &str = "jsonl";

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// See [`FORMAT`].
    format: String,
    /// The version of s3setup that wrote it.
    version: String,
    /// When the run began, UTC, such as `2026-11-29T23:15:10.250000Z`.
    pub began: String,
    /// The command: `apply`, `destroy`, `rotate`.
    pub command: String,
    /// The account.
    pub scope: Scope,
    /// What the run was made from.
    pub origin: Origin,
    /// Everything that it was about, in the order of its plan.
    steps: Vec<Entry>,
}

/// One resource, before and after.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    address: Address,
    manifest: String,
    action: Action,
    /// As observed, whole; `None` is "not there".
    before: Option<Kept>,
    /// As it was to be, whole.
    after: Option<Kept>,
}

/// A line after the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The step is about to be sent.
    Begun { at: String, step: Address },
    /// It was done; `id` is the unique id of what it made, where that was told.
    Done {
        at: String,
        step: Address,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// It failed, perhaps after part of it.
    Failed {
        at: String,
        step: Address,
        error: String,
    },
    /// The run is over.
    Ended { at: String, how: Ending },
}

impl Header {
    /// The header of the run that carries out `plan`.
    #[must_use]
    pub fn of(command: &str, plan: &Plan) -> Self {
        let entry = |step: &Step| Entry {
            address: step.address.clone(),
            manifest: step.manifest.clone(),
            action: step.action,
            before: step.have.as_ref().map(Kept::of),
            after: step.after().map(|after| Kept::of(&after)),
        };
        Self {
            steps: plan.steps.iter().map(entry).collect(),
            ..Self::without_steps(command, &plan.scope, plan.origin.clone())
        }
    }

    /// The header of a run that has no plan, and that cannot be undone.
    #[must_use]
    pub fn without_steps(command: &str, scope: &Scope, origin: Origin) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            began: clock::now(),
            command: command.to_owned(),
            scope: scope.clone(),
            origin,
            steps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
