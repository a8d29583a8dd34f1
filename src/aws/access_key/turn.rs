//! The turn of a run at making a key: its name is in the intent ([`crate::cloud::Stands`]).

use super::super::Aws;
use super::super::error::{Error, Result};
use super::Keys;
use super::make::sink;
use super::records::{self, INTENT, Records};
use crate::cloud::{LOOKS, Stands, look_again};
use crate::resource::{AccessKey, Tags};
use crate::sink::Held;
use aws_smithy_types::DateTime;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::SystemTime;

/// One run's turn.
pub(super) struct Turn {
    /// A name that no other run has.
    run: String,
    /// The keys that there were before.
    pub(super) there: BTreeSet<String>,
    /// When the sink was written last before it, if it tells no more.
    pub(super) since: Option<String>,
}

impl Turn {
    /// Whether it is this run that is making a key, by the records.
    pub(super) fn is_ours(&self, records: &Records) -> bool {
        records.run.as_ref() == Some(&self.run)
    }
}

fn stands(turn: &Turn, keys: &Keys, made: &str) -> Stands {
    let begun = keys.records.intent.is_some();
    let ours = turn.is_ours(&keys.records);
    Stands::of(ours, begun, &keys.ids(), &turn.there, made)
}

impl Aws {
    /// Says that a key is being made where these are there, unless another run does.
    pub(super) async fn take_turn(
        &self,
        want: &AccessKey,
        there: &BTreeSet<String>,
    ) -> Result<Turn> {
        let turn = Turn {
            run: format!("{:016x}", RandomState::new().build_hasher().finish()),
            there: there.clone(),
            since: self.store(sink(want)?)?.written().await?,
        };
        self.intend(want, &turn).await?;
        let keys = self.keys(want).await?;
        let ours = turn.is_ours(&keys.records);
        // No name at all: IAM does not show the tags of a user yet that was made a moment ago.
        if keys.records.run.is_some() && !ours {
            return Err(two_at_once(want));
        }
        if !keys.ids().is_subset(there) {
            if ours {
                self.untag(want, &[INTENT.to_owned()]).await?;
            }
            return Err(two_at_once(want));
        }
        Ok(turn)
    }

    async fn intend(&self, want: &AccessKey, turn: &Turn) -> Result<()> {
        let intent = records::intent(&turn.there, &turn.run, turn.since.as_deref());
        self.tag(want, Tags::from([(INTENT.to_owned(), intent)]))
            .await
    }

    /// Looks whether it is still this run's turn, now that it has made a key. If not, the key goes: it
    /// was not handed over.
    pub(super) async fn keep_turn(&self, want: &AccessKey, turn: &Turn, made: &str) -> Result<()> {
        for look in 0..LOOKS {
            let keys = match self.keys(want).await {
                Ok(keys) => keys,
                Err(error) => return Err(self.take_back(want, made, error).await),
            };
            match stands(turn, &keys, made) {
                Stands::Ours => return Ok(()),
                Stands::Free if keys.ids().contains(made) => return self.intend(want, turn).await,
                Stands::Lost => break,
                // Without the key: IAM is behind, or a run that took this one for dead deleted it.
                Stands::Free | Stands::Theirs => {
                    tokio::time::sleep(self.patience.pause(look)).await;
                }
            }
        }
        self.delete_key(want, made).await?;
        Err(two_at_once(want))
    }

    /// Whether another run, which took this one for dead, has deleted the key that it made: it is not
    /// listed, and the intent is not this run's any more. One look is no proof: IAM may be behind.
    pub(super) async fn is_taken_away(
        &self,
        want: &AccessKey,
        turn: &Turn,
        made: &str,
    ) -> Result<bool> {
        let is_gone =
            |keys: &Keys| stands(turn, keys, made) != Stands::Ours && !keys.ids().contains(made);
        let keys = look_again(&self.patience, is_gone, || self.keys(want)).await?;
        Ok(is_gone(&keys))
    }

    /// Looks whether a key that was handed over is there still: a sink that is not a file has no
    /// condition on what it held.
    pub(super) async fn is_still_there(
        &self,
        want: &AccessKey,
        turn: &Turn,
        made: &str,
    ) -> Result<()> {
        if !self.is_taken_away(want, turn, made).await? {
            return Ok(());
        }
        let held = self.store(sink(want)?)?.held(None).await?;
        if held != Held::Key(made.to_owned()) {
            return Err(two_at_once(want));
        }
        // So that the next key may take its place in the sink.
        let record = records::replaced(DateTime::from(SystemTime::now()));
        self.tag(want, Tags::from([(made.to_owned(), record)]))
            .await?;
        Err(Error::ours(
            format!(
                "another run deleted the key {made} of the user {} while it was handed over, and its \
                 sink holds it",
                want.name
            ),
            "run one command at a time; `s3setup rotate` puts a key that works into the sink",
        ))
    }
}

/// Another run makes a key of the same user.
pub(super) fn two_at_once(want: &AccessKey) -> Error {
    Error::ours(
        format!(
            "another run makes an access key of the user {} at this moment, so this one makes none",
            want.name
        ),
        "wait until it has ended, and run the same again",
    )
}

#[cfg(test)]
mod tests {
    use super::super::records::Listed;
    use super::*;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn of_two_runs_at_most_one_goes_on() {
        let turn = Turn {
            run: "a".into(),
            there: set(&["OLD"]),
            since: None,
        };
        let table = [
            (Some("a"), &["OLD", "MINE"][..], Stands::Ours, "nobody else"),
            (Some("a"), &["OLD"], Stands::Ours, "IAM lists it late"),
            (Some("a"), &["MINE", "THEIRS"], Stands::Ours, "they see it"),
            (
                Some("b"),
                &["OLD", "MINE"],
                Stands::Theirs,
                "it may give way",
            ),
            (Some("b"), &["MINE", "THEIRS"], Stands::Lost, "it made one"),
            (None, &["MINE"], Stands::Free, "it gave way"),
            (None, &["MINE", "THEIRS"], Stands::Lost, "it has ended"),
            (None, &["THEIRS"], Stands::Lost, "it deleted this one's"),
            (None, &["OLD"], Stands::Free, "IAM shows nothing yet"),
            (Some("b"), &["OLD"], Stands::Theirs, "it deleted this one's"),
        ];
        for (run, listed, expected, reason) in table {
            let intent =
                run.map(|run| (INTENT.to_owned(), records::intent(&turn.there, run, None)));
            let listed = listed.iter().map(|id| Listed {
                id: (*id).to_owned(),
                status: "Active".into(),
            });
            let keys = Keys {
                listed: listed.collect(),
                records: Records::read(&intent.into_iter().collect()),
                deleted: BTreeSet::new(),
            };
            assert_eq!(stands(&turn, &keys, "MINE"), expected, "{reason}");
        }
    }
}
