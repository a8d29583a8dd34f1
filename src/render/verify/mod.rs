//! What verify found, as text and Markdown.

pub(super) mod groups;
mod left;
mod markdown;
mod text;

pub use left::verify_stopped;
pub use markdown::verify_markdown;
pub use text::verify_text;

use super::text::{clean, count};
use crate::verify::{Check, Proof, Report, Tried, Verdict};
use left::left;

/// How it is known, in words.
pub(super) fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Call => "by calls",
        Proof::Simulation => "by AWS's simulation",
        Proof::Evaluation => "by the policies that there are",
        Proof::Nothing => "not known",
    }
}

/// `user.y: delete (s3:DeleteObject) on bucket/key, by calls; allowed by Extra of inline policy x`.
pub(super) fn finding(principal: &str, check: &Check) -> String {
    let mut text = format!(
        "{}: {} ({}) on {}, {}",
        clean(principal),
        check.operation.text(),
        clean(&check.actions.join(", ")),
        clean(&check.target),
        proof(check.proof),
    );
    let mut say = |words: &str, what: &str| {
        if !what.is_empty() {
            text.push_str(&format!("; {words}{}", clean(what)));
        }
    };
    match check.verdict {
        Verdict::AllowedButNotPromised => say("allowed by ", &check.because.join(", ")),
        _ => {
            say("promised by ", &check.promised_by.join(", "));
            say("", &refusal(&check.because));
            say("", check.detail.as_deref().unwrap_or_default());
        }
    }
    text
}

/// What refuses: statements, or a sentence.
fn refusal(because: &[String]) -> String {
    let text = because.join(", ");
    match text.is_empty() || text.ends_with("not there") {
        true => text,
        false => format!("denied by {text}"),
    }
}

/// What is not as promised, each in a sentence. Where the credentials themselves are not accepted,
/// that is said once, and not of everything that could not be done with them.
pub(super) fn findings(report: &Report) -> Vec<String> {
    let explained = |tried: &Tried, check: &Check| {
        let said = check.detail.as_deref().unwrap_or("-");
        let problem = tried.problem.as_deref();
        problem.is_some_and(|problem| problem.ends_with(&format!(": {said}")))
    };
    report
        .checks()
        .filter(|(tried, check)| check.verdict.is_wrong() && !explained(tried, check))
        .map(|(tried, check)| finding(&tried.principal, check))
        .collect()
}

/// What all reports come to, in a sentence.
#[must_use]
pub fn summary(reports: &[Report]) -> String {
    let all = |verdict| -> usize { reports.iter().map(|report| report.count(verdict)).sum() };
    let checks: usize = reports.iter().map(|report| report.checks().count()).sum();
    let principals: usize = reports.iter().map(|report| report.principals.len()).sum();
    let more = all(Verdict::AllowedButNotPromised);
    let less = all(Verdict::RefusedButPromised);
    let by = |proof: Proof| -> usize {
        let checks = reports.iter().flat_map(Report::checks);
        checks.filter(|(_, check)| check.proof == proof).count()
    };
    let proofs = [
        (Proof::Call, "by calls"),
        (Proof::Simulation, "by simulation"),
        (Proof::Evaluation, "by evaluation"),
        (Proof::Nothing, "not known"),
    ];
    let proofs: Vec<String> = proofs
        .into_iter()
        .filter(|(proof, _)| by(*proof) > 0)
        .map(|(proof, words)| format!("{} {words}", by(proof)))
        .collect();
    let proofs = proofs.join(", ");
    let what = format!(
        "{} of {}",
        count(checks, "check"),
        count(principals, "principal")
    );
    let problems = reports
        .iter()
        .flat_map(|report| &report.principals)
        .filter(|tried| tried.problem.is_some())
        .count();
    let drifted: usize = reports.iter().map(|report| report.drifted.len()).sum();
    match (more + less, problems) {
        (0, 0) if drifted > 0 => format!(
            "Not verified: {what} as promised ({proofs}), but {} not as the manifest says.",
            match drifted {
                1 => "1 resource is".to_owned(),
                _ => format!("{drifted} resources are"),
            }
        ),
        (0, 0) => match all(Verdict::NotKnown) {
            0 => format!("Verified: {what}, all as promised ({proofs})."),
            unknown => format!(
                "Verified: {what}, as promised but for {unknown} that cannot be known ({proofs})."
            ),
        },
        (0, _) => format!(
            "Not verified: {} that cannot be as promised; {what} ({proofs}).",
            count(problems, "principal")
        ),
        (wrong, _) => format!(
            "Not verified: {wrong} of {what} {}: {more} allowed but not promised, {less} refused \
             but promised ({proofs}).",
            if wrong == 1 { "differs" } else { "differ" }
        ),
    }
}

/// What makes the rest hard to tell, each in a sentence: resources that are not as they are wanted,
/// and what could not be read.
fn notes(report: &Report) -> Vec<String> {
    let list = |names: &[String]| -> String {
        let names: Vec<String> = names.iter().map(|name| clean(name)).collect();
        names.join(", ")
    };
    let mut notes = Vec::new();
    if !report.drifted.is_empty() {
        notes.push(format!(
            "Not as the manifest says: {}. `s3setup plan` shows how.",
            list(&report.drifted)
        ));
    }
    if !report.unreadable.is_empty() {
        notes.push(format!(
            "Could not be read: {}. What cannot be tried is not known.",
            list(&report.unreadable)
        ));
    }
    notes
}
