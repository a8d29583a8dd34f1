//! The data of a report from a plan, and from what verify found.

use super::super::{access, change, drift_text, fields, step as steps, summary};
use crate::access::{Access, reach};
use crate::cloud::Calls;
use crate::plan::{self, Action, Coverage, Live, Plan};
use crate::render::screen::{Dialect, Screen};
use crate::render::text::clean;
use crate::report::{
    Account, Broken, Checks, Command, Compared, Cost, Counts, Failed, Found, Line, Lint, Place,
    Policy, Reach, Report, Step, Verified,
};
use crate::resource::Scope;
use crate::run::Run;
use crate::verify;
use std::collections::BTreeMap;
use std::time::Duration;

/// Lines of the changes are wrapped here; who shows them scrolls what is wider.
const WIDTH: usize = 100;

/// The report of a run of `command`, that took so long; `tell` makes an account's.
#[must_use]
pub fn report_of<T>(command: Command, run: &Run<T>, tell: impl Fn(&T) -> Account) -> Report {
    let accounts = run
        .accounts
        .iter()
        .map(|told| match (&told.result, &told.account) {
            (Ok(facts), named) => Account {
                name: named.as_ref().map(|named| named.name.clone()),
                ..tell(facts)
            },
            (Err(failed), named) => Account {
                name: named.as_ref().map(|named| named.name.clone()),
                account: named
                    .as_ref()
                    .map_or(String::new(), |named| named.id.clone()),
                region: String::new(),
                project: None,
                regions: Vec::new(),
                found: Found::Failed(Failed {
                    error: failed.message.clone(),
                    hint: failed.hint.clone(),
                }),
                calls: Cost::default(),
            },
        });
    let broken = run.broken.iter().map(|problems| Broken {
        file: clean(problems.name()),
        // They are written by the same names.
        errors: serde_json::from_value(problems.to_json()).unwrap_or_default(),
    });
    Report {
        command,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: None,
        accounts: accounts.collect(),
        broken: broken.collect(),
    }
}

/// What `plan` has to tell, as the report of `command`; `bears` is what the plan does to access, and it
/// all took these calls and this time.
#[must_use]
pub fn compared(
    plan: &Plan,
    bears: &Access,
    command: Command,
    calls: &Calls,
    elapsed: Duration,
) -> Account {
    let places: BTreeMap<&str, &plan::Source> = plan
        .manifests()
        .iter()
        .map(|source| (source.name.as_str(), source))
        .collect();
    let mut aspects = Coverage::default();
    let all = plan.steps.iter().map(|step| {
        let ledger = plan::ledger(step);
        aspects += Coverage::of(&ledger);
        let source = places.get(step.manifest.as_str());
        let place = source.and_then(|source| {
            let place = source.places.get(&step.address)?;
            Some(Place {
                file: source.path.clone(),
                line: place.line,
                column: place.column,
            })
        });
        Step {
            address: step.address.clone(),
            manifest: step.manifest.clone(),
            action: step.action,
            adopt: step.adopt,
            blocked: step.blocked.clone(),
            note: step.note.clone(),
            owner: step.owner.clone(),
            unreadable: step.unreadable.clone(),
            needs: step.needs.clone(),
            ids: step.ids.named.clone(),
            changes: step.changes.clone(),
            access: bears.bearing(&step.address),
            policies: policies(step, &plan.scope),
            ledger,
            diff: diff(step, &plan.scope, command),
            place,
            history: None,
        }
    });
    let all: Vec<Step> = all.collect();
    let tally = summary::Tally::of(plan);
    let compared = Compared {
        manifests: plan.manifests().iter().map(plain).collect(),
        undoes: plan.origin.undo().map(|undo| undo.run.clone()),
        steps: all,
        access: lines(bears, &plan.scope, command),
        summary: Counts {
            actions: plan.summary(),
            unreadable: tally.unreadable,
            blocked: tally.blocked,
            aspects,
        },
        lint: plan::live(plan).into_iter().map(lint).collect(),
        reach: reach(plan, bears)
            .iter()
            .map(|one| Reach {
                who: access::who(&one.line, &plan.scope),
                kind: one.line.kind,
                actions: access::actions(&one.line),
                resources: access::resources(&one.line, &plan.scope),
                condition: access::condition(&one.line),
                live: one.live,
                wanted: one.wanted,
            })
            .collect(),
    };
    let found = Found::Compared(Box::new(compared));
    let regions = plan.regions().into_iter().map(str::to_owned);
    account(&plan.scope, found, Cost::of(calls, elapsed)).in_several(regions.collect())
}

/// The places are those of the resources, and told there.
fn plain(source: &plan::Source) -> plan::Source {
    plan::Source {
        places: BTreeMap::new(),
        ..source.clone()
    }
}

/// What verify found, as a report's data; `files` are those of the manifests, by name.
#[must_use]
pub fn verified(
    reports: &[verify::Report],
    scope: &Scope,
    files: &BTreeMap<String, String>,
    calls: &Calls,
    elapsed: Duration,
) -> Account {
    let verified = Verified {
        manifests: reports.to_vec(),
        summary: Checks::of(reports),
        files: files.clone(),
    };
    account(scope, Found::Tried(verified), Cost::of(calls, elapsed))
}

fn account(scope: &Scope, found: Found, calls: Cost) -> Account {
    Account {
        name: None,
        account: scope.account.clone(),
        region: match scope.account.is_empty() {
            true => String::new(),
            false => scope.region.clone(),
        },
        project: scope.project.clone(),
        regions: Vec::new(),
        found,
        calls,
    }
}

fn lint(live: Live) -> Lint {
    Lint {
        address: live.address,
        document: live.document,
        sid: live.sid,
        id: live.finding.rule.id.to_owned(),
        severity: live.finding.severity,
        path: live.finding.path,
        message: live.finding.message,
        fix: live.finding.fix,
    }
}

/// The lines as they are if the plan is applied; their sentences as the command tells them.
fn lines(bears: &Access, scope: &Scope, command: Command) -> Vec<Line> {
    let as_told = match command {
        Command::Drift => |bears: Access| bears.reversed(),
        _ => |bears: Access| bears,
    };
    let tense = match command {
        Command::Drift => access::Tense::Has,
        _ => access::Tense::Will,
    };
    let line = |line: &crate::access::Line| {
        let alone = Access {
            lines: vec![line.clone()],
        };
        let told = as_told(alone);
        let told = told.lines.first().unwrap_or(line);
        Line {
            who: access::who(line, scope),
            kind: line.kind,
            effect: line.effect,
            actions: line.actions.clone(),
            but_not: line.but.clone(),
            resources: line.resources.clone(),
            condition: line.condition.0.clone(),
            certain: line.is_certain,
            unknown: line.unknown.clone(),
            because: line.because.clone(),
            text: access::sentence(told, scope, tense),
            danger: told.is_dangerous(),
        }
    };
    bears.lines.iter().map(line).collect()
}

/// The policies of a resource that changes, by statement. What comes or goes with its resource is in
/// the changes as a whole.
fn policies(step: &plan::Step, scope: &Scope) -> Vec<Policy> {
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

/// The changes of a step as the lines of a diff, in the direction of the command.
fn diff(step: &plan::Step, scope: &Scope, command: Command) -> Vec<String> {
    let mut screen = Screen::new(Dialect::Diff, false, false, WIDTH);
    let telling = match command {
        Command::Drift => {
            if step.action == Action::Keep {
                return Vec::new();
            }
            if let Some(row) = drift_text::bound_to_the_dead(step, 0) {
                screen.row(&row);
            }
            drift_text::telling(Dialect::Diff, 0, scope)
        }
        _ => steps::telling(Dialect::Diff, 0, scope),
    };
    for row in fields::rows(step, telling) {
        screen.row(&row);
    }
    screen.finish().lines().map(str::to_owned).collect()
}
