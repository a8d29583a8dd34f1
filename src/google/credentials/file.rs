//! The file that says who is asking, and of which kind it is. It is read once and by ourselves: what is
//! secret in it is known from then on, and nothing of it gets into an error.

use super::super::endpoint::{CREDENTIALS, variable};
use super::super::error::{Cause, Lack};
use super::{UNIVERSE, trouble};
use crate::{files, secrets};
use google_cloud_auth::credentials::{
    AccessTokenCredentials, external_account, external_account_authorized_user, impersonated, mds,
    service_account, user_account,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes: a service account's has 2.4 KB.
const LARGEST: u64 = 1 << 20;
/// The project that calls are counted for.
const QUOTA_PROJECT: &str = "GOOGLE_CLOUD_QUOTA_PROJECT";
/// What in a file is secret.
const SECRETS: [&str; 4] = ["private_key", "client_secret", "refresh_token", "password"];

/// What was found.
pub(super) enum Found {
    /// A file, read.
    File { name: String, value: Value },
    /// None: the metadata server is asked, which there is on Google's machines.
    Metadata,
}

/// Where `gcloud auth application-default login` puts its file.
fn well_known() -> Option<PathBuf> {
    const FILE: &str = "application_default_credentials.json";
    if let Some(folder) = variable("CLOUDSDK_CONFIG") {
        return Some(Path::new(&folder).join(FILE));
    }
    let (home, below) = match cfg!(windows) {
        true => (variable("APPDATA")?, "gcloud"),
        false => (variable("HOME")?, ".config/gcloud"),
    };
    Some(Path::new(&home).join(below).join(FILE))
}

impl Found {
    /// What the environment names, what `gcloud` has left, or the metadata server.
    pub(super) fn in_environment() -> Result<Self, Cause> {
        if let Some(path) = variable(CREDENTIALS) {
            let path = Path::new(&path);
            return Self::at(path).map_err(|error| {
                let name = path.display();
                unusable(format!("{CREDENTIALS} names {name}: {error}"))
            })?;
        }
        let Some(path) = well_known() else {
            return Ok(Self::Metadata);
        };
        match Self::at(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::Metadata),
            Err(error) => Err(unusable(format!("{}: {error}", path.display()))),
        }
    }

    fn at(path: &Path) -> std::io::Result<Result<Self, Cause>> {
        let text = SecretString::from(files::read_text(path, LARGEST)?);
        Ok(Self::in_text(&path.display().to_string(), &text))
    }

    /// The text of a file of this name.
    pub(super) fn in_text(name: &str, text: &SecretString) -> Result<Self, Cause> {
        let value: Value = serde_json::from_str(text.expose_secret())
            .map_err(|_| unusable(format!("{name} is no JSON")))?;
        keep(&value);
        let universe = value["universe_domain"].as_str().unwrap_or(UNIVERSE);
        if universe != UNIVERSE {
            let message =
                format!("{name} is of the universe {universe:?}, and only {UNIVERSE} is known");
            return Err(unusable(message));
        }
        let name = name.to_owned();
        Ok(Self::File { name, value })
    }

    /// The address of the service account that is asked as, where the file has it.
    pub(super) fn who(&self) -> Option<String> {
        let Self::File { value, .. } = self else {
            return None;
        };
        if let Some(email) = value["client_email"].as_str() {
            return Some(email.to_owned());
        }
        let url = value["service_account_impersonation_url"].as_str()?;
        let (_, rest) = url.split_once("/serviceAccounts/")?;
        rest.split(':').next().map(str::to_owned)
    }

    /// Of which kind it is, whose, and where it is from, without anything that is secret.
    pub(super) fn told(&self) -> String {
        let Self::File { name, value } = self else {
            return "those of this machine, from its metadata server".to_owned();
        };
        let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty());
        let who = self.who();
        let who = who.as_deref();
        let kind = match text("type").unwrap_or_default() {
            "authorized_user" => match text("account") {
                Some(account) => format!("those of {account}"),
                None => "those of a user".to_owned(),
            },
            "service_account" => format!("a key of {}", who.unwrap_or("a service account")),
            "impersonated_service_account" => {
                format!(
                    "of somebody who acts as {}",
                    who.unwrap_or("a service account")
                )
            }
            "external_account" => {
                let audience = text("audience").unwrap_or_default();
                let pool = audience.trim_start_matches("//iam.googleapis.com/");
                let acting = who.map(|who| format!(", acting as {who}"));
                format!(
                    "a workload identity of {pool}{}",
                    acting.unwrap_or_default()
                )
            }
            "external_account_authorized_user" => "those of a user of a workforce pool".to_owned(),
            other => format!("of the type {:?}", secrets::hide_keys(other)),
        };
        let by = match variable(CREDENTIALS) {
            Some(_) => format!(" ({CREDENTIALS})"),
            None => " (of gcloud)".to_owned(),
        };
        format!("{kind}, from {name}{by}")
    }

    /// What gives tokens.
    pub(super) fn build(self) -> Result<AccessTokenCredentials, Cause> {
        let project = variable(QUOTA_PROJECT);
        /// With the project that calls are counted for, if there is one.
        macro_rules! built {
            ($builder:expr) => {{
                let builder = project
                    .iter()
                    .fold($builder, |builder, id| builder.with_quota_project_id(id));
                builder.build_access_token_credentials()
            }};
        }
        let (name, value) = match self {
            Self::Metadata => {
                return built!(mds::Builder::default()).map_err(|error| trouble::built("", &error));
            }
            Self::File { name, value } => (name, value),
        };
        let kind = value["type"].as_str().unwrap_or_default().to_owned();
        let built = match kind.as_str() {
            "authorized_user" => built!(user_account::Builder::new(value)),
            "service_account" => built!(service_account::Builder::new(value)),
            "impersonated_service_account" => built!(impersonated::Builder::new(value)),
            "external_account" => built!(external_account::Builder::new(value)),
            "external_account_authorized_user" => {
                built!(external_account_authorized_user::Builder::new(value))
            }
            "" => {
                return Err(unusable(format!(
                    "{name} does not say what `type` it is of"
                )));
            }
            kind => {
                let kind = secrets::hide_keys(kind);
                return Err(unusable(format!(
                    "{name} is of the type {kind:?}, which is not known"
                )));
            }
        };
        built.map_err(|error| trouble::built(&name, &error))
    }
}

fn unusable(message: String) -> Cause {
    Cause::Credentials(Lack::Unusable, message)
}

/// From now on, what is secret in this file is not shown, wherever it comes back.
fn keep(value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| SECRETS.contains(&name.as_str())) {
                    Some(secret) => {
                        secrets::keep(secret);
                        // A key has lines, and a message may have one of them.
                        secret
                            .lines()
                            .filter(|line| !line.contains("----"))
                            .for_each(secrets::keep);
                    }
                    None => keep(value),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(keep),
        _ => {}
    }
}
