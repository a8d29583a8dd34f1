//! Statements, condition by condition.

use super::{line, sign};
use crate::explain::Outcome;
use crate::policy::Effect;
use crate::policy::evaluate::{ConditionTrace, StatementTrace};
use crate::render::row::Mark;
use crate::render::screen::Screen;
use crate::render::text::{clean, quoted};

/// One statement: what it asks for, and whether the request has it.
pub(super) fn statement(screen: &mut Screen, trace: &StatementTrace) {
    let effect = match trace.statement.effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    };
    let applies = match (trace.applies, trace.missed()) {
        (true, _) => "applies".to_owned(),
        (false, 0) => "is left out: an account's root may always do this".to_owned(),
        (false, _) => "does not apply".to_owned(),
    };
    let name = clean(&trace.statement.to_string());
    screen.paragraph(Mark::Blank, &format!("{name} ({effect}) {applies}"));
    for element in &trace.elements {
        let (label, mark) = sign(outcome(element.met));
        let label = format!("{label}{:<13}", element.element);
        let written = match element.written.is_empty() {
            true => "(none is written)".to_owned(),
            false => listed(&element.written),
        };
        line(screen, 2, mark, &label, &written);
    }
    for one in &trace.conditions {
        condition(screen, one);
    }
}

fn condition(screen: &mut Screen, condition: &ConditionTrace) {
    let (label, mark) = sign(outcome(condition.met));
    let test = format!("{} {}", condition.operator, condition.key);
    line(screen, 2, mark, label, &test);
    if condition.met && condition.actual.as_ref() == Some(&condition.expected) {
        line(screen, 7, mark, "is     ", &listed(&condition.expected));
        return;
    }
    let wants = either(&condition.expected);
    line(screen, 7, Mark::Blank, "wants  ", &wants);
    let has = match &condition.actual {
        Some(values) => listed(values),
        None => "(nothing: the request does not have the key)".to_owned(),
    };
    line(screen, 7, mark, "has    ", &has);
    let absent = "the request does not have the key";
    let note = condition.note.as_deref().filter(|note| *note != absent);
    if let Some(note) = note {
        line(screen, 7, Mark::Blank, "       ", note);
    }
}

fn outcome(met: bool) -> Outcome {
    match met {
        true => Outcome::Met,
        false => Outcome::Failed,
    }
}

fn listed(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    values.join(", ")
}

fn either(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    values.join(" or ")
}
