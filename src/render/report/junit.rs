//! JUnit's XML, as Jenkins, GitLab and most others read it: a suite a manifest of an account, a case a
//! resource, or a place that was tried. What the strictest of the schemas asks for is there.

use super::super::history;
use super::super::text::clean;
use super::super::verify::proof;
use super::words::{at, gaps, state};
use super::xml::{escaped, lines};
use crate::report::{Account, Command, Found, Report, State, Step};
use crate::verify::{Check, Tried, Verdict};
use std::fmt::Write;

/// A case, and what is wrong with it.
pub(super) struct Case {
    pub(super) class: String,
    pub(super) name: String,
    pub(super) wrong: Option<Wrong>,
}

/// Why a case is not good.
pub(super) struct Wrong {
    /// `failure` is not as it should be, `error` is not known.
    pub(super) element: &'static str,
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) text: String,
}

/// The report as JUnit's XML.
#[must_use]
pub fn report_junit(report: &Report) -> String {
    let mut suites: Vec<(String, Vec<Case>)> = Vec::new();
    if !report.broken.is_empty() {
        let errors = report.broken.iter().flat_map(|one| &one.errors);
        let cases = errors.map(broken).collect();
        suites.push(("manifests".to_owned(), cases));
    }
    for account in &report.accounts {
        suites.extend(of(account, report.command));
    }
    document(
        &suites,
        report.command.name(),
        report.at.as_deref(),
        report.cost().seconds,
        &report.version,
    )
}

/// Suites of a run of `command`, that ended `at` that time and took so long.
pub(super) fn document(
    suites: &[(String, Vec<Case>)],
    command: &str,
    at: Option<&str>,
    seconds: f64,
    version: &str,
) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    // JUnit has local times without a zone; these are UTC.
    let moment = at.and_then(|at| at.get(..19));
    for (id, (name, cases)) in suites.iter().enumerate() {
        let count = |element| {
            let wrong = cases.iter().filter_map(|case| case.wrong.as_ref());
            wrong.filter(|wrong| wrong.element == element).count()
        };
        let _ = writeln!(
            text,
            "  <testsuite id=\"{id}\" package=\"s3setup.{command}\" name=\"{name}\" \
             timestamp=\"{at}\" hostname=\"localhost\" tests=\"{tests}\" failures=\"{failures}\" \
             errors=\"{errors}\" time=\"{time}\">\n    <properties>\n      <property \
             name=\"s3setup.version\" value=\"{version}\"/>\n    </properties>",
            name = escaped(name),
            at = escaped(moment.unwrap_or("1970-01-01T00:00:00")),
            tests = cases.len(),
            failures = count("failure"),
            errors = count("error"),
            time = if id == 0 { seconds } else { 0.0 },
            version = escaped(version),
        );
        for case in cases {
            write(&mut text, case);
        }
        text.push_str("    <system-out/>\n    <system-err/>\n  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn write(text: &mut String, case: &Case) {
    let (class, name) = (escaped(&case.class), escaped(&case.name));
    let head = format!("    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\"");
    let _ = match &case.wrong {
        None => writeln!(text, "{head}/>"),
        Some(wrong) => writeln!(
            text,
            "{head}>\n      <{element} type=\"{kind}\" message=\"{message}\">{body}</{element}>\n    \
             </testcase>",
            element = wrong.element,
            kind = wrong.kind,
            message = escaped(&wrong.message),
            body = lines(&wrong.text),
        ),
    };
}

fn of(account: &Account, command: Command) -> Vec<(String, Vec<Case>)> {
    let suite_in = |manifest: &str, region: &str| {
        let (manifest, called) = (clean(manifest), clean(account.called()));
        format!("{manifest} in {called} {}", clean(region))
    };
    let suite = |manifest: &str| suite_in(manifest, &account.region);
    match &account.found {
        Found::Failed(failed) => {
            let case = Case {
                class: "account".to_owned(),
                name: account.called().to_owned(),
                wrong: Some(Wrong {
                    element: "error",
                    kind: "unreachable",
                    message: "the account could not be asked".to_owned(),
                    text: failed.error.clone(),
                }),
            };
            vec![(suite("account"), vec![case])]
        }
        Found::Compared(compared) => compared
            .manifests
            .iter()
            .map(|source| {
                let steps = compared.steps.iter();
                let steps = steps.filter(|step| step.manifest == source.name);
                let cases = steps.map(|step| resource(step, &source.name, command));
                let name = match source.regions.is_empty() {
                    true => suite(&source.name),
                    false => suite_in(&source.name, &source.regions.join(", ")),
                };
                (name, cases.collect())
            })
            .collect(),
        Found::Tried(verified) => verified
            .manifests
            .iter()
            .map(|report| {
                let problems = report.principals.iter().filter_map(|tried| {
                    let problem = tried.problem.clone()?;
                    Some(Case {
                        class: report.manifest.clone(),
                        name: tried.principal.clone(),
                        wrong: Some(Wrong {
                            element: "failure",
                            kind: "principal",
                            message: "it cannot be as promised".to_owned(),
                            text: problem,
                        }),
                    })
                });
                let checks = report.checks();
                let checks = checks.map(|(tried, check)| probe(&report.manifest, tried, check));
                let drifted = report.drifted.iter().map(|address| Case {
                    class: report.manifest.clone(),
                    name: address.clone(),
                    wrong: Some(Wrong {
                        element: "failure",
                        kind: "drifted",
                        message: "it is not as the manifest says, which bears on access".to_owned(),
                        text: String::new(),
                    }),
                });
                let cases = problems.chain(checks).chain(drifted);
                (suite(&report.manifest), cases.collect())
            })
            .collect(),
    }
}

fn resource(step: &Step, manifest: &str, command: Command) -> Case {
    let said = state(step, command);
    let gaps = gaps(step).join("\n");
    let wrong = match step.state() {
        State::InSync => None,
        State::Unknown => Some(Wrong {
            element: "error",
            kind: "unreadable",
            message: said.to_owned(),
            text: gaps,
        }),
        State::Drifted => Some(Wrong {
            element: "failure",
            kind: "drifted",
            message: said.to_owned(),
            text: [&step.diff.join("\n"), &gaps, &who(step)]
                .map(|part| part.trim_end())
                .join("\n")
                .trim_end()
                .to_owned(),
        }),
    };
    Case {
        class: manifest.to_owned(),
        name: step.address.to_string(),
        wrong,
    }
}

/// Who has changed it, or why that is not known.
fn who(step: &Step) -> String {
    let said = step.history.iter().flat_map(history::lines);
    let unknown = history::gaps(step.history.iter());
    said.chain(unknown).collect::<Vec<_>>().join("\n")
}

fn probe(manifest: &str, tried: &Tried, check: &Check) -> Case {
    let text = || {
        let because = check.because.join("; ");
        let detail = check.detail.clone().unwrap_or_default();
        format!(
            "{} ({})\n{because}\n{detail}",
            check.target,
            proof(check.proof)
        )
    };
    let wrong = |element, kind| Wrong {
        element,
        kind,
        message: check.verdict.text().to_owned(),
        text: text().trim_end().to_owned(),
    };
    Case {
        class: format!("{manifest}.{}", tried.principal),
        name: format!(
            "{} {} ({})",
            check.operation.text(),
            check.place,
            check.target
        ),
        wrong: match check.verdict {
            verdict if verdict.is_wrong() => Some(wrong("failure", "not-as-promised")),
            Verdict::NotKnown => Some(wrong("error", "not-known")),
            _ => None,
        },
    }
}

fn broken(wrong: &crate::report::Wrong) -> Case {
    let fix = wrong.fix.as_deref().unwrap_or(&wrong.message);
    Case {
        class: "manifests".to_owned(),
        name: at(wrong),
        wrong: Some(Wrong {
            element: "error",
            kind: "broken-manifest",
            message: wrong.message.clone(),
            text: fix.to_owned(),
        }),
    }
}
