//! The calls that change something, told before they are made.

use crate::resource::Resource;
use serde::Serialize;

/// What becomes of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed<'a> {
    /// It is made.
    Create(&'a Resource),
    /// It is led from what it is to what it is to be, each whole.
    Update(&'a Resource, &'a Resource),
    /// It is removed.
    Delete(&'a Resource),
}

/// A call that changes something at the provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Announced {
    /// As the API names it: `iam:PutRolePolicy`.
    pub operation: &'static str,
    /// What it changes: an address, or an ARN of what has none.
    pub on: String,
    /// Which of several alike: the name of a policy, the ARN of one, a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub which: Option<String>,
    /// It is made only in this case, and then as often as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
}
