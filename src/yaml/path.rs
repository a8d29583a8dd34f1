//! Where something is in a tree: `roles.deploy.trust`, `grants[2].allow[0]`.

use std::fmt;
use std::str::FromStr;

use super::node::{Kind, Node};
use super::source::Span;

/// One step down in a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Into a map, by key.
    Key(String),
    /// Into a list, counted from 0.
    Index(usize),
}

/// The way from the root to a node. Displayed as `grants[2].allow[0]`; a key with other characters
/// than letters, digits, `_` and `-` is quoted: `buckets."logs.example.com"`. The root is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path {
    segments: Vec<Segment>,
}

impl Path {
    /// The path of the root.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path and a key more.
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut child = self.clone();
        child.push(Segment::Key(key.into()));
        child
    }

    /// This path and a list index more.
    pub fn index(&self, index: usize) -> Self {
        let mut child = self.clone();
        child.push(Segment::Index(index));
        child
    }

    /// Goes one step down in place.
    pub fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    /// Goes one step up in place; gives the step that is gone.
    pub fn pop(&mut self) -> Option<Segment> {
        self.segments.pop()
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Key(key) => {
                    if position > 0 {
                        formatter.write_str(".")?;
                    }
                    write_key(formatter, key)?;
                }
            }
        }
        Ok(())
    }
}

fn write_key(formatter: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let bare = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    if !key.is_empty() && key.chars().all(bare) {
        return formatter.write_str(key);
    }
    let escaped = key.replace('\\', "\\\\").replace('"', "\\\"");
    write!(formatter, "\"{escaped}\"")
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPath(String);

impl fmt::Display for NotAPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} is not a path such as `grants[2].allow[0]`",
            super::visible::shown(&self.0)
        )
    }
}

impl std::error::Error for NotAPath {}

impl FromStr for Path {
    type Err = NotAPath;

    /// Reads what Display writes.
    fn from_str(text: &str) -> Result<Self, NotAPath> {
        let mut path = Path::root();
        let mut rest = text;
        while !rest.is_empty() {
            let first = path.segments.is_empty();
            let (segment, behind) =
                segment(rest, first).ok_or_else(|| NotAPath(text.to_owned()))?;
            path.push(segment);
            rest = behind;
        }
        Ok(path)
    }
}

fn segment(text: &str, first: bool) -> Option<(Segment, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (digits, behind) = rest.split_once(']')?;
        return Some((Segment::Index(digits.parse().ok()?), behind));
    }
    let text = if first { text } else { text.strip_prefix('.')? };
    if let Some(rest) = text.strip_prefix('"') {
        return quoted_key(rest);
    }
    let end = text.find(['.', '[', ']', '"']).unwrap_or(text.len());
    let (key, behind) = text.split_at(end);
    (!key.is_empty()).then(|| (Segment::Key(key.to_owned()), behind))
}

fn quoted_key(text: &str) -> Option<(Segment, &str)> {
    let mut key = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((Segment::Key(key), &text[at + 1..])),
            '\\' => key.push(letters.next()?.1),
            other => key.push(other),
        }
    }
    None
}

/// The place in the text of what `path` names, or of its nearest ancestor that exists: the value
/// when it is a scalar, else the key that holds it. `None` when `path` is not a path.
pub fn find(node: &Node, path: &str) -> Option<Span> {
    Some(node.locate(&path.parse().ok()?))
}

impl Node {
    /// Like [`find`], for a path that is one already.
    pub fn locate(&self, path: &Path) -> Span {
        let mut node = self;
        let mut place = self.head();
        for segment in &path.segments {
            match (segment, &node.kind) {
                (Segment::Key(wanted), Kind::Map(entries)) => {
                    let Some((key, value)) = entries.iter().find(|(key, _)| key.text == *wanted)
                    else {
                        break;
                    };
                    place = value.place(key.span);
                    node = value;
                }
                (Segment::Index(index), Kind::List(items)) => {
                    let Some(item) = items.get(*index) else {
                        break;
                    };
                    place = item.place(item.head());
                    node = item;
                }
                _ => break,
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse::parse, source::Source};
    use super::*;

    #[test]
    fn a_path_is_read_as_it_is_written() {
        let awkward = Path::root()
            .key("a")
            .key("x.y")
            .index(3)
            .index(0)
            .key("q\"\\")
            .key("")
            .key("é-_1");
        assert_eq!(awkward.to_string(), r#"a."x.y"[3][0]."q\"\\"."".é-_1"#);
        for path in [
            awkward,
            Path::root(),
            Path::root().index(1).key("arn:aws:s3:::b/*"),
        ] {
            assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "a..b", ".a", "a.", "a[x]", "a[1", "a]", "\"a", "a\"b\"", "[1]b", "a[-1]",
        ] {
            assert!(text.parse::<Path>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_place_of_a_path_is_its_value_or_its_key() {
        let text =
            "roles:\n  deploy:\n    allow: [read, write]\n    max: 30\n\"x.y\":\n  - a: 1\n  -\n";
        let node = parse(&Source::new("m", text)).unwrap();
        for (path, shown, reason) in [
            ("roles.deploy.max", "30", "a scalar is shown itself"),
            ("roles.deploy", "deploy", "a map is shown by its key"),
            ("roles.deploy.allow", "allow", "a list is shown by its key"),
            (
                "roles.deploy.allow[1]",
                "write",
                "an item that is a scalar is shown itself",
            ),
            (
                "roles.deploy.trust.github.branch",
                "deploy",
                "what is missing is shown at its parent",
            ),
            (
                "roles.deploy.allow[7]",
                "allow",
                "an index behind the end is shown at the list",
            ),
            (
                "roles.deploy.max.x",
                "30",
                "below a scalar there is nothing",
            ),
            ("\"x.y\"[0].a", "1", "quoted keys are found"),
            (
                "\"x.y\"[0]",
                "a",
                "an item that is a map is shown by its first key",
            ),
            ("", "roles", "the root is shown by its first key"),
        ] {
            let span = find(&node, path).unwrap();
            assert_eq!(&text[span.start..span.end], shown, "{path}: {reason}");
        }
        assert_eq!(find(&node, "a..b"), None);
    }
}
