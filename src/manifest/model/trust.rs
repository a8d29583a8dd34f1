//! Trusts as they are written.

use super::OneOrMany;
use crate::manifest::statement::Statements;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

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
    Statements(Statements),
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
