//! The key of a user, taken from where it was handed over.

use super::super::Aws;
use super::said;
use crate::resource::{Place, Sink};
use secrecy::SecretString;

impl Aws {
    /// The id and the secret; or why they cannot be had.
    pub(super) async fn key_of(&self, sink: &Sink) -> Result<(String, SecretString), String> {
        match &sink.place {
            Place::GithubActions { .. } => return Err("GitHub gives no secret back".to_owned()),
            Place::Stdout => {
                return Err("its key was printed once, and is nowhere else".to_owned());
            }
            _ => {}
        }
        let found = self.key_in_sink(sink).await.map_err(|error| said(&error))?;
        found.ok_or_else(|| format!("{} holds no key of it", sink.where_it_is()))
    }
}
