//! Places for secrets that are not the provider's: files, and GitHub. The forms of files change
//! what is theirs to change, and leave every other line as it is.

mod dotenv;
mod file;
mod folder;
mod github;
mod github_api;
mod ini;
mod json;
mod local;
mod lock;
mod replaceable;
mod service_account;
mod way;

pub use file::File;
pub use github::Github;
pub use local::{Disclose, Local};

use crate::resource::{Fault, Names, Sink};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use zeroize::Zeroizing;

/// One named part of a credential.
pub struct Field {
    /// As the reader of the sink calls it.
    pub name: String,
    /// What nobody else may see.
    pub value: SecretString,
}

/// What is handed over: fields in the order in which they are written. An access key is two; a key
/// of another provider may be one, a whole file.
pub struct Credential {
    /// Which one it is; no secret.
    pub id: String,
    /// All of it, the id among it.
    pub fields: Vec<Field>,
}

impl Credential {
    /// An access key under the names of `sink`.
    #[must_use]
    pub fn access_key(sink: &Sink, id: &str, secret: SecretString) -> Self {
        let field = |name: &String, value: SecretString| Field {
            name: name.clone(),
            value,
        };
        Self {
            id: id.to_owned(),
            fields: vec![
                field(&sink.names.access_key_id, SecretString::from(id)),
                field(&sink.names.secret_access_key, secret),
            ],
        }
    }

    /// A key that is one whole, under the name of `sink`: the JSON file of a service account's.
    #[must_use]
    pub fn whole(sink: &Sink, id: &str, key: SecretString) -> Self {
        Self {
            id: id.to_owned(),
            fields: vec![Field {
                name: sink.names.secret_access_key.clone(),
                value: key,
            }],
        }
    }

    /// All fields as one JSON object.
    #[must_use]
    pub fn json(&self) -> Zeroizing<String> {
        json::object(&self.fields)
    }

    /// As it is printed: a key that is one whole as it is, other fields as lines.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        match &self.fields[..] {
            [whole] => {
                let text = whole.value.expose_secret().trim_end();
                // Never grown: a buffer that moves leaves a copy behind.
                let mut line = Zeroizing::new(String::with_capacity(text.len() + 1));
                line.push_str(text);
                line.push('\n');
                line
            }
            _ => self.lines(),
        }
    }

    /// All fields as lines `NAME=value`.
    #[must_use]
    pub fn lines(&self) -> Zeroizing<String> {
        let length = |field: &Field| field.name.len() + field.value.expose_secret().len() + 2;
        // Never grown: a buffer that moves leaves a copy behind.
        let capacity = self.fields.iter().map(length).sum();
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        for field in &self.fields {
            text.push_str(&field.name);
            text.push('=');
            text.push_str(field.value.expose_secret());
            text.push('\n');
        }
        text
    }
}

/// Whether this is the id of a key: capital letters and digits, as AWS makes them
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>), or 40 hexadecimal
/// digits, as Google does. A secret has letters of both cases.
fn looks_like_an_id(text: &str) -> bool {
    let of_aws = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let of_google = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    ((1..=128).contains(&text.len()) && text.bytes().all(of_aws))
        || (text.len() == 40 && text.bytes().all(of_google))
}

/// The access key in a JSON object that [`Credential::json`] made: its id and its secret.
#[must_use]
pub fn access_key_in(object: &SecretString, names: &Names) -> Option<(String, SecretString)> {
    let member = |name: &str| json::find(object.expose_secret(), name);
    let secret = member(&names.secret_access_key).map(SecretString::from);
    let id = member(&names.access_key_id).filter(|id| looks_like_an_id(id));
    id.zip(secret)
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credential({})", self.id)
    }
}

/// Which key a sink holds, as far as it tells without its secret being shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// None of the names is there.
    Nothing,
    /// The key of this id.
    Key(String),
    /// It can only be written to.
    Unknown,
    /// The same, and all of it was written since a key was being made.
    Written,
    /// The same, and only a part of it was: it holds no key that works.
    Torn,
}

/// A fault of these words.
fn fault(message: impl Into<String>, fix: impl Into<String>) -> Fault {
    Fault {
        message: message.into(),
        fix: fix.into(),
    }
}
