//! Tokens: those that the server gives for a key or to the operator, and those that a key signs by itself
//! (<https://google.aip.dev/auth/4111>).

use super::access::check;
use super::federation;
use super::keys;
use super::reply::{Outcome, Reply};
use super::route::{Asked, query};
use super::state::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// `POST /token`: for a signed assertion, or for the operator's refresh token.
pub fn give(state: &mut State, asked: &Asked) -> Outcome {
    let form = query(&String::from_utf8_lossy(&asked.body));
    let field = |name: &str| {
        let written = form.get(name).and_then(|all| all.first().cloned());
        written.or_else(|| asked.json()[name].as_str().map(str::to_owned))
    };
    let invalid = |said: &str| Reply {
        status: 400,
        body: json!({"error": "invalid_grant", "error_description": said})
            .to_string()
            .into_bytes(),
    };
    let owner = match field("grant_type").as_deref() {
        Some("refresh_token") if field("refresh_token").as_deref() == Some("1//operator") => {
            String::new()
        }
        Some("refresh_token") => {
            return Err(invalid("Token has been expired or revoked."));
        }
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {
            let assertion = field("assertion").unwrap_or_default();
            let signer = signer(state, &assertion);
            signer.ok_or_else(|| invalid("Invalid JWT Signature."))?
        }
        _ => return Err(invalid("unsupported grant type")),
    };
    let token = format!("ya29.given-by-the-test-server-{}", state.next());
    state.tokens.insert(token.clone(), owner);
    let given = json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"});
    Ok(Reply::json(&given))
}

/// `POST /v1/token`: for a token of another issuer, as workload identity federation does it.
pub fn exchange(state: &mut State, asked: &Asked) -> Outcome {
    let form = query(&String::from_utf8_lossy(&asked.body));
    let body = asked.json();
    // As a form or as JSON.
    let field = |name: &str, camel: &str| {
        let written = form.get(name).and_then(|all| all.first().cloned());
        let written = written.or_else(|| body[camel].as_str().map(str::to_owned));
        written.unwrap_or_default()
    };
    let audience = field("audience", "audience");
    let shown = field("subject_token", "subjectToken");
    let of_pool = audience.strip_prefix("//iam.googleapis.com/projects/");
    let members = match (of_pool, shown.as_str()) {
        (None, _) => Err(("invalid_target", "The target service is invalid.")),
        (Some(_), "a-token-of-the-workflow") => Ok(None),
        (Some(provider), token) => federation::let_in(state, provider, token).map(Some),
    };
    let members = members.map_err(|(error, said)| Reply {
        status: 400,
        body: json!({"error": error, "error_description": said})
            .to_string()
            .into_bytes(),
    })?;
    let token = format!("ya29.federated-by-the-test-server-{}", state.next());
    match members {
        Some(members) => _ = state.identities.insert(token.clone(), members),
        None => _ = state.tokens.insert(token.clone(), String::new()),
    }
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    Ok(Reply::json(&json!({
        "access_token": token, "issued_token_type": kind, "token_type": "Bearer", "expires_in": 3599,
    })))
}

/// A token of a service account, for whoever may act as it.
pub fn impersonate(state: &mut State, asked: &Asked) -> Outcome {
    let email = asked.name(0).to_owned();
    check(state, asked, &format!("serviceAccount:{email}"))?;
    if state.accounts.get(&email).is_none_or(|it| it.disabled) {
        let said = format!("Not found; Gaia id not found for email {email}");
        return Err(Reply::iam(404, "NOT_FOUND", &said));
    }
    let token = format!("ya29.impersonated-by-the-test-server-{}", state.next());
    state.tokens.insert(token.clone(), email);
    let until = "2099-01-01T00:00:00Z";
    Ok(Reply::json(
        &json!({"accessToken": token, "expireTime": until}),
    ))
}

/// Whose token it is: the address of an account, and nothing of the operator.
pub fn owner(state: &State, token: &str) -> Option<String> {
    let given = state.tokens.get(token).cloned();
    let owner = given.or_else(|| signer(state, token))?;
    let account = state.accounts.get(&owner);
    let alive = account.is_some_and(|it| !it.disabled);
    (owner.is_empty() || alive).then_some(owner)
}

/// The account whose key has signed this.
fn signer(state: &State, token: &str) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, claims) = signed.split_once('.')?;
    let part = |text: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    };
    let (head, claims) = (part(head)?, part(claims)?);
    let email = claims["iss"].as_str()?;
    let account = state.accounts.get(email).filter(|it| !it.disabled)?;
    let key = account.keys.get(head["kid"].as_str()?)?;
    let now = keys::now();
    let known = key.made + state.keys_late <= now;
    let alive = known && !key.disabled && key.until.is_none_or(|until| until > now);
    let timely = claims["exp"].as_u64()? > now;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    (alive && timely && is_signed(signed.as_bytes(), &signature)).then(|| email.to_owned())
}

/// Whether the one key that there is has signed this.
fn is_signed(message: &[u8], signature: &[u8]) -> bool {
    use rustls::pki_types::alg_id::RSA_PKCS1_SHA256;
    use rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
    let provider = rustls::crypto::ring::default_provider();
    let key = PrivateKeyDer::from_pem_slice(keys::private_key().as_bytes()).expect("it is one");
    let key = provider
        .key_provider
        .load_private_key(key)
        .expect("it is one of RSA");
    let public = key.public_key().expect("it has one");
    // `SEQUENCE { SEQUENCE { OID, NULL }, BIT STRING { RSAPublicKey } }`: what is verified with is the
    // last of them, which begins after the head of that string.
    let der = public.as_ref();
    let at = der
        .windows(2)
        .position(|two| two == [0x30, 0x82])
        .map(|at| at + 4);
    let inner = at.and_then(|at| {
        der[at..]
            .windows(2)
            .position(|two| two == [0x30, 0x82])
            .map(|more| at + more)
    });
    let Some(inner) = inner else { return false };
    let all = provider.signature_verification_algorithms.all.iter();
    let mut fitting = all.filter(|it| it.signature_alg_id() == RSA_PKCS1_SHA256);
    fitting.any(|it| {
        it.verify_signature(&der[inner..], message, signature)
            .is_ok()
    })
}
