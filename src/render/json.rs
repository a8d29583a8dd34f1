//! A plan as JSON for programs.

use super::access;
use super::summary::Tally;
use super::text::deceives;
use super::{change, fields};
use crate::access::{Access, Bearing};
use crate::cloud::Calls;
use crate::diff::Change;
use crate::plan::{self, Action, Live, Plan, Source, Step, Summary, Unreadable, Whose};
use crate::resource::{Address, Owner, Scope};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// Fields may be added within 1; a field is renamed or removed only with 2.
pub(super) const FORMAT_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    account: &'a str,
    region: &'a str,
    manifests: &'a [Source],
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<&'a str>,
    steps: Vec<Entry<'a>>,
    access: Vec<access::Entry<'a>>,
    summary: Counts,
    lint: Vec<Live>,
    calls: Cost<'a>,
}

/// A step without the whole of the resource, which would be most of the report.
#[derive(Serialize)]
struct Entry<'a> {
    address: &'a Address,
    manifest: &'a str,
    action: Action,
    adopt: bool,
    blocked: Option<&'a str>,
    note: Option<&'a str>,
    owner: Option<&'a Owner>,
    unreadable: &'a [Unreadable],
    needs: &'a [Address],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ids: &'a BTreeMap<String, Whose>,
    changes: &'a [Change],
    access: Bearing,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<Policy>,
}

/// A policy that changes with a step.
#[derive(Serialize)]
struct Policy {
    path: String,
    statements: Value,
}

#[derive(Serialize)]
struct Counts {
    #[serde(flatten)]
    actions: Summary,
    /// Steps of which something could not be read, whatever their action.
    unreadable: usize,
    blocked: usize,
}

/// What the report itself took.
#[derive(Serialize)]
pub(super) struct Cost<'a> {
    total: usize,
    by_operation: &'a BTreeMap<String, usize>,
    seconds: f64,
}

impl<'a> Cost<'a> {
    pub(super) fn of(calls: &'a Calls, elapsed: Duration) -> Self {
        Self {
            total: calls.total,
            by_operation: &calls.by_operation,
            seconds: (elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }
}

/// The plan as JSON, for a plan and for a drift report alike.
///
/// # Guarantees
/// The keys, in this order: `format_version` (`"1.0"`), `account`, `region`, `manifests` (`name`,
/// `path`, `digest`, `inputs`, `examples`), `undoes` (of a plan of `undo` only: the run's id), `steps` (`address`, `manifest`, `action`: `create`,
/// `update`, `delete` or `keep`, `adopt`, `blocked`, `note`, `owner`, `unreadable`, `needs`,
/// `ids` (only where its documents name unique ids: `{"now": ARN}`, `{"former": ARN}` or `"unknown"`
/// for each), `changes`: `path`, `before`, `after`; of an update in which policies change, `policies`:
/// `path`, `statements` as [`super::policy_diff_json`] has them; `access`: `widening`, `narrowing`,
/// `both` or `neither`), `access` (who gains and who loses what if the plan is applied: `who`, `kind`:
/// `public`, `repository`, `account`, `workload`, `service` or `own`, `effect`: `gains` or `loses`,
/// `actions`, `but_not`, `resources`, `condition`: `operator`, `key`, `values`, `certain`, `unknown`: a
/// policy whose document was not read, `because`: `step`, `statement`), `summary` (a number for each action,
/// `unreadable`, `blocked`), `lint` (what is found in live documents that are not as the manifests say:
/// `address`, `document`, `sid`, `id`, `severity`, `path`, `message`, `fix`), `calls` (`total`,
/// `by_operation`, `seconds`). `before` is what there is and `after`
/// is what the manifest says; `null` is "not there". A step of action `keep` is in sync only if its
/// `unreadable` is empty.
#[must_use]
pub fn plan_json(plan: &Plan, calls: &Calls, elapsed: Duration) -> String {
    document(&plan_page(plan, &Access::of(plan), calls, elapsed))
}

/// What [`plan_json`] writes, as a part of a report of many accounts; `bears` is the plan's.
pub fn plan_page<'a>(
    plan: &'a Plan,
    bears: &'a Access,
    calls: &'a Calls,
    elapsed: Duration,
) -> impl Serialize + use<'a> {
    let steps = plan.steps.iter().map(|step| Entry {
        address: &step.address,
        manifest: &step.manifest,
        action: step.action,
        adopt: step.adopt,
        blocked: step.blocked.as_deref(),
        note: step.note.as_deref(),
        owner: step.owner.as_ref(),
        unreadable: &step.unreadable,
        needs: &step.needs,
        ids: &step.ids.named,
        changes: &step.changes,
        policies: policies(step, &plan.scope),
        access: bears.bearing(&step.address),
    });
    let tally = Tally::of(plan);
    Report {
        format_version: FORMAT_VERSION,
        account: &plan.scope.account,
        region: &plan.scope.region,
        manifests: plan.manifests(),
        undoes: plan.origin.undo().map(|undo| undo.run.as_str()),
        steps: steps.collect(),
        access: access::entries(bears, &plan.scope),
        summary: Counts {
            actions: plan.summary(),
            unreadable: tally.unreadable,
            blocked: tally.blocked,
        },
        lint: plan::live(plan),
        calls: Cost::of(calls, elapsed),
    }
}

/// The policies of a resource that changes, by statement. What comes or goes with its resource is in
/// the changes as a whole.
fn policies(step: &Step, scope: &Scope) -> Vec<Policy> {
    if step.action != Action::Update {
        return Vec::new();
    }
    let told = |(path, pairs): (String, Vec<fields::Statement<'_>>)| {
        let pairs = pairs
            .iter()
            .map(|(before, after)| (before.as_deref(), after.as_deref()));
        let statements: Vec<_> = pairs.map(change::statement).collect();
        Policy {
            path,
            statements: serde_json::to_value(statements).unwrap_or_default(),
        }
    };
    fields::policies(step, scope)
        .into_iter()
        .map(told)
        .collect()
}

/// A report as JSON text, in which no letter deceives a terminal.
pub fn document(report: &impl Serialize) -> String {
    // Nothing in a report can fail to be JSON: its keys are texts and its numbers are finite.
    let mut text = visible(&serde_json::to_string_pretty(report).unwrap_or_default());
    text.push('\n');
    text
}

/// The same JSON with the characters written as escapes that JSON would allow as they are, but that
/// a terminal would obey.
fn visible(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && deceives(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(letter);
        }
    }
    text
}
