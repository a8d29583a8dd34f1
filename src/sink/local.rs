//! The sinks that are no provider's: a file, secrets of GitHub, the standard output.

use super::{Credential, Fault, File, Github, Held, fault};
use crate::resource::{Place, Sink};
use anyhow::Result;
use std::sync::Arc;

/// Shows a secret to whoever asked for it in so many words; fails if it cannot be written.
pub type Disclose = Arc<dyn Fn(&str) -> Result<()> + Send + Sync>;

/// One of them, ready to be written to.
pub enum Local<'a> {
    /// A file of this machine.
    File(File<'a>),
    /// Secrets of GitHub Actions.
    Github(Github<'a>),
    /// The standard output, if it was asked for.
    Stdout(Option<&'a Disclose>),
}

impl<'a> Local<'a> {
    /// The place that `sink` names, if it is one of these. `secrets` are the names of GitHub's that a
    /// key takes; `disclose` is there only if secrets may be shown.
    #[must_use]
    pub fn of(
        sink: &'a Sink,
        secrets: Vec<&'a str>,
        disclose: Option<&'a Disclose>,
    ) -> Option<Self> {
        match &sink.place {
            Place::File { path, format } => Some(Self::File(File {
                path,
                format,
                names: &sink.names,
            })),
            Place::GithubActions {
                repository,
                environment,
            } => Some(Self::Github(Github {
                repository,
                environment: environment.as_deref(),
                names: secrets,
            })),
            Place::Stdout => Some(Self::Stdout(disclose)),
            Place::SecretsManager { .. }
            | Place::ParameterStore { .. }
            | Place::GoogleSecretManager { .. } => None,
        }
    }

    /// When it was written last, if it tells that and not which key it holds.
    ///
    /// # Errors
    /// GitHub cannot be asked.
    pub async fn written(&self) -> Result<Option<String>, Fault> {
        match self {
            Self::Github(github) => github.written().await.map(Some),
            Self::File(_) | Self::Stdout(_) => Ok(None),
        }
    }

    /// Which key it holds, if it tells; `since`: when it was written last before a key was made.
    ///
    /// # Errors
    /// It cannot be read, or asked.
    pub async fn held(&self, since: Option<&str>) -> Result<Held, Fault> {
        match self {
            Self::File(file) => file.held(),
            Self::Github(github) => github.held(since).await,
            Self::Stdout(_) => Ok(Held::Unknown),
        }
    }

    /// Whether a key can be handed over: as much of it is done as can be without one. What is there
    /// stays. `known` are the ids that may be overwritten.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<(), Fault> {
        match self {
            Self::File(file) => file.prove(known),
            Self::Github(github) => github.prove().await,
            Self::Stdout(Some(_)) => Ok(()),
            Self::Stdout(None) => Err(not_asked_for()),
        }
    }

    /// Hands the credential over, in place of the one before, which must be one of the `known` ids
    /// still where the sink tells that.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn put(
        &self,
        credential: &Credential,
        known: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        match self {
            Self::File(file) => file.put(credential, known),
            Self::Github(github) => github.put(credential).await,
            Self::Stdout(Some(disclose)) => disclose(&credential.printed()).map_err(|error| {
                fault(
                    format!("the standard output cannot be written to: {error:#}"),
                    "run it again where it can",
                )
            }),
            Self::Stdout(None) => Err(not_asked_for()),
        }
    }
}

fn not_asked_for() -> Fault {
    fault(
        "the sink of its key is the standard output, and nobody asked for a secret there",
        "add --show-secrets: what reads the standard output then holds the secret",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use std::sync::Mutex;

    #[tokio::test]
    async fn what_is_printed_is_what_its_reader_takes_and_only_if_that_was_asked_for() {
        let printed = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&printed);
        let disclose: Disclose = Arc::new(move |text: &str| {
            kept.lock().unwrap().push_str(text);
            Ok(())
        });
        let sink: Sink = "stdout".parse().unwrap();
        let secret = || SecretString::from("s");
        let keys = [
            (
                Credential::access_key(&sink, "AKIA", secret()),
                format!(
                    "{}=AKIA\n{}=s\n",
                    sink.names.access_key_id, sink.names.secret_access_key
                ),
            ),
            (
                Credential::whole(&sink, "abc", SecretString::from("{\"a\": 1}\n\n")),
                "{\"a\": 1}\n".to_owned(),
            ),
        ];
        for (key, expected) in keys {
            printed.lock().unwrap().clear();
            let shown = Local::of(&sink, Vec::new(), Some(&disclose)).unwrap();
            shown.put(&key, |_| true).await.unwrap();
            assert_eq!(*printed.lock().unwrap(), expected);
            let silent = Local::of(&sink, Vec::new(), None).unwrap();
            for refused in [
                silent.prove(|_| true).await,
                silent.put(&key, |_| true).await,
            ] {
                assert!(refused.unwrap_err().fix.contains("--show-secrets"));
            }
        }
        assert_eq!(printed.lock().unwrap().lines().count(), 1);
    }
}
