//! The making of a key: proof, intent, key, hand-over, record. Google tells the private half once.

use super::super::Google;
use super::super::error::{Error, Result};
use super::records::handed_over;
use super::turn::{Turn, maker, two_at_once};
use super::{Keys, sink};
use crate::permissions::Method;
use crate::resource::google::ServiceAccountKey;
use crate::resource::google::marks::KeyRecord;
use crate::sink::{Credential, Held};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a key is asked for when the answer is lost, and what it told of was found and deleted.
const ATTEMPTS: usize = 3;
/// How long Google may take to list what it has made, as a rule.
const UNTIL_LISTED: Duration = Duration::from_secs(2);

impl Google {
    /// Makes a key, hands it over and records that. `keys` are what there is now, and the sink is proven.
    pub(super) async fn make_key(&self, want: &ServiceAccountKey, keys: &Keys) -> Result<()> {
        let there = keys.ids();
        // Whatever the record calls the one in use, it is gone.
        let replaced = keys.record.replaced.clone();
        let kept = KeyRecord {
            replaced: replaced.filter(|old| there.contains(&old.id)),
            ..KeyRecord::default()
        };
        let replaced = kept.replaced.clone();
        let (turn, credential) = self.new_key(want, there, keys, kept).await?;
        self.hand_over(want, &credential, keys, &turn).await?;
        self.record(want, &handed_over(&credential.id, sink(want)?, replaced))
            .await
    }

    /// One new key, if it is this run's turn, still when it is made. `kept` is what the record says
    /// beside that.
    pub(super) async fn new_key(
        &self,
        want: &ServiceAccountKey,
        there: BTreeSet<String>,
        keys: &Keys,
        kept: KeyRecord,
    ) -> Result<(Turn, Credential)> {
        if there.len() >= KeyRecord::MOST {
            return Err(too_many(want, &there));
        }
        let turn = self.take_turn(want, there, &keys.record, kept).await?;
        let credential = self.another_key(want, &turn).await?;
        let credential = self.keep_turn(want, &turn, credential).await?;
        Ok((turn, credential))
    }

    /// The call is sent once; where its answer is lost, the key that it told of is found in
    /// the list and deleted, for its private half is lost with it.
    async fn another_key(&self, want: &ServiceAccountKey, turn: &Turn) -> Result<Credential> {
        let (email, member) = (want.email(), super::member(want));
        for attempt in 1.. {
            let made = self
                .write(Method::KeysCreate, &member, || {
                    self.client.create_key(&want.project, &email)
                })
                .await;
            let error = match made {
                Ok(made) => {
                    return Ok(Credential::whole(sink(want)?, &made.id, made.file));
                }
                Err(error) => error,
            };
            if !error.uncertain() {
                return Err(self.give_up(want, turn, error).await);
            }
            self.delete_strays(want, turn).await?;
            if attempt == ATTEMPTS {
                return Err(self.give_up(want, turn, error).await);
            }
            let next = attempt + 1;
            let name = Method::KeysCreate.name();
            (self.client.waiting)(&format!("{name} failed, try {next} of {ATTEMPTS}"));
        }
        unreachable!("the last attempt returns")
    }

    async fn give_up(&self, want: &ServiceAccountKey, turn: &Turn, error: Error) -> Error {
        // If the mark stays, the next run takes it away.
        let _ = self.end_turn(want, turn).await;
        error
    }

    /// Deletes the keys that were not there before: they were made by a call without an answer.
    async fn delete_strays(&self, want: &ServiceAccountKey, turn: &Turn) -> Result<()> {
        for last in [false, true] {
            let keys = self.keys(want).await?;
            if maker(&keys.record).is_some() && !turn.is_ours(&keys.record) {
                return Err(two_at_once(want));
            }
            let now = keys.ids();
            let strays: Vec<&String> = now.difference(&turn.there).collect();
            for stray in &strays {
                self.delete_key(want, stray).await?;
            }
            if last || !strays.is_empty() {
                break;
            }
            tokio::time::sleep(UNTIL_LISTED).await;
        }
        Ok(())
    }

    /// Hands a new key over. If that fails the key is deleted, unless the sink may hold it: then it
    /// stays, and the next run looks.
    pub(super) async fn hand_over(
        &self,
        want: &ServiceAccountKey,
        new: &Credential,
        keys: &Keys,
        turn: &Turn,
    ) -> Result<()> {
        let store = self.store(sink(want)?, &want.email())?;
        let known = |id: &str| id == new.id || keys.knows(id);
        let Err(error) = store.put(new, known).await else {
            return self.is_still_there(want, turn, &new.id).await;
        };
        let uncertain = match self.held(want, &turn.intent()).await {
            Ok(Held::Key(id)) if id == new.id => return Ok(()),
            Ok(Held::Written) if store.is_written_at_once() => return Ok(()),
            Ok(Held::Written | Held::Torn) => true,
            Ok(Held::Nothing | Held::Key(_) | Held::Unknown) => false,
            Err(_) => error.uncertain() || !store.tells(),
        };
        if !uncertain {
            return Err(self.take_back(want, turn, &new.id, error).await);
        }
        Err(Error::ours(
            format!(
                "it is not known whether the new key {} was handed over, so that it stays: {}",
                new.id, error
            ),
            "run the same again: it looks, and goes on",
        ))
    }

    /// A key that nobody has the private half of is deleted at once; `because` is told with what came
    /// of that.
    pub(super) async fn take_back(
        &self,
        want: &ServiceAccountKey,
        turn: &Turn,
        id: &str,
        because: Error,
    ) -> Error {
        let outcome = match self.delete_key(want, id).await {
            Ok(()) => {
                let _ = self.end_turn(want, turn).await;
                format!("the new key {id} could not be handed over and was deleted")
            }
            Err(error) => format!(
                "the new key {id} could not be handed over, and not be deleted either ({}); the next \
                 apply does that",
                error
            ),
        };
        let hint = match &because {
            Error::Ours(failure) => failure.hint.clone(),
            _ => None,
        };
        Error::ours(
            format!("{outcome}: {}", because),
            hint.unwrap_or_else(|| "put right what is in the way, then apply again".into()),
        )
    }
}

fn too_many(want: &ServiceAccountKey, there: &BTreeSet<String>) -> Error {
    let ids: Vec<&str> = there.iter().map(String::as_str).collect();
    Error::ours(
        format!(
            "the service account {} has {} keys ({}), and Google allows {}: there is no room for a new \
             one",
            want.name,
            ids.len(),
            ids.join(", "),
            KeyRecord::MOST
        ),
        "delete one that nobody uses (`gcloud iam service-accounts keys list`), or `s3setup rotate --now` \
         if one of them was replaced",
    )
}
