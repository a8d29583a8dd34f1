//! The rules for Google: bindings, roles, providers, keys, and what a bucket says of the public.

mod bindings;
mod providers;
#[cfg(test)]
mod tests;

use super::{Finding, finding, rules};
use crate::policy::google::{is_permission_known, nearest_permission, service_is_known};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// All that is looked at together: what one manifest has in a project, or what there is of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// The bucket.
    pub bucket: Option<Bucket>,
    /// Who has which role on the bucket.
    pub bindings: Vec<Binding>,
    /// Service account → who has which role on it.
    pub users: BTreeMap<String, Vec<Binding>>,
    /// Full name of a role of the project → its permissions.
    pub roles: BTreeMap<String, BTreeSet<String>>,
    /// `POOL/ID` → provider.
    pub providers: BTreeMap<String, Provider>,
    /// Service accounts that have a key.
    pub keys: BTreeSet<String>,
}

/// A bucket's settings; `None` is not known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Whether ACLs do not count.
    pub uniform_bucket_level_access: Option<bool>,
    /// Whether the public is kept out whatever a policy says.
    pub public_access_prevention: Option<bool>,
}

/// One binding, as Google's policies have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Binding {
    /// The role.
    pub role: String,
    /// Who has it.
    pub members: BTreeSet<String>,
    /// The expression of its condition.
    pub condition: Option<String>,
}

/// A provider of a pool.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// The issuer's URL.
    pub issuer: String,
    /// Attribute → expression.
    pub attribute_mapping: BTreeMap<String, String>,
    /// What has to be true of a token.
    pub attribute_condition: Option<String>,
}

/// Everything there is to say of it. Paths are those of [`Project`]: `bindings[0].members`,
/// `roles.NAME`, `providers.POOL/ID.attribute_condition`.
#[must_use]
pub fn lint(project: &Project) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(bucket) = &project.bucket {
        settings(project, bucket, &mut found);
    }
    bindings::lint(project, &mut found);
    for (name, permissions) in &project.roles {
        role(name, permissions, &mut found);
    }
    for (name, provider) in &project.providers {
        providers::lint(name, provider, &mut found);
    }
    for name in &project.keys {
        key(project, name, &mut found);
    }
    found
}

fn settings(project: &Project, bucket: &Bucket, found: &mut Vec<Finding>) {
    if bucket.uniform_bucket_level_access == Some(false) {
        found.push(finding(
            &rules::GOOGLE_ACLS,
            "bucket.uniform_bucket_level_access",
            "access control lists of single objects let in whom no policy names",
            "leave uniform_bucket_level_access: false out",
        ));
    }
    // Where somebody is let in on purpose, that is told by itself.
    if bucket.public_access_prevention == Some(false) && !bindings::has_public(project) {
        found.push(finding(
            &rules::GOOGLE_NO_PREVENTION,
            "bucket.public_access_prevention",
            "one binding could let in everybody on the internet",
            "write public_access_prevention: enforced, or leave it out",
        ));
    }
}

fn role(name: &str, permissions: &BTreeSet<String>, found: &mut Vec<Finding>) {
    for permission in permissions {
        if is_permission_known(permission) || !service_is_known(permission) {
            continue;
        }
        let fix = match nearest_permission(permission) {
            Some(near) => format!("write {near}"),
            None => "look it up on Google's page".to_owned(),
        };
        found.push(finding(
            &rules::GOOGLE_UNKNOWN_PERMISSION,
            &format!("roles.{name}"),
            format!("no permission {permission:?} is known"),
            fix,
        ));
    }
}

fn key(project: &Project, name: &str, found: &mut Vec<Finding>) {
    let path = format!("keys.{name}");
    if let Some(pool) = project.providers.keys().next() {
        let pool = pool.split('/').next().unwrap_or(pool);
        found.push(finding(
            &rules::GOOGLE_KEY_BESIDE_POOL,
            &path,
            format!("{name} has a key that never expires, though there is the pool {pool}"),
            format!("leave key: out, and write used_by: [workload_identity_pool.{pool}]"),
        ));
    } else {
        found.push(finding(
            &rules::GOOGLE_KEY,
            &path,
            format!("{name} has a key, which never expires; newer organisations forbid them"),
            "let whoever can do without use a workload identity pool",
        ));
    }
}
