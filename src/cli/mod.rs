//! One file a command: its arguments (the doc comment is the help), run, exit code.

mod announcing;
mod apply;
mod carry;
mod ci;
mod clouds;
mod completions;
mod destroy;
mod doctor;
mod door;
mod drift;
mod errors;
mod explain;
mod init;
mod interrupt;
mod man;
mod manifests;
mod notify;
mod orphans;
mod outputs;
mod permissions;
mod plan;
mod policy;
mod record;
mod removing;
mod report;
mod reports;
mod rotate;
mod schema;
mod screen;
mod telling;
mod undo;
mod validate;
mod verify;
mod web_identity;
mod who;
mod widening;

use crate::cloud::Budget;
use crate::{render, secrets};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use screen::Screen;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::process::ExitCode;

/// Everything is fine.
const FINE: u8 = 0;
/// It failed, or could not be told.
const FAILED: u8 = 1;
/// There are changes.
const CHANGES: u8 = 2;

/// Set up a bucket and the identities around it from one YAML manifest.
///
/// There is no state file: every command reads what AWS or Google Cloud has.
#[derive(Parser)]
#[command(
    name = "s3setup",
    version,
    max_term_width = 80,
    arg_required_else_help = true
)]
#[command(after_help = "\
Examples:
  s3setup init neon
  s3setup validate manifests/neon.yaml
  s3setup plan manifests/neon.yaml --set repository=acme/backups
  s3setup apply
  s3setup drift manifests/neon.yaml --set repository=acme/backups
  s3setup undo
  s3setup verify manifests/backup-target.yaml
  s3setup explain --role deploy --claim sub=repo:acme/app:ref:refs/heads/main

Exit codes: 0 fine, 1 failed or could not tell, 2 there are changes (drift, and
plan with --detailed-exitcode) or access is not as promised (verify), or
is denied (explain).")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
struct Global {
    /// Folder to run in: every path is from there
    #[arg(
        short = 'C',
        long = "directory",
        global = true,
        value_name = "FOLDER",
        help_heading = "Global options"
    )]
    directory: Option<PathBuf>,
    /// Profile of the AWS configuration to use
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Global options"
    )]
    profile: Option<String>,
    /// Region, where the manifest names none
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        help_heading = "Global options"
    )]
    region: Option<String>,
    /// Project of Google Cloud, where the manifest names none
    #[arg(
        long,
        global = true,
        value_name = "ID",
        env = "GOOGLE_CLOUD_PROJECT",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    project: Option<String>,
    /// Whether the project was named by the option, and not by the variable alone: then Google is asked
    /// where no manifest says who is.
    #[arg(skip)]
    at_google: bool,
    /// An account in a file instead of AWS: plan reads it, apply writes to it
    #[arg(
        long,
        global = true,
        value_name = "FILE.json",
        help_heading = "Global options"
    )]
    account: Option<PathBuf>,
    /// How many resources are read or written at the same time
    #[arg(
        long,
        global = true,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=256),
        help_heading = "Global options"
    )]
    parallelism: u16,
    /// Stop before the next call once so many were made
    #[arg(
        long,
        global = true,
        value_name = "N",
        value_parser = budget,
        help_heading = "Global options"
    )]
    max_calls: Option<Budget>,
    /// Send at most so many calls a second to each service of an account
    #[arg(long, global = true, value_name = "N", help_heading = "Global options")]
    max_rps: Option<NonZeroU16>,
    /// How long AWS may take to answer; thrice that with repetitions
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = 40,
        value_parser = clap::value_parser!(u16).range(1..=3600),
        help_heading = "Global options"
    )]
    timeout: u16,
    /// Colour: on a terminal, always, or never (NO_COLOR is respected)
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    color: When,
    /// Show what is the same, too
    #[arg(short, long, global = true, help_heading = "Global options")]
    verbose: bool,
}

/// All that uses this one value spends it together.
fn budget(text: &str) -> Result<Budget, String> {
    let most: NonZeroU32 = text
        .parse()
        .map_err(|_| "write a number of calls from 1 on".to_owned())?;
    Ok(Budget::of(most.get() as usize))
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people
    Text,
    /// For programs, versioned
    Json,
    /// For a pull request or a job summary, below 65,536 characters
    Markdown,
}

/// Forms of a report that has no Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    Validate(validate::Validate),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Drift(drift::Drift),
    Explain(explain::Explain),
    Destroy(destroy::Destroy),
    Undo(undo::Undo),
    Orphans(orphans::Orphans),
    Verify(verify::Verify),
    Doctor(doctor::Doctor),
    Outputs(outputs::Outputs),
    Permissions(permissions::Permissions),
    Record(record::Record),
    Report(report::Report),
    Rotate(rotate::Rotate),
    Policy(policy::Policy),
    Ci(ci::Ci),
    Errors(errors::Errors),
    Completions(completions::Completions),
    Man(man::Man),
    Schema(schema::Schema),
}

/// The arguments of the process.
fn parse() -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches()?;
    let mut cli =
        Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    // What may stand on either side of the command is known to the innermost.
    let mut inner = &matches;
    while let Some((_, next)) = inner.subcommand() {
        inner = next;
    }
    let source = inner.value_source("project");
    cli.global.at_google = source == Some(ValueSource::CommandLine);
    Ok(cli)
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    secrets::keep_environment();
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own code for a usage error is 2, which means "there are changes" here.
            let code = if error.use_stderr() { FAILED } else { FINE };
            match error.use_stderr() {
                // It repeats what it does not understand, which may be a secret.
                true => {
                    let text = error.render().ansi().to_string();
                    Screen::new(When::Auto).say(&with_clean_arguments(text));
                }
                false => drop(error.print()),
            }
            return ExitCode::from(code);
        }
    };
    let screen = Screen::new(cli.global.color);
    if let Some(folder) = &cli.global.directory
        && let Err(error) = std::env::set_current_dir(folder)
    {
        let told = format!("-C {}: {error}", folder.display());
        screen.error(&anyhow::anyhow!(told));
        return ExitCode::from(FAILED);
    }
    let code = run(&cli, &screen).unwrap_or_else(|error| {
        screen.error(&error);
        FAILED
    });
    ExitCode::from(code)
}

/// The number of an account, as it is given.
fn account_id(text: &str) -> Result<String, String> {
    let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    match is_id {
        true => Ok(text.to_owned()),
        false => Err("an account id has 12 digits".to_owned()),
    }
}

/// What clap says of the arguments, which it repeats as they are. A line break in one is none of the
/// text.
fn with_clean_arguments(text: String) -> String {
    let given = std::env::args_os().skip(1);
    let given: Vec<String> = given
        .map(|one| one.to_string_lossy().into_owned())
        .collect();
    let parts = given.iter().flat_map(|one| {
        let value = one.split_once('=').map(|(_, value)| value);
        [Some(one.as_str()), value].into_iter().flatten()
    });
    parts
        .filter(|part| part.contains(char::is_control))
        .fold(text, |text, part| text.replace(part, &render::clean(part)))
}

fn run(cli: &Cli, screen: &Screen) -> anyhow::Result<u8> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(command) => return command.run(global, screen),
        Command::Validate(command) => return command.run(global, screen),
        Command::Schema(command) => return command.run(screen),
        Command::Report(command) => return command.run(global, screen),
        Command::Policy(command) => return command.run(global, screen),
        Command::Ci(command) => return command.run(global, screen),
        Command::Errors(command) => return command.run(screen),
        Command::Completions(command) => return command.run(screen),
        Command::Man(command) => return command.run(screen),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        screen.interrupt.watch(screen);
        match &cli.command {
            Command::Plan(command) => command.run(global, screen).await,
            Command::Apply(command) => command.run(global, screen).await,
            Command::Drift(command) => command.run(global, screen).await,
            Command::Destroy(command) => command.run(global, screen).await,
            Command::Undo(command) => command.run(global, screen).await,
            Command::Orphans(command) => command.run(global, screen).await,
            Command::Verify(command) => command.run(global, screen).await,
            Command::Doctor(command) => command.run(global, screen).await,
            Command::Explain(command) => command.run(global, screen).await,
            Command::Outputs(command) => command.run(global, screen).await,
            Command::Permissions(command) => command.run(global, screen).await,
            Command::Record(command) => command.run(global, screen).await,
            Command::Rotate(command) => command.run(global, screen).await,
            Command::Init(_)
            | Command::Validate(_)
            | Command::Schema(_)
            | Command::Policy(_)
            | Command::Ci(_)
            | Command::Errors(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Report(_) => Ok(FINE),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_arguments_of_a_command_are_in_each_others_way() {
        Cli::command().debug_assert();
    }
}
