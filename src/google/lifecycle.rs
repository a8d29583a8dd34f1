//! Rules for what becomes of objects: Google's JSON and our type
//! (<https://cloud.google.com/storage/docs/lifecycle>).

use super::api::{Lifecycle, Rule};
use super::error::{Error, Result};
use crate::resource::google::{LifecycleAction, LifecycleRule};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const DELETE: &str = "Delete";
const ABORT: &str = "AbortIncompleteMultipartUpload";
const SET_CLASS: &str = "SetStorageClass";

/// Google's rules as ours. Conditions that have no field are kept as they are.
pub(super) fn read(lifecycle: Option<&Lifecycle>) -> Result<BTreeSet<LifecycleRule>> {
    let rules = lifecycle.map(|all| all.rule.as_slice());
    rules.unwrap_or_default().iter().map(rule).collect()
}

fn rule(rule: &Rule) -> Result<LifecycleRule> {
    let text = |name: &str| rule.action.get(name).and_then(Value::as_str);
    let class = || text("storageClass").unwrap_or_default().to_owned();
    let action = match text("type").unwrap_or_default() {
        DELETE => LifecycleAction::Delete,
        ABORT => LifecycleAction::AbortIncompleteMultipartUpload,
        SET_CLASS => LifecycleAction::SetStorageClass(class()),
        odd => {
            let message = format!("a lifecycle rule does {odd:?}, which is not known");
            return Err(Error::Unintelligible(message));
        }
    };
    let mut read = LifecycleRule::of(action);
    for (name, value) in &rule.condition {
        let number = value.as_i64();
        let texts: Option<BTreeSet<String>> = value.as_array().and_then(|all| {
            let all = all.iter().map(|one| one.as_str().map(str::to_owned));
            all.collect()
        });
        match (name.as_str(), number, value.as_bool(), texts) {
            ("age", Some(days), ..) => read.age_days = Some(days),
            ("daysSinceNoncurrentTime", Some(days), ..) => read.noncurrent_days = Some(days),
            ("numNewerVersions", Some(number), ..) => read.newer_versions = Some(number),
            ("isLive", _, Some(live), _) => read.live = Some(live),
            ("matchesPrefix", .., Some(texts)) => read.prefixes = texts,
            ("matchesSuffix", .., Some(texts)) => read.suffixes = texts,
            ("matchesStorageClass", .., Some(texts)) => read.storage_classes = texts,
            _ => _ = read.other.insert(name.clone(), value.to_string()),
        }
    }
    Ok(read)
}

/// Our rules as Google's.
pub(super) fn written(rules: &BTreeSet<LifecycleRule>) -> Lifecycle {
    Lifecycle {
        rule: rules.iter().map(write).collect(),
    }
}

fn write(rule: &LifecycleRule) -> Rule {
    let mut action = Map::new();
    let kind = match &rule.action {
        LifecycleAction::Delete => DELETE,
        LifecycleAction::AbortIncompleteMultipartUpload => ABORT,
        LifecycleAction::SetStorageClass(class) => {
            action.insert("storageClass".into(), class.as_str().into());
            SET_CLASS
        }
    };
    action.insert("type".into(), kind.into());
    let mut condition = Map::new();
    let numbers = [
        ("age", rule.age_days),
        ("daysSinceNoncurrentTime", rule.noncurrent_days),
        ("numNewerVersions", rule.newer_versions),
    ];
    for (name, number) in numbers {
        condition.extend(number.map(|number| (name.to_owned(), number.into())));
    }
    condition.extend(rule.live.map(|live| ("isLive".to_owned(), live.into())));
    let sets = [
        ("matchesPrefix", &rule.prefixes),
        ("matchesSuffix", &rule.suffixes),
        ("matchesStorageClass", &rule.storage_classes),
    ];
    for (name, set) in sets.into_iter().filter(|(_, set)| !set.is_empty()) {
        let texts: Vec<&String> = set.iter().collect();
        condition.insert(name.to_owned(), serde_json::json!(texts));
    }
    for (name, text) in &rule.other {
        let value = serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
        condition.insert(name.clone(), value);
    }
    Rule { action, condition }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_are_googles_and_back_with_what_is_not_known_of_them() {
        let all = json!({"rule": [
            {"action": {"type": "Delete"}, "condition": {"age": 30, "isLive": false}},
            {"action": {"type": "SetStorageClass", "storageClass": "COLDLINE"},
             "condition": {"matchesPrefix": ["a/", "b/"], "customTimeBefore": "2026-01-01"}},
            {"action": {"type": "AbortIncompleteMultipartUpload"},
             "condition": {"daysSinceNoncurrentTime": 3, "numNewerVersions": 2}},
        ]});
        let google: Lifecycle = serde_json::from_value(all).unwrap();
        let ours = read(Some(&google)).unwrap();
        assert_eq!(ours.len(), 3);
        assert!(ours.iter().any(|rule| rule.age_days == Some(30)));
        let kept = |rule: &LifecycleRule| rule.other.contains_key("customTimeBefore");
        assert!(ours.iter().any(kept));
        let mut back = written(&ours).rule;
        let mut before = google.rule.clone();
        let key = |rule: &Rule| serde_json::to_string(rule).unwrap();
        back.sort_by_key(key);
        before.sort_by_key(key);
        assert_eq!(back, before);
        assert_eq!(read(None).unwrap(), BTreeSet::new());
    }

    #[test]
    fn an_action_that_is_not_known_is_no_guess() {
        let odd = json!({"rule": [{"action": {"type": "Shred"}, "condition": {"age": 1}}]});
        let odd: Lifecycle = serde_json::from_value(odd).unwrap();
        assert!(read(Some(&odd)).is_err());
    }
}
