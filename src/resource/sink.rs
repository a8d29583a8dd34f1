//! Where the secret of a new access key goes: data. `src/sink/` and `src/aws/` do the writing.

use super::names::{Fault, fault};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A place for secrets, and how they are called there.
///
/// As text it is one line of words, such as `file backup.env dotenv`. The line says everything, so
/// that two sinks are the same if their lines are; it is in plans, and in a tag of the user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sink {
    /// Where.
    pub place: Place,
    /// Under which names.
    pub names: Names,
}

/// Where secrets can be handed over to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file on the machine that runs s3setup.
    File {
        /// Relative to the working directory, or from the root.
        path: String,
        /// How it is written there.
        format: Format,
    },
    /// A secret of AWS Secrets Manager: a JSON object.
    SecretsManager {
        /// The secret's name.
        name: String,
        /// Where it is.
        region: String,
        /// The KMS key that encrypts it; `None` is the one of AWS.
        kms_key: Option<String>,
    },
    /// A `SecureString` of AWS's Parameter Store: a JSON object.
    ParameterStore {
        /// The parameter's name.
        name: String,
        /// Where it is.
        region: String,
        /// The KMS key that encrypts it; `None` is the one of AWS.
        kms_key: Option<String>,
    },
    /// Secrets of GitHub Actions.
    GithubActions {
        /// `owner/name`.
        repository: String,
        /// The environment whose secrets they are; `None` is the whole repository.
        environment: Option<String>,
    },
    /// A secret of Google Secret Manager: each key is a version of it, and a whole JSON file.
    GoogleSecretManager {
        /// The project that it is in.
        project: String,
        /// The secret's id.
        name: String,
    },
    /// The standard output of `apply`.
    Stdout,
}

/// How a file holds the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Lines `NAME=value`.
    Dotenv,
    /// One JSON object.
    Json,
    /// The profile of this name, as in `~/.aws/credentials`.
    AwsProfile(String),
    /// A remote, as in `rclone.conf`.
    Rclone {
        /// The remote's name.
        remote: String,
        /// The region of its buckets.
        region: String,
    },
    /// The JSON file of a key of Google, and nothing else.
    ServiceAccount,
}

/// Under which names the two parts of an access key are handed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// Of the key's id.
    pub access_key_id: String,
    /// Of the key's secret.
    pub secret_access_key: String,
}

impl Names {
    fn new(id: &str, secret: &str) -> Self {
        Self {
            access_key_id: id.to_owned(),
            secret_access_key: secret.to_owned(),
        }
    }

    /// Of a key that is one whole, as those of Google are: only the second part is handed over, under
    /// this name.
    #[must_use]
    pub fn whole(name: &str) -> Self {
        Self::new("private_key_id", name)
    }
}

impl Place {
    /// The names that are usual there; where the second is true, no other ones are possible.
    #[must_use]
    pub fn usual_names(&self) -> (Names, bool) {
        match self {
            Self::File { format, .. } => match format {
                Format::Dotenv => (
                    Names::new("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                    false,
                ),
                Format::Json => (Names::new("access_key_id", "secret_access_key"), false),
                Format::AwsProfile(_) => (
                    Names::new("aws_access_key_id", "aws_secret_access_key"),
                    true,
                ),
                Format::Rclone { .. } => (Names::new("access_key_id", "secret_access_key"), true),
                Format::ServiceAccount => (Names::whole("private_key"), true),
            },
            Self::GoogleSecretManager { .. } => (Names::whole("private_key"), true),
            Self::SecretsManager { .. } | Self::ParameterStore { .. } => {
                (Names::new("access_key_id", "secret_access_key"), false)
            }
            Self::GithubActions { .. } | Self::Stdout => (
                Names::new("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                false,
            ),
        }
    }

    /// What two keys cannot share: the place without what may be there side by side.
    #[must_use]
    pub fn shared_by(&self, names: &Names) -> String {
        match self {
            Self::File { path, format } => match format {
                Format::Dotenv | Format::Json => {
                    format!("{path} {} {}", names.access_key_id, names.secret_access_key)
                }
                Format::AwsProfile(name) | Format::Rclone { remote: name, .. } => {
                    format!("{path} [{name}]")
                }
                Format::ServiceAccount => path.clone(),
            },
            other => Sink {
                place: other.clone(),
                names: names.clone(),
            }
            .to_string(),
        }
    }
}

impl Sink {
    /// Where it is, for people: `backup.env`, `GitHub acme/app`.
    #[must_use]
    pub fn where_it_is(&self) -> String {
        match &self.place {
            Place::File { path, .. } => path.clone(),
            Place::SecretsManager { name, .. } => format!("Secrets Manager {name}"),
            Place::ParameterStore { name, .. } => format!("Parameter Store {name}"),
            Place::GithubActions { repository, .. } => format!("GitHub {repository}"),
            Place::GoogleSecretManager { name, .. } => format!("Google Secret Manager {name}"),
            Place::Stdout => "the standard output".to_owned(),
        }
    }

    /// The longest line: the value of an IAM tag (256), less what stands before it.
    pub const LONGEST: usize = 240;

    /// Whether all of its words can stand in a tag of IAM, and are not too long for it
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>).
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check(&self) -> Result<(), Fault> {
        let line = self.to_string();
        let odd = |c: &char| !c.is_alphanumeric() && !" _.:/=+-@".contains(*c);
        if let Some(odd) = line.chars().find(odd) {
            return Err(fault(
                format!("{odd:?} cannot stand in the tag that records where a key was handed over"),
                "letters, digits and _.:/=+-@ can",
            ));
        }
        let length = line.chars().count();
        if length > Self::LONGEST {
            return Err(fault(
                format!(
                    "where a key was handed over is recorded in a tag, and this would take \
                     {length} characters of {}",
                    Self::LONGEST
                ),
                "choose shorter names",
            ));
        }
        Ok(())
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |out: &mut fmt::Formatter<'_>, word: &str, value: &Option<String>| match value {
            Some(value) => write!(out, " {word} {value}"),
            None => Ok(()),
        };
        match &self.place {
            Place::File { path, format } => {
                write!(out, "file {path} ")?;
                match format {
                    Format::Dotenv => write!(out, "dotenv"),
                    Format::Json => write!(out, "json"),
                    Format::AwsProfile(name) => write!(out, "aws_profile {name}"),
                    Format::Rclone { remote, region } => write!(out, "rclone {remote} {region}"),
                    Format::ServiceAccount => write!(out, "service_account"),
                }?;
            }
            Place::SecretsManager {
                name,
                region,
                kms_key,
            } => {
                write!(out, "secrets_manager {name} {region}")?;
                with(out, "kms", kms_key)?;
            }
            Place::ParameterStore {
                name,
                region,
                kms_key,
            } => {
                write!(out, "parameter_store {name} {region}")?;
                with(out, "kms", kms_key)?;
            }
            Place::GithubActions {
                repository,
                environment,
            } => {
                write!(out, "github_actions {repository}")?;
                with(out, "environment", environment)?;
            }
            Place::GoogleSecretManager { project, name } => {
                write!(out, "google_secret_manager {project} {name}")?;
            }
            Place::Stdout => write!(out, "stdout")?,
        }
        if self.names != self.place.usual_names().0 {
            let Names {
                access_key_id,
                secret_access_key,
            } = &self.names;
            write!(out, " as {access_key_id} {secret_access_key}")?;
        }
        Ok(())
    }
}

impl From<Sink> for String {
    fn from(sink: Sink) -> Self {
        sink.to_string()
    }
}

impl TryFrom<String> for Sink {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        text.parse()
    }
}

impl FromStr for Sink {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let words: Vec<&str> = text.split(' ').collect();
        let (words, names) = match words[..] {
            [ref place @ .., "as", id, secret] => (place, Some(Names::new(id, secret))),
            _ => (&words[..], None),
        };
        let own = |text: &str| text.to_owned();
        let file = |path: &str, format| Place::File {
            path: own(path),
            format,
        };
        let place = match *words {
            ["file", path, "dotenv"] => file(path, Format::Dotenv),
            ["file", path, "json"] => file(path, Format::Json),
            ["file", path, "service_account"] => file(path, Format::ServiceAccount),
            ["file", path, "aws_profile", name] => file(path, Format::AwsProfile(own(name))),
            ["file", path, "rclone", remote, region] => file(
                path,
                Format::Rclone {
                    remote: own(remote),
                    region: own(region),
                },
            ),
            ["secrets_manager", name, region, ref rest @ ..] => Place::SecretsManager {
                name: own(name),
                region: own(region),
                kms_key: option("kms", rest, text)?,
            },
            ["parameter_store", name, region, ref rest @ ..] => Place::ParameterStore {
                name: own(name),
                region: own(region),
                kms_key: option("kms", rest, text)?,
            },
            ["github_actions", repository, ref rest @ ..] => Place::GithubActions {
                repository: own(repository),
                environment: option("environment", rest, text)?,
            },
            ["google_secret_manager", project, name] => Place::GoogleSecretManager {
                project: own(project),
                name: own(name),
            },
            ["stdout"] => Place::Stdout,
            _ => return Err(unknown(text)),
        };
        let names = names.unwrap_or_else(|| place.usual_names().0);
        Ok(Self { place, names })
    }
}

fn option(word: &str, rest: &[&str], text: &str) -> Result<Option<String>, Fault> {
    match rest {
        [] => Ok(None),
        [first, value] if *first == word => Ok(Some((*value).to_owned())),
        _ => Err(unknown(text)),
    }
}

fn unknown(text: &str) -> Fault {
    fault(
        format!("{text:?} is no sink of this version of s3setup"),
        "see docs/manifest.md",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_everything() {
        let lines = [
            "file backup.env dotenv",
            "file backup.env dotenv as RUDDER_ID RUDDER_KEY",
            "file /a/b.json json",
            "file a aws_profile backup",
            "file rclone.conf rclone aws eu-west-1",
            "secrets_manager backup/s3 eu-west-1",
            "secrets_manager backup/s3 eu-west-1 kms alias/k as A B",
            "parameter_store /backup/s3 us-east-1",
            "github_actions acme/app",
            "github_actions acme/app as private_key_id GOOGLE_CREDENTIALS",
            "file key.json service_account",
            "google_secret_manager acme-backups events-key",
            "github_actions acme/app environment production as ID KEY",
            "stdout",
        ];
        for line in lines {
            let sink: Sink = line.parse().unwrap();
            assert_eq!(sink.to_string(), line);
            assert!(sink.check().is_ok(), "{line}");
        }
        for line in [
            "",
            "file a",
            "file a b",
            "stdout x",
            "secrets_manager a b x y",
        ] {
            assert!(line.parse::<Sink>().is_err(), "{line:?}");
        }
    }

    #[test]
    fn what_a_tag_cannot_hold_is_refused() {
        let sink: Sink = "file a,b.env dotenv".parse().unwrap();
        assert!(sink.check().unwrap_err().message.contains("','"));
        let sink: Sink = format!("file {} dotenv", "a".repeat(230)).parse().unwrap();
        assert!(sink.check().unwrap_err().message.contains("characters"));
    }

    #[test]
    fn two_profiles_of_a_file_are_two_places() {
        let shared = |line: &str| {
            let sink: Sink = line.parse().unwrap();
            sink.place.shared_by(&sink.names)
        };
        assert_ne!(
            shared("file a aws_profile x"),
            shared("file a aws_profile y")
        );
        assert_eq!(shared("file a dotenv"), shared("file a dotenv"));
        assert_ne!(shared("file a dotenv"), shared("file a dotenv as X Y"));
        assert_ne!(shared("stdout"), shared("stdout as X Y"));
    }
}
