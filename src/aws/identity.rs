//! What roles, users and groups have in common, read: inline and attached policies. IAM has every
//! operation three times; here each is once.

use super::Aws;
use super::document::document;
use super::error::{Call, Result};
use super::settle::read;
use crate::permissions::Operation;
use crate::policy::Document;
use aws_sdk_iam::error::SdkError;
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// Which kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Role,
    User,
    Group,
}

/// One identity.
#[derive(Clone, Copy)]
pub(super) struct Identity<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) arn: &'a str,
}

impl Kind {
    /// Whichever of the three fits: a role's, a user's, a group's.
    pub(super) fn of(self, [role, user, group]: [Operation; 3]) -> Operation {
        match self {
            Self::Role => role,
            Self::User => user,
            Self::Group => group,
        }
    }
}

impl Identity<'_> {
    /// A call by whichever of the three operations fits: a role's, a user's, a group's.
    pub(super) fn call(&self, three: [Operation; 3]) -> Call {
        Call::new(self.kind.of(three), self.arn)
    }
}

/// All items of a listing, page by page.
macro_rules! list {
    ($aws:expr, $identity:expr, $call:expr, [$role:ident, $user:ident, $group:ident]) => {
        match $identity.kind {
            Kind::Role => {
                read(
                    $call,
                    $aws.iam
                        .$role()
                        .role_name($identity.name)
                        .into_paginator()
                        .items()
                        .send()
                        .collect::<std::result::Result<Vec<_>, SdkError<_, _>>>(),
                )
                .await
            }
            Kind::User => {
                read(
                    $call,
                    $aws.iam
                        .$user()
                        .user_name($identity.name)
                        .into_paginator()
                        .items()
                        .send()
                        .collect::<std::result::Result<Vec<_>, SdkError<_, _>>>(),
                )
                .await
            }
            Kind::Group => {
                read(
                    $call,
                    $aws.iam
                        .$group()
                        .group_name($identity.name)
                        .into_paginator()
                        .items()
                        .send()
                        .collect::<std::result::Result<Vec<_>, SdkError<_, _>>>(),
                )
                .await
            }
        }
    };
}

impl Aws {
    /// The inline policies.
    pub(super) async fn inline_policies(
        &self,
        who: Identity<'_>,
    ) -> Result<BTreeMap<String, Document>> {
        let names = list!(
            self,
            who,
            who.call([
                Operation::IamListRolePolicies,
                Operation::IamListUserPolicies,
                Operation::IamListGroupPolicies,
            ]),
            [list_role_policies, list_user_policies, list_group_policies]
        )?;
        let found = try_join_all(names.iter().map(|name| self.inline_policy(who, name))).await?;
        let found = names.into_iter().zip(found);
        // One may have been removed since it was listed.
        Ok(found
            .filter_map(|(name, found)| Some((name, found?)))
            .collect())
    }

    /// One inline policy.
    pub(super) async fn inline_policy(
        &self,
        who: Identity<'_>,
        name: &str,
    ) -> Result<Option<Document>> {
        let call = who.call([
            Operation::IamGetRolePolicy,
            Operation::IamGetUserPolicy,
            Operation::IamGetGroupPolicy,
        ]);
        let text = match who.kind {
            Kind::Role => {
                let request = self
                    .iam
                    .get_role_policy()
                    .role_name(who.name)
                    .policy_name(name);
                read(call, request.send())
                    .await
                    .map(|answer| answer.policy_document)
            }
            Kind::User => {
                let request = self
                    .iam
                    .get_user_policy()
                    .user_name(who.name)
                    .policy_name(name);
                read(call, request.send())
                    .await
                    .map(|answer| answer.policy_document)
            }
            Kind::Group => {
                let request = self
                    .iam
                    .get_group_policy()
                    .group_name(who.name)
                    .policy_name(name);
                read(call, request.send())
                    .await
                    .map(|answer| answer.policy_document)
            }
        };
        match text {
            Ok(text) => Ok(Some(document(&text, &format!("inline policy {name}"))?)),
            Err(error) if error.absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ARNs of the attached policies.
    pub(super) async fn attached_policies(&self, who: Identity<'_>) -> Result<BTreeSet<String>> {
        let attached = list!(
            self,
            who,
            who.call([
                Operation::IamListAttachedRolePolicies,
                Operation::IamListAttachedUserPolicies,
                Operation::IamListAttachedGroupPolicies,
            ]),
            [
                list_attached_role_policies,
                list_attached_user_policies,
                list_attached_group_policies
            ]
        )?;
        Ok(attached
            .into_iter()
            .filter_map(|policy| policy.policy_arn)
            .collect())
    }
}
