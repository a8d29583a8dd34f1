//! A file that holds a credential, and perhaps other things.

use super::lock::{Lock, PATIENCE};
use super::{Credential, Fault, Held, dotenv, fault, folder, ini, json};
use crate::resource::{Format, Names};
use secrecy::{ExposeSecret, SecretString};
use std::io::ErrorKind;
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
    /// Which key the file holds.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn held(&self) -> Result<Held, Fault> {
        let text = self.text()?;
        Ok(self.find(&text).map_or(Held::Nothing, Held::Key))
    }

    /// The access key that the file holds, with its secret.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn access_key(&self) -> Result<Option<(String, SecretString)>, Fault> {
        let text = self.text()?;
        let secret = self.value(&text, &self.names.secret_access_key);
        Ok(self.find(&text).zip(secret.map(SecretString::from)))
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
        let text = self.text()?;
        if let Some(id) = self.find(&text).filter(|id| !ours(id)) {
            return Err(fault(
                format!(
                    "{} holds the key {id}, which is none of this user's",
                    self.path
                ),
                "its secret would be lost: move it elsewhere, or name another file or profile",
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
        folder::draft(&real, edited.as_bytes()).map(drop)
    }

    /// Writes the credential in place of what was there of it, and reads it back.
    ///
    /// # Errors
    /// What is in the way. The file is then as it was, or does not hold the credential.
    pub fn put(&self, credential: &Credential) -> Result<(), Fault> {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let real = folder::place(self.path)?;
        let _lock = Lock::of(&real, PATIENCE)?;
        let edited = self.edit(&self.text()?, credential)?;
        folder::publish(folder::draft(&real, edited.as_bytes())?, &real)?;
        if self.held()? == Held::Key(credential.id.clone()) {
            return Ok(());
        }
        Err(fault(
            format!("{} does not hold what was written to it", self.path),
            "something else writes to it at the same time: look what, or name another file",
        ))
    }

    fn text(&self) -> Result<Zeroizing<String>, Fault> {
        let cannot = |error: std::io::Error| {
            fault(
                format!("{} cannot be read: {error}", self.path),
                "name another file, or make it readable",
            )
        };
        match std::fs::metadata(self.path) {
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
        std::fs::read_to_string(self.path)
            .map(Zeroizing::new)
            .map_err(cannot)
    }

    fn find(&self, text: &str) -> Option<String> {
        self.value(text, &self.names.access_key_id)
    }

    fn value(&self, text: &str, name: &str) -> Option<String> {
        match self.format {
            Format::Dotenv => dotenv::find(text, name),
            Format::Json => json::find(text, name),
            Format::AwsProfile(section)
            | Format::Rclone {
                remote: section, ..
            } => ini::find(text, section, name),
        }
    }

    fn edit(&self, old: &str, credential: &Credential) -> Result<Zeroizing<String>, Fault> {
        let fields = &credential.fields;
        let entries = || {
            fields
                .iter()
                .map(|field| (field.name.as_str(), field.value.expose_secret()))
        };
        let edited = match self.format {
            Format::Dotenv => dotenv::edit(old, fields),
            Format::Json => json::edit(old, fields),
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
mod tests {
    use super::*;
    use crate::resource::{Place, Sink};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::Path;

    /// A sink of this form at `path`, handed to `test`.
    fn with<T>(path: &Path, form: &str, test: impl FnOnce(&File, &Sink) -> T) -> T {
        let line = format!("file {} {form}", path.display());
        let sink: Sink = line.parse().unwrap();
        let Place::File { path, format } = &sink.place else {
            panic!("{line}")
        };
        let file = File {
            path,
            format,
            names: &sink.names,
        };
        test(&file, &sink)
    }

    fn key(sink: &Sink, id: &str) -> Credential {
        Credential::access_key(sink, id, "wJalr/X+=".to_owned().into())
    }

    #[test]
    fn every_form_is_written_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let expected = [
            (
                "dotenv",
                "AWS_ACCESS_KEY_ID=AKIA1\nAWS_SECRET_ACCESS_KEY=wJalr/X+=\n",
            ),
            ("dotenv as A B", "A=AKIA1\nB=wJalr/X+=\n"),
            (
                "json",
                "{\n  \"access_key_id\": \"AKIA1\",\n  \"secret_access_key\": \"wJalr/X+=\"\n}\n",
            ),
            (
                "aws_profile me",
                "[me]\naws_access_key_id = AKIA1\naws_secret_access_key = wJalr/X+=\n",
            ),
            (
                "rclone me eu-west-1",
                "[me]\ntype = s3\nprovider = AWS\naccess_key_id = AKIA1\n\
                 secret_access_key = wJalr/X+=\nregion = eu-west-1\nno_check_bucket = true\n",
            ),
        ];
        for (at, (form, text)) in expected.into_iter().enumerate() {
            let path = folder.path().join(format!("new/{at}"));
            with(&path, form, |file, sink| {
                assert_eq!(file.held(), Ok(Held::Nothing));
                file.prove(|_| false).unwrap();
                assert!(!path.exists(), "a proof leaves nothing");
                file.put(&key(sink, "AKIA1")).unwrap();
                assert_eq!(file.held(), Ok(Held::Key("AKIA1".into())));
                let (id, secret) = file.access_key().unwrap().unwrap();
                assert_eq!((&*id, secret.expose_secret()), ("AKIA1", "wJalr/X+="));
            });
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{form}");
            assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600, "{form}");
            assert_eq!(
                path.parent().unwrap().metadata().unwrap().mode() & 0o777,
                0o700
            );
        }
        let there = std::fs::read_dir(folder.path().join("new"))
            .unwrap()
            .count();
        assert_eq!(there, 5, "no draft is left");
    }

    #[test]
    fn a_file_that_all_may_read_is_closed_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&real, "A=1\n").unwrap();
        std::fs::set_permissions(&real, PermissionsExt::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        with(&link, "dotenv", |file, sink| {
            file.prove(|_| false).unwrap();
            file.put(&key(sink, "AKIA1")).unwrap();
        });
        assert!(link.is_symlink());
        assert_eq!(real.metadata().unwrap().mode() & 0o777, 0o600);
        assert!(
            std::fs::read_to_string(&real)
                .unwrap()
                .starts_with("A=1\nAWS_")
        );
    }

    #[test]
    fn keys_that_are_handed_over_at_the_same_time_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        let form = |at: usize| format!("aws_profile p{at}");
        std::thread::scope(|scope| {
            for at in 0..16 {
                let path = &path;
                scope.spawn(move || {
                    with(path, &form(at), |file, sink| {
                        file.prove(|_| false).unwrap();
                        file.put(&key(sink, &format!("AKIA{at}"))).unwrap();
                    });
                });
            }
        });
        for at in 0..16 {
            let held = with(&path, &form(at), |file, _| file.held());
            assert_eq!(held, Ok(Held::Key(format!("AKIA{at}"))));
        }
    }

    #[test]
    fn a_draft_that_a_run_has_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(".s3setup-a.env-x1");
        let others = [
            ".s3setup-b.env-x1",
            ".s3setup-a.env-b-x1",
            ".s3setup-a.env-b.lock",
        ]
        .map(|name| folder.path().join(name));
        std::fs::write(&left, "secret").unwrap();
        for other in &others {
            std::fs::write(other, "of another file").unwrap();
        }
        with(&folder.path().join("a.env"), "dotenv", |file, _| {
            file.prove(|_| false).unwrap();
        });
        assert!(!left.exists() && others.iter().all(|other| other.exists()));
    }

    #[test]
    fn where_others_may_write_no_secret_goes() {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open");
        std::fs::create_dir_all(open.join("in")).unwrap();
        std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
        for path in [open.join("a.env"), open.join("in/a.env")] {
            let refused = with(&path, "dotenv", |file, sink| {
                assert!(file.put(&key(sink, "AKIA1")).is_err());
                file.prove(|_| false).unwrap_err()
            });
            assert!(refused.message.contains("others may write"), "{refused}");
            assert!(!path.exists());
        }
        std::fs::set_permissions(&open, PermissionsExt::from_mode(0o1777)).unwrap();
        with(&open.join("a.env"), "dotenv", |file, _| {
            file.prove(|_| false)
        })
        .unwrap();
    }

    #[test]
    fn a_key_that_is_somebody_elses_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, "[default]\naws_access_key_id = AKIA9\n").unwrap();
        with(&path, "aws_profile default", |file, _| {
            assert!(file.prove(|_| false).unwrap_err().message.contains("AKIA9"));
            file.prove(|id| id == "AKIA9").unwrap();
        });
        with(&path, "aws_profile other", |file, _| file.prove(|_| false)).unwrap();
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        with(folder.path(), "dotenv", |file, _| {
            assert!(file.prove(|_| true).is_err());
        });
        with(Path::new("/dev/null"), "dotenv", |file, _| {
            assert!(file.prove(|_| true).is_err());
        });
    }
}
