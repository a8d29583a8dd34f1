//! A secret of AWS Secrets Manager as a sink.
//!
//! The id of the key is in the id of the secret's version, which is ours to choose: so it is read
//! without the secret, and value and id change at once.

use super::super::Aws;
use super::super::error::{Call, Error, Result};
use super::super::genuine::Genuine;
use super::super::settle::read;
use crate::permissions::Operation;
use crate::resource::Scope;
use crate::sink::{Credential, Held};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{Builder, Region};
use secrecy::SecretString;
use std::collections::HashMap;

/// How the ids of our versions begin. An id has 32 to 64 characters
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>).
const VERSION: &str = "s3setup-access-key--";
/// The label of the version that everybody reads.
const CURRENT: &str = "AWSCURRENT";
/// The label of a version that nobody reads, by which writing is tried out.
const TRIAL: &str = "s3setup-trial";

/// One secret.
pub(super) struct Secret<'a> {
    pub(super) aws: &'a Aws,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) kms_key: Option<&'a str>,
}

impl Secret<'_> {
    fn client(&self) -> Client {
        let config = Builder::from(&self.aws.config)
            .region(Region::new(self.region.to_owned()))
            .interceptor(self.aws.calls.clone())
            .interceptor(Genuine)
            .retry_classifier(Genuine);
        Client::from_conf(config.build())
    }

    fn call(&self, operation: Operation) -> Call {
        let arn = secret_arn(&self.aws.scope, self.region, self.name);
        Call::new(operation, &arn)
    }

    /// The labels of its versions; `None` if there is no such secret.
    async fn versions(&self) -> Result<Option<HashMap<String, Vec<String>>>> {
        let request = self.client().describe_secret().secret_id(self.name);
        match read(
            self.call(Operation::SecretsManagerDescribeSecret),
            request.send(),
        )
        .await
        {
            Err(error) if error.code() == "ResourceNotFoundException" => Ok(None),
            Err(error) => Err(error),
            Ok(answer) if answer.deleted_date.is_some() => Err(Error::ours(
                format!("the secret {} is about to be deleted", self.name),
                "restore it (`aws secretsmanager restore-secret`), or choose another name",
            )),
            Ok(answer) => Ok(Some(answer.version_ids_to_stages.unwrap_or_default())),
        }
    }

    pub(super) async fn held(&self) -> Result<Held> {
        let versions = self.versions().await?.unwrap_or_default();
        Ok(held(&versions))
    }

    /// The current value; `None` if there is none.
    pub(super) async fn value(&self) -> Result<Option<SecretString>> {
        let request = self.client().get_secret_value().secret_id(self.name);
        match read(
            self.call(Operation::SecretsManagerGetSecretValue),
            request.send(),
        )
        .await
        {
            Err(error) if error.code() == "ResourceNotFoundException" => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => Ok(answer.secret_string.map(SecretString::from)),
        }
    }

    /// Makes the secret if there is none, and writes a version that nobody reads.
    pub(super) async fn prove(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        match self.versions().await? {
            None => self.create().await?,
            Some(versions) => {
                let foreign = match held(&versions) {
                    Held::Key(id) if known(&id) => None,
                    Held::Key(id) => Some(format!("the key {id}, which is none of this user's")),
                    // An empty secret has no current version, and a new one of some servers has
                    // one without a value.
                    _ if versions.is_empty() || is_trial(&versions) => None,
                    _ if self.is_empty().await? => None,
                    _ => Some("something that s3setup did not write".to_owned()),
                };
                if let Some(what) = foreign {
                    return Err(Error::ours(
                        format!("the secret {} holds {what}", self.name),
                        "choose another name, or delete the secret",
                    ));
                }
            }
        }
        let version = format!("{VERSION}{TRIAL}");
        let request = || {
            self.client()
                .put_secret_value()
                .secret_id(self.name)
                .client_request_token(&version)
                .version_stages(TRIAL)
                .secret_string("{}")
                .send()
        };
        self.aws
            .write(self.call(Operation::SecretsManagerPutSecretValue), request)
            .await?;
        Ok(())
    }

    /// Whether the secret has no value. Its value is not looked at where there is one of ours.
    async fn is_empty(&self) -> Result<bool> {
        let request = self.client().get_secret_value().secret_id(self.name);
        match read(
            self.call(Operation::SecretsManagerGetSecretValue),
            request.send(),
        )
        .await
        {
            Err(error) if error.code() == "ResourceNotFoundException" => Ok(true),
            Err(error) if error.denied() => Ok(false),
            Err(error) => Err(error),
            Ok(mut answer) => {
                use zeroize::Zeroize;
                let text = answer.secret_string.as_mut();
                let empty = text
                    .as_ref()
                    .is_none_or(|text| text.is_empty() || *text == "{}");
                text.map(Zeroize::zeroize).unwrap_or_default();
                Ok(empty && answer.secret_binary.is_none())
            }
        }
    }

    async fn create(&self) -> Result<()> {
        let request = || {
            self.client()
                .create_secret()
                .name(self.name)
                .set_kms_key_id(self.kms_key.map(str::to_owned))
                .description("An access key, written by s3setup")
                .send()
        };
        match self
            .aws
            .write(self.call(Operation::SecretsManagerCreateSecret), request)
            .await
        {
            // The answer of the first try was lost.
            Err(error) if error.code() == "ResourceExistsException" => Ok(()),
            other => other.map(drop),
        }
    }

    pub(super) async fn put(&self, credential: &Credential) -> Result<()> {
        let version = format!("{VERSION}{}", credential.id);
        let text = credential.json();
        let request = || {
            self.client()
                .put_secret_value()
                .secret_id(self.name)
                .client_request_token(&version)
                .secret_string(text.as_str())
                .send()
        };
        self.aws
            .write(self.call(Operation::SecretsManagerPutSecretValue), request)
            .await?;
        Ok(())
    }
}

/// The ARN of a secret, whose last letters Secrets Manager makes up.
pub(in crate::aws) fn secret_arn(scope: &Scope, region: &str, name: &str) -> String {
    format!(
        "arn:{}:secretsmanager:{region}:{}:secret:{name}-*",
        scope.partition, scope.account
    )
}

/// What the current version's id says, if it is one of ours.
fn current(versions: &HashMap<String, Vec<String>>) -> Option<&str> {
    let current = versions
        .iter()
        .find(|(_, labels)| labels.iter().any(|label| label == CURRENT));
    current.and_then(|(id, _)| id.strip_prefix(VERSION))
}

/// The key whose version is the current one.
fn held(versions: &HashMap<String, Vec<String>>) -> Held {
    match current(versions) {
        Some(id) if id != TRIAL => Held::Key(id.to_owned()),
        _ => Held::Nothing,
    }
}

/// Whether there is nothing in the secret but what it was tried out with: the first version of a
/// secret is the current one, whatever its label.
fn is_trial(versions: &HashMap<String, Vec<String>>) -> bool {
    current(versions) == Some(TRIAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_version_tells_which_key_it_is() {
        let versions = |pairs: &[(&str, &[&str])]| -> HashMap<String, Vec<String>> {
            let own = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
            pairs
                .iter()
                .map(|(id, labels)| ((*id).to_owned(), own(labels)))
                .collect()
        };
        let ours = "s3setup-access-key--AKIA1234567890123456";
        assert!((32..=64).contains(&ours.len()));
        assert!(format!("{VERSION}{TRIAL}").len() >= 32);
        let old = "s3setup-access-key--AKIA0000000000000000";
        let trial = "s3setup-access-key--s3setup-trial";
        let both = versions(&[
            (ours, &["AWSCURRENT"]),
            (old, &["AWSPREVIOUS"]),
            (trial, &[TRIAL]),
        ]);
        assert_eq!(held(&both), Held::Key("AKIA1234567890123456".into()));
        for pairs in [
            &[][..],
            &[(old, &["AWSPREVIOUS"][..])],
            &[("something-else-that-is-long-enough", &["AWSCURRENT"])],
            &[(trial, &["AWSCURRENT"])],
        ] {
            assert_eq!(held(&versions(pairs)), Held::Nothing, "{pairs:?}");
        }
        assert!(is_trial(&versions(&[(trial, &["AWSCURRENT"])])) && !is_trial(&both));
    }
}
