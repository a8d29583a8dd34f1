//! A secret of Secret Manager as a sink: each key is a version, and the name of the version is that of the
//! key, so that which one it holds is told without its private half.

use super::super::Google;
use super::super::api::Named;
use super::super::error::{Error, Result};
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

/// The key whose version is the newest of those that are named after keys.
fn newest(aliases: &BTreeMap<String, String>) -> Option<String> {
    let keys = aliases.iter().filter_map(|(alias, version)| {
        let id = alias.strip_prefix(KEY)?;
        Some((version.parse::<u64>().ok()?, id))
    });
    keys.max().map(|(_, id)| id.to_owned())
}

impl Secret<'_> {
    fn full_name(&self) -> String {
        format!("projects/{}/secrets/{}", self.project, self.name)
    }

    pub(super) async fn held(&self) -> Result<Held> {
        match self.google.client.secret(self.project, self.name).await {
            Ok(secret) => Ok(newest(&secret.version_aliases).map_or(Held::Nothing, Held::Key)),
            Err(error) if error.absent() => Ok(Held::Nothing),
            Err(error) => Err(error),
        }
    }

    /// Makes the secret, if it is not there.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        let google = self.google;
        match google.client.secret(self.project, self.name).await {
            Ok(secret) => match newest(&secret.version_aliases).filter(|id| !known(id)) {
                None => Ok(()),
                // One that is not listed any more.
                Some(_) if secret.annotations.get(ACCOUNT) == Some(&self.email) => Ok(()),
                Some(id) => Err(Error::ours(
                    format!(
                        "the secret {} holds the key {id}, which is none of this account's",
                        self.name
                    ),
                    "name another secret, or remove that one",
                )),
            },
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

    pub(super) async fn put(&self, credential: &Credential) -> Result<()> {
        let (google, name) = (self.google, self.full_name());
        let Some(field) = credential.fields.last() else {
            return Ok(());
        };
        let version = google
            .write(Method::SecretsAddVersion, &name, || {
                google
                    .client
                    .add_version(self.project, self.name, &field.value)
            })
            .await?;
        google
            .in_turns(|| async {
                let secret = google.client.secret(self.project, self.name).await?;
                let mut aliases = secret.version_aliases;
                aliases.retain(|alias, _| !alias.starts_with(KEY));
                aliases.insert(format!("{KEY}{}", credential.id), version.clone());
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
            Some("b".into())
        );
    }
}
