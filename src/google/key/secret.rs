//! A secret of Secret Manager as a sink: each key is a version, and the name of the version is that of the
//! key, so that which one it holds is told without its private half.

use super::super::Google;
use super::super::api::{self, Named};
use super::super::error::{Error, Result};
use super::store::Since;
use crate::permissions::Method;
use crate::sink::{Credential, Held};
use std::collections::BTreeMap;

/// What says whose keys are in a secret.
const ACCOUNT: &str = "s3setup-account";
/// What stands before the id of a key in the name of its version.
const KEY: &str = "key-";

/// A secret.
pub(super) struct Secret<'a> {
    pub(super) google: &'a Google,
    pub(super) project: &'a str,
    pub(super) name: &'a str,
    /// The account whose keys go there.
    pub(super) email: String,
}

/// The number of the newest version that is named after a key, and the id of that key.
fn newest(aliases: &BTreeMap<String, String>) -> Option<(u64, String)> {
    let keys = aliases.iter().filter_map(|(alias, version)| {
        let id = alias.strip_prefix(KEY)?;
        Some((version.parse::<u64>().ok()?, id))
    });
    keys.max().map(|(version, id)| (version, id.to_owned()))
}

impl Secret<'_> {
    fn full_name(&self) -> String {
        format!("projects/{}/secrets/{}", self.project, self.name)
    }

    /// The number of the version that was added last; 0 if there is none.
    async fn latest(&self) -> Result<u64> {
        match self
            .google
            .client
            .latest_version(self.project, self.name)
            .await
        {
            Ok(number) => Ok(number),
            Err(error) if error.absent() => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// What differs once a version was added.
    pub(super) async fn written(&self) -> Result<String> {
        self.latest().await.map(|number| number.to_string())
    }

    /// Which key it holds. A version is named after its key once it is there: if a run was cut short in
    /// between, `since` tells that one was added.
    pub(super) async fn held(&self, since: Option<Since<'_>>) -> Result<Held> {
        let secret = match self.google.client.secret(self.project, self.name).await {
            Ok(secret) => secret,
            Err(error) if error.absent() => return Ok(Held::Nothing),
            Err(error) => return Err(error),
        };
        let named = newest(&secret.version_aliases);
        if let Some(since) = since {
            let latest = self.latest().await?;
            let is_named = named.as_ref().is_some_and(|(number, _)| *number == latest);
            if !is_named && since.is_over(&latest.to_string()) {
                return Ok(Held::Written);
            }
        }
        Ok(named.map_or(Held::Nothing, |(_, id)| Held::Key(id)))
    }

    /// The key that it holds, if it is this account's: it may be one that is not listed any more.
    pub(super) async fn of_account(&self) -> Result<Option<String>> {
        let secret = match self.google.client.secret(self.project, self.name).await {
            Ok(secret) => secret,
            Err(error) if error.absent() => return Ok(None),
            Err(error) => return Err(error),
        };
        let held = newest(&secret.version_aliases).map(|(_, id)| id);
        let is_ours = secret.annotations.get(ACCOUNT) == Some(&self.email);
        Ok(held.filter(|_| is_ours))
    }

    /// Makes the secret, if it is not there.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        let google = self.google;
        match google.client.secret(self.project, self.name).await {
            Ok(secret) => self.is_known(&secret, known),
            Err(error) if error.absent() => {
                let whose = [(ACCOUNT.to_owned(), self.email.clone())].into();
                let made = google
                    .write(Method::SecretsCreate, &self.full_name(), || {
                        google.client.create_secret(self.project, self.name, &whose)
                    })
                    .await;
                match made {
                    Err(error) if error.already_there() => Ok(()),
                    made => made,
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Whether what it holds may be replaced.
    fn is_known(&self, secret: &api::Secret, known: impl Fn(&str) -> bool) -> Result<()> {
        let held = newest(&secret.version_aliases).map(|(_, id)| id);
        match held.filter(|id| !known(id)) {
            None => Ok(()),
            Some(id) => Err(Error::ours(
                format!(
                    "the secret {} holds the key {id}, which is none of this account's",
                    self.name
                ),
                "name another secret, or remove that one",
            )),
        }
    }

    /// Adds the key as a version, unless another one has come there since the proof.
    pub(super) async fn put(
        &self,
        credential: &Credential,
        known: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let google = self.google;
        let Some(field) = credential.fields.last() else {
            return Ok(());
        };
        let secret = google.client.secret(self.project, self.name).await?;
        self.is_known(&secret, known)?;
        let version = google
            .write(Method::SecretsAddVersion, &self.full_name(), || {
                google
                    .client
                    .add_version(self.project, self.name, &field.value)
            })
            .await?;
        self.name_version(&credential.id, &version).await
    }

    /// Names the version that was added last after this key, unless one is.
    pub(super) async fn complete(&self, id: &str) -> Result<()> {
        match self.held(None).await? {
            Held::Key(held) if held == id => Ok(()),
            _ => {
                let latest = self.latest().await?;
                self.name_version(id, &latest.to_string()).await
            }
        }
    }

    /// Names a version after its key, and takes the name of the one before.
    async fn name_version(&self, id: &str, version: &str) -> Result<()> {
        let (google, name) = (self.google, self.full_name());
        google
            .in_turns(|| async {
                let secret = google.client.secret(self.project, self.name).await?;
                let mut aliases = secret.version_aliases;
                aliases.retain(|alias, _| !alias.starts_with(KEY));
                aliases.insert(format!("{KEY}{id}"), version.to_owned());
                let mut whose = secret.annotations;
                whose.insert(ACCOUNT.to_owned(), self.email.clone());
                let named = Named {
                    etag: secret.etag,
                    version_aliases: aliases,
                    annotations: whose,
                };
                google
                    .write(Method::SecretsPatch, &name, || {
                        google.client.name_versions(self.project, self.name, &named)
                    })
                    .await
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_is_named_after_a_key_tells_which_one_is_held() {
        let aliases = |all: &[(&str, &str)]| {
            let all = all
                .iter()
                .map(|(alias, version)| ((*alias).into(), (*version).into()));
            newest(&all.collect())
        };
        assert_eq!(aliases(&[("prod", "9")]), None);
        assert_eq!(
            aliases(&[("key-a", "9"), ("key-b", "10"), ("prod", "11")]),
            Some((10, "b".into()))
        );
    }
}
