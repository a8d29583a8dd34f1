//! Lifecycle rules, to and from S3's form.

use super::error::Result;
use crate::resource::{LifecycleRule, Transition};
use aws_sdk_s3::types::{
    self as s3, AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration,
    LifecycleRuleFilter, NoncurrentVersionExpiration, NoncurrentVersionTransition,
};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of a bucket by their ids.
pub(super) fn decode(rules: &[s3::LifecycleRule]) -> BTreeMap<String, LifecycleRule> {
    let mut found = BTreeMap::new();
    for rule in rules {
        let decoded = decode_rule(rule);
        let id = match rule.id() {
            Some(id) if !id.is_empty() => id.to_owned(),
            // AWS always makes one up. From the prefix, and not from the place in the list: then
            // it stays the same when another rule comes or goes.
            _ => free(&found, &format!("no-id:{}", decoded.prefix)),
        };
        found.insert(id, decoded);
    }
    found
}

fn free(taken: &BTreeMap<String, LifecycleRule>, wished: &str) -> String {
    let mut id = wished.to_owned();
    let mut number = 1;
    while taken.contains_key(&id) {
        number += 1;
        id = format!("{wished}-{number}");
    }
    id
}

fn decode_rule(rule: &s3::LifecycleRule) -> LifecycleRule {
    let mut other = BTreeSet::new();
    let mut note = |present: bool, name: &str| {
        if present {
            other.insert(name.to_owned());
        }
    };
    let filter = rule.filter();
    let and = filter.and_then(|filter| filter.and());
    note(
        filter.is_some_and(|filter| filter.tag().is_some())
            || and.is_some_and(|and| !and.tags().is_empty()),
        "filter.tags",
    );
    note(
        filter.is_some_and(|filter| filter.object_size_greater_than().is_some())
            || and.is_some_and(|and| and.object_size_greater_than().is_some()),
        "filter.object_size_greater_than",
    );
    note(
        filter.is_some_and(|filter| filter.object_size_less_than().is_some())
            || and.is_some_and(|and| and.object_size_less_than().is_some()),
        "filter.object_size_less_than",
    );
    #[expect(
        deprecated,
        reason = "old configurations still have the prefix at the rule itself"
    )]
    let own = rule.prefix();
    let prefix = and
        .and_then(|and| and.prefix())
        .or_else(|| filter.and_then(|filter| filter.prefix()))
        .or(own)
        .unwrap_or_default();

    let expiration = rule.expiration();
    note(
        expiration.is_some_and(|expiration| expiration.date().is_some()),
        "expiration.date",
    );
    let noncurrent = rule.noncurrent_version_expiration();
    let mut transitions = BTreeSet::new();
    for transition in rule.transitions() {
        note(transition.date().is_some(), "transition.date");
        if transition.date().is_none()
            && let Some(class) = transition.storage_class()
        {
            transitions.insert(Transition {
                days: transition.days().unwrap_or(0),
                storage_class: class.as_str().to_owned(),
            });
        }
    }
    let mut noncurrent_transitions = BTreeSet::new();
    for transition in rule.noncurrent_version_transitions() {
        note(
            transition.newer_noncurrent_versions().is_some(),
            "noncurrent_transition.newer_noncurrent_versions",
        );
        if let Some(class) = transition.storage_class() {
            noncurrent_transitions.insert(Transition {
                days: transition.noncurrent_days().unwrap_or(0),
                storage_class: class.as_str().to_owned(),
            });
        }
    }
    LifecycleRule {
        enabled: *rule.status() == ExpirationStatus::Enabled,
        prefix: prefix.to_owned(),
        expire_days: expiration.and_then(|expiration| expiration.days()),
        expire_delete_markers: expiration
            .and_then(|expiration| expiration.expired_object_delete_marker())
            .unwrap_or(false),
        noncurrent_expire_days: noncurrent.and_then(|noncurrent| noncurrent.noncurrent_days()),
        noncurrent_keep: noncurrent.and_then(|noncurrent| noncurrent.newer_noncurrent_versions()),
        abort_multipart_days: rule
            .abort_incomplete_multipart_upload()
            .and_then(|abort| abort.days_after_initiation()),
        transitions,
        noncurrent_transitions,
        other,
    }
}

/// What to send. `other` cannot be: it names what is not modelled.
pub(super) fn encode(rules: &BTreeMap<String, LifecycleRule>) -> Result<Vec<s3::LifecycleRule>> {
    rules
        .iter()
        .map(|(id, rule)| encode_rule(id, rule))
        .collect()
}

fn encode_rule(id: &str, rule: &LifecycleRule) -> Result<s3::LifecycleRule> {
    let status = if rule.enabled {
        ExpirationStatus::Enabled
    } else {
        ExpirationStatus::Disabled
    };
    let mut encoded = s3::LifecycleRule::builder()
        .id(id)
        .status(status)
        .filter(LifecycleRuleFilter::builder().prefix(&rule.prefix).build());
    if rule.expire_days.is_some() || rule.expire_delete_markers {
        encoded = encoded.expiration(
            LifecycleExpiration::builder()
                .set_days(rule.expire_days)
                .set_expired_object_delete_marker(rule.expire_delete_markers.then_some(true))
                .build(),
        );
    }
    if rule.noncurrent_expire_days.is_some() || rule.noncurrent_keep.is_some() {
        encoded = encoded.noncurrent_version_expiration(
            NoncurrentVersionExpiration::builder()
                .set_noncurrent_days(rule.noncurrent_expire_days)
                .set_newer_noncurrent_versions(rule.noncurrent_keep)
                .build(),
        );
    }
    if let Some(days) = rule.abort_multipart_days {
        encoded = encoded.abort_incomplete_multipart_upload(
            AbortIncompleteMultipartUpload::builder()
                .days_after_initiation(days)
                .build(),
        );
    }
    for transition in &rule.transitions {
        encoded = encoded.transitions(
            s3::Transition::builder()
                .days(transition.days)
                .storage_class(transition.storage_class.as_str().into())
                .build(),
        );
    }
    for transition in &rule.noncurrent_transitions {
        encoded = encoded.noncurrent_version_transitions(
            NoncurrentVersionTransition::builder()
                .noncurrent_days(transition.days)
                .storage_class(transition.storage_class.as_str().into())
                .build(),
        );
    }
    Ok(encoded.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::{LifecycleRuleAndOperator, Tag};
    use aws_smithy_types::DateTime;

    fn live() -> s3::builders::LifecycleRuleBuilder {
        s3::LifecycleRule::builder().status(ExpirationStatus::Enabled)
    }

    #[test]
    fn rules_survive_the_way_there_and_back() {
        let rule = LifecycleRule {
            enabled: true,
            prefix: "backups/".into(),
            expire_days: Some(30),
            noncurrent_expire_days: Some(7),
            noncurrent_keep: Some(3),
            abort_multipart_days: Some(2),
            transitions: BTreeSet::from([
                Transition {
                    days: 0,
                    storage_class: "INTELLIGENT_TIERING".into(),
                },
                Transition {
                    days: 10,
                    storage_class: "A_CLASS_OF_TOMORROW".into(),
                },
            ]),
            noncurrent_transitions: BTreeSet::from([Transition {
                days: 1,
                storage_class: "GLACIER".into(),
            }]),
            ..LifecycleRule::default()
        };
        let markers = LifecycleRule {
            expire_delete_markers: true,
            ..LifecycleRule::default()
        };
        let rules = BTreeMap::from([("a".to_owned(), rule), ("b".to_owned(), markers)]);
        assert_eq!(decode(&encode(&rules).unwrap()), rules);
    }

    #[test]
    fn the_prefix_is_the_same_wherever_it_is_written() {
        let filter = LifecycleRuleFilter::builder().prefix("p/").build();
        let and = LifecycleRuleFilter::builder()
            .and(LifecycleRuleAndOperator::builder().prefix("p/").build())
            .build();
        #[expect(deprecated, reason = "what old configurations hold")]
        let old = live().id("x").prefix("p/");
        let forms = [
            live().id("x").filter(filter),
            live().id("x").filter(and),
            old,
        ];
        for form in forms {
            let rules = decode(&[form.build().unwrap()]);
            assert_eq!(rules["x"].prefix, "p/");
            assert!(rules["x"].other.is_empty());
        }
        let everywhere = [
            live(),
            live().filter(LifecycleRuleFilter::builder().build()),
        ];
        for form in everywhere {
            assert_eq!(decode(&[form.build().unwrap()])["no-id:"].prefix, "");
        }
    }

    #[test]
    fn what_is_not_modelled_shows() {
        let tag = Tag::builder().key("k").value("v").build().unwrap();
        let and = LifecycleRuleAndOperator::builder()
            .prefix("p/")
            .tags(tag)
            .object_size_greater_than(1)
            .build();
        let date = DateTime::from_secs(0);
        let rule = live()
            .id("x")
            .filter(LifecycleRuleFilter::builder().and(and).build())
            .expiration(LifecycleExpiration::builder().date(date).build())
            .transitions(
                s3::Transition::builder()
                    .date(date)
                    .storage_class("GLACIER".into())
                    .build(),
            );
        let other = decode(&[rule.build().unwrap()])["x"].other.clone();
        let expected = [
            "expiration.date",
            "filter.object_size_greater_than",
            "filter.tags",
            "transition.date",
        ];
        assert_eq!(other, expected.map(str::to_owned).into());
    }

    #[test]
    fn rules_without_an_id_are_kept_apart() {
        let rules = decode(&[live().build().unwrap(), live().build().unwrap()]);
        assert_eq!(
            rules.into_keys().collect::<Vec<_>>(),
            ["no-id:", "no-id:-2"]
        );
    }
}
