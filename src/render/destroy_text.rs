//! A plan that removes everything, as text for people.

use super::row::Mark;
use super::screen::Dialect;
use super::text::count;
use super::{Style, access, plan_text, step, summary};
use crate::access::Access;
use crate::cloud::Calls;
use crate::plan::Plan;
use std::time::Duration;

/// The plan as text for people: what would be removed, what stays and why.
#[must_use]
pub fn destroy_text(plan: &Plan, calls: &Calls, elapsed: Duration, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let bears = Access::of(plan);
    screen.paragraph(Mark::Blank, &summary::header(plan));
    for (name, steps) in summary::groups(plan, style.verbose) {
        if let Some(name) = name {
            screen.gap();
            screen.paragraph(Mark::Blank, &name);
        }
        for step in steps {
            screen.gap();
            step::write(&mut screen, step, bears.bearing(&step.address), &plan.scope);
        }
    }
    screen.gap();
    access::section(&mut screen, &bears, &plan.scope, access::Tense::Will);
    plan_text::warnings(&mut screen, plan);
    let stays = match plan.stays().count() {
        0 => String::new(),
        1 => ", 1 stays".to_owned(),
        number => format!(", {number} stay"),
    };
    let comes_to = match plan.summary().delete {
        0 => format!("Nothing is to be removed{stays}."),
        number => format!(
            "Destroy: {} to be removed{stays}.",
            count(number, "resource")
        ),
    };
    screen.paragraph(Mark::Blank, &comes_to);
    if let Some(obstacles) = summary::obstacles(plan) {
        screen.paragraph(Mark::Removed, &obstacles);
    }
    plan_text::end(screen, calls, elapsed)
}
