//! Buckets emptied: objects, old versions and delete markers. Only on the way to the removal of a
//! bucket that was named for it.

use super::Aws;
use super::error::{Call, Error, Result};
use crate::permissions::Operation;
use crate::resource::Bucket;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

impl Aws {
    /// Deletes all that is in the bucket, a page after the other until nothing is left.
    pub(super) async fn empty_bucket(&self, have: &Bucket) -> Result<()> {
        let mut deleted = 0;
        loop {
            let page = match self.versions_of(have).await {
                Err(error) if error.absent() => return Ok(()),
                page => page?,
            };
            let versions = page.versions().iter();
            let versions = versions.filter_map(|one| named(one.key(), one.version_id()));
            let markers = page.delete_markers().iter();
            let markers = markers.filter_map(|one| named(one.key(), one.version_id()));
            let all: Vec<ObjectIdentifier> = versions.chain(markers).collect();
            if all.is_empty() {
                return Ok(());
            }
            deleted += all.len();
            self.delete_objects(have, all).await?;
            (self.waiting)(&format!(
                "emptying s3://{}, {deleted} objects deleted so far",
                have.name
            ));
        }
    }

    async fn delete_objects(&self, have: &Bucket, objects: Vec<ObjectIdentifier>) -> Result<()> {
        let s3 = self.regions.client(&have.region);
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true);
        let delete = delete.build()?;
        let call = Call::new(
            Operation::S3DeleteObjects,
            &format!("{}/*", self.bucket_arn(&have.name)),
        );
        let answer = self
            .write(call, || {
                let request = s3.delete_objects().bucket(&have.name);
                request
                    .delete(delete.clone())
                    .expected_bucket_owner(&self.scope.account)
                    .send()
            })
            .await?;
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => Err(kept(
                &have.name,
                error.key().unwrap_or_default(),
                error.code().unwrap_or_default(),
                error.message().unwrap_or_default(),
            )),
        }
    }
}

fn named(key: Option<&str>, version: Option<&str>) -> Option<ObjectIdentifier> {
    let object = ObjectIdentifier::builder().key(key?);
    object
        .set_version_id(version.map(str::to_owned))
        .build()
        .ok()
}

/// An object that S3 does not delete
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>).
fn kept(bucket: &str, key: &str, code: &str, message: &str) -> Error {
    let hint = match message.to_lowercase().contains("object lock") {
        true => {
            "Object Lock keeps it: wait until its retention is over, and take a legal hold away"
                .to_owned()
        }
        false => format!(
            "allow s3:DeleteObject and s3:DeleteObjectVersion on arn:aws:s3:::{bucket}/*, and look \
             whether Object Lock keeps it"
        ),
    };
    let said = format!("s3://{bucket}/{key} is not deleted: {code}: {message}");
    Error::ours(said, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_is_locked_is_told_from_a_missing_permission() {
        let told = |message: &str| format!("{:?}", kept("b", "k", "AccessDenied", message));
        let locked = "Access Denied because object protected by object lock.";
        assert!(told(locked).contains("retention"));
        assert!(told("Access Denied").contains("s3:DeleteObjectVersion"));
    }
}
