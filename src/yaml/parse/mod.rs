//! Text to tree.
//!
//! The parser's events are composed here and not by serde, because serde's numbers and booleans
//! lose what the author wrote (`012345678901`, `on`). The price is that duplicate keys, aliases,
//! merge keys, tags and budgets are ours to handle, and so are their errors.

mod budget;
mod map;

use std::cell::OnceCell;
use std::collections::HashMap;

use serde_saphyr::granit_parser::{
    self, Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag,
};

use super::limits::{MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS};
use super::node::{Kind, Node};
use super::path::{Path, Segment};
use super::problem::Problem;
use super::problems::Problems;
use super::read::too_large;
use super::source::{Lines, Source, Span};
use super::syntax;
use super::visible::shown;
use budget::Weight;

/// What a file is, for who has written something else.
pub struct Form {
    /// Such as `manifest`.
    pub what: &'static str,
    /// What to do about an empty one.
    pub empty: &'static str,
    /// What to do about one that is no map.
    pub begin: &'static str,
}

/// The form of manifests.
const MANIFEST: Form = Form {
    what: "manifest",
    empty: "begin with a copy of manifests/neon.yaml",
    begin: "begin with `name:`, as manifests/neon.yaml does",
};

/// Reads the one document of `source`, a manifest, whose root must be a map.
///
/// # Errors
///
/// Every problem up to the first place that is not YAML: duplicate keys, unknown aliases, tags
/// other than `!!str`, keys that are not text; several documents, an empty file, a root that is no
/// map; text larger than [`MAX_BYTES`], nesting deeper than [`MAX_DEPTH`], and aliases that grow
/// the tree over [`MAX_NODES`](super::MAX_NODES) or [`MAX_TEXT`](super::MAX_TEXT) ("YAML bombs").
pub fn parse(source: &Source) -> Result<Node, Problems> {
    parse_as(source, &MANIFEST)
}

/// As [`parse`], of a file of another form.
///
/// # Errors
/// As [`parse`].
pub fn parse_as(source: &Source, form: &Form) -> Result<Node, Problems> {
    if source.text.len() > MAX_BYTES {
        return Err(Problems::unread(&source.name, too_large(None)));
    }
    let mut composer = Composer::new(source, form);
    // A stop has already left its problem behind.
    let root = composer.document().unwrap_or(None);
    let problems = Problems::of(source, composer.problems);
    match root {
        Some(root) => problems.unless_any(root),
        None => Err(problems),
    }
}

/// The text cannot be read further; the reason is among the problems.
struct Stop;

struct Composer<'a> {
    source: &'a Source,
    form: &'a Form,
    /// Only an error asks for them.
    lines: OnceCell<Lines<'a>>,
    parser: Parser<'a, StrInput<'a>>,
    /// Finished nodes by anchor number; one that is missing here is still open around its alias.
    anchors: HashMap<usize, (Node, Weight)>,
    problems: Vec<Problem>,
    path: Path,
    spent: Weight,
}

type Token<'a> = (Event<'a>, granit_parser::Span);

impl<'a> Composer<'a> {
    fn new(source: &'a Source, form: &'a Form) -> Self {
        let mut options = granit_parser::Options::default();
        options.set_emit_comments(false);
        options.emit_unresolved_aliases = true;
        options.flow_nesting_limit = MAX_DEPTH;
        options.block_nesting_limit = MAX_DEPTH;
        Self {
            source,
            form,
            lines: OnceCell::new(),
            parser: Parser::new_from_str_with_options(&source.text, options),
            anchors: HashMap::new(),
            problems: Vec::new(),
            path: Path::root(),
            spent: Weight::default(),
        }
    }

    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        let mut documents = 0;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let problem = Problem::new("the file holds several YAML documents")
                            .fix("keep one document in a file, and remove the `---` here");
                        return Err(self.stop(problem.at(place(&span))));
                    }
                }
                event if event.is_node() => root = Some(self.node((event, span))?),
                _ => {}
            }
        }
        Ok(self.root(root))
    }

    fn root(&mut self, root: Option<Node>) -> Option<Node> {
        let wrong = match root {
            Some(Node {
                kind: Kind::Map(_), ..
            }) => return root,
            None
            | Some(Node {
                kind: Kind::Null, ..
            }) => Problem::new(format!("the {} is empty", self.form.what)).fix(self.form.empty),
            Some(node) => {
                let message = format!(
                    "a {} is a map of `key: value` lines; this is {}",
                    self.form.what,
                    node.described()
                );
                let problem = Problem::new(message).at(node.head());
                match node.text() {
                    Some(text) if text.contains(':') => problem.fix("write a space behind the `:`"),
                    _ => problem.fix(self.form.begin),
                }
            }
        };
        self.problems.push(wrong);
        None
    }

    fn next(&mut self) -> Result<Token<'a>, Stop> {
        if self.problems.len() >= MAX_PROBLEMS {
            return Err(Stop);
        }
        match self.parser.next_event() {
            Some(Ok(token)) => Ok(token),
            Some(Err(error)) => {
                let problem = syntax::explain(&self.source.text, &error);
                Err(self.stop(problem))
            }
            None => Ok((Event::StreamEnd, granit_parser::Span::default())),
        }
    }

    fn stop(&mut self, problem: Problem) -> Stop {
        self.problem(problem);
        Stop
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem.path(&self.path));
    }

    fn node(&mut self, (event, span): Token<'a>) -> Result<Node, Stop> {
        let at = place(&span);
        self.spend(Weight::of_node(), at)?;
        let anchor = event.anchor_id();
        let node = match event {
            Event::Scalar(text, style, _, tag) => {
                let string = self.is_string(tag.as_deref(), &span, "str");
                self.spend(Weight::of_text(&text), at)?;
                scalar(text.into_owned(), style, string, at)
            }
            Event::SequenceStart(style, _, tag) => {
                self.is_string(tag.as_deref(), &span, "seq");
                self.list(style, at.start)?
            }
            Event::MappingStart(style, _, tag) => {
                self.is_string(tag.as_deref(), &span, "map");
                self.map(style, at.start)?
            }
            Event::Alias(id) => return self.alias(id, at),
            _ => {
                self.unknown_alias(at);
                Node {
                    kind: Kind::Null,
                    span: at,
                }
            }
        };
        if let Some(id) = anchor {
            let weight = Weight::of(&node);
            // The kept copy counts as well: nested anchors keep a copy each.
            self.spend(Weight { depth: 0, ..weight }, at)?;
            self.anchors.insert(id, (node.clone(), weight));
        }
        Ok(node)
    }

    fn list(&mut self, style: StructureStyle, start: usize) -> Result<Node, Stop> {
        let mut items = Vec::new();
        self.spent.depth += 1;
        let end = loop {
            let token = self.next()?;
            if matches!(token.0, Event::SequenceEnd | Event::StreamEnd) {
                break token.1;
            }
            self.path.push(Segment::Index(items.len()));
            items.push(self.node(token)?);
            self.path.pop();
        };
        self.spent.depth -= 1;
        let span = self.block(style, start, &end);
        Ok(Node {
            kind: Kind::List(items),
            span,
        })
    }

    /// Whether the tag makes a scalar a string. Tags that say what the node is anyway are fine,
    /// and all others a problem.
    fn is_string(&mut self, tag: Option<&Tag>, span: &granit_parser::Span, kind: &str) -> bool {
        let Some(tag) = tag else {
            return false;
        };
        if tag.core_suffix() == Some(kind) {
            return kind == "str";
        }
        let at = span.tag_span().map_or(place(span), |span| place(&span));
        let problem = Problem::new(format!(
            "the tag {} means nothing here",
            shown(self.source.slice(at))
        ));
        let fix = if tag.core_suffix().is_some() {
            "remove it: each field knows what it wants"
        } else {
            "remove it; an input is written `${name}`, and a text that starts with `!` in quotes"
        };
        self.problem(problem.at(at).fix(fix));
        true
    }

    /// From `start` to where a list or map ends, without the blank lines behind a block.
    fn block(&self, style: StructureStyle, start: usize, end: &granit_parser::Span) -> Span {
        let end = match style {
            StructureStyle::Flow => place(end).end,
            StructureStyle::Block => {
                let whole = self
                    .source
                    .text
                    .get(start..place(end).start)
                    .unwrap_or_default();
                start + whole.trim_end().len()
            }
        };
        Span::new(start, end.max(start))
    }
}

fn scalar(text: String, style: ScalarStyle, string: bool, at: Span) -> Node {
    let plain = style == ScalarStyle::Plain && !string;
    let null =
        plain && (at.is_empty() || matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"));
    let kind = if null {
        Kind::Null
    } else {
        Kind::Scalar {
            text,
            quoted: !plain,
        }
    };
    Node { kind, span: at }
}

fn place(span: &granit_parser::Span) -> Span {
    span.byte_range()
        .map_or(Span::default(), |range| Span::new(range.start, range.end))
}

#[cfg(test)]
mod tests;
