//! The bucket as it is written.

use crate::manifest::statement::Statements;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The S3 bucket. Safe by default: public access blocked, ACLs off, encrypted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The bucket's name, unique in all of AWS.
    pub name: String,
    /// The region; without it, the manifest's.
    #[serde(default)]
    pub region: Option<String>,
    /// Keep superseded and deleted objects as versions. Left out, it is not managed.
    #[serde(default)]
    pub versioning: Option<bool>,
    /// The default encryption of new objects; without it, SSE-S3 for a new bucket, and what there
    /// is for one that is there.
    #[serde(default)]
    pub encryption: Option<Encryption>,
    /// What public access is refused; all of it unless switched off here.
    #[serde(default)]
    pub public_access_block: PublicAccessBlock,
    /// Who owns uploaded objects; without it, `BucketOwnerEnforced`: the bucket's owner, ACLs off.
    #[serde(default)]
    pub object_ownership: ObjectOwnership,
    /// Lifecycle rules by id. Left out, they are not managed; `{}` is "no rules".
    #[serde(default)]
    pub lifecycle: Option<BTreeMap<String, LifecycleRule>>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
    /// The bucket's tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Refuse requests that do not come over TLS, whoever makes them.
    #[serde(default)]
    pub deny_plain_http: bool,
    /// Statements of the bucket policy, in AWS's own words, beside what `grants` make.
    #[serde(default)]
    pub policy: Statements,
}

/// Default encryption of a bucket.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Encryption {
    /// Keys managed by S3 (AES256).
    #[default]
    SseS3,
    /// A key of AWS KMS.
    SseKms(KmsEncryption),
    /// A key of AWS KMS, two layers of encryption.
    DsseKms(KmsEncryption),
}

/// Encryption with a KMS key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KmsEncryption {
    /// `kms_key.NAME` of this manifest, a key's ARN or id, an alias (`alias/backups`) or an alias's
    /// ARN.
    pub key: String,
    /// Use a bucket key: far fewer calls to KMS. On for `sse_kms` unless written; there is none for
    /// `dsse_kms`.
    #[serde(default)]
    pub bucket_key: Option<bool>,
}

fn yes() -> bool {
    true
}

/// The four switches of S3 Block Public Access.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PublicAccessBlock {
    /// Refuse new public ACLs.
    pub block_public_acls: bool,
    /// Disregard public ACLs that there are.
    pub ignore_public_acls: bool,
    /// Refuse a public bucket policy.
    pub block_public_policy: bool,
    /// With a public policy, let in only this account and AWS services.
    pub restrict_public_buckets: bool,
}

impl Default for PublicAccessBlock {
    fn default() -> Self {
        Self {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        }
    }
}

/// Who owns what is uploaded.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
pub enum ObjectOwnership {
    /// The bucket's owner; ACLs are off.
    #[default]
    BucketOwnerEnforced,
    /// The bucket's owner, of objects uploaded with the ACL `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// Whoever uploads.
    ObjectWriter,
}

/// One lifecycle rule. It does at least one thing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// Switched on.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Only for objects whose key begins so.
    #[serde(default)]
    pub prefix: String,
    /// Delete objects so many days after they were written.
    #[serde(default)]
    #[schemars(range(min = 1, max = 36500))]
    pub expire_days: Option<i32>,
    /// Remove delete markers behind which no version is left.
    #[serde(default)]
    pub expire_delete_markers: bool,
    /// Delete versions so many days after they were superseded.
    #[serde(default)]
    #[schemars(range(min = 1, max = 36500))]
    pub noncurrent_expire_days: Option<i32>,
    /// Keep this many of the newest superseded versions all the same.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    pub noncurrent_keep: Option<i32>,
    /// Abort multipart uploads that are unfinished after so many days.
    #[serde(default)]
    #[schemars(range(min = 1, max = 36500))]
    pub abort_multipart_days: Option<i32>,
    /// Move objects to cheaper storage classes.
    #[serde(default)]
    pub transitions: Vec<Transition>,
    /// The same, for superseded versions.
    #[serde(default)]
    pub noncurrent_transitions: Vec<Transition>,
}

/// A move to another storage class.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Days after the object was written (or superseded).
    #[schemars(range(min = 0, max = 36500))]
    pub days: i32,
    /// The class.
    pub storage_class: StorageClass,
}

/// Storage classes that objects can be moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StorageClass {
    /// Standard, infrequent access.
    StandardIa,
    /// One zone, infrequent access.
    OnezoneIa,
    /// By use.
    IntelligentTiering,
    /// Glacier instant retrieval.
    GlacierIr,
    /// Glacier flexible retrieval.
    Glacier,
    /// Glacier deep archive.
    DeepArchive,
}
