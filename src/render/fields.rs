//! The changes of a step as rows: plain fields first, then policies statement by statement.

use super::field;
use super::path::{Part, label, look_up, parts, written};
use super::row::{Body, Mark, Row, align};
use super::screen::Dialect;
use super::statement;
use super::who::People;
use crate::plan::{Action, Step};
use crate::resource::Scope;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The version of the policy language that goes without saying.
const VERSION: &str = "2012-10-17";

/// How the changes of a step are to be told.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    /// How marks are written, and so how wide they are.
    pub(super) dialect: Dialect,
    /// From what is wanted to what there is: how a drift report tells it.
    pub(super) backwards: bool,
    /// Spaces on the left.
    pub(super) indent: usize,
    /// Whose account is "this account".
    pub(super) scope: &'a Scope,
}

/// The rows that tell what changes in a step.
pub(super) fn rows(step: &Step, telling: Telling<'_>) -> Vec<Row> {
    page(step, telling).finish()
}

/// The policies that change in a step: the path of each, and its statements that do.
pub(super) fn policies<'a>(step: &'a Step, scope: &'a Scope) -> Vec<(String, Vec<Statement<'a>>)> {
    let telling = Telling {
        dialect: Dialect::Signs,
        backwards: false,
        indent: 0,
        scope,
    };
    let documents = page(step, telling).documents.into_iter();
    documents
        .map(|document| (document.path, document.statements))
        .collect()
}

fn page<'a>(step: &'a Step, telling: Telling<'a>) -> Page<'a> {
    let mut page = Page {
        telling,
        whole: matches!(step.action, Action::Create | Action::Delete),
        want: step.want.as_ref().map(crate::resource::Resource::fields),
        fields: Vec::new(),
        documents: Vec::new(),
        places: BTreeMap::new(),
        people: People {
            scope: telling.scope,
            ids: &step.ids.named,
        },
    };
    for change in &step.changes {
        let path = parts(&change.path);
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        if !page.within_statement(&path, before, after) {
            page.value(path, before, after);
        }
    }
    page
}

/// A statement before and after.
pub(super) type Statement<'a> = (Option<Cow<'a, Value>>, Option<Cow<'a, Value>>);

struct Document<'a> {
    /// As changes have it.
    path: String,
    label: String,
    mark: Mark,
    statements: Vec<Statement<'a>>,
}

struct Page<'a> {
    telling: Telling<'a>,
    /// The resource comes or goes as a whole.
    whole: bool,
    want: Option<Value>,
    fields: Vec<(usize, Row)>,
    documents: Vec<Document<'a>>,
    /// Where documents and the changed statements in them are, by label.
    places: BTreeMap<String, (usize, usize)>,
    people: People<'a>,
}

impl<'a> Page<'a> {
    /// Takes a change that lies in a statement of a policy, if it is one.
    fn within_statement(
        &mut self,
        path: &[Part],
        before: Option<&'a Value>,
        after: Option<&'a Value>,
    ) -> bool {
        let Some(want) = &self.want else { return false };
        let statements = Part::Name("Statement".to_owned());
        let at = path.iter().enumerate().skip(1).find_map(|(at, part)| {
            let is_set = || look_up(want, &path[..=at]).is_some_and(Value::is_array);
            (*part == statements && at + 1 < path.len() && is_set()).then_some(at)
        });
        let Some(at) = at else { return false };
        let (place, inner) = path.split_at(at + 2);
        if inner.is_empty() {
            let document = self.document(&path[..at], Mark::Blank);
            self.documents[document]
                .statements
                .push((before.map(Cow::Borrowed), after.map(Cow::Borrowed)));
            return true;
        }
        let known = self.places.get(&label(place)).copied();
        let (document, statement) = match known {
            Some(found) => found,
            None => {
                // The statement as it was is the wanted one with its changes taken back.
                let Some(wanted) = look_up(want, place).cloned() else {
                    return false;
                };
                let document = self.document(&path[..at], Mark::Blank);
                let statements = &mut self.documents[document].statements;
                statements.push((Some(Cow::Owned(wanted.clone())), Some(Cow::Owned(wanted))));
                let found = (document, statements.len() - 1);
                self.places.insert(label(place), found);
                found
            }
        };
        if let Some(had) = &mut self.documents[document].statements[statement].0 {
            put(had.to_mut(), inner, before);
        }
        true
    }

    /// The document at `path`, which is a new one unless it was mentioned before.
    fn document(&mut self, path: &[Part], mark: Mark) -> usize {
        let label = label(path);
        if let Some((found, _)) = self.places.get(&label) {
            return *found;
        }
        let found = self.documents.len();
        self.places.insert(label.clone(), (found, 0));
        self.documents.push(Document {
            path: written(path),
            label,
            mark,
            statements: Vec::new(),
        });
        found
    }

    /// Takes a change of any other value; a map of policies or rules is one value for each.
    fn value(&mut self, path: Vec<Part>, before: Option<&'a Value>, after: Option<&'a Value>) {
        let (one, mark) = match (before, after) {
            (Some(one), None) => (one, Mark::Removed),
            (None, Some(one)) => (one, Mark::Added),
            _ => return self.field(&path, before, after),
        };
        if let Some(statements) = one.get("Statement").and_then(Value::as_array) {
            let heading = if self.whole {
                Mark::Blank
            } else {
                self.side(mark)
            };
            let document = self.document(&path, heading);
            let sides = statements.iter().map(|statement| match mark {
                Mark::Added => (None, Some(Cow::Borrowed(statement))),
                _ => (Some(Cow::Borrowed(statement)), None),
            });
            self.documents[document].statements.extend(sides);
            if let Some(version) = one.get("Version").filter(|version| *version != VERSION) {
                let path = [path.as_slice(), &[Part::Name("Version".to_owned())]].concat();
                let (before, after) = (before.map(|_| version), after.map(|_| version));
                self.field(&path, before, after);
            }
            return;
        }
        match one.as_object() {
            Some(fields) if !fields.is_empty() && fields.values().all(Value::is_object) => {
                for (name, value) in fields {
                    let path = [path.as_slice(), &[Part::Name(name.clone())]].concat();
                    self.value(path, before.map(|_| value), after.map(|_| value));
                }
            }
            _ => self.field(&path, before, after),
        }
    }

    fn field(&mut self, path: &[Part], before: Option<&Value>, after: Option<&Value>) {
        let name = path.iter().rev().find_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::At(_) => None,
        });
        let name = name.unwrap_or_default();
        let (from, to) = match self.telling.backwards {
            true => (after, before),
            false => (before, after),
        };
        let Some(body) = field::body(name, from, to, self.whole) else {
            return;
        };
        let mut row = Row::new(self.telling.indent, label(path), body);
        if self.whole {
            row.side = self.telling.whole_side(before.is_some());
        }
        self.fields.push((field::rank(path), row));
    }

    fn side(&self, mark: Mark) -> Mark {
        match (self.telling.backwards, mark) {
            (true, Mark::Added) => Mark::Removed,
            (true, Mark::Removed) => Mark::Added,
            (_, mark) => mark,
        }
    }

    fn finish(self) -> Vec<Row> {
        let Telling {
            dialect,
            backwards,
            indent,
            ..
        } = self.telling;
        let mut fields = self.fields;
        fields.sort_by_key(|(rank, _)| *rank);
        let mut rows: Vec<Row> = fields.into_iter().map(|(_, row)| row).collect();
        align(&mut rows);
        for document in self.documents {
            let mut heading = Row::new(indent, document.label, Body::Heading).marked(document.mark);
            if let Some((before, _)) = document.statements.first().filter(|_| self.whole) {
                heading.side = self.telling.whole_side(before.is_some());
            }
            rows.push(heading);
            for (before, after) in &document.statements {
                let (from, to) = match backwards {
                    true => (after, before),
                    false => (before, after),
                };
                rows.extend(statement::rows(
                    from.as_deref(),
                    to.as_deref(),
                    indent + 2,
                    dialect,
                    self.people,
                ));
            }
        }
        rows
    }
}

impl Telling<'_> {
    /// The side of what comes or goes with its resource.
    fn whole_side(self, goes: bool) -> Mark {
        match goes != self.backwards {
            true => Mark::Removed,
            false => Mark::Added,
        }
    }
}

/// Writes `value` at `path` below `tree`; `None` takes away what is there.
fn put(tree: &mut Value, path: &[Part], value: Option<&Value>) {
    let Some((Part::Name(last), above)) = path.split_last() else {
        return;
    };
    let mut at = tree;
    for part in above {
        let Part::Name(name) = part else { return };
        match at.get_mut(name) {
            Some(below) => at = below,
            None => return,
        }
    }
    if let Some(fields) = at.as_object_mut() {
        match value {
            Some(value) => fields.insert(last.clone(), value.clone()),
            None => fields.remove(last),
        };
    }
}
