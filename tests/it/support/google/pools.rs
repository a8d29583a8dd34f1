//! Workload identity pools and their providers: made in the background, and kept for 30 days after they
//! were deleted.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Pool, State};
use serde_json::{Map, Value, json};

const FIELDS: [&str; 6] = [
    "displayName",
    "description",
    "disabled",
    "attributeMapping",
    "attributeCondition",
    "oidc",
];

fn name(state: &State, asked: &Asked) -> String {
    let number = state.number(&state.project(asked.name(0)));
    let pool = match asked.name(1) {
        "" => asked
            .parameter("workloadIdentityPoolId")
            .unwrap_or_default(),
        pool => pool,
    };
    let head = format!("projects/{number}/locations/global/workloadIdentityPools/{pool}");
    let created = asked.parameter("workloadIdentityPoolProviderId");
    let provider = asked.names.get(2).map(String::as_str).or(created);
    match provider.filter(|_| asked.method.contains(".providers.")) {
        Some(provider) => format!("{head}/providers/{provider}"),
        None => head,
    }
}

fn absent() -> Reply {
    Reply::iam(404, "NOT_FOUND", "Requested entity was not found.")
}

/// The pools of a project, or the providers of a pool.
fn shelf<'a>(
    state: &'a mut State,
    asked: &Asked,
    id: &str,
) -> Result<(Option<&'a mut Pool>, bool), Reply> {
    let project = state.project(asked.name(0));
    if !asked.method.contains(".providers.") {
        return Ok((state.pools.get_mut(&(project, id.to_owned())), true));
    }
    let pool = state
        .pools
        .get_mut(&(project, asked.name(1).to_owned()))
        .ok_or_else(absent)?;
    if pool.unseen > 0 {
        pool.unseen -= 1;
        return Err(absent());
    }
    let alive = !pool.deleted;
    Ok((pool.providers.get_mut(id), alive))
}

fn id(asked: &Asked) -> &str {
    match asked.method.contains(".providers.") {
        true => asked.name(2),
        false => asked.name(1),
    }
}

fn found<'a>(state: &'a mut State, asked: &Asked) -> Result<&'a mut Pool, Reply> {
    let full = name(state, asked);
    check(state, asked, &full)?;
    let there = shelf(state, asked, id(asked))?.0.ok_or_else(absent)?;
    if there.unseen > 0 {
        there.unseen -= 1;
        return Err(absent());
    }
    Ok(there)
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    let pool = found(state, asked)?;
    Ok(Reply::json(&shown(&full, pool)))
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    check(state, asked, &full)?;
    let deleted = asked.parameter("showDeleted") == Some("true");
    let project = state.project(asked.name(0));
    if asked.method.contains(".providers.") {
        let pool = state
            .pools
            .get(&(project, asked.name(1).to_owned()))
            .ok_or_else(absent)?;
        let all = pool
            .providers
            .iter()
            .filter(|(_, it)| deleted || !it.deleted);
        let all: Vec<Value> = all
            .map(|(id, it)| shown(&format!("{full}/providers/{id}"), it))
            .collect();
        return Ok(Reply::json(&json!({"workloadIdentityPoolProviders": all})));
    }
    let head = full.trim_end_matches('/').to_owned();
    let all = state
        .pools
        .iter()
        .filter(|((of, _), it)| *of == project && (deleted || !it.deleted));
    let all: Vec<Value> = all
        .map(|((_, id), it)| shown(&format!("{head}/{id}"), it))
        .collect();
    Ok(Reply::json(&json!({"workloadIdentityPools": all})))
}

pub fn create(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    check(state, asked, &full)?;
    let id = full.rsplit('/').next().unwrap_or_default().to_owned();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(4..=32).contains(&id.len()) || !id.chars().all(fits) || id.starts_with("gcp-") {
        return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid id."));
    }
    let (there, alive) = shelf(state, asked, &id)?;
    if there.is_some() {
        return Err(Reply::iam(
            409,
            "ALREADY_EXISTS",
            "Requested entity already exists",
        ));
    }
    if !alive {
        return Err(Reply::iam(
            400,
            "FAILED_PRECONDITION",
            "The pool is deleted.",
        ));
    }
    let Value::Object(body) = asked.json() else {
        return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid JSON payload"));
    };
    let provider = asked.method.contains(".providers.");
    valid(&body, provider)?;
    let made = Pool {
        body,
        unseen: if provider { 0 } else { state.delay },
        ..Pool::default()
    };
    let project = state.project(asked.name(0));
    match provider {
        true => {
            let pool = state
                .pools
                .get_mut(&(project, asked.name(1).to_owned()))
                .ok_or_else(absent)?;
            pool.providers.insert(id, made);
        }
        false => _ = state.pools.insert((project, id), made),
    }
    Ok(begun(state, &full))
}

pub fn patch(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    let provider = asked.method.contains(".providers.");
    let Value::Object(body) = asked.json() else {
        return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid JSON payload"));
    };
    let pool = found(state, asked)?;
    if pool.deleted {
        return Err(Reply::iam(400, "FAILED_PRECONDITION", "It is deleted."));
    }
    let mut after = pool.body.clone();
    for field in asked.parameter("updateMask").unwrap_or_default().split(',') {
        if !FIELDS.contains(&field) {
            let said = format!("Invalid update mask: {field}");
            return Err(Reply::iam(400, "INVALID_ARGUMENT", &said));
        }
        match body.get(field) {
            Some(value) => _ = after.insert(field.to_owned(), value.clone()),
            None => _ = after.remove(field),
        }
    }
    valid(&after, provider)?;
    pool.body = after;
    Ok(begun(state, &full))
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    let pool = found(state, asked)?;
    if pool.deleted {
        return Err(absent());
    }
    pool.deleted = true;
    Ok(begun(state, &full))
}

pub fn undelete(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    let pool = found(state, asked)?;
    if !pool.deleted {
        return Err(Reply::iam(400, "FAILED_PRECONDITION", "It is not deleted."));
    }
    pool.deleted = false;
    Ok(begun(state, &full))
}

pub fn operation(state: &mut State, asked: &Asked) -> Outcome {
    let full = name(state, asked);
    check(state, asked, &full)?;
    let id = asked.names.last().cloned().unwrap_or_default();
    let left = state.operations.get_mut(&id).ok_or_else(absent)?;
    let name = format!(
        "{}/operations/{id}",
        full.split("/operations/").next().unwrap_or(&full)
    );
    if *left > 0 {
        *left -= 1;
        return Ok(Reply::json(&json!({"name": name})));
    }
    Ok(Reply::json(
        &json!({"name": name, "done": true, "response": {}}),
    ))
}

/// An operation that goes on.
fn begun(state: &mut State, full: &str) -> Reply {
    let id = format!("op{}", state.next());
    state
        .operations
        .insert(id.clone(), state.operation_polls.saturating_sub(1));
    let mut begun = json!({"name": format!("{full}/operations/{id}")});
    if state.operation_polls == 0 {
        begun["done"] = true.into();
    }
    Reply::json(&begun)
}

fn valid(body: &Map<String, Value>, provider: bool) -> Result<(), Reply> {
    let invalid = |said: &str| Err(Reply::iam(400, "INVALID_ARGUMENT", said));
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let odd = body.keys().find(|name| !FIELDS.contains(&name.as_str()));
    if let Some(odd) = odd.filter(|odd| !["name", "state"].contains(&odd.as_str())) {
        return invalid(&format!(
            "Invalid JSON payload received. Unknown name \"{odd}\""
        ));
    }
    if text("displayName").len() > 32 || text("description").len() > 256 {
        return invalid("The name or the description is too long.");
    }
    if !provider {
        return Ok(());
    }
    let mapping = body.get("attributeMapping").and_then(Value::as_object);
    if mapping.is_none_or(|it| !it.contains_key("google.subject")) {
        return invalid("The attribute mapping must contain google.subject.");
    }
    let issuer = body
        .get("oidc")
        .and_then(|it| it["issuerUri"].as_str())
        .unwrap_or_default();
    if !issuer.starts_with("https://") {
        return invalid("The issuer URI must use HTTPS.");
    }
    // Of issuers that everybody shares.
    let shared = [
        "https://token.actions.githubusercontent.com",
        "https://gitlab.com",
    ];
    if shared.contains(&issuer.trim_end_matches('/'))
        && !text("attributeCondition").contains("assertion.")
    {
        return invalid("The attribute condition must reference one of the provider's claims.");
    }
    Ok(())
}

fn shown(name: &str, pool: &Pool) -> Value {
    let mut shown = pool.body.clone();
    shown.retain(|_, value| {
        !matches!(value, Value::String(text) if text.is_empty()) && *value != false
    });
    shown.insert("name".into(), name.into());
    shown.insert(
        "state".into(),
        if pool.deleted { "DELETED" } else { "ACTIVE" }.into(),
    );
    if pool.deleted {
        shown.insert("expireTime".into(), "2026-12-30T08:00:00Z".into());
    }
    Value::Object(shown)
}
