//! What somebody has beyond what is tried: every permission of every binding that there is, against
//! those that are promised.

use super::world::{Bound, Who, World};
use crate::probe::{Operation, Place};
use crate::verify::report::{Check, Proof, Verdict};
use std::collections::BTreeSet;

/// A check for each binding that there is and that gives `who` more than is promised, unless `checks`
/// say so already.
pub(super) fn surplus(wanted: &World, live: &World, who: &Who, checks: &[Check]) -> Vec<Check> {
    let wrong = checks
        .iter()
        .filter(|check| check.verdict == Verdict::AllowedButNotPromised);
    let told: BTreeSet<&String> = wrong.flat_map(|check| &check.actions).collect();
    let mut found = Vec::new();
    for bound in live.giving(who) {
        let promised = |permission: &String| {
            wanted.giving(who).any(|other| {
                let has = wanted.permissions(&other.role);
                has.is_some_and(|all| all.contains(permission))
                    && bound.condition.implies(&other.condition)
            })
        };
        let more: Vec<String> = match live.permissions(&bound.role) {
            Some(all) => all
                .into_iter()
                .filter(|one| one.starts_with("storage.") && !promised(one))
                .collect(),
            None if wanted.giving(who).any(|other| other.name == bound.name) => Vec::new(),
            None => vec![format!("what {} has", bound.role)],
        };
        if more.iter().any(|one| !told.contains(one)) {
            found.push(check(live, bound, more));
        }
    }
    found
}

fn check(live: &World, bound: &Bound, actions: Vec<String>) -> Check {
    Check {
        operation: Operation::Other,
        place: Place::Bucket,
        target: live.bucket.clone().unwrap_or_default(),
        actions,
        promised: Some(false),
        promised_by: Vec::new(),
        found: Some(true),
        verdict: Verdict::AllowedButNotPromised,
        proof: Proof::Evaluation,
        because: vec![format!("the binding of {}", bound.name)],
        detail: Some("permissions that the manifest does not grant".to_owned()),
    }
}
