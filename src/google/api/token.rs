//! Tokens by which somebody else can be asked as: of a service account
//! (<https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken>),
//! and for a token of another issuer (<https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token>).

use super::super::client::Client;
use super::super::credentials::Source;
use super::super::error::{Call, Result};
use super::super::request::{Request, part};
use super::account::member;
use crate::permissions::Method;
use crate::secrets;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// How long a token of a service account lasts: no longer than tries take.
pub(in crate::google) const LASTS: Duration = Duration::from_mins(10);
/// What may be asked for with a token, if the roles of who has it allow it: objects, and tokens.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// From now on it is not shown, wherever it comes back.
fn kept(token: SecretString) -> SecretString {
    secrets::keep(token.expose_secret());
    token
}

impl Client {
    /// A token of a service account, which whoever may act as it is given.
    pub(in crate::google) async fn access_token(&self, email: &str) -> Result<SecretString> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Generated {
            access_token: SecretString,
        }
        let call = Call::new(Method::TokensGenerate, &member(email));
        // Of no project: tokens are asked for by the address alone.
        let path = format!(
            "/v1/projects/-/serviceAccounts/{}:generateAccessToken",
            part(email)
        );
        let lifetime = format!("{}s", LASTS.as_secs());
        let body = json!({"scope": [SCOPE], "lifetime": lifetime});
        let generated: Generated = self.json(&Request::post(call, path, &body)).await?;
        Ok(kept(generated.access_token))
    }

    /// A token of Google's for one of the issuer that a provider of workload identities vouches for:
    /// `//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`.
    pub(in crate::google) async fn federated_token(
        &self,
        provider: &str,
        token: &SecretString,
    ) -> Result<SecretString> {
        #[derive(Deserialize)]
        struct Exchanged {
            access_token: SecretString,
        }
        secrets::keep(token.expose_secret());
        let call = Call::new(Method::TokensExchange, provider);
        let body = json!({
            "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": provider,
            "scope": SCOPE,
            "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
            "subjectToken": token.expose_secret(),
            "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
        });
        let request = Request::post(call, "/v1/token", &body);
        // The token itself says who is asking.
        let exchanged: Exchanged = self.asking_as(Source::Nobody).json(&request).await?;
        Ok(kept(exchanged.access_token))
    }
}
