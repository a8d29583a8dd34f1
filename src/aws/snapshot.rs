//! What a plan reads of the account in one go, where that is cheaper than one by one: the identities with
//! GetAccountAuthorizationDetails and ListRoles, the buckets with ListBuckets.
//!
//! A listing is only believed where it shows what is wanted. What it shows otherwise, or not at all, is
//! read by itself: a listing may be behind, may end before its end, and lacks what some servers leave out.
//! And each thing is told once, so that whoever looks again reads it anew.

mod buckets;
mod identities;
mod worth;

use super::Aws;
use super::error::{Error, Result};
use super::gaps::Gaps;
use crate::cloud::Observation;
use crate::resource::Resource;
use identities::Identities;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;
use worth::Asked;

pub(super) use identities::Permissions;

/// What is going to be read, and what was read of it in one go.
#[derive(Default)]
pub(super) struct Snapshot {
    asked: Asked,
    identities: OnceCell<Mutex<Identities>>,
    /// Bucket → region.
    buckets: OnceCell<Mutex<BTreeMap<String, String>>>,
    /// Why something was read one by one after all.
    remarks: Mutex<Vec<String>>,
}

fn locked<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Snapshot {
    /// What was listed; where that failed, nothing, and a word on why.
    fn or_nothing<T: Default>(&self, what: &str, listed: Result<T>) -> Mutex<T> {
        Mutex::new(listed.unwrap_or_else(|error| {
            let why = match &error {
                Error::Call(error) => error.text(),
                Error::Ours(failure) => failure.message.clone(),
                Error::Appeared => String::new(),
                Error::Unintelligible(text) => text.clone(),
            };
            locked(&self.remarks).push(format!("{what} were read one by one: {why}"));
            T::default()
        }))
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        locked(&self.remarks).clone()
    }
}

impl Aws {
    /// All that is going to be observed. Nothing is listed before something of it is.
    pub(super) fn prepare(&self, all: &[&Resource]) {
        let asked = Asked::of(all.iter().copied(), |policy| policy.arn(&self.scope));
        let next = Snapshot {
            asked,
            ..Snapshot::default()
        };
        *locked(&self.snapshot) = Arc::new(next);
    }

    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&locked(&self.snapshot))
    }

    async fn identities<'a>(&self, snapshot: &'a Snapshot) -> Option<MutexGuard<'a, Identities>> {
        if snapshot.asked.pages_of_identities() == 0 {
            return None;
        }
        let listed = snapshot.identities.get_or_init(|| async {
            let listed = self.list_identities(&snapshot.asked).await;
            snapshot.or_nothing("identities", listed)
        });
        Some(locked(listed.await))
    }

    /// The region of a bucket that is listed as the account's; `None` if it has to be asked for.
    pub(super) async fn listed_region(&self, bucket: &str) -> Option<String> {
        let snapshot = self.snapshot();
        if snapshot.asked.pages_of_buckets() == 0 {
            return None;
        }
        let listed = snapshot.buckets.get_or_init(|| async {
            let listed = self.list_buckets(&snapshot.asked).await;
            snapshot.or_nothing("buckets", listed)
        });
        let region = locked(listed.await).remove(bucket)?;
        self.regions.found(bucket, &region);
        Some(region)
    }

    /// The document of a policy's version, if it was listed.
    pub(super) async fn listed_version(&self, arn: &str, id: &str) -> Option<String> {
        let snapshot = self.snapshot();
        let mut identities = self.identities(&snapshot).await?;
        identities.take_version(arn, id)
    }

    /// An identity that is listed exactly as `want` has it, or that is not there; `None` if it has to be
    /// read by itself.
    pub(super) async fn listed(&self, want: &Resource) -> Result<Option<Observation>> {
        let snapshot = self.snapshot();
        let (found, is_whole) = {
            let Some(mut identities) = self.identities(&snapshot).await else {
                return Ok(None);
            };
            if !identities.is_new(want.address()) {
                return Ok(None);
            }
            let found = match want {
                Resource::Role(want) => identities
                    .take_role(&want.name)
                    .map(|(role, permissions)| Self::role_of(want, &role, permissions)),
                Resource::User(want) => {
                    let found = identities.take_user(&want.name);
                    found.map(|(user, permissions, groups)| {
                        Self::user_of(want, &user, permissions, groups)
                    })
                }
                Resource::Group(want) => identities
                    .take_group(&want.name)
                    .map(|(itself, permissions)| Self::group_of(want, itself, permissions)),
                _ => return Ok(None),
            };
            (found, identities.is_whole)
        };
        match found {
            Some(found) => Ok(found.ok().filter(|found| is_as_wanted(found, want))),
            None if is_whole => self.absent(want).await,
            None => Ok(None),
        }
    }

    /// Whether what no listing shows is not there: one read instead of all.
    async fn absent(&self, want: &Resource) -> Result<Option<Observation>> {
        let arn = want.arn(&self.scope).unwrap_or_default();
        let missing = match want {
            Resource::Role(want) => self.role_now(&want.name, &arn).await.err(),
            Resource::User(want) => self.user_now(&want.name, &arn).await.err(),
            _ => None,
        };
        match missing {
            Some(error) if error.absent() => Ok(Some(Gaps::default().alone())),
            _ => Ok(None),
        }
    }
}

fn is_as_wanted(found: &Observation, want: &Resource) -> bool {
    let live = found.resource.clone();
    found.unreadable.is_empty() && live.map(|live| live.limited_to(want)).as_ref() == Some(want)
}
