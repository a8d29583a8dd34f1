//! What holds on to what is to be removed, or would be lost with it. Everything here is read just for
//! that: a plan that removes nothing asks for none of it.

use super::Aws;
use super::document::document;
use super::error::{Call, Error, Result};
use super::settle::read;
use crate::cloud::{Tie, Unwanted};
use crate::permissions::Operation;
use crate::resource::{Address, Bucket, Kind as _, ManagedPolicy, OidcProvider, Resource, Role};

/// As many entries as S3 lists at once.
const PAGE: i32 = 1000;

/// All items of a listing, page by page.
macro_rules! all {
    ($call:expr, $pages:expr) => {
        read(
            $call,
            $pages
                .into_paginator()
                .items()
                .send()
                .collect::<std::result::Result<Vec<_>, _>>(),
        )
        .await
    };
}
pub(super) use all;

impl Aws {
    pub(super) async fn look_unwanted(&self, want: &Resource) -> Result<Unwanted> {
        if let Resource::KmsKey(key) = want {
            let alias = key.alias();
            match self.describe_kms_key(&key.region, &alias).await {
                Ok(found) if !found.is_alive() => return Ok(Unwanted::default()),
                Ok(_) => {}
                Err(error) if error.absent() || error.denied() => {}
                Err(error) => return Err(error),
            }
        }
        let found = self.look(want).await?;
        let ties = match &found.resource {
            Some(Resource::AccessKey(have)) => self.uses(have).await?,
            Some(Resource::Bucket(have)) => self.objects(have).await?,
            Some(Resource::OidcProvider(have)) => self.trusting(have).await?,
            Some(Resource::Policy(have)) => self.attachments(have).await?,
            Some(Resource::Role(have)) => self.instance_profiles(have).await?,
            Some(Resource::User(have)) => self.credentials(have).await?,
            _ => Vec::new(),
        };
        Ok(Unwanted { found, ties })
    }

    async fn objects(&self, have: &Bucket) -> Result<Vec<Tie>> {
        let page = self.versions_of(have).await;
        let Some(page) = readable(page)? else {
            return Ok(vec![unknown("what it holds", "s3:ListBucketVersions")]);
        };
        let count = page.versions().len() + page.delete_markers().len();
        let more = page.is_truncated() == Some(true);
        Ok(match count {
            0 => Vec::new(),
            count => vec![Tie::Objects { count, more }],
        })
    }

    /// The first objects, old versions and delete markers of a bucket.
    pub(super) async fn versions_of(
        &self,
        have: &Bucket,
    ) -> Result<aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput> {
        let s3 = self.regions.client(&have.region);
        let request = s3.list_object_versions().bucket(&have.name).max_keys(PAGE);
        let call = Call::new(
            Operation::S3ListObjectVersions,
            &self.bucket_arn(&have.name),
        );
        read(
            call,
            request.expected_bucket_owner(&self.scope.account).send(),
        )
        .await
    }

    async fn trusting(&self, have: &OidcProvider) -> Result<Vec<Tie>> {
        let roles = self.roles_that_trust(have).await;
        let what = "whether a role trusts it";
        Ok(match readable(roles)? {
            None => vec![unknown(what, "iam:ListRoles")],
            Some(roles) => roles
                .into_iter()
                .map(|role| held("role", &role, "trusts it"))
                .collect(),
        })
    }

    /// The names of all roles of the account whose trust policy names the provider.
    pub(super) async fn roles_that_trust(&self, have: &OidcProvider) -> Result<Vec<String>> {
        let arn = have.arn(&self.scope).unwrap_or_default();
        let roles = all!(
            Call::new(Operation::IamListRoles, "*"),
            self.iam.list_roles()
        )?;
        let trusts = |text: &str| match document(text, "the trust policy") {
            Ok(trust) => trust.principals().contains(arn.as_str()),
            // Who cannot be understood may well trust it.
            Err(_) => text.contains(have.name.as_str()),
        };
        Ok(roles
            .into_iter()
            .filter(|role| role.assume_role_policy_document().is_some_and(trusts))
            .map(|role| role.role_name)
            .collect())
    }

    async fn attachments(&self, have: &ManagedPolicy) -> Result<Vec<Tie>> {
        let arn = have.arn(&self.scope).unwrap_or_default();
        let mut ties = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let request = self.iam.list_entities_for_policy().policy_arn(&arn);
            let call = Call::new(Operation::IamListEntitiesForPolicy, &arn);
            let page = read(call, request.set_marker(marker.take()).send()).await;
            let what = "who has it attached";
            let Some(page) = readable(page)? else {
                return Ok(vec![unknown(what, "iam:ListEntitiesForPolicy")]);
            };
            let has = "has it attached, or as its boundary";
            let roles = page.policy_roles().iter().filter_map(|one| one.role_name());
            let users = page.policy_users().iter().filter_map(|one| one.user_name());
            let groups = page.policy_groups().iter();
            let groups = groups.filter_map(|one| one.group_name());
            ties.extend(roles.map(|name| held("role", name, has)));
            ties.extend(users.map(|name| held("user", name, has)));
            ties.extend(groups.map(|name| held("group", name, has)));
            match page.marker {
                Some(next) if page.is_truncated => marker = Some(next),
                _ => return Ok(ties),
            }
        }
    }

    async fn instance_profiles(&self, have: &Role) -> Result<Vec<Tie>> {
        let arn = have.arn(&self.scope).unwrap_or_default();
        let call = Call::new(Operation::IamListInstanceProfilesForRole, &arn);
        let request = self.iam.list_instance_profiles_for_role();
        let profiles = all!(call, request.role_name(&have.name));
        let what = "which instance profiles it is in";
        Ok(match readable(profiles)? {
            None => vec![unknown(what, "iam:ListInstanceProfilesForRole")],
            Some(profiles) => profiles
                .iter()
                .map(|profile| {
                    let name = profile.instance_profile_name();
                    Tie::Foreign(format!(
                        "it is in the instance profile {name}, which is not s3setup's"
                    ))
                })
                .collect(),
        })
    }
}

/// What was read; `None` if it may not be.
pub(super) fn readable<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.denied() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What may not be looked up may be there.
pub(super) fn unknown(what: &str, permission: &str) -> Tie {
    Tie::Foreign(format!(
        "{what} could not be looked up (needs {permission})"
    ))
}

fn held(kind: &str, name: &str, how: &str) -> Tie {
    let by = Address::new(kind, name);
    let how = format!("{by} {how}");
    Tie::Held { by, how }
}

/// Roles that trust the provider since the plan was made.
pub(super) fn still_trusted(provider: &OidcProvider, roles: &[String]) -> Error {
    Error::ours(
        format!(
            "role.{} trusts oidc_provider.{} by now",
            roles.first().map(String::as_str).unwrap_or_default(),
            provider.name
        ),
        "plan again: the provider stays while any role trusts it",
    )
}
