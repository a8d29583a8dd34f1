//! `s3setup policy`: documents on their own, offline.

mod diff;
pub(super) mod input;
mod lint;
mod simulate;

use super::Global;
use super::screen::Screen;
use anyhow::Result;
use clap::{Args, Subcommand};

/// Compare, lint and evaluate policy documents, offline
///
/// Asks nobody: no credentials are needed. FILE is a policy as JSON; - is the
/// standard input.
#[derive(Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Diff(diff::Diff),
    Lint(lint::Lint),
    Simulate(simulate::Simulate),
}

impl Policy {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        match &self.command {
            Command::Diff(command) => command.run(global, screen),
            Command::Lint(command) => command.run(global, screen),
            Command::Simulate(command) => command.run(screen),
        }
    }
}
