//! Custom roles. One that was deleted is there for some days, grants nothing, and is had back.

use super::Google;
use super::api;
use super::change::{Fields, to_write};
use super::error::{Error, Result};
use super::gaps::Gaps;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::google::marks::{KeyRecord, from_marks, with_marks};
use crate::resource::google::{Role, Stage};
use crate::resource::{Google as Kind, Tags};
use serde_json::{Value, json};

/// The role as s3setup has it.
fn read(project: &str, name: &str, role: &api::Role) -> Result<Role> {
    let (description, tags, _) = from_marks(&role.description);
    Ok(Role {
        title: Some(role.title.clone()),
        description: Some(description),
        stage: stage(&role.stage)?,
        permissions: role.included_permissions.iter().cloned().collect(),
        deleted: role.deleted,
        tags,
        ..Role::named(name, project)
    })
}

/// One that has none is an early one.
fn stage(text: &str) -> Result<Stage> {
    if text.is_empty() {
        return Ok(Stage::Alpha);
    }
    serde_json::from_value(text.into())
        .map_err(|_| Error::Unintelligible(format!("{text:?} is no launch stage of a role")))
}

/// As Google has it.
fn written(role: &Role) -> api::Role {
    let stage = serde_json::to_value(role.stage).unwrap_or_default();
    api::Role {
        title: role.title.clone().unwrap_or_default(),
        description: description(role.description.as_deref(), &role.tags),
        included_permissions: role.permissions.iter().cloned().collect(),
        stage: stage.as_str().unwrap_or_default().to_owned(),
        ..api::Role::default()
    }
}

/// The description with our marks.
pub(super) fn description(text: Option<&str>, tags: &Tags) -> String {
    with_marks(text.unwrap_or_default(), tags, &KeyRecord::default())
}

pub(super) fn fields(role: &Role) -> Fields {
    let api::Role {
        title,
        description,
        included_permissions,
        stage,
        ..
    } = written(role);
    let all = json!({
        "title": title, "description": description, "stage": stage,
        "includedPermissions": included_permissions,
    });
    match all {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

impl Google {
    pub(super) async fn observe_role(&self, want: &Role) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let read = self.seen_role(want).await;
        Ok(match gaps.whole(read.map(|(role, _)| role))? {
            Some(role) => gaps.around(Kind::Role(role)),
            None => gaps.alone(),
        })
    }

    /// The role, and the etag of its state.
    async fn seen_role(&self, want: &Role) -> Result<(Role, Option<String>)> {
        let role = self.client.role(&want.project, &want.name);
        let role = role.await?;
        let etag = role.etag.clone();
        Ok((read(&want.project, &want.name, &role)?, etag))
    }

    pub(super) async fn create_role(&self, want: &Role) -> Result<()> {
        let name = Role::full_name(&want.project, &want.name);
        let role = written(want);
        self.write(Method::RolesCreate, &name, || {
            self.client.create_role(&want.project, &want.name, &role)
        })
        .await?;
        self.known.made(&name);
        Ok(())
    }

    pub(super) async fn update_role(&self, have: &Role, want: &Role) -> Result<()> {
        if have.deleted && !want.deleted {
            self.undelete_role(want).await?;
        }
        let name = Role::full_name(&want.project, &want.name);
        self.in_turns(|| async {
            let (now, etag) = self.settled(|| self.seen_role(want)).await?;
            let what = format!("google_role.{}", want.name);
            let written = to_write(&what, &fields(have), &fields(&now), &fields(want))?;
            if written.is_empty() {
                return Ok(());
            }
            let mask: Vec<&str> = written.keys().map(String::as_str).collect();
            let role = api::Role {
                etag,
                ..self::written(want)
            };
            self.write(Method::RolesPatch, &name, || {
                self.client
                    .patch_role(&want.project, &want.name, &role, &mask)
            })
            .await
            .map(drop)
        })
        .await
    }

    async fn undelete_role(&self, want: &Role) -> Result<()> {
        let name = Role::full_name(&want.project, &want.name);
        let back = self
            .write(Method::RolesUndelete, &name, || {
                self.client.undelete_role(&want.project, &want.name)
            })
            .await;
        self.known.made(&name);
        match back {
            Ok(_) => Ok(()),
            // An answer that was lost, or somebody else.
            Err(error) => match self.seen_role(want).await {
                Ok((role, _)) if !role.deleted => Ok(()),
                _ => Err(error),
            },
        }
    }

    pub(super) async fn delete_role(&self, have: &Role) -> Result<()> {
        let name = Role::full_name(&have.project, &have.name);
        if have.deleted {
            return Ok(());
        }
        let gone = self
            .erase(Method::RolesDelete, &name, || {
                self.client.delete_role(&have.project, &have.name)
            })
            .await;
        match gone {
            Ok(()) => Ok(()),
            Err(error) => match self.seen_role(have).await {
                Ok((role, _)) if role.deleted => Ok(()),
                _ => Err(error),
            },
        }
    }
}
