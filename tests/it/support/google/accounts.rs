//! Service accounts. One that is made again is another one, and nobody knows a new one at once.

use super::access::check;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Account, Policy, State, etag};
use serde_json::{Value, json};

pub fn absent(email: &str) -> Reply {
    Reply::iam(
        404,
        "NOT_FOUND",
        &format!("Unknown service account: {email}"),
    )
}

/// Fails as Google does while it does not know an account yet: not there, and next time forbidden.
pub fn known(state: &mut State, asked: &Asked, email: &str) -> Result<(), Reply> {
    let account = state.accounts.get_mut(email).ok_or_else(|| absent(email))?;
    if account.project != asked.name(0) {
        return Err(absent(email));
    }
    if account.unseen == 0 {
        return Ok(());
    }
    account.unseen -= 1;
    match account.unseen % 2 {
        0 => Err(absent(email)),
        _ => Err(Reply::denied(
            asked.method,
            "iam.serviceAccounts.get",
            email,
        )),
    }
}

/// The account that is asked for, for what changes it.
fn found<'a>(state: &'a mut State, asked: &Asked) -> Result<(String, &'a mut Account), Reply> {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    known(state, asked, &email)?;
    let account = state
        .accounts
        .get_mut(&email)
        .ok_or_else(|| absent(&email))?;
    Ok((email, account))
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let (email, account) = found(state, asked)?;
    Ok(Reply::json(&shown(&email, account)))
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    check(state, asked, asked.name(0))?;
    let all = state
        .accounts
        .iter()
        .filter(|(_, it)| it.project == asked.name(0));
    let accounts: Vec<Value> = all.map(|(email, it)| shown(email, it)).collect();
    Ok(Reply::json(&json!({"accounts": accounts})))
}

pub fn create(state: &mut State, asked: &Asked) -> Outcome {
    check(state, asked, asked.name(0))?;
    let body = asked.json();
    let project = asked.name(0).to_owned();
    let id = body["accountId"].as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(6..=30).contains(&id.len()) || !id.chars().all(fits) {
        return Err(Reply::iam(400, "INVALID_ARGUMENT", "Invalid account id"));
    }
    let domain = match project.split_once(':') {
        Some((domain, project)) => format!("{project}.{domain}"),
        None => project.clone(),
    };
    let email = format!("{id}@{domain}.iam.gserviceaccount.com");
    if state.accounts.contains_key(&email) {
        let said =
            format!("Service account {id} already exists within project projects/{project}.");
        return Err(Reply::iam(409, "ALREADY_EXISTS", &said));
    }
    let mut account = Account {
        project,
        unique_id: format!("1{:020}", state.next()),
        policy: Policy {
            etag: state.next(),
            ..Policy::default()
        },
        unseen: state.delay,
        ..Account::default()
    };
    write(
        &mut account,
        &body["serviceAccount"],
        &["displayName", "description"],
    )?;
    let reply = Reply::json(&shown(&email, &account));
    state.accounts.insert(email, account);
    Ok(reply)
}

pub fn patch(state: &mut State, asked: &Asked) -> Outcome {
    let body = asked.json();
    let (email, account) = found(state, asked)?;
    let mask = body["updateMask"].as_str().unwrap_or_default().to_owned();
    let fields: Vec<&str> = mask.split(',').collect();
    write(account, &body["serviceAccount"], &fields)?;
    Ok(Reply::json(&shown(&email, account)))
}

pub fn enable(state: &mut State, asked: &Asked, enabled: bool) -> Outcome {
    let (_, account) = found(state, asked)?;
    account.disabled = !enabled;
    Ok(Reply::json(&json!({})))
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    let (email, account) = found(state, asked)?;
    let id = account.unique_id.clone();
    state.accounts.remove(&email);
    state.forget_member(&email, &id);
    Ok(Reply::json(&json!({})))
}

fn write(account: &mut Account, body: &Value, fields: &[&str]) -> Result<(), Reply> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let invalid = |said: String| Reply::iam(400, "INVALID_ARGUMENT", &said);
    for field in fields {
        match *field {
            "displayName" => account.display_name = text("displayName"),
            "description" => account.description = text("description"),
            odd => return Err(invalid(format!("Invalid update mask: {odd}"))),
        }
    }
    if account.display_name.len() > 100 || account.description.len() > 256 {
        return Err(invalid(
            "The name or the description is too long.".to_owned(),
        ));
    }
    Ok(())
}

fn shown(email: &str, account: &Account) -> Value {
    let mut shown = json!({
        "name": format!("projects/{}/serviceAccounts/{email}", account.project),
        "projectId": account.project, "uniqueId": account.unique_id, "email": email,
        "displayName": account.display_name, "description": account.description,
        "oauth2ClientId": account.unique_id, "etag": etag(0),
    });
    if account.disabled {
        shown["disabled"] = true.into();
    }
    shown
}
