//! Whether a plan may let anybody do more than before.

use super::screen::Screen;
use crate::access::{Access, Kind, Line};
use crate::cloud::Failure;
use crate::plan::Plan;
use crate::render;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;

/// More lines than this are counted in an error; the plan has them all.
const MOST_LINES: usize = 20;

/// Whether anybody may gain anything.
#[derive(Args)]
pub(super) struct Widening {
    /// Refuse a plan by which anybody gains access
    #[arg(long)]
    deny_widening: bool,
    /// Do not refuse it though a manifest says `deny_widening: true`
    #[arg(long, conflicts_with = "deny_widening")]
    allow_widening: bool,
}

impl Widening {
    /// Refuses a plan that lets somebody do more, where the command line or a manifest says so.
    ///
    /// # Errors
    /// It does; the error has the lines.
    pub fn check(&self, plan: &Plan, access: &Access) -> Result<()> {
        if self.allow_widening {
            return Ok(());
        }
        if self.deny_widening {
            let hint = "leave out --deny-widening if this is meant";
            return refuse(plan, access.gains(), "--deny-widening", hint);
        }
        for source in plan
            .manifests()
            .iter()
            .filter(|source| source.deny_widening)
        {
            let ours: BTreeSet<_> = plan
                .steps
                .iter()
                .filter(|step| step.manifest == source.name)
                .map(|step| &step.address)
                .collect();
            let is_ours = |line: &&Line| {
                line.because.is_empty() || line.because.iter().any(|why| ours.contains(&why.step))
            };
            let says = format!("deny_widening of manifest {}", render::clean(&source.name));
            let hint = "add --allow-widening if this is meant";
            refuse(plan, access.gains().filter(is_ours), &says, hint)?;
        }
        Ok(())
    }
}

fn refuse<'a>(
    plan: &Plan,
    lines: impl Iterator<Item = &'a Line>,
    says: &str,
    hint: &str,
) -> Result<()> {
    let lines: Vec<&Line> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the plan widens access, which {says} forbids; nothing was changed{}",
        list(&lines, plan)
    ))
    .with_hint(hint.to_owned())
    .into())
}

fn list(lines: &[&Line], plan: &Plan) -> String {
    let shown = lines.iter().take(MOST_LINES);
    let mut text: String = shown
        .map(|line| format!("\n  {}", render::access_line(line, &plan.scope)))
        .collect();
    if lines.len() > MOST_LINES {
        text.push_str(&format!("\n  and {} more", lines.len() - MOST_LINES));
    }
    text
}

/// Whom a plan may let in beyond the account and the workloads it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Confirmed {
    /// Anyone on the internet, or with an AWS or Google account
    Public,
    /// Workflows of more than one repository
    Repository,
    /// Another account or project
    Account,
}

impl Confirmed {
    const ALL: [Self; 3] = [Self::Public, Self::Repository, Self::Account];

    fn kind(self) -> Kind {
        match self {
            Self::Public => Kind::Public,
            Self::Repository => Kind::Repository,
            Self::Account => Kind::Account,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Repository => "repository",
            Self::Account => "account",
        }
    }

    fn whom(self) -> &'static str {
        match self {
            Self::Public => "the public",
            Self::Repository => "more than one repository",
            Self::Account => "another account",
        }
    }
}

/// The kinds of strangers that `access` lets in and that were not `confirmed`, with the lines.
fn open<'a>(access: &'a Access, confirmed: &[Confirmed]) -> Vec<(Confirmed, Vec<&'a Line>)> {
    let left = Confirmed::ALL
        .into_iter()
        .filter(|one| !confirmed.contains(one));
    left.map(|one| {
        let lines = access.gains().filter(|line| line.kind == one.kind());
        (one, lines.collect::<Vec<_>>())
    })
    .filter(|(_, lines)| !lines.is_empty())
    .collect()
}

/// Refuses where nobody is asked: `--yes` is no agreement to let in the public, or any repository.
/// Other accounts are those that the manifest names.
///
/// # Errors
/// One of them would be let in, and was not confirmed.
pub(super) fn refuse_unconfirmed(
    plan: &Plan,
    access: &Access,
    confirmed: &[Confirmed],
) -> Result<()> {
    for (one, lines) in open(access, confirmed) {
        if one != Confirmed::Account {
            return Err(unconfirmed(one, &lines, plan));
        }
    }
    Ok(())
}

/// Asks for each kind of strangers by itself.
///
/// # Errors
/// Nobody answered.
pub(super) fn ask(
    plan: &Plan,
    access: &Access,
    confirmed: &[Confirmed],
    screen: &Screen,
) -> Result<bool> {
    for (one, lines) in open(access, confirmed) {
        let told = list(&lines, plan);
        screen.say(&format!("\nThis lets in {}:{}", one.whom(), wrapped(&told)));
        let word = one.word();
        match screen.ask(&format!("Type the word {word} to let them in:"))? {
            None => return Err(unconfirmed(one, &lines, plan)),
            Some(answer) if answer.to_lowercase() == word => {}
            Some(_) => return Ok(false),
        }
    }
    Ok(true)
}

fn unconfirmed(one: Confirmed, lines: &[&Line], plan: &Plan) -> anyhow::Error {
    Failure::new(format!(
        "the plan lets in {}, which has to be agreed to by itself; nothing was changed{}",
        one.whom(),
        list(lines, plan)
    ))
    .with_hint(format!(
        "if this is meant: s3setup apply … --confirm-widening {}",
        one.word()
    ))
    .into()
}

/// The lines of a list, each within the width of the screen.
fn wrapped(text: &str) -> String {
    let lines = text.lines().skip(1);
    lines
        .map(|line| {
            let mut parts = crate::yaml::wrap(line.trim_start(), 76).replace('\n', "\n    ");
            parts.insert_str(0, "\n  ");
            parts
        })
        .collect()
}
