//! The tool on a terminal, where it asks.

use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use super::{place, runner::S3setup};

/// What was said on the terminal, questions and answers together, and how it ended.
#[derive(Clone, Debug, Deserialize)]
pub struct Talk {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// All that the terminal showed.
    pub text: String,
    /// Steps that were never reached.
    pub left: Vec<(String, String)>,
}

/// Run the tool on a terminal of its own: wait for the first text of each step, type the second.
///
/// # Panics
/// If the terminal cannot be made.
#[track_caller]
pub fn talk(tool: &S3setup, arguments: &[&str], steps: &[(&str, &str)]) -> Talk {
    let ours = tool.command(arguments);
    let environment = ours
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let output = Command::new(place::python())
        .arg(place::tests("it/support/terminal.py"))
        .arg(json!(steps).to_string())
        .arg(ours.get_program())
        .args(arguments)
        .current_dir(tool.folder())
        .env_clear()
        .envs(environment)
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .expect("Python can be started");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("terminal.py answers in JSON ({error}): {said}")
    })
}
