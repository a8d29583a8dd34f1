//! Users. Access keys are not part of them.

use super::Aws;
use super::address::address;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::identity::{Identity, Kind};
use super::permissions::{NONE, Permissions};
use super::replace::Aspect;
use super::settle::read;
use super::snapshot::Permissions as Listed;
use super::tags::{from_iam, to_iam};
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{Group, Kind as _, Resource, Scope, Tags, User};
use aws_sdk_iam::types as iam;
use std::collections::{BTreeMap, BTreeSet};

fn bounded(user: &iam::User) -> Option<String> {
    let boundary = user.permissions_boundary();
    boundary.and_then(|boundary| boundary.permissions_boundary_arn.clone())
}

/// Those of the groups that a manifest of s3setup has made, by their paths, and which.
fn makers(paths: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let made = paths.iter().filter_map(|(group, path)| {
        let manifest = Group::manifest_of(path)?;
        Some((group.clone(), manifest.to_owned()))
    });
    made.collect()
}

pub(super) fn permissions(user: &User) -> Permissions<'_> {
    Permissions {
        inline: &user.inline_policies,
        attached: &user.attached_policies,
    }
}

impl Aws {
    fn user_arn(&self, user: &User) -> String {
        user.arn(&self.scope).unwrap_or_default()
    }

    pub(super) async fn observe_user(&self, want: &User) -> Result<Observation> {
        let arn = self.user_arn(want);
        let who = Identity {
            kind: Kind::User,
            name: &want.name,
            arn: &arn,
        };
        let (user, inline, attached, groups) = tokio::join!(
            self.user_now(&want.name, &arn),
            self.inline_policies(who),
            self.attached_policies(who),
            self.groups_of(&want.name, &arn),
        );
        let mut gaps = Gaps::default();
        let Some(user) = gaps.whole(user)? else {
            return Ok(gaps.alone());
        };
        let groups = gaps.field("groups", groups)?.unwrap_or_default();
        let makers = self.manifests_of(&groups, want).await?;
        Self::found_user(want, &user, (inline, attached), (groups, makers), gaps)
    }

    /// The same of what a listing of the account shows: the groups are those that the user is in.
    pub(super) fn user_of(
        want: &User,
        user: &iam::User,
        permissions: Listed,
        groups: BTreeMap<String, String>,
    ) -> Result<Observation> {
        let Listed { inline, attached } = permissions;
        let makers = makers(&groups);
        let gaps = Gaps::default();
        Self::found_user(want, user, (inline, Ok(attached)), (groups, makers), gaps)
    }

    fn found_user(
        want: &User,
        user: &iam::User,
        (inline, attached): (Result<BTreeMap<String, Document>>, Result<BTreeSet<String>>),
        (groups, makers): (BTreeMap<String, String>, BTreeMap<String, String>),
        mut gaps: Gaps,
    ) -> Result<Observation> {
        let found = User {
            // As the manifest writes it: names are compared without case.
            name: want.name.clone(),
            path: user.path.clone(),
            permissions_boundary: bounded(user),
            groups_of: makers,
            groups: groups.into_keys().collect(),
            groups_elsewhere: Default::default(),
            inline_policies: gaps.field("inline_policies", inline)?.unwrap_or_default(),
            attached_policies: gaps
                .field("attached_policies", attached)?
                .unwrap_or_default(),
            tags: from_iam(user.tags()),
        };
        Ok(gaps.around_known(Resource::User(found), &user.user_id))
    }

    /// The user as it is at this moment.
    pub(super) async fn user_now(&self, name: &str, arn: &str) -> Result<iam::User> {
        let get = self.iam.get_user().user_name(name);
        let answer = read(Call::new(Operation::IamGetUser, arn), get.send()).await?;
        answer.user.ok_or_else(|| {
            Error::ours(
                "iam:GetUser answers without a user",
                "check AWS_ENDPOINT_URL: this is not the answer of AWS",
            )
        })
    }

    /// The groups that a user is in, with their paths.
    async fn groups_of(&self, name: &str, arn: &str) -> Result<BTreeMap<String, String>> {
        let pages = self
            .iam
            .list_groups_for_user()
            .user_name(name)
            .into_paginator()
            .items()
            .send();
        let groups = read(
            Call::new(Operation::IamListGroupsForUser, arn),
            pages.collect::<std::result::Result<Vec<_>, _>>(),
        )
        .await?;
        let pair = |group: iam::Group| (group.group_name, group.path);
        Ok(groups.into_iter().map(pair).collect())
    }

    /// Those of the groups that a manifest of s3setup has made, by their paths. A group that the user is
    /// to be in and is not is looked up, if that is allowed.
    async fn manifests_of(
        &self,
        groups: &BTreeMap<String, String>,
        want: &User,
    ) -> Result<BTreeMap<String, String>> {
        let mut paths = groups.clone();
        for group in want
            .groups
            .iter()
            .filter(|name| !groups.contains_key(*name))
        {
            let Scope {
                partition, account, ..
            } = &self.scope;
            let arn = format!("arn:{partition}:iam::{account}:group/{group}");
            let get = self.iam.get_group().group_name(group).max_items(1);
            match read(Call::new(Operation::IamGetGroup, &arn), get.send()).await {
                Ok(answer) => {
                    paths.extend(answer.group.map(|found| (group.clone(), found.path)));
                }
                Err(error) if error.absent() || error.denied() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(makers(&paths))
    }

    pub(super) async fn create_user(&self, want: &User) -> Result<()> {
        let arn = self.user_arn(want);
        let tags = to_iam(&want.tags)?;
        let mut call = Call::new(Operation::IamCreateUser, &arn);
        if let Some(boundary) = &want.permissions_boundary {
            call = call.needing(boundary);
        }
        let made = self
            .write(call, || {
                self.iam
                    .create_user()
                    .user_name(&want.name)
                    .path(&want.path)
                    .set_permissions_boundary(want.permissions_boundary.clone())
                    .set_tags(Some(tags.clone()).filter(|tags| !tags.is_empty()))
                    .send()
            })
            .await?;
        self.known.made(&arn);
        if let Some(user) = made.user() {
            self.known.was_given(&arn, user.user_id());
        }
        let who = Identity {
            kind: Kind::User,
            name: &want.name,
            arn: &arn,
        };
        self.give_permissions(who, permissions(want)).await?;
        self.update_groups(&BTreeSet::new(), want).await
    }

    /// Marks first, as with roles.
    pub(super) async fn update_user(&self, have: &User, want: &User) -> Result<()> {
        let arn = self.user_arn(want);
        let (on, name) = (address(&arn), want.name.as_str());
        let arn = arn.as_str();
        let look = || async { Ok(from_iam(self.user_now(name, arn).await?.tags())) };
        let tag = |tags: Tags| async move {
            let tags = to_iam(&tags)?;
            self.write(Call::new(Operation::IamTagUser, arn), || {
                let request = self.iam.tag_user().user_name(name);
                request.set_tags(Some(tags.clone())).send()
            })
            .await
            .map(drop)
        };
        let untag = |keys: Vec<String>| async move {
            self.erase(Call::new(Operation::IamUntagUser, arn), || {
                let request = self.iam.untag_user().user_name(name);
                request.set_tag_keys(Some(keys.clone())).send()
            })
            .await
        };
        self.lead_tags(&on, (&have.tags, &want.tags), look, tag, untag)
            .await?;
        if let Some(boundary) = &want.permissions_boundary
            && have.permissions_boundary.as_ref() != Some(boundary)
        {
            let look = || async { Ok(bounded(&self.user_now(name, arn).await?)) };
            let have = have.permissions_boundary.clone();
            self.replace(
                Aspect::boundary(&on, have, Some(boundary)),
                look,
                |_| async {
                    let call =
                        Call::new(Operation::IamPutUserPermissionsBoundary, arn).needing(boundary);
                    self.write(call, || {
                        let request = self.iam.put_user_permissions_boundary().user_name(name);
                        request.permissions_boundary(boundary).send()
                    })
                    .await
                    .map(drop)
                },
            )
            .await?;
        }
        let who = Identity {
            kind: Kind::User,
            name: &want.name,
            arn,
        };
        self.update_permissions(who, permissions(have), permissions(want))
            .await?;
        self.update_groups(&have.groups, want).await?;
        if have.permissions_boundary.is_some() && want.permissions_boundary.is_none() {
            let look = || async { Ok(bounded(&self.user_now(name, arn).await?)) };
            let have = have.permissions_boundary.clone();
            self.replace(Aspect::boundary(&on, have, None), look, |_| async {
                let call = Call::new(Operation::IamDeleteUserPermissionsBoundary, arn);
                self.erase(call, || {
                    let request = self.iam.delete_user_permissions_boundary();
                    request.user_name(name).send()
                })
                .await
            })
            .await?;
        }
        Ok(())
    }

    /// Groups that manage their members themselves are left alone.
    async fn update_groups(&self, have: &BTreeSet<String>, want: &User) -> Result<()> {
        let ours = |group: &&String| !want.groups_elsewhere.contains(*group);
        for group in want.groups.difference(have).filter(ours) {
            self.join_group(&want.name, group).await?;
        }
        for group in have.difference(&want.groups).filter(ours) {
            self.leave_group(&want.name, group).await?;
        }
        Ok(())
    }

    pub(super) async fn join_group(&self, user: &str, group: &str) -> Result<()> {
        self.write(
            self.membership(Operation::IamAddUserToGroup, user, group),
            || {
                self.iam
                    .add_user_to_group()
                    .user_name(user)
                    .group_name(group)
                    .send()
            },
        )
        .await
        .map(drop)
    }

    pub(super) async fn leave_group(&self, user: &str, group: &str) -> Result<()> {
        self.erase(
            self.membership(Operation::IamRemoveUserFromGroup, user, group),
            || {
                self.iam
                    .remove_user_from_group()
                    .user_name(user)
                    .group_name(group)
                    .send()
            },
        )
        .await
    }

    /// Neither path is known here: by address then, but for the group, on which the permission is.
    fn membership(&self, operation: Operation, user: &str, group: &str) -> Call {
        let Scope {
            partition, account, ..
        } = &self.scope;
        Call::new(
            operation,
            &format!("arn:{partition}:iam::{account}:group/{group}"),
        )
        .needing(&format!("group.{group}"))
        .needing(&format!("user.{user}"))
    }

    pub(super) async fn delete_user(&self, have: &User) -> Result<()> {
        let arn = self.user_arn(have);
        let who = Identity {
            kind: Kind::User,
            name: &have.name,
            arn: &arn,
        };
        for group in &have.groups {
            self.leave_group(&have.name, group).await?;
        }
        self.update_permissions(who, permissions(have), NONE)
            .await?;
        let deleted = self
            .erase(Call::new(Operation::IamDeleteUser, &arn), || {
                self.iam.delete_user().user_name(&have.name).send()
            })
            .await;
        match deleted {
            Err(error) if error.code().starts_with("DeleteConflict") => {
                Err(error.with_hint(format!(
                    "the user still has access keys, a password or the like: see `aws iam \
                 list-access-keys --user-name {}`, and remove what nobody uses",
                    have.name
                )))
            }
            other => other,
        }
    }
}
