//! The key of a service account: one in use, handed over to its sink.

use super::super::{Address, Kind, Needs, Scope, Sink, Tags};
use super::ServiceAccount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The status of a key that works.
const ACTIVE: &str = "Active";

/// What there is of the keys that a service account has beside those of Google. The private key is no
/// part of it: ids are known to everybody who may list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountKey {
    /// The id of the service account.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// Where the key in use was handed over, as far as that is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sink: Option<Sink>,
    /// `Active`, `Disabled` or `Expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A run was cut short while it made a key, and its mark is still there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Keys that such a run has left: nobody has their private half.
    #[serde(default)]
    pub unfinished: BTreeSet<String>,
    /// Keys that nothing says anything of.
    #[serde(default)]
    pub others: BTreeSet<String>,
    /// The id of the key in use: given by Google, and no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sink is on another machine, or was emptied: worth knowing, and no difference.
    #[serde(skip)]
    pub remark: Option<String>,
}

impl ServiceAccountKey {
    /// The key of this service account as it should be.
    #[must_use]
    pub fn wanted(account: &str, project: &str, sink: Sink) -> Self {
        Self {
            sink: Some(sink),
            status: Some(ACTIVE.to_owned()),
            ..Self::none(account, project)
        }
    }

    /// No key at all.
    #[must_use]
    pub fn none(account: &str, project: &str) -> Self {
        Self {
            name: account.to_owned(),
            project: project.to_owned(),
            sink: None,
            status: None,
            interrupted: false,
            unfinished: BTreeSet::new(),
            others: BTreeSet::new(),
            id: None,
            remark: None,
        }
    }

    /// The address of its service account.
    #[must_use]
    pub fn email(&self) -> String {
        ServiceAccount::email(&self.name, &self.project)
    }
}

impl Kind for ServiceAccountKey {
    const KIND: &'static str = "service_account_key";
    const NEVER_DIFFERS: &'static [&'static str] = &["id"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    fn needs(&self) -> Needs {
        let account = Address::new(ServiceAccount::KIND, &self.name);
        Needs {
            must: [account.to_string()].into(),
            should: BTreeSet::new(),
        }
    }

    fn limited_to(mut self, want: &Self) -> Self {
        self.id.clone_from(&want.id);
        self.remark.clone_from(&want.remark);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        self.id.clone_from(&have.id);
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
                "its key was handed over to {have}, and nobody can read it again; delete the key \
                 there and at Google, and the next apply makes another one for {want}"
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

    #[test]
    fn its_id_is_no_difference_and_a_key_of_nobody_is() {
        let want = ServiceAccountKey::wanted("events", "acme", "stdout".parse().unwrap());
        let have = ServiceAccountKey {
            id: Some("1".into()),
            ..want.clone()
        };
        assert_eq!(have.clone().limited_to(&want), want);
        assert!(have.belongs_to("m"));
        let other = ServiceAccountKey {
            others: ["2".to_owned()].into(),
            ..have
        };
        assert_ne!(other.clone().limited_to(&want), want);
        assert!(!other.belongs_to("m"));
    }
}
