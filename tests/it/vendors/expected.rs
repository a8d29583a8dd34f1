//! What is expected of a manifest, from `expected/NAME.txt`:
//!
//! ```text
//! role.NAME, user.NAME, group.NAME or an ARN
//!   trusts WHOM if CONDITIONS
//!   ACTION, ACTION on bucket
//!   ACTION on objects FOLDER/* if CONDITIONS
//!   has a key in SINK
//!   can CALL, CALL
//!   cannot CALL, CALL
//! ```

use std::collections::BTreeSet;

use super::{names_in, read, root};

const FOLDER: &str = "tests/it/vendors/expected";

/// What is expected of one manifest.
pub struct Expected(String);

/// Calls to make as one principal.
pub struct Calls {
    /// Such as `user.backup`.
    pub name: String,
    /// Whether it has to work, and the call.
    pub calls: Vec<(bool, String)>,
}

impl Expected {
    /// The manifests for which there is a file.
    pub fn names() -> BTreeSet<String> {
        names_in(&root().join(FOLDER), "txt")
    }

    /// What is expected of this manifest.
    ///
    /// # Errors
    /// There is no file for it.
    pub fn of(manifest: &str) -> Result<Self, String> {
        let path = root().join(FOLDER).join(format!("{manifest}.txt"));
        match path.exists() {
            true => Ok(Self(read(&path))),
            false => Err(format!("what it allows is to be in {}", path.display())),
        }
    }

    /// Principals with what is allowed to them.
    pub fn allowed(&self) -> String {
        let lines = self.0.lines().filter(|line| !is_calls(line));
        lines.map(|line| format!("{line}\n")).collect()
    }

    /// Principals with their calls.
    pub fn principals(&self) -> Vec<Calls> {
        let mut found: Vec<Calls> = Vec::new();
        for line in self.0.lines() {
            if !line.starts_with(' ') {
                found.push(Calls {
                    name: line.to_owned(),
                    calls: Vec::new(),
                });
            } else if is_calls(line) {
                let (word, calls) = line.trim().split_once(' ').expect("calls follow");
                let calls = calls
                    .split(", ")
                    .map(|call| (word == "can", call.to_owned()));
                let last = found.last_mut().expect("a principal comes first");
                last.calls.extend(calls);
            }
        }
        found.retain(|principal| !principal.calls.is_empty());
        found
    }
}

fn is_calls(line: &str) -> bool {
    line.starts_with("  can ") || line.starts_with("  cannot ")
}
