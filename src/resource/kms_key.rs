//! A key of AWS KMS that S3 encrypts with, under its alias. Its id is made up by AWS, so nothing
//! here knows it: what refers to a key does so by its address, and the provider finds the id.

use super::names::{Fault, fault};
use super::ownership::{self, Keys};
use super::role::document_needs;
use super::{Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};

/// The tag that names the alias, on the key itself: an alias is no part of a key, and a key that
/// lost its alias, or never got one, is found again by this.
const ALIAS: &str = "s3setup:alias";

/// A symmetric key, made by KMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KmsKey {
    /// The alias without `alias/`; unique in the account and region.
    pub name: String,
    /// Where the key is; fixed at creation.
    pub region: String,
    /// `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A key that is disabled encrypts and decrypts nothing.
    pub enabled: bool,
    /// New key material every year; what was encrypted stays readable.
    pub rotation: bool,
    /// Days, 7 to 30, that a deletion would wait. KMS keeps it only once a deletion is scheduled:
    /// it is what the manifest says, and never a difference.
    pub deletion_window_days: i32,
    /// The whole key policy.
    pub policy: Document,
    /// Only our keys are managed.
    #[serde(default)]
    pub tags: Tags,
}

impl KmsKey {
    /// An enabled key with rotation that nobody may use or administer.
    #[must_use]
    pub fn named(name: &str, region: &str) -> Self {
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            description: None,
            enabled: true,
            rotation: true,
            deletion_window_days: 30,
            policy: Document::new([]),
            tags: Tags::new(),
        }
    }

    /// `alias/NAME`: how KMS finds it.
    #[must_use]
    pub fn alias(&self) -> String {
        format!("alias/{}", self.name)
    }

    /// The tags of the key `name` that say under which alias it belongs.
    #[must_use]
    pub fn alias_mark(name: &str) -> Tags {
        Tags::from([(ALIAS.to_owned(), format!("alias/{name}"))])
    }

    /// The name that the tags of a key say it has.
    #[must_use]
    pub fn alias_in(tags: &Tags) -> Option<&str> {
        tags.get(ALIAS)?.strip_prefix("alias/")
    }

    /// Of its tags those that only s3setup gives: whose it is, and under which alias it belongs.
    #[must_use]
    pub fn marks(&self) -> Tags {
        let mut marks = ownership::mark("");
        marks.extend(Self::alias_mark(""));
        let mut ours = self.tags.clone();
        ours.retain(|key, _| marks.contains_key(key));
        ours
    }

    /// The name of the key that `reference` (`kms_key.NAME`) refers to, if it is such a reference.
    #[must_use]
    pub fn referred_to(reference: &str) -> Option<&str> {
        reference.strip_prefix(Self::KIND)?.strip_prefix('.')
    }

    /// `[a-zA-Z0-9/_-]{1,250}`, and not `aws/…`
    /// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
        if let Some(rest) = name.strip_prefix("alias/") {
            return Err(fault(
                "the name of a key is its alias without \"alias/\"",
                format!("write {rest}"),
            ));
        }
        if let Some(odd) = name.chars().find(|c| !good(*c)) {
            return Err(fault(
                format!("aliases of keys consist of a-z, A-Z, 0-9 and /_- and this has {odd:?}"),
                "choose another name",
            ));
        }
        if !(1..=250).contains(&name.len()) {
            return Err(fault(
                format!(
                    "an alias has 1 to 250 characters after \"alias/\", and this has {}",
                    name.len()
                ),
                "choose a longer or shorter name",
            ));
        }
        if name.starts_with("aws/") {
            return Err(fault(
                "aliases that begin with \"aws/\" are AWS's own",
                "choose another name",
            ));
        }
        Ok(())
    }

    /// At most 8192 characters
    /// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>).
    ///
    /// # Errors
    /// The rule that `description` breaks.
    pub fn check_description(description: &str) -> Result<(), Fault> {
        match description.chars().count() {
            0..=8192 => Ok(()),
            _ => Err(fault(
                "a key's description has at most 8192 characters",
                "shorten it",
            )),
        }
    }
}

impl Kind for KmsKey {
    const KIND: &'static str = "kms_key";
    const FIXED: &'static [&'static str] = &["region"];
    const NEVER_DIFFERS: &'static [&'static str] = &["deletion_window_days"];

    fn name(&self) -> &str {
        &self.name
    }

    /// The alias's: that of the key has an id in it that KMS makes up.
    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:kms:{}:{}:{}",
            scope.partition,
            self.region,
            scope.account,
            self.alias()
        ))
    }

    fn needs(&self) -> Needs {
        Needs {
            must: document_needs([&self.policy]).must,
            ..Needs::default()
        }
    }

    fn limited_to(mut self, want: &Self) -> Self {
        ownership::unmanaged!(self, want; description);
        self.deletion_window_days = want.deletion_window_days;
        self.tags = ownership::our_tags(self.tags, &want.tags, Keys::Exact);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        ownership::keep_unmanaged!(self, have; description);
        self.tags = ownership::with_foreign_tags(self.tags, &have.tags, Keys::Exact);
        self
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Resource;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_those_of_aliases() {
        for good in [
            "rudderstack-s3",
            "team/a_b",
            "A1",
            "awsome",
            &"a".repeat(250),
        ] {
            assert_eq!(KmsKey::check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "a.b", "a b", "aws/s3", "alias/a", "é", &"a".repeat(251)] {
            assert!(KmsKey::check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_an_address_of_a_key_refers_to_one() {
        assert_eq!(KmsKey::referred_to("kms_key.a/b"), Some("a/b"));
        for other in ["alias/a", "kms_keys.a", "arn:aws:kms:r:1:key/x", "kms_key"] {
            assert_eq!(KmsKey::referred_to(other), None, "{other}");
        }
    }

    #[test]
    fn a_key_needs_the_principals_of_its_policy_and_nothing_else() {
        let policy = Document::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt",
                "Principal":{"AWS":"arn:aws:iam::123456789012:role/r"},"Resource":"*"}}"#,
        )
        .unwrap();
        let key = KmsKey {
            policy,
            ..KmsKey::named("k", "eu-west-1")
        };
        let role = "arn:aws:iam::123456789012:role/r".to_owned();
        assert_eq!(key.needs().must, BTreeSet::from([role]));
        assert_eq!(key.needs().should, BTreeSet::new());
        let nobody = Resource::KmsKey(key).without_principals();
        assert_eq!(nobody.needs(), Needs::default());
    }

    #[test]
    fn how_long_a_deletion_would_wait_is_no_difference() {
        let want = KmsKey {
            deletion_window_days: 7,
            ..KmsKey::named("k", "eu-west-1")
        };
        let have = KmsKey::named("k", "eu-west-1");
        assert_eq!(have.limited_to(&want), want);
    }
}
