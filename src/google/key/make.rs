//! The making of a key: proof, intent, key, hand-over, record. Google tells the private half once.

use super::super::Google;
use super::super::error::{Error, Result};
use super::records::{handed_over, intent};
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
    /// Makes a key, hands it over and records that. `keys` are what there is now.
    pub(super) async fn make_key(&self, want: &ServiceAccountKey, keys: &Keys) -> Result<()> {
        let there = keys.ids();
        if there.len() >= KeyRecord::MOST {
            return Err(too_many(want, &there));
        }
        self.take_turn(want, &there).await?;
        let credential = self.new_key(want, &there).await?;
        self.hand_over(want, &credential, keys).await?;
        self.record(want, &handed_over(&credential.id, sink(want)?))
            .await
    }

    /// Says that a key is being made where these are there, unless another run does.
    async fn take_turn(&self, want: &ServiceAccountKey, there: &BTreeSet<String>) -> Result<()> {
        self.record(want, &intent(there)).await?;
        let keys = self.keys(want).await?;
        if keys.ids().is_subset(there) {
            return Ok(());
        }
        Err(two_at_once(want))
    }

    /// One new key. The call is sent once; where its answer is lost, the key that it told of is found in
    /// the list and deleted, for its private half is lost with it.
    async fn new_key(
        &self,
        want: &ServiceAccountKey,
        there: &BTreeSet<String>,
    ) -> Result<Credential> {
        let (email, member) = (want.email(), super::member(want));
        for attempt in 1.. {
            let made = self
                .write(Method::KeysCreate, &member, || {
                    self.client.create_key(&want.project, &email)
                })
                .await;
            let error = match made {
                Ok(made) => {
                    let credential = Credential::whole(sink(want)?, &made.id, made.file);
                    return self.keep_turn(want, there, credential).await;
                }
                Err(error) => error,
            };
            if !error.uncertain() {
                return Err(self.give_up(want, error).await);
            }
            self.delete_strays(want, there).await?;
            if attempt == ATTEMPTS {
                return Err(self.give_up(want, error).await);
            }
            let next = attempt + 1;
            let name = Method::KeysCreate.name();
            (self.client.waiting)(&format!("{name} failed, try {next} of {ATTEMPTS}"));
        }
        unreachable!("the last attempt returns")
    }

    /// No key was made: the mark that one is being made goes.
    async fn give_up(&self, want: &ServiceAccountKey, error: Error) -> Error {
        // If it stays, the next run takes it away.
        let _ = self.record(want, &KeyRecord::default()).await;
        error
    }

    /// Deletes the keys that were not there before: they were made by a call without an answer.
    async fn delete_strays(
        &self,
        want: &ServiceAccountKey,
        there: &BTreeSet<String>,
    ) -> Result<()> {
        for last in [false, true] {
            let now = self.keys(want).await?.ids();
            let strays: Vec<&String> = now.difference(there).collect();
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

    /// Looks whether another run has made a key, too. Then this one goes: it was not handed over.
    async fn keep_turn(
        &self,
        want: &ServiceAccountKey,
        there: &BTreeSet<String>,
        credential: Credential,
    ) -> Result<Credential> {
        let now = match self.keys(want).await {
            Ok(keys) => keys.ids(),
            Err(error) => return Err(self.take_back(want, &credential.id, error).await),
        };
        let others = now
            .iter()
            .any(|id| !there.contains(id) && *id != credential.id);
        if !others {
            return Ok(credential);
        }
        self.delete_key(want, &credential.id).await?;
        Err(two_at_once(want))
    }

    /// Hands a new key over. If that fails the key is deleted, unless the sink may hold it: then it
    /// stays, and the next run looks.
    async fn hand_over(
        &self,
        want: &ServiceAccountKey,
        new: &Credential,
        keys: &Keys,
    ) -> Result<()> {
        let store = self.store(sink(want)?, &want.email())?;
        let known = |id: &str| id == new.id || keys.knows(id);
        let Err(error) = store.put(new, known).await else {
            return Ok(());
        };
        match store.held().await {
            Ok(Held::Key(id)) if id == new.id => return Ok(()),
            Ok(Held::Nothing | Held::Key(_)) => {}
            _ if !error.uncertain() => {}
            _ => {
                return Err(Error::ours(
                    format!(
                        "it is not known whether the new key {} was handed over, so that it stays: {}",
                        new.id, error
                    ),
                    "run the same again: it looks, and goes on",
                ));
            }
        }
        Err(self.take_back(want, &new.id, error).await)
    }

    /// A key that nobody has the private half of is deleted at once; `because` is told with what came
    /// of that.
    async fn take_back(&self, want: &ServiceAccountKey, id: &str, because: Error) -> Error {
        let outcome = match self.delete_key(want, id).await {
            Ok(()) => {
                let _ = self.record(want, &KeyRecord::default()).await;
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
        "delete one that nobody uses (`gcloud iam service-accounts keys list`)",
    )
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
