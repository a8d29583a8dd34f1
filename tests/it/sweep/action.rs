//! What is done to an account, and killed on the way.

use std::{fmt, thread, time::Duration};

use serde_json::json;

use super::{ground::Ground, seen::Seen};
use crate::vendors::Manifest;

/// One thing that people do with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Apply where there is nothing of it.
    Create,
    /// Apply where all that can differ was changed.
    Update,
    /// Apply where all is there, and unmarked.
    Adopt,
    /// Put a new key in the place of the old one.
    Rotate,
    /// Delete the key that was replaced, once its time has come.
    Retire,
    /// Remove everything, with the objects in the bucket.
    Destroy,
}

/// `apply`, unasked.
const APPLY: [&str; 2] = ["apply", "--yes"];
/// A replaced key's time has come after a second.
const RETIRE: [&str; 4] = ["rotate", "--yes", "--delete-after", "1s"];

impl Action {
    /// All that can be done with this manifest.
    pub fn of(manifest: &Manifest) -> Vec<Self> {
        let mut all = vec![Self::Create, Self::Update, Self::Adopt, Self::Destroy];
        if manifest.says("access_key:") {
            all.extend([Self::Rotate, Self::Retire]);
        }
        all
    }

    /// Bring the account, where nothing of the manifest is, to where this begins.
    ///
    /// # Errors
    /// What went wrong on the way.
    pub fn prepare(self, ground: &Ground) -> Result<(), String> {
        if self == Self::Create {
            return Ok(());
        }
        ground.must(&ground.command(&APPLY))?;
        match self {
            Self::Create | Self::Rotate => {}
            Self::Update => ground.snippet(include_str!("change.py"))?,
            Self::Adopt => ground.snippet(include_str!("unmark.py"))?,
            Self::Destroy => ground.snippet(include_str!("fill.py"))?,
            Self::Retire => {
                ground.must(&ground.command(&["rotate", "--yes"]))?;
                // Times of AWS are whole seconds.
                thread::sleep(Duration::from_millis(2100));
            }
        }
        Ok(())
    }

    /// The command, where the account is as this was before.
    pub fn command(self, ground: &Ground, before: &Seen) -> Vec<String> {
        match self {
            Self::Create | Self::Update => ground.command(&APPLY),
            Self::Adopt => ground.command(&[&APPLY[..], &["--adopt", "all"]].concat()),
            Self::Rotate => ground.command(&["rotate", "--yes"]),
            Self::Retire => ground.command(&RETIRE),
            Self::Destroy => {
                let mut words = vec!["destroy", "--confirm", ground.name()];
                let buckets = before.buckets();
                words.extend(buckets.iter().flat_map(|name| ["--delete-objects", name]));
                ground.command(&words)
            }
        }
    }

    /// What a person runs after the kill: the same again. But where the replaced key is gone, the
    /// rotation is over, and `rotate` would begin the next; what it left is for `apply`.
    ///
    /// # Errors
    /// The account cannot be read.
    pub fn again(self, ground: &Ground, before: &Seen) -> Result<Vec<String>, String> {
        if self == Self::Retire {
            let listed = ground.python(
                "{user['UserName']: len(iam.list_access_keys(UserName=user['UserName'])['AccessKeyMetadata'])
 for user in iam.list_users()['Users'] if user['UserName'] != 'foreign'}",
                &json!({}),
            )?;
            let counts = listed.as_object().into_iter().flatten();
            if counts.into_iter().all(|(_, count)| *count == json!(1)) {
                return Ok(ground.command(&APPLY));
            }
        }
        Ok(self.command(ground, before))
    }

    /// Whether the key in the sink has to work at each moment, however the run ends.
    pub fn never_without_a_key(self) -> bool {
        matches!(self, Self::Rotate | Self::Retire)
    }

    /// Whether the key in the sink has to be the one that was there before.
    pub fn keeps_the_key(self) -> bool {
        matches!(self, Self::Update | Self::Retire)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{self:?}").to_lowercase())
    }
}
