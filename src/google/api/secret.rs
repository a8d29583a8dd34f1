//! Secrets of Secret Manager (<https://cloud.google.com/secret-manager/docs/reference/rest>).

use super::super::client::Client;
use super::super::error::{Call, Error, Result};
use super::super::request::{Request, part};
use crate::permissions::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method as Verb;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// A secret, without what is in its versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Secret {
    /// With the number of the project. Only that it is there counts.
    #[serde(rename = "name")]
    _name: IgnoredAny,
    /// Of this very state.
    #[serde(default)]
    pub(in crate::google) etag: Option<String>,
    /// Name → number of a version.
    #[serde(default)]
    pub(in crate::google) version_aliases: BTreeMap<String, String>,
    /// Whatever people write down about it.
    #[serde(default)]
    pub(in crate::google) annotations: BTreeMap<String, String>,
}

/// A version, without what is in it.
#[derive(Debug, Deserialize)]
struct Version {
    /// `projects/P/secrets/S/versions/NUMBER`.
    name: String,
}

impl Version {
    fn number(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }
}

/// What of a secret is written beside its versions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Named {
    /// Of the state that was read.
    pub(in crate::google) etag: Option<String>,
    pub(in crate::google) version_aliases: BTreeMap<String, String>,
    pub(in crate::google) annotations: BTreeMap<String, String>,
}

/// `projects/P/secrets/S`.
fn full_name(project: &str, name: &str) -> String {
    format!("projects/{project}/secrets/{name}")
}

fn path(project: &str, name: &str) -> String {
    format!("{}/secrets/{}", super::project(project), part(name))
}

impl Client {
    /// A secret.
    pub(in crate::google) async fn secret(&self, project: &str, name: &str) -> Result<Secret> {
        let call = Call::new(Method::SecretsGet, &full_name(project, name));
        self.json(&Request::get(call, path(project, name))).await
    }

    /// Makes a secret that has no version yet, kept where Google likes.
    pub(in crate::google) async fn create_secret(
        &self,
        project: &str,
        name: &str,
        annotations: &BTreeMap<String, String>,
    ) -> Result<()> {
        let call = Call::new(Method::SecretsCreate, &full_name(project, name));
        let body = json!({
            "replication": {"automatic": {}}, "labels": {"managed-by": "s3setup"},
            "annotations": annotations,
        });
        let path = format!("{}/secrets", super::project(project));
        let request = Request::post(call, path, &body).with("secretId", name);
        self.json::<Secret>(&request).await.map(drop)
    }

    /// Adds a version; its number.
    pub(in crate::google) async fn add_version(
        &self,
        project: &str,
        name: &str,
        value: &SecretString,
    ) -> Result<String> {
        let call = Call::new(Method::SecretsAddVersion, &full_name(project, name));
        let data = STANDARD.encode(value.expose_secret());
        let body = json!({"payload": {"data": data}});
        let path = format!("{}:addVersion", path(project, name));
        let version: Version = self.json(&Request::post(call, path, &body)).await?;
        Ok(version.number().to_owned())
    }

    /// Gives versions these names and no other, if nobody has changed the secret since it was read.
    pub(in crate::google) async fn name_versions(
        &self,
        project: &str,
        name: &str,
        named: &Named,
    ) -> Result<()> {
        let call = Call::new(Method::SecretsPatch, &full_name(project, name));
        let request = Request::new(call, Verb::PATCH, path(project, name))
            .with("updateMask", "versionAliases,annotations")
            .sending(named);
        self.json::<Secret>(&request).await.map(drop)
    }

    /// The number of the version that was added last.
    pub(in crate::google) async fn latest_version(&self, project: &str, name: &str) -> Result<u64> {
        let call = Call::new(Method::VersionsGet, &full_name(project, name));
        let path = format!("{}/versions/latest", path(project, name));
        let version: Version = self.json(&Request::get(call, path)).await?;
        let number = version.number().parse();
        number.map_err(|_| {
            let said = format!("the version {} of a secret has no number", version.name);
            Error::Unintelligible(said)
        })
    }

    /// What is in the newest version.
    pub(in crate::google) async fn newest_version(
        &self,
        project: &str,
        name: &str,
    ) -> Result<Option<SecretString>> {
        #[derive(Deserialize)]
        struct Accessed {
            payload: Payload,
        }
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            data: Option<SecretString>,
        }
        let call = Call::new(Method::VersionsAccess, &full_name(project, name));
        let path = format!("{}/versions/latest:access", path(project, name));
        let accessed: Accessed = self.json(&Request::get(call, path)).await?;
        Ok(accessed.payload.data.and_then(|data| {
            let bytes = STANDARD.decode(data.expose_secret()).ok()?;
            String::from_utf8(bytes).ok().map(SecretString::from)
        }))
    }
}
