//! What roles, users and groups may do, written: inline and attached policies, the boundary.

use super::Aws;
use super::address::address;
use super::error::Result;
use super::identity::{Identity, Kind};
use super::replace::Aspect;
use crate::permissions::Operation;
use crate::policy::Document;
use std::collections::{BTreeMap, BTreeSet};

/// What an identity may do.
#[derive(Clone, Copy)]
pub(super) struct Permissions<'a> {
    pub(super) inline: &'a BTreeMap<String, Document>,
    pub(super) attached: &'a BTreeSet<String>,
}

/// The permissions of an identity that has none yet.
pub(super) const NONE: Permissions<'static> = Permissions {
    inline: &BTreeMap::new(),
    attached: &BTreeSet::new(),
};

/// A request by whichever of the three operations fits: `ask!(iam, identity, send, [role's, user's,
/// group's] .setter(value) …)`, where `send` is applied to the request.
macro_rules! ask {
    ($aws:expr, $identity:expr, $run:ident, $call:expr,
     [$role:ident, $user:ident, $group:ident] $(. $set:ident ($value:expr))*) => {
        match $identity.kind {
            Kind::Role => $aws.$run($call, || {
                $aws.iam.$role().role_name($identity.name)$(.$set($value))*.send()
            }).await.map(drop),
            Kind::User => $aws.$run($call, || {
                $aws.iam.$user().user_name($identity.name)$(.$set($value))*.send()
            }).await.map(drop),
            Kind::Group => $aws.$run($call, || {
                $aws.iam.$group().group_name($identity.name)$(.$set($value))*.send()
            }).await.map(drop),
        }
    };
}

impl Aws {
    /// Leads from one set of permissions to another.
    ///
    /// New ones come before old ones go, so that whoever uses the identity meanwhile lacks nothing
    /// that both sets allow. Only where a quota has no room for both do the old ones go first.
    pub(super) async fn update_permissions(
        &self,
        who: Identity<'_>,
        have: Permissions<'_>,
        want: Permissions<'_>,
    ) -> Result<()> {
        let fewer = have
            .inline
            .keys()
            .any(|name| !want.inline.contains_key(name))
            || !have.attached.is_subset(want.attached);
        match self.add_permissions(who, have, want).await {
            Err(error) if fewer && error.code().starts_with("LimitExceeded") => {
                self.remove_permissions(who, have, want).await?;
                self.add_permissions(who, have, want).await
            }
            Err(error) => Err(error),
            Ok(()) => self.remove_permissions(who, have, want).await,
        }
    }

    /// Gives all of them to an identity that this call has made: nobody else can have written any.
    pub(super) async fn give_permissions(
        &self,
        who: Identity<'_>,
        want: Permissions<'_>,
    ) -> Result<()> {
        for (name, policy) in want.inline {
            self.put_inline_policy(who, name, policy).await?;
        }
        for arn in want.attached {
            self.attach_policy(who, arn).await?;
        }
        Ok(())
    }

    async fn add_permissions(
        &self,
        who: Identity<'_>,
        have: Permissions<'_>,
        want: Permissions<'_>,
    ) -> Result<()> {
        for (name, policy) in want.inline {
            let seen = have.inline.get(name);
            if seen != Some(policy) {
                self.replace_inline_policy(who, name, seen, Some(policy))
                    .await?;
            }
        }
        for arn in want.attached.difference(have.attached) {
            self.attach_policy(who, arn).await?;
        }
        Ok(())
    }

    async fn remove_permissions(
        &self,
        who: Identity<'_>,
        have: Permissions<'_>,
        want: Permissions<'_>,
    ) -> Result<()> {
        for arn in have.attached.difference(want.attached) {
            ask!(
                self,
                who,
                erase,
                who.call([
                    Operation::IamDetachRolePolicy,
                    Operation::IamDetachUserPolicy,
                    Operation::IamDetachGroupPolicy,
                ])
                .needing(arn),
                [detach_role_policy, detach_user_policy, detach_group_policy].policy_arn(arn)
            )?;
        }
        for (name, seen) in have.inline {
            if !want.inline.contains_key(name) {
                self.replace_inline_policy(who, name, Some(seen), None)
                    .await?;
            }
        }
        Ok(())
    }

    async fn replace_inline_policy(
        &self,
        who: Identity<'_>,
        name: &str,
        have: Option<&Document>,
        want: Option<&Document>,
    ) -> Result<()> {
        let what = format!("the inline policy {name} of {}", address(who.arn));
        let aspect = Aspect::new(what, have.cloned(), want.cloned());
        let look = || self.inline_policy(who, name);
        self.replace(aspect, look, |_| async move {
            match want {
                Some(policy) => self.put_inline_policy(who, name, policy).await,
                None => self.delete_inline_policy(who, name).await,
            }
        })
        .await
    }

    async fn put_inline_policy(
        &self,
        who: Identity<'_>,
        name: &str,
        policy: &Document,
    ) -> Result<()> {
        let text = policy.to_json();
        ask!(
            self,
            who,
            write,
            who.call([
                Operation::IamPutRolePolicy,
                Operation::IamPutUserPolicy,
                Operation::IamPutGroupPolicy,
            ]),
            [put_role_policy, put_user_policy, put_group_policy]
                .policy_name(name)
                .policy_document(&text)
        )
    }

    async fn delete_inline_policy(&self, who: Identity<'_>, name: &str) -> Result<()> {
        ask!(
            self,
            who,
            erase,
            who.call([
                Operation::IamDeleteRolePolicy,
                Operation::IamDeleteUserPolicy,
                Operation::IamDeleteGroupPolicy,
            ]),
            [delete_role_policy, delete_user_policy, delete_group_policy].policy_name(name)
        )
    }

    async fn attach_policy(&self, who: Identity<'_>, arn: &str) -> Result<()> {
        ask!(
            self,
            who,
            write,
            who.call([
                Operation::IamAttachRolePolicy,
                Operation::IamAttachUserPolicy,
                Operation::IamAttachGroupPolicy,
            ])
            .needing(arn),
            [attach_role_policy, attach_user_policy, attach_group_policy].policy_arn(arn)
        )
    }
}

impl Aspect<Option<String>> {
    /// The permissions boundary of a role or a user.
    pub(super) fn boundary(on: &str, have: Option<String>, want: Option<&String>) -> Self {
        let what = format!("the permissions boundary of {on}");
        Self::new(what, have, want.cloned())
    }
}
