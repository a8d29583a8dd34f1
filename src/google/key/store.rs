//! The sinks of a service account's key: Secret Manager, and those that are no provider's.

use super::super::Google;
use super::super::error::{Error, Result};
use super::super::key_file::KeyFile;
use super::secret::Secret;
use crate::resource::google::marks::KeyRecord;
use crate::resource::{Fault, Place, Sink};
use crate::sink::{Credential, Held, Local};

/// One sink, ready to be written to.
pub(super) enum Store<'a> {
    /// One that is no provider's.
    Local(Local<'a>),
    /// A secret of Google's.
    Secret(Secret<'a>),
}

/// A state of a sink: [`Store::written`] before a key was made, as it is on record.
#[derive(Clone, Copy)]
pub(super) struct Since<'a> {
    since: &'a str,
    sink: &'a Sink,
}

impl<'a> Since<'a> {
    /// The one that the record tells, if a key is being made and the sink tells no more than that.
    pub(super) fn of(record: &'a KeyRecord, sink: &'a Sink) -> Option<Self> {
        let since = record.intent.as_ref()?.since.as_deref()?;
        Some(Self { since, sink })
    }

    /// Whether the sink was written since, if this is how it was written last by now.
    pub(super) fn is_over(&self, written: &str) -> bool {
        KeyRecord::is_written_since(self.since, self.sink, written)
    }
}

/// A fault of a sink as an error of ours.
fn ours(fault: Fault) -> Error {
    Error::ours(fault.message, fault.fix)
}

impl Google {
    /// The place that `sink` names, for a key of this account.
    pub(super) fn store<'a>(&'a self, sink: &'a Sink, email: &str) -> Result<Store<'a>> {
        let secrets = vec![&*sink.names.secret_access_key];
        if let Some(local) = Local::of(sink, secrets, self.disclose.as_ref()) {
            return Ok(Store::Local(local));
        }
        match &sink.place {
            Place::GoogleSecretManager { project, name } => Ok(Store::Secret(Secret {
                google: self,
                project,
                name,
                email: email.to_owned(),
            })),
            _ => Err(Error::ours(
                format!("a key of Google cannot go to {}", sink.where_it_is()),
                "name another sink",
            )),
        }
    }
}

impl Store<'_> {
    /// When it was written last, in whichever words can be compared, if it does not always tell which
    /// key it holds.
    pub(super) async fn written(&self) -> Result<Option<String>> {
        match self {
            Self::Local(local) => local.written().await.map_err(ours),
            Self::Secret(secret) => secret.written().await.map(Some),
        }
    }

    /// Which key it holds, if it tells; `since`: when it was written last before a key was made.
    pub(super) async fn held(&self, since: Option<Since<'_>>) -> Result<Held> {
        match (self, since) {
            (Self::Secret(secret), since) => secret.held(since).await,
            (Self::Local(Local::Github(github)), Some(since)) => {
                let written = github.written().await.map_err(ours)?;
                Ok(match since.is_over(&written) {
                    true => Held::Written,
                    false => Held::Unknown,
                })
            }
            (Self::Local(local), _) => local.held(None).await.map_err(ours),
        }
    }

    /// Whether a hand-over is over once something was written: it is one write.
    pub(super) fn is_written_at_once(&self) -> bool {
        matches!(self, Self::Local(_))
    }

    /// Whether it tells which key it holds.
    pub(super) fn tells(&self) -> bool {
        matches!(self, Self::Local(Local::File(_)))
    }

    /// The id of the key that it holds, if what it holds says that it is this account's.
    pub(super) async fn of_account(&self, email: &str) -> Result<Option<String>> {
        let file = match self {
            Self::Secret(secret) => return secret.of_account().await,
            Self::Local(Local::File(file)) => file,
            Self::Local(_) => return Ok(None),
        };
        // One that cannot be read is found by the proof.
        let key = KeyFile::at(file.path).ok().flatten();
        let key = key.filter(|key| key.email.as_deref() == Some(email));
        Ok(key.map(|key| key.id))
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. `known` are the
    /// ids that may be overwritten.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self {
            Self::Local(local) => local.prove(known).await.map_err(ours),
            Self::Secret(secret) => secret.prove(known).await,
        }
    }

    /// Hands the key over, in place of the one before.
    pub(super) async fn put(
        &self,
        credential: &Credential,
        known: impl Fn(&str) -> bool,
    ) -> Result<()> {
        match self {
            Self::Local(local) => local.put(credential, known).await.map_err(ours),
            Self::Secret(secret) => secret.put(credential, known).await,
        }
    }

    /// Ends a hand-over that was cut short after this key had been written.
    pub(super) async fn complete(&self, id: &str) -> Result<()> {
        match self {
            Self::Local(_) => Ok(()),
            Self::Secret(secret) => secret.complete(id).await,
        }
    }
}
