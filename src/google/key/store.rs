//! The sinks of a service account's key: a file, GitHub, Secret Manager, the standard output.

use super::super::Google;
use super::super::error::{Error, Result};
use super::secret::Secret;
use crate::cloud::Disclose;
use crate::files;
use crate::resource::{Fault, Place, Sink};
use crate::sink::{Credential, File, Github, Held};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use std::path::Path;
use zeroize::Zeroizing;

/// The largest file that may be one of a key, in bytes.
const LARGEST: u64 = 1 << 20;

/// One sink, ready to be written to.
pub(super) enum Store<'a> {
    /// A file of this machine.
    File(File<'a>),
    /// A secret of GitHub Actions.
    Github(Github<'a>),
    /// A secret of Google's.
    Secret(Secret<'a>),
    /// The standard output, if it was asked for.
    Stdout(Option<&'a Disclose>),
}

/// A fault of a sink as an error of ours.
fn ours(fault: Fault) -> Error {
    Error::ours(fault.message, fault.fix)
}

impl Google {
    /// The place that `sink` names, for a key of this account.
    pub(super) fn store<'a>(&'a self, sink: &'a Sink, email: &str) -> Result<Store<'a>> {
        match &sink.place {
            Place::File { path, format } => Ok(Store::File(File {
                path,
                format,
                names: &sink.names,
            })),
            Place::GithubActions {
                repository,
                environment,
            } => Ok(Store::Github(Github {
                repository,
                environment: environment.as_deref(),
                names: vec![&sink.names.secret_access_key],
            })),
            Place::GoogleSecretManager { project, name } => Ok(Store::Secret(Secret {
                google: self,
                project,
                name,
                email: email.to_owned(),
            })),
            Place::Stdout => Ok(Store::Stdout(self.disclose.as_ref())),
            Place::SecretsManager { .. } | Place::ParameterStore { .. } => Err(Error::ours(
                format!("a key of Google cannot go to {}", sink.where_it_is()),
                "name another sink",
            )),
        }
    }
}

impl Store<'_> {
    /// Which key it holds, if it tells.
    pub(super) async fn held(&self) -> Result<Held> {
        match self {
            Self::File(file) => file.held().map_err(ours),
            Self::Secret(secret) => secret.held().await,
            Self::Github(_) | Self::Stdout(_) => Ok(Held::Unknown),
        }
    }

    /// The id of the key that it holds, if what it holds says that it is this account's.
    pub(super) fn of_account(&self, email: &str) -> Option<String> {
        let Self::File(file) = self else {
            return None;
        };
        #[derive(Deserialize)]
        struct Key {
            client_email: String,
            private_key_id: String,
        }
        let text = files::read_text(Path::new(file.path), LARGEST).ok()?;
        let text = Zeroizing::new(text);
        let key: Key = serde_json::from_str(&text).ok()?;
        (key.client_email == email).then_some(key.private_key_id)
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. `known` are the
    /// ids that may be overwritten.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self {
            Self::File(file) => file.prove(known).map_err(ours),
            Self::Github(github) => github.prove().await.map_err(ours),
            Self::Secret(secret) => secret.prove(known).await,
            Self::Stdout(Some(_)) => Ok(()),
            Self::Stdout(None) => Err(not_asked_for()),
        }
    }

    /// Hands the key over, in place of the one before.
    pub(super) async fn put(
        &self,
        credential: &Credential,
        known: impl Fn(&str) -> bool,
    ) -> Result<()> {
        match self {
            Self::File(file) => file.put(credential, known).map_err(ours),
            Self::Github(github) => github.put(credential).await.map_err(ours),
            Self::Secret(secret) => secret.put(credential).await,
            Self::Stdout(Some(disclose)) => {
                let key = credential.fields.last();
                let text = key.map_or("", |field| field.value.expose_secret());
                disclose(&format!("{}\n", text.trim_end())).map_err(|error| {
                    Error::ours(
                        format!("the standard output cannot be written to: {error:#}"),
                        "run it again where it can",
                    )
                })
            }
            Self::Stdout(None) => Err(not_asked_for()),
        }
    }
}

fn not_asked_for() -> Error {
    Error::ours(
        "the sink of its key is the standard output, and nobody asked for a secret there",
        "add --show-secrets: what reads the standard output then holds the secret",
    )
}
