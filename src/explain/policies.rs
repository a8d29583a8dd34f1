//! The documents that have a say in what somebody may do, read by the door.

use crate::cloud::{Cloud, Observation};
use crate::plan::Unreadable;
use crate::policy::Document;
use crate::policy::evaluate::Source;
use crate::probe::Prober;
use crate::resource::{Group, ManagedPolicy, Resource, Role, Scope, Tags, User};
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// `role.deploy inline_policies`.
    pub what: String,
    /// The permission that is missing, if it is one: `iam:GetRolePolicy`.
    pub permission: String,
    /// On what.
    pub on: String,
    /// What the provider said.
    pub error: String,
}

/// A document and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) document: Document,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, document: &Document) -> Self {
        Self {
            name: name.into(),
            document: document.clone(),
        }
    }

    pub(super) fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            document: &self.document,
        }
    }
}

/// What somebody carries.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    pub(super) arn: String,
    pub(super) policies: Vec<Named>,
    pub(super) boundary: Option<Named>,
    pub(super) tags: Tags,
}

/// Reads, and keeps in mind what could not be.
pub(super) struct Reader<'a> {
    pub(super) cloud: &'a dyn Cloud,
    pub(super) prober: Option<&'a dyn Prober>,
    pub(super) gaps: Vec<Gap>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(cloud: &'a dyn Cloud, prober: Option<&'a dyn Prober>) -> Self {
        Self {
            cloud,
            prober,
            gaps: Vec::new(),
        }
    }

    pub(super) fn scope(&self) -> &'a Scope {
        self.cloud.scope()
    }

    /// What there is of `want`. Of what cannot be read, only the whole and `aspects` are gaps.
    ///
    /// # Errors
    /// The provider cannot be asked.
    pub(super) async fn observe(
        &mut self,
        want: &Resource,
        aspects: &[&str],
    ) -> Result<Option<Resource>> {
        let address = want.address();
        let Observation {
            resource,
            unreadable,
            ..
        } = self
            .cloud
            .observe(want)
            .await
            .with_context(|| format!("cannot read {address}"))?;
        for gap in unreadable {
            if gap.aspect.is_empty() || aspects.contains(&gap.aspect.as_str()) {
                self.note(address.as_str(), gap);
            }
        }
        Ok(resource)
    }

    fn note(&mut self, address: &str, gap: Unreadable) {
        self.gaps.push(Gap {
            what: format!("{address} {}", gap.aspect).trim_end().to_owned(),
            permission: gap.permission,
            on: gap.on,
            error: gap.error,
        });
    }

    /// A user with the policies of its groups; `None`: it is not there, or not to be seen.
    ///
    /// # Errors
    /// The provider cannot be asked.
    pub(super) async fn user(&mut self, name: &str) -> Result<Option<Own>> {
        let want = Resource::User(User::named(name));
        let aspects = ["groups", "inline_policies", "attached_policies"];
        let Some(Resource::User(user)) = self.observe(&want, &aspects).await? else {
            return Ok(None);
        };
        let mut own = Own {
            arn: Resource::User(user.clone())
                .arn(self.scope())
                .unwrap_or_default(),
            tags: user.tags,
            ..Own::default()
        };
        let address = format!("user.{name}");
        let (inline, attached) = (&user.inline_policies, &user.attached_policies);
        own.policies = self.carried(&address, inline, attached).await?;
        for name in &user.groups {
            let want = Resource::Group(Group::named(name, "/"));
            let aspects = ["inline_policies", "attached_policies"];
            if let Some(Resource::Group(group)) = self.observe(&want, &aspects).await? {
                let address = format!("group.{name}");
                let (inline, attached) = (&group.inline_policies, &group.attached_policies);
                let more = self.carried(&address, inline, attached).await?;
                own.policies.extend(more);
            }
        }
        own.boundary = self.boundary(user.permissions_boundary.as_deref()).await?;
        Ok(Some(own))
    }

    /// A role as somebody who does something.
    ///
    /// # Errors
    /// The provider cannot be asked.
    pub(super) async fn role(&mut self, name: &str) -> Result<Option<Own>> {
        let want = Resource::Role(Role::named(name));
        let aspects = ["inline_policies", "attached_policies"];
        let Some(Resource::Role(role)) = self.observe(&want, &aspects).await? else {
            return Ok(None);
        };
        let address = format!("role.{name}");
        let (inline, attached) = (&role.inline_policies, &role.attached_policies);
        Ok(Some(Own {
            policies: self.carried(&address, inline, attached).await?,
            boundary: self.boundary(role.permissions_boundary.as_deref()).await?,
            arn: Resource::Role(role.clone())
                .arn(self.scope())
                .unwrap_or_default(),
            tags: role.tags,
        }))
    }

    async fn carried(
        &mut self,
        address: &str,
        inline: &BTreeMap<String, Document>,
        attached: &BTreeSet<String>,
    ) -> Result<Vec<Named>> {
        let mut all: Vec<Named> = inline
            .iter()
            .map(|(name, document)| {
                Named::new(format!("inline policy {name} of {address}"), document)
            })
            .collect();
        for arn in attached {
            all.extend(self.managed(arn).await?);
        }
        Ok(all)
    }

    async fn boundary(&mut self, arn: Option<&str>) -> Result<Option<Named>> {
        let Some(arn) = arn else { return Ok(None) };
        let found = self.managed(arn).await?;
        Ok(found.map(|found| Named {
            name: format!("the permissions boundary, {}", found.name),
            ..found
        }))
    }

    /// The document of a managed policy: of this account, or one of AWS's own.
    async fn managed(&mut self, arn: &str) -> Result<Option<Named>> {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let shown = format!("policy.{name}");
        if let Some(path) = own_path(arn, self.scope()) {
            let want = Resource::Policy(ManagedPolicy {
                name: name.to_owned(),
                path,
                description: None,
                policy: Document::default(),
                tags: Tags::new(),
            });
            let before = self.gaps.len();
            match self.observe(&want, &["policy"]).await? {
                Some(Resource::Policy(policy)) => {
                    return Ok(Some(Named::new(shown, &policy.policy)));
                }
                // It is attached, so it is there.
                _ if self.gaps.len() == before => {}
                _ => return Ok(None),
            }
        } else if let Some(prober) = self.prober
            && let Some(document) = prober.managed_document(arn).await
        {
            return Ok(Some(Named::new(shown, &document)));
        }
        self.gaps.push(Gap {
            what: arn.to_owned(),
            permission: "iam:GetPolicy, iam:GetPolicyVersion".to_owned(),
            on: arn.to_owned(),
            error: "its document is not known".to_owned(),
        });
        Ok(None)
    }
}

/// The path of a policy of this account: `arn:aws:iam::ACCOUNT:policy/a/b/NAME` → `/a/b/`.
fn own_path(arn: &str, scope: &Scope) -> Option<String> {
    let head = format!("arn:{}:iam::{}:policy/", scope.partition, scope.account);
    let rest = arn.strip_prefix(&head)?;
    let path = rest.rfind('/').map_or("", |end| &rest[..=end]);
    Some(format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_of_the_account_has_a_path_to_read_it_by() {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: None,
        };
        for (arn, expected) in [
            ("arn:aws:iam::123456789012:policy/p", Some("/")),
            ("arn:aws:iam::123456789012:policy/a/b/p", Some("/a/b/")),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
            ("arn:aws:iam::999999999999:policy/p", None),
        ] {
            assert_eq!(own_path(arn, &scope).as_deref(), expected, "{arn}");
        }
    }
}
