//! Buckets and their policies.

use super::super::Operation::{
    KmsDescribeKey, S3AbortMultipartUpload, S3CreateBucket, S3DeleteBucket,
    S3DeleteBucketLifecycle, S3DeleteBucketPolicy, S3DeleteObject, S3DeleteObjects,
    S3GetBucketEncryption, S3GetBucketLifecycleConfiguration, S3GetBucketOwnershipControls,
    S3GetBucketPolicy, S3GetBucketTagging, S3GetBucketVersioning, S3GetObjectLockConfiguration,
    S3GetPublicAccessBlock, S3HeadBucket, S3ListBuckets, S3ListObjectVersions,
    S3PutBucketEncryption, S3PutBucketLifecycleConfiguration, S3PutBucketOwnershipControls,
    S3PutBucketPolicy, S3PutBucketTagging, S3PutBucketVersioning, S3PutObject,
    S3PutPublicAccessBlock,
};
use super::super::row::{Aspect, On, Under};
use super::{Part, create, delete, empty, look_up, observe, probe, update};

pub(super) const BUCKET: Part = Part {
    noun: "Bucket",
    words: "bucket",
    rows: &[
        observe(S3HeadBucket),
        observe(S3GetBucketTagging),
        observe(S3GetBucketVersioning).of(Aspect::Versioning),
        observe(S3GetBucketEncryption).of(Aspect::Encryption),
        // Which key is behind the alias.
        observe(KmsDescribeKey)
            .of(Aspect::KeyOfManifest)
            .on(On::AnyKey),
        observe(S3GetPublicAccessBlock).of(Aspect::PublicAccessBlock),
        observe(S3GetBucketOwnershipControls).of(Aspect::ObjectOwnership),
        observe(S3GetBucketLifecycleConfiguration).of(Aspect::Lifecycle),
        create(S3CreateBucket),
        create(S3CreateBucket)
            .asks("s3:TagResource")
            .of(Aspect::Tags),
        create(S3CreateBucket)
            .asks("s3:PutBucketOwnershipControls")
            .of(Aspect::ObjectOwnership),
        create(S3PutBucketTagging).of(Aspect::Tags),
        create(S3PutPublicAccessBlock).of(Aspect::PublicAccessBlock),
        create(S3PutBucketEncryption).of(Aspect::Encryption),
        create(S3PutBucketVersioning).of(Aspect::VersioningOn),
        create(S3PutBucketLifecycleConfiguration).of(Aspect::Rules),
        update(S3PutBucketTagging).of(Aspect::Tags),
        update(S3PutBucketOwnershipControls).of(Aspect::ObjectOwnership),
        update(S3PutPublicAccessBlock).of(Aspect::PublicAccessBlock),
        update(S3PutBucketEncryption).of(Aspect::Encryption),
        update(S3PutBucketVersioning).of(Aspect::Versioning),
        update(S3PutBucketLifecycleConfiguration).of(Aspect::Rules),
        update(S3DeleteBucketLifecycle).of(Aspect::NoRules),
        look_up(S3ListObjectVersions),
        delete(S3DeleteBucket),
        empty(S3DeleteObjects).on(On::Objects),
        empty(S3DeleteObjects)
            .asks("s3:DeleteObject")
            .on(On::Objects),
        probe(S3GetObjectLockConfiguration),
        probe(S3ListBuckets).on(On::Account),
        probe(S3PutObject).on(On::Tries),
        probe(S3PutObject)
            .asks("kms:GenerateDataKey")
            .of(Aspect::Key)
            .on(On::KeyOfBucket)
            .under(Under::KeyTag),
        probe(S3DeleteObject).on(On::Tries),
        probe(S3DeleteObject)
            .asks("s3:DeleteObjectVersion")
            .of(Aspect::VersioningOn)
            .on(On::Tries),
        probe(S3AbortMultipartUpload).on(On::Tries),
    ],
};

pub(super) const POLICY: Part = Part {
    noun: "Bucket",
    words: "bucket policy",
    rows: &[
        observe(S3GetBucketPolicy),
        create(S3PutBucketPolicy),
        update(S3PutBucketPolicy),
        delete(S3DeleteBucketPolicy),
    ],
};
