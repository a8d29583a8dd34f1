//! Keys of service accounts: what there is of them, and the steps of a plan.
//!
//! The private half is told once. So its sink is proven first, an intent is written before and a record
//! after: whatever ends a run in between, the next one knows what each key is. Keys have no labels; all
//! of this stands at the end of the account's description.

mod make;
mod records;
mod rotate;
mod secret;
mod store;
mod turn;

use super::Google;
use super::error::{Error, Result};
use super::gaps::Gaps;
use super::service_account;
use crate::cloud::{Observation, UNTIL_DELETED};
use crate::permissions::Method;
use crate::resource::google::marks::{KeyRecord, with_marks};
use crate::resource::google::{ServiceAccount, ServiceAccountKey};
use crate::resource::{Google as Kind, Replaced, Sink};
use crate::sink::Held;
use records::{Listed, handed_elsewhere, handed_over, replaced_now};
use serde_json::Value;
use std::collections::BTreeSet;
use store::Since;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use turn::two_at_once;

/// The keys of a service account as they are.
struct Keys {
    listed: Vec<Listed>,
    record: KeyRecord,
    /// One that is in the sink and is this account's, as the sink says: if it is not listed, it opens
    /// nothing any more.
    in_sink: Option<String>,
    /// Those that this run has deleted. A run that was taken for dead may have handed one over since.
    deleted: BTreeSet<String>,
}

impl Keys {
    fn ids(&self) -> BTreeSet<String> {
        self.listed.iter().map(|key| key.id.clone()).collect()
    }

    /// Whether the id is one of the account's, now or by the record.
    fn knows(&self, id: &str) -> bool {
        let by_record = self.record.is_in_use(id) || self.record.is_replaced(id);
        by_record
            || self.in_sink.as_deref() == Some(id)
            || self.deleted.contains(id)
            || self.listed.iter().any(|key| key.id == id)
    }
}

/// The sink that a wanted key has.
fn sink(want: &ServiceAccountKey) -> Result<&Sink> {
    let sink = want.sink.as_ref();
    sink.ok_or_else(|| Error::ours("a key without a sink is not made", "please report this"))
}

/// The account as calls name it.
fn member(key: &ServiceAccountKey) -> String {
    ServiceAccount::member(&key.name, &key.project)
}

fn account(key: &ServiceAccountKey) -> ServiceAccount {
    ServiceAccount::named(&key.name, &key.project)
}

/// Whether a key works, in a word.
fn status(key: &super::api::Key) -> &'static str {
    let ends = key.valid_before_time.as_deref();
    let ends = ends.and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
    match ends {
        Some(ends) if ends <= OffsetDateTime::now_utc() => "Expired",
        _ if key.disabled => "Disabled",
        _ => "Active",
    }
}

impl Google {
    pub(super) async fn observe_key(&self, want: &ServiceAccountKey) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let (record, listed) = tokio::join!(self.key_record(want), self.list_keys(want));
        let Some(record) = gaps.whole(record)? else {
            return Ok(gaps.alone());
        };
        let Some(listed) = gaps.whole(listed)? else {
            return Ok(gaps.alone());
        };
        let held = gaps.field("sink", self.held(want, &record).await)?;
        let held = held.unwrap_or(Held::Unknown);
        let found = records::sort_out(want, &listed, &record, &held, UNTIL_DELETED);
        Ok(match found {
            Some(found) => gaps.around(Kind::ServiceAccountKey(found)),
            None => gaps.alone(),
        })
    }

    /// Which key the wanted sink holds, if there is one and it tells.
    async fn held(&self, want: &ServiceAccountKey, record: &KeyRecord) -> Result<Held> {
        match &want.sink {
            Some(sink) => {
                let store = self.store(sink, &want.email())?;
                store.held(Since::of(record, sink)).await
            }
            None => Ok(Held::Unknown),
        }
    }

    /// What the description of the account says of its key.
    async fn key_record(&self, key: &ServiceAccountKey) -> Result<KeyRecord> {
        let account = self.client.account(&key.project, &key.email()).await?;
        Ok(service_account::read(&key.project, &key.name, &account).1)
    }

    async fn list_keys(&self, key: &ServiceAccountKey) -> Result<Vec<Listed>> {
        let keys = self.client.keys(&key.project, &key.email()).await?;
        let listed = keys.iter().map(|key| Listed {
            id: key.id().to_owned(),
            status: status(key),
        });
        Ok(listed.collect())
    }

    async fn keys(&self, key: &ServiceAccountKey) -> Result<Keys> {
        let (record, listed) = tokio::join!(
            self.settled(|| self.key_record(key)),
            self.settled(|| self.list_keys(key))
        );
        Ok(Keys {
            listed: listed?,
            record: record?,
            in_sink: None,
            deleted: BTreeSet::new(),
        })
    }

    /// The same, once it is proven that the sink can take a key. Everything that can be in the way is
    /// found before there is one.
    async fn proven_keys(&self, want: &ServiceAccountKey) -> Result<Keys> {
        let store = self.store(sink(want)?, &want.email())?;
        let mut keys = self.keys(want).await?;
        keys.in_sink = store.of_account(&want.email()).await?;
        store.prove(|id| keys.knows(id)).await?;
        Ok(keys)
    }

    pub(super) async fn create_key(&self, want: &ServiceAccountKey) -> Result<()> {
        let none = ServiceAccountKey::none(&want.name, &want.project);
        self.update_key(&none, want).await
    }

    /// From what there is to one key in the sink and nothing beside it but what waits.
    pub(super) async fn update_key(
        &self,
        have: &ServiceAccountKey,
        want: &ServiceAccountKey,
    ) -> Result<()> {
        let Some(id) = &have.id else {
            return self.begin_anew(have, want).await;
        };
        if have.sink.is_none() {
            self.must_be_held(want, id).await?;
        }
        for other in &have.others {
            self.delete_key(want, other).await?;
        }
        self.finish(want, have, false).await?;
        match have.status == want.status {
            true => Ok(()),
            false => self.enable_key(want, have, id).await,
        }
    }

    /// From no key in use to one.
    async fn begin_anew(&self, have: &ServiceAccountKey, want: &ServiceAccountKey) -> Result<()> {
        let mut keys = self.proven_keys(want).await?;
        let gone: BTreeSet<String> = have.unfinished.union(&have.others).cloned().collect();
        for id in &gone {
            self.delete_key(want, id).await?;
        }
        for (id, state) in &have.replaced {
            match state {
                Replaced::Due => self.delete_key(want, id).await?,
                Replaced::Active => self.disable_key(want, id).await?,
                Replaced::Waiting | Replaced::Gone => {}
            }
        }
        let now = self.keys(want).await?;
        if now.record.intent.is_some() && !have.interrupted {
            return Err(two_at_once(want));
        }
        let is_due = |id: &str| have.replaced.get(id) == Some(&Replaced::Due);
        keys.listed = now.listed;
        keys.listed
            .retain(|key| !gone.contains(&key.id) && !is_due(&key.id));
        keys.record = now.record;
        keys.deleted = gone;
        let is_known = |id: &&String| have.replaced.contains_key(*id);
        if let Some(stranger) = keys.ids().iter().find(|id| !is_known(id)) {
            return Err(Error::ours(
                format!(
                    "the service account {} has a new key {stranger} since the plan was made",
                    want.name
                ),
                "plan again, and look whose it is",
            ));
        }
        self.make_key(want, &keys).await
    }

    /// Whether the key in use, of which no record says where it is, is in the wanted sink.
    async fn must_be_held(&self, want: &ServiceAccountKey, id: &str) -> Result<()> {
        let record = self.settled(|| self.key_record(want)).await?;
        let is_held = match self.held(want, &record).await? {
            Held::Key(held) => held == id,
            held => held == Held::Written && record.is_new(id),
        };
        match is_held {
            true => Ok(()),
            false => Err(Error::ours(
                handed_elsewhere(want, id),
                "or name the sink that it is in",
            )),
        }
    }

    /// From a key that was handed over to one that is on record, without what a run has left that was
    /// cut short. One that was replaced is disabled, and deleted once its time has come; `now`: at once.
    async fn finish(
        &self,
        want: &ServiceAccountKey,
        have: &ServiceAccountKey,
        now: bool,
    ) -> Result<()> {
        let Some(id) = &have.id else { return Ok(()) };
        // While the intent is there: it tells what they are.
        for left in &have.unfinished {
            self.delete_key(want, left).await?;
        }
        let before = self.settled(|| self.key_record(want)).await?;
        let mut record = match have.elsewhere {
            true => KeyRecord {
                intent: None,
                ..before
            },
            false => {
                let replaced = have.replaced.keys().next();
                let replaced = replaced.map(|old| match before.replaced {
                    Some(known) if known.id == *old => known,
                    _ => replaced_now(old),
                });
                handed_over(id, sink(want)?, replaced)
            }
        };
        let is_recorded = have.sink.is_some() || have.elsewhere;
        if !is_recorded {
            let store = self.store(sink(want)?, &want.email())?;
            store.complete(id).await?;
        }
        if !is_recorded || have.interrupted {
            self.record(want, &record).await?;
        }
        let mut is_gone = false;
        for (old, state) in &have.replaced {
            if *state == Replaced::Active {
                self.disable_key(want, old).await?;
            }
            let deletes = *state == Replaced::Due || (*state == Replaced::Active && now);
            if deletes {
                self.delete_key(want, old).await?;
            }
            is_gone |= deletes || *state == Replaced::Gone;
        }
        if is_gone {
            record.replaced = None;
            self.record(want, &record).await?;
        }
        Ok(())
    }

    async fn enable_key(
        &self,
        want: &ServiceAccountKey,
        have: &ServiceAccountKey,
        id: &str,
    ) -> Result<()> {
        if have.status.as_deref() == Some("Expired") {
            return Err(Error::ours(
                format!("the key {id} of {} has expired, and stays so", want.name),
                "`s3setup rotate` makes another one",
            ));
        }
        let email = want.email();
        self.write(Method::KeysEnable, &member(want), || {
            self.client.enable_key(&want.project, &email, id, true)
        })
        .await
    }

    /// A key that was replaced does not work any more; it still can be made to. One that is gone already
    /// is fine.
    async fn disable_key(&self, key: &ServiceAccountKey, id: &str) -> Result<()> {
        let email = key.email();
        self.erase(Method::KeysDisable, &member(key), || {
            self.client.enable_key(&key.project, &email, id, false)
        })
        .await
    }

    pub(super) async fn delete_keys(&self, have: &ServiceAccountKey) -> Result<()> {
        for id in have.ids() {
            self.delete_key(have, &id).await?;
        }
        match self.record(have, &KeyRecord::default()).await {
            Err(error) if error.absent() => Ok(()),
            outcome => outcome,
        }
    }

    async fn delete_key(&self, key: &ServiceAccountKey, id: &str) -> Result<()> {
        let email = key.email();
        self.erase(Method::KeysDelete, &member(key), || {
            self.client.delete_key(&key.project, &email, id)
        })
        .await
    }

    /// Writes what the description of the account says of its key, and nothing else of it.
    async fn record(&self, key: &ServiceAccountKey, record: &KeyRecord) -> Result<()> {
        self.record_over(key, None, record).await.map(drop)
    }

    /// The same, and whether it was: not if the record is another one by now than the one that was
    /// `seen`.
    async fn record_over(
        &self,
        key: &ServiceAccountKey,
        seen: Option<&KeyRecord>,
        record: &KeyRecord,
    ) -> Result<bool> {
        let account = account(key);
        let email = key.email();
        let now = self
            .settled(|| self.client.account(&key.project, &email))
            .await?;
        let (found, before) = service_account::read(&key.project, &key.name, &now);
        if seen.is_some_and(|seen| *seen != before) {
            return Ok(false);
        }
        if before == *record {
            return Ok(true);
        }
        let text = found.description.as_deref().unwrap_or_default();
        let text = with_marks(text, &found.tags, record);
        let fields = [("description".to_owned(), Value::from(text))];
        let written = fields.into_iter().collect();
        self.patch_account(&account, &written).await.map(|()| true)
    }
}
