//! The making of a key: proof, intent, key, hand-over, record.

use super::super::Aws;
use super::super::error::{CallError, Cause, Error, Result};
use super::records::{self, INTENT};
use super::turn::{Turn, two_at_once};
use super::{Keys, MOST_KEYS};
use crate::permissions::Operation;
use crate::resource::{AccessKey, Sink, Tags};
use crate::secrets;
use crate::sink::{Credential, Held};
use aws_sdk_iam::config::retry::RetryConfig;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a key is asked for when the answer is lost.
const ATTEMPTS: usize = 3;
/// How long IAM may take to list what it has made, as a rule.
const UNTIL_LISTED: Duration = Duration::from_secs(2);

/// The sink that a wanted key has.
pub(super) fn sink(want: &AccessKey) -> Result<&Sink> {
    want.sink
        .as_ref()
        .ok_or_else(|| Error::ours("a key without a sink is not made", "please report this"))
}

impl Aws {
    /// Everything that can be in the way of a new key is found before there is one.
    pub(super) async fn prove(&self, want: &AccessKey, keys: &Keys) -> Result<()> {
        self.store(sink(want)?)?.prove(|id| keys.knows(id)).await
    }

    /// Makes a key, hands it over and records that. `keys` are what there is now.
    pub(super) async fn make_key(&self, want: &AccessKey, keys: &Keys) -> Result<()> {
        let there = keys.ids();
        if there.len() >= MOST_KEYS {
            return Err(too_many(want, &there));
        }
        let turn = self.take_turn(want, &there).await?;
        let credential = self.new_key(want, &turn).await?;
        self.hand_over(want, &credential, keys, &turn).await?;
        let gone: Vec<String> = keys
            .records
            .keys
            .keys()
            .filter(|id| !there.contains(*id))
            .cloned()
            .collect();
        self.record(want, &credential.id, &gone).await?;
        self.untag(want, &[INTENT.to_owned()]).await
    }

    /// Hands a new key over. If that fails the key is deleted, unless the sink may hold it: then
    /// both it and the one before stay, and the next run looks.
    pub(super) async fn hand_over(
        &self,
        want: &AccessKey,
        new: &Credential,
        keys: &Keys,
        turn: &Turn,
    ) -> Result<()> {
        let store = self.store(sink(want)?)?;
        let known = |id: &str| id == new.id || keys.knows(id);
        let Err(error) = store.put(new, known).await else {
            return self.is_still_there(want, turn, &new.id).await;
        };
        let uncertain = match store.held(turn.since.as_deref()).await {
            Ok(Held::Key(id)) if id == new.id => return Ok(()),
            Ok(Held::Written) => return Ok(()),
            Ok(Held::Nothing | Held::Key(_) | Held::Unknown) => false,
            Ok(Held::Torn) => true,
            Err(_) => may_be_done(&error) || turn.since.is_some(),
        };
        if !uncertain {
            return Err(self.take_back(want, &new.id, error).await);
        }
        Err(Error::ours(
            format!(
                "it is not known whether all of the new key {} was handed over, so that it stays: {}",
                new.id,
                text(&error)
            ),
            "run the same again: it looks, and goes on",
        ))
    }

    /// The record of a key that is in its sink; those of keys that are `gone` make room.
    pub(super) async fn record(&self, want: &AccessKey, id: &str, gone: &[String]) -> Result<()> {
        let record = records::handed_over(sink(want)?);
        self.tag(want, Tags::from([(id.to_owned(), record)]))
            .await?;
        match gone {
            [] => Ok(()),
            gone => self.untag(want, gone).await,
        }
    }

    /// A key that nobody has the secret of is deleted at once; `because` is told with what came of
    /// that.
    pub(super) async fn take_back(&self, want: &AccessKey, id: &str, because: Error) -> Error {
        let deleted = self.delete_key(want, id).await;
        let cleared = match &deleted {
            Ok(()) => self.untag(want, &[INTENT.to_owned()]).await,
            Err(_) => Ok(()),
        };
        let outcome = match (deleted, cleared) {
            (Ok(()), _) => format!("the new key {id} could not be handed over and was deleted"),
            (Err(error), _) => format!(
                "the new key {id} could not be handed over, and not be deleted either ({}); the \
                 next apply does that",
                text(&error)
            ),
        };
        let hint = match &because {
            Error::Ours(failure) => failure.hint.clone(),
            _ => None,
        };
        Error::ours(
            format!("{outcome}: {}", text(&because)),
            hint.unwrap_or_else(|| "put right what is in the way, then apply again".into()),
        )
    }

    /// One new key, if it is still this run's turn once it is made.
    pub(super) async fn new_key(&self, want: &AccessKey, turn: &Turn) -> Result<Credential> {
        let credential = self.another_key(want, turn).await?;
        self.keep_turn(want, turn, &credential.id).await?;
        Ok(credential)
    }

    /// The SDK must not ask twice: each answer is another key. If an answer is lost, the key that it
    /// told of is found in the list and deleted, for its secret is lost with it.
    async fn another_key(&self, want: &AccessKey, turn: &Turn) -> Result<Credential> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let asked = self
                .write(self.key_call(Operation::IamCreateAccessKey, want), || {
                    let once =
                        aws_sdk_iam::config::Builder::new().retry_config(RetryConfig::disabled());
                    self.iam
                        .create_access_key()
                        .user_name(&want.name)
                        .customize()
                        .config_override(once)
                        .send()
                })
                .await;
            let error = match asked {
                Ok(mut answer) => match answer.access_key.take() {
                    Some(key) => {
                        let secret = SecretString::from(key.secret_access_key);
                        secrets::keep(secret.expose_secret());
                        return Ok(Credential::access_key(
                            sink(want)?,
                            &key.access_key_id,
                            secret,
                        ));
                    }
                    None => Error::ours(
                        "iam:CreateAccessKey answers without a key",
                        "check AWS_ENDPOINT_URL: this is not the answer of AWS",
                    ),
                },
                Err(error) => error,
            };
            let again = may_be_done(&error);
            if !again {
                return Err(error);
            }
            self.delete_strays(want, turn).await?;
            if attempts == ATTEMPTS {
                return Err(error);
            }
            (self.waiting)(&format!(
                "iam:CreateAccessKey failed, try {} of {ATTEMPTS}",
                attempts + 1
            ));
        }
    }

    /// Deletes the keys that were not there before: they were made by a call without an answer.
    async fn delete_strays(&self, want: &AccessKey, turn: &Turn) -> Result<()> {
        for last in [false, true] {
            let keys = self.keys(want).await?;
            if !turn.is_ours(&keys.records) {
                return Err(two_at_once(want));
            }
            let strays: Vec<_> = keys
                .listed
                .iter()
                .filter(|key| !turn.there.contains(&key.id))
                .collect();
            for stray in &strays {
                self.delete_key(want, &stray.id).await?;
            }
            if last || !strays.is_empty() {
                break;
            }
            tokio::time::sleep(UNTIL_LISTED).await;
        }
        Ok(())
    }
}

/// Whether AWS may have done what it gave no proper answer to.
fn may_be_done(error: &Error) -> bool {
    let Error::Call(error) = error else {
        return false;
    };
    match &error.cause {
        Cause::Unreachable(_) => true,
        Cause::Refused { status, code, .. } => {
            *status >= 500 || code.is_empty() || code.starts_with("Throttling")
        }
        Cause::Credentials(_) => false,
    }
}

pub(super) fn too_many(want: &AccessKey, there: &BTreeSet<String>) -> Error {
    let ids: Vec<&str> = there.iter().map(String::as_str).collect();
    Error::ours(
        format!(
            "the user {} has {} access keys ({}), and AWS allows {MOST_KEYS}: there is no room for \
             a new one",
            want.name,
            ids.len(),
            ids.join(", ")
        ),
        "delete one that nobody uses (`aws iam get-access-key-last-used` tells), or `s3setup rotate \
         --now` if one of them was replaced",
    )
}

/// An error in one line.
fn text(error: &Error) -> String {
    match error {
        Error::Call(error) => CallError::text(error),
        Error::Ours(failure) => failure.message.clone(),
        Error::Unintelligible(text) => text.clone(),
        Error::Appeared => "it was made by somebody else".into(),
    }
}
