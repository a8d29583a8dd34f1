//! Keys of service accounts
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys>). The private half
//! is in the one answer to the call that makes a key, which is sent once.

use super::super::client::Client;
use super::super::error::{Call, Error, Result};
use super::super::key_file::KeyFile;
use super::super::request::{Request, part};
use super::account::{self, Done, member};
use crate::permissions::Method;
use crate::secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

/// A key, without its private half.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Key {
    /// `projects/P/serviceAccounts/A/keys/ID`.
    name: String,
    #[serde(default)]
    pub(in crate::google) disabled: bool,
    #[serde(default)]
    pub(in crate::google) valid_before_time: Option<String>,
}

impl Key {
    /// Its id.
    pub(in crate::google) fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// A key that was just made.
pub(in crate::google) struct NewKey {
    pub(in crate::google) id: String,
    /// The file that Google's libraries read.
    pub(in crate::google) file: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    name: String,
    private_key_data: SecretString,
}

#[derive(Deserialize)]
struct Keys {
    #[serde(default)]
    keys: Vec<Key>,
}

fn path(project: &str, email: &str) -> String {
    format!("{}/keys", account::path(project, email))
}

fn call(method: Method, email: &str) -> Call {
    Call::new(method, &member(email))
}

impl Client {
    /// The keys that people have made for a service account.
    pub(in crate::google) async fn keys(&self, project: &str, email: &str) -> Result<Vec<Key>> {
        let request = Request::get(call(Method::KeysList, email), path(project, email))
            .with("keyTypes", "USER_MANAGED");
        self.json::<Keys>(&request).await.map(|list| list.keys)
    }

    /// Makes a key. If its answer is lost, there is a key that nobody has the private half of.
    pub(in crate::google) async fn create_key(&self, project: &str, email: &str) -> Result<NewKey> {
        let body = json!({"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"});
        let call = call(Method::KeysCreate, email);
        let made: Made = self
            .json(&Request::post(call, path(project, email), &body))
            .await?;
        let id = made.name.rsplit('/').next().unwrap_or_default().to_owned();
        let file = decoded(&made.private_key_data);
        let file = file.ok_or_else(|| {
            Error::ours(
                format!("the answer that has the private half of key {id} cannot be read"),
                "delete that key, and run the same again",
            )
        })?;
        Ok(NewKey { id, file })
    }

    /// Lets a key be used, or not any more, until it is let again
    /// (<https://cloud.google.com/iam/docs/keys-disable-enable>).
    pub(in crate::google) async fn enable_key(
        &self,
        project: &str,
        email: &str,
        id: &str,
        enabled: bool,
    ) -> Result<()> {
        let (method, verb) = match enabled {
            true => (Method::KeysEnable, "enable"),
            false => (Method::KeysDisable, "disable"),
        };
        let path = format!("{}/{}:{verb}", path(project, email), part(id));
        let request = Request::post(call(method, email), path, &json!({}));
        self.json::<Done>(&request).await.map(drop)
    }

    /// Removes a key: whoever has it is nobody any more.
    pub(in crate::google) async fn delete_key(
        &self,
        project: &str,
        email: &str,
        id: &str,
    ) -> Result<()> {
        let mut call = call(Method::KeysDelete, email);
        // That the key is gone is no reason to wait.
        call.needs.clear();
        let path = format!("{}/{}", path(project, email), part(id));
        let request = Request::delete(call, path);
        self.json::<Done>(&request).await.map(drop)
    }
}

/// The file in base64; what is secret in it is not shown from now on.
fn decoded(data: &SecretString) -> Option<SecretString> {
    secrets::keep(data.expose_secret());
    let bytes = Zeroizing::new(STANDARD.decode(data.expose_secret()).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    KeyFile::of(SecretString::from(text)).map(|key| key.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_has_the_file_in_base64() {
        let file = json!({"private_key_id": "abc", "private_key": "-----BEGIN-----"}).to_string();
        let read = decoded(&SecretString::from(STANDARD.encode(&file)));
        assert_eq!(read.unwrap().expose_secret(), file);
        for bad in ["", "!", "e30="] {
            assert!(decoded(&SecretString::from(bad)).is_none(), "{bad}");
        }
    }
}
