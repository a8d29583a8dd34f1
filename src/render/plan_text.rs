//! A plan as text for people.

use super::row::Mark;
use super::screen::{Dialect, Screen};
use super::text::clean;
use super::{Style, access, step, summary};
use crate::access::Access;
use crate::cloud::Calls;
use crate::plan::Plan;
use std::time::Duration;

/// The plan as text for people: what would be done.
///
/// Steps that change nothing are counted and not shown, unless all is asked for. The last line says
/// what the plan has cost.
#[must_use]
pub fn plan_text(plan: &Plan, calls: &Calls, elapsed: Duration, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let bears = Access::of(plan);
    screen.paragraph(Mark::Blank, &summary::header(plan));
    for (name, steps) in summary::groups(plan, style.verbose) {
        if let Some(name) = name {
            screen.gap();
            screen.paragraph(Mark::Blank, &name);
        }
        let mut was_brief = false;
        for step in steps {
            let is_brief = step::is_brief(step);
            if !(was_brief && is_brief) {
                screen.gap();
            }
            step::write(&mut screen, step, bears.bearing(&step.address), &plan.scope);
            was_brief = is_brief;
        }
    }
    screen.gap();
    access::section(&mut screen, &bears, &plan.scope, access::Tense::Will);
    warnings(&mut screen, plan);
    screen.paragraph(Mark::Blank, &summary::planned(plan, &summary::say(plan)));
    if let Some(obstacles) = summary::obstacles(plan) {
        screen.paragraph(Mark::Removed, &obstacles);
    }
    if let Some(adoptions) = summary::adoptions(plan) {
        screen.paragraph(Mark::Changed, &adoptions);
    }
    end(screen, calls, elapsed)
}

/// What is likely to be a mistake: inputs that were left as the example has them.
pub(super) fn warnings(screen: &mut Screen, plan: &Plan) {
    for (what, remedy) in summary::examples(plan) {
        screen.paragraph(Mark::Changed, &format!("Warning: {what}."));
        screen.paragraph(Mark::Blank, &format!("  {remedy}"));
        screen.gap();
    }
}

/// The last lines: what it has cost.
pub(super) fn end(mut screen: Screen, calls: &Calls, elapsed: Duration) -> String {
    screen.paragraph(Mark::Blank, &summary::calls(calls, elapsed));
    if screen.verbose {
        for (operation, number) in &calls.by_operation {
            screen.paragraph(Mark::Same, &format!("  {number:>4} {}", clean(operation)));
        }
    }
    screen.finish()
}
