//! Programs that people use S3 with, as they run them: rclone, the AWS CLI, a script with boto3.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{account::Account, place, runner, runner::Outcome};

/// A program with a folder to work in, and nothing of our own environment.
pub struct Client {
    name: &'static str,
    folder: PathBuf,
    /// What goes before the arguments of every run.
    always: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Client {
    /// rclone with this configuration file, which names no endpoint, at the server of `account`.
    pub fn rclone(folder: &Path, configuration: &Path, account: &Account) -> Self {
        let mut client = Self::new("rclone", folder);
        client.env("RCLONE_CONFIG", &configuration.to_string_lossy());
        client.env("RCLONE_S3_ENDPOINT", &account.endpoint);
        // Over plain HTTP, as here, it cannot sign a body while it is read.
        client.env("RCLONE_S3_USE_UNSIGNED_PAYLOAD", "true");
        // A refusal is final, and a test need not wait for another.
        for option in ["--retries", "1", "--low-level-retries", "1"] {
            client.always.push(option.to_owned());
        }
        client
    }

    /// The AWS CLI with a profile of this credentials file, at the server of `account`.
    pub fn aws_cli(folder: &Path, credentials: &Path, profile: &str, account: &Account) -> Self {
        let mut client = Self::new("aws", folder);
        client.at(account);
        client.env(
            "AWS_SHARED_CREDENTIALS_FILE",
            &credentials.to_string_lossy(),
        );
        client.env("AWS_PROFILE", profile);
        client
    }

    /// A Python script of `tests/`, with boto3 and no credentials, at the server of `account`.
    pub fn script(folder: &Path, file: &str, account: &Account) -> Self {
        let mut client = Self::new("python", folder);
        client.at(account);
        let file = place::tests(file);
        client.always.push(file.to_string_lossy().into_owned());
        client
    }

    fn new(name: &'static str, folder: &Path) -> Self {
        let mut client = Self {
            name,
            folder: folder.to_owned(),
            always: Vec::new(),
            environment: Vec::new(),
        };
        client.env("HOME", &folder.to_string_lossy());
        client.env("PATH", &std::env::var("PATH").unwrap_or_default());
        client.env("LANG", "C.UTF-8");
        client
    }

    fn at(&mut self, account: &Account) {
        self.env("AWS_ENDPOINT_URL", &account.endpoint);
        self.env("AWS_DEFAULT_REGION", &account.region);
        self.env("AWS_EC2_METADATA_DISABLED", "true");
        self.env("AWS_MAX_ATTEMPTS", "1");
    }

    /// Set a variable of its environment.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Run it with these arguments, to its end.
    ///
    /// # Panics
    /// If it takes longer than a minute.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(place::program(self.name));
        command
            .args(&self.always)
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let typed = format!("{} {}", self.name, arguments.join(" "));
        runner::finish(command, typed, "")
    }
}
