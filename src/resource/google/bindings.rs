//! Who has which role on a bucket or on a service account: the manifest's part of its allow policy
//! (<https://cloud.google.com/iam/docs/reference/rest/v1/Policy>).

use super::super::names::{Fault, fault};
use super::super::{Address, Kind, Needs, Scope, Tags};
use super::{Bucket, Pool, ServiceAccount};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// The bindings of one allow policy. Other people's are no matter of ours: of what the manifest does
/// not write, only that counts which has to do with its own roles and identities.
///
/// What is observed is the whole policy. It is a part of its holder and goes with it: nothing is sent to
/// delete it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bindings {
    /// Whose policy it is: `bucket/NAME` or `service_account/NAME`.
    pub name: String,
    /// The project that it is in.
    pub project: String,
    /// What is granted, as [`Grantable`] writes it → members.
    #[serde(default)]
    pub bindings: BTreeMap<String, BTreeSet<String>>,
    /// Roles and members that are the manifest's: what else is bound of or to them is a difference.
    #[serde(skip)]
    pub own: BTreeSet<String>,
}

/// What has an allow policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder<'a> {
    /// The bucket of this name.
    Bucket(&'a str),
    /// The service account of this id.
    ServiceAccount(&'a str),
}

/// What a binding gives: a role, on a condition or without. A binding is another one where either
/// differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grantable {
    /// `roles/storage.objectViewer`, `projects/P/roles/ID`.
    pub role: String,
    /// When only.
    pub condition: Option<Condition>,
}

/// A condition in the Common Expression Language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Condition {
    /// What it is called. Has no `": "`.
    pub title: String,
    /// What has to be true.
    pub expression: String,
}

impl fmt::Display for Grantable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.role)?;
        match &self.condition {
            Some(Condition { title, expression }) => write!(out, " if {title}: {expression}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Grantable {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let Some((role, condition)) = text.split_once(" if ") else {
            return Ok(Self {
                role: text.to_owned(),
                condition: None,
            });
        };
        let Some((title, expression)) = condition.split_once(": ") else {
            return Err(fault(
                format!("{text:?} has a condition without a title"),
                "write it as ROLE if TITLE: EXPRESSION",
            ));
        };
        Ok(Self {
            role: role.to_owned(),
            condition: Some(Condition {
                title: title.to_owned(),
                expression: expression.to_owned(),
            }),
        })
    }
}

impl Bindings {
    /// Those of a bucket, of which there are none yet.
    #[must_use]
    pub fn of_bucket(name: &str, project: &str) -> Self {
        Self::named(format!("bucket/{name}"), project)
    }

    /// Those of a service account, of which there are none yet: who may act as it.
    #[must_use]
    pub fn of_service_account(name: &str, project: &str) -> Self {
        Self::named(format!("service_account/{name}"), project)
    }

    fn named(name: String, project: &str) -> Self {
        Self {
            name,
            project: project.to_owned(),
            bindings: BTreeMap::new(),
            own: BTreeSet::new(),
        }
    }

    /// Whose they are; `None` where the name is none of ours.
    #[must_use]
    pub fn holder(&self) -> Option<Holder<'_>> {
        let (kind, name) = self.name.split_once('/')?;
        match kind {
            "bucket" => Some(Holder::Bucket(name)),
            "service_account" => Some(Holder::ServiceAccount(name)),
            _ => None,
        }
    }

    /// Whether a member is bound to this, the manifest's or not.
    #[must_use]
    pub fn has(&self, grantable: &str, member: &str) -> bool {
        let members = self.bindings.get(grantable);
        members.is_some_and(|members| members.contains(member))
    }

    /// Each member with what it is given.
    pub fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        let each = self.bindings.iter();
        each.flat_map(|(grantable, members)| {
            let members = members.iter();
            members.map(move |member| (grantable.as_str(), member.as_str()))
        })
    }

    /// Without the members for which this does not hold.
    fn retain(&mut self, keep: impl Fn(&str, &str) -> bool) {
        for (grantable, members) in &mut self.bindings {
            members.retain(|member| keep(grantable, member));
        }
        self.bindings.retain(|_, members| !members.is_empty());
    }

    /// Whether this is the manifest's matter though it does not write it: somebody else who has a role
    /// of the manifest's, or something else that an identity of the manifest's has.
    fn is_own(&self, grantable: &str, member: &str) -> bool {
        let role = grantable.split(" if ").next().unwrap_or(grantable);
        self.own.contains(role) || self.own.contains(living(member))
    }
}

/// Who a member was before it was deleted: `deleted:serviceAccount:A?uid=1` → `serviceAccount:A`
/// (<https://cloud.google.com/iam/docs/principal-identifiers#deleted-principals>).
fn living(member: &str) -> &str {
    match member.strip_prefix("deleted:") {
        Some(rest) => rest.split("?uid=").next().unwrap_or(rest),
        None => member,
    }
}

impl Kind for Bindings {
    const KIND: &'static str = "bindings";

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, _scope: &Scope) -> Option<String> {
        None
    }

    /// Google refuses a member that is not there, and a role that is not there.
    fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        match self.holder() {
            Some(Holder::Bucket(name)) => _ = needs.must.insert(Bucket::full_name(name)),
            Some(Holder::ServiceAccount(name)) => {
                needs
                    .must
                    .insert(ServiceAccount::member(name, &self.project));
            }
            None => {}
        }
        for (grantable, member) in self.each() {
            let role = grantable.split(" if ").next().unwrap_or(grantable);
            if role.starts_with("projects/") {
                needs.must.insert(role.to_owned());
            }
            if member.starts_with("serviceAccount:") {
                needs.must.insert(member.to_owned());
            }
            if let Some(pool) = Pool::in_member(member) {
                let pool = Address::new(Pool::KIND, pool);
                needs.should.insert(pool.to_string());
            }
        }
        needs
    }

    fn limited_to(mut self, want: &Self) -> Self {
        self.retain(|grantable, member| {
            want.has(grantable, member) || want.is_own(grantable, member)
        });
        self.own.clone_from(&want.own);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        for (grantable, member) in have.each() {
            if !self.is_own(grantable, member) {
                let members = self.bindings.entry(grantable.to_owned()).or_default();
                members.insert(member.to_owned());
            }
        }
        self
    }

    fn tags(&self) -> Option<&Tags> {
        None
    }

    fn part_of(&self) -> Option<Address> {
        Some(match self.holder()? {
            Holder::Bucket(name) => Address::new(Bucket::KIND, name),
            Holder::ServiceAccount(name) => Address::new(ServiceAccount::KIND, name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWER: &str = "roles/storage.objectViewer";
    const OURS: &str = "projects/acme-1/roles/events";
    const ACCOUNT: &str = "serviceAccount:events@acme-1.iam.gserviceaccount.com";

    fn bindings(pairs: &[(&str, &str)]) -> Bindings {
        let mut made = Bindings::of_bucket("b", "acme-1");
        for (grantable, member) in pairs {
            let members = made.bindings.entry((*grantable).to_owned()).or_default();
            members.insert((*member).to_owned());
        }
        made
    }

    fn want() -> Bindings {
        Bindings {
            own: [OURS.to_owned(), ACCOUNT.to_owned()].into(),
            ..bindings(&[(OURS, ACCOUNT)])
        }
    }

    #[test]
    fn other_peoples_bindings_are_no_difference_and_stay() {
        let others = bindings(&[
            (OURS, ACCOUNT),
            (VIEWER, "user:ann@example.com"),
            (VIEWER, "group:ops@example.com"),
        ]);
        assert_eq!(others.clone().limited_to(&want()), want());
        let after = want().with_foreign(&others);
        assert!(after.has(VIEWER, "group:ops@example.com") && after.has(OURS, ACCOUNT));
        assert_eq!(after.limited_to(&want()), want());
    }

    #[test]
    fn who_else_has_our_role_and_what_else_our_account_has_is_a_difference() {
        let gone = format!("deleted:{ACCOUNT}?uid=123");
        let conditional = format!("{OURS} if folder: resource.name.startsWith(\"x\")");
        for (grantable, member) in [
            (OURS, "user:ann@example.com"),
            (VIEWER, ACCOUNT),
            (OURS, gone.as_str()),
            (VIEWER, gone.as_str()),
            (conditional.as_str(), "user:ann@example.com"),
        ] {
            let have = bindings(&[(OURS, ACCOUNT), (grantable, member)]);
            assert_ne!(
                have.clone().limited_to(&want()),
                want(),
                "{grantable} {member}"
            );
            assert!(!want().with_foreign(&have).has(grantable, member));
        }
    }

    #[test]
    fn what_is_granted_is_text_and_back() {
        let condition = Condition {
            title: "only backups/".into(),
            expression: "resource.name.startsWith(\"projects/_/buckets/b/objects/a: b/\")".into(),
        };
        for condition in [None, Some(condition)] {
            let granted = Grantable {
                role: VIEWER.into(),
                condition,
            };
            assert_eq!(granted.to_string().parse(), Ok(granted));
        }
        assert!("roles/x if nothing".parse::<Grantable>().is_err());
    }

    #[test]
    fn it_needs_its_holder_its_roles_and_its_members() {
        let pool = "principalSet://iam.googleapis.com/projects/1/locations/global/\
                    workloadIdentityPools/github/attribute.repository_id/7";
        let needs = bindings(&[(OURS, ACCOUNT), (VIEWER, pool)]).needs();
        let must: Vec<&str> = needs.must.iter().map(String::as_str).collect();
        assert_eq!(must, ["projects/_/buckets/b", OURS, ACCOUNT]);
        assert_eq!(
            needs.should,
            ["workload_identity_pool.github".to_owned()].into()
        );
    }
}
