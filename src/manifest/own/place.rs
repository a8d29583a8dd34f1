//! The values of inputs, each where its `${name}` stands.

use super::edit::Edit;
use crate::yaml::{Key, Kind, Node, Setting, Source, Span, rewrite, scalar};
use std::collections::BTreeMap;

/// What comes in place of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// As a manifest writes it.
    pub text: String,
    /// Whether it is for a field that wants a number.
    pub number: bool,
}

/// An edit for every scalar and key that names an input of `settled`.
pub(super) fn values(
    source: &Source,
    root: &Node,
    settled: &BTreeMap<String, Settled>,
) -> Vec<Edit> {
    let mut writer = Writer {
        source,
        settled,
        texts: texts(settled),
        edits: Vec::new(),
    };
    for (key, value) in all_but_inputs(root) {
        writer.key(key, Setting::Block);
        writer.node(value, Setting::Block);
    }
    writer.edits
}

/// Whether `written` has, text for text, what `root` has with its inputs replaced.
pub(super) fn is_as_meant(
    root: &Node,
    settled: &BTreeMap<String, Settled>,
    written: &Node,
) -> bool {
    let texts = texts(settled);
    let meant: Vec<_> = all_but_inputs(root).collect();
    let there: Vec<_> = all_but_inputs(written).collect();
    meant.len() == there.len()
        && meant
            .iter()
            .zip(there)
            .all(|((key, value), (found, there))| {
                rewrite(&key.text, &texts) == found.text && same(value, there, &texts)
            })
}

fn texts(settled: &BTreeMap<String, Settled>) -> BTreeMap<String, String> {
    let text = |(name, settled): (&String, &Settled)| (name.clone(), settled.text.clone());
    settled.iter().map(text).collect()
}

fn all_but_inputs(root: &Node) -> impl Iterator<Item = &(Key, Node)> {
    let entries = root.entries().unwrap_or_default();
    entries.iter().filter(|(key, _)| key.text != "inputs")
}

fn same(meant: &Node, there: &Node, texts: &BTreeMap<String, String>) -> bool {
    match (&meant.kind, &there.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar { text, .. }, Kind::Scalar { text: found, .. }) => {
            rewrite(text, texts) == *found
        }
        (Kind::List(meant), Kind::List(there)) => {
            let pairs = || meant.iter().zip(there);
            meant.len() == there.len() && pairs().all(|(meant, there)| same(meant, there, texts))
        }
        (Kind::Map(meant), Kind::Map(there)) => {
            let pairs = || meant.iter().zip(there);
            meant.len() == there.len()
                && pairs().all(|((key, meant), (found, there))| {
                    rewrite(&key.text, texts) == found.text && same(meant, there, texts)
                })
        }
        _ => false,
    }
}

struct Writer<'a> {
    source: &'a Source,
    settled: &'a BTreeMap<String, Settled>,
    texts: BTreeMap<String, String>,
    edits: Vec<Edit>,
}

impl Writer<'_> {
    fn key(&mut self, key: &Key, setting: Setting) {
        self.text(&key.text, key.span, setting, false);
    }

    fn node(&mut self, node: &Node, setting: Setting) {
        let inside = match self.source.slice(node.span).starts_with(['[', '{']) {
            true => Setting::Flow,
            false => setting,
        };
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar { text, quoted } => {
                let block = *quoted && is_block(&self.source.text, node.span);
                self.text(text, node.span, setting, block);
            }
            Kind::List(items) => items.iter().for_each(|item| self.node(item, inside)),
            Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
                self.key(key, inside);
                self.node(value, inside);
            }),
        }
    }

    fn text(&mut self, text: &str, span: Span, setting: Setting, block: bool) {
        let new = rewrite(text, &self.texts);
        if new == text {
            return;
        }
        let text = match block {
            // Its lines stay as they are, and so does their indentation.
            true => rewrite(self.source.slice(span), &self.texts),
            false => scalar(&new, setting, self.is_number(text)),
        };
        self.edits.push(Edit { span, text });
    }

    /// Whether `text` is one input alone, and that one a number.
    fn is_number(&self, text: &str) -> bool {
        let name = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'));
        let input = name.and_then(|name| self.settled.get(name));
        input.is_some_and(|input| input.number)
    }
}

/// Whether the text at `span` follows `|` or `>` on the line before.
fn is_block(text: &str, span: Span) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let (above, indentation) = before.split_at(before.trim_end().len());
    let line = above.lines().last().unwrap_or_default();
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let chomping = |c: char| c.is_ascii_digit() || "+-".contains(c);
    indentation.contains('\n') && line.trim_end_matches(chomping).ends_with(['|', '>'])
}
