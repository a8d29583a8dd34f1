//! The access key of an IAM user: one key in use, handed over to its sink.

use super::{Address, Kind, Needs, Scope, Sink, Tags};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The status of a key that works.
const ACTIVE: &str = "Active";

/// What there is of a user's access keys. A secret is no part of it: ids are known to everybody who
/// may list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// The user's name.
    pub name: String,
    /// The user's path, for the ARN: the user's matter.
    #[serde(skip)]
    pub path: String,
    /// Where the key in use was handed over, as far as that is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sink: Option<Sink>,
    /// AWS's own word: `Active`, `Inactive` or `Expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A run was cut short while it made a key, and its mark is still there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Keys that such a run has left: nobody has their secret.
    #[serde(default)]
    pub unfinished: BTreeSet<String>,
    /// Keys of the user that nothing says anything of.
    #[serde(default)]
    pub others: BTreeSet<String>,
    /// Keys that a rotation has put another one in the place of.
    #[serde(default)]
    pub replaced: BTreeMap<String, Replaced>,
    /// The id of the key in use: given by AWS, and no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sink is on another machine, or was emptied: worth knowing, and no difference.
    #[serde(skip)]
    pub remark: Option<String>,
}

/// What is to become of a key that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replaced {
    /// It still works, and is to be made inactive, or disabled.
    Active,
    /// It does not work any more, and can be made to work again for some time.
    Waiting,
    /// Nobody has missed it: it is to be deleted.
    Due,
    /// It is deleted, by a run that was cut short before it took the record away, too.
    Gone,
}

impl AccessKey {
    /// What the value of a tag of the user begins with that says what a key is.
    pub const RECORD: &str = "s3setup: ";
    /// The tag of the user that is there while a key is made.
    pub const INTENT: &str = "s3setup:access-key";

    /// Whether this tag of a user is about a key: it goes with the key, and says nothing of another.
    #[must_use]
    pub fn is_record(key: &str, value: &str) -> bool {
        key == Self::INTENT || value.starts_with(Self::RECORD)
    }

    /// The key of the user of this name as it should be.
    #[must_use]
    pub fn wanted(user: &str, path: &str, sink: Sink) -> Self {
        Self {
            sink: Some(sink),
            status: Some(ACTIVE.to_owned()),
            ..Self::none(user, path)
        }
    }

    /// No key at all.
    #[must_use]
    pub fn none(user: &str, path: &str) -> Self {
        Self {
            name: user.to_owned(),
            path: path.to_owned(),
            sink: None,
            status: None,
            interrupted: false,
            unfinished: BTreeSet::new(),
            others: BTreeSet::new(),
            replaced: BTreeMap::new(),
            id: None,
            remark: None,
        }
    }

    /// The ids of all keys that the user has.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<String> {
        let known = self.id.iter().chain(self.replaced.keys());
        let rest = self.unfinished.iter().chain(&self.others);
        known.chain(rest).cloned().collect()
    }

    /// The ARN of its user.
    #[must_use]
    pub fn user_arn(&self, scope: &Scope) -> String {
        format!(
            "arn:{}:iam::{}:user{}{}",
            scope.partition, scope.account, self.path, self.name
        )
    }
}

impl Kind for AccessKey {
    const KIND: &'static str = "access_key";
    const NEVER_DIFFERS: &'static [&'static str] = &["id"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        let user = Address::new("user", &self.name);
        needs.must.insert(user.to_string());
        needs
    }

    fn limited_to(mut self, want: &Self) -> Self {
        self.id.clone_from(&want.id);
        self.path.clone_from(&want.path);
        self.remark.clone_from(&want.remark);
        self.replaced.retain(|_, state| *state != Replaced::Waiting);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        self.id.clone_from(&have.id);
        let waiting = have.replaced.iter();
        let waiting = waiting.filter(|(_, state)| **state == Replaced::Waiting);
        self.replaced
            .extend(waiting.map(|(id, state)| (id.clone(), *state)));
        self
    }

    fn tags(&self) -> Option<&Tags> {
        None
    }

    /// Keys that nothing is known of may be in somebody's hands.
    fn belongs_to(&self, _manifest: &str) -> bool {
        self.others.is_empty()
    }

    fn obstacle(&self, have: &Self) -> Option<String> {
        match (&have.sink, &self.sink) {
            (Some(have), Some(want)) if have != want => Some(format!(
                "its key was handed over to {have}, and nobody can read it again; `s3setup rotate` \
                 makes another one for {want}"
            )),
            _ => None,
        }
    }

    fn remark(&self) -> Option<String> {
        self.remark.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> AccessKey {
        AccessKey::wanted("u", "/", "file a dotenv".parse().unwrap())
    }

    #[test]
    fn a_key_that_waits_to_be_deleted_is_no_difference() {
        let have = AccessKey {
            id: Some("AKIA1".into()),
            replaced: [("AKIA0".to_owned(), Replaced::Waiting)].into(),
            remark: Some("elsewhere".into()),
            ..key()
        };
        assert_eq!(have.clone().limited_to(&key()), key());
        assert_eq!(key().with_foreign(&have).limited_to(&key()), key());
        for state in [Replaced::Due, Replaced::Gone] {
            let due = AccessKey {
                replaced: [("AKIA0".to_owned(), state)].into(),
                ..have.clone()
            };
            assert_ne!(due.limited_to(&key()), key(), "{state:?}");
        }
    }

    #[test]
    fn only_a_key_that_nothing_explains_is_not_ours() {
        let with = |others: &[&str], unfinished: &[&str]| {
            let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            AccessKey {
                others: set(others),
                unfinished: set(unfinished),
                ..key()
            }
            .belongs_to("m")
        };
        assert!(with(&[], &["AKIA1"]) && !with(&["AKIA1"], &[]));
    }

    #[test]
    fn another_sink_takes_another_key() {
        let other = AccessKey::wanted("u", "/", "file b dotenv".parse().unwrap());
        assert!(other.obstacle(&key()).unwrap().contains("s3setup rotate"));
        assert_eq!(key().obstacle(&key()), None);
        assert_eq!(key().obstacle(&AccessKey::none("u", "/")), None);
    }
}
