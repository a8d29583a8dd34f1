//! SARIF 2.1.0, as code scanning reads it: what is not as it should be, at the resource's block in its
//! manifest.

use super::super::history;
use super::super::lint::{Found as Result, lint_sarif};
use super::words::{gaps, state};
use crate::policy::lint::{ALL, Finding, Rule, Severity};
use crate::report::{Account, Command, Found, Lint, Place, Report, State, Step, Verified};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html";

static DRIFTED: Rule = rule(
    "drifted",
    Severity::Warning,
    "What is there is not as the manifest says",
);
static UNREADABLE: Rule = rule(
    "unreadable",
    Severity::Note,
    "What is there could not be read",
);
static BROKEN: Rule = rule(
    "invalid-manifest",
    Severity::Error,
    "The manifest cannot be used",
);
static NOT_AS_PROMISED: Rule = rule(
    "not-as-promised",
    Severity::Error,
    "Access was tried, and is not as the manifest promises",
);
static LIVE: Rule = rule(
    "live-policy",
    Severity::Warning,
    "A live policy says what it should not",
);

const fn rule(id: &'static str, severity: Severity, title: &'static str) -> Rule {
    Rule {
        id,
        severity,
        refused: false,
        title,
        source: PAGE,
    }
}

/// The report as SARIF: a result for each resource that differs or could not be read, each check that is
/// not as promised, each finding in a live policy, and each manifest that cannot be used. The fingerprint
/// is made of rule, account and address, and so stays when lines move.
#[must_use]
pub fn report_sarif(report: &Report) -> String {
    let mut found: Vec<Result> = Vec::new();
    for wrong in report.broken.iter().flat_map(|one| &one.errors) {
        let place = Place {
            file: wrong.file.clone(),
            line: wrong.line.unwrap_or(1),
            column: wrong.column.unwrap_or(1),
        };
        let fix = wrong.fix.clone().unwrap_or_default();
        let message = wrong.message.clone();
        found.push(result(&BROKEN, Some(&place), &wrong.path, message, fix));
    }
    for account in &report.accounts {
        match &account.found {
            Found::Failed(_) => {}
            Found::Compared(compared) => {
                let steps = compared.steps.iter();
                found.extend(
                    steps
                        .clone()
                        .filter_map(|step| resource(account, step, report.command)),
                );
                found.extend(compared.lint.iter().map(|lint| {
                    let step = steps.clone().find(|step| step.address == lint.address);
                    live(account, lint, step.and_then(|step| step.place.as_ref()))
                }));
            }
            Found::Tried(verified) => {
                for one in &verified.manifests {
                    let wrong = one.checks().filter(|(_, check)| check.verdict.is_wrong());
                    let file = file_of(verified, &one.manifest);
                    let place = file.map(|file| Place {
                        file: file.clone(),
                        line: 1,
                        column: 1,
                    });
                    found.extend(wrong.map(|(tried, check)| {
                        let what = check.operation.text();
                        let path = format!(
                            "{}/{}/{}/{what}/{}",
                            account.account, one.manifest, tried.principal, check.place
                        );
                        let said = format!(
                            "{} {what} {}: {}",
                            tried.principal,
                            check.target,
                            check.verdict.text()
                        );
                        result(&NOT_AS_PROMISED, place.as_ref(), &path, said, String::new())
                    }));
                }
            }
        }
    }
    lint_sarif(&found)
}

/// The file of a manifest, also where it is told of in one region: `NAME in REGION`.
fn file_of<'a>(verified: &'a Verified, manifest: &str) -> Option<&'a String> {
    let is_of = |name: &str| {
        let rest = manifest.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let mut files = verified.files.iter();
    files.find(|(name, _)| is_of(name)).map(|(_, file)| file)
}

fn resource(account: &Account, step: &Step, command: Command) -> Option<Result> {
    let (rule, more) = match step.state() {
        State::InSync => return None,
        State::Drifted => (&DRIFTED, aspects(step)),
        State::Unknown => (&UNREADABLE, gaps(step).join("; ")),
    };
    let path = format!("{}/{}", account.account, step.address);
    let said = format!(
        "{} in account {}: {}{}",
        step.address,
        account.account,
        state(step, command),
        match more.is_empty() {
            true => String::new(),
            false => format!(" ({more})"),
        }
    );
    let who = step.history.iter().flat_map(history::lines);
    let said = who.fold(said, |said, line| format!("{said}; {line}"));
    let fix = match step.state() {
        State::Drifted => "s3setup plan shows what would be done",
        _ => "give the run the permission that is missing",
    };
    Some(result(
        rule,
        step.place.as_ref(),
        &path,
        said,
        fix.to_owned(),
    ))
}

/// The aspects that have drifted.
fn aspects(step: &Step) -> String {
    let drifted = step.ledger.iter();
    let drifted = drifted.filter(|one| one.state == crate::plan::Standing::Drifted);
    let names: Vec<&str> = drifted.map(|one| one.aspect.as_str()).collect();
    names.join(", ")
}

fn live(account: &Account, lint: &Lint, place: Option<&Place>) -> Result {
    let rule = ALL.iter().copied().find(|rule| rule.id == lint.id);
    let path = format!(
        "{}/{}/{}/{}",
        account.account, lint.address, lint.document, lint.path
    );
    let said = format!(
        "live: {}, {}: {}",
        lint.address, lint.document, lint.message
    );
    let mut found = result(rule.unwrap_or(&LIVE), place, &path, said, lint.fix.clone());
    found.finding.severity = lint.severity;
    found
}

/// Where a manifest has no place for it, its first line stands for the whole.
fn result(
    rule: &'static Rule,
    place: Option<&Place>,
    path: &str,
    message: String,
    fix: String,
) -> Result {
    let nowhere = Place {
        file: "s3setup".to_owned(),
        line: 1,
        column: 1,
    };
    let place = place.unwrap_or(&nowhere);
    Result {
        finding: Finding {
            rule,
            severity: rule.severity,
            path: path.to_owned(),
            message,
            fix,
        },
        file: place.file.clone(),
        line: place.line,
        column: place.column,
        accepted: None,
    }
}
