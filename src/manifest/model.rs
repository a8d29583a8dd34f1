//! The manifest as it is written. The doc comments are the descriptions of the JSON Schema.

use super::statement::PolicyStatement;
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
    /// `${account}`, `${region}`, `${partition}`.
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
    /// Tags for everything in this manifest that can have tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The bucket.
    #[serde(default)]
    pub bucket: Option<Bucket>,
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
    /// Taken when none is given. May use `${account}`, `${region}` and `${partition}`.
    #[serde(default)]
    pub default: Option<String>,
    /// Taken for a look at the plan when none is given; a plan that holds it is not applied to AWS.
    #[serde(default)]
    pub example: Option<String>,
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
    /// The default encryption of new objects; without it, SSE-S3.
    #[serde(default)]
    pub encryption: Encryption,
    /// What public access is refused; all of it unless switched off here.
    #[serde(default)]
    pub public_access_block: PublicAccessBlock,
    /// Who owns uploaded objects; without it, `BucketOwnerEnforced`: the bucket's owner, ACLs off.
    #[serde(default)]
    pub object_ownership: ObjectOwnership,
    /// Lifecycle rules by id. Left out, they are not managed; `{}` is "no rules".
    #[serde(default)]
    pub lifecycle: Option<BTreeMap<String, LifecycleRule>>,
    /// The bucket's tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Refuse requests that do not come over TLS, whoever makes them.
    #[serde(default)]
    pub deny_plain_http: bool,
    /// Statements of the bucket policy, in AWS's own words, beside what `grants` make.
    #[serde(default)]
    pub policy: Vec<PolicyStatement>,
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
    /// The key's ARN, an alias (`alias/backups`) or an alias's ARN.
    pub key: String,
    /// Use a bucket key: far fewer calls to KMS.
    #[serde(default = "yes")]
    pub bucket_key: bool,
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
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
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
    pub inline_policies: BTreeMap<String, Vec<PolicyStatement>>,
    /// Managed policies: `policy.NAME`, an ARN, or the name of a policy of AWS.
    #[serde(default)]
    pub attached_policies: Vec<String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// Who may assume a role.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trust {
    /// A workflow of GitHub Actions.
    GithubActions(GithubActions),
    /// A workload of another OIDC issuer (GitLab, CircleCI, Buildkite, Vercel, …).
    Oidc(Oidc),
    /// Another AWS account.
    Account(TrustedAccount),
    /// A user or role of any AWS account.
    Principal(TrustedPrincipal),
    /// An AWS service, such as `ec2.amazonaws.com`.
    Service(String),
    /// Statements in AWS's own words.
    Statements(Vec<PolicyStatement>),
}

/// Workflows of one GitHub repository: of branches, tags, environments, or of pull requests.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GithubActions {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// Workflows that run on this branch (or one of these).
    #[serde(default)]
    pub branch: Option<OneOrMany<String>>,
    /// Workflows that run on this tag (or one of these).
    #[serde(default)]
    pub tag: Option<OneOrMany<String>>,
    /// Jobs of this environment (or one of these); wins over the branch as soon as a job names one.
    #[serde(default)]
    pub environment: Option<OneOrMany<String>>,
    /// Workflows that a pull request started: anybody who can open one.
    #[serde(default)]
    pub pull_request: bool,
    /// The owner's id, for GitHub's immutable subjects (`gh api repos/OWNER/NAME --jq .owner.id`).
    #[serde(default)]
    pub owner_id: Option<String>,
    /// The repository's id, for GitHub's immutable subjects (`gh api repos/OWNER/NAME --jq .id`).
    #[serde(default)]
    pub repository_id: Option<String>,
    /// Which form of subject the repository has; without it, `immutable` if the ids are given.
    #[serde(default)]
    pub subject_format: Option<SubjectFormat>,
    /// The audience; without it, that of the official action, `sts.amazonaws.com`.
    #[serde(default)]
    pub audience: Option<String>,
    /// The issuer, for a GitHub Enterprise with its own.
    #[serde(default)]
    pub issuer: Option<String>,
}

/// Forms of the subject in GitHub's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectFormat {
    /// `repo:owner/name:…`: repositories made before 2026-07-15 and not renamed since.
    Legacy,
    /// `repo:owner@id/name@id:…`: newer ones.
    Immutable,
    /// Either, for the time of a migration.
    Both,
}

/// Workloads that an OIDC issuer vouches for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The issuer's URL, such as `https://gitlab.com`.
    pub issuer: String,
    /// The audience of the token (or one of these).
    pub audience: OneOrMany<String>,
    /// The subject, exactly (or one of these).
    #[serde(default)]
    pub subject: Option<OneOrMany<String>>,
    /// The subject with `*` and `?` as wildcards (or one of these); what names the tenant has none.
    #[serde(default)]
    pub subject_like: Option<OneOrMany<String>>,
    /// Other claims, exactly.
    #[serde(default)]
    pub claims: BTreeMap<String, OneOrMany<String>>,
}

/// Another AWS account, all of it: its administrators decide who.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedAccount {
    /// Its id, 12 digits.
    pub id: String,
    /// What the vendor's side sends, so that no other customer of the vendor can get in.
    #[serde(default)]
    pub external_id: Option<OneOrMany<String>>,
}

/// A user or role.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedPrincipal {
    /// Its ARN, or `role.NAME` or `user.NAME` of this manifest.
    pub arn: OneOrMany<String>,
    /// What the vendor's side sends, so that no other customer of the vendor can get in.
    #[serde(default)]
    pub external_id: Option<OneOrMany<String>>,
}

/// An IAM user.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
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
    pub inline_policies: BTreeMap<String, Vec<PolicyStatement>>,
    /// Managed policies: `policy.NAME`, an ARN, or the name of a policy of AWS.
    #[serde(default)]
    pub attached_policies: Vec<String>,
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
    pub inline_policies: BTreeMap<String, Vec<PolicyStatement>>,
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
    pub statements: Vec<PolicyStatement>,
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
    pub through: Option<String>,
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
            "type": "string",
            "description": "A verb, or an IAM action such as s3:AbortMultipartUpload.",
            "examples": super::verbs::names().collect::<Vec<_>>(),
        })
    }
}
