//! The binary as a user runs it: a folder of its own, and nothing of our own environment.

use std::{
    fmt,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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
        tool.lead_to(account);
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

    /// The same tool in a copy of its folder, with the modes of what is in there.
    pub fn copy(&self) -> Self {
        let copy = Self::without_credentials();
        copy_folder(&self.folder(), &copy.folder()).expect("the folders are ours");
        let of_the_folder = |(name, _): &&(String, String)| name != "HOME";
        let ours = self.environment.iter().filter(of_the_folder).cloned();
        ours.fold(copy, |mut copy, (name, value)| {
            copy.env(&name, &value);
            copy
        })
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
        finish(self.command(arguments), typed(arguments), input)
    }

    /// Start the tool with these arguments and no standard input.
    #[track_caller]
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments), typed(arguments), "")
    }

    /// Use these credentials at this endpoint from now on.
    pub fn lead_to(&mut self, account: &Account) -> &mut Self {
        for (name, value) in account.env() {
            self.env(name, &value);
        }
        self
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

/// Fill the folder `to`, which is there, with what is in `from`.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&to)?;
            copy_folder(&from, &to)?;
            std::fs::set_permissions(&to, entry.metadata()?.permissions())?;
        } else {
            std::fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// The command as a person would type it.
fn typed(arguments: &[&str]) -> String {
    format!("s3setup {}", arguments.join(" "))
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
pub(super) fn finish(command: Command, typed: String, input: &str) -> Outcome {
    let mut running = Running::start(command, typed, input);
    let deadline = running.begun + TIME_OUT;
    while !running.has_ended() && Instant::now() < deadline {
        thread::sleep(LOOK_EVERY);
    }
    let in_time = running.has_ended();
    let outcome = running.kill();
    assert!(in_time, "it did not end by itself:\n{outcome}");
    outcome
}

/// A program that was started.
pub(super) struct Running {
    child: Child,
    stdout: thread::JoinHandle<String>,
    stderr: thread::JoinHandle<String>,
    typed: String,
    begun: Instant,
}

impl Running {
    /// Start `command`, whose pipes are all ours; `typed` is what a person would have typed.
    #[track_caller]
    pub(super) fn start(mut command: Command, typed: String, input: &str) -> Self {
        let begun = Instant::now();
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{typed}: it cannot be started: {error}"));
        // Written aside: a tool that reads nothing must not hold us.
        let mut pipe = child.stdin.take().expect("it is piped");
        let input = input.to_owned();
        thread::spawn(move || pipe.write_all(input.as_bytes()));
        Self {
            stdout: read_aside(child.stdout.take().expect("it is piped")),
            stderr: read_aside(child.stderr.take().expect("it is piped")),
            child,
            typed,
            begun,
        }
    }

    /// Whether it has ended by now.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
    }

    /// Kill it (SIGKILL) unless it has ended by itself: what it came to.
    pub(super) fn kill(mut self) -> Outcome {
        self.child.kill().expect("it is our child");
        let status = self.child.wait().expect("it is our child");
        Outcome {
            command: self.typed,
            code: status.code(),
            stdout: self.stdout.join().expect("reading does not panic"),
            stderr: self.stderr.join().expect("reading does not panic"),
            took: self.begun.elapsed(),
        }
    }
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
