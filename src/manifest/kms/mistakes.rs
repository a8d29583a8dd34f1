//! Key policies that nobody may change again.

use crate::manifest::context::Context;
use crate::manifest::draft::Draft;
use crate::policy::pattern::matches;
use crate::policy::{Effect, Statement};
use crate::yaml::Path;
use std::collections::BTreeSet;

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
