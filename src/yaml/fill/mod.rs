//! Inputs: `${name}` in the tree becomes its value.
//!
//! The tree is filled and not the text, so a value can never add a key, a list or a comment. It is
//! one pass: what a value brings is not read again.

mod parts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::limits::{MAX_PROBLEMS, MAX_TEXT};
use super::nearest::{listed, nearest};
use super::node::{Key, Kind, Node};
use super::path::{Path, Segment};
use super::problem::Problem;
use super::source::Span;
use super::visible::shown;
use parts::{Part, Parts, is_name};

/// Replaces `${name}` in every scalar and every map key of the tree by its value.
///
/// - A scalar that is exactly one `${name}` counts as unquoted, so that an integer field can be
///   filled, even where YAML wants quotes around it (inside of `[ ]` and `{ }`); a scalar that is
///   put together is text. A null never comes of it.
/// - `$${` is a literal `${`.
/// - `${{` opens an expression of GitHub Actions and stays; what is in it is filled as anywhere,
///   <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>.
/// - IAM policy variables stay as they are: `${*}`, `${?}`, `${$}`, and all with a colon
///   (`${aws:username}`), <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.
///
/// Problems: an unknown name (with the nearest known one), an unclosed `${`, a name that is none,
/// keys that become equal or empty, and growth over [`MAX_TEXT`] bytes.
pub fn fill(node: &mut Node, values: &BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let limit = problems.len() + MAX_PROBLEMS;
    let filler = Filler {
        values,
        problems,
        path: Path::root(),
        room: MAX_TEXT,
        limit,
    };
    filler.run(node);
}

/// The names of inputs that the tree uses, escapes and policy variables left out.
pub fn names(node: &Node) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(node, &mut names);
    names
}

/// `text` with the names of `replacements` replaced, all else as it is written, escapes too. What a
/// replacement brings is for [`fill`] to read.
pub fn rewrite(text: &str, replacements: &BTreeMap<String, String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut parts = Parts::new(text).peekable();
    while let Some((start, part)) = parts.next() {
        let end = parts.peek().map_or(text.len(), |(next, _)| *next);
        let replaced = match part {
            Part::Name(name) => replacements.get(name).map(String::as_str),
            _ => None,
        };
        written.push_str(replaced.unwrap_or(&text[start..end]));
    }
    written
}

fn collect(node: &Node, names: &mut BTreeSet<String>) {
    let mut read = |text: &str| {
        for (_, part) in Parts::new(text) {
            if let Part::Name(name) = part {
                names.insert(name.to_owned());
            }
        }
    };
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar { text, .. } => read(text),
        Kind::List(items) => items.iter().for_each(|item| collect(item, names)),
        Kind::Map(entries) => {
            entries.iter().for_each(|(key, _)| read(&key.text));
            entries.iter().for_each(|(_, value)| collect(value, names));
        }
    }
}

struct Filler<'a> {
    values: &'a BTreeMap<String, String>,
    problems: &'a mut Vec<Problem>,
    path: Path,
    /// How many bytes the tree may still grow by.
    room: usize,
    /// How many problems there may be in all.
    limit: usize,
}

impl Filler<'_> {
    fn run(mut self, node: &mut Node) {
        self.node(node);
    }

    fn node(&mut self, node: &mut Node) {
        match &mut node.kind {
            Kind::Null => {}
            Kind::Scalar { text, quoted } => {
                let whole = matches!(Parts::new(text).next(), Some((0, Part::Name(name))) if name.len() + 3 == text.len());
                if let Some(filled) = self.text(text, *quoted, node.span) {
                    *text = filled;
                    *quoted = !whole;
                }
            }
            Kind::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.node(item);
                    self.path.pop();
                }
            }
            Kind::Map(entries) => {
                let mut changed = false;
                for (key, value) in entries.iter_mut() {
                    self.path.push(Segment::Key(key.text.clone()));
                    let quoted = key.span.len() != key.text.len();
                    if let Some(filled) = self.text(&key.text, quoted, key.span) {
                        changed = true;
                        if filled.is_empty() {
                            let message = format!("the key {} becomes empty", shown(&key.text));
                            let problem = Problem::new(message).at(key.span);
                            self.problem(problem.fix("give the input a value"));
                        }
                        key.text = filled;
                    }
                    self.node(value);
                    self.path.pop();
                }
                if changed {
                    self.twice(entries);
                }
            }
        }
    }

    /// The filled text; `None` when there is nothing to replace, or a problem is in the way.
    fn text(&mut self, text: &str, quoted: bool, span: Span) -> Option<String> {
        if !text.contains("${") || self.problems.len() >= self.limit {
            return None;
        }
        let mut filled = String::with_capacity(text.len());
        let mut good = true;
        for (offset, part) in Parts::new(text) {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Name(name) => match self.values.get(name) {
                    Some(value) if self.room < value.len() => {
                        self.grown(span);
                        return None;
                    }
                    Some(value) => {
                        self.room -= value.len();
                        filled.push_str(value);
                    }
                    None => {
                        let at = within(span, text, quoted, offset, name.len() + 3);
                        self.unknown(name, at);
                        good = false;
                    }
                },
                Part::Wrong(name) => {
                    let at = within(span, text, quoted, offset, name.len() + 3);
                    let problem = Problem::new(format!("{} is no name of an input", shown(name)));
                    let trimmed = name.trim();
                    self.problem(problem.at(at).fix(if is_name(trimmed) {
                        format!("write `${{{trimmed}}}`")
                    } else {
                        "a name has letters, digits, `_` and `-`; a literal `${` is written `$${`"
                            .to_owned()
                    }));
                    good = false;
                }
                Part::Unclosed(part) => {
                    let at = within(span, text, quoted, offset, part.len());
                    let problem = Problem::new("this `${` is not closed").at(at);
                    self.problem(problem.fix("write `${name}`; a literal `${` is written `$${`"));
                    good = false;
                }
            }
        }
        good.then_some(filled)
    }

    fn unknown(&mut self, name: &str, at: Span) {
        let known = self.values.keys().map(String::as_str);
        let fix = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean `${{{near}}}`?"),
            None if self.values.is_empty() => {
                "there are no inputs; a literal `${` is written `$${`".to_owned()
            }
            None => format!(
                "the inputs are {}; a literal `${{` is written `$${{`",
                listed(known)
            ),
        };
        self.problem(
            Problem::new(format!("there is no input {}", shown(name)))
                .at(at)
                .fix(fix),
        );
    }

    fn grown(&mut self, span: Span) {
        let limit = MAX_TEXT / 1024 / 1024;
        let problem = Problem::new(format!(
            "the inputs' values add more than {limit} MiB to the manifest"
        ));
        self.problem(problem.at(span).fix("use shorter values"));
        // Nothing fits from here on, and saying so once is enough.
        self.limit = 0;
    }

    fn twice(&mut self, entries: &[(Key, Node)]) {
        let mut seen: HashMap<&str, ()> = HashMap::with_capacity(entries.len());
        for (key, _) in entries {
            if seen.insert(&key.text, ()).is_some() {
                let message = format!(
                    "two keys of this map become {} when the inputs are filled in",
                    shown(&key.text)
                );
                self.problem(
                    Problem::new(message)
                        .at(key.span)
                        .fix("give the inputs different values"),
                );
            }
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem.path(&self.path));
    }
}

/// The place of a part of a scalar: exact when the text stands in the file as it is, plain or
/// between two quotes; else (escapes, several lines) the whole scalar.
fn within(span: Span, text: &str, quoted: bool, offset: usize, length: usize) -> Span {
    let quote = usize::from(quoted);
    if span.len() != text.len() + 2 * quote {
        return span;
    }
    let start = span.start + quote + offset;
    Span::new(start, start + length)
}

#[cfg(test)]
mod tests;
