//! The calls that change roles, users, groups and managed policies.

use super::super::identity::Kind;
use super::super::permissions::{NONE, Permissions, of_group, of_role, of_user};
use super::Calls;
use crate::resource::{Address, Group, ManagedPolicy, Role, User};

/// `iam:Put…Policy`, with the kind for the dots.
fn operation(verb: &str, kind: Kind, noun: &str) -> String {
    format!("iam:{verb}{}{noun}", kind.noun())
}

impl Calls {
    fn permissions(&mut self, kind: Kind, have: Permissions<'_>, want: Permissions<'_>) {
        for (name, policy) in want.inline {
            if have.inline.get(name) != Some(policy) {
                self.add_which(operation("Put", kind, "Policy"), Some(name));
            }
        }
        for arn in want.attached.difference(have.attached) {
            self.add_which(operation("Attach", kind, "Policy"), Some(arn));
        }
        for arn in have.attached.difference(want.attached) {
            self.add_which(operation("Detach", kind, "Policy"), Some(arn));
        }
        for name in have.inline.keys() {
            if !want.inline.contains_key(name) {
                self.add_which(operation("Delete", kind, "Policy"), Some(name));
            }
        }
    }

    /// Before what an identity may do (that it gets one), or after (that it has none any more).
    fn boundary(&mut self, kind: Kind, have: Option<&String>, want: Option<&String>, first: bool) {
        let verb = match (have, want) {
            (have, Some(want)) if first && have != Some(want) => "Put",
            (Some(_), None) if !first => "Delete",
            _ => return,
        };
        self.add(operation(verb, kind, "PermissionsBoundary"));
    }

    fn membership(&mut self, verb: &str, user: &str, group: &str) {
        let on = Address::new("group", group).to_string();
        self.add_on(format!("iam:{verb}"), on, Some(user));
    }

    pub(super) fn create_role(&mut self, want: &Role) {
        self.add("iam:CreateRole");
        self.permissions(Kind::Role, NONE, of_role(want));
    }

    pub(super) fn update_role(&mut self, have: &Role, want: &Role) {
        let boundaries = (
            have.permissions_boundary.as_ref(),
            want.permissions_boundary.as_ref(),
        );
        self.tags((&have.tags, &want.tags), "iam:TagRole", "iam:UntagRole");
        self.boundary(Kind::Role, boundaries.0, boundaries.1, true);
        if have.trust_policy != want.trust_policy {
            self.add("iam:UpdateAssumeRolePolicy");
        }
        self.permissions(Kind::Role, of_role(have), of_role(want));
        if have.description != want.description
            || have.max_session_duration != want.max_session_duration
        {
            self.add("iam:UpdateRole");
        }
        self.boundary(Kind::Role, boundaries.0, boundaries.1, false);
    }

    pub(super) fn delete_role(&mut self, have: &Role) {
        self.permissions(Kind::Role, of_role(have), NONE);
        self.add("iam:DeleteRole");
    }

    pub(super) fn create_user(&mut self, want: &User) {
        self.add("iam:CreateUser");
        self.permissions(Kind::User, NONE, of_user(want));
        self.groups(None, want);
    }

    pub(super) fn update_user(&mut self, have: &User, want: &User) {
        let boundaries = (
            have.permissions_boundary.as_ref(),
            want.permissions_boundary.as_ref(),
        );
        self.tags((&have.tags, &want.tags), "iam:TagUser", "iam:UntagUser");
        self.boundary(Kind::User, boundaries.0, boundaries.1, true);
        self.permissions(Kind::User, of_user(have), of_user(want));
        self.groups(Some(have), want);
        self.boundary(Kind::User, boundaries.0, boundaries.1, false);
    }

    fn groups(&mut self, have: Option<&User>, want: &User) {
        let none = Default::default();
        let have = have.map_or(&none, |have| &have.groups);
        let ours = |group: &&String| !want.groups_elsewhere.contains(*group);
        for group in want.groups.difference(have).filter(ours) {
            self.membership("AddUserToGroup", &want.name, group);
        }
        for group in have.difference(&want.groups).filter(ours) {
            self.membership("RemoveUserFromGroup", &want.name, group);
        }
    }

    pub(super) fn delete_user(&mut self, have: &User) {
        for group in &have.groups {
            self.membership("RemoveUserFromGroup", &have.name, group);
        }
        self.permissions(Kind::User, of_user(have), NONE);
        self.add("iam:DeleteUser");
    }

    pub(super) fn create_group(&mut self, want: &Group) {
        self.add("iam:CreateGroup");
        self.permissions(Kind::Group, NONE, of_group(want));
        self.members(None, want);
    }

    pub(super) fn update_group(&mut self, have: &Group, want: &Group) {
        self.permissions(Kind::Group, of_group(have), of_group(want));
        self.members(Some(have), want);
    }

    fn members(&mut self, have: Option<&Group>, want: &Group) {
        let none = Default::default();
        let have = have.map_or(&none, |have| &have.members);
        for user in want.members.difference(have) {
            self.membership("AddUserToGroup", user, &want.name);
        }
        for user in have.difference(&want.members) {
            self.membership("RemoveUserFromGroup", user, &want.name);
        }
    }

    pub(super) fn delete_group(&mut self, have: &Group) {
        for user in &have.members {
            self.membership("RemoveUserFromGroup", user, &have.name);
        }
        self.permissions(Kind::Group, of_group(have), NONE);
        self.add("iam:DeleteGroup");
    }

    pub(super) fn update_policy(&mut self, have: &ManagedPolicy, want: &ManagedPolicy) {
        self.tags((&have.tags, &want.tags), "iam:TagPolicy", "iam:UntagPolicy");
        if have.policy != want.policy {
            self.perhaps("iam:DeletePolicyVersion", "it has five versions already");
            self.add("iam:CreatePolicyVersion");
        }
    }

    pub(super) fn delete_policy(&mut self) {
        self.perhaps("iam:DeletePolicyVersion", "it has former versions");
        self.add("iam:DeletePolicy");
    }
}
