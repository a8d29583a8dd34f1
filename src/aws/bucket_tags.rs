//! The tags of a bucket, which S3 knows only as a whole.

use super::Aws;
use super::error::{Error, Result};
use super::replace::{Aspect, Ended};
use super::tags::{Change, Watched, from_s3, merged, to_s3};
use crate::permissions::Operation;
use crate::resource::Tags;
use aws_sdk_s3::types as s3;

/// How often our tags are put among those of somebody who puts theirs at the same moment.
const ROUNDS: usize = 3;

impl Aws {
    pub(super) async fn bucket_tags(&self, name: &str, region: &str) -> Result<Tags> {
        let s3 = self.regions.client(region);
        let call = self.on_bucket(Operation::S3GetBucketTagging, name);
        let send = || {
            let request = s3.get_bucket_tagging().bucket(name);
            request.expected_bucket_owner(&self.scope.account).send()
        };
        match self.read_settled(call, send).await {
            Ok(answer) => Ok(from_s3(answer.tag_set())),
            Err(error) if error.unset() => Ok(Tags::new()),
            Err(error) => Err(error),
        }
    }

    /// Replaces all tags.
    pub(super) async fn put_bucket_tags(&self, name: &str, region: &str, all: &Tags) -> Result<()> {
        let tagging = s3::Tagging::builder()
            .set_tag_set(Some(to_s3(all)?))
            .build()?;
        let s3 = self.regions.client(region);
        self.write(self.on_bucket(Operation::S3PutBucketTagging, name), || {
            let request = s3
                .put_bucket_tagging()
                .bucket(name)
                .tagging(tagging.clone());
            request.expected_bucket_owner(&self.scope.account).send()
        })
        .await
        .map(drop)
    }

    /// Puts what leads from `have` to `want` among the tags that are there.
    ///
    /// # Guarantees
    /// What the last read before the put shows of foreign tags is put back with it. If somebody else's
    /// put takes ours away again, ours are put once more, among theirs.
    ///
    /// # Limits
    /// S3 knows only the set as a whole, and no condition on what it was: a foreign tag that is set
    /// between that read and the put, some tens of milliseconds, is lost, and no later read shows that
    /// it ever was there.
    pub(super) async fn lead_bucket_tags(
        &self,
        name: &str,
        region: &str,
        have: &Tags,
        want: &Tags,
    ) -> Result<()> {
        let change = Change::between(have, want);
        if change.is_nothing() {
            return Ok(());
        }
        let on = format!("bucket.{name}");
        let aspect = Aspect::tags(&on, have, &change);
        for round in 0..ROUNDS {
            let look = || async {
                let all = self.bucket_tags(name, region).await?;
                Ok(Watched::new(all, &change))
            };
            let put = |now: Option<Watched>| async {
                // Without it every foreign tag would go: this put is none that goes unguarded.
                let now = match now {
                    Some(now) => now.all,
                    None => self.bucket_tags(name, region).await?,
                };
                self.put_bucket_tags(name, region, &merged(&now, have, want))
                    .await
            };
            match self.exchange(&aspect, look, put).await? {
                Ended::AsWanted => return Ok(()),
                // Whether S3 is late, or somebody who knew the former tags put those: once more does no
                // harm, for it keeps what is there.
                Ended::AsBefore if round > 0 => return Ok(()),
                Ended::AsBefore | Ended::Otherwise => {}
            }
        }
        Err(Error::ours(
            format!("somebody else goes on writing the tags of {on}, and ours are not among them"),
            "apply again once that has ended",
        ))
    }
}
