//! The turn of a run at making a key: its name is in the intent ([`crate::cloud::Stands`]). An account has
//! an etag that Google says not to use
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts>), so that no write of
//! its description has a condition.

use super::super::Google;
use super::super::error::{Error, Result};
use super::{Keys, sink};
use crate::cloud::{LOOKS, Stands, look_again};
use crate::resource::google::ServiceAccountKey;
use crate::resource::google::marks::KeyRecord;
use crate::sink::{Credential, Held};
use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// One run's turn.
pub(super) struct Turn {
    /// A name that no other run has that may be under way.
    run: String,
    /// The keys that there were before.
    pub(super) there: BTreeSet<String>,
    /// What stands for when the sink was written last before it, if it tells no more.
    since: Option<String>,
    /// The record without the intent.
    pub(super) kept: KeyRecord,
}

impl Turn {
    /// Whether it is this run that is making a key, by the record.
    pub(super) fn is_ours(&self, record: &KeyRecord) -> bool {
        maker(record) == Some(&self.run)
    }

    /// The record with it.
    pub(super) fn intent(&self) -> KeyRecord {
        let since = self.since.as_deref();
        self.kept.with_intent(&self.there, Some(&self.run), since)
    }

    /// The record once this run has given way: it may have written over what the other one had
    /// recorded, so that it still says which keys were there before that one's.
    fn gives_way(&self) -> KeyRecord {
        let since = self.since.as_deref();
        self.kept.with_intent(&self.there, None, since)
    }
}

/// The run that is making a key, by the record.
pub(super) fn maker(record: &KeyRecord) -> Option<&String> {
    record.intent.as_ref()?.run.as_ref()
}

fn stands(turn: &Turn, keys: &Keys, made: &str) -> Stands {
    let begun = maker(&keys.record).is_some();
    let ours = turn.is_ours(&keys.record);
    Stands::of(ours, begun, &keys.ids(), &turn.there, made)
}

impl Google {
    /// Says that a key is being made where these are there, unless another run does. `seen` is the
    /// record as it is, and `kept` what it says beside the intent.
    pub(super) async fn take_turn(
        &self,
        want: &ServiceAccountKey,
        there: BTreeSet<String>,
        seen: &KeyRecord,
        kept: KeyRecord,
    ) -> Result<Turn> {
        let sink = sink(want)?;
        let written = self.store(sink, &want.email())?.written().await?;
        let run = RandomState::new().build_hasher().finish();
        let turn = Turn {
            run: format!("{run:016x}")[..KeyRecord::RUN].to_owned(),
            there,
            since: written.map(|written| KeyRecord::since(sink, &written)),
            kept,
        };
        if !self.record_over(want, Some(seen), &turn.intent()).await? {
            return Err(two_at_once(want));
        }
        let keys = self.keys(want).await?;
        let ours = turn.is_ours(&keys.record);
        // No name at all: Google does not show yet what was written a moment ago.
        if maker(&keys.record).is_some() && !ours {
            return Err(two_at_once(want));
        }
        if !keys.ids().is_subset(&turn.there) {
            if ours {
                self.record(want, &turn.gives_way()).await?;
            }
            return Err(two_at_once(want));
        }
        Ok(turn)
    }

    /// No key was made: the mark that one is being made goes, if it is this run's.
    pub(super) async fn end_turn(&self, want: &ServiceAccountKey, turn: &Turn) -> Result<()> {
        let now = self.settled(|| self.key_record(want)).await?;
        match turn.is_ours(&now) {
            true => self.record(want, &turn.kept).await,
            false => Ok(()),
        }
    }

    /// Looks whether it is still this run's turn, now that it has made a key. If not, the key goes: it
    /// was not handed over.
    pub(super) async fn keep_turn(
        &self,
        want: &ServiceAccountKey,
        turn: &Turn,
        credential: Credential,
    ) -> Result<Credential> {
        let made = &credential.id;
        for look in 0..LOOKS {
            let keys = match self.keys(want).await {
                Ok(keys) => keys,
                Err(error) => return Err(self.take_back(want, turn, made, error).await),
            };
            match stands(turn, &keys, made) {
                Stands::Ours => return Ok(credential),
                Stands::Free if keys.ids().contains(made) => {
                    return match self.record(want, &turn.intent()).await {
                        Ok(()) => Ok(credential),
                        Err(error) => Err(self.take_back(want, turn, made, error).await),
                    };
                }
                Stands::Lost => break,
                // Without the key: Google is behind, or a run that took this one for dead deleted it.
                Stands::Free | Stands::Theirs => {
                    tokio::time::sleep(self.client.patience.pause(look)).await;
                }
            }
        }
        self.delete_key(want, made).await?;
        Err(two_at_once(want))
    }

    /// Whether another run, which took this one for dead, has deleted the key that it made: it is not
    /// listed, and the intent is not this run's any more. One look is no proof: Google may be behind.
    pub(super) async fn is_taken_away(
        &self,
        want: &ServiceAccountKey,
        turn: &Turn,
        made: &str,
    ) -> Result<bool> {
        let is_gone =
            |keys: &Keys| stands(turn, keys, made) != Stands::Ours && !keys.ids().contains(made);
        let look = || self.keys(want);
        let keys = look_again(&self.client.patience, is_gone, look).await?;
        Ok(is_gone(&keys))
    }

    /// Looks whether a key that was handed over is there still.
    pub(super) async fn is_still_there(
        &self,
        want: &ServiceAccountKey,
        turn: &Turn,
        made: &str,
    ) -> Result<()> {
        if !self.is_taken_away(want, turn, made).await? {
            return Ok(());
        }
        let holds = match self.held(want, &turn.intent()).await? {
            Held::Key(id) => id == made,
            held => held == Held::Written,
        };
        match holds {
            false => Err(two_at_once(want)),
            true => Err(Error::ours(
                format!(
                    "another run deleted the key {made} of the service account {} while it was handed \
                     over, and its sink may hold it",
                    want.name
                ),
                "run one command at a time; `s3setup rotate --now` puts a key that works into the sink",
            )),
        }
    }
}

/// Another run makes a key of the same account.
pub(super) fn two_at_once(want: &ServiceAccountKey) -> Error {
    Error::ours(
        format!(
            "another run makes a key of the service account {} at this moment, so this one makes none",
            want.name
        ),
        "wait until it has ended, and run the same again",
    )
}

#[cfg(test)]
mod tests {
    use super::super::records::Listed;
    use super::*;

    #[test]
    fn of_two_runs_one_goes_on() {
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let turn = Turn {
            run: "aaaa".into(),
            there: set(&["OLD"]),
            since: None,
            kept: KeyRecord::default(),
        };
        let (ours, theirs) = (Some("aaaa"), Some("bbbb"));
        let table = [
            (ours, &["OLD", "MINE"][..], Stands::Ours, "nobody else"),
            (ours, &["OLD"], Stands::Ours, "Google lists it late"),
            (ours, &["MINE", "THEIRS"], Stands::Ours, "they see it"),
            (theirs, &["OLD", "MINE"], Stands::Theirs, "it may give way"),
            (theirs, &["MINE", "THEIRS"], Stands::Lost, "it made one"),
            (None, &["MINE"], Stands::Free, "it gave way"),
            (None, &["MINE", "THEIRS"], Stands::Lost, "it has ended"),
            (None, &["OLD"], Stands::Free, "nothing is shown yet"),
        ];
        for (run, listed, expected, reason) in table {
            let record = KeyRecord::default();
            let record = match run {
                Some(run) => record.with_intent(&turn.there, Some(run), None),
                None => record,
            };
            let listed = listed.iter().map(|id| Listed {
                id: (*id).to_owned(),
                status: "Active",
            });
            let keys = Keys {
                listed: listed.collect(),
                record,
                in_sink: None,
                deleted: BTreeSet::new(),
            };
            assert_eq!(stands(&turn, &keys, "MINE"), expected, "{reason}");
        }
        let gave_way = Keys {
            listed: vec![Listed {
                id: "MINE".into(),
                status: "Active",
            }],
            record: turn.gives_way(),
            in_sink: None,
            deleted: BTreeSet::new(),
        };
        assert_eq!(stands(&turn, &gave_way, "MINE"), Stands::Free);
    }
}
