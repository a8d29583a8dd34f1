//! How a principal can be become, or why not.

use super::principal::Principal;
use super::run::{Credentials, Shared};
use super::world::{Named, World};
use crate::policy::Document;
use crate::probe::{Means, Prober};
use crate::resource::Scope;
use anyhow::Result;
use std::collections::BTreeSet;

/// Somebody to try things as.
pub(super) enum Someone {
    /// It can be become.
    Actor {
        actor: Shared,
        /// By what: `its key AKIA… from backup.env`.
        how: String,
        /// That it could be become is itself not as promised.
        problem: Option<String>,
    },
    /// It cannot; why.
    Nobody(String),
    /// The means are somebody else's, which is itself not as promised.
    Else(String),
}

/// Becomes `principal` by whatever means there are.
///
/// # Errors
/// The provider cannot be asked.
pub(super) async fn become_who(
    prober: Option<&dyn Prober>,
    wanted: &World,
    principal: &Principal,
    credentials: &Credentials,
    scope: &Scope,
) -> Result<Someone> {
    let Some(prober) = prober else {
        return Ok(Someone::Nobody("an account file cannot be asked".into()));
    };
    match principal {
        Principal::Anyone => Ok(Someone::Actor {
            actor: prober.anyone(),
            how: "no credentials".into(),
            problem: None,
        }),
        Principal::Outside(_) if principal.account() == Some(scope.account.as_str()) => {
            let why =
                "the manifest does not make it, and promises only what the bucket policy says";
            Ok(Someone::Nobody(why.into()))
        }
        Principal::Outside(_) => Ok(Someone::Nobody("it is not of this account".into())),
        Principal::User(name) => match credentials.keys.get(name) {
            None => Ok(Someone::Nobody(
                "the manifest gives it no access key".into(),
            )),
            Some(Err(why)) => Ok(Someone::Nobody(why.clone())),
            Some(Ok(key)) => {
                let means = Means::Key {
                    id: key.id.clone(),
                    secret: key.secret.clone(),
                };
                // A key that is not known yet is nobody's, and is tried until it is.
                if let (Some(whose), Some(arn)) =
                    (prober.whose(&means).await, wanted.arn(principal))
                    && whose != arn
                {
                    let why = format!("{} holds the key {} of {whose}", key.from, key.id);
                    return Ok(Someone::Else(why));
                }
                let how = format!("its key {} from {}", key.id, key.from);
                Ok(match prober.become_by(&means).await? {
                    Ok(actor) => Someone::Actor {
                        actor,
                        how,
                        problem: None,
                    },
                    Err(no) => Someone::Nobody(no.0),
                })
            }
        },
        Principal::Role(name) => {
            let arn = wanted.arn(principal).unwrap_or_default().to_owned();
            let trust = wanted.trust(name).map(Named::document);
            let trust = trust.cloned().unwrap_or_default();
            become_role(prober, arn, &trust, credentials, scope).await
        }
    }
}

async fn become_role(
    prober: &dyn Prober,
    role: String,
    trust: &Document,
    credentials: &Credentials,
    scope: &Scope,
) -> Result<Someone> {
    let federated = named(trust, "Federated");
    let accounts = named(trust, "AWS");
    let mut why = Vec::new();
    if !federated.is_empty() {
        match &credentials.token {
            Some((token, from)) => {
                let means = Means::Token {
                    role: role.clone(),
                    token: token.clone(),
                };
                match prober.become_by(&means).await? {
                    Ok(actor) => {
                        return Ok(Someone::Actor {
                            actor,
                            how: format!("a session by the token from {from}"),
                            problem: None,
                        });
                    }
                    Err(no) => why.push(no.0),
                }
            }
            None => {
                let providers: Vec<&str> = federated
                    .iter()
                    .map(|arn| {
                        arn.split_once("oidc-provider/")
                            .map_or(arn.as_str(), |(_, i)| i)
                    })
                    .collect();
                why.push(format!(
                    "it takes a token of {} (--web-identity-token-file)",
                    providers.join(", ")
                ));
            }
        }
    }
    if !accounts.is_empty() {
        let means = Means::Assume {
            role,
            external_id: external_id(trust),
        };
        match prober.become_by(&means).await? {
            Ok(actor) => {
                let promised = accounts
                    .iter()
                    .any(|who| who == "*" || who.contains(&scope.account));
                let caller = prober.caller_arn();
                return Ok(Someone::Actor {
                    actor,
                    how: format!("a session that {caller} may have"),
                    problem: (!promised).then(|| {
                        format!("{caller} may assume it, and the manifest does not say so")
                    }),
                });
            }
            Err(no) => why.push(no.0),
        }
    }
    if why.is_empty() {
        why.push("only a service of AWS may assume it".to_owned());
    }
    Ok(Someone::Nobody(why.join("; ")))
}

/// Whom a trust names in one way.
fn named(trust: &Document, way: &str) -> BTreeSet<String> {
    let statements = trust.statement.iter();
    statements
        .filter_map(|statement| statement.principal.as_ref()?.0.get(way))
        .flatten()
        .cloned()
        .collect()
}

/// The external id that a trust asks for, if it is one.
fn external_id(trust: &Document) -> Option<String> {
    let statements = trust.statement.iter();
    let mut ids = statements
        .flat_map(|statement| &statement.condition)
        .filter(|(operator, _)| operator.as_str() == "StringEquals")
        .flat_map(|(_, keys)| keys)
        .filter(|(key, _)| key.eq_ignore_ascii_case("sts:ExternalId"))
        .flat_map(|(_, values)| values);
    ids.next().cloned()
}
