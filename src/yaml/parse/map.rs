//! Maps: keys, duplicates, and `<<`.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{Event, ScalarStyle, StructureStyle};

use super::super::node::{Key, Kind, Node};
use super::super::path::Segment;
use super::super::problem::Problem;
use super::super::source::{Lines, Span};
use super::super::visible::shown;
use super::budget::Weight;
use super::{Composer, Stop, Token, place};

impl<'a> Composer<'a> {
    pub(super) fn map(&mut self, style: StructureStyle, start: usize) -> Result<Node, Stop> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut merged = None;
        self.spent.depth += 1;
        let end = loop {
            let token = self.next()?;
            if matches!(token.0, Event::MappingEnd | Event::StreamEnd) {
                break token.1;
            }
            let merges =
                matches!(&token.0, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.key(token)?;
            let value_token = self.next()?;
            let Some(key) = key else {
                self.node(value_token)?;
                continue;
            };
            self.path.push(Segment::Key(key.text.clone()));
            let at = place(&value_token.1);
            let value = self.node(value_token)?;
            match seen.get(&key.text).copied() {
                Some(first) => self.duplicate(&key, first),
                None if merges => merged = Some((value, at)),
                None => entries.push((key.clone(), value)),
            }
            self.path.pop();
            seen.entry(key.text).or_insert(key.span);
        };
        self.spent.depth -= 1;
        if let Some((value, at)) = merged {
            self.merge(value, at, &mut entries, &mut seen);
        }
        let span = self.block(style, start, &end);
        Ok(Node {
            kind: Kind::Map(entries),
            span,
        })
    }

    /// The key of a map entry; `None` when it is none, which is then a problem already.
    fn key(&mut self, token: Token<'a>) -> Result<Option<Key>, Stop> {
        let at = place(&token.1);
        let templated = self
            .source
            .text
            .get(at.start.saturating_sub(1)..)
            .is_some_and(|text| text.starts_with("{{"));
        let node = match token.0 {
            // Plain keys stay as they are written: `null: 1` and `on: 1` have these names.
            Event::Scalar(ref text, ScalarStyle::Plain, 0, None) if !at.is_empty() => {
                self.spend(Weight::of_text(text), at)?;
                return Ok(Some(Key {
                    text: text.clone().into_owned(),
                    span: at,
                }));
            }
            _ => self.node(token)?,
        };
        let problem = match node.kind {
            Kind::Scalar { text, .. } if !text.is_empty() => {
                return Ok(Some(Key { text, span: at }));
            }
            Kind::Scalar { .. } | Kind::Null => {
                Problem::new("there is no key before this `:`").fix("write `key: value`")
            }
            Kind::List(_) | Kind::Map(_) if templated => {
                Problem::new("`{{ … }}` is not replaced here")
                    .fix("an input is written `${name}`; a text with braces is written in quotes")
            }
            Kind::List(_) | Kind::Map(_) => Problem::new(
                "a key must be text, and this is a list or a map",
            )
            .fix("write `key: value`; a text that starts with `[` or `{` is written in quotes"),
        };
        self.problem(problem.at(at));
        Ok(None)
    }

    fn duplicate(&mut self, key: &Key, first: Span) {
        let lines = self.lines.get_or_init(|| Lines::new(&self.source.text));
        let line = lines.place(first.start).line;
        let name = shown(&key.text);
        let problem = Problem::new(format!(
            "the key {name} is written twice; it is on line {line} already"
        ));
        let fix = match key.text.as_str() {
            "<<" => "merge several with one list: `<<: [*first, *second]`",
            _ => "keep one of the two, or rename one",
        };
        self.problem(problem.at(key.span).fix(fix));
    }

    /// Adds what `<<` brings: entries of the map, or of the maps in the list, whose key is not
    /// there yet; the first one wins (YAML 1.1's merge key, which YAML 1.2 tools keep).
    fn merge(
        &mut self,
        value: Node,
        at: Span,
        entries: &mut Vec<(Key, Node)>,
        seen: &mut HashMap<String, Span>,
    ) {
        let maps = match value.kind {
            Kind::List(items) => items,
            _ => vec![value],
        };
        for map in maps {
            let Kind::Map(brought) = map.kind else {
                let problem = Problem::new("`<<` merges maps, and this is none");
                self.problem(
                    problem
                        .at(at)
                        .fix("write `<<: *name`, where `&name` marks a map"),
                );
                return;
            };
            for (key, value) in brought {
                if !seen.contains_key(&key.text) {
                    seen.insert(key.text.clone(), key.span);
                    entries.push((key, value));
                }
            }
        }
    }
}
