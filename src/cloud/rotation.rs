//! A rotation of a key, as far as it has come: what it will do, and what it must not do. Whichever
//! provider's key it is; the calls are those of the door ([`Cloud::rotate`](super::Cloud::rotate)).

use super::Failure;
use crate::resource::{Address, Place, Replaced, Resource, Sink};
use crate::sink::Held;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long nobody may have missed a key that was replaced before it is deleted, unless somebody says
/// otherwise.
pub const UNTIL_DELETED: Duration = Duration::from_secs(24 * 60 * 60);

/// How keys are replaced.
#[derive(Clone, Copy, Debug)]
pub struct Rotating {
    /// How long nobody may have missed a key that was replaced before it is deleted: from its
    /// replacement on and, where the provider tells that, from its last use. Zero is at once.
    pub delete_after: Duration,
    /// The file of the key in use is lost, so that it need not be here.
    pub lost: bool,
}

/// A rotation of one key, as far as it has come.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The key as it should be.
    pub want: Resource,
    /// What there is.
    pub have: Resource,
    /// The old key is deleted in the same run, too.
    pub now: bool,
    address: Address,
    name: String,
    /// The id of the key in use.
    id: String,
    wanted: Sink,
    /// Where the key in use is, if that is on record in words.
    sink: Option<Sink>,
    is_recorded: bool,
    /// The sink is the same wherever it is asked, and does not hold the key in use.
    is_missing: bool,
    interrupted: bool,
    unfinished: BTreeSet<String>,
    replaced: BTreeMap<String, Replaced>,
    retired: &'static str,
    gives_back: String,
}

impl Rotation {
    /// The rotation of a key that was found like this; `held` is what its sink holds.
    ///
    /// # Errors
    /// There is no key; or its file is not here, and whoever reads the one that has it would be left
    /// with a key that does not work.
    pub fn new(
        want: &Resource,
        have: Option<Resource>,
        held: &Held,
        how: &Rotating,
    ) -> Result<Self, Failure> {
        let (Some(wanted), address) = (want.handed_key(), want.address()) else {
            return Err(Failure::new(format!("{} is no key", want.address())));
        };
        let none = || {
            Failure::new(format!("{} has no key to rotate", wanted.of)).with_hint(
                "`s3setup apply MANIFEST` makes one, and goes on from a run that was cut short",
            )
        };
        let have = have.ok_or_else(none)?;
        let found = have.handed_key();
        let (Some(key), Some(sink)) = (found, wanted.sink) else {
            return Err(none());
        };
        let id = key.id.ok_or_else(none)?.to_owned();
        let is_missing = match held {
            _ if matches!(sink.place, Place::File { .. }) => false,
            Held::Key(held) => *held != id,
            Held::Nothing => true,
            Held::Unknown | Held::Written | Held::Torn => false,
        };
        let rotation = Self {
            want: want.clone(),
            now: how.delete_after.is_zero(),
            address,
            name: wanted.name.to_owned(),
            id,
            wanted: sink.clone(),
            sink: key.sink.cloned(),
            is_recorded: key.is_recorded,
            is_missing,
            interrupted: key.interrupted,
            unfinished: key.unfinished.clone(),
            replaced: key.replaced.clone(),
            retired: key.retired,
            gives_back: key.gives_back,
            have: have.clone(),
        };
        match rotation.elsewhere(held) {
            Some(refused) if !how.lost => Err(refused),
            _ => Ok(rotation),
        }
    }

    /// The address of the key.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether there is anything to do yet.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.begins() || self.finishes()
    }

    /// Whether it takes a new key: none was put in the place of another so far.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.replaced.is_empty() && self.is_recorded
    }

    fn finishes(&self) -> bool {
        let waits = |state: &Replaced| *state == Replaced::Waiting;
        self.interrupted || !self.is_recorded || !self.replaced.values().all(waits)
    }

    /// Whether the manifest names another sink than the one that has the key in use.
    fn moves(&self) -> bool {
        self.is_recorded && self.sink.as_ref() != Some(&self.wanted)
    }

    /// The keys that are put out of use, or are already and stay for some time.
    fn retires(&self) -> Vec<&String> {
        if self.begins() {
            return vec![&self.id];
        }
        let active = |(_, state): &(&String, &Replaced)| **state == Replaced::Active;
        let replaced = self.replaced.iter().filter(active);
        replaced.map(|(id, _)| id).collect()
    }

    /// What is worth knowing afterwards.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        if self.now {
            return Vec::new();
        }
        let line = |id: &String| {
            format!(
                "{id} is {}. If something still needs it, `{} {id}` gives it back; if not, the next \
                 rotate or apply deletes it when its time has come",
                self.retired, self.gives_back
            )
        };
        self.retires().into_iter().map(line).collect()
    }

    /// What was asked for and is not done by this rotation: a key moves to another sink, or has to come
    /// into one that does not hold it, and one that was replaced is still there, and has to go before.
    #[must_use]
    pub fn undone(&self) -> Option<Failure> {
        if self.begins() || !(self.moves() || self.is_missing) {
            return None;
        }
        let gone = |state: &Replaced| match state {
            Replaced::Due | Replaced::Gone => true,
            Replaced::Active => self.now,
            Replaced::Waiting => false,
        };
        let left: Vec<&str> = self
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
        let message = format!(
            "the key of {} is not handed over to {} yet: the one that was replaced goes first",
            self.name, self.wanted
        );
        Some(Failure::new(message).with_hint(hint))
    }

    /// Why it must not begin: the key in use went to a file that is not here, and whoever reads that
    /// one would be left with a key that does not work. `held` is what the file here holds.
    fn elsewhere(&self, held: &Held) -> Option<Failure> {
        let Place::File { path, .. } = &self.wanted.place else {
            return None;
        };
        let id = &self.id;
        let holds = match held {
            Held::Key(held) if held == id => return None,
            Held::Key(other) => format!("holds {other}"),
            _ => "holds no key".to_owned(),
        };
        if !self.begins() || self.moves() {
            return None;
        }
        let here = in_full(&self.wanted).unwrap_or_else(|| path.clone());
        let message = format!(
            "the key in use, {id}, was handed over to {path} in another folder or on another machine: \
             {here} {holds}"
        );
        Some(Failure::new(message).with_hint(format!(
            "run it where the file is that holds {id}; if that one is lost, `s3setup rotate --lost` \
             makes another key, and {id} {}",
            self.retired
        )))
    }

    /// What will be done, a line each; or why nothing will be.
    #[must_use]
    pub fn tells(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let Self {
            id,
            wanted,
            retired,
            ..
        } = self;
        for id in &self.unfinished {
            lines.push(format!(
                "delete {id}, which a run has left that was cut short"
            ));
        }
        if self.begins() {
            lines.push("make a second key, and wait until it works".to_owned());
            let full = in_full(wanted).map(|path| format!(" ({path})"));
            lines.push(format!(
                "hand it over: {wanted}{}",
                full.unwrap_or_default()
            ));
            if self.moves() {
                let before = self.sink.as_ref().map(Sink::to_string);
                let before = before.unwrap_or_else(|| "the place where it was".to_owned());
                lines.push(format!("leave {before} as it is, with the old key in it"));
            }
            let more = if self.now { ", and delete it" } else { "" };
            lines.push(format!("make {id} {retired}{more}"));
            return lines;
        }
        if !self.is_recorded {
            lines.push(format!("put on record that {id} was handed over: {wanted}"));
        }
        for (id, state) in &self.replaced {
            lines.push(match state {
                Replaced::Active if self.now => format!("make {id} {retired}, and delete it"),
                Replaced::Active => format!("make {id} {retired}"),
                Replaced::Due => format!("delete {id}, which was replaced"),
                Replaced::Gone => format!("take away the record of {id}, which is deleted"),
                Replaced::Waiting => format!(
                    "nothing yet with {id}, which was replaced and is {retired}: it is deleted once \
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::google::ServiceAccountKey;
    use crate::resource::{AccessKey, Google};

    const LATER: Rotating = Rotating {
        delete_after: UNTIL_DELETED,
        lost: false,
    };
    const NOW: Rotating = Rotating {
        delete_after: Duration::ZERO,
        lost: false,
    };

    fn sink() -> Sink {
        "stdout".parse().unwrap()
    }

    /// A key of each provider that was found with one replaced in this state, and how it is told.
    fn of_each(state: Option<Replaced>) -> [(Resource, Resource, &'static str); 2] {
        let replaced: BTreeMap<String, Replaced> = state
            .map(|state| ("OLD".to_owned(), state))
            .into_iter()
            .collect();
        let id = Some("NEW".to_owned());
        let aws = AccessKey::wanted("u", "/", sink());
        let found = AccessKey {
            id: id.clone(),
            replaced: replaced.clone(),
            ..aws.clone()
        };
        let google = ServiceAccountKey::wanted("events", "acme", sink());
        let of_google = ServiceAccountKey {
            id,
            replaced,
            ..google.clone()
        };
        let google = |key| Resource::Google(Google::ServiceAccountKey(key));
        let wanted = ServiceAccountKey::wanted("events", "acme", sink());
        [
            (
                Resource::AccessKey(aws),
                Resource::AccessKey(found),
                "inactive",
            ),
            (google(wanted), google(of_google), "disabled"),
        ]
    }

    fn told(state: Option<Replaced>, how: &Rotating) -> Vec<(Vec<String>, bool)> {
        let each = of_each(state).into_iter();
        let each = each.map(|(want, have, retired)| {
            let rotation = Rotation::new(&want, Some(have), &Held::Unknown, how).unwrap();
            let lines = rotation.tells().into_iter();
            let lines = lines.map(|line| line.replace(retired, "RETIRED"));
            (lines.collect(), rotation.has_work())
        });
        each.collect()
    }

    #[test]
    fn keys_of_both_providers_are_rotated_in_the_same_steps() {
        let table = [
            (None, &LATER, "make NEW RETIRED", true),
            (None, &NOW, "make NEW RETIRED, and delete it", true),
            (Some(Replaced::Active), &LATER, "make OLD RETIRED", true),
            (
                Some(Replaced::Active),
                &NOW,
                "make OLD RETIRED, and delete it",
                true,
            ),
            (
                Some(Replaced::Due),
                &LATER,
                "delete OLD, which was replaced",
                true,
            ),
            (
                Some(Replaced::Gone),
                &LATER,
                "take away the record of OLD, which is deleted",
                true,
            ),
            (
                Some(Replaced::Waiting),
                &LATER,
                "nothing yet with OLD",
                false,
            ),
        ];
        for (state, how, last, has_work) in table {
            for (lines, works) in told(state, how) {
                let line = lines.last().unwrap();
                assert!(line.starts_with(last), "{state:?}: {lines:?}");
                assert_eq!(works, has_work, "{state:?}");
                assert_eq!(
                    lines.len(),
                    if state.is_none() { 3 } else { 1 },
                    "{lines:?}"
                );
            }
        }
    }

    #[test]
    fn a_key_whose_place_is_on_record_as_a_digest_moves() {
        let [_, (want, _, _)] = of_each(None);
        let elsewhere = |replaced: &[(&str, Replaced)]| {
            let replaced = replaced.iter();
            let key = ServiceAccountKey {
                id: Some("NEW".into()),
                sink: None,
                elsewhere: true,
                replaced: replaced.map(|(id, state)| ((*id).into(), *state)).collect(),
                ..ServiceAccountKey::wanted("events", "acme", sink())
            };
            Some(Resource::Google(Google::ServiceAccountKey(key)))
        };
        let moves = Rotation::new(&want, elsewhere(&[]), &Held::Unknown, &LATER).unwrap();
        let lines = moves.tells();
        assert!(
            lines[2].starts_with("leave the place where it was"),
            "{lines:?}"
        );
        assert_eq!(moves.undone(), None);
        let waits = elsewhere(&[("OLD", Replaced::Waiting)]);
        let waits = Rotation::new(&want, waits, &Held::Unknown, &LATER).unwrap();
        assert!(!waits.has_work());
        assert!(waits.undone().unwrap().hint.unwrap().contains("--now"));
    }

    #[test]
    fn a_sink_that_does_not_hold_the_key_in_use_needs_another_once_there_is_room() {
        let file: Sink = "file key.json service_account".parse().unwrap();
        for (want, have, _) in of_each(Some(Replaced::Due)) {
            let undone = |want: &Resource, have: &Resource, held: &Held| {
                let rotation = Rotation::new(want, Some(have.clone()), held, &NOW);
                rotation.unwrap().undone()
            };
            let other = Held::Key("GONE".into());
            let again = undone(&want, &have, &other).unwrap();
            assert_eq!(again.hint.as_deref(), Some("run the same again"));
            assert_eq!(undone(&want, &have, &Held::Key("NEW".into())), None);
            assert_eq!(undone(&want, &have, &Held::Unknown), None);
            // The file may be on another machine.
            let (want, have) = (in_file(want, &file), in_file(have, &file));
            assert_eq!(undone(&want, &have, &other), None);
        }
    }

    #[test]
    fn without_a_key_there_is_nothing_to_rotate() {
        for (want, have, _) in of_each(None) {
            let none = Rotation::new(&want, None, &Held::Unknown, &LATER);
            let said = none.map(|_| ()).unwrap_err().message;
            assert!(said.ends_with("has no key to rotate"), "{said}");
            let mut lost = LATER;
            let file: Sink = "file key.json service_account".parse().unwrap();
            let (want, have) = (in_file(want, &file), in_file(have, &file));
            let there = |how: &Rotating| {
                Rotation::new(&want, Some(have.clone()), &Held::Nothing, how).map(|_| ())
            };
            assert!(there(&lost).unwrap_err().hint.unwrap().contains("--lost"));
            lost.lost = true;
            assert_eq!(there(&lost), Ok(()));
        }
    }

    fn in_file(mut key: Resource, file: &Sink) -> Resource {
        match &mut key {
            Resource::AccessKey(key) => key.sink = Some(file.clone()),
            Resource::Google(Google::ServiceAccountKey(key)) => key.sink = Some(file.clone()),
            _ => {}
        }
        key
    }
}
