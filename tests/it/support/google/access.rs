//! Who is asking, and whether they may: bindings × permissions of roles × conditions.

use super::condition::{About, holds};
use super::policies::ROLES;
use super::reply::Reply;
use super::route::Asked;
use super::state::{Binding, State};
use super::tokens;
use s3setup::permissions::Method;
use std::collections::BTreeSet;

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever runs the tool; may do everything but what the state says.
    Operator,
    Account(String),
    /// Somebody from elsewhere, and the members of bindings that they are.
    Identity(BTreeSet<String>),
    Nobody,
    /// A token that nobody gave.
    Impostor,
}

fn asking(state: &State, asked: &Asked) -> Who {
    match &asked.token {
        None if state.strict => Who::Nobody,
        None => Who::Operator,
        Some(token) if state.identities.contains_key(token) => {
            Who::Identity(state.identities[token].clone())
        }
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
        Who::Identity(members) => members.first().cloned().unwrap_or_default(),
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
    let service = asked.method.split('.').next().unwrap_or_default();
    if (state.iam_disabled && service == "iam") || state.disabled.contains(service) {
        let said =
            format!("The {service} API has not been used in project p before or it is disabled.");
        let details = serde_json::json!([{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": format!("{service}.googleapis.com")},
        }]);
        return Err(Reply::iam_with(403, "PERMISSION_DENIED", &said, details));
    }
    let permission = Method::named(asked.method).map_or("", Method::permission);
    match permission.is_empty() || allowed(state, asked, permission, resource) {
        true => Ok(()),
        false => Err(Reply::denied(asked.method, permission, &who(state, asked))),
    }
}

/// Whether whoever is asking has this permission on that.
pub fn allowed(state: &State, asked: &Asked, permission: &str, resource: &str) -> bool {
    let mut everybody = vec!["allUsers"];
    let members = match asking(state, asked) {
        Who::Operator => {
            let may = state.operator_may.as_ref();
            let lacks = &state.operator_lacks;
            return may.is_none_or(|may| may.contains(permission)) && !lacks.contains(permission);
        }
        Who::Impostor => return false,
        Who::Nobody => BTreeSet::new(),
        Who::Account(email) => {
            everybody.push("allAuthenticatedUsers");
            [format!("serviceAccount:{email}")].into()
        }
        Who::Identity(members) => members,
    };
    // Only what is bound on a bucket or a service account itself gives anything here.
    let bucket = resource.strip_prefix("projects/_/buckets/").map(|rest| {
        let name = rest.split('/').next().unwrap_or(rest);
        state.buckets.get(name).map(|it| &it.policy)
    });
    let account = resource
        .strip_prefix("serviceAccount:")
        .map(|email| state.accounts.get(email).map(|it| &it.policy));
    let Some(policy) = bucket.or(account).flatten() else {
        return false;
    };
    let about = About {
        resource,
        prefix: asked.parameter("prefix").unwrap_or_default(),
    };
    let is_them = |binding: &&Binding| {
        let mut all = members
            .iter()
            .map(String::as_str)
            .chain(everybody.iter().copied());
        all.any(|member| binding.members.contains(member))
    };
    let fulfilled = |binding: &&Binding| {
        let condition = binding.condition.as_ref();
        condition.is_none_or(|it| holds(it["expression"].as_str().unwrap_or_default(), &about))
    };
    let bindings = policy.bindings.iter().filter(is_them).filter(fulfilled);
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
