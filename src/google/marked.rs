//! All that carries a mark of s3setup, in the project that was asked for.

use super::Google;
use super::api::State;
use super::error::{Error, Result};
use super::gaps::Gaps;
use crate::cloud::{Mark, Marked};
use crate::resource::google::marks::{from_labels, from_marks};
use crate::resource::google::{Bucket, Pool, Provider, Role, ServiceAccount};
use crate::resource::{Address, Kind as _, Tags, is_protected, manifest_of};

/// A mark, if these are ours.
fn mark(kind: &str, name: &str, tags: &Tags) -> Option<Mark> {
    Some(Mark {
        address: Address::new(kind, name),
        manifest: manifest_of(tags)?.to_owned(),
        protected: is_protected(tags),
    })
}

/// A mark that a description ends with.
fn described(kind: &str, name: &str, description: &str) -> Option<Mark> {
    let (_, tags, _) = from_marks(description);
    mark(kind, name, &tags)
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

impl Google {
    pub(super) async fn look_for_marks(&self) -> Result<Marked> {
        let Some(project) = &self.scope.project else {
            return Err(Error::ours(
                "no project of Google Cloud is named",
                "give --project ID, or set GOOGLE_CLOUD_PROJECT",
            ));
        };
        let mut gaps = Gaps::default();
        let (buckets, roles, accounts, pools) = tokio::join!(
            self.client.buckets(project),
            self.client.roles(project),
            self.client.accounts(project),
            self.client.pools(project)
        );
        let mut marks: Vec<Option<Mark>> = Vec::new();
        for bucket in gaps.field("buckets", buckets)?.unwrap_or_default() {
            let tags = from_labels(&bucket.labels);
            marks.push(mark(Bucket::KIND, &bucket.name, &tags));
        }
        for role in gaps.field("roles", roles)?.unwrap_or_default() {
            let alive = (!role.deleted).then(|| last(&role.name));
            marks.push(alive.and_then(|id| described(Role::KIND, id, &role.description)));
        }
        for account in gaps
            .field("service accounts", accounts)?
            .unwrap_or_default()
        {
            let id = account.email.split('@').next().unwrap_or_default();
            marks.push(described(ServiceAccount::KIND, id, &account.description));
        }
        for pool in gaps
            .field("workload identity pools", pools)?
            .unwrap_or_default()
        {
            if pool.state == State::Deleted {
                continue;
            }
            let id = last(&pool.name);
            marks.push(described(Pool::KIND, id, &pool.description));
            let providers = self.client.providers(project, id).await;
            let providers = gaps.field("providers of pools", providers)?;
            for provider in providers.unwrap_or_default() {
                let alive = provider.state != State::Deleted;
                let name = format!("{id}/{}", last(&provider.name));
                let mark = described(Provider::KIND, &name, &provider.description);
                marks.push(mark.filter(|_| alive));
            }
        }
        let mut marks: Vec<Mark> = marks.into_iter().flatten().collect();
        marks.sort_by(|one, other| one.address.cmp(&other.address));
        Ok(Marked {
            marks,
            unreadable: gaps.into_inner(),
        })
    }
}
