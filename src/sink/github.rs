//! Secrets of GitHub Actions as a sink (<https://docs.github.com/en/rest/actions/secrets>).
//!
//! They cannot be read. What they tell is when they were written last: compared with a time before,
//! it says whether a hand-over that was cut short has taken place.

use super::{Credential, Fault, Field, Held, fault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use zeroize::Zeroizing;

/// GitHub's own.
const API: &str = "https://api.github.com";
/// How often a call is made that gets no proper answer.
const ATTEMPTS: u32 = 3;
/// What stays as it is in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The secrets of a repository, or of one of its environments.
pub struct Github<'a> {
    /// `owner/name`.
    pub repository: &'a str,
    /// `None` is the repository itself.
    pub environment: Option<&'a str>,
    /// The names of the two secrets.
    pub names: [&'a str; 2],
}

#[derive(Deserialize)]
struct SealingKey {
    key_id: String,
    key: String,
}

#[derive(Deserialize)]
struct Secret {
    updated_at: String,
}

impl Github<'_> {
    /// When the secrets were written last, as a text that can be compared and stand in a tag.
    ///
    /// # Errors
    /// GitHub cannot be asked.
    pub async fn written(&self) -> Result<String, Fault> {
        let api = Api::open()?;
        let mut times = Vec::new();
        for name in self.names {
            let answer = api.send(Method::GET, &self.path(name), None).await?;
            times.push(match answer.status() {
                StatusCode::NOT_FOUND => "-".to_owned(),
                status if status.is_success() => {
                    let secret: Secret = answer.json().await.map_err(unreadable)?;
                    secret.updated_at
                }
                _ => return Err(self.refused(&answer)),
            });
        }
        Ok(times.join("/"))
    }

    /// What became of a hand-over that began when the secrets were [`Github::written`] so.
    ///
    /// # Errors
    /// GitHub cannot be asked.
    pub async fn held(&self, since: Option<&str>) -> Result<Held, Fault> {
        let Some(since) = since else {
            return Ok(Held::Unknown);
        };
        let now = self.written().await?;
        let changed = since.split('/').zip(now.split('/'));
        let changed = changed.filter(|(then, now)| then != now).count();
        Ok(match changed {
            0 => Held::Unknown,
            2 => Held::Written,
            _ => Held::Torn,
        })
    }

    /// Whether secrets can be sealed for the repository, and looked at.
    ///
    /// # Errors
    /// There is no token, or it does not allow this, or there is no such repository.
    pub async fn prove(&self) -> Result<(), Fault> {
        let api = Api::open()?;
        self.sealing_key(&api).await?;
        self.written().await.map(drop)
    }

    /// Writes one secret a field. A job that begins between the two reads one old and one new part:
    /// GitHub has no way to write both at once.
    ///
    /// # Errors
    /// A call failed. The first secret may have been written by then.
    pub async fn put(&self, credential: &Credential) -> Result<(), Fault> {
        let api = Api::open()?;
        let key = self.sealing_key(&api).await?;
        for field in &credential.fields {
            let body = Zeroizing::new(
                serde_json::json!({
                    "encrypted_value": seal(&key, field)?,
                    "key_id": key.key_id,
                })
                .to_string(),
            );
            let path = self.path(&field.name);
            let answer = api.send(Method::PUT, &path, Some(&body)).await?;
            if !answer.status().is_success() {
                return Err(self.refused(&answer));
            }
        }
        Ok(())
    }

    async fn sealing_key(&self, api: &Api) -> Result<SealingKey, Fault> {
        let path = self.path("public-key");
        let answer = api.send(Method::GET, &path, None).await?;
        if !answer.status().is_success() {
            return Err(self.refused(&answer));
        }
        answer.json().await.map_err(unreadable)
    }

    fn path(&self, last: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        let (owner, name) = self.repository.split_once('/').unwrap_or_default();
        let repository = format!("repos/{}/{}", encoded(owner), encoded(name));
        match self.environment {
            Some(environment) => format!(
                "{repository}/environments/{}/secrets/{last}",
                encoded(environment)
            ),
            None => format!("{repository}/actions/secrets/{last}"),
        }
    }

    fn refused(&self, answer: &Response) -> Fault {
        let status = answer.status();
        let place = match self.environment {
            Some(environment) => format!("{}, environment {environment}", self.repository),
            None => self.repository.to_owned(),
        };
        let fix = match status {
            StatusCode::UNAUTHORIZED => "GitHub does not know the token of GH_TOKEN: get a new one",
            _ => {
                "give GH_TOKEN a token that may write this repository's secrets (fine-grained: \
                 Secrets, read and write; of an environment: Environments), and check the names"
            }
        };
        fault(
            format!("GitHub answers {status} for the secrets of {place}"),
            fix,
        )
    }
}

/// GitHub's REST API, as the owner of a token.
struct Api {
    base: String,
    authorization: HeaderValue,
    client: Client,
}

impl Api {
    fn open() -> Result<Self, Fault> {
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
        if !may_get_a_token(&base) {
            return Err(fault(
                "GITHUB_API_URL is no https:// URL, and a token must not go there",
                "write it as https://HOST/api/v3, or unset it for github.com",
            ));
        }
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
            .timeout(Duration::from_secs(30))
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
    async fn send(
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

/// Over TLS, or to this machine.
fn may_get_a_token(base: &str) -> bool {
    if base.starts_with("https://") {
        return true;
    }
    let Some(rest) = base.strip_prefix("http://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "127.0.0.1" | "localhost" | "::1")
}

fn unreadable(error: reqwest::Error) -> Fault {
    fault(
        format!(
            "what GitHub answers is not understood: {}",
            error.without_url()
        ),
        "check GITHUB_API_URL",
    )
}

/// As GitHub wants it: libsodium's sealed box, which only GitHub can open.
fn seal(key: &SealingKey, field: &Field) -> Result<String, Fault> {
    let wrong = || fault("GitHub's public key is none", "check GITHUB_API_URL");
    let bytes = STANDARD.decode(&key.key).map_err(|_| wrong())?;
    let key = PublicKey::from_slice(&bytes).map_err(|_| wrong())?;
    let sealed = key
        .seal(&mut OsRng, field.value.expose_secret().as_bytes())
        .map_err(|_| wrong())?;
    Ok(STANDARD.encode(sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_box::SecretKey;

    #[test]
    fn what_is_sealed_can_be_opened_by_its_key_alone() {
        let ours = SecretKey::generate(&mut OsRng);
        let key = SealingKey {
            key_id: "1".into(),
            key: STANDARD.encode(ours.public_key().as_bytes()),
        };
        let field = Field {
            name: "KEY".into(),
            value: "secret".to_owned().into(),
        };
        let sealed = STANDARD.decode(seal(&key, &field).unwrap()).unwrap();
        assert_eq!(ours.unseal(&sealed).unwrap(), b"secret");
        assert!(SecretKey::generate(&mut OsRng).unseal(&sealed).is_err());
        let short = SealingKey {
            key_id: "1".into(),
            key: STANDARD.encode("short"),
        };
        assert!(seal(&short, &field).is_err());
    }

    #[test]
    fn a_token_goes_nowhere_in_the_clear() {
        for (url, may) in [
            ("https://api.github.com", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1/x", true),
            ("http://github.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("ftp://x", false),
            ("", false),
        ] {
            assert_eq!(may_get_a_token(url), may, "{url}");
        }
    }

    #[test]
    fn names_cannot_lead_elsewhere() {
        let github = |environment| Github {
            repository: "acme/app",
            environment,
            names: ["A", "B"],
        };
        assert_eq!(github(None).path("A"), "repos/acme/app/actions/secrets/A");
        assert_eq!(
            github(Some("../x?y")).path("A"),
            "repos/acme/app/environments/..%2Fx%3Fy/secrets/A"
        );
    }
}
