//! For programs.

use super::super::json::{FORMAT_VERSION, document};
use crate::cloud::Calls;
use crate::explain::{Access, TakeRole};
use crate::report::Cost;
use crate::resource::Scope;
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
struct Page<'a, T> {
    format_version: &'static str,
    question: &'static str,
    account: &'a str,
    region: &'a str,
    #[serde(flatten)]
    report: &'a T,
    calls: Cost,
}

/// Why a workflow may or may not take a role, as JSON.
///
/// # Guarantees
/// The keys are those of `docs/explain.md`; `question` is `take_role`.
#[must_use]
pub fn take_role_json(
    report: &TakeRole,
    scope: &Scope,
    calls: &Calls,
    elapsed: Duration,
) -> String {
    page("take_role", report, scope, calls, elapsed)
}

/// Why somebody may or may not do something, as JSON.
///
/// # Guarantees
/// The keys are those of `docs/explain.md`; `question` is `access`.
#[must_use]
pub fn access_json(report: &Access, scope: &Scope, calls: &Calls, elapsed: Duration) -> String {
    page("access", report, scope, calls, elapsed)
}

fn page(
    question: &'static str,
    report: &impl Serialize,
    scope: &Scope,
    calls: &Calls,
    elapsed: Duration,
) -> String {
    document(&Page {
        format_version: FORMAT_VERSION,
        question,
        account: &scope.account,
        region: &scope.region,
        report,
        calls: Cost::of(calls, elapsed),
    })
}
