//! Keys of service accounts. All have the same private half, which is in the checkout; the id tells them
//! apart.

use super::access::check;
use super::accounts;
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::{Key, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The most that an account can have.
const MOST: usize = 10;

/// The private half, as Google's files have it.
pub fn private_key() -> &'static str {
    let text = include_str!("key_for_tests_only.pem");
    &text[text.find("-----BEGIN").expect("it is a PEM file")..]
}

pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

pub fn list(state: &mut State, asked: &Asked) -> Outcome {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    let account = &state.accounts[&email];
    let keys: Vec<Value> = account
        .keys
        .iter()
        .map(|(id, it)| shown(&email, account, id, it))
        .collect();
    Ok(Reply::json(&json!({"keys": keys})))
}

pub fn get(state: &mut State, asked: &Asked) -> Outcome {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    let account = &state.accounts[&email];
    let key = account
        .keys
        .get(asked.name(2))
        .ok_or_else(|| absent(asked))?;
    Ok(Reply::json(&shown(&email, account, asked.name(2), key)))
}

pub fn create(state: &mut State, asked: &Asked, token_uri: &str) -> Outcome {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    if let Some(rule) = state.keys_forbidden {
        let said = "Key creation is not allowed on this service account.";
        let violation = json!({
            "type": rule, "description": said,
            "subject": format!("projects/{}/serviceAccounts/{email}", asked.name(0)),
        });
        let details = json!([{
            "@type": "type.googleapis.com/google.rpc.PreconditionFailure", "violations": [violation],
        }]);
        return Err(Reply::iam_with(400, "FAILED_PRECONDITION", said, details));
    }
    let number = state.next();
    let account = state.accounts.get_mut(&email).expect("it is known");
    if account.keys.len() >= MOST {
        let said = "Maximum number of keys on account reached.";
        return Err(Reply::iam(429, "RESOURCE_EXHAUSTED", said));
    }
    let id = id_of(&email, number);
    let key = Key {
        made: now(),
        ..Key::default()
    };
    account.keys.insert(id.clone(), key.clone());
    let mut made = shown(&email, account, &id, &key);
    let file = file(
        account.project.as_str(),
        &email,
        &account.unique_id,
        &id,
        token_uri,
    );
    made["privateKeyData"] = STANDARD.encode(file.to_string()).into();
    made["privateKeyType"] = "TYPE_GOOGLE_CREDENTIALS_FILE".into();
    Ok(Reply::json(&made))
}

pub fn delete(state: &mut State, asked: &Asked) -> Outcome {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    let account = state.accounts.get_mut(&email).expect("it is known");
    account
        .keys
        .remove(asked.name(2))
        .ok_or_else(|| absent(asked))?;
    Ok(Reply::json(&json!({})))
}

pub fn enable(state: &mut State, asked: &Asked, enabled: bool) -> Outcome {
    let email = asked.name(1).to_owned();
    check(state, asked, &email)?;
    accounts::known(state, asked, &email)?;
    let account = state.accounts.get_mut(&email).expect("it is known");
    let key = account.keys.get_mut(asked.name(2));
    key.ok_or_else(|| absent(asked))?.disabled = !enabled;
    Ok(Reply::json(&json!({})))
}

/// 40 hexadecimal digits, of which the first six differ.
fn id_of(email: &str, number: u64) -> String {
    let sum: u64 = email
        .bytes()
        .fold(7, |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    format!("{:06x}{:034x}", (sum + number * 7919) & 0xff_ffff, number)
}

/// What Google's libraries read.
pub fn file(project: &str, email: &str, unique_id: &str, id: &str, token_uri: &str) -> Value {
    json!({
        "type": "service_account", "project_id": project, "private_key_id": id,
        "private_key": private_key(), "client_email": email, "client_id": unique_id,
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    })
}

fn absent(asked: &Asked) -> Reply {
    let said = format!("Service account key {} does not exist.", asked.name(2));
    Reply::iam(404, "NOT_FOUND", &said)
}

fn shown(email: &str, account: &super::state::Account, id: &str, key: &Key) -> Value {
    let date = |seconds: u64| {
        let at = aws_smithy_types::DateTime::from_secs(seconds as i64);
        at.fmt(aws_smithy_types::date_time::Format::DateTime)
            .expect("it is of this century")
    };
    let mut shown = json!({
        "name": format!("projects/{}/serviceAccounts/{email}/keys/{id}", account.project),
        "validAfterTime": date(key.made),
        "validBeforeTime": date(key.until.unwrap_or(253_402_300_799)),
        "keyAlgorithm": "KEY_ALG_RSA_2048", "keyOrigin": "GOOGLE_PROVIDED", "keyType": "USER_MANAGED",
    });
    if key.disabled {
        shown["disabled"] = true.into();
    }
    shown
}
