//! A rotation: a second key, proven, handed over; then the old one made inactive, and deleted once
//! nobody has missed it. Where it stands is in the tags of the user and in the sink, so that any run
//! goes on from there. The sink holds a key that works at every moment.

use super::super::Aws;
use super::super::error::{Call, Error, Result};
use super::super::settle::read;
use super::make::{sink, too_many};
use super::records::{self, INTENT};
use super::{Keys, MOST_KEYS};
use crate::resource::{AccessKey, Replaced, Sink, Tags};
use crate::sink::Credential;
use aws_sdk_iam::types::StatusType;
use aws_sdk_sts::config::{Credentials, Region};
use aws_smithy_types::DateTime;
use secrecy::ExposeSecret;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep};

/// A rotation of one user's key, as far as it has come.
pub struct Rotation {
    want: AccessKey,
    have: AccessKey,
    /// The old key is deleted in the same run, too.
    now: bool,
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
    fn begins(&self) -> bool {
        self.have.replaced.is_empty() && self.have.sink.is_some()
    }

    fn finishes(&self) -> bool {
        let waits = |state: &Replaced| *state == Replaced::Waiting;
        self.have.interrupted || self.have.sink.is_none() || !self.have.replaced.values().all(waits)
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
            lines.push(format!("hand it over: {sink}"));
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
                Replaced::Waiting => format!(
                    "nothing yet with {id}, which was replaced and is inactive: it is deleted once \
                     nobody has missed it for long enough, or with --now"
                ),
            });
        }
        lines
    }
}

impl Aws {
    /// How far the rotation of a user's key has come. A key that was replaced is deleted once its
    /// replacement and its last use are `delete_after` ago.
    ///
    /// # Errors
    /// The user has no key, or one that nothing is known of; or it cannot be read.
    pub async fn rotation(
        &self,
        want: &AccessKey,
        delete_after: Duration,
    ) -> anyhow::Result<Rotation> {
        self.find_rotation(want, delete_after)
            .await
            .map_err(|error| self.explain(error))
    }

    /// Does what [`Rotation::tells`].
    ///
    /// # Errors
    /// What failed. Until the new key is in the sink the old one stays as it is there; run again to
    /// go on.
    pub async fn rotate(&self, rotation: &Rotation) -> anyhow::Result<()> {
        self.carry_on(rotation)
            .await
            .map_err(|error| self.explain(error))
    }

    async fn find_rotation(&self, want: &AccessKey, delete_after: Duration) -> Result<Rotation> {
        let (tags, listed) = tokio::try_join!(self.user_tags(want), self.list_keys(want))?;
        let keys = Keys {
            records: records::Records::read(&tags),
            listed,
        };
        let held = self.held(want, &keys.records).await?;
        let found = self.sort_out(want, &keys, &held, delete_after).await?;
        let Some(have) = found.filter(|have| have.id.is_some()) else {
            return Err(Error::ours(
                format!("the user {} has no key to rotate", want.name),
                "`s3setup apply MANIFEST` makes one, and goes on from a run that was cut short",
            ));
        };
        if let Some(other) = have.others.iter().next() {
            return Err(Error::ours(
                format!(
                    "nothing is known of the key {other} of the user {}",
                    want.name
                ),
                format!(
                    "`s3setup apply MANIFEST --adopt access_key.{}` deletes it, if nobody uses it",
                    want.name
                ),
            ));
        }
        Ok(Rotation {
            want: want.clone(),
            have,
            now: delete_after.is_zero(),
        })
    }

    async fn carry_on(&self, rotation: &Rotation) -> Result<()> {
        let Rotation { want, have, now } = rotation;
        if rotation.begins() {
            return self.begin(want, have, *now).await;
        }
        if let (Some(id), None) = (&have.id, &have.sink) {
            self.replace_records(want, id, have.replaced.keys()).await?;
        }
        for (id, state) in &have.replaced {
            match state {
                Replaced::Active => {
                    self.set_status(want, id, StatusType::Inactive).await?;
                    if *now {
                        self.delete_key(want, id).await?;
                    }
                }
                Replaced::Due => self.delete_key(want, id).await?,
                Replaced::Waiting => {}
            }
        }
        for id in &have.unfinished {
            self.delete_key(want, id).await?;
        }
        if have.interrupted {
            self.untag(want, &[INTENT.to_owned()]).await?;
        }
        Ok(())
    }

    async fn begin(&self, want: &AccessKey, have: &AccessKey, now: bool) -> Result<()> {
        let keys = self.keys(want).await?;
        self.prove(want, &keys).await?;
        for id in &have.unfinished {
            self.delete_key(want, id).await?;
        }
        let mut there = keys.ids();
        there.retain(|id| !have.unfinished.contains(id));
        if there.len() >= MOST_KEYS {
            return Err(too_many(want, &there));
        }
        let since = self.intend(want, &there).await?;
        let credential = self.new_key(want, &there).await?;
        if let Err(error) = self.wait_until_it_works(&credential).await {
            return Err(self.take_back(want, &credential.id, error).await);
        }
        self.hand_over(want, &credential, since.as_deref()).await?;
        self.replace_records(want, &credential.id, have.id.iter())
            .await?;
        if let Some(id) = &have.id {
            self.set_status(want, id, StatusType::Inactive).await?;
            if now {
                self.delete_key(want, id).await?;
            }
        }
        self.untag(want, &[INTENT.to_owned()]).await
    }

    /// In one call: at no moment are there two keys that were handed over, or none.
    async fn replace_records(
        &self,
        want: &AccessKey,
        new: &str,
        old: impl Iterator<Item = &String>,
    ) -> Result<()> {
        let replaced = records::replaced(DateTime::from(SystemTime::now()));
        let mut tags: Tags = old.map(|id| (id.clone(), replaced.clone())).collect();
        tags.insert(new.to_owned(), records::handed_over(sink(want)?));
        self.tag(want, tags).await
    }

    /// AWS may not know a new key for some seconds
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html>).
    async fn wait_until_it_works(&self, credential: &Credential) -> Result<()> {
        let secret = credential
            .fields
            .get(1)
            .map(|field| field.value.expose_secret())
            .unwrap_or_default();
        let credentials = Credentials::new(&credential.id, secret, None, None, "s3setup");
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .region(Region::new(self.scope.region.clone()))
            .credentials_provider(credentials)
            .interceptor(self.calls.clone());
        let sts = aws_sdk_sts::Client::from_conf(config.build());
        let (start, mut attempts) = (Instant::now(), 0);
        loop {
            let asked = read(
                Call::new("sts:GetCallerIdentity", "*"),
                sts.get_caller_identity().send(),
            );
            let error = match asked.await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let unknown = matches!(
                error.code(),
                "InvalidClientTokenId" | "InvalidAccessKeyId" | "SignatureDoesNotMatch"
            );
            let left = self.patience.bound.saturating_sub(start.elapsed());
            if !unknown || left.is_zero() {
                return Err(error);
            }
            (self.waiting)(&format!(
                "waiting until AWS knows the new key {}, {} s of {} s",
                credential.id,
                start.elapsed().as_secs(),
                self.patience.bound.as_secs()
            ));
            sleep(self.patience.pause(attempts).min(left)).await;
            attempts += 1;
        }
    }
}
