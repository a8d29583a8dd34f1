//! A bucket of Google Cloud Storage and its settings. A setting that is `None` is not managed.

use super::super::names::{Fault, fault};
use super::super::ownership::{self, Keys};
use super::super::{Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Unique in all of Google Cloud.
    pub name: String,
    /// The project that pays for it. Of one that is there, Google tells only the number.
    pub project: String,
    /// In capitals, as Google answers: `EU`, `EUROPE-WEST1`. Fixed at creation.
    pub location: String,
    /// `STANDARD`, `NEARLINE`, `COLDLINE` or `ARCHIVE`: of objects that say nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// Only policies count, and no ACLs. Cannot be taken back once it has been so for 90 days
    /// (<https://cloud.google.com/storage/docs/uniform-bucket-level-access>).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uniform_bucket_level_access: Option<bool>,
    /// Whether `allUsers` and `allAuthenticatedUsers` are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_access_prevention: Option<PublicAccessPrevention>,
    /// Superseded and deleted objects are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versioning: Option<bool>,
    /// Google's rules have no names; empty is "no rules".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<BTreeSet<LifecycleRule>>,
    /// Google's labels, our marks among them. Only our keys are managed.
    #[serde(default, rename = "labels")]
    pub tags: Tags,
}

/// Whether the public is kept out
/// (<https://cloud.google.com/storage/docs/public-access-prevention>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicAccessPrevention {
    /// It is.
    Enforced,
    /// As the organisation has it.
    Inherited,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleAction {
    /// Deletes the object.
    Delete,
    /// Gives an upload in parts up.
    AbortIncompleteMultipartUpload,
    /// Moves the object to this class.
    SetStorageClass(String),
}

/// One rule: all of its conditions have to hold
/// (<https://cloud.google.com/storage/docs/lifecycle>).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// What it does.
    pub action: LifecycleAction,
    /// So many days after the object was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<i64>,
    /// Only live (or only superseded) objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
    /// So many days after it was superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_days: Option<i64>,
    /// So many newer versions are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_versions: Option<i64>,
    /// Its name begins with one of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub prefixes: BTreeSet<String>,
    /// Its name ends with one of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub suffixes: BTreeSet<String>,
    /// It is of one of these classes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub storage_classes: BTreeSet<String>,
    /// Conditions of a live rule that s3setup does not model, as JSON by their names, so that they
    /// show as a difference and survive where the rule stays.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

impl LifecycleRule {
    /// A rule for every object.
    #[must_use]
    pub fn of(action: LifecycleAction) -> Self {
        Self {
            action,
            age_days: None,
            live: None,
            noncurrent_days: None,
            newer_versions: None,
            prefixes: BTreeSet::new(),
            suffixes: BTreeSet::new(),
            storage_classes: BTreeSet::new(),
            other: BTreeMap::new(),
        }
    }
}

impl Bucket {
    /// A bucket of which nothing but its place is managed.
    #[must_use]
    pub fn named(name: &str, project: &str, location: &str) -> Self {
        Self {
            name: name.to_owned(),
            project: project.to_owned(),
            location: location.to_owned(),
            storage_class: None,
            uniform_bucket_level_access: None,
            public_access_prevention: None,
            versioning: None,
            lifecycle: None,
            tags: Tags::new(),
        }
    }

    /// Its full name, as conditions and policies have it.
    #[must_use]
    pub fn full_name(name: &str) -> String {
        format!("projects/_/buckets/{name}")
    }

    /// The rules for names (<https://cloud.google.com/storage/docs/buckets#naming>). One with dots is
    /// a domain, which whoever makes it has to prove to own.
    ///
    /// # Errors
    /// The first rule that `name` breaks, and what to write instead.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        let odd = |c: &char| {
            !c.is_ascii_lowercase() && !c.is_ascii_digit() && !matches!(c, '-' | '_' | '.')
        };
        if let Some(odd) = name.chars().find(odd) {
            let fixed: String = name.to_lowercase();
            let fixed: String = fixed
                .chars()
                .map(|c| if self::fits(c) { c } else { '-' })
                .collect();
            return Err(fault(
                format!("bucket names consist of a-z, 0-9, '-', '_' and '.', and this has {odd:?}"),
                format!("write for example {fixed:?}"),
            ));
        }
        let most = if name.contains('.') { 222 } else { 63 };
        if !(3..=most).contains(&name.len()) || name.split('.').any(|part| part.len() > 63) {
            return Err(fault(
                "bucket names have 3 to 63 characters (222 with dots, 63 between two of them)",
                "choose a longer or shorter name",
            ));
        }
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if !edge(name.chars().next()) || !edge(name.chars().last()) {
            return Err(fault(
                "bucket names begin and end with a letter or a digit",
                format!("write {:?}", name.trim_matches(['.', '-', '_'])),
            ));
        }
        if name.parse::<std::net::Ipv4Addr>().is_ok() {
            return Err(fault(
                "a bucket name must not look like an IP address",
                "add a letter",
            ));
        }
        if name.starts_with("goog") || ["google", "g00gle"].iter().any(|word| name.contains(word)) {
            return Err(fault(
                "Google keeps names that begin with \"goog\" or have \"google\" in them to itself",
                "choose another name",
            ));
        }
        Ok(())
    }
}

fn fits(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.')
}

impl Kind for Bucket {
    const KIND: &'static str = "google_bucket";
    const FIXED: &'static [&'static str] = &["location", "project"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        Some(Self::full_name(&self.name))
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    ownership::owned_by_tags!(Keys::Exact; storage_class, uniform_bucket_level_access,
        public_access_prevention, versioning, lifecycle);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_google() {
        for (name, good, reason) in [
            ("rudder-events", true, "an ordinary name"),
            ("a_b", true, "an underscore, unlike at S3"),
            ("backups.example.com", true, "a domain"),
            ("Rudder", false, "a capital letter"),
            ("ab", false, "too short"),
            (&"a".repeat(64), false, "too long"),
            ("-ab", false, "begins with a hyphen"),
            ("ab-", false, "ends with one"),
            ("10.0.0.1", false, "an address"),
            ("googly", false, "reserved"),
            ("my-google-backups", false, "reserved"),
            ("a b", false, "a space"),
        ] {
            assert_eq!(Bucket::check_name(name).is_ok(), good, "{name}: {reason}");
        }
        let fix = Bucket::check_name("My Events").unwrap_err().fix;
        assert!(fix.contains("my-events"), "{fix}");
    }

    #[test]
    fn what_is_not_managed_is_no_difference_and_stays() {
        let have = Bucket {
            versioning: Some(true),
            storage_class: Some("STANDARD".into()),
            tags: [("team".to_owned(), "data".to_owned())].into(),
            ..Bucket::named("b", "p", "EU")
        };
        let want = Bucket {
            storage_class: Some("NEARLINE".into()),
            tags: ownership::mark("m"),
            ..Bucket::named("b", "p", "EU")
        };
        let after = want.clone().with_foreign(&have);
        assert_eq!(after.versioning, Some(true));
        assert_eq!(after.tags["team"], "data");
        assert_eq!(after.limited_to(&want), want);
        assert_ne!(have.limited_to(&want), want);
    }
}
