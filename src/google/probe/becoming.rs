//! Becoming somebody without a key of theirs: a service account by what the caller may, an identity from
//! elsewhere by its own token. That this is refused proves nothing of anybody's access, so it is told as
//! it is, with what would have to be allowed.

use super::super::Google;
use super::super::api::LASTS;
use super::super::credentials::Source;
use super::super::error::{CallError, Error, Result};
use crate::probe::{Actor, NoWay};
use anyhow::Error as Failed;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::time::Instant;

/// Somebody, or why not.
type Become = std::result::Result<Arc<dyn Actor>, NoWay>;

impl Google {
    /// The service account of this address, by a token that the caller is given.
    pub(super) async fn as_account(&self, email: &str) -> std::result::Result<Become, Failed> {
        let until = Instant::now() + LASTS;
        let given = self.client.access_token(email).await;
        let caller = self.client.who().await;
        let caller = caller.as_deref().unwrap_or("whoever runs this");
        self.shown(given, Some(until), |error| no_token(error, caller))
            .await
    }

    /// Whoever the provider of this full name takes the token for.
    pub(super) async fn as_identity(
        &self,
        provider: &str,
        token: &SecretString,
    ) -> std::result::Result<Become, Failed> {
        let given = self.client.federated_token(provider, token).await;
        self.shown(given, None, CallError::text).await
    }

    async fn shown(
        &self,
        given: Result<SecretString>,
        until: Option<Instant>,
        why: impl FnOnce(&CallError) -> String,
    ) -> std::result::Result<Become, Failed> {
        match given {
            Ok(token) => Ok(Ok(self.somebody(Some(Source::Token(token)), until))),
            // Whatever the service of tokens says or does not say: all else may work.
            Err(Error::Call(error)) => Ok(Err(NoWay(why(&error)))),
            Err(error) => Err(self.explain(error).await),
        }
    }
}

/// Why there is no token of a service account, and what helps
/// (<https://cloud.google.com/iam/docs/service-account-permissions#token-creator-role>).
fn no_token(error: &CallError, caller: &str) -> String {
    let whole = Error::Call(Box::new(error.clone()));
    let refusal = whole.refusal();
    match refusal {
        Some(it) if it.service_disabled() => {
            let service = it.service.as_deref();
            let service = service.unwrap_or("iamcredentials.googleapis.com");
            format!(
                "there is no token of it, for the API is not enabled: `gcloud services enable \
                 {service}`"
            )
        }
        Some(_) if whole.denied() => format!(
            "there is no token of it for {caller} (403): give roles/iam.serviceAccountTokenCreator \
             on it to {caller}, and wait some minutes until that is known"
        ),
        Some(_) if whole.absent() => {
            "there is no token of it: Google knows no such service account (404), or does not know \
             it yet"
                .to_owned()
        }
        _ => format!("there is no token of it: {}", error.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::error::{Call, Cause, Refusal};
    use super::*;
    use crate::permissions::Method;

    #[test]
    fn a_refusal_a_missing_account_and_an_api_that_is_off_are_told_apart() {
        let why = |status, code: &str, reason: Option<&str>| {
            let refusal = Refusal {
                status,
                code: code.to_owned(),
                message: "said".to_owned(),
                reason: reason.map(str::to_owned),
                ..Refusal::default()
            };
            let call = Call::new(Method::TokensGenerate, "serviceAccount:a@p");
            match Error::of(&call, Cause::Refused(Box::new(refusal))) {
                Error::Call(error) => no_token(&error, "ann"),
                other => other.to_string(),
            }
        };
        for (told, part) in [
            (
                why(403, "PERMISSION_DENIED", None),
                "give roles/iam.serviceAccountTokenCreator on it to ann",
            ),
            (why(404, "NOT_FOUND", None), "no such service account (404)"),
            (
                why(403, "PERMISSION_DENIED", Some("SERVICE_DISABLED")),
                "gcloud services enable iamcredentials.googleapis.com",
            ),
            (
                why(503, "UNAVAILABLE", None),
                "generateAccessToken: UNAVAILABLE: said",
            ),
        ] {
            assert!(told.contains(part), "{told}");
        }
    }
}
