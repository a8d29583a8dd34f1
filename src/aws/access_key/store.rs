//! The sinks of an account: those of AWS itself, and those of this machine.

use super::super::Aws;
use super::super::error::{Error, Result};
use super::parameter_store::Parameter;
use super::secrets_manager::Secret;
use crate::resource::{Fault, Names, Place, Sink};
use crate::secrets;
use crate::sink::{Credential, Held, Local, access_key_in};
use secrecy::{ExposeSecret, SecretString};

/// One sink, ready to be written to.
pub(super) enum Store<'a> {
    /// One that is no provider's.
    Local(Local<'a>),
    /// A secret of AWS Secrets Manager.
    Secret(Secret<'a>),
    /// A parameter of AWS's Parameter Store.
    Parameter(Parameter<'a>),
}

/// A fault of a sink as an error of ours.
fn ours(fault: Fault) -> Error {
    Error::ours(fault.message, fault.fix)
}

impl Aws {
    /// The place that `sink` names.
    pub(super) fn store<'a>(&'a self, sink: &'a Sink) -> Result<Store<'a>> {
        let names = &sink.names;
        let secrets = vec![&*names.access_key_id, &*names.secret_access_key];
        if let Some(local) = Local::of(sink, secrets, self.disclose.as_ref()) {
            return Ok(Store::Local(local));
        }
        match &sink.place {
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
            _ => Err(Error::ours(
                format!("an access key of AWS cannot go to {}", sink.where_it_is()),
                "name another sink",
            )),
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
            Self::Local(local) => local.written().await.map_err(ours),
            Self::Secret(_) | Self::Parameter(_) => Ok(None),
        }
    }

    /// Which key it holds, if it tells; `since`: when it was written last before a key was made.
    pub(super) async fn held(&self, since: Option<&str>) -> Result<Held> {
        match self {
            Self::Local(local) => local.held(since).await.map_err(ours),
            Self::Secret(secret) => secret.held().await,
            Self::Parameter(parameter) => parameter.held().await,
        }
    }

    /// The key that it holds, with its secret, under these names; `None` if there is none, or if
    /// nothing can be read back from it.
    pub(super) async fn access_key(&self, names: &Names) -> Result<Option<(String, SecretString)>> {
        let value = match self {
            Self::Local(Local::File(file)) => return file.access_key().map_err(ours),
            Self::Local(_) => None,
            Self::Secret(secret) => secret.value().await?,
            Self::Parameter(parameter) => parameter.value().await?,
        };
        Ok(value.and_then(|text| access_key_in(&text, names)))
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. What is there
    /// stays. `known` are the ids that may be overwritten.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self {
            Self::Local(local) => local.prove(known).await.map_err(ours),
            Self::Secret(secret) => secret.prove(known).await,
            Self::Parameter(parameter) => parameter.prove(known).await,
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
            Self::Local(local) => local.put(credential, known).await.map_err(ours),
            Self::Secret(secret) => secret.put(credential).await,
            Self::Parameter(parameter) => parameter.put(credential).await,
        }
    }
}
