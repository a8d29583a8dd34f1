//! The JSON file of a service account's key, as Google's libraries read it
//! (<https://cloud.google.com/iam/docs/keys-create-delete>): the one place where one is read.

use crate::files;
use crate::secrets;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::io;
use std::path::Path;

/// The largest file that may be one, in bytes.
const LARGEST: u64 = 1 << 20;

/// The file of a key. What is secret in it is not shown from the moment on at which it was read.
pub(super) struct KeyFile {
    /// The id of the key.
    pub(super) id: String,
    /// The address of its account, if the file tells it.
    pub(super) email: Option<String>,
    /// All of it.
    pub(super) text: SecretString,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    private_key_id: String,
    #[serde(default)]
    client_email: Option<String>,
    private_key: SecretString,
}

impl KeyFile {
    /// The key that this is; nothing if it is none.
    pub(super) fn of(text: SecretString) -> Option<Self> {
        let fields: Fields = serde_json::from_str(text.expose_secret()).ok()?;
        let key = fields.private_key.expose_secret();
        secrets::keep(key);
        // It has lines, and a message may have one of them.
        let lines = key.lines().filter(|line| !line.contains("----"));
        lines.for_each(secrets::keep);
        Some(Self {
            id: fields.private_key_id,
            email: fields.client_email,
            text,
        })
    }

    /// The key in this file; nothing if it holds none.
    ///
    /// # Errors
    /// It cannot be read, or is larger than such a file is.
    pub(super) fn at(path: &str) -> io::Result<Option<Self>> {
        let text = files::read_text(Path::new(path), LARGEST)?;
        Ok(Self::of(SecretString::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_a_file_and_every_line_of_it_is_hidden_from_then_on() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
        let key = format!("-----BEGIN-----\n{line}\n-----END-----\n");
        let file = json!({"private_key_id": "abc", "client_email": "a@p", "private_key": key});
        let read = KeyFile::of(SecretString::from(file.to_string())).unwrap();
        assert_eq!((&*read.id, read.email.as_deref()), ("abc", Some("a@p")));
        assert_eq!(read.text.expose_secret(), file.to_string());
        let told = format!("it says {line}");
        assert!(!secrets::hide(&told).contains(line));
        for none in ["", "!", "{}", "[1]", r#"{"private_key_id": "abc"}"#] {
            assert!(KeyFile::of(SecretString::from(none)).is_none(), "{none}");
        }
    }
}
