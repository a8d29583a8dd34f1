//! Who is asking, and whether they may: bindings × permissions of roles × conditions.

use super::condition::{About, holds};
use super::policies::ROLES;
use super::reply::Reply;
use super::route::Asked;
use super::state::{Binding, State};
use super::tokens;
use s3setup::permissions::Method;

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever runs the tool; may do everything but what the state says.
    Operator,
    Account(String),
    Nobody,
    /// A token that nobody gave.
    Impostor,
}

fn asking(state: &State, asked: &Asked) -> Who {
    match &asked.token {
        None if state.strict => Who::Nobody,
        None => Who::Operator,
        Some(token) => match tokens::owner(state, token).as_deref() {
            Some("") => Who::Operator,
            Some(email) => Who::Account(email.to_owned()),
            None => Who::Impostor,
        },
    }
}

/// As Google names them in a refusal.
pub fn who(state: &State, asked: &Asked) -> String {
    match asking(state, asked) {
        Who::Account(email) => email,
        Who::Operator => "operator@example.com".to_owned(),
        Who::Nobody | Who::Impostor => "Anonymous caller".to_owned(),
    }
}

/// Fails unless whoever is asking may call this on that.
pub fn check(state: &State, asked: &Asked, resource: &str) -> Result<(), Reply> {
    if asking(state, asked) == Who::Impostor {
        let said = "Request had invalid authentication credentials.";
        return Err(match asked.method.starts_with("storage.") {
            true => Reply::storage(401, "authError", "Invalid Credentials"),
            false => Reply::iam(401, "UNAUTHENTICATED", said),
        });
    }
    if state.iam_disabled && asked.method.starts_with("iam.") {
        let said = "Identity and Access Management (IAM) API has not been used in project p before or \
                    it is disabled.";
        let details = serde_json::json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com", "metadata": {"service": "iam.googleapis.com"},
        }]);
        return Err(Reply::iam_with(403, "PERMISSION_DENIED", said, details));
    }
    let permission = Method::named(asked.method).map_or("", Method::permission);
    match permission.is_empty() || allowed(state, asked, permission, resource) {
        true => Ok(()),
        false => Err(Reply::denied(asked.method, permission, &who(state, asked))),
    }
}

/// Whether whoever is asking has this permission on that.
pub fn allowed(state: &State, asked: &Asked, permission: &str, resource: &str) -> bool {
    let member = match asking(state, asked) {
        Who::Operator => return !state.operator_lacks.contains(permission),
        Who::Impostor => return false,
        Who::Nobody => None,
        Who::Account(email) => Some(format!("serviceAccount:{email}")),
    };
    // Only what is bound on a bucket itself gives anything here.
    let Some(rest) = resource.strip_prefix("projects/_/buckets/") else {
        return false;
    };
    let bucket = rest.split('/').next().unwrap_or(rest);
    let Some(bucket) = state.buckets.get(bucket) else {
        return false;
    };
    let about = About {
        resource,
        prefix: asked.parameter("prefix").unwrap_or_default(),
    };
    let is_them = |binding: &&Binding| {
        let everybody = ["allUsers", "allAuthenticatedUsers"];
        let known = member.as_ref().is_some_and(|member| {
            binding.members.contains(member) || binding.members.contains(everybody[1])
        });
        known || binding.members.contains(everybody[0])
    };
    let fulfilled = |binding: &&Binding| {
        let condition = binding.condition.as_ref();
        condition.is_none_or(|it| holds(it["expression"].as_str().unwrap_or_default(), &about))
    };
    let bindings = bucket
        .policy
        .bindings
        .iter()
        .filter(is_them)
        .filter(fulfilled);
    bindings
        .map(|it| it.role.as_str())
        .any(|role| gives(state, role, permission))
}

/// Whether a role has a permission.
fn gives(state: &State, role: &str, permission: &str) -> bool {
    if let Some((_, permissions)) = ROLES.iter().find(|(known, _)| *known == role) {
        return permissions.contains(&permission) || permissions.contains(&"*");
    }
    let role = state
        .roles
        .get(role)
        .filter(|it| !it.deleted && it.stage != "DISABLED");
    role.is_some_and(|it| it.permissions.contains(permission))
}
