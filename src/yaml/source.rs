//! A file's text, and positions in it.

/// A file's name and text, for reading and for errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name as errors print it, usually the path as the user typed it.
    pub name: String,
    /// The whole text, as it is in the file: byte-order mark and line ends included.
    pub text: String,
}

/// A byte range in a [`Source`]'s text. An empty span is a position between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
}

/// A position as people count: both numbers start at 1, the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Source {
    /// A source from text that is already in memory, e.g. from standard input.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        Self { name, text }
    }

    /// The text behind `span`; empty when the span is not of this source.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }
}

impl Source {
    /// Where `span` begins; the beginning of the file for none.
    pub fn place(&self, span: Option<Span>) -> Place {
        match span {
            Some(span) => Lines::new(&self.text).place(span.start),
            None => Place { line: 1, column: 1 },
        }
    }

    /// Where each of the spans begins, in one look at the text.
    pub fn places(&self, spans: impl IntoIterator<Item = Span>) -> Vec<Place> {
        let lines = Lines::new(&self.text);
        let begins = spans.into_iter().map(|span| lines.place(span.start));
        begins.collect()
    }
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Whether the span holds no character.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The number of bytes.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }
}

/// Where the lines of a text start, to turn offsets into places without reading the text again.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines; YAML 1.2 (5.4) ends them by LF, CR LF or a lone CR.
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let first = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut starts = vec![first];
        for (index, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
            if ends {
                starts.push(index + 1);
            }
        }
        Self { text, starts }
    }

    /// The place of a byte offset; offsets behind the text count as its end.
    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self.line_of(offset);
        let before = self.text.get(self.starts[line]..self.boundary(offset));
        Place {
            line: line + 1,
            column: before.unwrap_or_default().chars().count() + 1,
        }
    }

    /// The byte range of the line that holds `offset`, without its line end.
    pub(super) fn line(&self, offset: usize) -> Span {
        let line = self.line_of(offset);
        let start = self.starts[line];
        let next = self.starts.get(line + 1).copied();
        let whole = self.text.get(start..next.unwrap_or(self.text.len()));
        let text = whole.unwrap_or_default().trim_end_matches(['\n', '\r']);
        Span::new(start, start + text.len())
    }

    fn line_of(&self, offset: usize) -> usize {
        let behind = self.starts.partition_point(|start| *start <= offset);
        behind.saturating_sub(1)
    }

    /// `offset`, moved back to the start of its character and into the text.
    pub(super) fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: usize) -> (usize, usize) {
        let place = Lines::new(text).place(offset);
        (place.line, place.column)
    }

    #[test]
    fn columns_count_characters_and_not_bytes() {
        assert_eq!(place("a: é\nb: ü x", 10), (2, 4));
        assert_eq!(place("a: é\nb: ü x", 12), (2, 6));
    }

    #[test]
    fn all_three_line_ends_end_a_line() {
        assert_eq!(place("a\r\nb\rc\nd", 3), (2, 1));
        assert_eq!(place("a\r\nb\rc\nd", 5), (3, 1));
        assert_eq!(place("a\r\nb\rc\nd", 7), (4, 1));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(place("\u{feff}a: 1", 3), (1, 1));
        assert_eq!(place("\u{feff}a: 1", 0), (1, 1));
    }

    #[test]
    fn an_offset_in_a_character_or_behind_the_text_does_not_panic() {
        assert_eq!(place("é", 1), (1, 1));
        assert_eq!(place("é", 99), (1, 2));
        assert_eq!(place("", 0), (1, 1));
    }

    #[test]
    fn a_line_comes_without_its_end() {
        let text = "a: 1\r\nb: 2\r\n";
        let lines = Lines::new(text);
        assert_eq!(lines.line(2), Span::new(0, 4));
        assert_eq!(lines.line(8), Span::new(6, 10));
        assert_eq!(lines.line(12), Span::new(12, 12));
    }
}
