//! Prometheus' text format, for the textfile collector of node_exporter: the state of the last run.
//!
//! The format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use crate::plan::Coverage;
use crate::report::{Account, Checks, Found, Report, State, Step, Tally};
use std::collections::BTreeMap;
use std::fmt::Write;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Labels of a sample.
type Labels<'a> = Vec<(&'static str, &'a str)>;

/// A family of samples.
struct Family<'a> {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels<'a>, f64)>,
}

/// The report as gauges: whether all could be told, when that was, and how many resources, aspects and
/// checks of each manifest stand how. A family without a sample is left out.
#[must_use]
pub fn report_prometheus(report: &Report) -> String {
    let command = report.command.name();
    let labels = || vec![("command", command)];
    let up = report.state() != State::Unknown && is_whole(report);
    let at = report.at.as_deref();
    let at = at.and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
    let at = at.map(|at| at.unix_timestamp());
    let mut info = labels();
    info.push(("version", &report.version));
    let mut families = vec![
        family(
            "s3setup_info",
            "Which command of which version ran last.",
            vec![(info, 1.0)],
        ),
        family(
            "s3setup_up",
            "1 if the last run could tell everything: nothing unreadable, broken or out of reach.",
            vec![(labels(), f64::from(u8::from(up)))],
        ),
        family(
            "s3setup_last_run_timestamp_seconds",
            "When the last run ended, in Unix time.",
            at.map(|at| (labels(), whole(at))).into_iter().collect(),
        ),
        family(
            "s3setup_run_duration_seconds",
            "How long the last run took.",
            vec![(labels(), report.cost().seconds)],
        ),
    ];
    let cost = report.cost();
    let calls = cost.by_operation.iter();
    let calls = calls.map(|(operation, number)| {
        (
            vec![("command", command), ("operation", operation.as_str())],
            number_of(*number),
        )
    });
    families.push(family(
        "s3setup_calls",
        "Calls to the API in the last run, by operation.",
        calls.collect(),
    ));
    families.push(family(
        "s3setup_broken_manifests",
        "Manifests that cannot be used.",
        vec![(labels(), number_of(report.broken.len()))],
    ));
    let failed = report.accounts.iter();
    let failed = failed
        .filter(|one| matches!(one.found, Found::Failed(_)))
        .count();
    families.push(family(
        "s3setup_failed_accounts",
        "Accounts that could not be asked.",
        vec![(labels(), number_of(failed))],
    ));
    let mut resources = Vec::new();
    let mut aspects = Vec::new();
    let mut checks = Vec::new();
    for account in &report.accounts {
        compared(account, &mut resources, &mut aspects);
        tried(account, &mut checks);
    }
    families.push(family(
        "s3setup_drift_resources",
        "Resources of a manifest by how they stand to it.",
        resources,
    ));
    families.push(family(
        "s3setup_drift_aspects",
        "Aspects of a manifest's resources by how they stand to it.",
        aspects,
    ));
    families.push(family(
        "s3setup_verify_checks",
        "What was tried of a manifest, by what came of it.",
        checks,
    ));
    let mut text = String::new();
    for family in families.iter().filter(|family| !family.samples.is_empty()) {
        write(&mut text, family);
    }
    text
}

/// Whether nothing is unknown, whatever else has drifted.
fn is_whole(report: &Report) -> bool {
    let unread = |account: &Account| match &account.found {
        Found::Failed(_) => true,
        Found::Compared(compared) => compared
            .steps
            .iter()
            .any(|step| !step.unreadable.is_empty()),
        Found::Tried(verified) => verified.manifests.iter().any(|one| one.is_incomplete()),
    };
    report.broken.is_empty() && !report.accounts.iter().any(unread)
}

fn compared<'a>(
    account: &'a Account,
    resources: &mut Vec<(Labels<'a>, f64)>,
    aspects: &mut Vec<(Labels<'a>, f64)>,
) {
    let Some(compared) = account.compared() else {
        return;
    };
    let mut by_manifest: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for source in &compared.manifests {
        by_manifest.entry(&source.name).or_default();
    }
    for step in &compared.steps {
        by_manifest.entry(&step.manifest).or_default().push(step);
    }
    for (manifest, steps) in by_manifest {
        let source = compared.manifests.iter().find(|one| one.name == manifest);
        // Of one that is in several it is the first.
        let region = source.and_then(|source| source.regions.first());
        let region = region.unwrap_or(&account.region).as_str();
        let tally = Tally::of(steps.iter().copied());
        let mut coverage = Coverage::default();
        for step in steps {
            coverage += Coverage::of(&step.ledger);
        }
        let sample = |(state, number)| {
            let mut labels = labels(account, manifest, "state", state);
            labels[1].1 = region;
            (labels, number_of(number))
        };
        resources.extend(tally.named().map(sample));
        aspects.extend(
            [
                ("in_sync", coverage.in_sync),
                ("drifted", coverage.drifted),
                ("unreadable", coverage.unreadable),
                ("not_managed", coverage.not_managed),
            ]
            .map(sample),
        );
    }
}

fn tried<'a>(account: &'a Account, checks: &mut Vec<(Labels<'a>, f64)>) {
    let Found::Tried(verified) = &account.found else {
        return;
    };
    for report in &verified.manifests {
        let sum = Checks::of(std::slice::from_ref(report));
        checks.extend(
            [
                ("allowed_as_promised", sum.allowed_as_promised),
                ("refused_as_promised", sum.refused_as_promised),
                ("allowed_but_not_promised", sum.allowed_but_not_promised),
                ("refused_but_promised", sum.refused_but_promised),
                ("not_known", sum.not_known),
            ]
            .map(|(verdict, number)| {
                (
                    labels(account, &report.manifest, "verdict", verdict),
                    number_of(number),
                )
            }),
        );
    }
}

fn labels<'a>(
    account: &'a Account,
    manifest: &'a str,
    kind: &'static str,
    value: &'a str,
) -> Labels<'a> {
    vec![
        ("account", &account.account),
        ("region", &account.region),
        ("manifest", manifest),
        (kind, value),
    ]
}

fn family<'a>(
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels<'a>, f64)>,
) -> Family<'a> {
    Family {
        name,
        help,
        samples,
    }
}

fn write(text: &mut String, family: &Family<'_>) {
    let Family { name, help, .. } = family;
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (labels, value) in &family.samples {
        let labels = labels.iter();
        let labels: Vec<String> = labels
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let _ = writeln!(text, "{name}{{{}}} {value}", labels.join(","));
    }
}

/// A label's value: the three escapes of the format; other control characters are no part of a name.
fn escaped(value: &str) -> String {
    let mut safe = String::new();
    for letter in value.chars() {
        match letter {
            '\\' => safe.push_str("\\\\"),
            '"' => safe.push_str("\\\""),
            '\n' => safe.push_str("\\n"),
            _ if letter.is_control() => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn number_of(number: usize) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds reach 2^52 in 140 million years"
)]
fn whole(seconds: i64) -> f64 {
    seconds as f64
}
