//! What aliases may cost: a small file must not become a large tree.

use super::super::limits::{MAX_DEPTH, MAX_NODES, MAX_TEXT};
use super::super::node::{Kind, Node};
use super::super::problem::Problem;
use super::super::source::Span;
use super::super::syntax;
use super::super::visible::shown;
use super::{Composer, Stop};

/// What a node costs, with all below it.
#[derive(Clone, Copy, Default)]
pub(super) struct Weight {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
    pub(super) depth: usize,
}

impl Weight {
    /// One node without text.
    pub(super) fn of_node() -> Self {
        Self {
            nodes: 1,
            bytes: 0,
            depth: 1,
        }
    }

    /// The text of a node or a key.
    pub(super) fn of_text(text: &str) -> Self {
        Self {
            nodes: 0,
            bytes: text.len(),
            depth: 0,
        }
    }

    /// A node and all below it.
    pub(super) fn of(node: &Node) -> Self {
        let mut weight = Self::of_node();
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar { text, .. } => weight.bytes = text.len(),
            Kind::List(items) => items.iter().for_each(|item| weight.add(Self::of(item))),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    weight.bytes += key.text.len();
                    weight.add(Self::of(value));
                }
            }
        }
        weight
    }

    fn add(&mut self, child: Self) {
        self.nodes += child.nodes;
        self.bytes += child.bytes;
        self.depth = self.depth.max(child.depth + 1);
    }
}

impl Composer<'_> {
    pub(super) fn alias(&mut self, id: usize, at: Span) -> Result<Node, Stop> {
        let Some((_, weight)) = self.anchors.get(&id) else {
            let problem = Problem::new("this alias stands inside of what it refers to");
            return Err(self.stop(problem.at(at).fix("write the value out")));
        };
        self.spend(*weight, at)?;
        let copy = self.anchors.get(&id).map(|(node, _)| node.clone());
        Ok(copy.unwrap_or(Node {
            kind: Kind::Null,
            span: at,
        }))
    }

    pub(super) fn unknown_alias(&mut self, at: Span) {
        let text = self.source.slice(at);
        let name = shown(text.trim_start_matches('*'));
        let problem = Problem::new(format!(
            "there is no anchor {name} above, which this alias names"
        ));
        self.problem(problem.at(at).fix(format!(
            "a text that starts with `*` is written in quotes: \"{text}\""
        )));
    }

    /// Counts a cost, before anything is copied.
    pub(super) fn spend(&mut self, cost: Weight, at: Span) -> Result<(), Stop> {
        self.spent.nodes += cost.nodes;
        self.spent.bytes += cost.bytes;
        let problem = if self.spent.depth + cost.depth > MAX_DEPTH {
            syntax::too_deep()
        } else if self.spent.nodes > MAX_NODES {
            Problem::new(format!(
                "the file has more than {MAX_NODES} values, aliases written out"
            ))
            .fix("use fewer aliases, or split the manifest")
        } else if self.spent.bytes > MAX_TEXT {
            let limit = MAX_TEXT / 1024 / 1024;
            Problem::new(format!(
                "the file has more than {limit} MiB of text, aliases written out"
            ))
            .fix("use fewer aliases, or split the manifest")
        } else {
            return Ok(());
        };
        Err(self.stop(problem.at(at)))
    }
}
