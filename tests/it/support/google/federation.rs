//! Whom a provider of a pool lets in: the issuer, the audience and the condition against what a token says.
//! Its signature is nobody's business here.

use super::state::{Pool, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::collections::BTreeSet;

/// The members of bindings that a token makes somebody at
/// `NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`; or the error, in Google's words.
pub fn let_in(
    state: &State,
    provider: &str,
    token: &str,
) -> Result<BTreeSet<String>, (&'static str, &'static str)> {
    let claims = claims(token).ok_or(("invalid_grant", "Error parsing the subject token."))?;
    let parts: Vec<&str> = provider.split('/').collect();
    let &[number, _, _, _, pool, _, id] = parts.as_slice() else {
        return Err(("invalid_target", "The target service is invalid."));
    };
    let found = state.pools.get(&(state.project(number), pool.to_owned()));
    let alive = |it: &&Pool| !it.deleted && it.body.get("disabled") != Some(&Value::Bool(true));
    let provider_body = found
        .filter(alive)
        .and_then(|it| it.providers.get(id))
        .filter(alive);
    let Some(found) = provider_body else {
        return Err((
            "invalid_target",
            "The target service indicated by the \"audience\" parameters is invalid.",
        ));
    };
    let claim = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let oidc = &found.body["oidc"];
    if oidc["issuerUri"].as_str() != claims["iss"].as_str() {
        return Err((
            "invalid_grant",
            "The issuer in ID Token does not match the expected ones.",
        ));
    }
    let head = format!(
        "iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/{pool}"
    );
    let own = format!("{head}/providers/{id}");
    let allowed = oidc["allowedAudiences"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let allowed: Vec<String> = match allowed.is_empty() {
        true => vec![format!("https://{own}"), format!("//{own}")],
        false => allowed
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect(),
    };
    if !allowed.contains(&claim("aud")) {
        return Err((
            "invalid_grant",
            "The audience in ID Token does not match the expected audience.",
        ));
    }
    let condition = found.body.get("attributeCondition");
    let condition = condition.and_then(Value::as_str).unwrap_or_default();
    if !condition.is_empty() && !condition.split("&&").all(|one| holds(one.trim(), &claim)) {
        return Err((
            "unauthorized_client",
            "The given credential is rejected by the attribute condition.",
        ));
    }
    let mut members = BTreeSet::from([format!("principalSet://{head}/*")]);
    let mapping = found.body["attributeMapping"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for (name, from) in mapping {
        let from = from.as_str().and_then(|it| it.strip_prefix("assertion."));
        let Some(value) = from.map(&claim) else {
            continue;
        };
        members.insert(match name.as_str() {
            "google.subject" => format!("principal://{head}/subject/{value}"),
            name => format!("principalSet://{head}/{name}/{value}"),
        });
    }
    Ok(members)
}

fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// `assertion.NAME == 'VALUE'`, or `in [...]`: what is not known is not fulfilled.
fn holds(test: &str, claim: &impl Fn(&str) -> String) -> bool {
    let text = |quoted: &str| quoted.trim().trim_matches('\'').to_owned();
    let Some(test) = test.strip_prefix("assertion.") else {
        return test == "true";
    };
    if let Some((name, value)) = test.split_once(" == ") {
        return claim(name) == text(value);
    }
    let Some((name, list)) = test.split_once(" in [") else {
        return false;
    };
    let list = list.trim_end_matches(']');
    list.split(',').any(|one| claim(name) == text(one))
}

/// A token that says this, signed by nobody.
pub fn token(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let head = part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    format!(
        "{head}.{}.{}",
        part(&claims.to_string()),
        part("a signature")
    )
}
