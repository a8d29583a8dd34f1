//! The table: by kind, what is called for each thing that is done to each aspect. `aws` calls nothing
//! else (a test holds it to that), and the policies of `document.rs` follow from it.

mod access_key;
mod bucket;
mod identities;
mod kms_key;
mod others;

use super::row::{Row, Verb};
use crate::resource::Resource;

/// What is called for one sort of resource.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What it is called in a policy's `Sid`: `Bucket`.
    pub noun: &'static str,
    /// What it is called in a sentence: `bucket`.
    pub words: &'static str,
    /// Its rows, in the order of the verbs.
    pub rows: &'static [Row],
}

/// All of it.
pub const ALL: &[&Part] = &[
    &bucket::BUCKET,
    &bucket::POLICY,
    &kms_key::KEY,
    &identities::ROLE,
    &identities::USER,
    &access_key::KEY,
    &identities::GROUP,
    &others::POLICY,
    &others::PROVIDER,
    &others::ACCOUNT,
];

/// What is asked of the account as a whole.
pub(super) const ACCOUNT: &Part = &others::ACCOUNT;

/// The part for this kind of resource.
pub(super) fn of(resource: &Resource) -> &'static Part {
    match resource {
        Resource::AccessKey(_) => &access_key::KEY,
        Resource::Bucket(_) => &bucket::BUCKET,
        Resource::BucketPolicy(_) => &bucket::POLICY,
        Resource::Group(_) => &identities::GROUP,
        Resource::KmsKey(_) => &kms_key::KEY,
        Resource::Policy(_) => &others::POLICY,
        Resource::OidcProvider(_) => &others::PROVIDER,
        Resource::Role(_) => &identities::ROLE,
        Resource::User(_) => &identities::USER,
        Resource::Google(_) => &others::ELSEWHERE,
    }
}

/// Rows as they are written below: `observe(IamGetRole)`.
macro_rules! verbs {
    ($($name:ident = $verb:ident),*) => {
        $(const fn $name(operation: super::Operation) -> Row {
            Row::new(Verb::$verb, operation)
        })*
    };
}

verbs!(
    observe = Observe,
    create = Create,
    update = Update,
    look_up = LookUp,
    delete = Delete,
    empty = Empty,
    rotate = Rotate,
    undo = Undo,
    probe = Try,
    search = Search,
    list = List,
    trace = Trace
);

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::*;
    use crate::policy::actions;
    use std::collections::BTreeSet;

    fn rows() -> impl Iterator<Item = &'static Row> {
        ALL.iter().flat_map(|part| part.rows)
    }

    #[test]
    fn every_operation_that_can_be_called_has_a_row() {
        let of_rows: BTreeSet<Operation> = rows().map(|row| row.operation).collect();
        let all: BTreeSet<Operation> = Operation::ALL.iter().copied().collect();
        assert_eq!(
            all.difference(&of_rows).collect::<Vec<_>>(),
            Vec::<&Operation>::new()
        );
    }

    #[test]
    fn no_row_is_there_twice_and_the_verbs_are_in_order() {
        for part in ALL {
            for (at, row) in part.rows.iter().enumerate() {
                assert!(!part.rows[..at].contains(row), "{row:?}");
            }
            assert!(part.rows.is_sorted_by_key(|row| row.verb), "{}", part.noun);
        }
    }

    #[test]
    fn what_is_asked_beside_is_an_action_of_aws() {
        for action in rows().filter_map(|row| row.beside) {
            assert!(actions::find(action).is_some(), "{action}");
        }
    }
}
