//! Roles.

use super::Aws;
use super::document::document;
use super::error::{Call, Result};
use super::gaps::Gaps;
use super::identity::{Identity, Kind, NONE, Permissions};
use super::settle::read;
use super::tags::{from_iam, gone, missing, to_iam};
use crate::cloud::Observation;
use crate::resource::{Kind as _, Resource, Role};

/// What CreateRole gives a role that asks for nothing else.
const DEFAULT_DURATION: i32 = 3600;

fn permissions(role: &Role) -> Permissions<'_> {
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
        let get = self.iam.get_role().role_name(&want.name);
        let (role, inline, attached) = tokio::join!(
            read(Call::new("iam:GetRole", &arn), get.send()),
            self.inline_policies(who),
            self.attached_policies(who),
        );
        let mut gaps = Gaps::default();
        let Some(role) = gaps.whole(role)?.and_then(|answer| answer.role) else {
            return Ok(gaps.alone());
        };
        let trust = role.assume_role_policy_document().unwrap_or_default();
        let found = Role {
            // As the manifest writes it: names are compared without case.
            name: want.name.clone(),
            path: role.path.clone(),
            description: described(role.description(), want.description.as_ref()),
            max_session_duration: Some(role.max_session_duration.unwrap_or(DEFAULT_DURATION)),
            permissions_boundary: role
                .permissions_boundary()
                .and_then(|boundary| boundary.permissions_boundary_arn.clone()),
            trust_policy: gaps
                .field("trust_policy", document(trust, "the trust policy"))?
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
        let mut call = Call::new("iam:CreateRole", &arn).naming(&want.trust_policy);
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
        self.update_permissions(who, NONE, permissions(want)).await
    }

    /// Marks first, so that a run that is cut short leaves a role that the next one knows for
    /// ours; then what restricts (the boundary, who may assume it), then what it may do. A boundary
    /// goes last.
    pub(super) async fn update_role(&self, have: &Role, want: &Role) -> Result<()> {
        let arn = self.role_arn(want);
        let tags = missing(&have.tags, &want.tags);
        if !tags.is_empty() {
            let tags = to_iam(&tags)?;
            self.write(Call::new("iam:TagRole", &arn), || {
                self.iam
                    .tag_role()
                    .role_name(&want.name)
                    .set_tags(Some(tags.clone()))
                    .send()
            })
            .await?;
        }
        let gone = gone(&have.tags, &want.tags);
        if !gone.is_empty() {
            self.erase(Call::new("iam:UntagRole", &arn), || {
                let request = self.iam.untag_role().role_name(&want.name);
                request.set_tag_keys(Some(gone.clone())).send()
            })
            .await?;
        }
        if let Some(boundary) = &want.permissions_boundary
            && have.permissions_boundary.as_ref() != Some(boundary)
        {
            let call = Call::new("iam:PutRolePermissionsBoundary", &arn).needing(boundary);
            self.write(call, || {
                let request = self
                    .iam
                    .put_role_permissions_boundary()
                    .role_name(&want.name);
                request.permissions_boundary(boundary).send()
            })
            .await?;
        }
        if have.trust_policy != want.trust_policy {
            let trust = want.trust_policy.to_json();
            let call = Call::new("iam:UpdateAssumeRolePolicy", &arn).naming(&want.trust_policy);
            self.write(call, || {
                let request = self.iam.update_assume_role_policy().role_name(&want.name);
                request.policy_document(&trust).send()
            })
            .await?;
        }
        let who = Identity {
            kind: Kind::Role,
            name: &want.name,
            arn: &arn,
        };
        self.update_permissions(who, permissions(have), permissions(want))
            .await?;
        if have.description != want.description
            || have.max_session_duration != want.max_session_duration
        {
            // Both always: UpdateRole resets what it is not sent.
            self.write(Call::new("iam:UpdateRole", &arn), || {
                self.iam
                    .update_role()
                    .role_name(&want.name)
                    .description(want.description.clone().unwrap_or_default())
                    .set_max_session_duration(want.max_session_duration)
                    .send()
            })
            .await?;
        }
        if have.permissions_boundary.is_some() && want.permissions_boundary.is_none() {
            let call = Call::new("iam:DeleteRolePermissionsBoundary", &arn);
            self.erase(call, || {
                let request = self.iam.delete_role_permissions_boundary();
                request.role_name(&want.name).send()
            })
            .await?;
        }
        Ok(())
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
        self.erase(Call::new("iam:DeleteRole", &arn), || {
            self.iam.delete_role().role_name(&have.name).send()
        })
        .await
    }
}

/// No description and an empty one are the same; where an empty one is wanted it is shown so.
pub(super) fn described(found: Option<&str>, want: Option<&String>) -> Option<String> {
    match found.filter(|text| !text.is_empty()) {
        Some(text) => Some(text.to_owned()),
        None => want.filter(|text| text.is_empty()).cloned(),
    }
}
