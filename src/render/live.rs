//! What is found in live documents that are not as the manifests say, a sentence each.

use super::Style;
use super::row::Mark;
use super::screen::{Dialect, Screen};
use super::text::{clean, count, shortened};
use crate::plan::{self, Live, Plan};
use crate::policy::lint::Severity;

/// How much of one finding is told.
const LONGEST: usize = 400;
/// More of them are counted: the rest is in the JSON.
const MOST: usize = 10;

/// What is found, for people, beside a plan; empty when that is nothing.
#[must_use]
pub fn live_text(plan: &Plan, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    write(&mut screen, plan);
    screen.finish()
}

/// The same as a paragraph of a report.
pub(super) fn write(screen: &mut Screen, plan: &Plan) {
    let told = sentences(plan, screen.verbose);
    if told.is_empty() {
        return;
    }
    screen.paragraph(
        Mark::Blank,
        "Worth knowing of what is live and not the manifest's:",
    );
    for sentence in told {
        screen.paragraph(Mark::Changed, &format!("  {sentence}"));
    }
    screen.gap();
}

/// Warnings and worse, or with `all` everything: `live: ADDRESS, WHERE: WHAT (RULE)`.
pub(super) fn sentences(plan: &Plan, all: bool) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for live in plan::live(plan) {
        if all || live.finding.severity != Severity::Note {
            let sentence = sentence(&live);
            if !told.contains(&sentence) {
                told.push(sentence);
            }
        }
    }
    let more = told.len().saturating_sub(MOST);
    if more > 0 && !all {
        told.truncate(MOST);
        told.push(format!("... and {}", count(more, "more finding")));
    }
    told
}

fn sentence(live: &Live) -> String {
    let place = match &live.sid {
        Some(sid) => format!("{}, statement {sid}", live.document),
        None => match live.finding.path.split('.').next().unwrap_or_default() {
            "" => live.document.clone(),
            statement => format!("{}, {statement}", live.document),
        },
    };
    let text = format!(
        "live: {}, {place}: {} ({})",
        live.address, live.finding.message, live.finding.rule.id
    );
    shortened(&clean(&text), LONGEST)
}
