//! Rows laid out in lines.

use super::row::{Body, Element, Mark, Row};
use super::screen::{Dialect, Place, Screen};
use super::text::{columns, flow, one_line, shortened};

/// Values longer than this are cut in the middle unless all is asked for; every description that
/// IAM takes is shorter.
const LONGEST: usize = 1_200;
/// A body that would have less room than this beside its label goes below it.
const NARROWEST: usize = 24;

impl Screen {
    /// One row, in as many lines as it takes.
    pub(super) fn row(&mut self, row: &Row) {
        let mark = self.dialect.mark(row.mark);
        let base = row.indent + columns(mark);
        match &row.body {
            Body::Heading => {
                return self.write(
                    &mut Place::at(row.indent),
                    row.side,
                    row.mark,
                    mark,
                    &row.label,
                );
            }
            Body::Sentence(text) => {
                return self.write(&mut Place::at(row.indent), row.side, row.mark, "", text);
            }
            _ => {}
        }
        let label = format!("{}{mark}{}", " ".repeat(row.indent), row.label);
        let left = (base + row.column).max(columns(&label));
        let is_beside = match self.width.saturating_sub(left) >= NARROWEST {
            true => !self.is_broken(&row.body, left) || self.is_broken(&row.body, base + 2),
            false => self.is_short(&row.body, left),
        };
        if is_beside || row.label.is_empty() {
            self.body(row, Place::after(&label, left));
        } else {
            self.write(
                &mut Place::at(row.indent),
                row.side,
                Mark::Blank,
                mark,
                &row.label,
            );
            self.body(row, Place::at(base + 2));
        }
    }

    /// Whether the body fits on the one line that has its label.
    fn is_short(&self, body: &Body, left: usize) -> bool {
        let room = self.width.saturating_sub(left);
        match body {
            Body::Change { before, after } if self.dialect == Dialect::Signs => {
                columns(before) + columns(after) + 4 <= room
            }
            Body::Change { before, after } => columns(before).max(columns(after)) + 10 <= room,
            Body::Elements(elements) if elements.is_empty() => false,
            Body::Elements(elements) => elements.iter().all(|element| {
                element.values.is_empty()
                    && columns(&element.text) + self.dialect.mark_width() <= room
            }),
            _ => false,
        }
    }

    /// Whether an element without spaces, such as an ARN, would have to be broken here.
    fn is_broken(&self, body: &Body, left: usize) -> bool {
        let room = self.width.saturating_sub(left + self.dialect.mark_width());
        match body {
            Body::Elements(elements) => elements
                .iter()
                .any(|element| !element.text.contains(' ') && columns(&element.text) > room),
            _ => false,
        }
    }

    fn body(&mut self, row: &Row, mut place: Place) {
        let room = self.width.saturating_sub(place.left);
        match &row.body {
            Body::Heading | Body::Sentence(_) => {}
            Body::Context(mark, texts) => {
                let name = self.dialect.mark(*mark);
                let room = room.saturating_sub(columns(name));
                let text = match self.verbose {
                    true => texts.join(", "),
                    false => one_line(texts, room),
                };
                self.write(&mut place, row.side, *mark, name, &text);
            }
            Body::Change { before, after } => self.change(row, place, before, after),
            Body::Elements(elements) if elements.iter().all(Element::is_plain) => {
                let texts: Vec<String> = elements
                    .iter()
                    .map(|element| self.short(&element.text))
                    .collect();
                self.list(row, &mut place, &texts);
            }
            Body::Elements(elements) => {
                for element in elements {
                    self.element(row, &mut place, element);
                }
            }
        }
    }

    fn list(&mut self, row: &Row, place: &mut Place, texts: &[String]) {
        for line in flow(texts, self.width.saturating_sub(place.left)) {
            self.line(place, row.side, Mark::Blank, &line);
        }
    }

    /// A value that becomes another: on one line where there is room, or one above the other.
    fn change(&mut self, row: &Row, mut place: Place, before: &str, after: &str) {
        let (before, after) = (self.short(before), self.short(after));
        match self.dialect {
            Dialect::Signs if self.is_short(&row.body, place.left) => {
                self.line(
                    &mut place,
                    row.side,
                    Mark::Blank,
                    &format!("{before} -> {after}"),
                );
            }
            Dialect::Signs => {
                self.write(&mut place, row.side, Mark::Removed, "- ", &before);
                self.write(&mut place, row.side, Mark::Added, "+ ", &after);
            }
            // What is comes first, then what ought to be.
            Dialect::Words => {
                self.write(&mut place, row.side, Mark::Added, "live:     ", &after);
                self.write(&mut place, row.side, Mark::Removed, "manifest: ", &before);
            }
            Dialect::Diff => {
                let label = place.lead.clone();
                self.write(&mut place, Mark::Removed, Mark::Blank, "", &before);
                place.lead = label;
                self.write(&mut place, Mark::Added, Mark::Blank, "", &after);
            }
        }
    }

    fn element(&mut self, row: &Row, place: &mut Place, element: &Element) {
        let side = element.mark.or(row.side);
        let name = self.dialect.mark(element.mark);
        let text = self.short(&element.text);
        if element.values.is_empty() {
            return self.write(place, side, element.mark, name, &text);
        }
        let all: Vec<&str> = element
            .values
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        let whole = format!("{text} {}", all.join(", "));
        let together = element.values.iter().all(|(mark, _)| *mark == Mark::Blank);
        if together && place.left + columns(name) + columns(&whole) <= self.width {
            return self.write(place, side, element.mark, name, &whole);
        }
        self.write(place, side, element.mark, name, &text);
        let mut below = Place::at(place.left + columns(name) + 2);
        for (mark, value) in &element.values {
            let value = self.short(value);
            self.write(
                &mut below,
                mark.or(side),
                *mark,
                self.dialect.mark(*mark),
                &value,
            );
        }
    }

    fn short(&self, text: &str) -> String {
        shortened(text, if self.verbose { usize::MAX } else { LONGEST })
    }
}
