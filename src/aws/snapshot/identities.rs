//! The account's identities with all that they may do, listed: what is asked for is kept, the rest of a
//! page is dropped.

use super::super::Aws;
use super::super::document::document;
use super::super::error::{Call, Result};
use super::super::settle::read;
use super::worth::Asked;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::Address;
use aws_sdk_iam::types::{self as iam, EntityType};
use std::collections::{BTreeMap, BTreeSet};

/// As many as IAM gives at once; it may give fewer.
const PAGE: i32 = 1000;

/// What of an identity is in parts.
pub(in crate::aws) struct Permissions {
    pub(in crate::aws) inline: Result<BTreeMap<String, Document>>,
    pub(in crate::aws) attached: BTreeSet<String>,
}

/// What was asked for and is there, by name in lower case.
#[derive(Default)]
pub(super) struct Identities {
    roles: BTreeMap<String, iam::RoleDetail>,
    /// With what the details lack: description and session length.
    listed: BTreeMap<String, iam::Role>,
    users: BTreeMap<String, iam::UserDetail>,
    groups: BTreeMap<String, iam::GroupDetail>,
    /// The users in each group that is asked for, by the group's name.
    members: BTreeMap<String, BTreeSet<String>>,
    /// The path of every group, by its name: an account has 300 at the most, unless AWS agreed to more.
    paths: BTreeMap<String, String>,
    /// ARN → the version that counts, and its document.
    versions: BTreeMap<String, (String, String)>,
    /// What was asked for once: whoever asks again wants to know how it is by then.
    told: BTreeSet<Address>,
    /// Every page was read: what is not in here is not there.
    pub(super) is_whole: bool,
}

impl Identities {
    /// Whether this is asked for the first time.
    pub(super) fn is_new(&mut self, address: Address) -> bool {
        self.told.insert(address)
    }

    fn keep(&mut self, page: Page, asked: &Asked) {
        for group in page.group_detail_list.into_iter().flatten() {
            let Some(name) = group.group_name.clone() else {
                continue;
            };
            self.paths
                .insert(name.clone(), group.path.clone().unwrap_or_default());
            if asked.groups.contains(&name.to_lowercase()) {
                self.groups.insert(name.to_lowercase(), group);
            }
        }
        for user in page.user_detail_list.into_iter().flatten() {
            let Some(name) = user.user_name.clone() else {
                continue;
            };
            let groups = user.group_list().iter();
            for group in groups.filter(|group| asked.groups.contains(&group.to_lowercase())) {
                let members = self.members.entry(group.to_lowercase()).or_default();
                members.insert(name.clone());
            }
            if asked.users.contains(&name.to_lowercase()) {
                self.users.insert(name.to_lowercase(), user);
            }
        }
        for role in page.role_detail_list.into_iter().flatten() {
            let name = role.role_name.as_deref().unwrap_or_default();
            let name = name.to_lowercase();
            if asked.roles.contains(&name) {
                self.roles.insert(name, role);
            }
        }
        for policy in page.policies.into_iter().flatten() {
            let versions = policy.policy_version_list.unwrap_or_default();
            let default = versions.into_iter().find(|one| one.is_default_version);
            if let (Some(arn), Some(version)) = (policy.arn, default)
                && asked.policies.contains(&arn)
                && let (Some(id), Some(text)) = (version.version_id, version.document)
            {
                self.versions.insert(arn, (id, text));
            }
        }
    }

    /// The role of this name, as a single read would tell it; `None` if it was not found in both listings.
    pub(super) fn take_role(&mut self, name: &str) -> Option<(iam::Role, Permissions)> {
        let name = name.to_lowercase();
        let detail = self.roles.remove(&name)?;
        let mut role = self.listed.remove(&name)?;
        role.assume_role_policy_document = detail.assume_role_policy_document;
        role.permissions_boundary = detail.permissions_boundary;
        role.tags = detail.tags;
        let permissions = permissions(detail.role_policy_list, detail.attached_managed_policies);
        Some((role, permissions))
    }

    /// The user of this name, and the groups that it is in, with their paths.
    pub(super) fn take_user(
        &mut self,
        name: &str,
    ) -> Option<(iam::User, Permissions, BTreeMap<String, String>)> {
        let detail = self.users.remove(&name.to_lowercase())?;
        let groups = detail.group_list.unwrap_or_default().into_iter();
        let groups: Option<BTreeMap<String, String>> = groups
            .map(|group| Some((group.clone(), self.paths.get(&group)?.clone())))
            .collect();
        let user = iam::User::builder()
            .set_user_name(detail.user_name)
            .set_user_id(detail.user_id)
            .set_arn(detail.arn)
            .set_path(detail.path)
            .set_create_date(detail.create_date)
            .set_permissions_boundary(detail.permissions_boundary)
            .set_tags(detail.tags);
        let permissions = permissions(detail.user_policy_list, detail.attached_managed_policies);
        Some((user.build().ok()?, permissions, groups?))
    }

    /// The path of the group of this name, and its members.
    pub(super) fn take_group(
        &mut self,
        name: &str,
    ) -> Option<((String, BTreeSet<String>), Permissions)> {
        let name = name.to_lowercase();
        // Its members are spread over all pages.
        if !self.is_whole {
            return None;
        }
        let detail = self.groups.remove(&name)?;
        let members = self.members.remove(&name).unwrap_or_default();
        let permissions = permissions(detail.group_policy_list, detail.attached_managed_policies);
        Some(((detail.path?, members), permissions))
    }

    /// The document of a policy, if this version of it is the one that was listed.
    pub(super) fn take_version(&mut self, arn: &str, id: &str) -> Option<String> {
        let (listed, text) = self.versions.remove(arn)?;
        (listed == id).then_some(text)
    }
}

type Page =
    aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;

fn permissions(
    inline: Option<Vec<iam::PolicyDetail>>,
    attached: Option<Vec<iam::AttachedPolicy>>,
) -> Permissions {
    let inline = inline.unwrap_or_default().into_iter().map(|policy| {
        let name = policy.policy_name.unwrap_or_default();
        let text = policy.policy_document.unwrap_or_default();
        let read = document(&text, &format!("inline policy {name}"))?;
        Ok((name, read))
    });
    let attached = attached.unwrap_or_default().into_iter();
    Permissions {
        inline: inline.collect(),
        attached: attached.filter_map(|policy| policy.policy_arn).collect(),
    }
}

impl Aws {
    /// Reads page after page, as long as it is worth that.
    pub(super) async fn list_identities(&self, asked: &Asked) -> Result<Identities> {
        let (listed, found) = tokio::join!(self.list_roles(asked), self.list_details(asked));
        let mut found = found?;
        found.listed = listed?;
        Ok(found)
    }

    async fn list_details(&self, asked: &Asked) -> Result<Identities> {
        let mut found = Identities::default();
        let mut marker: Option<String> = None;
        for _ in 0..asked.pages_of_identities() {
            let request = self
                .iam
                .get_account_authorization_details()
                .set_filter(Some(kinds(asked)))
                .max_items(PAGE)
                .set_marker(marker.take());
            let call = Call::new(Operation::IamGetAccountAuthorizationDetails, "*");
            let page = read(call, request.send()).await?;
            marker = page.marker.clone().filter(|_| page.is_truncated);
            found.keep(page, asked);
            if marker.is_none() {
                found.is_whole = true;
                break;
            }
        }
        Ok(found)
    }

    async fn list_roles(&self, asked: &Asked) -> Result<BTreeMap<String, iam::Role>> {
        let mut found = BTreeMap::new();
        let Some(path) = &asked.path else {
            return Ok(found);
        };
        let mut marker: Option<String> = None;
        for _ in 0..asked.pages_of_identities() {
            let request = self
                .iam
                .list_roles()
                .path_prefix(path)
                .max_items(PAGE)
                .set_marker(marker.take());
            let page = read(Call::new(Operation::IamListRoles, "*"), request.send()).await?;
            for role in page.roles {
                let name = role.role_name.to_lowercase();
                if asked.roles.contains(&name) {
                    found.insert(name, role);
                }
            }
            marker = page.marker.filter(|_| page.is_truncated);
            if marker.is_none() {
                break;
            }
        }
        Ok(found)
    }
}

/// What to ask for. Who is in a group stands with the users, and whose a group is with the groups.
fn kinds(asked: &Asked) -> Vec<EntityType> {
    let people = !asked.users.is_empty() || !asked.groups.is_empty();
    [
        (people, EntityType::User),
        (people, EntityType::Group),
        (!asked.roles.is_empty(), EntityType::Role),
        (!asked.policies.is_empty(), EntityType::LocalManagedPolicy),
    ]
    .into_iter()
    .filter_map(|(asked, kind)| asked.then_some(kind))
    .collect()
}

#[cfg(test)]
mod tests;
