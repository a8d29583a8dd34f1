//! The sinks of an account: those of AWS itself, and those of this machine.

use super::super::Aws;
use super::super::error::{Error, Result};
use super::parameter_store::Parameter;
use super::secrets_manager::Secret;
use crate::resource::{Fault, Place, Sink};
use crate::sink::{Credential, File, Held};

/// One sink, ready to be written to.
pub(super) enum Store<'a> {
    /// A file of this machine.
    File(File<'a>),
    /// A secret of AWS Secrets Manager.
    SecretsManager(Secret<'a>),
    /// A parameter of AWS's Parameter Store.
    ParameterStore(Parameter<'a>),
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
            } => Ok(Store::SecretsManager(Secret {
                aws: self,
                name,
                region,
                kms_key: kms_key.as_deref(),
            })),
            Place::ParameterStore {
                name,
                region,
                kms_key,
            } => Ok(Store::ParameterStore(Parameter {
                aws: self,
                name,
                region,
                kms_key: kms_key.as_deref(),
            })),
            _ => Err(Error::ours(
                format!("this version of s3setup cannot hand keys over to {sink}"),
                "choose a file",
            )),
        }
    }
}

impl Store<'_> {
    /// Which key it holds, if it tells.
    pub(super) async fn held(&self) -> Result<Held> {
        match self {
            Self::File(file) => file.held().map_err(ours),
            Self::SecretsManager(secret) => secret.held().await,
            Self::ParameterStore(parameter) => parameter.held().await,
        }
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. What is there
    /// stays. `known` are the ids that may be overwritten.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self {
            Self::File(file) => file.prove(known).map_err(ours),
            Self::SecretsManager(secret) => secret.prove(known).await,
            Self::ParameterStore(parameter) => parameter.prove(known).await,
        }
    }

    /// Hands the credential over, in place of the one before.
    pub(super) async fn put(&self, credential: &Credential) -> Result<()> {
        match self {
            Self::File(file) => file.put(credential).map_err(ours),
            Self::SecretsManager(secret) => secret.put(credential).await,
            Self::ParameterStore(parameter) => parameter.put(credential).await,
        }
    }
}
