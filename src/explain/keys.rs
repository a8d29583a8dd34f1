//! Which claims conditions can see, and as which keys. Others may be in a token, and no condition
//! meets them.
//!
//! Source: "IAM and AWS STS condition context keys", "Available keys for AWS OIDC federation" (read
//! 2026-11-22).

use crate::resource::OidcProvider;

/// Claim → the condition key's name, of every provider.
const EVERYWHERE: &[(&str, &str)] = &[
    ("amr", "amr"),
    ("email", "email"),
    ("aud", "oaud"),
    ("sub", "sub"),
];
/// Claims of one provider that are condition keys of the same name.
const GITHUB: &[&str] = &[
    "actor",
    "actor_id",
    "job_workflow_ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
    "ref",
    "environment",
    "enterprise_id",
];
const GITLAB: &[&str] = &[
    "namespace_id",
    "project_id",
    "user_id",
    "user_login",
    "user_email",
    "user_access_level",
    "ref_protected",
    "pipeline_source",
    "runner_environment",
];
const BUILDKITE: &[&str] = &[
    "organization_slug",
    "organization_id",
    "pipeline_slug",
    "pipeline_id",
    "cluster_name",
    "cluster_id",
    "build_branch",
];

/// The claims that conditions can see beside `aud`, each with its key's name.
pub(super) fn seen(issuer: &str) -> Vec<(String, String)> {
    let pair = |claim: &str, key: &str| (claim.to_owned(), key.to_owned());
    let everywhere = EVERYWHERE.iter().map(|(claim, key)| pair(claim, key));
    let own = of_provider(issuer).into_iter();
    everywhere
        .chain(own.map(|name| pair(&name.replace("google/", "google:"), name)))
        .collect()
}

/// Whether the issuer is GitHub Actions: on github.com, for an enterprise, or at GHE.com.
pub(super) fn is_github(issuer: &str) -> bool {
    let host = issuer.split('/').next().unwrap_or_default();
    host == OidcProvider::GITHUB
        || (host.starts_with("token.actions.") && host.ends_with(".ghe.com"))
}

/// The names of the keys that only this provider has.
pub(super) fn of_provider(issuer: &str) -> Vec<&'static str> {
    match issuer {
        "gitlab.com" => GITLAB.to_vec(),
        "agent.buildkite.com" => BUILDKITE.to_vec(),
        "accounts.google.com" => vec!["google/organization_number"],
        _ if is_github(issuer) => GITHUB.to_vec(),
        _ if issuer.starts_with("oidc.circleci.com/org/") => vec!["oidc.circleci.com/project-id"],
        _ if issuer.ends_with(".identity.oraclecloud.com") => vec!["rpst_id"],
        _ => Vec::new(),
    }
}
