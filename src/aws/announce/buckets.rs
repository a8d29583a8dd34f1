//! The calls that change buckets and their policies.

use super::super::tags::Change;
use super::Calls;
use crate::permissions::Operation;
use crate::resource::{Address, Bucket, BucketPolicy};

impl Calls {
    /// A bucket policy is sent to its bucket.
    pub(super) fn bucket_policy(&mut self, of: &BucketPolicy, stays: bool) {
        let on = Address::new("bucket", &of.name).to_string();
        let operation = match stays {
            true => Operation::S3PutBucketPolicy,
            false => Operation::S3DeleteBucketPolicy,
        };
        self.add_on(operation, on, None);
    }

    pub(super) fn create_bucket(&mut self, want: &Bucket) {
        self.add(Operation::S3CreateBucket);
        if !want.tags.is_empty() {
            self.perhaps(
                Operation::S3PutBucketTagging,
                "the server drops tags of a new bucket",
            );
        }
        if want.public_access_block.is_some() {
            self.add(Operation::S3PutPublicAccessBlock);
        }
        if want.encryption.is_some() {
            self.add(Operation::S3PutBucketEncryption);
        }
        if want.versioning == Some(true) {
            self.add(Operation::S3PutBucketVersioning);
        }
        if want
            .lifecycle
            .as_ref()
            .is_some_and(|rules| !rules.is_empty())
        {
            self.add(Operation::S3PutBucketLifecycleConfiguration);
        }
    }

    pub(super) fn update_bucket(&mut self, have: &Bucket, want: &Bucket) {
        if !Change::between(&have.tags, &want.tags).is_nothing() {
            self.add(Operation::S3PutBucketTagging);
            self.perhaps(
                Operation::S3PutBucketTagging,
                "somebody else writes its tags, too",
            );
        }
        let settings = [
            (
                Operation::S3PutBucketOwnershipControls,
                want.object_ownership.is_some() && have.object_ownership != want.object_ownership,
            ),
            (
                Operation::S3PutPublicAccessBlock,
                want.public_access_block.is_some()
                    && have.public_access_block != want.public_access_block,
            ),
            (
                Operation::S3PutBucketEncryption,
                want.encryption.is_some() && have.encryption != want.encryption,
            ),
            (
                Operation::S3PutBucketVersioning,
                want.versioning.is_some() && have.versioning != want.versioning,
            ),
        ];
        for (operation, _) in settings.into_iter().filter(|(_, differs)| *differs) {
            self.add(operation);
        }
        match &want.lifecycle {
            Some(rules) if have.lifecycle != want.lifecycle => self.add(match rules.is_empty() {
                true => Operation::S3DeleteBucketLifecycle,
                false => Operation::S3PutBucketLifecycleConfiguration,
            }),
            _ => {}
        }
    }

    pub(super) fn delete_bucket(&mut self, emptied: bool) {
        if emptied {
            self.perhaps(Operation::S3DeleteObjects, "there is anything in it");
        }
        self.add(Operation::S3DeleteBucket);
    }
}
