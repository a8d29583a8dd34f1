//! The actions that statements are about, one by one where they are known.

use super::generic::{generic, intersection};
use super::world::Target;
use crate::policy::Statement;
use crate::policy::actions::{self, Action};
use crate::policy::pattern::{is_pattern, matches};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// An action, or what stands for those of a service that is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    pub(super) name: String,
    /// In lower case, without wildcards.
    pub(super) asked: String,
}

/// What is looked up again and again: the actions of a pattern on a sort of resource.
#[derive(Debug, Default)]
pub(super) struct Actions(RefCell<Memory>);

/// A pattern and a sort of resource → the actions.
type Memory = BTreeMap<(String, String), Rc<Vec<Atom>>>;

impl Actions {
    /// The names of [`Actions::of`].
    pub(super) fn names(
        &self,
        statement: &Statement,
        on: &str,
        target: Option<&Target>,
    ) -> BTreeSet<String> {
        let atoms = self.of(statement, &BTreeSet::new(), on, target);
        atoms.into_iter().map(|atom| atom.name).collect()
    }

    /// The actions that a statement is about, as far as they have to do with what `on` stands for.
    /// Of services that are not known also what is `apart`.
    pub(super) fn of(
        &self,
        statement: &Statement,
        apart: &BTreeSet<&String>,
        on: &str,
        target: Option<&Target>,
    ) -> BTreeSet<Atom> {
        let not = &statement.not_action;
        let everything = BTreeSet::from(["*".to_owned()]);
        let patterns = match statement.action.is_empty() && !not.is_empty() {
            true => &everything,
            false => &statement.action,
        };
        let is_left_out = |atom: &Atom| {
            let mut not = not.iter().map(|pattern| pattern.to_ascii_lowercase());
            not.any(|pattern| matches(&pattern, &atom.asked))
        };
        let mut all = BTreeSet::new();
        for pattern in patterns {
            all.extend(self.known(pattern, on, target).iter().cloned());
            if target.is_none() && !is_known(pattern) {
                let within = apart.iter().filter(|apart| !is_known(apart));
                let within = within.filter_map(|apart| intersection(apart, pattern));
                all.extend(within.chain([pattern.clone()]).map(|name| Atom {
                    asked: generic(&name.to_ascii_lowercase()),
                    name,
                }));
            }
        }
        all.retain(|atom| not.is_empty() || !is_left_out(atom));
        all
    }

    /// The known actions of a pattern that have to do with what `on` stands for.
    fn known(&self, pattern: &str, on: &str, target: Option<&Target>) -> Rc<Vec<Atom>> {
        let sort = match target {
            Some(Target::Key(_)) => "kms_key".to_owned(),
            Some(Target::Role(_)) => "role".to_owned(),
            Some(Target::Bucket(_)) => format!("s3 {}", shape(on)),
            None => shape(on),
        };
        let mut memory = self.0.borrow_mut();
        let atoms = memory
            .entry((pattern.to_owned(), sort))
            .or_insert_with(|| Rc::new(find(pattern, on, target)));
        Rc::clone(atoms)
    }
}

/// The name of a bucket or object with its words made the same: the formats of S3's ARNs without an
/// account have no words of their own.
fn shape(on: &str) -> String {
    let Some((head, rest)) = on.split_once(":s3:::").filter(|_| !on.contains('$')) else {
        return on.to_owned();
    };
    let mut shape = format!("{head}:s3:::");
    for letter in rest.chars() {
        match letter {
            '*' | '?' | '/' => shape.push(letter),
            _ if shape.ends_with('x') => {}
            _ => shape.push('x'),
        }
    }
    shape
}

fn find(pattern: &str, on: &str, target: Option<&Target>) -> Vec<Atom> {
    let known: Vec<&Action> = match is_pattern(pattern) {
        true => actions::matching(pattern).collect(),
        false => actions::find(pattern).into_iter().collect(),
    };
    let mut applies: BTreeMap<(&str, Vec<&str>), bool> = BTreeMap::new();
    let mut is_fitting = |action: &Action| {
        let is_of = |service: &str, name: &str| {
            action.service == service && action.resources.iter().any(|kind| kind.name == name)
        };
        match target {
            Some(Target::Key(_)) => return is_of("kms", "key"),
            Some(Target::Role(_)) => return is_of("sts", "role"),
            Some(Target::Bucket(_)) if action.service != "s3" => return false,
            _ => {}
        }
        let types = action.resources.iter().map(|kind| kind.name).collect();
        let fits = applies.entry((action.service, types));
        *fits.or_insert_with(|| action.applies_to(on))
    };
    let fitting = known.into_iter().filter(|action| is_fitting(action));
    fitting
        .map(|action| {
            let name = action.to_string();
            let asked = name.to_ascii_lowercase();
            Atom { name, asked }
        })
        .collect()
}

/// Whether all actions that a pattern stands for are known.
fn is_known(pattern: &str) -> bool {
    let service = pattern.split(':').next().unwrap_or_default();
    actions::knows_service(service)
        && match is_pattern(pattern) {
            true => actions::matching(pattern).next().is_some(),
            false => actions::find(pattern).is_some(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_one_bucket_is_true_of_another() {
        for on in [
            "arn:aws:s3:::b",
            "arn:aws:s3:::my.bucket-1/*",
            "arn:aws:s3:::b*",
            "arn:aws:s3:::b/a?/x*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::b/${aws:username}/*",
        ] {
            for pattern in ["s3:*", "*", "s3:Get*", "s3:ListBucket"] {
                let same = shape(on);
                assert_eq!(
                    find(pattern, on, None),
                    find(pattern, &same, None),
                    "{on} as {same}"
                );
            }
        }
    }
}
