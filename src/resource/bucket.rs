//! An S3 bucket and its settings. A setting that is `None` is not managed.

use super::names::{Fault, fault};
use super::ownership::{self, Keys};
use super::{Kind, Needs, Scope, Tags};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A general purpose bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Globally unique within the partition.
    pub name: String,
    /// Fixed at creation.
    pub region: String,
    /// `false` is never enabled, or suspended: S3 tells them apart, the user's data does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versioning: Option<bool>,
    /// The default encryption of new objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// The manifest does not say how: what is there is as good as SSE-S3, and stays.
    #[serde(skip)]
    pub encryption_by_default: bool,
    /// What public access is refused whatever policies and ACLs say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_access_block: Option<PublicAccessBlock>,
    /// Who owns objects that others upload, and whether ACLs count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_ownership: Option<ObjectOwnership>,
    /// Lifecycle rules by their id; empty is "no rules".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<BTreeMap<String, LifecycleRule>>,
    /// Only our keys are managed.
    #[serde(default)]
    pub tags: Tags,
}

/// Default encryption. S3 encrypts every object; a bucket without a configuration has SSE-S3
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// Whose keys.
    pub algorithm: Algorithm,
    /// Key ARN or alias ARN, or the address of a key of the manifest, `kms_key.NAME`: what its ARN is
    /// only the provider knows. `None` with KMS is the AWS managed key `aws/s3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Fewer calls to KMS; always `false` without KMS.
    #[serde(default)]
    pub bucket_key: bool,
}

impl Encryption {
    /// Keys managed by S3: the default of every bucket.
    #[must_use]
    pub fn sse_s3() -> Self {
        Self {
            algorithm: Algorithm::SseS3,
            kms_key: None,
            bucket_key: false,
        }
    }
}

/// Kinds of server-side encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// `AES256`: keys managed by S3.
    #[serde(rename = "SSE-S3")]
    SseS3,
    /// `aws:kms`.
    #[serde(rename = "SSE-KMS")]
    SseKms,
    /// `aws:kms:dsse`: two layers.
    #[serde(rename = "DSSE-KMS")]
    DsseKms,
}

/// The four switches of Block Public Access; a bucket without a configuration has all four off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// Refuse new public ACLs.
    pub block_public_acls: bool,
    /// Disregard public ACLs that there are.
    pub ignore_public_acls: bool,
    /// Refuse a public bucket policy.
    pub block_public_policy: bool,
    /// With a public policy, let in only the owner's account and AWS services.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four switches the same way.
    #[must_use]
    pub fn all(on: bool) -> Self {
        Self {
            block_public_acls: on,
            ignore_public_acls: on,
            block_public_policy: on,
            restrict_public_buckets: on,
        }
    }
}

/// Object ownership; a bucket without a configuration has `ObjectWriter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectOwnership {
    /// ACLs are off.
    BucketOwnerEnforced,
    /// The owner owns what is uploaded with `bucket-owner-full-control`.
    BucketOwnerPreferred,
    /// The uploader owns.
    ObjectWriter,
}

/// One lifecycle rule; days count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// A rule that is switched off stays in the configuration.
    pub enabled: bool,
    /// Only keys that begin so; empty is the whole bucket.
    #[serde(default)]
    pub prefix: String,
    /// Delete objects so many days after creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_days: Option<i32>,
    /// Remove delete markers that have no versions behind them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expire_delete_markers: bool,
    /// Delete versions so many days after they were superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_expire_days: Option<i32>,
    /// … but keep this many of the newest of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_keep: Option<i32>,
    /// Abort multipart uploads that are not finished after so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_multipart_days: Option<i32>,
    /// Moves to other storage classes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub transitions: BTreeSet<Transition>,
    /// The same, for superseded versions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub noncurrent_transitions: BTreeSet<Transition>,
    /// Elements of a live rule that s3setup does not model, named so that they show as a difference.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub other: BTreeSet<String>,
}

/// A move to another storage class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Days after creation (or after being superseded); 0 is at once.
    pub days: i32,
    /// `STANDARD_IA`, `GLACIER`, …
    pub storage_class: String,
}

impl Bucket {
    /// A bucket of which nothing but its place is managed.
    #[must_use]
    pub fn named(name: &str, region: &str) -> Self {
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            versioning: None,
            encryption: None,
            encryption_by_default: false,
            public_access_block: None,
            object_ownership: None,
            lifecycle: None,
            tags: Tags::new(),
        }
    }

    /// The rules for general purpose bucket names
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>, 2026).
    ///
    /// # Errors
    /// The first rule that `name` breaks, and what to write instead.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        const PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
        const SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
        let edge =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let fixed: String = name
            .to_lowercase()
            .chars()
            .map(|c| match c {
                'a'..='z' | '0'..='9' | '.' | '-' => c,
                _ => '-',
            })
            .collect();
        if let Some(upper) = name.chars().find(char::is_ascii_uppercase) {
            return Err(fault(
                format!("bucket names have no capital letters, and this has {upper:?}"),
                format!("write {fixed:?}"),
            ));
        }
        if let Some(odd) = name
            .chars()
            .find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !matches!(c, '.' | '-'))
        {
            return Err(fault(
                format!("bucket names consist of a-z, 0-9, '-' and '.', and this has {odd:?}"),
                format!("write for example {fixed:?}"),
            ));
        }
        if !(3..=63).contains(&name.len()) {
            return Err(fault(
                format!(
                    "bucket names have 3 to 63 characters, and this has {}",
                    name.len()
                ),
                "choose a longer or shorter name",
            ));
        }
        if !edge(name.chars().next()) || !edge(name.chars().last()) {
            return Err(fault(
                "bucket names begin and end with a letter or a digit",
                format!("write {:?}", name.trim_matches(['.', '-'])),
            ));
        }
        if name.contains("..") {
            return Err(fault(
                "bucket names have no two dots in a row",
                "take one dot out",
            ));
        }
        if name.parse::<std::net::Ipv4Addr>().is_ok() || looks_like_ip(name) {
            return Err(fault(
                "a bucket name must not look like an IP address",
                "add a letter",
            ));
        }
        if let Some(prefix) = PREFIXES.iter().find(|prefix| name.starts_with(**prefix)) {
            return Err(fault(
                format!("AWS keeps names that begin with {prefix:?} to itself"),
                "choose another beginning",
            ));
        }
        if let Some(suffix) = SUFFIXES.iter().find(|suffix| name.ends_with(**suffix)) {
            return Err(fault(
                format!("AWS keeps names that end with {suffix:?} to itself"),
                "choose another ending",
            ));
        }
        if name.ends_with("-an") {
            return Err(fault(
                "names that end with \"-an\" are for buckets of the account-regional namespace",
                "choose another ending",
            ));
        }
        Ok(())
    }
}

/// AWS refuses what is "formatted as an IP address", also with numbers past 255.
fn looks_like_ip(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    parts.len() == 4
        && parts
            .iter()
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

impl Kind for Bucket {
    const KIND: &'static str = "bucket";
    const FIXED: &'static [&'static str] = &["region"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!("arn:{}:s3:::{}", scope.partition, self.name))
    }

    fn needs(&self) -> Needs {
        Needs {
            must: self
                .encryption
                .iter()
                .filter_map(|encryption| encryption.kms_key.clone())
                .collect(),
            should: BTreeSet::new(),
        }
    }

    fn limited_to(mut self, want: &Self) -> Self {
        ownership::unmanaged!(self, want; versioning, encryption, public_access_block,
            object_ownership, lifecycle);
        self.encryption_by_default = want.encryption_by_default;
        if want.encryption_by_default && self.encryption.is_some() {
            self.encryption.clone_from(&want.encryption);
        }
        self.tags = ownership::our_tags(self.tags, &want.tags, Keys::Exact);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        ownership::keep_unmanaged!(self, have; versioning, encryption, public_access_block,
            object_ownership, lifecycle);
        if self.encryption_by_default && have.encryption.is_some() {
            self.encryption.clone_from(&have.encryption);
        }
        self.tags = ownership::with_foreign_tags(self.tags, &have.tags, Keys::Exact);
        self
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_s3() {
        let table = [
            ("neon-s3-backup-012345678901", true, "an ordinary name"),
            ("a.b-c.d", true, "dots are allowed"),
            ("123", true, "digits alone are no IP address"),
            ("1.2.3", true, "three parts are no IP address"),
            ("ab", false, "two characters"),
            (&*"a".repeat(63), true, "the longest"),
            (&*"a".repeat(64), false, "one too many"),
            ("My-bucket", false, "a capital letter"),
            ("my_bucket", false, "an underscore"),
            ("bücket", false, "not ASCII"),
            ("my bucket", false, "a space"),
            ("-abc", false, "begins with a hyphen"),
            ("abc.", false, "ends with a dot"),
            ("a..b", false, "two dots"),
            ("192.168.0.1", false, "an IP address"),
            ("999.168.0.1", false, "formatted like an IP address"),
            ("xn--abc", false, "reserved prefix"),
            ("sthree-abc", false, "reserved prefix"),
            ("amzn-s3-demo-bucket", false, "reserved prefix"),
            ("abc-s3alias", false, "reserved suffix"),
            ("abc--ol-s3", false, "reserved suffix"),
            ("abc.mrap", false, "reserved suffix"),
            ("abc--x-s3", false, "reserved suffix"),
            ("abc--table-s3", false, "reserved suffix"),
            ("abc-an", false, "the account-regional namespace"),
            ("", false, "empty"),
        ];
        for (name, good, reason) in table {
            assert_eq!(Bucket::check_name(name).is_ok(), good, "{name}: {reason}");
        }
        let fix = Bucket::check_name("My_Bucket").unwrap_err().fix;
        assert_eq!(fix, "write \"my-bucket\"", "a fix that is good at once");
    }

    #[test]
    fn stronger_encryption_stays_unless_the_manifest_says_otherwise() {
        let kms = Encryption {
            algorithm: Algorithm::SseKms,
            kms_key: None,
            bucket_key: true,
        };
        let live = Bucket {
            encryption: Some(kms.clone()),
            ..Bucket::named("b", "r")
        };
        let want = |by_default| Bucket {
            encryption: Some(Encryption::sse_s3()),
            encryption_by_default: by_default,
            ..Bucket::named("b", "r")
        };
        assert_eq!(live.clone().limited_to(&want(true)), want(true));
        assert_eq!(
            live.clone().limited_to(&want(false)).encryption,
            Some(kms.clone())
        );
        assert_eq!(want(true).with_foreign(&live).encryption, Some(kms));
    }

    #[test]
    fn settings_and_tags_that_the_manifest_leaves_out_are_not_ours() {
        let live = Bucket {
            versioning: Some(true),
            encryption: Some(Encryption::sse_s3()),
            tags: Tags::from([("ours".into(), "x".into()), ("theirs".into(), "y".into())]),
            ..Bucket::named("b", "eu-west-1")
        };
        let want = Bucket {
            encryption: Some(Encryption::sse_s3()),
            tags: Tags::from([("ours".into(), "z".into())]),
            ..Bucket::named("b", "eu-west-1")
        };
        let limited = live.limited_to(&want);
        assert_eq!(limited.versioning, None);
        assert_eq!(limited.encryption, want.encryption);
        assert_eq!(limited.tags, Tags::from([("ours".into(), "x".into())]));
    }
}
