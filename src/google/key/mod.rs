//! Keys of service accounts: what there is of them, and the steps of a plan.
//!
//! The private half is told once. So its sink is proven first, an intent is written before and a record
//! after: whatever ends a run in between, the next one knows what each key is. Keys have no labels; all
//! of this stands at the end of the account's description.

mod make;
mod records;
mod secret;
mod store;

use super::Google;
use super::error::{Error, Result};
use super::gaps::Gaps;
use super::service_account;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::google::marks::{KeyRecord, with_marks};
use crate::resource::google::{ServiceAccount, ServiceAccountKey};
use crate::resource::{Google as Kind, Sink};
use crate::sink::Held;
use make::two_at_once;
use records::{Listed, handed_elsewhere, handed_over};
use serde_json::Value;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The keys of a service account as they are.
struct Keys {
    listed: Vec<Listed>,
    record: KeyRecord,
    /// One that is in the sink and is this account's, as the sink says: if it is not listed, it opens
    /// nothing any more.
    in_sink: Option<String>,
}

impl Keys {
    fn ids(&self) -> BTreeSet<String> {
        self.listed.iter().map(|key| key.id.clone()).collect()
    }

    /// Whether the id is one of the account's, now or by the record.
    fn knows(&self, id: &str) -> bool {
        let told = [&self.record.id, &self.in_sink];
        told.into_iter().flatten().any(|known| known == id)
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
        let held = match &want.sink {
            Some(sink) => gaps.field("sink", self.store(sink, &want.email())?.held().await)?,
            None => None,
        };
        let held = held.unwrap_or(Held::Unknown);
        let found = records::sort_out(want, &listed, &record, &held);
        Ok(match found {
            Some(found) => gaps.around(Kind::ServiceAccountKey(found)),
            None => gaps.alone(),
        })
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
        })
    }

    pub(super) async fn create_key(&self, want: &ServiceAccountKey) -> Result<()> {
        let none = ServiceAccountKey::none(&want.name, &want.project);
        self.update_key(&none, want).await
    }

    /// From what there is to one key in the sink and nothing beside it.
    pub(super) async fn update_key(
        &self,
        have: &ServiceAccountKey,
        want: &ServiceAccountKey,
    ) -> Result<()> {
        let store = self.store(sink(want)?, &want.email())?;
        let mut keys = self.keys(want).await?;
        keys.in_sink = store.of_account(&want.email());
        match &have.id {
            None => store.prove(|id| keys.knows(id)).await?,
            // First, so that every key has a record at each moment.
            Some(id) if have.sink.is_none() || have.interrupted => {
                if have.sink.is_none() && store.held().await? != Held::Key(id.clone()) {
                    let message = handed_elsewhere(want, id);
                    return Err(Error::ours(message, "or name the sink that it is in"));
                }
                self.record(want, &handed_over(id, sink(want)?)).await?;
            }
            Some(_) => {}
        }
        for id in have.unfinished.union(&have.others) {
            self.delete_key(want, id).await?;
        }
        let Some(id) = &have.id else {
            let in_sink = keys.in_sink;
            let mut keys = self.keys(want).await?;
            keys.in_sink = in_sink;
            let gone: BTreeSet<&String> = have.unfinished.union(&have.others).collect();
            keys.listed.retain(|key| !gone.contains(&key.id));
            if keys.record.had.is_some() && !have.interrupted {
                return Err(two_at_once(want));
            }
            if let Some(stranger) = keys.ids().first() {
                return Err(Error::ours(
                    format!(
                        "the service account {} has a new key {stranger} since the plan was made",
                        want.name
                    ),
                    "plan again, and look whose it is",
                ));
            }
            return self.make_key(want, &keys).await;
        };
        match have.status == want.status {
            true => Ok(()),
            false => self.enable_key(want, have, id).await,
        }
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
                "delete it, and apply again: another one is made",
            ));
        }
        let email = want.email();
        self.write(Method::KeysEnable, &member(want), || {
            self.client.enable_key(&want.project, &email, id)
        })
        .await
    }

    pub(super) async fn delete_keys(&self, have: &ServiceAccountKey) -> Result<()> {
        let ids = have.id.iter().chain(&have.unfinished).chain(&have.others);
        for id in ids {
            self.delete_key(have, id).await?;
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
        let account = account(key);
        let email = key.email();
        let now = self
            .settled(|| self.client.account(&key.project, &email))
            .await?;
        let (found, before) = service_account::read(&key.project, &key.name, &now);
        if before == *record {
            return Ok(());
        }
        let text = found.description.as_deref().unwrap_or_default();
        let text = with_marks(text, &found.tags, record);
        let fields = [("description".to_owned(), Value::from(text))];
        self.patch_account(&account, &fields.into_iter().collect())
            .await
    }
}
