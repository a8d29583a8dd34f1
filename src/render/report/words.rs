//! What a report comes to, in words that every form of it shares.

use super::super::text::{clean, count, listed, quoted};
use super::super::{step, verify};
use crate::plan::{Action, Coverage};
use crate::report::{Account, Command, Found, Report, Step, Tally, Wrong};

/// More names than this in a sentence are counted.
const MOST_NAMES: usize = 5;

/// `Coverage: 31 aspects in sync, 2 drifted, 1 unreadable, 9 not managed.`
#[must_use]
pub fn coverage_line(coverage: Coverage) -> String {
    format!(
        "Coverage: {} in sync, {} drifted, {} unreadable, {} not managed.",
        count(coverage.in_sync, "aspect"),
        coverage.drifted,
        coverage.unreadable,
        coverage.not_managed
    )
}

/// What the whole report comes to, in a sentence.
pub(super) fn verdict(report: &Report) -> String {
    let found = match report.command {
        Command::Verify => tried(report),
        Command::Drift => drifted(report),
        Command::Plan => planned(report),
    };
    let failed = report.accounts.iter();
    let failed = failed.filter(|one| matches!(one.found, Found::Failed(_)));
    let mut more = String::new();
    if !report.broken.is_empty() {
        let broken = count(report.broken.len(), "manifest");
        more.push_str(&format!("; {broken} cannot be used"));
    }
    match failed.count() {
        0 => {}
        number => more.push_str(&format!(
            "; {} could not be asked",
            count(number, "account")
        )),
    }
    format!("{found}{more}.")
}

fn drifted(report: &Report) -> String {
    let tally = Tally::of(report.steps());
    let total = count(tally.total(), "resource");
    let gaps = report.steps().filter(|step| !step.unreadable.is_empty());
    let gaps = gaps.count();
    let not_read = match gaps {
        0 => String::new(),
        gaps => format!(", {gaps} could not be read"),
    };
    match (tally.differ(), gaps) {
        (0, 0) => {
            let verb = if tally.total() == 1 { "is" } else { "are" };
            format!("In sync: {total} {verb} as {}", says(report))
        }
        (0, gaps) => format!("No drift found, but {gaps} of {total} could not be read"),
        (differ, _) => {
            let kinds = [
                (tally.missing, "missing"),
                (tally.changed, "changed"),
                (tally.unwanted, "unwanted"),
            ];
            let kinds = kinds.iter().filter(|(number, _)| *number > 0);
            let kinds: Vec<String> = kinds
                .map(|(number, kind)| format!("{number} {kind}"))
                .collect();
            let verb = if differ == 1 { "differs" } else { "differ" };
            format!(
                "Drift: {differ} of {total} {verb} ({}){not_read}",
                kinds.join(", ")
            )
        }
    }
}

fn planned(report: &Report) -> String {
    let tally = Tally::of(report.steps());
    let blocked = report.steps().filter(|step| step.blocked.is_some()).count();
    let gaps = report.steps().filter(|step| !step.unreadable.is_empty());
    let more = |number: usize, what: &str| match number {
        0 => String::new(),
        number => format!(", {number} {what}"),
    };
    let (gaps, blocked) = (
        more(gaps.count(), "could not be read"),
        more(blocked, "cannot be done"),
    );
    match tally.differ() {
        0 => format!(
            "No changes: {}{gaps}{blocked}",
            count(tally.total(), "resource")
        ),
        _ => format!(
            "Plan: {} to create, {} to update, {} to delete, {} unchanged{gaps}{blocked}",
            tally.missing, tally.changed, tally.unwanted, tally.in_sync
        ),
    }
}

fn tried(report: &Report) -> String {
    let tried = report.accounts.iter().filter_map(|one| match &one.found {
        Found::Tried(verified) => Some(&verified.manifests),
        _ => None,
    });
    let all: Vec<crate::verify::Report> = tried.flatten().cloned().collect();
    verify::summary(&all).trim_end_matches('.').to_owned()
}

/// The names of the manifests of an account.
pub(super) fn manifests(account: &Account) -> Vec<&str> {
    match &account.found {
        Found::Compared(compared) => compared
            .manifests
            .iter()
            .map(|one| one.name.as_str())
            .collect(),
        Found::Tried(verified) => verified
            .manifests
            .iter()
            .map(|one| one.manifest.as_str())
            .collect(),
        Found::Failed(_) => Vec::new(),
    }
}

/// `neon and rudderstack`.
pub(super) fn names(account: &Account) -> String {
    let names: Vec<String> = manifests(account).into_iter().map(quoted).collect();
    match names.is_empty() {
        true => "no manifest".to_owned(),
        false => listed(&names, MOST_NAMES),
    }
}

/// `account 123456789012, eu-west-1`, after its name if it has one.
pub(super) fn place(account: &Account) -> String {
    let mut place = match &account.name {
        Some(name) if *name != account.account => format!("{}, ", quoted(name)),
        _ => String::new(),
    };
    match account.scope().place() {
        nowhere if nowhere.is_empty() => place.push_str("the account"),
        there => place.push_str(&clean(&there)),
    }
    place
}

fn says(report: &Report) -> String {
    let all: Vec<&str> = report.accounts.iter().flat_map(manifests).collect();
    match all[..] {
        [only] => format!("{} says", quoted(only)),
        _ => "the manifests say".to_owned(),
    }
}

/// What a resource is, in fixed words.
pub(super) fn state(step: &Step, command: Command) -> &'static str {
    match (step.action, command) {
        (Action::Create, Command::Plan) => "to create",
        (Action::Update, Command::Plan) => "to update",
        (Action::Delete, Command::Plan) => "to delete",
        (Action::Create, _) => "missing",
        (Action::Update, _) => "differs from the manifest",
        (Action::Delete, _) => "unwanted, still there",
        (Action::Keep, _) if !step.unreadable.is_empty() => "could not be read",
        (Action::Keep, _) => "as the manifest says",
    }
}

/// What of a resource could not be read, a line each.
pub(super) fn gaps(step: &Step) -> Vec<String> {
    step.unreadable.iter().map(step::gap).collect()
}

/// `2026-11-29 23:15 UTC` of `2026-11-29T23:15:10.250000Z`.
pub(in crate::render) fn when(at: &str) -> String {
    match (at.get(..10), at.get(11..16)) {
        (Some(day), Some(time)) if at.ends_with('Z') => {
            format!("{} {} UTC", clean(day), clean(time))
        }
        _ => clean(at),
    }
}

/// `FILE:3:5`: where something is wrong.
pub(super) fn at(wrong: &Wrong) -> String {
    let place = wrong.line.zip(wrong.column);
    let place = place.map(|(line, column)| format!(":{line}:{column}"));
    format!("{}{}", clean(&wrong.file), place.unwrap_or_default())
}
