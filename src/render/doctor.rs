//! What the doctor found.

use super::Style;
use super::json::{FORMAT_VERSION, document};
use super::row::Mark as Sign;
use super::screen::{Dialect, Place};
use super::text::{clean, count};
use crate::doctor::{Finding, State};
use crate::resource::Provider;
use serde::Serialize;

/// The findings as text for people.
#[must_use]
pub fn doctor_text(findings: &[Finding], style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let named = |one: &Finding| match one.provider {
        Some(Provider::Google) => format!("google {}", one.what),
        _ => one.what.to_owned(),
    };
    let width = findings.iter().map(|one| named(one).len());
    let width = width.max().unwrap_or(0);
    for one in findings {
        let (sign, word) = match one.state {
            State::Good => (Sign::Blank, "ok"),
            State::Doubtful => (Sign::Changed, "look"),
            State::Bad => (Sign::Removed, "bad"),
        };
        let mut place = Place::after(&format!("{word:<4}  {}", named(one)), width + 8);
        screen.write(&mut place, Sign::Blank, sign, "", &clean(&one.text));
        if let Some(hint) = &one.hint {
            screen.write(&mut place, Sign::Blank, Sign::Blank, "hint: ", &clean(hint));
        }
    }
    screen.gap();
    let number = |state| findings.iter().filter(|one| one.state == state).count();
    let sentence = match (number(State::Bad), number(State::Doubtful)) {
        (0, 0) => "All is well.".to_owned(),
        (0, doubtful) => format!("It works; {} worth a look.", count(doubtful, "thing")),
        (bad, _) => format!("{} in the way.", count(bad, "thing")),
    };
    screen.paragraph(Sign::Blank, &sentence);
    screen.finish()
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    findings: &'a [Finding],
}

/// The findings as JSON.
///
/// # Guarantees
/// The keys, in this order: `format_version` (`"1.0"`), `findings` (`what`, `provider`: `aws` or `google`,
/// where it is of one of them, `state`: `good`, `doubtful` or `bad`, `text`, and `hint` where there is
/// one).
#[must_use]
pub fn doctor_json(findings: &[Finding]) -> String {
    document(&Report {
        format_version: FORMAT_VERSION,
        findings,
    })
}
