//! Two subjects, one above the other, with a mark where they part.

use super::line;
use crate::explain::Closest;
use crate::render::row::Mark;
use crate::render::screen::{Place, Screen};
use crate::render::text::{clean, columns};

/// Where the subjects begin.
const LEFT: usize = 11;
/// What is shown before the first difference where a line has no room for all.
const BEFORE: usize = 24;
/// What stands for what is left out at the front.
const CUT: &str = "...";

/// The closest subject that would match.
pub(super) fn closest(screen: &mut Screen, found: &Closest) {
    let title = match found.suffices {
        true => "The closest subject that would match:",
        false => "The closest subject that would match; more than it stands in the way:",
    };
    screen.paragraph(Mark::Blank, title);
    let shared: String = found.given.chars().take(found.differs_at).collect();
    let at = columns(&clean(&shared));
    let (given, subject) = (clean(&found.given), clean(&found.subject));
    let room = screen.width.saturating_sub(LEFT);
    let longest = columns(&given).max(columns(&subject));
    let from = match longest > room {
        true => at.saturating_sub(BEFORE),
        false => 0,
    };
    let shown = |text: &str| window(text, from, room);
    let mut row = |label: &str, mark: Mark, text: &str| {
        let mut place = Place::after(label, LEFT);
        screen.line(&mut place, mark, mark, text);
    };
    row("  has", Mark::Removed, &shown(&given));
    row("  wants", Mark::Added, &shown(&subject));
    row("", Mark::Blank, &format!("{}^", " ".repeat(at - from)));
    line(screen, 2, Mark::Blank, "", &found.what);
    for remedy in &found.remedies {
        line(screen, 2, Mark::Blank, "> ", remedy);
    }
}

/// The part of a text that begins with the character at `from`, in at most `room` columns.
fn window(text: &str, from: usize, room: usize) -> String {
    let cut = if from == 0 { "" } else { CUT };
    let part: String = text.chars().skip(from + cut.len()).collect();
    let part = format!("{cut}{part}");
    match columns(&part) > room {
        true => {
            let kept: String = part.chars().take(room.saturating_sub(CUT.len())).collect();
            format!("{kept}{CUT}")
        }
        false => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_keeps_its_columns() {
        for (from, room, expected) in [
            (0, 10, "abcdefghij"),
            (0, 8, "abcde..."),
            (3, 10, "...ghij"),
            (3, 6, "......"),
        ] {
            assert_eq!(window("abcdefghij", from, room), expected);
        }
    }
}
