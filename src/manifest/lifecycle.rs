//! Lifecycle rules of the bucket.

use super::context::Context;
use super::model;
use crate::resource::{LifecycleRule, Transition};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

/// The rules below `bucket`, by id.
pub(super) fn compile(
    context: &mut Context,
    path: &Path,
    rules: &BTreeMap<String, model::LifecycleRule>,
) -> BTreeMap<String, LifecycleRule> {
    let path = path.key("lifecycle");
    if rules.len() > 1000 {
        let message = format!("{} lifecycle rules, and S3 takes 1000", rules.len());
        context.refuse(&path, message, "put several into one");
    }
    rules
        .iter()
        .map(|(id, rule)| (id.clone(), compile_rule(context, &path.key(id), id, rule)))
        .collect()
}

fn compile_rule(
    context: &mut Context,
    path: &Path,
    id: &str,
    rule: &model::LifecycleRule,
) -> LifecycleRule {
    if id.is_empty() || id.chars().count() > 255 {
        context.refuse(
            path,
            "a rule's id has 1 to 255 characters",
            "choose another id",
        );
    }
    let does = rule.expire_days.is_some()
        || rule.expire_delete_markers
        || rule.noncurrent_expire_days.is_some()
        || rule.abort_multipart_days.is_some()
        || !rule.transitions.is_empty()
        || !rule.noncurrent_transitions.is_empty();
    if !does {
        let fix = "write for example expire_days: 30, or abort_multipart_days: 7";
        context.refuse(path, "this rule does nothing", fix);
    }
    if rule.expire_delete_markers && rule.expire_days.is_some() {
        let fix = "leave expire_delete_markers out: expire_days removes them, too";
        context.refuse(
            &path.key("expire_delete_markers"),
            "S3 takes no rule with both this and expire_days",
            fix,
        );
    }
    if rule.noncurrent_keep.is_some() && rule.noncurrent_expire_days.is_none() {
        let fix = "add noncurrent_expire_days: how long the others stay";
        context.refuse(
            &path.key("noncurrent_keep"),
            "this keeps what nothing deletes",
            fix,
        );
    }
    for (field, list) in [
        ("transitions", &rule.transitions),
        ("noncurrent_transitions", &rule.noncurrent_transitions),
    ] {
        for (at, transition) in list.iter().enumerate() {
            let ia = matches!(
                transition.storage_class,
                model::StorageClass::StandardIa | model::StorageClass::OnezoneIa
            );
            let place = path.key(field).index(at).key("days");
            if ia && field == "transitions" && transition.days < 30 {
                context.refuse(
                    &place,
                    "S3 moves objects to an IA class after 30 days at the earliest",
                    "write days: 30",
                );
            }
            let expires = match field {
                "transitions" => rule.expire_days,
                _ => rule.noncurrent_expire_days,
            };
            if expires.is_some_and(|expires| expires <= transition.days) {
                let message = "objects are deleted before they are moved";
                context.refuse(&place, message, "move them earlier, or delete them later");
            }
        }
    }
    order(context, &path.key("transitions"), &rule.transitions);
    order(
        context,
        &path.key("noncurrent_transitions"),
        &rule.noncurrent_transitions,
    );
    LifecycleRule {
        enabled: rule.enabled,
        prefix: rule.prefix.clone(),
        expire_days: rule.expire_days,
        expire_delete_markers: rule.expire_delete_markers,
        noncurrent_expire_days: rule.noncurrent_expire_days,
        noncurrent_keep: rule.noncurrent_keep,
        abort_multipart_days: rule.abort_multipart_days,
        transitions: transitions(&rule.transitions),
        noncurrent_transitions: transitions(&rule.noncurrent_transitions),
        other: BTreeSet::new(),
    }
}

fn transitions(written: &[model::Transition]) -> BTreeSet<Transition> {
    written
        .iter()
        .map(|transition| Transition {
            days: transition.days,
            storage_class: serde_json::to_value(transition.storage_class)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
        })
        .collect()
}

/// S3's order of storage classes: objects move down only
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
fn rank(class: model::StorageClass) -> usize {
    use model::StorageClass::{
        DeepArchive, Glacier, GlacierIr, IntelligentTiering, OnezoneIa, StandardIa,
    };
    let order = [
        StandardIa,
        IntelligentTiering,
        OnezoneIa,
        GlacierIr,
        Glacier,
        DeepArchive,
    ];
    order
        .iter()
        .position(|other| *other == class)
        .unwrap_or_default()
}

/// Each move is later than the one before it and to a colder class; what is in an IA class stays
/// there for 30 days.
fn order(context: &mut Context, path: &Path, written: &[model::Transition]) {
    let mut moves: Vec<(usize, &model::Transition)> = written.iter().enumerate().collect();
    moves.sort_by_key(|(_, transition)| (transition.days, rank(transition.storage_class)));
    for pair in moves.windows(2) {
        let [(_, first), (at, then)] = pair else {
            continue;
        };
        let place = path.index(*at);
        if rank(then.storage_class) <= rank(first.storage_class) {
            context.refuse(
                &place.key("storage_class"),
                "objects move to colder classes only, and to each once",
                "STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE \
                 is the order",
            );
            continue;
        }
        let ia = matches!(
            first.storage_class,
            model::StorageClass::StandardIa | model::StorageClass::OnezoneIa
        );
        let least = first.days + if ia { 30 } else { 1 };
        if then.days < least {
            let message = match ia {
                true => "objects stay in an IA class for 30 days at least",
                false => "two moves on the same day",
            };
            context.refuse(&place.key("days"), message, format!("write days: {least}"));
        }
    }
}
