//! boto3 as an independent witness: one long-lived Python for the whole test binary.

use std::{
    fmt,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{account::Account, place};

/// What a server answered when it refused a call.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// Such as `AccessDenied`; for HEAD requests, which have no body, the status as text.
    pub code: String,
    /// The server's sentence.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            code,
            message,
        } = self;
        write!(formatter, "{status} {code}: {message}")
    }
}

/// One line of the answers of `boto.py`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Value(Value),
    Refused(Refused),
    Failed(String),
}

/// It ends when its input closes, which the kernel does when this process ends.
struct Interpreter {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _child: Child,
}

/// Run `snippet` with boto3 clients for `account`.
///
/// # Panics
/// If the snippet raises anything but a refusal by AWS.
#[track_caller]
pub fn run(account: &Account, snippet: &str, arguments: &Value) -> Result<Value, Refused> {
    let request = json!({"account": account, "snippet": snippet, "arguments": arguments});
    match interpreter(|interpreter| interpreter.ask(&request)) {
        Answer::Value(value) => Ok(value),
        Answer::Refused(refused) => Err(refused),
        Answer::Failed(traceback) => panic!("the snippet failed:\n{snippet}\n{traceback}"),
    }
}

/// One snippet at a time: they are short, and a second interpreter costs more than the wait.
fn interpreter<T>(use_it: impl FnOnce(&mut Interpreter) -> T) -> T {
    static INTERPRETER: OnceLock<Mutex<Interpreter>> = OnceLock::new();
    let mutex = INTERPRETER.get_or_init(|| Mutex::new(Interpreter::start()));
    // A panic of another test leaves no half-read answer behind: they are read whole.
    use_it(&mut mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Interpreter {
    fn start() -> Self {
        let log = File::create(place::log("boto.log")).expect("target/ is writable");
        let mut child = Command::new(place::python())
            .arg(place::tests("it/support/boto.py"))
            // No profile of the developer's: accounts and endpoints come with each request.
            .env_clear()
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("boto.py can be started");
        Self {
            input: child.stdin.take().expect("it is piped"),
            output: BufReader::new(child.stdout.take().expect("it is piped")),
            _child: child,
        }
    }

    fn ask(&mut self, request: &Value) -> Answer {
        let mut line = String::new();
        writeln!(self.input, "{request}")
            .and_then(|()| self.output.read_line(&mut line))
            .expect("boto.py is running; its output is in target/servers/boto.log");
        serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("boto.py answers in JSON ({error}): {line:?}"))
    }
}
