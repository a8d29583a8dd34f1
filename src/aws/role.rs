//! Roles.

use super::Aws;
use super::address::address;
use super::document::document;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::identity::{Identity, Kind};
use super::permissions::{NONE, Permissions};
use super::replace::Aspect;
use super::settle::read;
use super::snapshot::Permissions as Listed;
use super::tags::{from_iam, to_iam};
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{Kind as _, Resource, Role, Tags};
use aws_sdk_iam::types as iam;
use std::collections::{BTreeMap, BTreeSet};

/// What CreateRole gives a role that asks for nothing else.
const DEFAULT_DURATION: i32 = 3600;

pub(super) fn permissions(role: &Role) -> Permissions<'_> {
    Permissions {
        inline: &role.inline_policies,
        attached: &role.attached_policies,
    }
}

impl Aws {
    fn role_arn(&self, role: &Role) -> String {
        role.arn(&self.scope).unwrap_or_default()
    }

    pub(super) async fn observe_role(&self, want: &Role) -> Result<Observation> {
        let arn = self.role_arn(want);
        let who = Identity {
            kind: Kind::Role,
            name: &want.name,
            arn: &arn,
        };
        let (role, inline, attached) = tokio::join!(
            self.role_now(&want.name, &arn),
            self.inline_policies(who),
            self.attached_policies(who),
        );
        let mut gaps = Gaps::default();
        let Some(role) = gaps.whole(role)? else {
            return Ok(gaps.alone());
        };
        Self::found_role(want, &role, inline, attached, gaps)
    }

    /// The same of what a listing of the account shows.
    pub(super) fn role_of(
        want: &Role,
        role: &iam::Role,
        permissions: Listed,
    ) -> Result<Observation> {
        let Listed { inline, attached } = permissions;
        Self::found_role(want, role, inline, Ok(attached), Gaps::default())
    }

    fn found_role(
        want: &Role,
        role: &iam::Role,
        inline: Result<BTreeMap<String, Document>>,
        attached: Result<BTreeSet<String>>,
        mut gaps: Gaps,
    ) -> Result<Observation> {
        let found = Role {
            // As the manifest writes it: names are compared without case.
            name: want.name.clone(),
            path: role.path.clone(),
            description: described(role.description(), want.description.as_ref()),
            max_session_duration: Some(duration(role)),
            permissions_boundary: bounded(role),
            trust_policy: gaps
                .field("trust_policy", trust_of(role))?
                .unwrap_or_default(),
            inline_policies: gaps.field("inline_policies", inline)?.unwrap_or_default(),
            attached_policies: gaps
                .field("attached_policies", attached)?
                .unwrap_or_default(),
            tags: from_iam(role.tags()),
        };
        Ok(gaps.around_known(Resource::Role(found), &role.role_id))
    }

    pub(super) async fn create_role(&self, want: &Role) -> Result<()> {
        let arn = self.role_arn(want);
        let (trust, tags) = (want.trust_policy.to_json(), to_iam(&want.tags)?);
        let mut call = Call::new(Operation::IamCreateRole, &arn).naming(&want.trust_policy);
        if let Some(boundary) = &want.permissions_boundary {
            call = call.needing(boundary);
        }
        let made = self
            .write(call, || {
                self.iam
                    .create_role()
                    .role_name(&want.name)
                    .path(&want.path)
                    .set_description(want.description.clone().filter(|text| !text.is_empty()))
                    .set_max_session_duration(want.max_session_duration)
                    .set_permissions_boundary(want.permissions_boundary.clone())
                    .assume_role_policy_document(&trust)
                    .set_tags(Some(tags.clone()).filter(|tags| !tags.is_empty()))
                    .send()
            })
            .await?;
        self.known.made(&arn);
        if let Some(role) = made.role() {
            self.known.was_given(&arn, role.role_id());
        }
        let who = Identity {
            kind: Kind::Role,
            name: &want.name,
            arn: &arn,
        };
        self.give_permissions(who, permissions(want)).await
    }

    /// Marks first, so that a run that is cut short leaves a role that the next one knows for
    /// ours; then what restricts (the boundary, who may assume it), then what it may do. A boundary
    /// goes last.
    pub(super) async fn update_role(&self, have: &Role, want: &Role) -> Result<()> {
        let arn = self.role_arn(want);
        let on = address(&arn);
        let name = want.name.as_str();
        let arn = arn.as_str();
        let look = || async { Ok(from_iam(self.role_now(name, arn).await?.tags())) };
        let tag = |tags: Tags| async move {
            let tags = to_iam(&tags)?;
            self.write(Call::new(Operation::IamTagRole, arn), || {
                let request = self.iam.tag_role().role_name(name);
                request.set_tags(Some(tags.clone())).send()
            })
            .await
            .map(drop)
        };
        let untag = |keys: Vec<String>| async move {
            self.erase(Call::new(Operation::IamUntagRole, arn), || {
                let request = self.iam.untag_role().role_name(name);
                request.set_tag_keys(Some(keys.clone())).send()
            })
            .await
        };
        self.lead_tags(&on, (&have.tags, &want.tags), look, tag, untag)
            .await?;
        if let Some(boundary) = &want.permissions_boundary
            && have.permissions_boundary.as_ref() != Some(boundary)
        {
            let look = || async { Ok(bounded(&self.role_now(name, arn).await?)) };
            let have = have.permissions_boundary.clone();
            self.replace(
                Aspect::boundary(&on, have, Some(boundary)),
                look,
                |_| async {
                    let call =
                        Call::new(Operation::IamPutRolePermissionsBoundary, arn).needing(boundary);
                    self.write(call, || {
                        let request = self.iam.put_role_permissions_boundary().role_name(name);
                        request.permissions_boundary(boundary).send()
                    })
                    .await
                    .map(drop)
                },
            )
            .await?;
        }
        if have.trust_policy != want.trust_policy {
            let (seen, wanted) = (have.trust_policy.clone(), want.trust_policy.clone());
            let aspect = Aspect::bound(
                format!("the trust policy of {on}"),
                Some(seen),
                Some(wanted),
            );
            let look = || async {
                let trust = trust_of(&self.role_now(name, arn).await?)?;
                Ok(Some(self.known.named(&trust)))
            };
            self.replace(aspect, look, |_| self.put_trust_policy(want, arn))
                .await?;
        }
        let who = Identity {
            kind: Kind::Role,
            name: &want.name,
            arn,
        };
        self.update_permissions(who, permissions(have), permissions(want))
            .await?;
        if have.description != want.description
            || have.max_session_duration != want.max_session_duration
        {
            // Both always: UpdateRole resets what it is not sent.
            let seen = (have.description.clone(), have.max_session_duration);
            let wanted = (want.description.clone(), want.max_session_duration);
            let look = || async {
                let role = self.role_now(name, arn).await?;
                let text = described(role.description(), want.description.as_ref());
                Ok((text, Some(duration(&role))))
            };
            let what = format!("the description or session duration of {on}");
            let aspect = Aspect::new(what, seen, wanted.clone());
            self.replace(aspect, look, |_| async {
                let (description, duration) = &wanted;
                self.write(Call::new(Operation::IamUpdateRole, arn), || {
                    self.iam
                        .update_role()
                        .role_name(name)
                        .description(description.clone().unwrap_or_default())
                        .set_max_session_duration(*duration)
                        .send()
                })
                .await
                .map(drop)
            })
            .await?;
        }
        if have.permissions_boundary.is_some() && want.permissions_boundary.is_none() {
            let look = || async { Ok(bounded(&self.role_now(name, arn).await?)) };
            let have = have.permissions_boundary.clone();
            self.replace(Aspect::boundary(&on, have, None), look, |_| async {
                let call = Call::new(Operation::IamDeleteRolePermissionsBoundary, arn);
                self.erase(call, || {
                    let request = self.iam.delete_role_permissions_boundary();
                    request.role_name(name).send()
                })
                .await
            })
            .await?;
        }
        Ok(())
    }

    /// The role as it is at this moment.
    pub(super) async fn role_now(&self, name: &str, arn: &str) -> Result<iam::Role> {
        let get = self.iam.get_role().role_name(name);
        let answer = read(Call::new(Operation::IamGetRole, arn), get.send()).await?;
        answer.role.ok_or_else(|| {
            Error::ours(
                "iam:GetRole answers without a role",
                "check AWS_ENDPOINT_URL: this is not the answer of AWS",
            )
        })
    }

    async fn put_trust_policy(&self, want: &Role, arn: &str) -> Result<()> {
        let trust = want.trust_policy.to_json();
        let call = Call::new(Operation::IamUpdateAssumeRolePolicy, arn).naming(&want.trust_policy);
        self.write(call, || {
            let request = self.iam.update_assume_role_policy().role_name(&want.name);
            request.policy_document(&trust).send()
        })
        .await
        .map(drop)
    }

    pub(super) async fn delete_role(&self, have: &Role) -> Result<()> {
        let arn = self.role_arn(have);
        let who = Identity {
            kind: Kind::Role,
            name: &have.name,
            arn: &arn,
        };
        self.update_permissions(who, permissions(have), NONE)
            .await?;
        self.erase(Call::new(Operation::IamDeleteRole, &arn), || {
            self.iam.delete_role().role_name(&have.name).send()
        })
        .await
    }
}

fn duration(role: &iam::Role) -> i32 {
    role.max_session_duration.unwrap_or(DEFAULT_DURATION)
}

fn bounded(role: &iam::Role) -> Option<String> {
    let boundary = role.permissions_boundary();
    boundary.and_then(|boundary| boundary.permissions_boundary_arn.clone())
}

fn trust_of(role: &iam::Role) -> Result<Document> {
    let text = role.assume_role_policy_document().unwrap_or_default();
    document(text, "the trust policy")
}

/// No description and an empty one are the same; where an empty one is wanted it is shown so.
pub(super) fn described(found: Option<&str>, want: Option<&String>) -> Option<String> {
    match found.filter(|text| !text.is_empty()) {
        Some(text) => Some(text.to_owned()),
        None => want.filter(|text| text.is_empty()).cloned(),
    }
}
