//! What the benchmarks of the whole program share: a run measured, and a table printed as it grows.

use crate::support;
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// What one run used.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// On the clock.
    pub seconds: f64,
    /// Of processor.
    pub cpu: f64,
    /// The most memory, in bytes.
    pub peak: f64,
    /// A peak up to here says only that it was not higher.
    pub floor: f64,
}

impl Used {
    /// The peak in MB, as far as it says something.
    pub fn peak(&self) -> String {
        match self.peak <= 1.1 * self.floor {
            true => format!("< {:.0}", self.peak / 1e6),
            false => format!("{:.0}", self.peak / 1e6),
        }
    }
}

/// Runs `command` to its end through `measure.py`: the kernel tells a parent what a child used.
pub fn used(command: &Command) -> Used {
    let mut wrapped = Command::new(support::python());
    wrapped
        .arg(file("measure.py"))
        .arg(command.get_program())
        .args(command.get_args());
    wrapped.env_clear();
    wrapped.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    let output = wrapped.output().expect("Python can be started");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("measure.py answers in JSON");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        answer["code"],
        0,
        "{:?} failed: {said}",
        command.get_program()
    );
    let number = |name: &str| answer[name].as_f64().expect("it is a number");
    Used {
        seconds: number("seconds"),
        cpu: number("cpu"),
        peak: number("peak"),
        floor: number("floor"),
    }
}

/// A file beside the benchmarks.
pub fn file(name: &str) -> PathBuf {
    support::checkout().join("benches").join(name)
}

/// Gives `command` nothing but the environment in which `tool` finds its account.
pub fn lead(command: &mut Command, tool: &support::S3setup) {
    let like = tool.command(&[]);
    command.env_clear();
    let set = like.get_envs();
    command.envs(set.filter_map(|(name, value)| Some((name, value?))));
    // The tool takes a region by the name without DEFAULT; boto3 does not.
    command.env("AWS_DEFAULT_REGION", "us-east-1");
}

/// A line of the table, at once: some of it takes minutes.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .expect("somebody reads the table");
}
