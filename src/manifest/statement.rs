//! A statement of a policy as it is written in a manifest: AWS's own words, so that JSON pasted
//! from a page is a statement already.

use super::model::OneOrMany;
use crate::policy::Statement;
use crate::yaml::Path;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statement of an IAM policy, in AWS's own words.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PolicyStatement {
    /// The statement's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: Effect,
    /// Whom it is about; only in bucket policies and trusts. `role.NAME` and `user.NAME` stand for
    /// the ARNs of this manifest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// Everybody but these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Principal>,
    /// Actions, such as `s3:GetObject`; `*` and `?` are wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<OneOrMany<String>>,
    /// All actions but these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_action: Option<OneOrMany<String>>,
    /// ARNs; `*` and `?` are wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<OneOrMany<String>>,
    /// Everything but these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_resource: Option<OneOrMany<String>>,
    /// Operator → key → value or values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: BTreeMap<String, BTreeMap<String, OneOrMany<String>>>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Effect {
    /// Lets in.
    Allow,
    /// Keeps out, whatever else allows it.
    Deny,
}

/// `"*"` for everybody, or kinds of principals.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Principal {
    /// `*`: everybody.
    Everybody(String),
    /// By kind.
    Kinds(Principals),
}

/// Principals by kind.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Principals {
    /// ARNs of users and roles, account ids, or `*`.
    #[serde(default, rename = "AWS", skip_serializing_if = "Option::is_none")]
    pub aws: Option<OneOrMany<String>>,
    /// ARNs of OIDC or SAML providers; only in trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federated: Option<OneOrMany<String>>,
    /// Services, such as `ec2.amazonaws.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<OneOrMany<String>>,
    /// Canonical user ids of S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_user: Option<OneOrMany<String>>,
}

/// Statements: a list of them, or a whole policy document as a page has it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Statements {
    /// The statements.
    List(Vec<PolicyStatement>),
    /// A document.
    Document(Box<PolicyDocument>),
}

/// A policy document, in AWS's own words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PolicyDocument {
    /// `2012-10-17`: the version of the policy language that all policies are written in.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "one value is allowed, and all policies are written in it"
    )]
    pub version: Option<PolicyVersion>,
    /// The statements: one, or a list.
    pub statement: OneOrMany<PolicyStatement>,
}

/// The version of the policy language. The older one, `2008-10-17`, knows no policy variables.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum PolicyVersion {
    /// The current one.
    #[serde(rename = "2012-10-17")]
    Current,
}

impl Default for Statements {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Statements {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[PolicyStatement] {
        match self {
            Self::List(list) => list,
            Self::Document(document) => document.statement.as_slice(),
        }
    }

    /// Where the statement `at` stands below `path`.
    #[must_use]
    pub fn place(&self, path: &Path, at: usize) -> Path {
        match self {
            Self::List(_) => path.index(at),
            Self::Document(document) if document.statement.is_list() => {
                path.key("Statement").index(at)
            }
            Self::Document(_) => path.key("Statement"),
        }
    }
}

impl PolicyStatement {
    /// The canonical statement.
    ///
    /// # Errors
    /// What is no statement of a policy.
    pub fn canonical(&self) -> Result<Statement, serde_json::Error> {
        serde_json::from_value(serde_json::to_value(self)?)
    }
}
