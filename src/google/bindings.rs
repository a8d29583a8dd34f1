//! Bindings of roles, on a bucket or on a service account. What is not the plan's stays: one is added and
//! taken away by itself, in a policy that was read just before and is written with its etag.

use super::Google;
use super::api::{Binding, Condition, Policy};
use super::error::{Error, Result};
use super::gaps::Gaps;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::Google as Kind;
use crate::resource::google::{Bindings, Bucket, Grantable, Holder, ServiceAccount};
use std::collections::{BTreeMap, BTreeSet};

/// Who has what, as the manifest writes it.
type Members = BTreeMap<String, BTreeSet<String>>;

/// What a binding gives, as the manifest writes it.
fn grantable(binding: &Binding) -> String {
    let condition = binding.condition.as_ref();
    let condition = condition.map(|it| crate::resource::google::Condition {
        title: it.title.clone(),
        expression: it.expression.clone(),
    });
    Grantable {
        role: binding.role.clone(),
        condition,
    }
    .to_string()
}

fn members(policy: &Policy) -> Members {
    let mut all = Members::new();
    for binding in policy.bindings.iter().filter(|it| !it.members.is_empty()) {
        let members = all.entry(grantable(binding)).or_default();
        members.extend(binding.members.iter().cloned());
    }
    all
}

/// Who is in `one` and not in `other`.
fn beside(one: &Members, other: &Members) -> Members {
    let mut all = Members::new();
    for (grantable, members) in one {
        let others = other.get(grantable);
        let others = |member: &&String| !others.is_some_and(|others| others.contains(*member));
        let left: BTreeSet<String> = members.iter().filter(others).cloned().collect();
        if !left.is_empty() {
            all.insert(grantable.clone(), left);
        }
    }
    all
}

/// The policy with these added and those taken away; nothing if that is so already.
fn changed(policy: &Policy, added: &Members, gone: &Members) -> Result<Option<Policy>> {
    let mut changed = policy.clone();
    for binding in &mut changed.bindings {
        if let Some(gone) = gone.get(&grantable(binding)) {
            binding.members.retain(|member| !gone.contains(member));
        }
    }
    let there = members(&changed);
    for (text, members) in added {
        let new = members.iter().filter(|member| {
            let there = there.get(text);
            !there.is_some_and(|there| there.contains(*member))
        });
        let new: Vec<String> = new.cloned().collect();
        if new.is_empty() {
            continue;
        }
        let same = changed.bindings.iter_mut();
        match same.into_iter().find(|it| grantable(it) == *text) {
            Some(binding) => binding.members.extend(new),
            None => {
                let mut binding = binding(text)?;
                binding.members = new;
                changed.bindings.push(binding);
            }
        }
    }
    changed
        .bindings
        .retain(|binding| !binding.members.is_empty());
    Ok((members(&changed) != members(policy)).then_some(changed))
}

/// A binding of nobody that gives this.
fn binding(text: &str) -> Result<Binding> {
    let parsed: std::result::Result<Grantable, _> = text.parse();
    let Grantable { role, condition } =
        parsed.map_err(|fault| Error::ours(fault.message, fault.fix))?;
    let condition = condition.map(|it| Condition::new(&it.title, &it.expression));
    Ok(Binding::new(&role, condition))
}

/// Whether the second has to be written where there is the first.
pub(super) fn differ(have: Option<&Bindings>, want: &Bindings) -> bool {
    match have {
        Some(have) => have.bindings != want.bindings,
        None => !want.bindings.is_empty(),
    }
}

/// Whose policy it is, by the full name that calls have.
struct Place<'a> {
    holder: Holder<'a>,
    project: &'a str,
    name: String,
}

fn place(bindings: &Bindings) -> Result<Place<'_>> {
    let holder = bindings.holder().ok_or_else(|| {
        let message = format!("{} has no bindings", bindings.name);
        Error::ours(message, "this is a fault of s3setup: please report it")
    })?;
    let name = match &holder {
        Holder::Bucket(name) => Bucket::full_name(name),
        Holder::ServiceAccount(name) => ServiceAccount::member(name, &bindings.project),
    };
    Ok(Place {
        holder,
        project: &bindings.project,
        name,
    })
}

impl Google {
    async fn policy_of(&self, place: &Place<'_>) -> Result<Policy> {
        match &place.holder {
            Holder::Bucket(name) => self.client.bucket_policy(name).await,
            Holder::ServiceAccount(name) => {
                let email = ServiceAccount::email(name, place.project);
                self.client.account_policy(place.project, &email).await
            }
        }
    }

    async fn set_policy_of(&self, place: &Place<'_>, policy: &Policy) -> Result<Policy> {
        match &place.holder {
            Holder::Bucket(name) => self.client.set_bucket_policy(name, policy).await,
            Holder::ServiceAccount(name) => {
                let email = ServiceAccount::email(name, place.project);
                self.client
                    .set_account_policy(place.project, &email, policy)
                    .await
            }
        }
    }

    pub(super) async fn observe_bindings(&self, want: &Bindings) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let place = place(want)?;
        let policy = self.policy_of(&place).await;
        Ok(match gaps.whole(policy)? {
            Some(policy) => gaps.around(Kind::Bindings(Bindings {
                bindings: members(&policy),
                own: want.own.clone(),
                ..want.clone()
            })),
            None => gaps.alone(),
        })
    }

    pub(super) async fn create_bindings(&self, want: &Bindings) -> Result<()> {
        let none = Bindings {
            bindings: Members::new(),
            ..want.clone()
        };
        self.update_bindings(&none, want).await
    }

    pub(super) async fn update_bindings(&self, have: &Bindings, want: &Bindings) -> Result<()> {
        let place = place(want)?;
        let added = beside(&want.bindings, &have.bindings);
        let gone = beside(&have.bindings, &want.bindings);
        let method = match place.holder {
            Holder::Bucket(_) => Method::BucketsSetIamPolicy,
            Holder::ServiceAccount(_) => Method::AccountsSetIamPolicy,
        };
        self.in_turns(|| async {
            let policy = self.settled(|| self.policy_of(&place)).await?;
            let Some(policy) = changed(&policy, &added, &gone)? else {
                return Ok(());
            };
            let send = || self.set_policy_of(&place, &policy);
            self.write(method, &place.name, send).await.map(drop)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const VIEWER: &str = "roles/storage.objectViewer";

    fn policy() -> Policy {
        serde_json::from_value(json!({
            "etag": "1", "version": 3,
            "bindings": [
                {"role": VIEWER, "members": ["user:a@example.com", "user:b@example.com"]},
                {"role": VIEWER, "members": ["user:c@example.com"],
                 "condition": {"title": "t", "expression": "true", "description": "mind this"}},
                {"role": "roles/storage.admin", "members": ["group:ops@example.com"]},
            ],
        }))
        .unwrap()
    }

    fn of(pairs: &[(&str, &str)]) -> Members {
        let mut all = Members::new();
        for (grantable, member) in pairs {
            let members = all.entry((*grantable).to_owned()).or_default();
            members.insert((*member).to_owned());
        }
        all
    }

    #[test]
    fn one_is_added_and_taken_away_and_everything_else_stays() {
        let added = of(&[
            (VIEWER, "user:d@example.com"),
            (
                "roles/x if only in: resource.name == \"b\"",
                "user:d@example.com",
            ),
            (&format!("{VIEWER} if t: true"), "user:d@example.com"),
        ]);
        let gone = of(&[
            (VIEWER, "user:a@example.com"),
            ("roles/storage.admin", "group:ops@example.com"),
        ]);
        let changed = changed(&policy(), &added, &gone).unwrap().unwrap();
        let value = serde_json::to_value(&changed).unwrap();
        assert_eq!(
            value["bindings"],
            json!([
                {"role": VIEWER, "members": ["user:b@example.com", "user:d@example.com"]},
                {"role": VIEWER, "members": ["user:c@example.com", "user:d@example.com"],
                 "condition": {"title": "t", "expression": "true", "description": "mind this"}},
                {"role": "roles/x", "members": ["user:d@example.com"],
                 "condition": {"title": "only in", "expression": "resource.name == \"b\""}},
            ])
        );
        assert_eq!(value["etag"], "1");
    }

    #[test]
    fn what_is_so_already_is_not_written() {
        let added = of(&[(VIEWER, "user:a@example.com")]);
        let gone = of(&[
            (VIEWER, "user:z@example.com"),
            ("roles/y", "user:a@example.com"),
        ]);
        assert_eq!(changed(&policy(), &added, &gone), Ok(None));
        assert!(changed(&policy(), &of(&[("roles/x if odd", "user:a@b.c")]), &gone).is_err());
    }

    #[test]
    fn two_bindings_of_one_role_are_read_as_one() {
        let mut twice = policy();
        twice.bindings.push(Binding {
            members: vec!["user:e@example.com".into()],
            ..Binding::new(VIEWER, None)
        });
        assert_eq!(members(&twice)[VIEWER].len(), 3);
        let gone = of(&[(VIEWER, "user:e@example.com")]);
        let changed = changed(&twice, &Members::new(), &gone).unwrap().unwrap();
        assert_eq!(changed, policy());
    }
}
