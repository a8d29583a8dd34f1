//! API operation → the IAM action that allows it. They differ more often than one would think
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>).

/// The IAM action that allows `operation` (`s3:HeadBucket` → `s3:ListBucket`).
pub(super) fn action(operation: &str) -> &str {
    match operation {
        "s3:HeadBucket" => "s3:ListBucket",
        "s3:ListObjectVersions" => "s3:ListBucketVersions",
        "s3:DeleteObjects" => "s3:DeleteObjectVersion",
        "s3:ListBuckets" => "s3:ListAllMyBuckets",
        "s3:GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "s3:PutBucketEncryption" => "s3:PutEncryptionConfiguration",
        "s3:GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
        "s3:PutPublicAccessBlock" => "s3:PutBucketPublicAccessBlock",
        "s3:GetBucketLifecycleConfiguration" => "s3:GetLifecycleConfiguration",
        "s3:PutBucketLifecycleConfiguration" | "s3:DeleteBucketLifecycle" => {
            "s3:PutLifecycleConfiguration"
        }
        same => same,
    }
}

/// `arn:aws:iam::1:role/path/name` → `role.name`: how people know what is behind an ARN.
pub(super) fn address(arn: &str) -> String {
    let Some(resource) = arn.splitn(6, ':').nth(5) else {
        return arn.to_owned();
    };
    if arn.contains(":s3:::") {
        return format!("bucket.{}", resource.split('/').next().unwrap_or(resource));
    }
    match resource.split_once('/') {
        Some(("oidc-provider", url)) => format!("oidc_provider.{url}"),
        Some(("alias", name)) => format!("kms_key.{name}"),
        Some((kind, rest)) => format!("{kind}.{}", rest.rsplit('/').next().unwrap_or(rest)),
        None => arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_those_that_policies_name() {
        let table = [
            ("s3:HeadBucket", "s3:ListBucket"),
            ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
            ("s3:GetBucketVersioning", "s3:GetBucketVersioning"),
            ("s3:DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
            ("iam:GetRole", "iam:GetRole"),
        ];
        for (operation, expected) in table {
            assert_eq!(action(operation), expected);
        }
    }

    #[test]
    fn an_arn_is_shown_as_an_address() {
        let table = [
            ("arn:aws:iam::123456789012:role/a/b/deploy", "role.deploy"),
            ("arn:aws:iam::123456789012:user/u", "user.u"),
            ("arn:aws-cn:s3:::b/key", "bucket.b"),
            ("arn:aws:iam::1:oidc-provider/x.y/z", "oidc_provider.x.y/z"),
            ("arn:aws:kms:eu-west-1:1:alias/a/b", "kms_key.a/b"),
            ("arn:aws:iam::1:root", "arn:aws:iam::1:root"),
            ("123456789012", "123456789012"),
        ];
        for (arn, expected) in table {
            assert_eq!(address(arn), expected);
        }
    }
}
