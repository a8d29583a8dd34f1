//! The actions behind APIs whose name is not the action's: what people write by mistake.
//!
//! Source: the API each action's entry in AWS's Service Authorization Reference points to, and
//! "Required permissions for Amazon S3 API operations" in the S3 user guide.

/// The name of the API, and the action that permits it.
const ACTIONS: &[(&str, &str)] = &[
    ("AbortMultipartUploads", "s3:AbortMultipartUpload"),
    ("CompleteMultipartUpload", "s3:PutObject"),
    ("CopyObject", "s3:PutObject"),
    ("CreateMultipartUpload", "s3:PutObject"),
    ("CreateSession", "s3:GetObject"),
    ("DeleteBucketCors", "s3:PutBucketCORS"),
    ("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
    (
        "DeleteBucketOwnershipControls",
        "s3:PutBucketOwnershipControls",
    ),
    ("DeleteBucketReplication", "s3:PutReplicationConfiguration"),
    ("DeleteBucketTagging", "s3:PutBucketTagging"),
    ("DeleteObjects", "s3:DeleteObject"),
    ("DeleteObjectVersions", "s3:DeleteObjectVersion"),
    ("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    (
        "GetBucketAccelerateConfiguration",
        "s3:GetAccelerateConfiguration",
    ),
    (
        "GetBucketAnalyticsConfiguration",
        "s3:GetAnalyticsConfiguration",
    ),
    ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    (
        "GetBucketIntelligentTieringConfiguration",
        "s3:GetIntelligentTieringConfiguration",
    ),
    (
        "GetBucketInventoryConfiguration",
        "s3:GetInventoryConfiguration",
    ),
    ("GetBucketLifecycle", "s3:GetLifecycleConfiguration"),
    (
        "GetBucketLifecycleConfiguration",
        "s3:GetLifecycleConfiguration",
    ),
    ("GetBucketLocations", "s3:GetBucketLocation"),
    (
        "GetBucketMetricsConfiguration",
        "s3:GetMetricsConfiguration",
    ),
    (
        "GetBucketNotificationConfiguration",
        "s3:GetBucketNotification",
    ),
    ("GetBucketOwnership", "s3:GetBucketOwnershipControls"),
    ("GetBucketReplication", "s3:GetReplicationConfiguration"),
    (
        "GetObjectLockConfiguration",
        "s3:GetBucketObjectLockConfiguration",
    ),
    ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("HeadBucket", "s3:ListBucket"),
    ("HeadObject", "s3:GetObject"),
    ("ListBucketObjects", "s3:ListBucket"),
    ("ListBuckets", "s3:ListAllMyBuckets"),
    ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("ListObjects", "s3:ListBucket"),
    ("ListObjectsV2", "s3:ListBucket"),
    ("ListObjectVersions", "s3:ListBucketVersions"),
    ("ListParts", "s3:ListMultipartUploadParts"),
    (
        "PutBucketAccelerateConfiguration",
        "s3:PutAccelerateConfiguration",
    ),
    (
        "PutBucketAnalyticsConfiguration",
        "s3:PutAnalyticsConfiguration",
    ),
    ("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    (
        "PutBucketIntelligentTieringConfiguration",
        "s3:PutIntelligentTieringConfiguration",
    ),
    (
        "PutBucketInventoryConfiguration",
        "s3:PutInventoryConfiguration",
    ),
    ("PutBucketLifecycle", "s3:PutLifecycleConfiguration"),
    (
        "PutBucketLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
    (
        "PutBucketMetricsConfiguration",
        "s3:PutMetricsConfiguration",
    ),
    (
        "PutBucketNotificationConfiguration",
        "s3:PutBucketNotification",
    ),
    ("PutBucketOwnership", "s3:PutBucketOwnershipControls"),
    ("PutBucketReplication", "s3:PutReplicationConfiguration"),
    (
        "PutObjectLockConfiguration",
        "s3:PutBucketObjectLockConfiguration",
    ),
    ("PutObjects", "s3:PutObject"),
    ("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("ReadObject", "s3:GetObject"),
    ("ReEncrypt", "kms:ReEncryptFrom"),
    ("SelectObjectContent", "s3:GetObject"),
    ("UploadPart", "s3:PutObject"),
    ("UploadPartCopy", "s3:PutObject"),
    ("WriteObject", "s3:PutObject"),
    ("AssumeRoleWithOIDC", "sts:AssumeRoleWithWebIdentity"),
];

/// The action that permits the API of this name, given in any case, with its service or without.
pub(super) fn action_of(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, action)| action)
}

/// The API's name in AWS's casing, without its service.
pub(super) fn cased(name: &str) -> Option<&'static str> {
    entry(name).map(|(api, _)| api)
}

fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    let (service, api) = match name.split_once(':') {
        Some((service, api)) => (Some(service), api),
        None => (None, name),
    };
    ACTIONS.iter().copied().find(|(known, action)| {
        let own = action.split_once(':').map_or("", |(own, _)| own);
        known.eq_ignore_ascii_case(api) && service.is_none_or(|one| one.eq_ignore_ascii_case(own))
    })
}

#[cfg(test)]
mod tests {
    use super::super::actions;
    use super::*;

    #[test]
    fn every_entry_names_a_real_action_and_no_api_is_one() {
        for (api, action) in ACTIONS {
            assert!(actions::find(action).is_some(), "{action} does not exist");
            let service = action.split_once(':').map_or("", |(service, _)| service);
            let real = actions::find(&format!("{service}:{api}"));
            assert_eq!(real, None, "{api} is an action and needs no entry");
        }
    }

    #[test]
    fn an_api_is_found_with_its_service_or_without_but_not_with_another() {
        assert_eq!(action_of("s3:ListObjectsV2"), Some("s3:ListBucket"));
        assert_eq!(action_of("headobject"), Some("s3:GetObject"));
        assert_eq!(action_of("kms:HeadObject"), None);
    }
}
