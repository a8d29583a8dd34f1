//! How a service account can be become, or why not: by its key, or by what the caller may.

use super::super::become_who::Someone;
use super::super::run::Credentials;
use super::world::Who;
use crate::probe::{Means, Prober};
use anyhow::Result;

/// Becomes `who` by whatever means there are.
///
/// # Errors
/// Google cannot be asked.
pub(super) async fn become_who(
    prober: Option<&dyn Prober>,
    who: &Who,
    credentials: &Credentials,
) -> Result<Someone> {
    let Some(prober) = prober else {
        return Ok(Someone::Nobody("an account file cannot be asked".into()));
    };
    let email = match who {
        Who::Anyone => {
            return Ok(Someone::Actor {
                actor: prober.anyone(),
                how: "no credentials".into(),
                problem: None,
            });
        }
        Who::Outside(_) => return Ok(Someone::Nobody("it is not of the manifest".into())),
        Who::Account { email, .. } => email,
    };
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
                && whose != *email
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
        role: email.clone(),
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
