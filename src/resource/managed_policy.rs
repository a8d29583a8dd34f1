//! A customer managed IAM policy. Its versions are the provider's business: desired and observed
//! is the default version.

use super::names::{Fault, check_iam_name, fault};
use super::ownership::{self, Keys};
use super::role::{document_needs, root};
use super::{Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicy {
    /// Unique in the account without regard to case, whatever the path.
    pub name: String,
    /// Begins and ends with `/`; fixed at creation.
    #[serde(default = "root")]
    pub path: String,
    /// Fixed at creation; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The default version.
    pub policy: Document,
    /// Only our keys are managed.
    #[serde(default)]
    pub tags: Tags,
}

impl ManagedPolicy {
    /// `[\w+=,.@-]{1,128}`.
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        check_iam_name("policy", name, 128)
    }

    /// Paths of policies are stricter than others: `((/[A-Za-z0-9.,+@=_-]+)*)/`.
    ///
    /// # Errors
    /// The rule that `path` breaks.
    pub fn check_path(path: &str) -> Result<(), Fault> {
        super::check_path(path)?;
        match path
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && !"/.,+@=_-".contains(*c))
        {
            None => Ok(()),
            Some(odd) => Err(fault(
                format!(
                    "a policy's path consists of letters, digits and /.,+@=_- and this has {odd:?}"
                ),
                "write it without",
            )),
        }
    }

    /// At most 1000 characters.
    ///
    /// # Errors
    /// The rule that `description` breaks.
    pub fn check_description(description: &str) -> Result<(), Fault> {
        match description.chars().count() {
            0..=1000 => Ok(()),
            _ => Err(fault(
                "a policy's description has at most 1000 characters",
                "shorten it",
            )),
        }
    }
}

impl Kind for ManagedPolicy {
    const KIND: &'static str = "policy";
    const FIXED: &'static [&'static str] = &["path", "description"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:iam::{}:policy{}{}",
            scope.partition, scope.account, self.path, self.name
        ))
    }

    fn needs(&self) -> Needs {
        document_needs([&self.policy])
    }

    fn limited_to(mut self, want: &Self) -> Self {
        ownership::unmanaged!(self, want; description);
        self.tags = ownership::our_tags(self.tags, &want.tags, Keys::Exact);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        ownership::keep_unmanaged!(self, have; description);
        self.tags = ownership::with_foreign_tags(self.tags, &have.tags, Keys::Exact);
        self
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }
}
