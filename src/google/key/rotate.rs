//! A rotation: a second key, tried, handed over; then the old one disabled, and deleted once nobody has
//! missed it. Where it stands is in the description of the account and in the sink, so that any run goes
//! on from there. The sink holds a key that works at every moment.

use super::super::Google;
use super::super::credentials::Source;
use super::super::error::{Cause, Error, Lack, Result};
use super::records::{handed_over, replaced_now, sort_out};
use super::sink;
use super::turn::{Turn, two_at_once};
use crate::cloud::{Rotating, Rotation};
use crate::resource::google::ServiceAccountKey;
use crate::resource::google::marks::KeyRecord;
use crate::resource::{Google as Kind, Resource};
use crate::sink::Credential;
use tokio::time::{Instant, sleep};

impl Google {
    /// How far the rotation of an account's key has come. Keys that nothing is known of are not in its
    /// way, as long as there is room.
    pub(in crate::google) async fn find_rotation(
        &self,
        want: &ServiceAccountKey,
        how: &Rotating,
    ) -> Result<Rotation> {
        let key = |key| Resource::Google(Kind::ServiceAccountKey(key));
        let read = tokio::try_join!(self.key_record(want), self.list_keys(want));
        let (record, listed) = match read {
            Err(error) if error.absent() => (KeyRecord::default(), Vec::new()),
            read => read?,
        };
        let held = self.held(want, &record).await?;
        let have = sort_out(want, &listed, &record, &held, how.delete_after);
        Ok(Rotation::new(
            &key(want.clone()),
            have.map(key),
            &held,
            how,
        )?)
    }

    /// Does what it tells.
    pub(in crate::google) async fn carry_on(
        &self,
        want: &ServiceAccountKey,
        have: &ServiceAccountKey,
        rotation: &Rotation,
    ) -> Result<()> {
        match (rotation.begins(), &have.id) {
            (true, Some(id)) => self.begin(want, have, id, rotation.now).await,
            _ => self.finish(want, have, rotation.now).await,
        }
    }

    /// Puts another key in the place of `old`.
    async fn begin(
        &self,
        want: &ServiceAccountKey,
        have: &ServiceAccountKey,
        old: &str,
        now: bool,
    ) -> Result<()> {
        let keys = self.proven_keys(want).await?;
        let mut there = keys.ids();
        let begun = keys.record.intent.is_some() && !have.interrupted;
        let is_in_use = keys.record.is_in_use(old) && there.contains(old);
        if begun || !is_in_use || !there.is_subset(&have.ids()) {
            return Err(two_at_once(want));
        }
        for id in &have.unfinished {
            self.delete_key(want, id).await?;
        }
        there.retain(|id| !have.unfinished.contains(id));
        let kept = KeyRecord {
            intent: None,
            ..keys.record.clone()
        };
        let (turn, credential) = self.new_key(want, there, &keys, kept).await?;
        if let Err(error) = self.wait_until_it_works(want, &turn, &credential).await {
            return Err(
                match self.is_taken_away(want, &turn, &credential.id).await {
                    Ok(true) => two_at_once(want),
                    _ => self.take_back(want, &turn, &credential.id, error).await,
                },
            );
        }
        self.hand_over(want, &credential, &keys, &turn).await?;
        // In one call: at no moment are there two keys that were handed over, or none.
        let mut record = handed_over(&credential.id, sink(want)?, Some(replaced_now(old)));
        self.record(want, &record).await?;
        self.disable_key(want, old).await?;
        if now {
            self.delete_key(want, old).await?;
            record.replaced = None;
            self.record(want, &record).await?;
        }
        Ok(())
    }

    /// Google may not know a new key for a minute and more
    /// (<https://cloud.google.com/iam/docs/keys-create-delete#creating>). It is tried by asking for its
    /// own account: who may not see that is told so only if the key is known.
    async fn wait_until_it_works(
        &self,
        want: &ServiceAccountKey,
        turn: &Turn,
        credential: &Credential,
    ) -> Result<()> {
        let Some(key) = credential.fields.last() else {
            return Ok(());
        };
        let patience = &self.client.patience;
        let (start, mut attempts) = (Instant::now(), 0);
        loop {
            let client = self.client.asking_as(Source::Json(key.value.clone()));
            let asked = client.account(&want.project, &want.email()).await;
            let error = match asked {
                Ok(_) => return Ok(()),
                Err(error) if error.denied() => return Ok(()),
                Err(error) => error,
            };
            let left = patience.bound.saturating_sub(start.elapsed());
            let gone = is_unknown(&error) && self.is_taken_away(want, turn, &credential.id).await?;
            if !is_unknown(&error) || gone || left.is_zero() {
                return Err(error);
            }
            (self.client.waiting)(&format!(
                "waiting until Google knows the new key {}, {} s of {} s",
                credential.id,
                start.elapsed().as_secs(),
                patience.bound.as_secs()
            ));
            sleep(patience.pause(attempts).min(left)).await;
            attempts += 1;
        }
    }
}

/// Whether that is what is said of a key that is not known, or not yet.
fn is_unknown(error: &Error) -> bool {
    let by_tokens = match error {
        Error::Call(call) => matches!(call.cause, Cause::Credentials(Lack::Expired, _)),
        _ => false,
    };
    by_tokens || error.refusal().is_some_and(|it| it.unauthenticated())
}
