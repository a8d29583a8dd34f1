//! A report as a message to whoever has to know: for any program, and in the form that Slack's incoming
//! webhooks take.

use super::super::history;
use super::super::text::{clean, count, shortened};
use super::words::{place, state, verdict};
use crate::report::{Account, Command, Found, Report, State, Step};
use serde_json::{Value, json};

/// More resources than this are counted.
const MOST: usize = 20;
/// Slack takes 3,000 characters in a section (<https://docs.slack.dev/reference/block-kit/blocks/section-block>).
const LONGEST: usize = 2_800;
/// How much of one line is told.
const LONGEST_LINE: usize = 300;

/// The message as JSON for any program: `format_version`, `command`, `state` (`in_sync`, `drifted`,
/// `unknown`), `before` (the state that was told last, or `null`), `text`, `at`, `accounts` (ids), `changed`
/// (each resource that is not in sync: `account`, `manifest`, `address`, `state`, `who`:
/// sentences, with `drift --who`), `more` (how many of these
/// are left out), `access` (sentences), `digest`.
#[must_use]
pub fn report_message(report: &Report, before: Option<State>) -> Value {
    let all: Vec<Value> = odd(report)
        .map(|(account, step)| {
            json!({
                "account": account.account,
                "manifest": step.manifest,
                "address": step.address,
                "state": state(step, report.command),
                "who": step.history.iter().flat_map(history::lines).collect::<Vec<_>>(),
            })
        })
        .collect();
    let more = all.len().saturating_sub(MOST);
    json!({
        "format_version": crate::report::FORMAT_VERSION,
        "command": report.command.name(),
        "state": report.state().name(),
        "before": before.map(State::name),
        "text": verdict(report),
        "at": report.at,
        "accounts": report.accounts.iter().map(|one| &one.account).collect::<Vec<_>>(),
        "changed": all.into_iter().take(MOST).collect::<Vec<_>>(),
        "more": more,
        "access": access(report).take(MOST).collect::<Vec<_>>(),
        "digest": report.digest(),
    })
}

/// The message as Slack takes it: `text` for notifications, `blocks` to read.
#[must_use]
pub fn report_slack(report: &Report) -> Value {
    let (sign, title) = match report.state() {
        State::InSync => (":white_check_mark:", "in sync"),
        State::Unknown => (":grey_question:", "could not tell"),
        State::Drifted if report.command == Command::Verify => (":warning:", "not as promised"),
        State::Drifted => (":warning:", "drift"),
    };
    let places: Vec<String> = report
        .accounts
        .iter()
        .take(5)
        .map(|one| mrkdwn(&place(one)))
        .collect();
    let heading = format!("{sign} *s3setup: {title}*\n{}", mrkdwn(&verdict(report)));
    let mut lines: Vec<String> = odd(report)
        .map(|(_, step)| {
            let what = state(step, report.command);
            let who = step.history.iter().flat_map(history::lines).next();
            format!(
                "\u{2022} `{}` {what}{}",
                mrkdwn(step.address.as_str()).replace('`', "'"),
                who.map_or(String::new(), |who| format!("; {}", mrkdwn(&who)))
            )
        })
        .collect();
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("... and {}", count(more, "more resource")));
    }
    lines.extend(access(report).take(MOST).map(|line| mrkdwn(&line)));
    let mut body = String::new();
    for line in lines {
        if body.len() + line.len() > LONGEST {
            body.push_str("...");
            break;
        }
        body.push_str(&line);
        body.push('\n');
    }
    let mut blocks = vec![section(&heading)];
    if !body.is_empty() {
        blocks.push(section(body.trim_end()));
    }
    blocks.push(json!({
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": places.join("; ")}],
    }));
    json!({"text": format!("s3setup: {}", mrkdwn(&verdict(report))), "blocks": blocks})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

/// What is not as it should be, or not known.
fn odd(report: &Report) -> impl Iterator<Item = (&Account, &Step)> {
    report.accounts.iter().flat_map(|account| {
        let steps = account.compared().into_iter().flat_map(|one| &one.steps);
        let odd = steps.filter(|step| step.state() != State::InSync);
        odd.map(move |step| (account, step))
    })
}

/// What is worth a sentence of its own: access that has changed, and what is not as promised.
fn access(report: &Report) -> impl Iterator<Item = String> {
    report.accounts.iter().flat_map(|account| -> Vec<String> {
        match &account.found {
            Found::Compared(compared) => {
                compared.access.iter().map(|one| one.text.clone()).collect()
            }
            Found::Tried(verified) => verified
                .manifests
                .iter()
                .flat_map(super::super::verify::findings)
                .collect(),
            Found::Failed(failed) => {
                vec![format!("account {}: {}", account.called(), failed.error)]
            }
        }
    })
}

/// Slack's three escapes (<https://docs.slack.dev/messaging/formatting-message-text>): so nothing in a text
/// is a mention or a link.
fn mrkdwn(text: &str) -> String {
    shortened(&clean(text), LONGEST_LINE)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
