//! The manifest as it is written. The doc comments are the descriptions of the JSON Schema.

mod accept;
mod access_key;
mod account;
mod bucket;
mod google;
mod kms_key;
mod trust;

pub use accept::Accept;
pub use access_key::{AccessKey, File, Format, Names, Sink, Stored};
pub use account::Account;
pub use bucket::{
    Bucket, Encryption, KmsEncryption, LifecycleRule, ObjectOwnership, StorageClass, Transition,
};
pub use google::{
    Google, GoogleBucket, GoogleGrant, GoogleLifecycleAction, GoogleLifecycleRule,
    PoolGithubActions, PoolOidc, PoolProvider, ServiceAccountKey, ServiceAccountKeySink,
};
pub use kms_key::KmsKey;
pub use trust::{GithubActions, Oidc, SubjectFormat, Trust};

use crate::manifest::statement::Statements;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A bucket and the identities around it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The manifest's name: letters, digits and hyphens. It marks what s3setup creates, so two
    /// manifests of one account need two names.
    pub name: String,
    /// Values to be given with `--set name=value` and used as `${name}`. Known beside them:
    /// `${account}`, `${region}`, `${partition}`, `${google_project}`.
    #[serde(default)]
    #[expect(dead_code, reason = "read by themselves, before anything is filled in")]
    pub inputs: BTreeMap<String, Input>,
    /// The region of the bucket; without it, the one of `--region`, `AWS_REGION` or the profile.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "read before the rest, since `${region}` stands for it"
    )]
    pub region: Option<String>,
    /// The accounts that it is for, each with how it is reached; without it, the account of the
    /// caller's own credentials. Inputs cannot be used in here.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// Refuse a plan by which anybody gains access, unless `--allow-widening` is given: for what is
    /// set up once, and from then on only to be kept.
    #[serde(default)]
    pub deny_widening: bool,
    /// Tags for everything in this manifest that can have tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The bucket.
    #[serde(default)]
    pub bucket: Option<Bucket>,
    /// Keys of AWS KMS by their alias, without `alias/`. The bucket's encryption refers to one as
    /// `kms_key.NAME`.
    #[serde(default)]
    pub kms_keys: BTreeMap<String, KmsKey>,
    /// IAM roles by name.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// IAM users by name.
    #[serde(default)]
    pub users: BTreeMap<String, User>,
    /// IAM groups by name.
    #[serde(default)]
    pub groups: BTreeMap<String, Group>,
    /// Customer managed policies by name.
    #[serde(default)]
    pub policies: BTreeMap<String, Policy>,
    /// OIDC identity providers by URL. Those that a trust needs follow from it by themselves.
    #[serde(default)]
    pub oidc_providers: BTreeMap<String, OidcProvider>,
    /// Who may do what in the bucket.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// What is in Google Cloud.
    #[serde(default)]
    pub google: Option<Google>,
    /// Accounts that may be named as principals, each with whose it is.
    #[serde(default)]
    pub known_accounts: BTreeMap<String, String>,
    /// Findings that are meant to be so, each with its reason.
    #[serde(default)]
    pub accept: Vec<Accept>,
    /// What must not be there any more, such as `role.old`: a `bucket`, `group`, `kms_key`,
    /// `oidc_provider`, `policy`, `role` or `user`, or of Google's a `google_bucket`, `google_role`,
    /// `service_account`, `workload_identity_pool` or `workload_identity_provider`, that carries this
    /// manifest's mark. It is planned,
    /// reviewed and applied like everything else. Of a policy with a path, `policy.PATH/NAME`.
    #[serde(default)]
    pub absent: Vec<String>,
    /// What a person needs next, shown after apply and by `s3setup outputs`.
    #[serde(default)]
    pub outputs: BTreeMap<String, String>,
}

/// A value that the user of the manifest gives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is, for the one who fills it in.
    pub description: String,
    /// Taken when none is given. May use `${account}`, `${region}`, `${partition}` and
    /// `${google_project}`.
    #[serde(default)]
    pub default: Option<String>,
    /// Taken for a look at the plan when none is given; a plan that holds it is not applied to AWS.
    #[serde(default)]
    pub example: Option<String>,
    /// What a value looks like: a regular expression for all of it, such as `[a-z0-9]+`.
    #[serde(default)]
    pub pattern: Option<String>,
}

/// One value, or a list of them.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Whether a list was written.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Many(_))
    }
}

/// An IAM role.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Who may assume the role: one trust, or a list.
    pub trust: OneOrMany<Trust>,
    /// What it is for; at most 1000 Latin-1 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// The path in the ARN, such as `/backups/`.
    #[serde(default)]
    pub path: Option<String>,
    /// The longest session, in seconds.
    #[serde(default)]
    #[schemars(range(min = 3600, max = 43200))]
    pub max_session_duration: Option<i32>,
    /// A policy that bounds what the role can ever do: `policy.NAME`, an ARN, or the name of a
    /// policy of AWS.
    #[serde(default)]
    pub permissions_boundary: Option<String>,
    /// Inline policies by name, each a list of statements in AWS's own words.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Statements>,
    /// Managed policies: `policy.NAME`, an ARN, or the name of a policy of AWS.
    #[serde(default)]
    pub attached_policies: Vec<String>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// An IAM user.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// An access key for it, and where its secret is handed over. Left out, its keys are not
    /// managed.
    #[serde(default)]
    pub access_key: Option<AccessKey>,
    /// The path in the ARN, such as `/backups/`.
    #[serde(default)]
    pub path: Option<String>,
    /// A policy that bounds what the user can ever do: `policy.NAME`, an ARN, or the name of a
    /// policy of AWS.
    #[serde(default)]
    pub permissions_boundary: Option<String>,
    /// Groups that the user is in: `group.NAME`, or the name of one outside this manifest.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Inline policies by name, each a list of statements in AWS's own words.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Statements>,
    /// Managed policies: `policy.NAME`, an ARN, or the name of a policy of AWS.
    #[serde(default)]
    pub attached_policies: Vec<String>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// An IAM group.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The path in the ARN; without it, `/s3setup/MANIFEST/`, which marks the group as this
    /// manifest's (IAM has no tags on groups).
    #[serde(default)]
    pub path: Option<String>,
    /// Its users: `user.NAME`, or the name of one outside this manifest.
    #[serde(default)]
    pub members: Vec<String>,
    /// Inline policies by name, each a list of statements in AWS's own words.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Statements>,
    /// Managed policies: `policy.NAME`, an ARN, or the name of a policy of AWS.
    #[serde(default)]
    pub attached_policies: Vec<String>,
}

/// A customer managed policy.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The path in the ARN, such as `/backups/`.
    #[serde(default)]
    pub path: Option<String>,
    /// What it is for; fixed at creation.
    #[serde(default)]
    pub description: Option<String>,
    /// Statements in AWS's own words, beside those of the grants that go through this policy.
    #[serde(default)]
    pub statements: Statements,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// An OIDC identity provider of the account.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Audiences that it has to have, beside those that others need.
    pub audiences: Vec<String>,
}

/// Who may do what in the bucket.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// `role.NAME`, `user.NAME` or `group.NAME` of this manifest, the ARN of a user or role
    /// elsewhere, or the id of another account.
    pub to: OneOrMany<String>,
    /// What: `list`, `read`, `write`, `delete`, `multipart`, `acl`, `tags`, `versions`,
    /// `location`, `list_all_buckets`, `create_bucket`, or IAM actions such as
    /// `s3:AbortMultipartUpload`.
    pub allow: Vec<Allow>,
    /// Only in this folder of the bucket, such as `backups/dataset-1/`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Where it is written: `bucket_policy`, `inline_policy` or `managed_policy` of the principal,
    /// or `policy.NAME` of this manifest. Without it, the principal's inline policy, or the bucket
    /// policy for one outside this manifest.
    #[serde(default)]
    pub through: Option<Through>,
}

/// One thing that a grant allows.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Allow(pub String);

impl JsonSchema for Allow {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Allow".into()
    }

    /// Words that an editor completes, or any action of S3.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A verb, or an IAM action such as s3:AbortMultipartUpload.",
            "anyOf": [
                {"type": "string", "enum": crate::manifest::verbs::names().collect::<Vec<_>>()},
                {"type": "string", "pattern": "^[A-Za-z0-9]+:"},
            ],
        })
    }
}

/// Where a grant is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Through(pub String);

impl Through {
    /// The places that need no name.
    pub const PLACES: [&'static str; 3] = ["bucket_policy", "inline_policy", "managed_policy"];
}

impl JsonSchema for Through {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Through".into()
    }

    /// Words that an editor completes, or a policy of the manifest.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "bucket_policy, inline_policy, managed_policy, or policy.NAME.",
            "anyOf": [
                {"type": "string", "enum": Self::PLACES},
                {"type": "string", "pattern": "^policy\\."},
            ],
        })
    }
}
