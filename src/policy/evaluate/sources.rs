//! The policies that are known, each with its name.

use crate::policy::Document;

/// A policy with the name by which the answer refers to it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// `inline policy x of role.y`.
    pub name: &'a str,
    /// The policy.
    pub document: &'a Document,
}

/// How the policy of a resource works together with those of the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceRule {
    /// Within an account, it or the caller's own policies allow; between accounts, both.
    #[default]
    Ordinary,
    /// A KMS key's: nothing is allowed that it does not allow or leave to its account's IAM.
    KeyPolicy,
    /// A role's trust policy.
    Trust,
}

/// All policies that have a say in one request.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    /// The caller's: its own and its groups', inline and attached.
    pub identity: Vec<Source<'a>>,
    /// The caller's permissions boundary.
    pub boundary: Option<Source<'a>>,
    /// The policies the session was made with, inline and managed, which limit it together: what
    /// one of them allows is within. Empty: a session without.
    pub session: Vec<Source<'a>>,
    /// The resource's own: a bucket's, a key's, a role's trust policy.
    pub resource: Option<Source<'a>>,
    /// What kind of policy the resource's is.
    pub resource_rule: ResourceRule,
}
