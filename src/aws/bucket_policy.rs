//! Bucket policies.

use super::Aws;
use super::document::document;
use super::error::{Call, Result};
use super::gaps::Gaps;
use super::replace::Aspect;
use super::settle::read;
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::policy::Document;
use crate::resource::{BucketPolicy, Resource};

impl Aws {
    pub(super) async fn observe_bucket_policy(&self, want: &BucketPolicy) -> Result<Observation> {
        let mut region = self.regions.of(&want.name, &want.region);
        let mut answer = self.get_bucket_policy(&want.name, &region).await;
        // The SDK does not follow S3 to the region that the bucket is in.
        let other = answer
            .as_ref()
            .err()
            .and_then(|error| error.region())
            .map(str::to_owned);
        if let Some(other) = other.filter(|other| *other != region) {
            answer = self.get_bucket_policy(&want.name, &other).await;
            self.regions.found(&want.name, &other);
            region = other;
        }
        if answer.as_ref().is_err_and(|error| error.unset()) {
            return Ok(Observation::default());
        }
        let mut gaps = Gaps::default();
        let Some(text) = gaps.whole(answer)?.filter(|text| !text.is_empty()) else {
            return Ok(gaps.alone());
        };
        let policy = gaps.field("policy", document(&text, "the bucket policy"))?;
        Ok(gaps.around(Resource::BucketPolicy(BucketPolicy {
            name: want.name.clone(),
            region,
            policy: policy.unwrap_or_default(),
        })))
    }

    async fn get_bucket_policy(&self, bucket: &str, region: &str) -> Result<String> {
        let request = self
            .regions
            .client(region)
            .get_bucket_policy()
            .bucket(bucket);
        let call = Call::new(Operation::S3GetBucketPolicy, &self.bucket_arn(bucket));
        let answer = read(
            call,
            request.expected_bucket_owner(&self.scope.account).send(),
        )
        .await?;
        Ok(answer.policy.unwrap_or_default())
    }

    /// S3 makes no difference between the first policy and another one, so that this one is guarded,
    /// too.
    pub(super) async fn create_bucket_policy(&self, want: &BucketPolicy) -> Result<()> {
        self.replace_bucket_policy(want, None, Some(want.policy.clone()))
            .await
    }

    pub(super) async fn update_bucket_policy(
        &self,
        have: &BucketPolicy,
        want: &BucketPolicy,
    ) -> Result<()> {
        if have.policy == want.policy {
            return Ok(());
        }
        let (have, policy) = (have.policy.clone(), want.policy.clone());
        self.replace_bucket_policy(want, Some(have), Some(policy))
            .await
    }

    pub(super) async fn delete_bucket_policy(&self, have: &BucketPolicy) -> Result<()> {
        self.replace_bucket_policy(have, Some(have.policy.clone()), None)
            .await
    }

    async fn replace_bucket_policy(
        &self,
        on: &BucketPolicy,
        have: Option<Document>,
        want: Option<Document>,
    ) -> Result<()> {
        let aspect = Aspect::bound(
            format!("the policy of bucket.{}", on.name),
            have,
            want.clone(),
        );
        let look = || self.bucket_policy_now(on);
        self.replace(aspect, look, |_| async move {
            match &want {
                Some(policy) => self.put_bucket_policy(on, policy).await,
                None => self.erase_bucket_policy(on).await,
            }
        })
        .await
    }

    async fn bucket_policy_now(&self, on: &BucketPolicy) -> Result<Option<Document>> {
        let region = self.regions.of(&on.name, &on.region);
        match self.get_bucket_policy(&on.name, &region).await {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => {
                let now = document(&text, "the bucket policy")?;
                Ok(Some(self.known.named(&now)))
            }
            Err(error) if error.unset() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put_bucket_policy(&self, on: &BucketPolicy, policy: &Document) -> Result<()> {
        let s3 = self.regions.client(&self.regions.of(&on.name, &on.region));
        let text = policy.to_json();
        let call =
            Call::new(Operation::S3PutBucketPolicy, &self.bucket_arn(&on.name)).naming(policy);
        self.write(call, || {
            let request = s3.put_bucket_policy().bucket(&on.name).policy(&text);
            request.expected_bucket_owner(&self.scope.account).send()
        })
        .await
        .map(drop)
    }

    async fn erase_bucket_policy(&self, on: &BucketPolicy) -> Result<()> {
        let s3 = self.regions.client(&self.regions.of(&on.name, &on.region));
        self.erase(
            Call::new(Operation::S3DeleteBucketPolicy, &self.bucket_arn(&on.name)),
            || {
                let request = s3.delete_bucket_policy().bucket(&on.name);
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
    }
}
