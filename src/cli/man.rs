//! `s3setup man`.

use super::screen::Screen;
use super::{Cli, FINE};
use crate::files;
use anyhow::{Context, Result, bail};
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;
use std::path::PathBuf;

/// Print the manual page, or write those of all commands
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup man | man -l -
  s3setup man plan | man -l -
  s3setup man --out /usr/local/share/man/man1")]
pub(super) struct Man {
    /// The command whose page it is
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Option<String>,
    /// Folder to write the pages of all commands to; older ones are replaced
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Man {
    pub fn run(&self, screen: &Screen) -> Result<u8> {
        let all = pages();
        if let Some(folder) = &self.out {
            for (name, page) in &all {
                let path = folder.join(format!("{name}.1"));
                files::write_new(&path, &text(page)?, true)
                    .with_context(|| format!("cannot write {}", path.display()))?;
            }
            screen.say(&format!(
                "wrote {} pages to {}",
                all.len(),
                folder.display()
            ));
            return Ok(FINE);
        }
        let command = self.command.as_deref().unwrap_or_default();
        let wanted = format!("s3setup-{command}");
        let wanted = wanted.trim_end_matches('-');
        let Some((_, page)) = all.iter().find(|(name, _)| name == wanted) else {
            bail!("there is no command {command}: s3setup --help lists them");
        };
        screen.data(&text(page)?)?;
        Ok(FINE)
    }
}

/// Of the tool and of each of its commands, by its name: `s3setup-policy-diff`.
fn pages() -> Vec<(String, clap::Command)> {
    // A page of the tool's help is no page of its own.
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut all = Vec::new();
    let mut open = vec![("s3setup".to_owned(), root)];
    while let Some((name, command)) = open.pop() {
        for below in command
            .get_subcommands()
            .filter(|below| !below.is_hide_set())
        {
            let name = format!("{name}-{}", below.get_name());
            open.push((name, below.clone()));
        }
        all.push((name, command));
    }
    all
}

fn text(command: &clap::Command) -> Result<String> {
    let mut page = Vec::new();
    Page::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8(page)?)
}
