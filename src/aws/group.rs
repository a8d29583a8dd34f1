//! Groups, with their members.

use super::Aws;
use super::error::{Call, Result};
use super::gaps::Gaps;
use super::identity::{Identity, Kind};
use super::permissions::{NONE, Permissions};
use super::settle::read;
use super::snapshot::Permissions as Listed;
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{Group, Kind as _, Resource};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn permissions(group: &Group) -> Permissions<'_> {
    Permissions {
        inline: &group.inline_policies,
        attached: &group.attached_policies,
    }
}

impl Aws {
    fn group_arn(&self, group: &Group) -> String {
        group.arn(&self.scope).unwrap_or_default()
    }

    pub(super) async fn observe_group(&self, want: &Group) -> Result<Observation> {
        let arn = self.group_arn(want);
        let who = Identity {
            kind: Kind::Group,
            name: &want.name,
            arn: &arn,
        };
        // Pages, not items: the group itself is on every page, its users on one each.
        let pages = self
            .iam
            .get_group()
            .group_name(&want.name)
            .into_paginator()
            .send();
        let (pages, inline, attached) = tokio::join!(
            read(
                Call::new(Operation::IamGetGroup, &arn),
                pages.collect::<std::result::Result<Vec<_>, _>>()
            ),
            self.inline_policies(who),
            self.attached_policies(who),
        );
        let mut gaps = Gaps::default();
        let pages = gaps.whole(pages)?.unwrap_or_default();
        let Some(group) = pages.iter().find_map(|page| page.group()) else {
            return Ok(gaps.alone());
        };
        let users = pages.iter().flat_map(|page| page.users());
        let members = users.map(|user| user.user_name.clone()).collect();
        Self::found_group(want, (group.path.clone(), members), inline, attached, gaps)
    }

    /// The same of what a listing of the account shows: its path, and its members.
    pub(super) fn group_of(
        want: &Group,
        itself: (String, BTreeSet<String>),
        permissions: Listed,
    ) -> Result<Observation> {
        let Listed { inline, attached } = permissions;
        Self::found_group(want, itself, inline, Ok(attached), Gaps::default())
    }

    fn found_group(
        want: &Group,
        (path, members): (String, BTreeSet<String>),
        inline: Result<BTreeMap<String, Document>>,
        attached: Result<BTreeSet<String>>,
        mut gaps: Gaps,
    ) -> Result<Observation> {
        let found = Group {
            // As the manifest writes it: names are compared without case.
            name: want.name.clone(),
            path,
            members,
            inline_policies: gaps.field("inline_policies", inline)?.unwrap_or_default(),
            attached_policies: gaps
                .field("attached_policies", attached)?
                .unwrap_or_default(),
        };
        Ok(gaps.around(Resource::Group(found)))
    }

    pub(super) async fn create_group(&self, want: &Group) -> Result<()> {
        let arn = self.group_arn(want);
        self.write(Call::new(Operation::IamCreateGroup, &arn), || {
            self.iam
                .create_group()
                .group_name(&want.name)
                .path(&want.path)
                .send()
        })
        .await?;
        self.known.made(&arn);
        let who = Identity {
            kind: Kind::Group,
            name: &want.name,
            arn: &arn,
        };
        self.give_permissions(who, permissions(want)).await?;
        self.update_members(&BTreeSet::new(), want).await
    }

    pub(super) async fn update_group(&self, have: &Group, want: &Group) -> Result<()> {
        let arn = self.group_arn(want);
        let who = Identity {
            kind: Kind::Group,
            name: &want.name,
            arn: &arn,
        };
        self.update_permissions(who, permissions(have), permissions(want))
            .await?;
        self.update_members(&have.members, want).await
    }

    async fn update_members(&self, have: &BTreeSet<String>, want: &Group) -> Result<()> {
        for user in want.members.difference(have) {
            self.join_group(user, &want.name).await?;
        }
        for user in have.difference(&want.members) {
            self.leave_group(user, &want.name).await?;
        }
        Ok(())
    }

    pub(super) async fn delete_group(&self, have: &Group) -> Result<()> {
        let arn = self.group_arn(have);
        let who = Identity {
            kind: Kind::Group,
            name: &have.name,
            arn: &arn,
        };
        for user in &have.members {
            self.leave_group(user, &have.name).await?;
        }
        self.update_permissions(who, permissions(have), NONE)
            .await?;
        self.erase(Call::new(Operation::IamDeleteGroup, &arn), || {
            self.iam.delete_group().group_name(&have.name).send()
        })
        .await
    }
}
