//! What is found in live documents that are not as the manifests say, a sentence each.

use super::text::{clean, shortened};
use crate::plan::{self, Live, Plan};
use crate::policy::lint::Severity;

/// How much of one finding is told.
const LONGEST: usize = 400;

/// Warnings and worse, or with `all` the notes, too: `live: ADDRESS, WHERE: WHAT (RULE)`.
pub(super) fn sentences(plan: &Plan, all: bool) -> Vec<String> {
    let mut told = Vec::new();
    for live in plan::live(plan) {
        if all || live.finding.severity != Severity::Note {
            let sentence = sentence(&live);
            if !told.contains(&sentence) {
                told.push(sentence);
            }
        }
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
