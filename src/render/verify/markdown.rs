//! For a pull request or a job's summary.

use super::super::escape::{fence, place, span};
use super::super::summary::calls as cost;
use super::super::text::{clean, wrap};
use super::groups::rows;
use super::{findings, left, notes, proof, summary};
use crate::cloud::Calls;
use crate::resource::Scope;
use crate::verify::{Report, Verdict};
use std::time::Duration;

/// GitHub refuses a comment of 65,536 characters; counted in bytes, of which a text has never fewer.
/// There is room for the manifests that cannot be used.
const LIMIT: usize = 59_000;
/// Lines of a block are wrapped here; GitHub scrolls what is wider.
const WIDTH: usize = 100;

/// The reports as Markdown, shorter than 65,536 bytes and so characters: rows that do not fit are
/// counted in the last line.
#[must_use]
pub fn verify_markdown(
    reports: &[Report],
    scope: &Scope,
    calls: &Calls,
    elapsed: Duration,
) -> String {
    let mut text = format!(
        "## {}\n\n{}. {}\n",
        summary(reports).trim_end_matches('.'),
        begun(&place(scope)),
        cost(calls, elapsed)
    );
    let wrong = reports.iter().flat_map(findings);
    let notes = reports
        .iter()
        .flat_map(|report| notes(report).into_iter().chain(left(report)));
    let problems = reports.iter().flat_map(|report| &report.principals);
    let problems = problems.filter_map(|tried| tried.problem.as_ref().map(|text| clean(text)));
    let said: Vec<String> = wrong.chain(problems).chain(notes).collect();
    if !said.is_empty() {
        let lines: Vec<String> = said
            .iter()
            .flat_map(|text| text.lines().flat_map(|line| wrap(line, WIDTH)))
            .collect();
        let shown = lines.len().min(200);
        text.push_str(&fence("text", &(lines[..shown].join("\n") + "\n")));
    }
    text.push_str("\n| principal | where | operations | answer | how |\n|---|---|---|---|---|\n");
    let mut left_out = 0;
    for (report, tried) in reports
        .iter()
        .flat_map(|report| report.principals.iter().map(move |tried| (report, tried)))
    {
        for row in rows(tried) {
            let mark = match row.verdict {
                verdict if verdict.is_wrong() => "**",
                Verdict::NotKnown => "_",
                _ => "",
            };
            let line = format!(
                "| {}{} | {} | {} | {mark}{}{mark} | {} |\n",
                match reports.len() {
                    1 => String::new(),
                    _ => format!("{}: ", span(&report.manifest)),
                },
                span(&tried.principal),
                span(&row.place),
                row.operations.join(", "),
                row.verdict.text(),
                proof(row.proof),
            );
            if text.len() + line.len() > LIMIT {
                left_out += 1;
            } else {
                text.push_str(&line);
            }
        }
    }
    if left_out > 0 {
        text.push_str(&format!("\n_Cut to fit GitHub: {left_out} more rows._\n"));
    }
    text
}

/// As a sentence begins.
fn begun(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
