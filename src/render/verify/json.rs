//! For programs.

use super::super::json::{Cost, FORMAT_VERSION};
use crate::cloud::Calls;
use crate::resource::Scope;
use crate::verify::{Report, Verdict};
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
struct Page<'a> {
    format_version: &'static str,
    account: &'a str,
    region: &'a str,
    manifests: &'a [Report],
    summary: Counts,
    calls: Cost<'a>,
}

#[derive(Serialize)]
struct Counts {
    allowed_as_promised: usize,
    refused_as_promised: usize,
    allowed_but_not_promised: usize,
    refused_but_promised: usize,
    not_known: usize,
}

/// The reports as JSON, whole or as a part of a report of many accounts.
///
/// # Guarantees
/// The keys: `format_version` (`"1.0"`), `account`, `region`, `manifests` (`manifest`,
/// `principals`: `principal`, `how`, `tried`, `problem`, `checks`: `operation`, `place`, `target`,
/// `actions`, `promised`, `found`, `verdict`, `proof`, `because`, `detail`; `left`; `drifted`; `unreadable`),
/// `summary` (a number for each verdict), `calls`. `promised` and `found` are `null` where it is
/// not known.
pub fn verify_page<'a>(
    reports: &'a [Report],
    scope: &'a Scope,
    calls: &'a Calls,
    elapsed: Duration,
) -> impl Serialize + use<'a> {
    let count = |verdict| reports.iter().map(|report| report.count(verdict)).sum();
    Page {
        format_version: FORMAT_VERSION,
        account: &scope.account,
        region: &scope.region,
        manifests: reports,
        summary: Counts {
            allowed_as_promised: count(Verdict::AllowedAsPromised),
            refused_as_promised: count(Verdict::RefusedAsPromised),
            allowed_but_not_promised: count(Verdict::AllowedButNotPromised),
            refused_but_promised: count(Verdict::RefusedButPromised),
            not_known: count(Verdict::NotKnown),
        },
        calls: Cost::of(calls, elapsed),
    }
}
