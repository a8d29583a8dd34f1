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
    /// As observed: of the groups that it is in, or is to be in, those that a manifest of s3setup has
    /// made, with the name of that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups_of: BTreeMap<String, String>,
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
            groups_of: BTreeMap::new(),
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
    const NEVER_DIFFERS: &'static [&'static str] = &["groups_of"];

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
        self.groups_of.clear();
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

    /// A group of another manifest says itself who is in it: whoever changes that from here has it
    /// changed back from there.
    fn obstacle(&self, have: &Self) -> Option<String> {
        let us = ownership::manifest_of(&self.tags);
        let others = have.groups_of.iter();
        let mut others = others.filter(|(_, manifest)| Some(manifest.as_str()) != us);
        others.find_map(|(group, manifest)| {
            let remedy = match (have.groups.contains(group), self.groups.contains(group)) {
                (false, true) => format!("write user.{} among its members there, too", self.name),
                (true, false) => format!(
                    "write {group} among its groups here, too, or take user.{} out of the members \
                     there",
                    self.name
                ),
                _ => return None,
            };
            Some(format!(
                "group.{group} belongs to the manifest {manifest:?} of s3setup, which says who is in \
                 it: {remedy}"
            ))
        })
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

    #[test]
    fn who_is_in_a_group_of_another_manifest_is_said_there() {
        let user = |groups: &[&str]| User {
            groups: groups.iter().map(|name| (*name).to_owned()).collect(),
            tags: ownership::mark("ours"),
            ..User::named("u")
        };
        let of = |manifest: &str| BTreeMap::from([("g".to_owned(), manifest.to_owned())]);
        let table = [
            (&["g"][..], &[][..], "other", Some("write user.u among")),
            (&[], &["g"], "other", Some("write g among its groups")),
            (&["g"], &["g"], "other", None),
            (&[], &["g"], "ours", None),
        ];
        for (wanted, live, manifest, expected) in table {
            let live = User {
                groups_of: of(manifest),
                ..user(live)
            };
            let obstacle = user(wanted).obstacle(&live);
            assert_eq!(obstacle.is_some(), expected.is_some(), "{wanted:?}");
            let told = obstacle.unwrap_or_default();
            assert!(told.contains(expected.unwrap_or_default()), "{told}");
            assert_eq!(live.limited_to(&user(wanted)).groups_of, BTreeMap::new());
        }
    }
}
