//! The binary as a user runs it: a folder of its own, and nothing of our own environment.

use std::{
    fmt,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::account::Account;

/// No command of a test takes longer, unless it hangs.
const TIME_OUT: Duration = Duration::from_secs(60);

/// How often a running command is looked at: well below what a test can measure.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A working folder, and the environment that leads the tool to one account.
pub struct S3setup {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl S3setup {
    /// A tool with an empty folder and this account's credentials.
    pub fn new(account: &Account) -> Self {
        let mut tool = Self::without_credentials();
        for (name, value) in account.env() {
            tool.env(name, &value);
        }
        tool
    }

    /// A tool that knows no account: what a first-time user has.
    pub fn without_credentials() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("s3setup-test-")
            .tempdir()
            .expect("the temporary folder is writable");
        for name in ["home", "work"] {
            std::fs::create_dir(folder.path().join(name)).expect("it is new and ours");
        }
        let mut tool = Self {
            environment: vec![
                ("PATH".into(), std::env::var("PATH").unwrap_or_default()),
                (
                    "HOME".into(),
                    folder.path().join("home").to_string_lossy().into_owned(),
                ),
            ],
            folder,
        };
        tool.env("NO_COLOR", "1");
        // Without this, a search for credentials asks a cloud machine's metadata service, and waits.
        tool.env("AWS_EC2_METADATA_DISABLED", "true");
        tool
    }

    /// The working folder.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The home folder, for a profile in `.aws/`.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Write a file in the working folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        let parent = path.parent().expect("it is in the working folder");
        std::fs::create_dir_all(parent).expect("the working folder is writable");
        std::fs::write(&path, text).expect("the working folder is writable");
        path
    }

    /// Read a file of the working folder.
    pub fn read(&self, name: &str) -> String {
        let path = self.folder().join(name);
        std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
    }

    /// Set a variable of the tool's environment.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Run the tool with these arguments and no standard input, to its end.
    ///
    /// # Panics
    /// If it takes longer than a minute.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with_input(arguments, "")
    }

    /// As [`S3setup::run`], with `input` on standard input.
    #[track_caller]
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let typed = format!("s3setup {}", arguments.join(" "));
        finish(self.command(arguments), typed, input)
    }

    /// The command, for a test that starts and stops it by itself.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_s3setup")));
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// What a run of the tool came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// As typed.
    pub command: String,
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to end.
    pub took: Duration,
}

impl Outcome {
    /// Fail, with everything the tool said, unless it ended with `code`.
    #[track_caller]
    pub fn expect_code(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "the exit code of:\n{self}");
        self
    }

    /// Fail unless `text` is in standard output.
    #[track_caller]
    pub fn expect_stdout(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text),
            "no {text:?} in stdout of:\n{self}"
        );
        self
    }

    /// Fail unless `text` is in standard error.
    #[track_caller]
    pub fn expect_stderr(&self, text: &str) -> &Self {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in stderr of:\n{self}"
        );
        self
    }

    /// Fail if `text` is in either output: for secrets.
    #[track_caller]
    pub fn expect_nowhere(&self, text: &str) -> &Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "{text:?} is in the output of:\n{self}"
        );
        self
    }

    /// Standard output read as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("stdout is not JSON ({error}):\n{self}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            code,
            stdout,
            stderr,
            took,
        } = self;
        let code = code.map_or_else(|| "no exit code".to_owned(), |code| format!("exit {code}"));
        write!(
            formatter,
            "$ {command}\n({code}, {took:.1?})\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---"
        )
    }
}

/// Run `command`, with all its pipes, to its end; `typed` is what a person would have typed.
///
/// # Panics
/// If it takes longer than a minute.
#[track_caller]
pub(super) fn finish(mut command: Command, typed: String, input: &str) -> Outcome {
    let begun = Instant::now();
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{typed}: it cannot be started: {error}"));
    // Written aside: a tool that reads nothing must not hold us.
    let mut pipe = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    thread::spawn(move || pipe.write_all(input.as_bytes()));
    let stdout = read_aside(child.stdout.take().expect("it is piped"));
    let stderr = read_aside(child.stderr.take().expect("it is piped"));
    let status = wait(&mut child);
    let outcome = Outcome {
        command: typed,
        code: status.and_then(|status| status.code()),
        stdout: stdout.join().expect("reading does not panic"),
        stderr: stderr.join().expect("reading does not panic"),
        took: begun.elapsed(),
    };
    assert!(status.is_some(), "it did not end by itself:\n{outcome}");
    outcome
}

/// The status of a child that ended in time; none if it had to be killed.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + TIME_OUT;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().expect("it is our child") {
            return Some(status);
        }
        thread::sleep(LOOK_EVERY);
    }
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
    None
}

/// Read a pipe on a thread of its own, so that neither pipe fills up while we read the other.
fn read_aside(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A broken pipe ends the text; what came before it is still worth showing.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
