//! Access keys: what there is of them, and the steps of a plan.
//!
//! The secret is told once, by CreateAccessKey. So its sink is proven first, an intent is written
//! before and a record after: whatever ends a run in between, the next one knows what each key is.

mod make;
mod parameter_store;
mod records;
mod rotate;
mod secrets_manager;
mod store;
mod turn;

pub(super) use parameter_store::parameter_arn;
pub(super) use secrets_manager::secret_arn;

use super::Aws;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::settle::read;
use super::tags::from_iam;
use crate::cloud::{Observation, UNTIL_DELETED};
use crate::permissions::Operation;
use crate::resource::{AccessKey, Replaced, Resource, Tags};
use crate::sink::Held;
use aws_sdk_iam::types::StatusType;
use aws_smithy_types::DateTime;
use records::{INTENT, Listed, Record, Records};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};
use turn::two_at_once;

/// What AWS allows a user (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const MOST_KEYS: usize = 2;

/// A user's keys as they are.
struct Keys {
    listed: Vec<Listed>,
    records: Records,
    /// Those that this run has deleted. A run that was taken for dead may have handed one over since.
    deleted: BTreeSet<String>,
}

impl Keys {
    fn ids(&self) -> BTreeSet<String> {
        self.listed.iter().map(|key| key.id.clone()).collect()
    }

    /// Whether the id is one of the user's, now or by a record.
    fn knows(&self, id: &str) -> bool {
        self.records.knows(id)
            || self.deleted.contains(id)
            || self.listed.iter().any(|key| key.id == id)
    }
}

impl Aws {
    fn key_call(&self, operation: Operation, key: &AccessKey) -> Call {
        Call::new(operation, &key.user_arn(&self.scope))
    }

    pub(super) async fn observe_access_key(&self, want: &AccessKey) -> Result<Observation> {
        let (tags, listed) = tokio::join!(self.user_tags(want), self.list_keys(want));
        let mut gaps = Gaps::default();
        let Some(tags) = gaps.whole(tags)? else {
            return Ok(gaps.alone());
        };
        let Some(listed) = gaps.whole(listed)? else {
            return Ok(gaps.alone());
        };
        let keys = Keys {
            records: Records::read(&tags),
            listed,
            deleted: BTreeSet::new(),
        };
        let held = gaps.field("sink", self.held(want, &keys.records).await)?;
        let held = held.unwrap_or(Held::Unknown);
        Ok(
            match self.sort_out(want, &keys, &held, UNTIL_DELETED).await? {
                Some(found) => gaps.around(Resource::AccessKey(found)),
                None => gaps.alone(),
            },
        )
    }

    async fn held(&self, want: &AccessKey, records: &Records) -> Result<Held> {
        match &want.sink {
            Some(sink) => self.store(sink)?.held(records.since.as_deref()).await,
            None => Ok(Held::Unknown),
        }
    }

    /// What each key is; one that was replaced is due if nobody has missed it for so long.
    async fn sort_out(
        &self,
        want: &AccessKey,
        keys: &Keys,
        held: &Held,
        until_deleted: Duration,
    ) -> Result<Option<AccessKey>> {
        let mut found = records::sort_out(want, &keys.listed, &keys.records, held);
        for (id, state) in found.iter_mut().flat_map(|found| &mut found.replaced) {
            if *state == Replaced::Waiting
                && let Some(Record::Replaced(at)) = keys.records.keys.get(id)
                && self.is_due(want, id, *at, until_deleted).await?
            {
                *state = Replaced::Due;
            }
        }
        Ok(found)
    }

    /// Whether the key was last used, and replaced, this long ago.
    async fn is_due(
        &self,
        key: &AccessKey,
        id: &str,
        replaced: DateTime,
        after: Duration,
    ) -> Result<bool> {
        let request = self.iam.get_access_key_last_used().access_key_id(id);
        let answer = read(
            self.key_call(Operation::IamGetAccessKeyLastUsed, key),
            request.send(),
        )
        .await?;
        let used = answer
            .access_key_last_used()
            .and_then(|used| used.last_used_date().copied());
        let last = used.map_or(replaced, |used| used.max(replaced));
        let now = DateTime::from(SystemTime::now());
        Ok(now.secs().saturating_sub(last.secs())
            >= i64::try_from(after.as_secs()).unwrap_or(i64::MAX))
    }

    async fn user_tags(&self, key: &AccessKey) -> Result<Tags> {
        let send = || self.iam.get_user().user_name(&key.name).send();
        let answer = self
            .read_settled(self.key_call(Operation::IamGetUser, key), send)
            .await?;
        let user = answer.user();
        Ok(from_iam(user.map(|user| user.tags()).unwrap_or_default()))
    }

    async fn list_keys(&self, key: &AccessKey) -> Result<Vec<Listed>> {
        let send = || {
            // Without a name these would be the caller's own keys.
            let request = self.iam.list_access_keys().user_name(&key.name);
            let pages = request.into_paginator().items().send();
            pages.collect::<std::result::Result<Vec<_>, _>>()
        };
        let keys = self
            .read_settled(self.key_call(Operation::IamListAccessKeys, key), send)
            .await?;
        Ok(keys
            .into_iter()
            .filter_map(|key| {
                let status = key.status().map(|status| status.as_str().to_owned());
                Some(Listed {
                    id: key.access_key_id?,
                    status: status.unwrap_or_default(),
                })
            })
            .collect())
    }

    /// A user that was just made may not be known everywhere yet, and has no keys.
    async fn keys(&self, key: &AccessKey) -> Result<Keys> {
        let (tags, listed) = tokio::join!(self.user_tags(key), self.list_keys(key));
        Ok(Keys {
            records: Records::read(&unless_absent(tags)?),
            listed: unless_absent(listed)?,
            deleted: BTreeSet::new(),
        })
    }

    pub(super) async fn create_access_key(&self, want: &AccessKey) -> Result<()> {
        self.update_access_key(&AccessKey::none(&want.name, &want.path), want)
            .await
    }

    /// From what there is to one key in the sink and nothing beside it.
    pub(super) async fn update_access_key(&self, have: &AccessKey, want: &AccessKey) -> Result<()> {
        if have.id.is_none() {
            let keys = self.keys(want).await?;
            self.prove(want, &keys).await?;
        }
        // First, so that every key has a record at each moment.
        if let (Some(id), None) = (&have.id, &have.sink) {
            self.record(want, id, &[]).await?;
        }
        for id in have.unfinished.union(&have.others) {
            self.delete_key(want, id).await?;
        }
        for (id, state) in &have.replaced {
            match state {
                Replaced::Due => self.delete_key(want, id).await?,
                Replaced::Active => self.retire(want, id).await?,
                Replaced::Waiting => {}
                Replaced::Gone => self.untag(want, std::slice::from_ref(id)).await?,
            }
        }
        if have.id.is_none() {
            let mut keys = self.keys(want).await?;
            keys.deleted = have.unfinished.union(&have.others).cloned().collect();
            if keys.records.intent.is_some() && !have.interrupted {
                return Err(two_at_once(want));
            }
            if let Some(stranger) = keys
                .ids()
                .iter()
                .find(|id| !have.replaced.contains_key(*id))
            {
                return Err(Error::ours(
                    format!(
                        "the user {} has a new key {stranger} since the plan was made",
                        want.name
                    ),
                    "plan again, and look whose it is",
                ));
            }
            return self.make_key(want, &keys).await;
        }
        if let Some(id) = &have.id
            && have.status != want.status
        {
            self.set_status(want, id, StatusType::Active).await?;
        }
        if have.interrupted {
            self.untag(want, &[INTENT.to_owned()]).await?;
        }
        Ok(())
    }

    pub(super) async fn delete_access_key(&self, have: &AccessKey) -> Result<()> {
        for id in have.ids() {
            self.delete_key(have, &id).await?;
        }
        self.untag(have, &[INTENT.to_owned()]).await
    }

    /// Deletes a key, and then its record: without the record it would be nobody's.
    async fn delete_key(&self, user: &AccessKey, id: &str) -> Result<()> {
        self.erase(self.key_call(Operation::IamDeleteAccessKey, user), || {
            self.iam
                .delete_access_key()
                .user_name(&user.name)
                .access_key_id(id)
                .send()
        })
        .await?;
        self.untag(user, &[id.to_owned()]).await
    }

    /// A key that was replaced does not work any more; it still can be made to.
    async fn retire(&self, user: &AccessKey, id: &str) -> Result<()> {
        let record = records::replaced(DateTime::from(SystemTime::now()));
        self.tag(user, [(id.to_owned(), record)].into()).await?;
        self.set_status(user, id, StatusType::Inactive).await
    }

    async fn set_status(&self, user: &AccessKey, id: &str, status: StatusType) -> Result<()> {
        self.write(self.key_call(Operation::IamUpdateAccessKey, user), || {
            self.iam
                .update_access_key()
                .user_name(&user.name)
                .access_key_id(id)
                .status(status.clone())
                .send()
        })
        .await
        .map(drop)
    }

    async fn tag(&self, user: &AccessKey, tags: Tags) -> Result<()> {
        let tags = super::tags::to_iam(&tags)?;
        self.write(self.key_call(Operation::IamTagUser, user), || {
            self.iam
                .tag_user()
                .user_name(&user.name)
                .set_tags(Some(tags.clone()))
                .send()
        })
        .await
        .map(drop)
    }

    async fn untag(&self, user: &AccessKey, keys: &[String]) -> Result<()> {
        self.erase(self.key_call(Operation::IamUntagUser, user), || {
            self.iam
                .untag_user()
                .user_name(&user.name)
                .set_tag_keys(Some(keys.to_vec()))
                .send()
        })
        .await
    }
}

fn unless_absent<T: Default>(read: Result<T>) -> Result<T> {
    match read {
        Err(error) if error.absent() => Ok(T::default()),
        read => read,
    }
}
