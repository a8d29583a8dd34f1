//! Secret Manager: secrets, their versions, and names of versions.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Secret, State, etag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

fn full(asked: &Asked, id: &str) -> String {
    format!("projects/{}/secrets/{id}", asked.name(0))
}

fn absent(name: &str) -> Reply {
    Reply::iam(404, "NOT_FOUND", &format!("Secret [{name}] not found."))
}

fn shown(name: &str, secret: &Secret) -> Value {
    json!({
        "name": name, "replication": {"automatic": {}}, "etag": etag(secret.etag),
        "versionAliases": secret.aliases,
        "annotations": secret.annotations,
    })
}

/// An object, or an empty one.
fn map(value: &Value) -> Value {
    match value {
        Value::Object(_) => value.clone(),
        _ => json!({}),
    }
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.name(1));
    check(state, asked, &name)?;
    let secret = state.secrets.get(&name).ok_or_else(|| absent(&name))?;
    Ok(Reply::json(&shown(&name, secret)))
}

pub fn create(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.parameter("secretId").unwrap_or_default());
    check(state, asked, &name)?;
    if state.secrets.contains_key(&name) {
        let said = format!("Secret [{name}] already exists.");
        return Err(Reply::iam(409, "ALREADY_EXISTS", &said));
    }
    if asked.json()["replication"]["automatic"].is_null() {
        let said = "A replication policy is required.";
        return Err(Reply::iam(400, "INVALID_ARGUMENT", said));
    }
    let secret = Secret {
        etag: state.next(),
        annotations: map(&asked.json()["annotations"]),
        ..Secret::default()
    };
    let reply = Reply::json(&shown(&name, &secret));
    state.secrets.insert(name, secret);
    Ok(reply)
}

pub fn patch(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.name(1));
    check(state, asked, &name)?;
    let body = asked.json();
    let number = state.next();
    let secret = state.secrets.get_mut(&name).ok_or_else(|| absent(&name))?;
    if body["etag"]
        .as_str()
        .is_some_and(|said| said != etag(secret.etag))
    {
        let said = "The etag does not match.";
        return Err(Reply::iam(400, "FAILED_PRECONDITION", said));
    }
    if asked.parameter("updateMask") != Some("versionAliases,annotations") {
        return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid update mask"));
    }
    let aliases = body["versionAliases"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let mut named = std::collections::BTreeMap::new();
    for (alias, version) in aliases {
        let version = version.as_str().unwrap_or_default().to_owned();
        let known = version
            .parse()
            .is_ok_and(|it: usize| (1..=secret.versions.len()).contains(&it));
        if !known || alias.len() > 63 {
            return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid version alias"));
        }
        named.insert(alias, version);
    }
    secret.aliases = named;
    secret.annotations = map(&body["annotations"]);
    secret.etag = number;
    Ok(Reply::json(&shown(&name, secret)))
}

pub fn add_version(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.name(1));
    check(state, asked, &name)?;
    let data = STANDARD.decode(asked.json()["payload"]["data"].as_str().unwrap_or_default());
    let data = data.map_err(|_| Reply::iam(400, "INVALID_ARGUMENT", "Invalid payload"))?;
    let secret = state.secrets.get_mut(&name).ok_or_else(|| absent(&name))?;
    secret.versions.push(data);
    let version = format!("{name}/versions/{}", secret.versions.len());
    Ok(Reply::json(&json!({"name": version, "state": "ENABLED"})))
}

/// The version that was added last, without what is in it.
pub fn version(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.name(1));
    check(state, asked, &name)?;
    let secret = state.secrets.get(&name).ok_or_else(|| absent(&name))?;
    if secret.versions.is_empty() {
        return Err(absent(&name));
    }
    let version = format!("{name}/versions/{}", secret.versions.len());
    Ok(Reply::json(&json!({"name": version, "state": "ENABLED"})))
}

pub fn access(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(asked, asked.name(1));
    check(state, asked, &name)?;
    let secret = state.secrets.get(&name).ok_or_else(|| absent(&name))?;
    let newest = secret.versions.last().ok_or_else(|| absent(&name))?;
    let version = format!("{name}/versions/{}", secret.versions.len());
    let payload = json!({"data": STANDARD.encode(newest)});
    Ok(Reply::json(&json!({"name": version, "payload": payload})))
}
