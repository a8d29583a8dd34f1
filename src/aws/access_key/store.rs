//! The sinks of an account: those of AWS itself, and those of this machine.

use super::super::Aws;
use super::super::error::{Error, Result};
use super::parameter_store::Parameter;
use super::secrets_manager::Secret;
use crate::cloud::Disclose;
use crate::resource::{Fault, Names, Place, Sink};
use crate::secrets;
use crate::sink::{Credential, File, Github, Held, access_key_in};
use secrecy::{ExposeSecret, SecretString};

/// One sink, ready to be written to.
pub(super) enum Store<'a> {
    /// A file of this machine.
    File(File<'a>),
    /// A secret of AWS Secrets Manager.
    Secret(Secret<'a>),
    /// A parameter of AWS's Parameter Store.
    Parameter(Parameter<'a>),
    /// Secrets of GitHub Actions.
    Github(Github<'a>),
    /// The standard output, if it was asked for.
    Stdout(Option<&'a Disclose>),
}

/// A fault of a sink as an error of ours.
fn ours(fault: Fault) -> Error {
    Error::ours(fault.message, fault.fix)
}

impl Aws {
    /// The place that `sink` names.
    pub(super) fn store<'a>(&'a self, sink: &'a Sink) -> Result<Store<'a>> {
        match &sink.place {
            Place::File { path, format } => Ok(Store::File(File {
                path,
                format,
                names: &sink.names,
            })),
            Place::SecretsManager {
                name,
                region,
                kms_key,
            } => Ok(Store::Secret(Secret {
                aws: self,
                name,
                region,
                kms_key: kms_key.as_deref(),
            })),
            Place::ParameterStore {
                name,
                region,
                kms_key,
            } => Ok(Store::Parameter(Parameter {
                aws: self,
                name,
                region,
                kms_key: kms_key.as_deref(),
            })),
            Place::GithubActions {
                repository,
                environment,
            } => Ok(Store::Github(Github {
                repository,
                environment: environment.as_deref(),
                names: vec![&sink.names.access_key_id, &sink.names.secret_access_key],
            })),
            Place::GoogleSecretManager { .. } => Err(Error::ours(
                "an access key of AWS cannot go to Google Secret Manager",
                "name another sink",
            )),
            Place::Stdout => Ok(Store::Stdout(self.disclose.as_ref())),
        }
    }
}

impl Aws {
    /// The key that a sink holds, with its secret; `None` if there is none.
    pub(in crate::aws) async fn key_in_sink(
        &self,
        sink: &Sink,
    ) -> Result<Option<(String, SecretString)>> {
        let key = self.store(sink)?.access_key(&sink.names).await?;
        if let Some((_, secret)) = &key {
            secrets::keep(secret.expose_secret());
        }
        Ok(key)
    }
}

impl Store<'_> {
    /// When it was written last, if it tells that and not which key it holds.
    pub(super) async fn written(&self) -> Result<Option<String>> {
        match self {
            Self::Github(github) => github.written().await.map(Some).map_err(ours),
            _ => Ok(None),
        }
    }

    /// Which key it holds, if it tells; `since`: when it was written last before a key was made.
    pub(super) async fn held(&self, since: Option<&str>) -> Result<Held> {
        match self {
            Self::File(file) => file.held().map_err(ours),
            Self::Secret(secret) => secret.held().await,
            Self::Parameter(parameter) => parameter.held().await,
            Self::Github(github) => github.held(since).await.map_err(ours),
            Self::Stdout(_) => Ok(Held::Unknown),
        }
    }

    /// The key that it holds, with its secret, under these names; `None` if there is none, or if
    /// nothing can be read back from it.
    pub(super) async fn access_key(&self, names: &Names) -> Result<Option<(String, SecretString)>> {
        let value = match self {
            Self::File(file) => return file.access_key().map_err(ours),
            Self::Secret(secret) => secret.value().await?,
            Self::Parameter(parameter) => parameter.value().await?,
            Self::Github(_) | Self::Stdout(_) => None,
        };
        Ok(value.and_then(|text| access_key_in(&text, names)))
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. What is there
    /// stays. `known` are the ids that may be overwritten.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self {
            Self::File(file) => file.prove(known).map_err(ours),
            Self::Secret(secret) => secret.prove(known).await,
            Self::Parameter(parameter) => parameter.prove(known).await,
            Self::Github(github) => github.prove().await.map_err(ours),
            Self::Stdout(Some(_)) => Ok(()),
            Self::Stdout(None) => Err(not_asked_for()),
        }
    }

    /// Hands the credential over, in place of the one before.
    ///
    /// What it holds must be one of the `known` ids still: between the proof and now another run, or
    /// another user's key of this one, may have come to the same place.
    pub(super) async fn put(
        &self,
        credential: &Credential,
        known: impl Fn(&str) -> bool,
    ) -> Result<()> {
        if let Self::Secret(_) | Self::Parameter(_) = self
            && let Held::Key(id) = self.held(None).await?
            && !known(&id)
        {
            return Err(Error::ours(
                format!("it holds the key {id} by now, which is none of this user's"),
                "give each key a place of its own, and run one command at a time",
            ));
        }
        match self {
            Self::File(file) => file.put(credential, known).map_err(ours),
            Self::Secret(secret) => secret.put(credential).await,
            Self::Parameter(parameter) => parameter.put(credential).await,
            Self::Github(github) => github.put(credential).await.map_err(ours),
            Self::Stdout(Some(disclose)) => disclose(&credential.lines()).map_err(|error| {
                Error::ours(
                    format!("the standard output cannot be written to: {error:#}"),
                    "run it again where it can",
                )
            }),
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
