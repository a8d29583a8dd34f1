//! What holds on to what is to be removed, or would be lost with it. Everything here is read just for
//! that: a plan that removes nothing asks for none of it.

use super::Google;
use super::api::State;
use super::empty::PAGE;
use super::error::{Error, Result};
use crate::cloud::{Tie, Unwanted};
use crate::resource::google::{Bucket, Pool, Provider, ServiceAccount};
use crate::resource::{Address, Google as Kind, Kind as _, Resource};

impl Google {
    pub(super) async fn look_unwanted(&self, want: &Resource) -> Result<Unwanted> {
        let found = self.look(want).await?;
        let Some(Resource::Google(have)) = &found.resource else {
            return Ok(Unwanted {
                found,
                ties: Vec::new(),
            });
        };
        let ties = match have {
            // On its way out.
            Kind::Pool(Pool { deleted: true, .. })
            | Kind::Provider(Provider { deleted: true, .. }) => return Ok(Unwanted::default()),
            Kind::Role(role) if role.deleted => return Ok(Unwanted::default()),
            Kind::Bucket(have) => self.objects_in(have).await?,
            Kind::Pool(have) => self.providers_of(have).await?,
            Kind::ServiceAccount(have) => self.foreign_keys(have).await?,
            _ => Vec::new(),
        };
        Ok(Unwanted { found, ties })
    }

    async fn objects_in(&self, have: &Bucket) -> Result<Vec<Tie>> {
        let page = self.client.objects(&have.name, "", PAGE, true).await;
        let Some(page) = readable(page)? else {
            return Ok(vec![unknown("what it holds", "storage.objects.list")]);
        };
        Ok(match page.items.len() {
            0 => Vec::new(),
            count => vec![Tie::Objects {
                count,
                more: page.next.is_some(),
            }],
        })
    }

    async fn providers_of(&self, have: &Pool) -> Result<Vec<Tie>> {
        let all = self.client.providers(&have.project, &have.name).await;
        let Some(all) = readable(all)? else {
            let permission = "iam.workloadIdentityPoolProviders.list";
            return Ok(vec![unknown("who vouches for its identities", permission)]);
        };
        let alive = all.iter().filter(|it| it.state != State::Deleted);
        Ok(alive
            .map(|it| {
                let id = it.name.rsplit('/').next().unwrap_or_default();
                let by = Address::new(Provider::KIND, &format!("{}/{id}", have.name));
                Tie::Held {
                    how: format!("{by} is a provider of it"),
                    by,
                }
            })
            .collect())
    }

    /// Keys that the manifest's record does not name: whoever has one is locked out.
    async fn foreign_keys(&self, have: &ServiceAccount) -> Result<Vec<Tie>> {
        let email = ServiceAccount::email(&have.name, &have.project);
        let (account, keys) = tokio::join!(
            self.client.account(&have.project, &email),
            self.client.keys(&have.project, &email)
        );
        let (Some(account), Some(keys)) = (readable(account)?, readable(keys)?) else {
            return Ok(vec![unknown(
                "which keys it has",
                "iam.serviceAccountKeys.list",
            )]);
        };
        let (_, record) = super::service_account::read(&have.project, &have.name, &account);
        let unknown = keys.iter().map(super::api::Key::id);
        let unknown = unknown
            .filter(|id| !record.is_in_use(id) && !record.is_replaced(id) && !record.is_new(id));
        let unknown: Vec<&str> = unknown.collect();
        Ok(match unknown.as_slice() {
            [] => Vec::new(),
            ids => vec![Tie::Foreign(format!(
                "keys of it that s3setup did not make would stop working: {}",
                ids.join(", ")
            ))],
        })
    }
}

/// What may be read and is there.
pub(super) fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.denied() || error.absent() => Ok(None),
        Err(Error::Unintelligible(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn unknown(what: &str, permission: &str) -> Tie {
    Tie::Foreign(format!("it cannot be told {what}: {permission} is missing"))
}
