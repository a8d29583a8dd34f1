//! Secrets of GitHub Actions as a sink (<https://docs.github.com/en/rest/actions/secrets>).
//!
//! They cannot be read. What they tell is when they were written last: compared with a time before,
//! it says whether a hand-over that was cut short has taken place.

use super::github_api::{Api, read};
use super::{Credential, Fault, Field, Held, fault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use zeroize::Zeroizing;

/// What stays as it is in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The secrets of a repository, or of one of its environments.
pub struct Github<'a> {
    /// `owner/name`.
    pub repository: &'a str,
    /// `None` is the repository itself.
    pub environment: Option<&'a str>,
    /// The names of the secrets, all of which are written at a hand-over.
    pub names: Vec<&'a str>,
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
        for name in &self.names {
            let answer = api.send(Method::GET, &self.path(name), None).await?;
            times.push(match answer.status() {
                StatusCode::NOT_FOUND => "-".to_owned(),
                status if status.is_success() => {
                    let secret: Secret = read(answer).await?;
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
            all if all == self.names.len() => Held::Written,
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
        read(answer).await
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

    proptest::proptest! {
        #[test]
        fn whatever_githubs_key_is_it_is_one_or_a_fault(key in "(?s).{0,64}", bytes: [u8; 32]) {
            let seal = |key: String| {
                let key = SealingKey { key_id: String::new(), key };
                let field = Field { name: "KEY".into(), value: "secret".to_owned().into() };
                seal(&key, &field).map_err(|fault| fault.message)
            };
            if let Err(said) = seal(key) {
                proptest::prop_assert_eq!(said, "GitHub's public key is none");
            }
            let _ = seal(STANDARD.encode(bytes));
        }
    }

    #[test]
    fn names_cannot_lead_elsewhere() {
        let github = |environment| Github {
            repository: "acme/app",
            environment,
            names: vec!["A", "B"],
        };
        assert_eq!(github(None).path("A"), "repos/acme/app/actions/secrets/A");
        assert_eq!(
            github(Some("../x?y")).path("A"),
            "repos/acme/app/environments/..%2Fx%3Fy/secrets/A"
        );
    }
}
