//! For people.

use super::closest::closest;
use super::statements::statement;
use super::{line, sign, word};
use crate::cloud::Calls;
use crate::explain::{Access, Answer, Gap, Step, TakeRole};
use crate::policy::evaluate::{Layers, Together};
use crate::render::Style;
use crate::render::row::Mark;
use crate::render::screen::{Dialect, Screen};
use crate::render::summary::calls as cost;
use crate::render::text::clean;
use std::time::Duration;

/// Why a workflow may or may not take a role, in lines of the style's width.
#[must_use]
pub fn take_role_text(
    report: &TakeRole,
    calls: &Calls,
    elapsed: Duration,
    style: &Style,
) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let header = format!("To take {}: {}", clean(&report.role), word(report.answer));
    screen.paragraph(mark(report.answer), &header);
    if let Some(error) = &report.error {
        line(&mut screen, 2, Mark::Blank, "AWS says: ", error);
    }
    screen.gap();
    screen.paragraph(Mark::Blank, "Who asks:");
    let identity = &report.identity;
    let mut row = |label: &str, text: &str| {
        line(&mut screen, 2, Mark::Blank, &format!("{label:<10}"), text);
    };
    row("issuer", &identity.issuer);
    let audiences = match identity.audiences.is_empty() {
        true => "(none)".to_owned(),
        false => identity.audiences.join(", "),
    };
    row("audience", &audiences);
    row("subject", identity.subject.as_deref().unwrap_or("(none)"));
    for note in &identity.notes {
        line(&mut screen, 2, Mark::Changed, "! ", note);
    }
    steps(&mut screen, &report.steps);
    for trace in &report.statements {
        screen.gap();
        statement(&mut screen, trace);
    }
    if let Some(found) = &report.closest {
        screen.gap();
        closest(&mut screen, found);
    }
    if !report.hints.is_empty() {
        screen.gap();
        screen.paragraph(Mark::Blank, "Beside:");
        for hint in &report.hints {
            line(&mut screen, 2, Mark::Blank, "> ", hint);
        }
    }
    unreadable(&mut screen, &report.unreadable);
    finish(screen, calls, elapsed)
}

/// Why somebody may or may not do something, in lines of the style's width.
#[must_use]
pub fn access_text(report: &Access, calls: &Calls, elapsed: Duration, style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let answer = word(report.answer);
    let header = format!("{}: {answer}", clean(&report.action));
    screen.paragraph(mark(report.answer), &header);
    line(&mut screen, 2, Mark::Blank, "to  ", &report.principal);
    line(&mut screen, 2, Mark::Blank, "on  ", &report.resource);
    for note in &report.notes {
        line(&mut screen, 2, Mark::Blank, "! ", note);
    }
    steps(&mut screen, &report.steps);
    if let Some(found) = &report.layers {
        screen.gap();
        layers(&mut screen, found);
    }
    let shown = |places: &[usize]| -> Vec<_> {
        let each = places.iter().filter_map(|at| report.statements.get(*at));
        each.collect()
    };
    let mut list = |title: &str, traces: Vec<_>| {
        if !traces.is_empty() {
            screen.gap();
            screen.paragraph(Mark::Blank, title);
        }
        for trace in traces {
            screen.gap();
            statement(&mut screen, trace);
        }
    };
    if style.verbose {
        list("All statements:", report.statements.iter().collect());
    } else {
        list("What decides:", shown(&report.deciding));
        list("What comes nearest to allowing it:", shown(&report.nearest));
    }
    unreadable(&mut screen, &report.unreadable);
    finish(screen, calls, elapsed)
}

fn mark(answer: Answer) -> Mark {
    match answer {
        Answer::Allowed => Mark::Added,
        Answer::Denied => Mark::Removed,
        Answer::Unknown => Mark::Unknown,
    }
}

fn steps(screen: &mut Screen, steps: &[Step]) {
    screen.gap();
    screen.paragraph(Mark::Blank, "What AWS looks at, in this order:");
    for step in steps {
        let (label, mark) = sign(step.outcome);
        line(screen, 2, mark, label, &step.text);
        if let Some(hint) = &step.hint {
            line(screen, 7, Mark::Blank, "> ", hint);
        }
    }
}

/// Which kinds of policy allow it.
fn layers(screen: &mut Screen, layers: &Layers) {
    let title = match layers.together {
        Together::ResourceAlone => "The resource's policy has to allow it. Whether it does:",
        Together::Either => {
            "The caller's own policies or the resource's have to allow it. Whether they do:"
        }
        Together::ResourceFirst => {
            "The resource's policy has to allow it, or leave it to the caller's own. Whether they \
             do:"
        }
        Together::Both => "Between accounts both sides have to allow it. Whether they do:",
    };
    screen.paragraph(Mark::Blank, title);
    let rows = [
        ("the caller's own policies", layers.identity),
        ("the permissions boundary", layers.boundary),
        ("the session's policy", layers.session),
        ("the resource's policy", layers.resource),
    ];
    for (name, allows) in rows {
        let says = match allows {
            Some(true) => "yes",
            Some(false) => "no",
            None => continue,
        };
        line(screen, 2, Mark::Blank, &format!("{name:<27}"), says);
    }
}

fn unreadable(screen: &mut Screen, gaps: &[Gap]) {
    if gaps.is_empty() {
        return;
    }
    screen.gap();
    screen.paragraph(Mark::Blank, "Could not be read:");
    for gap in gaps {
        let allow = match gap.permission.is_empty() {
            true => gap.error.clone(),
            false => format!("allow {} on {}", gap.permission, gap.on),
        };
        let text = format!("{}: {allow}", gap.what);
        line(screen, 2, Mark::Unknown, "", &text);
    }
}

fn finish(mut screen: Screen, calls: &Calls, elapsed: Duration) -> String {
    screen.gap();
    screen.paragraph(Mark::Blank, &cost(calls, elapsed));
    screen.finish()
}
