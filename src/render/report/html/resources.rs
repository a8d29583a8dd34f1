//! Of the page: each resource, what differs in it, and its ledger.

use super::super::super::history;
use super::super::text::aspect;
use super::super::words::{gaps, state};
use super::super::xml::escaped;
use super::{account_heading, begun, chip};
use crate::plan::{Action, Aspect, Standing};
use crate::report::{Command, Report, State, Step};
use std::fmt::Write;

/// Every resource of every account: those that are not in sync first, and open.
pub(super) fn all(report: &Report) -> String {
    let mut text = String::new();
    for account in &report.accounts {
        let Some(compared) = account.compared().filter(|one| !one.steps.is_empty()) else {
            continue;
        };
        text.push_str(&account_heading(report, account));
        let several = compared.manifests.len() > 1;
        let mut steps: Vec<&Step> = compared.steps.iter().collect();
        steps.sort_by_key(|step| std::cmp::Reverse(step.state()));
        for step in steps {
            text.push_str(&resource(step, report.command, several));
        }
    }
    text
}

fn resource(step: &Step, command: Command, several: bool) -> String {
    let (colour, open) = match (step.state(), command, step.action) {
        (State::InSync, ..) => ("good", ""),
        (State::Unknown, ..) => ("warn", " open"),
        (_, Command::Plan, Action::Delete) | (_, Command::Drift | Command::Verify, _) => {
            ("bad", " open")
        }
        _ => ("warn", " open"),
    };
    let manifest = match several {
        true => format!("<span class=\"note\">{}</span>", escaped(&step.manifest)),
        false => String::new(),
    };
    let mut text = format!(
        "<details{open}><summary><code>{}</code>{manifest}{}</summary>\n<div class=\"body\">\n",
        escaped(step.address.as_str()),
        chip(colour, state(step, command))
    );
    for said in remarks(step) {
        let _ = writeln!(text, "<p class=\"note\">{}</p>", escaped(&said));
    }
    if !step.diff.is_empty() {
        text.push_str(&diff(step, command));
    }
    text.push_str(&ledger(&step.ledger));
    if let Some(place) = &step.place {
        let _ = writeln!(
            text,
            "<p class=\"note\">At <code>{}:{}</code></p>",
            escaped(&place.file),
            place.line
        );
    }
    text.push_str("</div></details>\n");
    text
}

fn remarks(step: &Step) -> Vec<String> {
    let blocked = step
        .blocked
        .iter()
        .map(|why| format!("Cannot be done: {why}"));
    let gaps = gaps(step)
        .into_iter()
        .map(|gap| format!("Could not be read: {gap}"));
    let note = step.note.iter().map(|note| format!("Note: {note}"));
    let history = step.history.iter();
    let who = history.clone().flat_map(history::lines);
    let unknown = history::gaps(history);
    let who = who.chain(unknown).map(|line| begun(&line));
    blocked.chain(gaps).chain(note).chain(who).collect()
}

fn diff(step: &Step, command: Command) -> String {
    let legend = match command {
        Command::Drift => {
            "<p class=\"note\">+ is live but not in the manifest, - in the manifest but not live.</p>\n"
        }
        _ => "",
    };
    let mut text = format!("{legend}<pre>");
    for line in &step.diff {
        let class = match line.chars().next() {
            Some('+') => " class=\"in\"",
            Some('-') => " class=\"out\"",
            _ => "",
        };
        let _ = write!(text, "<span{class}>{}</span>", escaped(line));
    }
    text.push_str("</pre>\n");
    text
}

/// The aspects by how they stand; of what is unreadable, the permission.
fn ledger(all: &[Aspect]) -> String {
    let mut text = String::from("<dl class=\"ledger\">\n");
    for (standing, colour) in [
        (Standing::Drifted, "bad"),
        (Standing::Unreadable, "warn"),
        (Standing::InSync, "good"),
        (Standing::NotManaged, ""),
    ] {
        let told = all.iter().filter(|one| one.state == standing);
        let told: Vec<String> = told.map(one).collect();
        if !told.is_empty() {
            let _ = writeln!(
                text,
                "<dt>{}</dt><dd>{}</dd>",
                chip(colour, standing.text()),
                told.join(", ")
            );
        }
    }
    text.push_str("</dl>\n");
    text
}

fn one(one: &Aspect) -> String {
    let name = format!("<code>{}</code>", escaped(&aspect(&one.aspect)));
    match (one.permission.is_empty(), one.on.is_empty()) {
        (true, _) => name,
        (false, true) => format!("{name} (needs <code>{}</code>)", escaped(&one.permission)),
        (false, false) => format!(
            "{name} (needs <code>{}</code> on <code>{}</code>)",
            escaped(&one.permission),
            escaped(&one.on)
        ),
    }
}
