//! How somebody can be become, or why not: a service account by its key or by what the caller may, an
//! identity of a pool by a token of its issuer.

use super::super::become_who::Someone;
use super::super::run::Credentials;
use super::federated::become_identity;
use super::world::{Who, World};
use crate::policy::google::Member;
use crate::probe::{Means, Prober};
use anyhow::Result;

/// Becomes `who` by whatever means there are, and tells who that is then; `worlds` are what is wanted
/// and what there is.
///
/// # Errors
/// Google cannot be asked.
pub(super) async fn become_who(
    prober: Option<&dyn Prober>,
    who: Who,
    worlds: [&World; 2],
    credentials: &Credentials,
) -> Result<(Someone, Who)> {
    let Some(prober) = prober else {
        let nobody = Someone::Nobody("an account file cannot be asked".into());
        return Ok((nobody, who));
    };
    let someone = match &who {
        Who::Anyone => Someone::Actor {
            actor: prober.anyone(),
            how: "no credentials".into(),
            problem: None,
        },
        Who::Outside(member) => {
            if let Member::OfPool { number, pool, whom } = Member::of(member) {
                let set = (number, pool, whom);
                let found = become_identity(prober, member, set, worlds, credentials).await?;
                return Ok((found.0, found.1.unwrap_or(who)));
            }
            Someone::Nobody("it is not of the manifest".into())
        }
        Who::Identity { .. } => Someone::Nobody("it is become already".into()),
        Who::Account { email, .. } => become_account(prober, &who, email, credentials).await?,
    };
    Ok((someone, who))
}

async fn become_account(
    prober: &dyn Prober,
    who: &Who,
    email: &str,
    credentials: &Credentials,
) -> Result<Someone> {
    let mut why = Vec::new();
    match credentials.keys.get(&who.to_string()) {
        None => {}
        Some(Err(no)) => why.push(no.clone()),
        Some(Ok(key)) => {
            let means = Means::Key {
                id: key.id.clone(),
                secret: key.secret.clone(),
            };
            if let Some(whose) = prober.whose(&means).await
                && whose != email
            {
                let why = format!("{} holds the key {} of {whose}", key.from, key.id);
                return Ok(Someone::Else(why));
            }
            match prober.become_by(&means).await? {
                Ok(actor) => {
                    return Ok(Someone::Actor {
                        actor,
                        how: format!("its key {} from {}", key.id, key.from),
                        problem: None,
                    });
                }
                Err(no) => why.push(no.0),
            }
        }
    }
    let means = Means::Assume {
        role: email.to_owned(),
        external_id: None,
    };
    Ok(match prober.become_by(&means).await? {
        Ok(actor) => Someone::Actor {
            actor,
            how: format!("a token that {} may have", prober.caller_arn()),
            problem: None,
        },
        Err(no) => {
            why.push(no.0);
            Someone::Nobody(why.join("; "))
        }
    })
}
