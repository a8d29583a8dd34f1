//! Calls of GitHub's REST API: the token goes to its server, over TLS, and nowhere else.

use super::{Fault, fault};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
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
        let way = way_for_a_token(&base).ok_or_else(|| {
            fault(
                "GITHUB_API_URL is no https:// URL of a host alone, and a token must not go there",
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
        // Once a process; a second time it is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent("s3setup")
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30));
        let client = match way {
            Way::Tls => client,
            // A proxy of HTTP_PROXY would be sent the token in the clear.
            Way::Loopback => client.no_proxy(),
        };
        let client = client
            .build()
            .map_err(|error| fault(format!("no connection to GitHub: {error}"), "try again"))?;
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

/// How a token goes to a server without being seen on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Over TLS, be it through a proxy.
    Tls,
    /// In the clear, within this machine.
    Loopback,
}

/// The way to this URL; `None` if a token must not go there. The host is the one that the client
/// itself finds in it, and a URL that looks like another host's is refused.
fn way_for_a_token(base: &str) -> Option<Way> {
    let url = Url::parse(base).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    match (url.scheme(), url.host_str()?) {
        ("https", _) => Some(Way::Tls),
        ("http", "127.0.0.1" | "localhost" | "[::1]") => Some(Way::Loopback),
        _ => None,
    }
}

/// The fault of an answer of another form.
pub(super) fn unreadable(error: reqwest::Error) -> Fault {
    fault(
        format!(
            "what GitHub answers is not understood: {}",
            error.without_url()
        ),
        "check GITHUB_API_URL",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_nowhere_in_the_clear() {
        for (url, way) in [
            ("https://api.github.com", Some(Way::Tls)),
            ("https://example.com/api/v3", Some(Way::Tls)),
            ("http://127.0.0.1:1", Some(Way::Loopback)),
            ("http://localhost:1/x", Some(Way::Loopback)),
            ("http://[::1]:1/x", Some(Way::Loopback)),
            ("http://github.example.com", None),
            ("http://127.0.0.1.example.com", None),
            ("http://localhost:1@127.0.0.2:1", None),
            ("http://[::1]@example.com", None),
            ("http://localhost@localhost", None),
            ("https://api.github.com@example.com", None),
            ("https://:x@example.com", None),
            ("http://localhost\\@example.com", Some(Way::Loopback)),
            ("http://example.com\\@localhost", None),
            ("ftp://x", None),
            ("", None),
        ] {
            assert_eq!(way_for_a_token(url), way, "{url}");
        }
    }
}
