//! The pieces of a scalar: text, and `${…}` of every sort.

/// A piece of a scalar.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// Text to keep, policy variables and `${{` included; of `$${` the `${`.
    Text(&'a str),
    /// The name of an input.
    Name(&'a str),
    /// Between `${` and `}`, and no name.
    Wrong(&'a str),
    /// From `${` to the end of the scalar.
    Unclosed(&'a str),
}

/// The pieces of a scalar, each with its offset in the scalar.
pub(super) struct Parts<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    fn piece(&self) -> (usize, Part<'a>) {
        let rest = &self.text[self.offset..];
        if rest.starts_with("$${") {
            return (3, Part::Text(&rest[1..3]));
        }
        let Some(inner) = rest.strip_prefix("${") else {
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(at, _)| starts(&rest[*at..]));
            let end = end.map_or(rest.len(), |(at, _)| at);
            return (end, Part::Text(&rest[..end]));
        };
        // An expression of GitHub Actions: only its opening is kept, so that inputs in it are filled.
        if inner.starts_with('{') {
            return (3, Part::Text(&rest[..3]));
        }
        let Some(end) = inner.find('}') else {
            return (rest.len(), Part::Unclosed(rest));
        };
        let name = &inner[..end];
        let part = if name.contains("${") {
            Part::Unclosed(&rest[..end + 2])
        } else if name.contains(':') || matches!(name, "*" | "?" | "$") {
            Part::Text(&rest[..end + 3])
        } else if is_name(name) {
            Part::Name(name)
        } else {
            Part::Wrong(name)
        };
        (end + 3, part)
    }
}

fn starts(text: &str) -> bool {
    text.starts_with("${") || text.starts_with("$${")
}

/// Whether `text` can be the name of an input.
pub(super) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_');
    first && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
}

impl<'a> Iterator for Parts<'a> {
    type Item = (usize, Part<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.offset >= self.text.len() {
            return None;
        }
        let start = self.offset;
        let (length, part) = self.piece();
        self.offset += length;
        Some((start, part))
    }
}
