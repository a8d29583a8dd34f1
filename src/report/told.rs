//! What was told last, so that a change of state is told once. A small file that the job keeps: on its
//! disk, in a cache, on a volume. Without it nothing is remembered.

use super::{Report, State};
use crate::files;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

/// What the file begins with; another one is not ours to replace.
const FORMAT: &str = "s3setup-told-1";
/// Larger than any of them, in bytes.
const LARGEST: u64 = 64 << 10;

/// What was told last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    format: String,
    /// What the report came to.
    pub state: State,
    /// Of what was not as it should be.
    digest: String,
    /// When that was.
    pub at: Option<String>,
}

impl Told {
    /// What `report` has to tell.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            format: FORMAT.to_owned(),
            state: report.state(),
            digest: report.digest(),
            at: report.at.clone(),
        }
    }

    /// What the file at `path` says; none where there is no file yet.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let text = match files::read_text(path, LARGEST) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        // A cache that failed may leave a file without anything.
        if text.trim().is_empty() {
            return Ok(None);
        }
        let told: Self = serde_json::from_str(&text)
            .context("it is not what s3setup keeps there: name another file, or remove it")?;
        Ok(Some(told))
    }

    /// Writes it to `path`, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written, or is another one.
    pub fn write(&self, path: &Path) -> Result<()> {
        files::replace_json(path, self, FORMAT)
    }

    /// Whether this is worth telling after `before`. That all is well is no news to whom nothing was told.
    #[must_use]
    pub fn is_news_after(&self, before: Option<&Self>) -> bool {
        match before {
            Some(before) => (before.state, &before.digest) != (self.state, &self.digest),
            None => self.state != State::InSync,
        }
    }
}
