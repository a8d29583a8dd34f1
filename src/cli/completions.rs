//! `s3setup completions`.

use super::screen::Screen;
use super::{Cli, FINE};
use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print the completions of a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup completions bash > ~/.local/share/bash-completion/completions/s3setup
  s3setup completions zsh > ~/.zfunc/_s3setup
  s3setup completions fish > ~/.config/fish/completions/s3setup.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "s3setup", &mut script);
        screen.data(&String::from_utf8(script)?)?;
        Ok(FINE)
    }
}
