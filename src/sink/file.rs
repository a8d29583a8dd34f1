//! A file that holds a credential, and perhaps other things.

use super::lock::{self, Lock, PATIENCE};
use super::{
    Credential, Fault, Held, dotenv, fault, folder, ini, json, looks_like_an_id, replaceable,
    service_account,
};
use crate::files;
use crate::resource::{Format, Names};
use secrecy::{ExposeSecret, SecretString};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// Larger files are none of these forms.
const MAX_BYTES: u64 = 4 << 20;

/// What other tools read before the key, and so must not stand beside it.
const BEFORE_THE_KEY: [&str; 4] = [
    "aws_session_token",
    "session_token",
    "env_auth",
    "credential_process",
];

/// What ends the usual names of a key's id, and those of the token that readers take with it
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html>).
const TOKENS: [(&str, &str); 3] = [
    ("ACCESS_KEY_ID", "SESSION_TOKEN"),
    ("access_key_id", "session_token"),
    ("AccessKeyId", "SessionToken"),
];

/// Held while a file is read, changed and written: keys of several users may go to one. The [`Lock`]
/// does the same between processes.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A file as a sink.
pub struct File<'a> {
    /// As the manifest has it.
    pub path: &'a str,
    /// How it is written.
    pub format: &'a Format,
    /// The names of the two parts of an access key.
    pub names: &'a Names,
}

impl File<'_> {
    /// Which key the file holds. A lock that a killed run left beside it goes: if the file already has its
    /// key, no later run would have a reason to take that lock, and to remove it.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn held(&self) -> Result<Held, Fault> {
        if let Ok(real) = Path::new(self.path).canonicalize() {
            lock::remove_leftover(&real);
        }
        let text = self.text(Path::new(self.path))?;
        Ok(self.find(&text).map_or(Held::Nothing, Held::Key))
    }

    /// The access key that the file holds, with its secret.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn access_key(&self) -> Result<Option<(String, SecretString)>, Fault> {
        Ok(self.key_in(&self.text(Path::new(self.path))?))
    }

    /// The access key in the text of such a file, with its secret.
    #[must_use]
    pub fn key_in(&self, text: &str) -> Option<(String, SecretString)> {
        let secret = self.value(text, &self.names.secret_access_key);
        self.find(text).zip(secret.map(SecretString::from))
    }

    /// Whether a key can be handed over: the folder is there or was made, nobody else can replace
    /// what is in it, a file of the form of the one to come was written and went to the disk, and
    /// what there is of the file can be changed. The file itself is left as it is.
    ///
    /// # Errors
    /// What is in the way, or a key in the file that is not `ours` and would be lost.
    pub fn prove(&self, ours: impl Fn(&str) -> bool) -> Result<(), Fault> {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let real = folder::place(self.path)?;
        let _lock = Lock::of(&real, PATIENCE)?;
        let text = self.text(&real)?;
        if self.is_spoiled(&text) {
            return Err(fault(
                format!(
                    "{} has something else than a key's id under {}",
                    self.path, self.names.access_key_id
                ),
                "take it out if nobody needs it, or name another file or profile",
            ));
        }
        if let Some(id) = self.find(&text).filter(|id| !ours(id)) {
            return Err(fault(
                format!(
                    "{} holds the key {id}, which is none of this user's",
                    self.path
                ),
                "if somebody has deleted that key, take it out of the file; else its secret would be lost: \
                 move it elsewhere, or name another file or profile",
            ));
        }
        let trial = Credential::access_key(
            &crate::resource::Sink {
                place: crate::resource::Place::Stdout,
                names: self.names.clone(),
            },
            "AKIA",
            "".to_owned().into(),
        );
        let edited = self.edit(&text, &trial)?;
        // Last, since what is in the way of a new file beside it is in its way, too.
        let _draft = folder::draft(self.path, &real, edited.as_bytes())?;
        replaceable::check(&real)
    }

    /// Writes the credential in place of what was there of it, and reads it back.
    ///
    /// # Errors
    /// What is in the way. The file is then as it was, or does not hold the credential.
    pub fn put(&self, credential: &Credential, known: impl Fn(&str) -> bool) -> Result<(), Fault> {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let real = folder::place(self.path)?;
        let _lock = Lock::of(&real, PATIENCE)?;
        let text = self.text(&real)?;
        // Since the proof another key may have come to the same place: of another user in this very
        // run, or of another run.
        if let Some(id) = self.find(&text).filter(|id| !known(id)) {
            return Err(fault(
                format!("{} holds the key {id} by now", self.path),
                "give each key a place of its own, and run one command at a time",
            ));
        }
        let edited = self.edit(&text, credential)?;
        let draft = folder::draft(self.path, &real, edited.as_bytes())?;
        folder::publish(draft, &real)?;
        if self.held()? == Held::Key(credential.id.clone()) {
            return Ok(());
        }
        Err(fault(
            format!("{} does not hold what was written to it", self.path),
            "something else writes to it at the same time: look what, or name another file",
        ))
    }

    fn text(&self, path: &Path) -> Result<Zeroizing<String>, Fault> {
        let cannot = |error: std::io::Error| {
            fault(
                format!("{} cannot be read: {error}", self.path),
                "name another file, or make it readable",
            )
        };
        match std::fs::metadata(path) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(Zeroizing::default());
            }
            Ok(found) if !found.is_file() || found.len() > MAX_BYTES => {
                return Err(fault(
                    format!("{} is no file of such a form", self.path),
                    "name another one",
                ));
            }
            found => found.map_err(cannot)?,
        };
        files::read_text(path, MAX_BYTES)
            .map(Zeroizing::new)
            .map_err(cannot)
    }

    /// The id of the key in `text`. Ids are shown to people, so that what does not look like one
    /// is none: somebody may have swapped the two values.
    fn find(&self, text: &str) -> Option<String> {
        self.value(text, &self.names.access_key_id)
            .filter(|id| looks_like_an_id(id))
    }

    /// Something stands where the id belongs and is none.
    fn is_spoiled(&self, text: &str) -> bool {
        self.value(text, &self.names.access_key_id)
            .is_some_and(|id| !id.is_empty() && !looks_like_an_id(&id))
    }

    fn value(&self, text: &str, name: &str) -> Option<String> {
        match self.format {
            Format::Dotenv => dotenv::find(text, name),
            Format::Json | Format::ServiceAccount => json::find(text, name),
            Format::AwsProfile(section)
            | Format::Rclone {
                remote: section, ..
            } => ini::find(text, section, name),
        }
    }

    /// The name of the session token that would be read with our key, and make it invalid.
    fn token(&self) -> Option<String> {
        let id = &self.names.access_key_id;
        TOKENS
            .iter()
            .find_map(|(key, token)| Some(id.strip_suffix(key)?.to_owned() + token))
    }

    /// The text of such a file with the credential in place of what was there of it.
    ///
    /// # Errors
    /// The text is of another form, or the credential does not fit into this one.
    pub fn edit(&self, old: &str, credential: &Credential) -> Result<Zeroizing<String>, Fault> {
        let fields = &credential.fields;
        let entries = || {
            fields
                .iter()
                .map(|field| (field.name.as_str(), field.value.expose_secret()))
        };
        let token = self.token();
        let edited = match self.format {
            Format::Dotenv => dotenv::edit(old, fields, token.as_deref()),
            Format::Json => json::edit(old, fields, token.as_deref()),
            Format::ServiceAccount => service_account::edit(old, fields),
            Format::AwsProfile(profile) => {
                let entries: Vec<(&str, &str)> = entries().collect();
                ini::edit(old, profile, &entries, &BEFORE_THE_KEY)
            }
            Format::Rclone { remote, region } => {
                // The bucket is there, and rclone may not be allowed to look for it or make it
                // (<https://rclone.org/s3/#s3-no-check-bucket>).
                let mut all = vec![("type", "s3"), ("provider", "AWS")];
                all.extend(entries());
                all.extend([("region", region.as_str()), ("no_check_bucket", "true")]);
                ini::edit(old, remote, &all, &BEFORE_THE_KEY)
            }
        };
        edited.map_err(|wrong| fault(format!("{}: {}", self.path, wrong.message), wrong.fix))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
