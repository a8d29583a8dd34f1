//! An IAM group with its members.

use super::names::{Fault, check_iam_name};
use super::role::{permission_needs, root};
use super::{Address, Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A group. Members, inline and attached policies are exactly as written. IAM has no tags on
/// groups, so the path says whose a group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Unique in the account without regard to case, whatever the path.
    pub name: String,
    /// Begins and ends with `/`; see [`Group::default_path`].
    #[serde(default = "root")]
    pub path: String,
    /// Names of users.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Inline policies by name.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Document>,
    /// ARNs of managed policies.
    #[serde(default)]
    pub attached_policies: BTreeSet<String>,
}

impl Group {
    /// A group without members that may do nothing.
    #[must_use]
    pub fn named(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            members: BTreeSet::new(),
            inline_policies: BTreeMap::new(),
            attached_policies: BTreeSet::new(),
        }
    }

    /// The path of a manifest's groups unless it says otherwise: the mark that they are ours, in
    /// place of the tags that groups cannot have.
    #[must_use]
    pub fn default_path(manifest: &str) -> String {
        format!("/s3setup/{manifest}/")
    }

    /// The manifest whose groups have this path, if it is such a path.
    #[must_use]
    pub fn manifest_of(path: &str) -> Option<&str> {
        let name = path.strip_prefix("/s3setup/")?.strip_suffix('/')?;
        (!name.is_empty() && !name.contains('/')).then_some(name)
    }

    /// `[\w+=,.@-]{1,128}`.
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        check_iam_name("group", name, 128)
    }
}

impl Kind for Group {
    const KIND: &'static str = "group";
    const FIXED: &'static [&'static str] = &["path"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:iam::{}:group{}{}",
            scope.partition, scope.account, self.path, self.name
        ))
    }

    fn needs(&self) -> Needs {
        let mut needs = permission_needs(&self.inline_policies, &self.attached_policies, None);
        let members = self
            .members
            .iter()
            .map(|user| Address::new("user", user).to_string());
        needs.must.extend(members);
        needs
    }

    fn limited_to(self, _want: &Self) -> Self {
        self
    }

    fn with_foreign(self, _have: &Self) -> Self {
        self
    }

    fn tags(&self) -> Option<&Tags> {
        None
    }

    fn belongs_to(&self, manifest: &str) -> bool {
        self.path == Self::default_path(manifest)
    }
}
