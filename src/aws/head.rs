//! Whether a bucket is there, where, and whose it is.

use super::Aws;
use super::error::{Call, Error, Result};
use super::settle::read;
use crate::permissions::Operation;

/// What HeadBucket tells.
pub(super) enum Head {
    Absent,
    /// It is ours, in this region.
    Here {
        region: String,
    },
    /// It is there: another account's, or the caller may not list it. The answer names the region
    /// all the same.
    Denied {
        region: String,
        error: Error,
        /// Whether it is this account's; `None` if the caller may not list buckets either.
        owned: Option<bool>,
    },
}

impl Aws {
    pub(super) fn bucket_arn(&self, name: &str) -> String {
        format!("arn:{}:s3:::{name}", self.scope.partition)
    }

    /// Whether it is there; whose it is, if HeadBucket does not say.
    ///
    /// # Errors
    /// Credentials that are not valid, too: to HeadBucket they are a bare 403.
    pub(super) async fn head_bucket(&self, name: &str, region: &str) -> Result<Head> {
        let head = self.head_somewhere(name, region).await?;
        let Head::Denied { region, error, .. } = head else {
            return Ok(head);
        };
        let owned = self.owns_bucket(name, &region).await?;
        if owned == Some(false) {
            // So is a clock that is wrong. A listing is refused in words, from which the SDK has
            // the time.
            let again = self.head_in(name, &region).await?;
            if !matches!(again, Head::Denied { .. }) {
                return Ok(again);
            }
        }
        Ok(Head::Denied {
            region,
            error,
            owned,
        })
    }

    /// Asks in `region`, and once more where S3 says that the bucket is.
    async fn head_somewhere(&self, name: &str, region: &str) -> Result<Head> {
        let first = self.head_in(name, region).await;
        match &first {
            // 301 or 400 from another region; the SDK follows neither.
            Err(error) if !error.denied() => match error.region() {
                Some(other) if other != region => self.head_in(name, other).await,
                _ => first,
            },
            _ => first,
        }
    }

    async fn head_in(&self, name: &str, region: &str) -> Result<Head> {
        let request = self.regions.client(region).head_bucket().bucket(name);
        let call = Call::new(Operation::S3HeadBucket, &self.bucket_arn(name));
        match read(
            call,
            request.expected_bucket_owner(&self.scope.account).send(),
        )
        .await
        {
            Ok(answer) => {
                let region = answer.bucket_region.unwrap_or_else(|| region.to_owned());
                self.regions.found(name, &region);
                Ok(Head::Here { region })
            }
            Err(error) if error.status() == 404 => Ok(Head::Absent),
            Err(error) if error.denied() => {
                let region = error.region().unwrap_or(region).to_owned();
                self.regions.found(name, &region);
                Ok(Head::Denied {
                    region,
                    error,
                    owned: None,
                })
            }
            // An answer to HEAD has no body and so no code (expired credentials are a bare 400):
            // the next best call says what is wrong.
            Err(error) if error.status() == 400 && error.region().is_none_or(|r| r == region) => {
                let telling = self.bucket_tags(name, region).await.err();
                Err(telling.filter(|telling| !telling.unset()).unwrap_or(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the bucket is this account's, where HeadBucket is denied: `None` if the caller may
    /// not list buckets either.
    async fn owns_bucket(&self, name: &str, region: &str) -> Result<Option<bool>> {
        // The name itself sorts before all others that begin with it, so one page will do.
        let request = self
            .regions
            .client(region)
            .list_buckets()
            .prefix(name)
            .max_buckets(100);
        match read(Call::new(Operation::S3ListBuckets, "*"), request.send()).await {
            Ok(answer) => Ok(Some(
                answer
                    .buckets()
                    .iter()
                    .any(|bucket| bucket.name() == Some(name)),
            )),
            Err(error) if error.denied() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The name belongs to somebody else.
pub(super) fn taken(name: &str) -> Error {
    Error::ours(
        format!("the bucket name {name} is taken by another account"),
        "bucket names are shared by all accounts: choose another, for example with your account id \
         at its end",
    )
}
