//! Bucket policies.

use super::Aws;
use super::document::document;
use super::error::{Call, Error, Result};
use super::gaps::Gaps;
use super::settle::{look_again, read};
use crate::cloud::Observation;
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
        let call = Call::new("s3:GetBucketPolicy", &self.bucket_arn(bucket));
        let answer = read(
            call,
            request.expected_bucket_owner(&self.scope.account).send(),
        )
        .await?;
        Ok(answer.policy.unwrap_or_default())
    }

    pub(super) async fn create_bucket_policy(&self, want: &BucketPolicy) -> Result<()> {
        match self.bucket_policy_now(want).await? {
            None => self.put_bucket_policy(want).await,
            Some(now) if now == want.policy => Ok(()),
            Some(_) => Err(Error::Appeared),
        }
    }

    pub(super) async fn update_bucket_policy(
        &self,
        have: &BucketPolicy,
        want: &BucketPolicy,
    ) -> Result<()> {
        if have.policy == want.policy {
            return Ok(());
        }
        // A read may still show what was there before the last write, of an earlier run.
        let is_other = |now: &Option<Document>| {
            let now = now.as_ref();
            now.is_some_and(|now| *now != want.policy && was_changed(now, &have.policy))
        };
        let now = look_again(&self.patience, is_other, || self.bucket_policy_now(want)).await?;
        match is_other(&now) {
            true => Err(Error::ours(
                format!(
                    "the policy of bucket {} was changed since the plan was made",
                    want.name
                ),
                "plan again: a bucket has one policy, and this would undo the other change",
            )),
            false => self.put_bucket_policy(want).await,
        }
    }

    /// The policy just before it is replaced. S3 has no condition on what was there, so this is all
    /// that guards the change of somebody else. Whoever may write it but not read it goes unguarded.
    async fn bucket_policy_now(&self, want: &BucketPolicy) -> Result<Option<Document>> {
        let region = self.regions.of(&want.name, &want.region);
        match self.get_bucket_policy(&want.name, &region).await {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => {
                let now = document(&text, "the bucket policy")?;
                Ok(Some(self.known.named(&now)))
            }
            // NoSuchBucket too: S3 may not know yet what this run has made, and the put settles it.
            Err(error) if error.unset() || error.absent() || error.denied() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put_bucket_policy(&self, want: &BucketPolicy) -> Result<()> {
        let s3 = self
            .regions
            .client(&self.regions.of(&want.name, &want.region));
        let text = want.policy.to_json();
        let call =
            Call::new("s3:PutBucketPolicy", &self.bucket_arn(&want.name)).naming(&want.policy);
        self.write(call, || {
            let request = s3.put_bucket_policy().bucket(&want.name).policy(&text);
            request.expected_bucket_owner(&self.scope.account).send()
        })
        .await
        .map(drop)
    }

    pub(super) async fn delete_bucket_policy(&self, have: &BucketPolicy) -> Result<()> {
        let s3 = self
            .regions
            .client(&self.regions.of(&have.name, &have.region));
        self.erase(
            Call::new("s3:DeleteBucketPolicy", &self.bucket_arn(&have.name)),
            || {
                let request = s3.delete_bucket_policy().bucket(&have.name);
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
    }
}

/// Whether `now` is another document than the one planned from, by somebody's doing. That a principal
/// is shown by its id is nobody's: S3 does so when it is deleted, and for a moment after the policy
/// was written. `have` names nobody if all of them are to be written again; then neither says
/// anything of who is named.
fn was_changed(now: &Document, have: &Document) -> bool {
    let nobody = have.principals().is_empty() || !now.ids_of_principals().is_empty();
    match nobody {
        true => now.without_principals() != have.without_principals(),
        false => now != have,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_was_changed_only_if_something_else_than_ids_differs() {
        const ROLE: &str = "arn:aws:iam::123456789012:role/r";
        let policy = |who: &str, action: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}",
                    "Principal":{{"AWS":"{who}"}},"Resource":"arn:aws:s3:::b/*"}}}}"#
            );
            Document::parse(&text).unwrap()
        };
        let have = policy(ROLE, "s3:GetObject");
        let id = "AROAEXAMPLEID1234567";
        let other = "arn:aws:iam::123456789012:role/AROA";
        for (now, changed, reason) in [
            (policy(ROLE, "s3:GetObject"), false, "it is the same"),
            (policy(id, "s3:GetObject"), false, "the role was deleted"),
            (
                policy(other, "s3:GetObject"),
                true,
                "somebody else is let in",
            ),
            (policy(ROLE, "s3:PutObject"), true, "for something else"),
            (
                policy(id, "s3:PutObject"),
                true,
                "for something else, and deleted",
            ),
        ] {
            assert_eq!(was_changed(&now, &have), changed, "{reason}");
        }
        let bound_again = have.without_principals();
        assert!(!was_changed(&have, &bound_again));
        assert!(!was_changed(&policy(id, "s3:GetObject"), &bound_again));
        assert!(was_changed(&policy(ROLE, "s3:PutObject"), &bound_again));
    }
}
