//! Key policies that lock everybody out, or let everybody in.

use crate::manifest::context::Context;
use crate::manifest::draft::Draft;
use crate::manifest::strangers;
use crate::policy::pattern::matches;
use crate::policy::{Effect, Principal, Statement};
use crate::yaml::Path;
use std::collections::BTreeSet;

/// Statements that lock everybody out, and that let everybody in.
pub(super) fn look_for(context: &mut Context, draft: &Draft) {
    let statements = draft.statements();
    for (place, statement) in statements {
        if strangers::is_public(statement) && !names_an_account(statement) {
            context.refuse(
                place,
                "this lets everybody in the world use the key",
                "name the principals, or whose requests are meant with kms:CallerAccount",
            );
        }
    }
    if let Some((place, _)) = statements.iter().find(|(_, each)| denies_mending(each)) {
        context.refuse(
            place,
            "this denies everybody, you too, to mend the policy: only AWS's support could",
            "deny what is meant (kms:ScheduleKeyDeletion, …), or add a condition",
        );
    }
}

/// That somebody may change the policy again.
pub(super) fn look_for_administrators(context: &mut Context, path: &Path, draft: &Draft) {
    let mut statements = draft.statements().iter();
    if !statements.any(|(_, each)| allows_mending(each)) {
        context.lacks(
            &path.key("administrators"),
            "nobody may change this policy again, and AWS refuses such a key",
            "name who runs s3setup, or leave administrators out: then IAM policies decide",
        );
    }
}

fn mends(actions: &BTreeSet<String>) -> bool {
    actions
        .iter()
        .any(|action| matches(&action.to_lowercase(), "kms:putkeypolicy"))
}

fn allows_mending(statement: &Statement) -> bool {
    let but = &statement.not_action;
    statement.effect == Effect::Allow
        && (mends(&statement.action) || (!but.is_empty() && !mends(but)))
}

fn denies_mending(statement: &Statement) -> bool {
    let everybody = statement.principal.as_ref();
    statement.effect == Effect::Deny
        && everybody.is_some_and(Principal::is_everyone)
        && statement.condition.is_empty()
        && mends(&statement.action)
}

fn names_an_account(statement: &Statement) -> bool {
    let mut keys = statement.condition.values().flatten();
    keys.any(|(key, values)| {
        key.eq_ignore_ascii_case("kms:CallerAccount")
            && values.iter().all(|value| !value.contains(['*', '?']))
    })
}
