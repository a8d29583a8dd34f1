//! An IAM user.

use super::names::{Fault, check_iam_name};
use super::ownership::{self, Keys};
use super::role::{permission_needs, root};
use super::{Address, Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A user. Groups, inline and attached policies are exactly as written: one more is a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Unique in the account without regard to case, whatever the path.
    pub name: String,
    /// Begins and ends with `/`; fixed at creation.
    #[serde(default = "root")]
    pub path: String,
    /// ARN of a managed policy; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// Groups that the user is in, other than those below.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Groups whose members are managed with the group, so that a membership has one place: what
    /// the user is in of these is no matter of the user's.
    #[serde(skip)]
    pub groups_elsewhere: Arc<BTreeSet<String>>,
    /// Inline policies by name.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Document>,
    /// ARNs of managed policies.
    #[serde(default)]
    pub attached_policies: BTreeSet<String>,
    /// Only our keys are managed.
    #[serde(default)]
    pub tags: Tags,
}

impl User {
    /// A user who may do nothing.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: root(),
            permissions_boundary: None,
            groups: BTreeSet::new(),
            groups_elsewhere: Arc::default(),
            inline_policies: BTreeMap::new(),
            attached_policies: BTreeSet::new(),
            tags: Tags::new(),
        }
    }

    /// `[\w+=,.@-]{1,64}`.
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        check_iam_name("user", name, 64)
    }
}

impl Kind for User {
    const KIND: &'static str = "user";
    const FIXED: &'static [&'static str] = &["path"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:iam::{}:user{}{}",
            scope.partition, scope.account, self.path, self.name
        ))
    }

    fn needs(&self) -> Needs {
        let mut needs = permission_needs(
            &self.inline_policies,
            &self.attached_policies,
            self.permissions_boundary.as_ref(),
        );
        let groups = self
            .groups
            .difference(&self.groups_elsewhere)
            .map(|group| Address::new("group", group).to_string());
        needs.must.extend(groups);
        needs
    }

    fn limited_to(mut self, want: &Self) -> Self {
        ownership::unmanaged!(self, want; permissions_boundary);
        self.groups
            .retain(|group| !want.groups_elsewhere.contains(group));
        self.groups_elsewhere.clone_from(&want.groups_elsewhere);
        self.tags = ownership::our_tags(self.tags, &want.tags, Keys::IgnoringCase);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        ownership::keep_unmanaged!(self, have; permissions_boundary);
        self.groups
            .extend(have.groups.intersection(&self.groups_elsewhere).cloned());
        self.tags = ownership::with_foreign_tags(self.tags, &have.tags, Keys::IgnoringCase);
        self
    }

    fn has_unique_id(&self) -> bool {
        true
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_membership_that_the_group_manages_is_no_difference_of_the_user() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let live = User {
            groups: set(&["backup", "admins"]),
            ..User::named("u")
        };
        let want = User {
            groups_elsewhere: Arc::new(set(&["backup"])),
            ..User::named("u")
        };
        assert_eq!(live.limited_to(&want).groups, set(&["admins"]));
    }
}
