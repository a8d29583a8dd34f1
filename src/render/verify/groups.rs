//! Checks that say the same of one place, in one row.

use crate::verify::{Check, Proof, Tried, Verdict};
use std::collections::BTreeMap;

/// A row: the operations of one proof, verdict and place.
pub(in crate::render) struct Row<'a> {
    pub(in crate::render) proof: Proof,
    pub(in crate::render) verdict: Verdict,
    pub(in crate::render) place: String,
    pub(in crate::render) operations: Vec<&'static str>,
    pub(in crate::render) checks: Vec<&'a Check>,
}

/// The rows of a principal: by proof, what is wrong first.
pub(in crate::render) fn rows(tried: &Tried) -> Vec<Row<'_>> {
    let mut groups: BTreeMap<_, Vec<&Check>> = BTreeMap::new();
    for check in &tried.checks {
        let place = (check.place.clone(), check.place.to_string());
        let key = (check.proof, check.verdict, place);
        groups.entry(key).or_default().push(check);
    }
    groups
        .into_iter()
        .map(|((proof, verdict, (_, place)), checks)| Row {
            proof,
            verdict,
            place,
            operations: operations(&checks),
            checks,
        })
        .collect()
}

/// What was tried, in order; what was tried of several objects once.
fn operations(checks: &[&Check]) -> Vec<&'static str> {
    let mut texts: Vec<&'static str> = Vec::new();
    for check in checks {
        let text = check.operation.text();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
