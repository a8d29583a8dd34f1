//! The access key of a user as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// An access key for the user, made once and handed over to its sink. Nothing of s3setup keeps the
/// secret.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// Where the secret is handed over: exactly one place.
    pub sink: Sink,
    /// The names that the reader of the sink expects, where they can be chosen.
    #[serde(default)]
    pub names: Option<Names>,
}

/// Where the secret goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sink {
    /// A file on this machine, readable by its owner alone.
    File(File),
    /// A secret of AWS Secrets Manager in the manifest's region: a JSON object.
    SecretsManager(Stored),
    /// A `SecureString` of AWS's Parameter Store in the manifest's region: a JSON object.
    ParameterStore(Stored),
    /// Two secrets of GitHub Actions, of a repository or of one of its environments.
    GithubActions(GithubSecrets),
    /// Printed once, by `apply --show-secrets`.
    Stdout(Stdout),
}

/// A file, and how it is written. What else is in it stays as it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file, from `/` on, or relative to the working directory.
    pub path: String,
    /// `dotenv`: lines `NAME=value`. `json`: one object. `aws_profile`: as `~/.aws/credentials`.
    /// `rclone`: as `rclone.conf`.
    pub format: Format,
    /// With `aws_profile`: the profile's name.
    #[serde(default)]
    pub profile: Option<String>,
    /// With `rclone`: the remote's name.
    #[serde(default)]
    pub remote: Option<String>,
}

/// Forms of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Lines `NAME=value`.
    Dotenv,
    /// One JSON object.
    Json,
    /// A profile, as in `~/.aws/credentials`.
    AwsProfile,
    /// A remote, as in `rclone.conf`.
    Rclone,
}

/// A secret or parameter of AWS.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// The KMS key that encrypts it (id, ARN or alias); without it, the one of AWS.
    #[serde(default)]
    pub kms_key: Option<String>,
}

/// Secrets of GitHub Actions. The token is taken from `GH_TOKEN` or `GITHUB_TOKEN`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GithubSecrets {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// The environment whose secrets they are; without it, those of the whole repository.
    #[serde(default)]
    pub environment: Option<String>,
}

/// The standard output.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stdout {}

/// Names for the two parts of an access key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Instead of `AWS_ACCESS_KEY_ID` (in JSON: `access_key_id`).
    pub access_key_id: String,
    /// Instead of `AWS_SECRET_ACCESS_KEY` (in JSON: `secret_access_key`).
    pub secret_access_key: String,
}
