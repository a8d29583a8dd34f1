//! A key of AWS KMS as it is written.

use crate::manifest::statement::Statements;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A symmetric key of AWS KMS, in the bucket's region. Whoever the grants let write or read the
/// bucket that it encrypts may use it, through S3 only.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KmsKey {
    /// What it is for. Left out, it is not managed.
    pub description: Option<String>,
    /// New key material every year.
    pub rotation: bool,
    /// Days that a deletion would wait, during which it can be cancelled.
    #[schemars(range(min = 7, max = 30))]
    pub deletion_window_days: i32,
    /// Who may administer the key and change its policy: `role.NAME`, `user.NAME` or `group.NAME`
    /// of this manifest, or an ARN. Whoever runs s3setup has to be among them. Without it, the
    /// account: whomever its IAM policies let.
    pub administrators: Option<Vec<String>>,
    /// Who may use the key through S3, to read and to write, beside those of the grants.
    pub users: Vec<String>,
    /// Statements of the key policy, in AWS's own words, beside what s3setup makes.
    pub policy: Statements,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    pub protect: bool,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Default for KmsKey {
    fn default() -> Self {
        Self {
            description: None,
            rotation: true,
            deletion_window_days: 30,
            administrators: None,
            users: Vec::new(),
            policy: Statements::default(),
            protect: false,
            tags: BTreeMap::new(),
        }
    }
}
