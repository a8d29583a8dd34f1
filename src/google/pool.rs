//! Workload identity pools. One that was deleted is there for 30 days, lets nobody in, and is had back.

use super::Google;
use super::api::{self, State};
use super::change::{Fields, to_write};
use super::error::Result;
use super::gaps::Gaps;
use super::role::description;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::Google as Kind;
use crate::resource::google::Pool;
use crate::resource::google::marks::from_marks;
use serde_json::Value;

/// As calls name it.
pub(super) fn full_name(project: &str, pool: &str) -> String {
    format!("projects/{project}/locations/global/workloadIdentityPools/{pool}")
}

fn read(want: &Pool, pool: &api::Pool) -> Pool {
    let (description, tags, _) = from_marks(&pool.description);
    Pool {
        display_name: Some(pool.display_name.clone()),
        description: Some(description),
        disabled: pool.disabled,
        deleted: pool.state == State::Deleted,
        tags,
        ..Pool::named(&want.name, &want.project)
    }
}

fn written(pool: &Pool) -> api::Pool {
    api::Pool {
        display_name: pool.display_name.clone().unwrap_or_default(),
        description: description(pool.description.as_deref(), &pool.tags),
        disabled: pool.disabled,
        ..api::Pool::default()
    }
}

pub(super) fn fields(pool: &Pool) -> Fields {
    match serde_json::to_value(written(pool)) {
        Ok(Value::Object(fields)) => fields,
        _ => Fields::new(),
    }
}

impl Google {
    pub(super) async fn observe_pool(&self, want: &Pool) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let pool = self.client.pool(&want.project, &want.name).await;
        Ok(match gaps.whole(pool)? {
            Some(pool) => gaps.around(Kind::Pool(read(want, &pool))),
            None => gaps.alone(),
        })
    }

    pub(super) async fn create_pool(&self, want: &Pool) -> Result<()> {
        let name = full_name(&want.project, &want.name);
        let pool = written(want);
        // From here on: what follows may come before the whole world knows it.
        self.known.made(&name);
        self.write(Method::PoolsCreate, &name, || {
            self.client.create_pool(&want.project, &want.name, &pool)
        })
        .await
    }

    pub(super) async fn update_pool(&self, have: &Pool, want: &Pool) -> Result<()> {
        let name = full_name(&want.project, &want.name);
        if have.deleted && !want.deleted {
            let back = self
                .write(Method::PoolsUndelete, &name, || {
                    self.client.undelete_pool(&want.project, &want.name)
                })
                .await;
            self.known.made(&name);
            if let Err(error) = back {
                // An answer that was lost, or somebody else.
                let pool = self.client.pool(&want.project, &want.name).await;
                if pool.is_ok_and(|pool| pool.state == State::Deleted) {
                    return Err(error);
                }
            }
        }
        let now = self
            .settled(|| self.client.pool(&want.project, &want.name))
            .await?;
        let what = format!("workload_identity_pool.{}", want.name);
        let now = fields(&read(want, &now));
        let written = to_write(&what, &fields(have), &now, &fields(want))?;
        if written.is_empty() {
            return Ok(());
        }
        let mask: Vec<&str> = written.keys().map(String::as_str).collect();
        let pool = self::written(want);
        self.write(Method::PoolsPatch, &name, || {
            self.client
                .patch_pool(&want.project, &want.name, &pool, &mask)
        })
        .await
    }

    pub(super) async fn delete_pool(&self, have: &Pool) -> Result<()> {
        if have.deleted {
            return Ok(());
        }
        let name = full_name(&have.project, &have.name);
        let gone = self
            .erase(Method::PoolsDelete, &name, || {
                self.client.delete_pool(&have.project, &have.name)
            })
            .await;
        match gone {
            Ok(()) => Ok(()),
            Err(error) => match self.client.pool(&have.project, &have.name).await {
                Ok(pool) if pool.state == State::Deleted => Ok(()),
                _ => Err(error),
            },
        }
    }
}
