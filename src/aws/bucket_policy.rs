//! Bucket policies.

use super::Aws;
use super::error::{Call, Result};
use super::gaps::Gaps;
use super::identity::document;
use super::settle::read;
use crate::cloud::Observation;
use crate::resource::{BucketPolicy, Resource};

impl Aws {
    pub(super) async fn observe_bucket_policy(&self, want: &BucketPolicy) -> Result<Observation> {
        let mut region = self.regions.of(&want.name, &want.region);
        let mut answer = self.get_bucket_policy(&want.name, &region).await;
        // The SDK does not follow S3 to the region that the bucket is in.
        let other = answer.as_ref().err().and_then(|error| error.region()).map(str::to_owned);
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
        Ok(gaps.around(Resource::BucketPolicy(BucketPolicy {
            name: want.name.clone(),
            region,
            policy: document(&text, "the bucket policy")?,
        })))
    }

    async fn get_bucket_policy(&self, bucket: &str, region: &str) -> Result<String> {
        let request = self.regions.client(region).get_bucket_policy().bucket(bucket);
        let call = Call::new("s3:GetBucketPolicy", &self.bucket_arn(bucket));
        let answer = read(call, request.expected_bucket_owner(&self.scope.account).send()).await?;
        Ok(answer.policy.unwrap_or_default())
    }

    /// Creates and updates: S3 knows only the whole policy, and has no condition on what was there.
    pub(super) async fn put_bucket_policy(&self, want: &BucketPolicy) -> Result<()> {
        let s3 = self.regions.client(&self.regions.of(&want.name, &want.region));
        let text = want.policy.to_json();
        let call = Call::new("s3:PutBucketPolicy", &self.bucket_arn(&want.name)).naming(&want.policy);
        self.write(call, || {
            let request = s3.put_bucket_policy().bucket(&want.name).policy(&text);
            request.expected_bucket_owner(&self.scope.account).send()
        })
        .await
        .map(drop)
    }

    pub(super) async fn delete_bucket_policy(&self, have: &BucketPolicy) -> Result<()> {
        let s3 = self.regions.client(&self.regions.of(&have.name, &have.region));
        self.erase(Call::new("s3:DeleteBucketPolicy", &self.bucket_arn(&have.name)), || {
            let request = s3.delete_bucket_policy().bucket(&have.name);
            request.expected_bucket_owner(&self.scope.account).send()
        })
        .await
    }
}
