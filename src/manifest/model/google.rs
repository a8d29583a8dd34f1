//! What is in Google Cloud, as it is written.

use super::OneOrMany;
use super::access_key::{GithubSecrets, Stdout};
use crate::resource::google::{PublicAccessPrevention, Stage};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A bucket of Google Cloud Storage and the identities around it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Google {
    /// The project's id; without it, the one of `--project` or `GOOGLE_CLOUD_PROJECT`.
    #[serde(default)]
    pub project: Option<String>,
    /// The project's number, where a grant is to a pool: Google names pools by it
    /// (`gcloud projects describe PROJECT --format='value(projectNumber)'`).
    #[serde(default)]
    pub project_number: Option<String>,
    /// The bucket.
    #[serde(default)]
    pub bucket: Option<GoogleBucket>,
    /// Custom roles by id.
    #[serde(default)]
    pub roles: BTreeMap<String, GoogleRole>,
    /// Service accounts by id: what comes before the `@` of the address.
    #[serde(default)]
    pub service_accounts: BTreeMap<String, ServiceAccount>,
    /// Workload identity pools by id: identities from elsewhere, without a key.
    #[serde(default)]
    pub workload_identity_pools: BTreeMap<String, Pool>,
    /// Who may do what in the bucket.
    #[serde(default)]
    pub grants: Vec<GoogleGrant>,
}

/// The bucket. Safe by default: only policies count, and the public is kept out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleBucket {
    /// The bucket's name, unique in all of Google Cloud.
    pub name: String,
    /// Where it is, such as `EU` or `europe-west1`; fixed at creation.
    pub location: String,
    /// The class of objects that say nothing else: `STANDARD`, `NEARLINE`, `COLDLINE` or `ARCHIVE`.
    /// Left out, it is not managed.
    #[serde(default)]
    pub storage_class: Option<GoogleStorageClass>,
    /// Only policies count, and no ACLs. After 90 days Google does not take it back.
    #[serde(default = "yes")]
    pub uniform_bucket_level_access: bool,
    /// `enforced`: the public is kept out whatever a policy says. `inherited`: as the organisation
    /// has it.
    #[serde(default = "enforced")]
    pub public_access_prevention: Prevention,
    /// Keep superseded and deleted objects as versions. Left out, it is not managed.
    #[serde(default)]
    pub versioning: Option<bool>,
    /// Lifecycle rules. Left out, they are not managed; `[]` is "no rules".
    #[serde(default)]
    pub lifecycle: Option<Vec<GoogleLifecycleRule>>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
    /// The bucket's labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

fn enforced() -> Prevention {
    Prevention::Enforced
}

/// Whether the public is kept out.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prevention {
    /// It is.
    Enforced,
    /// As the organisation has it.
    Inherited,
}

impl From<Prevention> for PublicAccessPrevention {
    fn from(prevention: Prevention) -> Self {
        match prevention {
            Prevention::Enforced => Self::Enforced,
            Prevention::Inherited => Self::Inherited,
        }
    }
}

/// Storage classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GoogleStorageClass {
    /// For what is read often.
    Standard,
    /// For what is read once a month.
    Nearline,
    /// For what is read once a quarter.
    Coldline,
    /// For what is read less than once a year.
    Archive,
}

impl GoogleStorageClass {
    /// Google's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Nearline => "NEARLINE",
            Self::Coldline => "COLDLINE",
            Self::Archive => "ARCHIVE",
        }
    }
}

/// One lifecycle rule: one action, and conditions all of which have to hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleLifecycleRule {
    /// What it does.
    pub action: GoogleLifecycleAction,
    /// So many days after the object was written.
    #[serde(default)]
    #[schemars(range(min = 0, max = 36500))]
    pub age_days: Option<i64>,
    /// Only live objects, or only superseded ones.
    #[serde(default)]
    pub live: Option<bool>,
    /// So many days after it was superseded.
    #[serde(default)]
    #[schemars(range(min = 0, max = 36500))]
    pub noncurrent_days: Option<i64>,
    /// So many newer versions are there.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub newer_versions: Option<i64>,
    /// Only objects whose name begins with one of these.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Only objects whose name ends with one of these.
    #[serde(default)]
    pub suffixes: Vec<String>,
    /// Only objects of one of these classes.
    #[serde(default)]
    pub storage_classes: Vec<GoogleStorageClass>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoogleLifecycleAction {
    /// Delete the object.
    Delete,
    /// Give an upload in parts up.
    AbortIncompleteMultipartUpload,
    /// Move the object to this class.
    SetStorageClass(GoogleStorageClass),
}

/// A custom role.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleRole {
    /// What people see in lists; at most 100 bytes.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// How far it is; without it, `GA`.
    #[serde(default)]
    pub stage: GoogleStage,
    /// Permissions such as `storage.objects.create`, beside those of the grants that go through this
    /// role.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
}

/// The launch stage of a role.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GoogleStage {
    /// For trying it out.
    Alpha,
    /// Nearly done.
    Beta,
    /// Done.
    #[default]
    Ga,
    /// To be replaced.
    Deprecated,
    /// It grants nothing.
    Disabled,
}

impl From<GoogleStage> for Stage {
    fn from(stage: GoogleStage) -> Self {
        match stage {
            GoogleStage::Alpha => Self::Alpha,
            GoogleStage::Beta => Self::Beta,
            GoogleStage::Ga => Self::Ga,
            GoogleStage::Deprecated => Self::Deprecated,
            GoogleStage::Disabled => Self::Disabled,
        }
    }
}

/// A service account.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    /// What people see in lists; at most 100 bytes.
    #[serde(default)]
    pub display_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// A key for it, and where its private half is handed over. Left out, its keys are not managed.
    /// A key is the last resort: who runs in GitHub Actions or in a cluster needs none.
    #[serde(default)]
    pub key: Option<ServiceAccountKey>,
    /// Who may act as it: `workload_identity_pool.NAME`, or a member such as
    /// `user:ann@example.com`.
    #[serde(default)]
    pub used_by: Vec<String>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
}

/// A key, made once and handed over to its sink. Nothing of s3setup keeps its private half.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountKey {
    /// Where it is handed over: exactly one place.
    pub sink: ServiceAccountKeySink,
    /// Of a secret of GitHub Actions: its name, instead of `GOOGLE_CREDENTIALS`.
    #[serde(default)]
    pub name: Option<String>,
}

/// Where the key goes: the JSON file that Google's libraries read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ServiceAccountKeySink {
    /// A file on this machine, readable by its owner alone; nothing else is in it.
    File(KeyFile),
    /// A secret of Google Secret Manager in the same project; each key is a new version of it.
    GoogleSecretManager(KeySecret),
    /// A secret of GitHub Actions, of a repository or of one of its environments.
    GithubActions(GithubSecrets),
    /// Printed once, by `apply --show-secrets`.
    Stdout(Stdout),
}

/// A file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// The file, from `/` on, or relative to the working directory.
    pub path: String,
}

/// A secret of Google Secret Manager.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySecret {
    /// Its id.
    pub name: String,
}

/// A workload identity pool.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// What people see in lists; at most 32 characters.
    #[serde(default)]
    pub display_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Providers by id: who vouches for its identities.
    #[serde(default)]
    pub providers: BTreeMap<String, PoolProvider>,
    /// Keep it from being removed, even when its block is no longer in the manifest: only an apply
    /// with `protect: false` here, or without this line, takes that away.
    #[serde(default)]
    pub protect: bool,
}

/// Who vouches for identities of a pool: exactly one of these.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PoolProvider {
    /// GitHub Actions, for the workflows of one repository.
    GithubActions(PoolGithubActions),
    /// Another OpenID Connect issuer.
    Oidc(PoolOidc),
}

/// Workflows of one GitHub repository.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolGithubActions {
    /// The repository's id: a name can be given up and taken by somebody else
    /// (`gh api repos/OWNER/NAME --jq .id`).
    pub repository_id: String,
    /// The repository, as `owner/name`; checked beside the id.
    #[serde(default)]
    pub repository: Option<String>,
    /// Only workflows that run on this branch (or one of these).
    #[serde(default)]
    pub branch: Option<OneOrMany<String>>,
    /// Only workflows that run on this tag (or one of these).
    #[serde(default)]
    pub tag: Option<OneOrMany<String>>,
    /// Only jobs of this environment (or one of these).
    #[serde(default)]
    pub environment: Option<OneOrMany<String>>,
    /// Audiences; without any, the provider's own name, which the official action asks for.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// The issuer, for a GitHub Enterprise with its own.
    #[serde(default)]
    pub issuer: Option<String>,
    /// What people see in lists; at most 32 characters.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// Another issuer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolOidc {
    /// The issuer's URL, such as `https://gitlab.com`.
    pub issuer: String,
    /// Audiences; without any, the provider's own name.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// Attributes by name, such as `google.subject`, each an expression over `assertion`.
    pub attribute_mapping: BTreeMap<String, String>,
    /// What has to be true of a token, such as `assertion.namespace_id == '7'`.
    #[serde(default)]
    pub attribute_condition: Option<String>,
    /// What people see in lists; at most 32 characters.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// Who may do what in the bucket.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleGrant {
    /// `service_account.NAME` or `workload_identity_pool.NAME` of this manifest, or a member such as
    /// `serviceAccount:ADDRESS`, `group:ops@example.com` or `principalSet://…`.
    pub to: OneOrMany<String>,
    /// What: `list`, `read`, `write`, `delete`, `multipart`, `location`, or permissions such as
    /// `storage.objects.get`. They go into a custom role. Either this or `role`.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The custom role that they go into: `google_role.NAME` of this manifest. Without it, one of the
    /// grant's own.
    #[serde(default)]
    pub through: Option<String>,
    /// A role as it is: `google_role.NAME`, or the full name of another one, such as
    /// `roles/storage.objectViewer`. Either this or `allow`.
    #[serde(default)]
    pub role: Option<String>,
    /// Only in this folder of the bucket, such as `backups/`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Only if this is true. Not with `prefix`, which is such a condition.
    #[serde(default)]
    pub condition: Option<GoogleCondition>,
}

/// A condition in the Common Expression Language.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoogleCondition {
    /// What it is called.
    pub title: String,
    /// What has to be true, such as `request.time < timestamp("2027-01-01T00:00:00Z")`.
    pub expression: String,
}
