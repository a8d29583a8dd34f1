//! `s3setup policy diff`.

use super::super::screen::Screen;
use super::super::{CHANGES, FINE, Global, Output};
use super::input;
use crate::policy::Document;
use crate::render;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};

/// Whether two policies mean the same, and how they differ
///
/// By statement, whatever the order of anything. What AWS takes for the same is
/// the same: a text and a list of one, an account and its root, the case of
/// actions, a number and its text. An empty file is a policy without statements.
///
/// Exit codes: 0 they mean the same, 2 they do not, 1 one is not a policy.
#[derive(Args)]
pub(super) struct Diff {
    /// The policy as it was; - is the standard input
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The policy as it is; - is the standard input
    #[arg(value_name = "B")]
    after: PathBuf,
    /// Form of the difference on the standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    output: Output,
}

impl Diff {
    pub fn run(&self, global: &Global, screen: &Screen) -> Result<u8> {
        let stdin = Path::new("-");
        if self.before == stdin && self.after == stdin {
            bail!("the standard input can be one of the two policies, not both");
        }
        let (before, after) = (document(&self.before)?, document(&self.after)?);
        let same = before == after;
        let text = match self.output {
            Output::Text => {
                render::policy_diff_text(&before, &after, &screen.style(global.verbose))
            }
            Output::Json => render::policy_diff_json(&before, &after),
            Output::Markdown => render::policy_diff_markdown(&before, &after),
        };
        if !text.is_empty() {
            screen.data(&text)?;
        }
        if same {
            screen.say("The two policies mean the same.");
        }
        Ok(match same {
            true => FINE,
            false => CHANGES,
        })
    }
}

/// What is compared is not sent, so that what AWS would refuse is read as far as it has a meaning.
fn document(path: &Path) -> Result<Document> {
    let read = Document::parse_leniently(&input::text(path)?);
    read.with_context(|| format!("{} is not a policy", input::name(path)))
}
