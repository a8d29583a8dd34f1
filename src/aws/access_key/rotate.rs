//! A rotation: a second key, proven, handed over; then the old one made inactive, and deleted once
//! nobody has missed it. Where it stands is in the tags of the user and in the sink, so that any run
//! goes on from there. The sink holds a key that works at every moment.

use super::super::Aws;
use super::super::error::{Call, Error, Result};
use super::super::genuine::Genuine;
use super::super::settle::read;
use super::make::{sink, too_many};
use super::records::{self, INTENT};
use super::turn::{Turn, two_at_once};
use super::{Keys, MOST_KEYS};
use crate::cloud::{Rotating, Rotation};
use crate::permissions::Operation;
use crate::resource::{AccessKey, Replaced, Resource, Tags};
use crate::sink::Credential;
use aws_sdk_iam::types::StatusType;
use aws_sdk_sts::config::{Credentials, Region};
use aws_smithy_types::DateTime;
use secrecy::ExposeSecret;
use std::collections::BTreeSet;
use std::time::SystemTime;
use tokio::time::{Instant, sleep};

impl Aws {
    /// How far the rotation of a user's key has come.
    pub(in crate::aws) async fn find_rotation(
        &self,
        want: &AccessKey,
        how: &Rotating,
    ) -> Result<Rotation> {
        let (tags, listed) = tokio::try_join!(self.user_tags(want), self.list_keys(want))?;
        let keys = Keys {
            records: records::Records::read(&tags),
            listed,
            deleted: BTreeSet::new(),
        };
        let held = self.held(want, &keys.records).await?;
        let have = self.sort_out(want, &keys, &held, how.delete_after).await?;
        // There is no room for a third key beside it.
        if let Some(have) = have.as_ref().filter(|have| have.id.is_some())
            && let Some(other) = have.others.iter().next()
        {
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
        let want = Resource::AccessKey(want.clone());
        let have = have.map(Resource::AccessKey);
        Ok(Rotation::new(&want, have, &held, how)?)
    }

    /// Does what it tells.
    pub(in crate::aws) async fn carry_on(
        &self,
        want: &AccessKey,
        have: &AccessKey,
        rotation: &Rotation,
    ) -> Result<()> {
        if rotation.begins() {
            return self.begin(want, have, rotation.now).await;
        }
        if let (Some(id), None) = (&have.id, &have.sink) {
            self.replace_records(want, id, have.replaced.keys()).await?;
        }
        for (id, state) in &have.replaced {
            match state {
                Replaced::Active => {
                    self.set_status(want, id, StatusType::Inactive).await?;
                    if rotation.now {
                        self.delete_key(want, id).await?;
                    }
                }
                Replaced::Due => self.delete_key(want, id).await?,
                Replaced::Waiting => {}
                Replaced::Gone => self.untag(want, std::slice::from_ref(id)).await?,
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
        let ids = keys.ids();
        let gone = have.id.as_ref().is_some_and(|id| !ids.contains(id));
        let begun = keys.records.intent.is_some() && !have.interrupted;
        if gone || begun || !ids.is_subset(&have.ids()) {
            return Err(two_at_once(want));
        }
        self.prove(want, &keys).await?;
        for id in &have.unfinished {
            self.delete_key(want, id).await?;
        }
        let mut there = keys.ids();
        there.retain(|id| !have.unfinished.contains(id));
        if there.len() >= MOST_KEYS {
            return Err(too_many(want, &there));
        }
        let turn = self.take_turn(want, &there).await?;
        let credential = self.new_key(want, &turn).await?;
        if let Err(error) = self.wait_until_it_works(want, &turn, &credential).await {
            return Err(
                match self.is_taken_away(want, &turn, &credential.id).await {
                    Ok(true) => two_at_once(want),
                    _ => self.take_back(want, &credential.id, error).await,
                },
            );
        }
        self.hand_over(want, &credential, &keys, &turn).await?;
        self.replace_records(want, &credential.id, have.id.iter())
            .await?;
        if let Some(id) = &have.id {
            self.set_status(want, id, StatusType::Inactive).await?;
            if now {
                self.delete_key(want, id).await?;
            }
        }
        // With the intent, the records of keys that are gone: the sink holds none of them any more.
        let is_gone = |id: &&String| !there.contains(*id);
        let gone = keys.records.keys.keys().filter(is_gone).cloned();
        let ended: Vec<String> = gone.chain([INTENT.to_owned()]).collect();
        self.untag(want, &ended).await
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
    async fn wait_until_it_works(
        &self,
        want: &AccessKey,
        turn: &Turn,
        credential: &Credential,
    ) -> Result<()> {
        let secret = credential
            .fields
            .get(1)
            .map(|field| field.value.expose_secret())
            .unwrap_or_default();
        let credentials = Credentials::new(&credential.id, secret, None, None, "s3setup");
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .region(Region::new(self.scope.region.clone()))
            .credentials_provider(credentials)
            .interceptor(self.calls.clone())
            .interceptor(Genuine)
            .retry_classifier(Genuine);
        let sts = aws_sdk_sts::Client::from_conf(config.build());
        let (start, mut attempts) = (Instant::now(), 0);
        loop {
            let asked = read(
                Call::new(Operation::StsGetCallerIdentity, "*"),
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
            let gone = unknown && self.is_taken_away(want, turn, &credential.id).await?;
            if !unknown || gone || left.is_zero() {
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
