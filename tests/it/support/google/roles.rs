//! Custom roles. One that was deleted is shown, can be had back, and keeps its id to itself.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Role, State, etag};
use serde_json::{Value, json};

fn full(state: &State, asked: &Asked, id: &str) -> String {
    format!("projects/{}/roles/{id}", state.project(asked.name(0)))
}

fn absent(name: &str) -> Reply {
    Reply::iam(
        404,
        "NOT_FOUND",
        &format!("The role named {name} was not found."),
    )
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(state, asked, asked.name(1));
    check(state, asked, &name)?;
    let role = state.roles.get_mut(&name).filter(|it| !it.retired);
    let role = role.ok_or_else(|| absent(&name))?;
    if role.unseen > 0 {
        role.unseen -= 1;
        return Err(absent(&name));
    }
    Ok(Reply::json(&shown(&name, role)))
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    let prefix = full(state, asked, "");
    check(state, asked, &prefix)?;
    let deleted = asked.parameter("showDeleted") == Some("true");
    let all = state
        .roles
        .iter()
        .filter(|(name, it)| name.starts_with(&prefix) && !it.retired && (deleted || !it.deleted));
    let basic = asked.parameter("view") != Some("FULL");
    let roles: Vec<Value> = all
        .map(|(name, it)| {
            let mut shown = shown(name, it);
            if basic && let Some(shown) = shown.as_object_mut() {
                shown.remove("includedPermissions");
            }
            shown
        })
        .collect();
    Ok(Reply::json(&json!({"roles": roles})))
}

pub fn create(state: &mut State, asked: &Asked) -> Outcome {
    let body = asked.json();
    let id = body["roleId"].as_str().unwrap_or_default().to_owned();
    let name = full(state, asked, &id);
    check(state, asked, &name)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
    if !(3..=64).contains(&id.len()) || !id.chars().all(fits) {
        let said = format!("The role ID {id} is not valid.");
        return Err(Reply::iam(400, "INVALID_ARGUMENT", &said));
    }
    if body["role"].get("name").is_some_and(|it| it != "") {
        return Err(Reply::iam(
            400,
            "INVALID_ARGUMENT",
            "Role name must not be set.",
        ));
    }
    match state.roles.get(&name) {
        Some(there) if there.deleted || there.retired => {
            let said =
                format!("You can't create a role_id ({id}) which has been marked for deletion.");
            return Err(Reply::iam(400, "FAILED_PRECONDITION", &said));
        }
        Some(_) => {
            let project = state.project(asked.name(0));
            let said = format!("A role named {id} in projects/{project} already exists.");
            return Err(Reply::iam(409, "ALREADY_EXISTS", &said));
        }
        None => {}
    }
    let mut role = Role {
        stage: "ALPHA".to_owned(),
        etag: state.next(),
        unseen: state.delay,
        ..Role::default()
    };
    write(
        &mut role,
        &body["role"],
        &["title", "description", "stage", "includedPermissions"],
    )?;
    let reply = Reply::json(&shown(&name, &role));
    state.roles.insert(name, role);
    Ok(reply)
}

pub fn patch(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(state, asked, asked.name(1));
    check(state, asked, &name)?;
    let body = asked.json();
    let number = state.next();
    let role = state.roles.get_mut(&name).filter(|it| !it.retired);
    let role = role.ok_or_else(|| absent(&name))?;
    if role.deleted {
        let said = format!("The role {name} is deleted.");
        return Err(Reply::iam(400, "FAILED_PRECONDITION", &said));
    }
    fresh(role, &body["etag"])?;
    let mask = asked
        .parameter("updateMask")
        .unwrap_or("title,description,stage,includedPermissions");
    let fields: Vec<&str> = mask.split(',').collect();
    write(role, &body, &fields)?;
    role.etag = number;
    Ok(Reply::json(&shown(&name, role)))
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(state, asked, asked.name(1));
    check(state, asked, &name)?;
    let number = state.next();
    let role = state.roles.get_mut(&name).filter(|it| !it.retired);
    let role = role.ok_or_else(|| absent(&name))?;
    if role.deleted {
        let said = format!("The role {name} is already deleted.");
        return Err(Reply::iam(400, "FAILED_PRECONDITION", &said));
    }
    role.deleted = true;
    role.etag = number;
    Ok(Reply::json(&shown(&name, role)))
}

pub fn undelete(state: &mut State, asked: &Asked) -> Outcome {
    let name = full(state, asked, asked.name(1));
    check(state, asked, &name)?;
    let number = state.next();
    let role = state.roles.get_mut(&name).filter(|it| !it.retired);
    let role = role.ok_or_else(|| absent(&name))?;
    if !role.deleted {
        let said = format!("The role {name} is not deleted.");
        return Err(Reply::iam(400, "FAILED_PRECONDITION", &said));
    }
    role.deleted = false;
    role.etag = number;
    Ok(Reply::json(&shown(&name, role)))
}

fn fresh(role: &Role, said: &Value) -> Result<(), Reply> {
    match said.as_str() {
        Some(said) if said != etag(role.etag) => {
            let said = "There were concurrent changes to the role. Please retry the whole \
                        read-modify-write with exponential backoff.";
            Err(Reply::iam(409, "ABORTED", said))
        }
        _ => Ok(()),
    }
}

fn write(role: &mut Role, body: &Value, fields: &[&str]) -> Result<(), Reply> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let invalid = |said: String| Reply::iam(400, "INVALID_ARGUMENT", &said);
    for field in fields {
        match *field {
            "title" => role.title = text("title"),
            "description" => role.description = text("description"),
            "stage" => role.stage = text("stage"),
            "includedPermissions" => {
                let all = body["includedPermissions"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                role.permissions = all
                    .iter()
                    .filter_map(|it| it.as_str().map(str::to_owned))
                    .collect();
            }
            odd => return Err(invalid(format!("Invalid update mask: {odd}"))),
        }
    }
    if role.title.len() > 100 || role.description.len() > 300 {
        return Err(invalid(
            "The title or the description is too long.".to_owned(),
        ));
    }
    let stages = ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"];
    if !stages.contains(&role.stage.as_str()) {
        return Err(invalid(format!("{} is no launch stage.", role.stage)));
    }
    let known = |permission: &&String| {
        let parts: Vec<&str> = permission.split('.').collect();
        parts.len() == 3 && parts[0].chars().all(|c| c.is_ascii_lowercase())
    };
    match role.permissions.iter().find(|it| !known(it)) {
        Some(odd) => Err(invalid(format!("Permission {odd} is not valid."))),
        None => Ok(()),
    }
}

fn shown(name: &str, role: &Role) -> Value {
    let mut shown = json!({
        "name": name, "title": role.title, "description": role.description,
        "includedPermissions": role.permissions, "stage": role.stage, "etag": etag(role.etag),
    });
    if role.deleted {
        shown["deleted"] = true.into();
    }
    shown
}
