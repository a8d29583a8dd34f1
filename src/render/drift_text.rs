//! A plan's facts as a drift report: what is, against what the manifest says.

use super::fields::{self, Telling};
use super::report::{self, coverage_line};
use super::row::{Body, Mark, Row};
use super::screen::{Dialect, Screen};
use super::text::clean;
use super::{Style, access, history, live, plan_text, step, summary};
use crate::access::Access;
use crate::cloud::Calls;
use crate::plan::{self, Action, Histories, Plan, Step, Whose};
use crate::policy::Document;
use crate::resource::{Resource, Scope};
use std::time::Duration;

/// The same facts as a drift report: what is, against what the manifest says.
///
/// What could not be read is listed apart: it is neither in sync nor different. Of what is in `histories`
/// it is told who has changed it.
#[must_use]
pub fn drift_text(
    plan: &Plan,
    histories: &Histories,
    calls: &Calls,
    elapsed: Duration,
    style: &Style,
) -> String {
    let mut screen = style.screen(Dialect::Words);
    screen.paragraph(Mark::Blank, &summary::header(plan));
    for (name, steps) in summary::groups(plan, style.verbose) {
        let told: Vec<&Step> = steps
            .into_iter()
            .filter(|step| style.verbose || step.action != Action::Keep)
            .collect();
        if told.is_empty() {
            continue;
        }
        if let Some(name) = name {
            screen.gap();
            screen.paragraph(Mark::Blank, &name);
        }
        let mut was_brief = false;
        for step in told {
            let is_brief = step.action != Action::Update && histories.is_empty();
            if !(was_brief && is_brief) {
                screen.gap();
            }
            write(&mut screen, step, histories, &plan.scope);
            was_brief = is_brief;
        }
    }
    screen.gap();
    let bears = Access::of(plan).reversed();
    access::section(&mut screen, &bears, &plan.scope, access::Tense::Has);
    gaps(&mut screen, plan);
    for gap in history::gaps(histories.values()) {
        screen.paragraph(Mark::Unknown, &format!("{gap}."));
        screen.gap();
    }
    plan_text::warnings(&mut screen, plan);
    live::write(&mut screen, plan);
    if plan.steps.iter().any(|step| step.action == Action::Update) {
        let legend = "added: live but not in the manifest; removed: in the manifest but not live";
        screen.paragraph(Mark::Same, legend);
        screen.gap();
    }
    screen.paragraph(Mark::Blank, &summary::drifted(plan, &summary::say(plan)));
    screen.paragraph(Mark::Blank, &coverage_line(plan::coverage(plan)));
    plan_text::end(screen, calls, elapsed)
}

/// What a report says of a step.
pub(super) fn state(step: &Step) -> &'static str {
    match step.action {
        Action::Create => "missing",
        Action::Update => "differs from the manifest",
        Action::Delete => "unwanted, still there",
        Action::Keep if !step.unreadable.is_empty() => "could not be read",
        Action::Keep => "as the manifest says",
    }
}

/// How a report tells changes: from what is wanted to what there is.
pub(super) fn telling(dialect: Dialect, indent: usize, scope: &Scope) -> Telling<'_> {
    Telling {
        backwards: true,
        ..step::telling(dialect, indent, scope)
    }
}

/// That a document is bound to somebody who was deleted, which its text alone may not show.
pub(super) fn bound_to_the_dead(step: &Step, indent: usize) -> Option<Row> {
    let documents = step.have.as_ref().and_then(Resource::principals);
    let mut ids = documents
        .map(Document::ids_of_principals)
        .into_iter()
        .flatten();
    let is_former = |id| matches!(step.ids.named.get(id), Some(Whose::Former(_)));
    let told = step.again || ids.any(is_former);
    told.then(|| {
        let text = "bound to an identity that was deleted: it does not hold for another one of \
                    that name until it is written again";
        Row::new(indent, "", Body::Sentence(text.to_owned()))
    })
}

fn write(screen: &mut Screen, step: &Step, histories: &Histories, scope: &Scope) {
    let heading = format!("{}  {}", clean(step.address.as_str()), state(step));
    screen.row(&Row::new(2, heading, Body::Heading));
    if let Some(row) = bound_to_the_dead(step, 6) {
        screen.row(&row);
    }
    if step.action == Action::Update {
        for row in fields::rows(step, telling(screen.dialect, 6, scope)) {
            screen.row(&row);
        }
    }
    let history = histories.get(&step.address);
    for line in history.map(history::lines).unwrap_or_default() {
        screen.row(&Row::new(6, "", Body::Sentence(line)));
    }
    if screen.verbose {
        report::ledger(screen, &plan::ledger(step));
    }
}

fn gaps(screen: &mut Screen, plan: &Plan) {
    let mut unread = plan
        .steps
        .iter()
        .filter(|step| !step.unreadable.is_empty())
        .peekable();
    if unread.peek().is_none() {
        return;
    }
    screen.paragraph(Mark::Unknown, "Could not tell:");
    for step in unread {
        screen.row(&Row::new(2, clean(step.address.as_str()), Body::Heading));
        for gap in &step.unreadable {
            screen.row(&Row::new(6, "", Body::Sentence(step::gap(gap))));
            if screen.verbose && !gap.permission.is_empty() {
                let answer = format!("the answer was: {}", clean(&gap.error));
                screen.row(&Row::new(6, "", Body::Sentence(answer)));
            }
        }
    }
    screen.gap();
}
