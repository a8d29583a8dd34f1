//! `s3setup report`: reports that were kept as JSON.

use super::reports::{Reports, Told};
use super::screen::Screen;
use super::{FINE, Global};
use crate::files;
use crate::render;
use crate::report::{self, Report as Kept};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::io::stdin;
use std::path::{Path, PathBuf};

/// The largest report that is read, in bytes: some ten thousand manifests.
const LARGEST: u64 = 512 << 20;

/// Show reports that were kept as JSON, or merge those of shards
///
/// A report is kept by `--report json=FILE` or `--output json` of plan, drift
/// and verify. Asks nobody.
#[derive(Args)]
#[command(after_help = "\
Examples:
  s3setup drift manifests/ --report json=drift.json
  s3setup report show drift.json --output html > drift.html
  s3setup report merge shard-*.json --report html=drift.html")]
pub(super) struct Report {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show a report in another form
    Show {
        /// The report; - is the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        reports: Reports,
    },
    /// Make one report of those of several shards
    ///
    /// The exit code is that of a run that had found all of it: 0 fine, 2 there
    /// are changes, 1 not all could be told. Refuses reports of different commands,
    /// and two that tell of the same manifest in the same account.
    Merge {
        /// The reports
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reports: Reports,
    },
}

impl Report {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let (report, reports, code) = match &self.command {
            Command::Show { file, reports } => (read(file)?, reports, None),
            Command::Merge { files, reports } => {
                let kept = files.iter().map(|file| read(file));
                let kept: Vec<Kept> = kept.collect::<Result<_>>()?;
                let names: Vec<String> = files.iter().map(|file| name(file)).collect();
                let whole = report::merge(kept, &names)?;
                let code = whole.code();
                (whole, reports, Some(code))
            }
        };
        reports.check()?;
        let told = Told {
            report: &report,
            text: &|style| render::report_text(&report, style),
            markdown: &|| render::report_markdown(&report),
        };
        let style = screen.style(global.verbose);
        screen.data(&told.in_form(reports.output, &style))?;
        reports.write(&told, screen, global.verbose)?;
        Ok(code.unwrap_or(FINE))
    }
}

fn name(file: &Path) -> String {
    render::clean(&file.display().to_string())
}

fn read(file: &Path) -> Result<Kept> {
    let text = match file == Path::new("-") {
        true => files::text_from(stdin().lock(), LARGEST),
        false => files::read_text(file, LARGEST),
    };
    let text = text.with_context(|| format!("cannot read {}", name(file)))?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is no report of plan, drift or verify (write one with --report json=FILE)",
            name(file)
        )
    })
}
