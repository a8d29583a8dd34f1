//! The key of a user, taken from where it was handed over.

use super::super::Aws;
use crate::resource::{Place, Sink};
use crate::sink::File;
use secrecy::SecretString;

impl Aws {
    /// The id and the secret; or why they cannot be had.
    pub(super) async fn key_of(&self, sink: &Sink) -> Result<(String, SecretString), String> {
        match &sink.place {
            Place::File { path, format } => {
                let file = File {
                    path,
                    format,
                    names: &sink.names,
                };
                let found = file.access_key().map_err(|fault| fault.message)?;
                found.ok_or_else(|| format!("{path} holds no key of it"))
            }
            Place::SecretsManager { .. } | Place::ParameterStore { .. } => {
                Err(format!("its key is in {sink}"))
            }
            Place::GithubActions { .. } => Err("GitHub gives no secret back".to_owned()),
            Place::Stdout => Err("its key was printed once, and is nowhere else".to_owned()),
        }
    }
}
