//! Customer managed policies. IAM keeps up to five versions of each; only the default one counts.

use super::Aws;
use super::address::address;
use super::document::document;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::replace::Aspect;
use super::role::described;
use super::settle::read;
use super::tags::{from_iam, to_iam};
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{Kind as _, ManagedPolicy, Resource, Tags};
use aws_sdk_iam::config::retry::RetryConfig;
use aws_sdk_iam::types as iam;

/// IAM's quota of versions, which cannot be raised.
const MOST_VERSIONS: usize = 5;
/// How often a version is asked for whose answer is lost.
const ATTEMPTS: u32 = 5;

impl Aws {
    fn policy_arn(&self, policy: &ManagedPolicy) -> String {
        policy.arn(&self.scope).unwrap_or_default()
    }

    pub(super) async fn observe_policy(&self, want: &ManagedPolicy) -> Result<Observation> {
        let arn = self.policy_arn(want);
        let mut gaps = Gaps::default();
        let Some(policy) = gaps.whole(self.policy_now(&arn).await)? else {
            return Ok(gaps.alone());
        };
        let id = policy.default_version_id().unwrap_or("v1");
        // A version is never changed, so that one which was listed is the one that there is.
        let counts = match self.listed_version(&arn, id).await {
            Some(text) => of_version(id, &text),
            None => self.default_version(&arn, &policy).await,
        };
        let found = ManagedPolicy {
            name: want.name.clone(),
            path: policy.path.clone().unwrap_or_else(|| want.path.clone()),
            description: described(policy.description(), want.description.as_ref()),
            policy: gaps.field("policy", counts)?.unwrap_or_default(),
            tags: from_iam(policy.tags()),
        };
        Ok(gaps.around(Resource::Policy(found)))
    }

    async fn policy_now(&self, arn: &str) -> Result<iam::Policy> {
        let get = self.iam.get_policy().policy_arn(arn);
        let answer = read(Call::new(Operation::IamGetPolicy, arn), get.send()).await?;
        answer.policy.ok_or_else(|| {
            Error::ours(
                "iam:GetPolicy answers without a policy",
                "check AWS_ENDPOINT_URL: this is not the answer of AWS",
            )
        })
    }

    /// The document that counts at this moment.
    async fn default_now(&self, arn: &str) -> Result<Document> {
        let policy = self.policy_now(arn).await?;
        self.default_version(arn, &policy).await
    }

    /// The document that counts.
    async fn default_version(&self, arn: &str, policy: &iam::Policy) -> Result<Document> {
        let id = policy.default_version_id().unwrap_or("v1");
        let get = self.iam.get_policy_version().policy_arn(arn).version_id(id);
        let answer = read(Call::new(Operation::IamGetPolicyVersion, arn), get.send()).await?;
        let version = answer.policy_version;
        match version.and_then(|version| version.document) {
            Some(text) => of_version(id, &text),
            None => Ok(Document::default()),
        }
    }

    pub(super) async fn create_policy(&self, want: &ManagedPolicy) -> Result<()> {
        let arn = self.policy_arn(want);
        let (text, tags) = (want.policy.to_json(), to_iam(&want.tags)?);
        self.write(Call::new(Operation::IamCreatePolicy, &arn), || {
            self.iam
                .create_policy()
                .policy_name(&want.name)
                .path(&want.path)
                .set_description(want.description.clone().filter(|text| !text.is_empty()))
                .policy_document(&text)
                .set_tags(Some(tags.clone()).filter(|tags| !tags.is_empty()))
                .send()
        })
        .await?;
        self.known.made(&arn);
        Ok(())
    }

    /// Path and description are fixed at creation.
    pub(super) async fn update_policy(
        &self,
        have: &ManagedPolicy,
        want: &ManagedPolicy,
    ) -> Result<()> {
        let arn = self.policy_arn(want);
        let on = address(&arn);
        let arn = arn.as_str();
        let look = || async { Ok(from_iam(self.policy_now(arn).await?.tags())) };
        let tag = |tags: Tags| async move {
            let tags = to_iam(&tags)?;
            self.write(Call::new(Operation::IamTagPolicy, arn), || {
                let request = self.iam.tag_policy().policy_arn(arn);
                request.set_tags(Some(tags.clone())).send()
            })
            .await
            .map(drop)
        };
        let untag = |keys: Vec<String>| async move {
            self.erase(Call::new(Operation::IamUntagPolicy, arn), || {
                let request = self.iam.untag_policy().policy_arn(arn);
                request.set_tag_keys(Some(keys.clone())).send()
            })
            .await
        };
        self.lead_tags(&on, (&have.tags, &want.tags), look, tag, untag)
            .await?;
        if have.policy == want.policy {
            return Ok(());
        }
        match self.replace_version(arn, have, want).await {
            Err(error) if error.code().starts_with("LimitExceeded") => {
                self.make_room(arn, error).await?;
                self.replace_version(arn, have, want).await
            }
            other => other,
        }
    }

    async fn replace_version(
        &self,
        arn: &str,
        have: &ManagedPolicy,
        want: &ManagedPolicy,
    ) -> Result<()> {
        let what = format!("the default version of {}", address(arn));
        let aspect = Aspect::new(what, have.policy.clone(), want.policy.clone());
        let look = || self.default_now(arn);
        self.replace(aspect, look, |_| self.put_version(arn, want))
            .await
    }

    /// Makes a version, which then counts. The SDK must not ask twice: each answer is another version,
    /// and the oldest would have to go for it. If an answer is lost, the one that counts tells.
    async fn put_version(&self, arn: &str, want: &ManagedPolicy) -> Result<()> {
        let text = want.policy.to_json();
        let mut attempts = 0;
        loop {
            let made = self
                .write(Call::new(Operation::IamCreatePolicyVersion, arn), || {
                    let once = aws_sdk_iam::config::Builder::new();
                    let request = self.iam.create_policy_version().policy_arn(arn);
                    let request = request.policy_document(&text).set_as_default(true);
                    request
                        .customize()
                        .config_override(once.retry_config(RetryConfig::disabled()))
                        .send()
                })
                .await;
            attempts += 1;
            let error = match made {
                Err(error) if error.uncertain() && attempts < ATTEMPTS => error,
                other => return other.map(drop),
            };
            (self.waiting)(
                "the answer to iam:CreatePolicyVersion was lost: looking whether it was done",
            );
            tokio::time::sleep(self.patience.pause(attempts)).await;
            match self.default_now(arn).await {
                Ok(policy) if policy == want.policy => return Ok(()),
                Ok(_) => {}
                // Not knowing whether it was done, it is not done again.
                Err(_) => return Err(error),
            }
        }
    }

    /// Deletes the oldest version that is not the default one. The quota of characters has the
    /// same code as the quota of versions: then nothing is deleted, and `refusal` stands.
    async fn make_room(&self, arn: &str, refusal: Error) -> Result<()> {
        let versions = self.versions(arn).await?;
        if versions.len() < MOST_VERSIONS {
            return Err(refusal);
        }
        match versions.into_iter().find(|version| !version.is_default) {
            Some(oldest) => self.delete_version(arn, &oldest.id).await,
            None => Err(refusal),
        }
    }

    /// The versions, oldest first.
    async fn versions(&self, arn: &str) -> Result<Vec<Version>> {
        let pages = self
            .iam
            .list_policy_versions()
            .policy_arn(arn)
            .into_paginator()
            .items()
            .send();
        let call = Call::new(Operation::IamListPolicyVersions, arn);
        let found = read(call, pages.collect::<std::result::Result<Vec<_>, _>>()).await?;
        let mut versions: Vec<Version> = found
            .into_iter()
            .filter_map(|version| {
                Some(Version {
                    is_default: version.is_default_version,
                    id: version.version_id?,
                })
            })
            .collect();
        versions.sort_by_key(Version::number);
        Ok(versions)
    }

    async fn delete_version(&self, arn: &str, id: &str) -> Result<()> {
        self.erase(Call::new(Operation::IamDeletePolicyVersion, arn), || {
            self.iam
                .delete_policy_version()
                .policy_arn(arn)
                .version_id(id)
                .send()
        })
        .await
    }

    /// Attachments are not ours: IAM refuses with DeleteConflict while there are any.
    pub(super) async fn delete_policy(&self, have: &ManagedPolicy) -> Result<()> {
        let arn = self.policy_arn(have);
        let versions = match self.versions(&arn).await {
            Err(error) if error.absent() => return Ok(()),
            other => other?,
        };
        for version in versions.iter().filter(|version| !version.is_default) {
            self.delete_version(&arn, &version.id).await?;
        }
        self.erase(Call::new(Operation::IamDeletePolicy, &arn), || {
            self.iam.delete_policy().policy_arn(&arn).send()
        })
        .await
    }
}

fn of_version(id: &str, text: &str) -> Result<Document> {
    document(text, &format!("version {id} of the policy"))
}

struct Version {
    id: String,
    is_default: bool,
}

impl Version {
    /// Ids are `v1`, `v2`, … and never used again, so that they tell the age.
    fn number(&self) -> u64 {
        self.id.trim_start_matches('v').parse().unwrap_or(0)
    }
}
