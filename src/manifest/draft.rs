//! Policy documents in the making: each statement with the place in the manifest it comes from.

use super::context::Context;
use super::references::Principal;
use super::statement::Statements;
use crate::policy::lint::{self, Kind};
use crate::policy::{Document, Effect, Statement};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

/// The version of every document that is made.
const VERSION: &str = "2012-10-17";

/// Statements of one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    statements: Vec<(Path, Statement)>,
    /// Of the statements that s3setup made: all but actions and Sid → where it stands.
    made: BTreeMap<Statement, usize>,
    sids: BTreeSet<String>,
}

/// Condition: operator → key → values.
pub(super) type Condition = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Draft {
    /// Adds a statement that s3setup made. One that differs from another only in its actions is
    /// merged with it.
    pub fn add(&mut self, path: &Path, mut statement: Statement) {
        let bare = Statement {
            action: BTreeSet::new(),
            sid: None,
            ..statement.clone()
        };
        if let Some((_, same)) = self
            .made
            .get(&bare)
            .and_then(|at| self.statements.get_mut(*at))
        {
            same.action.append(&mut statement.action);
            return;
        }
        let sid = statement.sid.clone().unwrap_or_default();
        let mut number = 1;
        while statement
            .sid
            .as_ref()
            .is_some_and(|sid| self.sids.contains(sid))
        {
            number += 1;
            statement.sid = Some(format!("{sid}{number}"));
        }
        self.sids.extend(statement.sid.clone());
        self.made.insert(bare, self.statements.len());
        self.statements.push((path.clone(), statement));
    }

    /// Adds hand-written statements, found below `path`.
    pub fn add_written(&mut self, context: &mut Context, path: &Path, written: &Statements) {
        for (at, statement) in written.as_slice().iter().enumerate() {
            let path = written.place(path, at);
            match statement.canonical() {
                Ok(mut statement) => {
                    resolve(context, &path, &mut statement);
                    self.sids.extend(statement.sid.clone());
                    self.statements.push((path, statement));
                }
                Err(fault) => {
                    context.refuse(&path, fault.to_string(), "see AWS's policy reference")
                }
            }
        }
    }

    /// Whether there is no statement.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The statements and where they come from.
    pub fn statements(&self) -> &[(Path, Statement)] {
        &self.statements
    }

    /// The finished document, checked as one of `kind`, which must not be longer than `quota`
    /// characters (0: checked elsewhere); `path` is where the document as a whole stands.
    pub fn finish(
        &self,
        context: &mut Context,
        path: &Path,
        kind: &Kind,
        quota: usize,
    ) -> Document {
        let statements: Vec<Statement> = self.statements.iter().map(|(_, s)| s.clone()).collect();
        let findings = lint::lint(&statements, Some(VERSION), &context.ground(kind));
        for finding in findings {
            let place = index_of(&finding.path)
                .and_then(|at| self.statements.get(at))
                .map_or_else(|| path.clone(), |(place, _)| place.clone());
            // A statement of which something was left out is not looked at before that is mended.
            if context.is_partial(&place) {
                continue;
            }
            let element = element_of(&finding.path, place.clone());
            context.found(path, &place, &element, finding);
        }
        let document = Document::new(statements);
        let size = document.size();
        if quota > 0 && size > quota {
            context.refuse(
                path,
                format!("this policy has {size} characters, and AWS takes {quota} at the most"),
                "grant less, or split it over several policies",
            );
        }
        document
    }
}

/// `Statement[3].Action` → 3.
fn index_of(path: &str) -> Option<usize> {
    path.strip_prefix("Statement[")?
        .split(']')
        .next()?
        .parse()
        .ok()
}

/// `place` and what follows `Statement[3].` in `path`, step by step; what cannot be read as a path
/// is left out, and the place is then the nearest one above.
fn element_of(path: &str, place: Path) -> Path {
    // `Condition.StringLike["a.b:sub"]` is `Condition.StringLike."a.b:sub"` in a manifest.
    let path = path.replace("[\"", ".\"").replace("\"]", "\"");
    let element = path.split_once("].").map(|(_, element)| element);
    let Some(Ok(element)) = element.map(str::parse::<Path>) else {
        return place;
    };
    element
        .segments()
        .iter()
        .cloned()
        .fold(place, |mut place, segment| {
            place.push(segment);
            place
        })
}

/// Puts ARNs in place of `role.NAME` and `user.NAME`.
fn resolve(context: &mut Context, path: &Path, statement: &mut Statement) {
    let parts = [
        ("Principal", &mut statement.principal),
        ("NotPrincipal", &mut statement.not_principal),
    ];
    for (element, principal) in parts {
        let Some(values) = principal
            .as_mut()
            .and_then(|principal| principal.0.get_mut("AWS"))
        else {
            continue;
        };
        let path = path.key(element);
        *values = std::mem::take(values)
            .into_iter()
            .filter_map(|text| {
                if !["role.", "user.", "group."]
                    .iter()
                    .any(|kind| text.starts_with(kind))
                {
                    return Some(text);
                }
                let principal = context.principal(&path, &text)?;
                if let Principal::Group(_) = principal {
                    context.refuse(
                        &path,
                        "a group cannot be a principal",
                        "name its users, or a role",
                    );
                }
                context.arn_of(&principal)
            })
            .collect();
    }
}

/// An Allow statement.
pub(super) fn allow(
    sid: String,
    principal: Option<(&str, &str)>,
    actions: impl IntoIterator<Item = String>,
    resources: impl IntoIterator<Item = String>,
    condition: Condition,
) -> Statement {
    let mut statement = Statement::new(Effect::Allow);
    statement.sid = Some(sid);
    statement.principal = principal.map(|(kind, name)| {
        crate::policy::Principal([(kind.to_owned(), BTreeSet::from([name.to_owned()]))].into())
    });
    statement.action = actions.into_iter().collect();
    statement.resource = resources.into_iter().collect();
    statement.condition = condition;
    statement.canonical()
}

/// A condition of one operator and one key.
pub(super) fn condition<'a>(
    operator: &str,
    key: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Condition {
    let values = values.into_iter().map(str::to_owned).collect();
    [(operator.to_owned(), [(key.to_owned(), values)].into())].into()
}

/// `a-b.c` → `ABC`-like: what AWS takes as a Sid everywhere, letters and digits.
pub(super) fn camel(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
        })
        .collect()
}
