//! Lines of a given width, with marks and colours: on a terminal, in the words of a drift report,
//! or as the text of a ```` ```diff ```` block.

use super::row::Mark;
use super::text::{columns, wrap};
use anstyle::{AnsiColor, Style as Paint};

/// How marks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// As `+ ~ -`: what would be done.
    Signs,
    /// As `added: changed: removed:`: what is found.
    Words,
    /// By the first character of the line: what Markdown's `diff` colours.
    Diff,
}

impl Dialect {
    /// How a mark is written before a text.
    pub(super) fn mark(self, mark: Mark) -> &'static str {
        match (self, mark) {
            (_, Mark::Blank) | (Self::Diff, _) => "",
            (Self::Signs, Mark::Added) => "+ ",
            (Self::Signs, Mark::Removed) => "- ",
            (Self::Signs, Mark::Changed) => "~ ",
            (Self::Words, Mark::Added) => "added:   ",
            (Self::Words, Mark::Removed) => "removed: ",
            (Self::Words, Mark::Changed) => "changed: ",
            (Self::Words, Mark::Same) => "same:    ",
            (_, Mark::Same) => "= ",
            (_, Mark::Unknown) => "? ",
        }
    }

    /// How far a mark pushes what is below it to the right.
    pub(super) fn mark_width(self) -> usize {
        columns(self.mark(Mark::Added))
    }
}

/// Where the next line begins: what already stands on it, and the column of the text.
pub(super) struct Place {
    pub(super) lead: String,
    pub(super) left: usize,
}

impl Place {
    /// At a column, with nothing to the left of it.
    pub(super) fn at(left: usize) -> Self {
        Self {
            lead: " ".repeat(left),
            left,
        }
    }

    /// To the right of `label`, in the column `left`.
    pub(super) fn after(label: &str, left: usize) -> Self {
        let gap = left.saturating_sub(columns(label));
        Self {
            lead: format!("{label}{}", " ".repeat(gap)),
            left,
        }
    }
}

/// A page that is being written.
pub(super) struct Screen {
    text: String,
    color: bool,
    pub(super) dialect: Dialect,
    pub(super) verbose: bool,
    pub(super) width: usize,
}

impl Screen {
    pub(super) fn new(dialect: Dialect, color: bool, verbose: bool, width: usize) -> Self {
        Self {
            text: String::new(),
            color,
            dialect,
            verbose,
            width: width.clamp(40, 120),
        }
    }

    /// What was written, as a whole.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A paragraph that begins at the left edge; its further lines are indented.
    pub(super) fn paragraph(&mut self, mark: Mark, text: &str) {
        let mut place = Place::at(0);
        for line in wrap(text, self.width - 2) {
            self.line(&mut place, Mark::Blank, mark, &line);
            place = Place::at(2);
        }
    }

    /// A text with a name or mark before it, in as many lines as it takes, each below the first.
    pub(super) fn write(
        &mut self,
        place: &mut Place,
        side: Mark,
        mark: Mark,
        name: &str,
        text: &str,
    ) {
        let hang = place.left + columns(name);
        for (at, line) in wrap(text, self.width.saturating_sub(hang))
            .iter()
            .enumerate()
        {
            if at == 0 {
                self.line(place, side, mark, &format!("{name}{line}"));
            } else {
                self.line(&mut Place::at(hang), side, mark, line);
            }
        }
    }

    /// One line; only `text` is coloured. The next one begins below it.
    pub(super) fn line(&mut self, place: &mut Place, side: Mark, mark: Mark, text: &str) {
        if self.dialect == Dialect::Diff {
            self.text.push_str(match side {
                Mark::Added => "+ ",
                Mark::Removed => "- ",
                _ => "  ",
            });
        }
        let paint = paint(mark);
        if text.is_empty() {
            self.text.push_str(place.lead.trim_end());
        } else if self.color && paint != Paint::new() {
            self.text
                .push_str(&format!("{}{paint}{text}{paint:#}", place.lead));
        } else {
            self.text.push_str(&place.lead);
            self.text.push_str(text);
        }
        self.text.push('\n');
        place.lead = " ".repeat(place.left);
    }
}

fn paint(mark: Mark) -> Paint {
    match mark {
        Mark::Blank => Paint::new(),
        Mark::Same => Paint::new().dimmed(),
        Mark::Added => AnsiColor::Green.on_default(),
        Mark::Removed => AnsiColor::Red.on_default(),
        Mark::Changed | Mark::Unknown => AnsiColor::Yellow.on_default(),
    }
}
