//! The calls that change roles, users, groups and managed policies.

use super::super::identity::Kind;
use super::super::permissions::{NONE, Permissions};
use super::super::{group, role, user};
use super::Calls;
use crate::permissions::Operation;
use crate::resource::{Address, Group, ManagedPolicy, Role, User};

const PUT: [Operation; 3] = [
    Operation::IamPutRolePolicy,
    Operation::IamPutUserPolicy,
    Operation::IamPutGroupPolicy,
];
const ATTACH: [Operation; 3] = [
    Operation::IamAttachRolePolicy,
    Operation::IamAttachUserPolicy,
    Operation::IamAttachGroupPolicy,
];
const DETACH: [Operation; 3] = [
    Operation::IamDetachRolePolicy,
    Operation::IamDetachUserPolicy,
    Operation::IamDetachGroupPolicy,
];
const DELETE: [Operation; 3] = [
    Operation::IamDeleteRolePolicy,
    Operation::IamDeleteUserPolicy,
    Operation::IamDeleteGroupPolicy,
];

impl Calls {
    fn permissions(&mut self, kind: Kind, have: Permissions<'_>, want: Permissions<'_>) {
        for (name, policy) in want.inline {
            if have.inline.get(name) != Some(policy) {
                self.add_which(kind.of(PUT), Some(name));
            }
        }
        for arn in want.attached.difference(have.attached) {
            self.add_which(kind.of(ATTACH), Some(arn));
        }
        for arn in have.attached.difference(want.attached) {
            self.add_which(kind.of(DETACH), Some(arn));
        }
        for name in have.inline.keys() {
            if !want.inline.contains_key(name) {
                self.add_which(kind.of(DELETE), Some(name));
            }
        }
    }

    /// A boundary that is set goes before what an identity may do, one that is taken away after it.
    fn boundary(&mut self, have: Option<&String>, want: Option<&String>, put: Operation) {
        if want.is_some() && have != want {
            self.add(put);
        }
    }

    fn no_boundary(&mut self, have: Option<&String>, want: Option<&String>, delete: Operation) {
        if have.is_some() && want.is_none() {
            self.add(delete);
        }
    }

    fn membership(&mut self, operation: Operation, user: &str, group: &str) {
        let on = Address::new("group", group).to_string();
        self.add_on(operation, on, Some(user));
    }

    pub(super) fn create_role(&mut self, want: &Role) {
        self.add(Operation::IamCreateRole);
        self.permissions(Kind::Role, NONE, role::permissions(want));
    }

    pub(super) fn update_role(&mut self, have: &Role, want: &Role) {
        let bounds = (
            have.permissions_boundary.as_ref(),
            want.permissions_boundary.as_ref(),
        );
        self.tags(
            (&have.tags, &want.tags),
            Operation::IamTagRole,
            Operation::IamUntagRole,
        );
        self.boundary(bounds.0, bounds.1, Operation::IamPutRolePermissionsBoundary);
        if have.trust_policy != want.trust_policy {
            self.add(Operation::IamUpdateAssumeRolePolicy);
        }
        self.permissions(Kind::Role, role::permissions(have), role::permissions(want));
        if have.description != want.description
            || have.max_session_duration != want.max_session_duration
        {
            self.add(Operation::IamUpdateRole);
        }
        self.no_boundary(
            bounds.0,
            bounds.1,
            Operation::IamDeleteRolePermissionsBoundary,
        );
    }

    pub(super) fn delete_role(&mut self, have: &Role) {
        self.permissions(Kind::Role, role::permissions(have), NONE);
        self.add(Operation::IamDeleteRole);
    }

    pub(super) fn create_user(&mut self, want: &User) {
        self.add(Operation::IamCreateUser);
        self.permissions(Kind::User, NONE, user::permissions(want));
        self.groups(None, want);
    }

    pub(super) fn update_user(&mut self, have: &User, want: &User) {
        let bounds = (
            have.permissions_boundary.as_ref(),
            want.permissions_boundary.as_ref(),
        );
        self.tags(
            (&have.tags, &want.tags),
            Operation::IamTagUser,
            Operation::IamUntagUser,
        );
        self.boundary(bounds.0, bounds.1, Operation::IamPutUserPermissionsBoundary);
        self.permissions(Kind::User, user::permissions(have), user::permissions(want));
        self.groups(Some(have), want);
        self.no_boundary(
            bounds.0,
            bounds.1,
            Operation::IamDeleteUserPermissionsBoundary,
        );
    }

    fn groups(&mut self, have: Option<&User>, want: &User) {
        let none = Default::default();
        let have = have.map_or(&none, |have| &have.groups);
        let ours = |group: &&String| !want.groups_elsewhere.contains(*group);
        for group in want.groups.difference(have).filter(ours) {
            self.membership(Operation::IamAddUserToGroup, &want.name, group);
        }
        for group in have.difference(&want.groups).filter(ours) {
            self.membership(Operation::IamRemoveUserFromGroup, &want.name, group);
        }
    }

    pub(super) fn delete_user(&mut self, have: &User) {
        for group in &have.groups {
            self.membership(Operation::IamRemoveUserFromGroup, &have.name, group);
        }
        self.permissions(Kind::User, user::permissions(have), NONE);
        self.add(Operation::IamDeleteUser);
    }

    pub(super) fn create_group(&mut self, want: &Group) {
        self.add(Operation::IamCreateGroup);
        self.permissions(Kind::Group, NONE, group::permissions(want));
        self.members(None, want);
    }

    pub(super) fn update_group(&mut self, have: &Group, want: &Group) {
        self.permissions(
            Kind::Group,
            group::permissions(have),
            group::permissions(want),
        );
        self.members(Some(have), want);
    }

    fn members(&mut self, have: Option<&Group>, want: &Group) {
        let none = Default::default();
        let have = have.map_or(&none, |have| &have.members);
        for user in want.members.difference(have) {
            self.membership(Operation::IamAddUserToGroup, user, &want.name);
        }
        for user in have.difference(&want.members) {
            self.membership(Operation::IamRemoveUserFromGroup, user, &want.name);
        }
    }

    pub(super) fn delete_group(&mut self, have: &Group) {
        for user in &have.members {
            self.membership(Operation::IamRemoveUserFromGroup, user, &have.name);
        }
        self.permissions(Kind::Group, group::permissions(have), NONE);
        self.add(Operation::IamDeleteGroup);
    }

    pub(super) fn update_policy(&mut self, have: &ManagedPolicy, want: &ManagedPolicy) {
        self.tags(
            (&have.tags, &want.tags),
            Operation::IamTagPolicy,
            Operation::IamUntagPolicy,
        );
        if have.policy != want.policy {
            self.perhaps(
                Operation::IamDeletePolicyVersion,
                "it has five versions already",
            );
            self.add(Operation::IamCreatePolicyVersion);
        }
    }

    pub(super) fn delete_policy(&mut self) {
        self.perhaps(Operation::IamDeletePolicyVersion, "it has former versions");
        self.add(Operation::IamDeletePolicy);
    }
}
