//! Calls of GitHub's REST API: the token goes to its server, over TLS, and nowhere else.

use super::{Fault, fault};
use crate::http;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// GitHub's own.
const API: &str = "https://api.github.com";
/// How often a call is made that gets no proper answer.
const ATTEMPTS: u32 = 3;
/// GitHub's REST API, as the owner of a token.
pub(super) struct Api {
    base: String,
    authorization: HeaderValue,
    client: Client,
}

impl Api {
    /// With the token of the environment.
    pub(super) fn open() -> Result<Self, Fault> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let token = set("GH_TOKEN").or_else(|| set("GITHUB_TOKEN"));
        let token = SecretString::from(token.ok_or_else(|| {
            fault(
                "there is no token for GitHub",
                "set GH_TOKEN, for example by GH_TOKEN=$(gh auth token)",
            )
        })?);
        let base = set("GITHUB_API_URL").unwrap_or_else(|| API.to_owned());
        let base = base.trim_end_matches('/').to_owned();
        let (_, client) = http::client(&base).map_err(|error| {
            fault(
                format!("GITHUB_API_URL is no place for a token: {error:#}"),
                "write it as https://HOST/api/v3, or unset it for github.com",
            )
        })?;
        let header = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
        let mut authorization = HeaderValue::from_str(&header).map_err(|_| {
            fault(
                "GH_TOKEN holds no token",
                "it is one word of letters, digits and _",
            )
        })?;
        authorization.set_sensitive(true);
        Ok(Self {
            base,
            authorization,
            client,
        })
    }

    fn request(&self, method: Method, path: &str, body: Option<&str>) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}/{path}", self.base))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28");
        match body {
            Some(body) => request
                .header("Content-Type", "application/json")
                .body(body.to_owned()),
            None => request,
        }
    }

    /// Every call here can be repeated: a secret that is written twice is the same.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
    ) -> Result<Response, Fault> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let asked = self.request(method.clone(), path, body).send().await;
            let busy = match &asked {
                Ok(answer) => {
                    answer.status().is_server_error()
                        || answer.status() == StatusCode::TOO_MANY_REQUESTS
                }
                Err(_) => true,
            };
            if !busy || attempts == ATTEMPTS {
                return asked.map_err(|error| {
                    fault(
                        format!("GitHub does not answer: {}", error.without_url()),
                        "check the network, HTTPS_PROXY and GITHUB_API_URL, then try again",
                    )
                });
            }
            tokio::time::sleep(Duration::from_millis(500) * attempts).await;
        }
    }
}

/// What a good answer says.
///
/// # Errors
/// It is of another form; nothing of it is in the error.
pub(super) async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Fault> {
    let wrong = |what: &dyn fmt::Display| {
        fault(
            format!("what GitHub answers is not understood: {what}"),
            "check GITHUB_API_URL",
        )
    };
    let text = http::text(answer).await.map_err(|error| wrong(&error))?;
    serde_json::from_str(&text).map_err(|_| wrong(&"it has another form"))
}
