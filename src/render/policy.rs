//! How two policies differ, statement by statement: as text, JSON and Markdown, told as in a plan.

use super::escape::fence;
use super::json::{FORMAT_VERSION, document};
use super::markdown;
use super::row::{Body, Mark, Row, align};
use super::screen::{Dialect, Screen};
use super::text::{clean, count, quoted};
use super::who::People;
use super::{Style, change, statement};
use crate::diff;
use crate::policy::Document;
use crate::resource::Scope;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How `after` differs from `before`, for people. Empty if the two mean the same.
#[must_use]
pub fn policy_diff_text(before: &Document, after: &Document, style: &Style) -> String {
    let difference = Difference::of(before, after);
    if difference.is_none() {
        return String::new();
    }
    let pairs = difference.pairs();
    let mut screen = style.screen(Dialect::Signs);
    difference.write(&pairs, &mut screen);
    screen.gap();
    let summary = difference.summary(&pairs);
    screen.paragraph(Mark::Blank, &format!("{summary}."));
    screen.finish()
}

/// How `after` differs from `before`, as Markdown of fewer than 65,536 bytes. Empty if the two mean
/// the same.
#[must_use]
pub fn policy_diff_markdown(before: &Document, after: &Document) -> String {
    let difference = Difference::of(before, after);
    if difference.is_none() {
        return String::new();
    }
    let mut screen = Screen::new(Dialect::Diff, false, false, markdown::WIDTH);
    let pairs = difference.pairs();
    difference.write(&pairs, &mut screen);
    let (shown, _) = markdown::cut(&screen.finish(), markdown::LIMIT - markdown::RESERVE);
    format!(
        "## {}\n{}",
        difference.summary(&pairs),
        fence("diff", &shown)
    )
}

/// How `after` differs from `before`, as JSON for programs.
///
/// # Guarantees
/// The keys, in this order: `format_version` (`"1.0"`), `same`, `version` and `id` (`before`,
/// `after`; `null` if they do not change), `statements`: `change` (`added`, `removed` or
/// `changed`), `before`, `after` (the whole statement in its canonical form, `null` for "not
/// there"), `elements`: of a changed statement each element that changes (`element`: `Sid`,
/// `Effect`, `Action`, `Principal.AWS`, `Condition.StringLike.aws:userid`; `added`; `removed`).
#[must_use]
pub fn policy_diff_json(before: &Document, after: &Document) -> String {
    let difference = Difference::of(before, after);
    let pairs = difference.pairs();
    document(&Report {
        format_version: FORMAT_VERSION,
        same: difference.is_none(),
        version: changed(&before.version, &after.version),
        id: changed(&before.id, &after.id),
        statements: pairs.into_iter().map(change::statement).collect(),
    })
}

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    same: bool,
    version: Option<Texts<'a>>,
    id: Option<Texts<'a>>,
    statements: Vec<change::StatementChange<'a>>,
}

#[derive(Serialize)]
struct Texts<'a> {
    before: &'a Option<String>,
    after: &'a Option<String>,
}

fn changed<'a>(before: &'a Option<String>, after: &'a Option<String>) -> Option<Texts<'a>> {
    (before != after).then_some(Texts { before, after })
}

/// A statement before and after.
type Pair<'a> = (Option<&'a Value>, Option<&'a Value>);

/// Two documents, of their statements only what differs.
struct Difference<'a> {
    before: &'a Document,
    after: &'a Document,
    old: Vec<Value>,
    new: Vec<Value>,
}

impl<'a> Difference<'a> {
    fn of(before: &'a Document, after: &'a Document) -> Self {
        // Equal ones are told apart here, where it takes no text of them.
        let values = |of: &Document, other: &Document| -> Vec<Value> {
            // Nothing in a statement can fail to be JSON: it is texts.
            let value = |statement| serde_json::to_value(statement).unwrap_or_default();
            match of.statement == other.statement {
                true => Vec::new(),
                false => of.statement.iter().map(value).collect(),
            }
        };
        Self {
            before,
            after,
            old: values(before, after),
            new: values(after, before),
        }
    }

    fn is_none(&self) -> bool {
        self.before == self.after
    }

    fn pairs(&self) -> Vec<Pair<'_>> {
        diff::pairs(&self.old, &self.new)
    }

    fn write(&self, pairs: &[Pair<'_>], screen: &mut Screen) {
        let mut rows = Vec::new();
        for (label, before, after) in [
            ("version", &self.before.version, &self.after.version),
            ("id", &self.before.id, &self.after.id),
        ] {
            let words = |text: &Option<String>| match text {
                Some(text) => quoted(text),
                None => "none".to_owned(),
            };
            if before != after {
                let (before, after) = (words(before), words(after));
                let body = Body::Change { before, after };
                rows.push(Row::new(0, label, body).marked(Mark::Changed));
            }
        }
        align(&mut rows);
        let nowhere = Scope {
            account: String::new(),
            partition: "aws".to_owned(),
            region: String::new(),
            project: None,
        };
        let nobody = People {
            scope: &nowhere,
            ids: &BTreeMap::new(),
        };
        for (from, to) in pairs {
            rows.extend(statement::rows(*from, *to, 0, screen.dialect, nobody));
        }
        for row in &rows {
            screen.row(row);
        }
    }

    /// `The policies differ: 1 statement added, 2 changed`.
    fn summary(&self, pairs: &[Pair<'_>]) -> String {
        let mut parts = Vec::new();
        for kind in change::KINDS {
            let of = pairs.iter().filter(|pair| change::kind(**pair) == kind);
            match of.count() {
                0 => {}
                some if parts.is_empty() => {
                    parts.push(format!("{} {kind}", count(some, "statement")));
                }
                some => parts.push(format!("{some} {kind}")),
            }
        }
        for (name, before, after) in [
            ("version", &self.before.version, &self.after.version),
            ("id", &self.before.id, &self.after.id),
        ] {
            if before != after {
                parts.push(format!("the {name} changed"));
            }
        }
        clean(&format!("The policies differ: {}", parts.join(", ")))
    }
}
