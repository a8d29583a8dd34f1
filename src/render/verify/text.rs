//! For people.

use super::groups::rows;
use super::{findings, left, notes, proof, summary};
use crate::cloud::Calls;
use crate::render::Style;
use crate::render::row::Mark;
use crate::render::screen::{Dialect, Place};
use crate::render::summary::calls as cost;
use crate::render::text::clean;
use crate::resource::Scope;
use crate::verify::{Report, Tried, Verdict};
use std::time::Duration;

/// Where the columns of a row begin.
const PLACE: usize = 24;
const OPERATIONS: usize = 44;

/// The reports as text, in lines of the style's width.
#[must_use]
pub fn verify_text(
    reports: &[Report],
    scope: &Scope,
    calls: &Calls,
    elapsed: Duration,
    style: &Style,
) -> String {
    let mut screen = style.screen(Dialect::Signs);
    for report in reports {
        let header = format!("{} in {}", clean(&report.manifest), clean(&scope.place()));
        screen.paragraph(Mark::Blank, &header);
        for text in notes(report) {
            screen.paragraph(Mark::Changed, &text);
        }
        for tried in &report.principals {
            screen.gap();
            principal(&mut screen, tried);
        }
        let wrong = findings(report);
        if !wrong.is_empty() {
            screen.gap();
            screen.paragraph(Mark::Blank, "Not as promised:");
        }
        for text in wrong {
            screen.write(&mut Place::at(2), Mark::Blank, Mark::Removed, "", &text);
        }
        if let Some(text) = left(report) {
            screen.gap();
            for line in text.lines() {
                screen.paragraph(Mark::Blank, line);
            }
        }
        screen.gap();
    }
    screen.paragraph(Mark::Blank, &summary(reports));
    screen.paragraph(Mark::Blank, &cost(calls, elapsed));
    screen.finish()
}

fn principal(screen: &mut crate::render::screen::Screen, tried: &Tried) {
    screen.paragraph(Mark::Blank, &clean(&tried.principal));
    let how = match tried.tried {
        true => format!("tried with {}", clean(&tried.how)),
        false => format!("not tried: {}", clean(&tried.how)),
    };
    screen.write(&mut Place::at(2), Mark::Blank, Mark::Blank, "", &how);
    if let Some(problem) = &tried.problem {
        let problem = clean(problem);
        screen.write(
            &mut Place::at(2),
            Mark::Blank,
            Mark::Removed,
            "! ",
            &problem,
        );
    }
    let mut said = None;
    for row in rows(tried) {
        if said.map(|(proof, _)| proof) != Some(row.proof) {
            let title = format!("{}:", proof(row.proof));
            screen.write(&mut Place::at(2), Mark::Blank, Mark::Blank, "", &title);
            said = Some((row.proof, None));
        }
        let verdict = match said {
            Some((_, Some(verdict))) if verdict == row.verdict => "",
            _ => row.verdict.text(),
        };
        said = Some((row.proof, Some(row.verdict)));
        let mark = match row.verdict {
            verdict if verdict.is_wrong() => Mark::Removed,
            Verdict::NotKnown => Mark::Unknown,
            _ => Mark::Blank,
        };
        let place = clean(&row.place);
        // The longest of the verdicts has no room beside it, and a long folder none either.
        let mut label = format!("    {verdict}");
        if label.len() >= PLACE {
            screen.line(&mut Place::at(0), Mark::Blank, mark, &label);
            label = String::new();
        }
        let label = format!("{label:<PLACE$}");
        let operations = row.operations.join(", ");
        if PLACE + place.chars().count() + 2 > OPERATIONS {
            let mut at = Place::after(&label, PLACE);
            screen.write(&mut at, Mark::Blank, mark, "", &place);
            screen.write(
                &mut Place::at(OPERATIONS),
                Mark::Blank,
                mark,
                "",
                &operations,
            );
        } else {
            let mut at = Place::after(&format!("{label}{place}"), OPERATIONS);
            screen.write(&mut at, Mark::Blank, mark, "", &operations);
        }
        if tried.tried && (screen.verbose || row.verdict == Verdict::NotKnown) {
            for check in row.checks {
                if let Some(detail) = &check.detail {
                    let text = format!("{}: {}", check.operation.text(), clean(detail));
                    screen.write(&mut Place::at(PLACE), Mark::Blank, Mark::Same, "", &text);
                }
            }
        }
    }
}
