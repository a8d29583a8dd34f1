//! The key of a service account: one in use, handed over to its sink.

use super::super::{Address, Kind, Needs, Replaced, Scope, Sink, Tags};
use super::ServiceAccount;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Keys that a rotation has put another one in the place of.
    #[serde(default)]
    pub replaced: BTreeMap<String, Replaced>,
    /// The id of the key in use: given by Google, and no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The sink is on another machine, or was emptied: worth knowing, and no difference.
    #[serde(skip)]
    pub remark: Option<String>,
    /// By the record it went to another sink than the wanted one: to which is not on record, and that
    /// `sink` is missing is the difference.
    #[serde(skip)]
    pub elsewhere: bool,
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
            replaced: BTreeMap::new(),
            id: None,
            remark: None,
            elsewhere: false,
        }
    }

    /// The ids of all keys that the account has beside those of Google.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<String> {
        let is_there = |(_, state): &(&String, &Replaced)| **state != Replaced::Gone;
        let replaced = self.replaced.iter().filter(is_there).map(|(id, _)| id);
        let rest = self.unfinished.iter().chain(&self.others);
        let all = self.id.iter().chain(replaced).chain(rest);
        all.cloned().collect()
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
        self.elsewhere = want.elsewhere;
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
        let want = self.sink.as_ref()?;
        let before = match &have.sink {
            Some(sink) if sink != want => sink.to_string(),
            None if have.elsewhere => format!("another sink than {want}"),
            _ => return None,
        };
        Some(format!(
            "its key was handed over to {before}, and nobody can read it again; `s3setup rotate` makes \
             another one for {want}"
        ))
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
    #[test]
    fn another_sink_takes_another_key() {
        let want = ServiceAccountKey::wanted("events", "acme", "stdout".parse().unwrap());
        let elsewhere = ServiceAccountKey {
            sink: None,
            elsewhere: true,
            ..want.clone()
        };
        assert!(
            want.obstacle(&elsewhere)
                .unwrap()
                .contains("s3setup rotate")
        );
        assert_eq!(want.obstacle(&want), None);
        let interrupted = ServiceAccountKey {
            sink: None,
            ..want.clone()
        };
        assert_eq!(want.obstacle(&interrupted), None);
    }

    #[test]
    fn a_key_that_waits_to_be_deleted_is_no_difference() {
        let want = ServiceAccountKey::wanted("events", "acme", "stdout".parse().unwrap());
        let with = |state| ServiceAccountKey {
            id: Some("1".into()),
            replaced: [("0".to_owned(), state)].into(),
            elsewhere: true,
            ..want.clone()
        };
        let waits = with(Replaced::Waiting);
        assert_eq!(waits.clone().limited_to(&want), want);
        assert_eq!(want.clone().with_foreign(&waits).limited_to(&want), want);
        assert!(waits.belongs_to("m"));
        for state in [Replaced::Active, Replaced::Due, Replaced::Gone] {
            assert_ne!(with(state).limited_to(&want), want, "{state:?}");
        }
        assert_eq!(waits.ids().len(), 2);
        assert_eq!(with(Replaced::Gone).ids().len(), 1, "it is not there");
    }
}
