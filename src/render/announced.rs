//! The calls that change something, announced.

use super::Style;
use super::row::Mark;
use super::screen::Dialect;
use super::text::clean;
use crate::cloud::Announced;

/// The list for people, a line a call, in the order in which they are made.
#[must_use]
pub fn announced_text(calls: &[Announced], style: &Style) -> String {
    let mut screen = style.screen(Dialect::Signs);
    let (certain, perhaps): (Vec<_>, Vec<_>) =
        calls.iter().partition(|call| call.only_if.is_none());
    let title = match certain.len() {
        0 => "No call that changes anything.".to_owned(),
        number => format!("Calls that change something: {number}"),
    };
    screen.paragraph(Mark::Blank, &title);
    for call in certain {
        screen.paragraph(Mark::Blank, &format!("  {}", line(call)));
    }
    if !perhaps.is_empty() {
        screen.paragraph(Mark::Blank, "Only if it comes to that:");
    }
    for call in perhaps {
        let case = call.only_if.as_deref().unwrap_or_default();
        screen.paragraph(Mark::Blank, &format!("  {}: {}", line(call), clean(case)));
    }
    screen.paragraph(Mark::Blank, "And calls that read.");
    screen.finish()
}

fn line(call: &Announced) -> String {
    let (operation, on) = (clean(call.operation), clean(&call.on));
    match &call.which {
        Some(which) => format!("{operation} {on} ({})", clean(which)),
        None => format!("{operation} {on}"),
    }
}
