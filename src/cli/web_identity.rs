//! Tokens of an identity provider: from a file, or from GitHub in one of its workflows.

use crate::cloud::Failure;
use crate::files;
use crate::http;
use crate::policy::google::Member;
use crate::policy::lint::is_github;
use crate::resource::google::Provider;
use crate::resource::{Google, Resource};
use anyhow::{Context, Result, anyhow};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The largest file that is taken for a token.
const MOST_BYTES: u64 = 64 << 10;
/// Whom GitHub's tokens come from
/// (<https://docs.github.com/en/actions/reference/security/oidc>).
const GITHUB: &str = "token.actions.githubusercontent.com";

/// Where tokens come from.
pub(super) enum Tokens {
    /// Nowhere.
    None,
    /// A file.
    File(PathBuf, SecretString),
    /// GitHub, for a workflow with the permission `id-token: write`.
    Github { url: String, request: SecretString },
}

impl Tokens {
    /// The file that is named, else GitHub if this is one of its workflows.
    ///
    /// # Errors
    /// The file cannot be read, or is no token.
    pub fn find(file: Option<&Path>) -> Result<Self> {
        if let Some(path) = file {
            return Ok(Self::File(path.to_owned(), read(path)?));
        }
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let url = variable("ACTIONS_ID_TOKEN_REQUEST_URL");
        let request = variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        Ok(match (url, request) {
            (Some(url), Some(request)) => Self::Github {
                url,
                request: request.into(),
            },
            _ => Self::None,
        })
    }

    /// A token for the roles among `wanted`, and where it is from.
    ///
    /// # Errors
    /// GitHub does not give one.
    pub async fn token(&self, wanted: &[Resource]) -> Result<Option<(SecretString, String)>> {
        match self {
            Self::None => Ok(None),
            Self::File(path, token) => Ok(Some((token.clone(), path.display().to_string()))),
            Self::Github { url, request } => match audience(wanted) {
                Some(audience) => {
                    let token = ask_github(url, request, &audience)
                        .await
                        .context("cannot get a token from GitHub")?;
                    Ok(Some((token, "GitHub".to_owned())))
                }
                None => Ok(None),
            },
        }
    }

    /// A token for each provider among `wanted` that vouches for identities to whom something is
    /// granted, by its name; and where it is from. GitHub is only asked for those that take its tokens.
    ///
    /// # Errors
    /// GitHub does not give one.
    pub async fn federated(
        &self,
        wanted: &[Resource],
    ) -> Result<BTreeMap<String, (SecretString, String)>> {
        let mut tokens = BTreeMap::new();
        for (provider, number) in providers(wanted) {
            let token = match self {
                Self::None => continue,
                Self::File(path, token) => (token.clone(), path.display().to_string()),
                Self::Github { url, request } => {
                    if !is_github(provider.issuer.trim_start_matches("https://")) {
                        continue;
                    }
                    let audience = audience_of(provider, number);
                    let token = ask_github(url, request, &audience)
                        .await
                        .context("cannot get a token from GitHub")?;
                    (token, "GitHub".to_owned())
                }
            };
            tokens.insert(provider.name.clone(), token);
        }
        Ok(tokens)
    }
}

/// The providers of pools to whose identities something is granted, and the number of their project, which
/// only that says.
fn providers(wanted: &[Resource]) -> Vec<(&Provider, &str)> {
    let bindings = wanted.iter().filter_map(|resource| match resource {
        Resource::Google(Google::Bindings(bindings)) => Some(bindings),
        _ => None,
    });
    let members = bindings.flat_map(|bindings| bindings.each().map(|(_, member)| member));
    let pools: BTreeMap<&str, &str> = members
        .filter_map(|member| match Member::of(member) {
            Member::OfPool { number, pool, .. } => Some((pool, number)),
            _ => None,
        })
        .collect();
    let providers = wanted.iter().filter_map(|resource| match resource {
        Resource::Google(Google::Provider(provider)) => Some(provider),
        _ => None,
    });
    let with_number = |provider| Some((provider, *pools.get(Provider::ids(provider).0)?));
    providers.filter_map(with_number).collect()
}

/// For whom a token has to be that this provider takes
/// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers#Oidc>).
fn audience_of(provider: &Provider, number: &str) -> String {
    let own = || format!("https://iam.googleapis.com/{}", provider.full_name(number));
    provider.audiences.first().cloned().unwrap_or_else(own)
}

fn read(path: &Path) -> Result<SecretString> {
    let text = Zeroizing::new(match files::read_text(path, MOST_BYTES) {
        // What it is instead is not shown.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::FileTooLarge | ErrorKind::InvalidData
            ) =>
        {
            String::new()
        }
        text => text.with_context(|| format!("cannot read the token in {}", path.display()))?,
    });
    let token = text.trim();
    let is_one = |part: &str| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=');
        part.chars().all(good)
    };
    // RFC 7519: three parts of base64url; the signature may be empty.
    if token.split('.').count() == 3 && token.split('.').all(is_one) && !token.starts_with('.') {
        return Ok(token.to_owned().into());
    }
    Err(Failure::new(format!(
        "{} holds no token of an identity provider",
        path.display()
    ))
    .with_hint("it is one JSON Web Token, three parts with dots between")
    .into())
}

/// The audience that a role of the manifest asks of GitHub's tokens.
fn audience(wanted: &[Resource]) -> Option<String> {
    wanted.iter().find_map(|resource| {
        let Resource::Role(role) = resource else {
            return None;
        };
        let statements = role.trust_policy.statement.iter();
        let keys = statements
            .flat_map(|statement| statement.condition.values())
            .flatten();
        keys.filter(|(key, _)| key.eq_ignore_ascii_case(&format!("{GITHUB}:aud")))
            .find_map(|(_, values)| values.first().cloned())
    })
}

#[derive(Deserialize)]
struct Answer {
    value: SecretString,
}

async fn ask_github(url: &str, request: &SecretString, audience: &str) -> Result<SecretString> {
    let (mut url, client) = http::client(url).context("ACTIONS_ID_TOKEN_REQUEST_URL")?;
    url.query_pairs_mut().append_pair("audience", audience);
    let answer = client
        .get(url)
        .bearer_auth(request.expose_secret())
        .send()
        .await
        .map_err(reqwest::Error::without_url)?
        .error_for_status()
        .map_err(reqwest::Error::without_url)?;
    let text = Zeroizing::new(http::text(answer).await?);
    let answer: Answer =
        serde_json::from_str(&text).map_err(|_| anyhow!("it answers otherwise"))?;
    Ok(answer.value)
}
