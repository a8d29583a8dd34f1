//! How far a rotation has come: what it will do, and what it must not do.

use super::super::error::Error;
use crate::cloud::Failure;
use crate::resource::{AccessKey, Place, Replaced, Sink};
use crate::sink::Held;

/// A rotation of one user's key, as far as it has come.
pub struct Rotation {
    pub(super) want: AccessKey,
    pub(super) have: AccessKey,
    /// The old key is deleted in the same run, too.
    pub(super) now: bool,
}

impl Rotation {
    /// The user's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.want.name
    }

    /// What is worth knowing afterwards.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let inactive = match (self.begins(), &self.have.id) {
            (true, Some(id)) => vec![id],
            _ => {
                let active = |(_, state): &(&String, &Replaced)| **state == Replaced::Active;
                let replaced = self.have.replaced.iter().filter(active);
                replaced.map(|(id, _)| id).collect()
            }
        };
        if self.now {
            return Vec::new();
        }
        let user = self.user();
        let line = |id: &String| {
            format!(
                "{id} is inactive. If something still needs it, `aws iam update-access-key \
                 --user-name {user} --access-key-id {id} --status Active` gives it back; if not, \
                 the next rotate or apply deletes it when its time has come"
            )
        };
        inactive.into_iter().map(line).collect()
    }

    /// Whether there is anything to do yet.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.begins() || self.finishes()
    }

    /// Whether it takes a new key: none was put in the place of another so far.
    pub(super) fn begins(&self) -> bool {
        self.have.replaced.is_empty() && self.have.sink.is_some()
    }

    fn finishes(&self) -> bool {
        let waits = |state: &Replaced| *state == Replaced::Waiting;
        self.have.interrupted || self.have.sink.is_none() || !self.have.replaced.values().all(waits)
    }

    /// The sink's path from the root, where the manifest has another one.
    fn in_full(&self) -> String {
        let full = self.want.sink.as_ref().and_then(in_full);
        full.map(|path| format!(" ({path})")).unwrap_or_default()
    }

    /// What was asked for and is not done by this rotation: a key moves to another sink, and one
    /// that was replaced is still there, so that there is no room for a third.
    #[must_use]
    pub fn undone(&self) -> Option<Failure> {
        let (want, have) = (self.want.sink.as_ref()?, self.have.sink.as_ref()?);
        if self.begins() || want == have {
            return None;
        }
        let gone = |state: &Replaced| match state {
            Replaced::Due | Replaced::Gone => true,
            Replaced::Active => self.now,
            Replaced::Waiting => false,
        };
        let left: Vec<&str> = self
            .have
            .replaced
            .iter()
            .filter(|(_, state)| !gone(state))
            .map(|(id, _)| id.as_str())
            .collect();
        let hint = match left[..] {
            [] => "run the same again".to_owned(),
            _ => format!(
                "run it again with --now, which deletes {} at once, and then once more",
                left.join(", ")
            ),
        };
        Some(Failure::new(format!(
                "the key of {} is not handed over to {want} yet: the one that was replaced goes first",
                self.user()
            )).with_hint(hint))
    }

    /// Why it must not begin: the key in use went to a file that is not here, and whoever reads that
    /// one would be left with a key that does not work. `held` is what the file here holds.
    pub(super) fn elsewhere(&self, held: &Held) -> Option<Error> {
        let (want, have) = (self.want.sink.as_ref()?, self.have.sink.as_ref()?);
        let (Place::File { path, .. }, Some(id)) = (&want.place, &self.have.id) else {
            return None;
        };
        let holds = match held {
            Held::Key(held) if held == id => return None,
            Held::Key(other) => format!("holds {other}"),
            _ => "holds no key".to_owned(),
        };
        if !self.begins() || want != have {
            return None;
        }
        let here = in_full(want).unwrap_or_else(|| path.clone());
        Some(Error::ours(
            format!(
                "the key in use, {id}, was handed over to {path} in another folder or on another \
                 machine: {here} {holds}"
            ),
            format!(
                "run it where the file is that holds {id}; if that one is lost, `s3setup rotate \
                 --lost` makes another key, and {id} inactive"
            ),
        ))
    }

    /// What will be done, a line each; or why nothing will be.
    #[must_use]
    pub fn tells(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let sink = self.want.sink.as_ref().map(Sink::to_string);
        let sink = sink.unwrap_or_default();
        let id = self.have.id.as_deref().unwrap_or_default();
        for id in &self.have.unfinished {
            lines.push(format!(
                "delete {id}, which a run has left that was cut short"
            ));
        }
        if self.begins() {
            lines.push("make a second key, and wait until it works".to_owned());
            lines.push(format!("hand it over: {sink}{}", self.in_full()));
            if let Some(before) = self.have.sink.as_ref().map(Sink::to_string)
                && before != sink
            {
                lines.push(format!("leave {before} as it is, with the old key in it"));
            }
            let more = if self.now { ", and delete it" } else { "" };
            lines.push(format!("make {id} inactive{more}"));
            return lines;
        }
        if self.have.sink.is_none() {
            lines.push(format!("put on record that {id} was handed over: {sink}"));
        }
        for (id, state) in &self.have.replaced {
            lines.push(match state {
                Replaced::Active if self.now => format!("make {id} inactive, and delete it"),
                Replaced::Active => format!("make {id} inactive"),
                Replaced::Due => format!("delete {id}, which was replaced"),
                Replaced::Gone => format!("take away the record of {id}, which is deleted"),
                Replaced::Waiting => format!(
                    "nothing yet with {id}, which was replaced and is inactive: it is deleted once \
                     nobody has missed it for long enough, or with --now"
                ),
            });
        }
        lines
    }
}

/// The path of a sink's file from the root, if it is written as another one.
fn in_full(sink: &Sink) -> Option<String> {
    let Place::File { path, .. } = &sink.place else {
        return None;
    };
    let full = std::path::absolute(path).ok()?;
    (full != std::path::Path::new(path)).then(|| full.display().to_string())
}
