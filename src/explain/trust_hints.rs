//! What else than the subject keeps a workflow from a role, and what to do about it.

use super::identity::Identity;
use crate::policy::Effect;
use crate::policy::evaluate::{ConditionTrace, StatementTrace};
use crate::resource::Scope;

/// In sentences, each once.
pub(super) fn hints(
    statements: &[StatementTrace],
    identity: &Identity,
    scope: &Scope,
) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for trace in statements {
        if trace.statement.effect != Effect::Allow || trace.applies {
            continue;
        }
        let found = principal(trace, identity, scope)
            .into_iter()
            .chain(action(trace))
            .chain(
                trace
                    .conditions
                    .iter()
                    .filter(|condition| !condition.met)
                    .filter_map(|one| condition(one, identity)),
            );
        for hint in found {
            let hint = format!("{}: {hint}", trace.statement);
            if !all.contains(&hint) {
                all.push(hint);
            }
        }
    }
    all
}

/// `https://` or a slash too much, another account, another issuer.
fn principal(trace: &StatementTrace, identity: &Identity, scope: &Scope) -> Option<String> {
    if trace.meets("Principal") {
        return None;
    }
    let element = trace.elements.iter().find(|one| !one.met)?;
    let plain = |text: &str| {
        let text = text.trim_start_matches("https://").trim_end_matches('/');
        text.to_lowercase()
    };
    let host = element
        .written
        .iter()
        .find(|text| plain(text) == plain(&identity.issuer));
    if let Some(host) = host {
        return Some(format!(
            "it names the provider by {host}, and a trust policy names it by its ARN, {}",
            identity.provider
        ));
    }
    let mut providers = element.written.iter().filter_map(|arn| {
        let (head, issuer) = arn.split_once(":oidc-provider/")?;
        Some((head.rsplit(':').next()?, issuer))
    });
    let (account, issuer) = providers.next()?;
    Some(match () {
        () if issuer == identity.issuer && account != scope.account => format!(
            "it trusts the provider of account {account}; the role is in {}, and both have to be \
             in one account",
            scope.account
        ),
        () if plain(issuer) == plain(&identity.issuer) => format!(
            "it names the provider {issuer}, and the ARN ends with {}",
            identity.issuer
        ),
        () => format!(
            "it trusts {issuer}, and the token is of {}",
            identity.issuer
        ),
    })
}

fn action(trace: &StatementTrace) -> Option<String> {
    (trace.meets("Principal") && !trace.meets("Action")).then(|| {
        "an identity of a provider takes a role by sts:AssumeRoleWithWebIdentity: write that action"
            .to_owned()
    })
}

fn condition(condition: &ConditionTrace, identity: &Identity) -> Option<String> {
    let key = condition.key.as_str();
    match identity.claim_of(key) {
        Some(Err(claim)) => Some(format!(
            "AWS gives conditions no claim {claim} of {}: this one is never met",
            identity.issuer
        )),
        Some(Ok(claim)) if claim == "aud" && identity.audiences.len() > 1 => {
            Some("ask the provider for a token of one audience".to_owned())
        }
        Some(Ok(claim)) if claim == "aud" && condition.actual.is_some() => {
            let expected = condition.expected.join(" or ");
            Some(format!(
                "in the workflow: audience: {expected}; or the trust (the manifest's audience:) \
                 names {}",
                identity.audiences.join(", ")
            ))
        }
        Some(Ok(claim)) if condition.actual.is_none() && identity.whole => {
            Some(format!("the token has no claim {claim}"))
        }
        Some(Ok(_)) => None,
        None => {
            let (host, claim) = key.rsplit_once(':')?;
            let is_claim = matches!(claim, "sub" | "aud" | "oaud" | "amr" | "email");
            (is_claim && host.contains('.')).then(|| {
                format!(
                    "the condition is about tokens of {host}, and this one is of {}",
                    identity.issuer
                )
            })
        }
    }
}
