//! The calls that change buckets and their policies.

use super::Calls;
use crate::resource::{Address, Bucket, BucketPolicy};

impl Calls {
    /// A bucket policy is sent to its bucket.
    pub(super) fn bucket_policy(&mut self, of: &BucketPolicy, stays: bool) {
        let on = Address::new("bucket", &of.name).to_string();
        let operation = match stays {
            true => "s3:PutBucketPolicy",
            false => "s3:DeleteBucketPolicy",
        };
        self.add_on(operation, on, None);
    }

    pub(super) fn create_bucket(&mut self, want: &Bucket) {
        self.add("s3:CreateBucket");
        if !want.tags.is_empty() {
            self.perhaps("s3:PutBucketTagging", "the server drops tags of a new bucket");
        }
        if want.public_access_block.is_some() {
            self.add("s3:PutPublicAccessBlock");
        }
        if want.encryption.is_some() {
            self.add("s3:PutBucketEncryption");
        }
        if want.versioning == Some(true) {
            self.add("s3:PutBucketVersioning");
        }
        if want.lifecycle.as_ref().is_some_and(|rules| !rules.is_empty()) {
            self.add("s3:PutBucketLifecycleConfiguration");
        }
    }

    pub(super) fn update_bucket(&mut self, have: &Bucket, want: &Bucket) {
        if have.tags != want.tags {
            self.add("s3:PutBucketTagging");
            self.perhaps("s3:PutBucketTagging", "somebody else writes its tags, too");
        }
        let settings = [
            (
                "s3:PutBucketOwnershipControls",
                want.object_ownership.is_some() && have.object_ownership != want.object_ownership,
            ),
            (
                "s3:PutPublicAccessBlock",
                want.public_access_block.is_some()
                    && have.public_access_block != want.public_access_block,
            ),
            (
                "s3:PutBucketEncryption",
                want.encryption.is_some() && have.encryption != want.encryption,
            ),
            (
                "s3:PutBucketVersioning",
                want.versioning.is_some() && have.versioning != want.versioning,
            ),
        ];
        for (operation, _) in settings.into_iter().filter(|(_, differs)| *differs) {
            self.add(operation);
        }
        match &want.lifecycle {
            Some(rules) if have.lifecycle != want.lifecycle => self.add(match rules.is_empty() {
                true => "s3:DeleteBucketLifecycle",
                false => "s3:PutBucketLifecycleConfiguration",
            }),
            _ => {}
        }
    }

    pub(super) fn delete_bucket(&mut self, emptied: bool) {
        if emptied {
            self.perhaps("s3:DeleteObjects", "there is anything in it");
        }
        self.add("s3:DeleteBucket");
    }
}
