//! Grants that AWS would refuse, or that would allow more or less than they say.

use super::{BUCKET, ROLE, table};

fn grant(grant: &str) -> String {
    format!("{ROLE}grants:\n  - {{{grant}}}\n")
}

#[test]
fn what_a_grant_cannot_allow_is_told_with_what_it_can() {
    table(&[
        (
            &grant("to: role.r, allow: [reed]"),
            "9:26",
            "\"reed\" is nothing",
            "did you mean \"read\"?",
            "a verb, nearly",
        ),
        (
            &grant("to: role.r, allow: ['s3:ListObjectsV2']"),
            "9:26",
            "no IAM action \"s3:ListObjectsV2\"",
            "write s3:ListBucket",
            "an API that has another action",
        ),
        (
            &grant("to: role.r, allow: ['s3:HeadObject']"),
            "9:26",
            "no IAM action",
            "write s3:GetObject",
            "an API that has another action",
        ),
        (
            &grant("to: role.r, allow: ['s3:GetBucketLocations']"),
            "9:26",
            "no IAM action",
            "write s3:GetBucketLocation",
            "the vendor's page has it so",
        ),
        (
            &grant("to: role.r, allow: ['s3:UploadPart']"),
            "9:26",
            "no IAM action",
            "write s3:PutObject",
            "an API that has another action",
        ),
        (
            &grant("to: role.r, allow: ['s3:*']"),
            "9:26",
            "has a wildcard",
            "name the actions",
            "all of S3",
        ),
        (
            &grant("to: role.r, allow: ['s3:Get*']"),
            "9:26",
            "has a wildcard",
            "name the actions",
            "grows with AWS",
        ),
        (
            &grant("to: role.r, allow: ['*']"),
            "9:26",
            "would allow everything",
            "name what is needed",
            "everything",
        ),
        (
            &grant("to: role.r, allow: ['iam:CreateUser']"),
            "9:26",
            "an action of iam",
            "inline_policies",
            "not about a bucket",
        ),
        (
            &grant("to: role.r, allow: []"),
            "9:18",
            "allows nothing",
            "[list, read]",
            "an empty list",
        ),
        (
            &grant("to: role.r, allow: [list_all_buckets], through: bucket_policy"),
            "9:26",
            "cannot be granted by a bucket policy",
            "inline_policy",
            "it is about no bucket",
        ),
        (
            &grant("to: role.r, allow: [create_bucket], through: bucket_policy"),
            "9:26",
            "cannot be granted by a bucket policy",
            "inline_policy",
            "the policy comes after the bucket",
        ),
        (
            &grant("to: role.r, allow: [read], prefix: /a"),
            "9:41",
            "begins with \"/\"",
            "write \"a/\"",
            "keys do not begin so",
        ),
        (
            &grant("to: role.r, allow: [read], prefix: ''"),
            "9:41",
            "the whole bucket",
            "leave prefix out",
            "an empty prefix",
        ),
        (
            &grant("to: role.r, allow: [read], prefix: 'a*'"),
            "9:41",
            "match more",
            "name one folder",
            "a wildcard",
        ),
        (
            &grant("to: role.r, allow: [read], through: bucketpolicy"),
            "9:42",
            "through no \"bucketpolicy\"",
            "`bucket_policy`",
            "a way, nearly",
        ),
        (
            &grant("to: role.r, allow: [read], through: policy.p"),
            "9:42",
            "no policy \"p\"",
            "declare it under policies",
            "a policy that is not there",
        ),
        (
            "name: m\nroles:\n  r:\n    trust: {service: ec2.amazonaws.com}\ngrants:\n  - {to: role.r, allow: [read]}\n",
            "6:6",
            "there is none",
            "add bucket:",
            "no bucket",
        ),
    ]);
}

#[test]
fn whom_a_grant_cannot_reach_is_told_with_why() {
    let arn = |rest: &str| grant(&format!("to: 'arn:aws:iam::{rest}', allow: [list]"));
    table(&[
        (
            &grant("to: [], allow: [list]"),
            "9:6",
            "to nobody",
            "name a role",
            "an empty list",
        ),
        (
            &grant("to: role.x, allow: [list]"),
            "9:10",
            "no role \"x\"",
            "`r`",
            "a role that is not there",
        ),
        (
            &grant("to: user.u, allow: [list]"),
            "9:10",
            "no user \"u\"",
            "declare it under users",
            "a user that is not there",
        ),
        (
            &grant("to: r, allow: [list]"),
            "9:10",
            "\"r\" is no principal",
            "role.NAME",
            "a bare name",
        ),
        (
            &grant("to: '*', allow: [list]"),
            "9:10",
            "everybody on the internet",
            "name a role",
            "everybody",
        ),
        (
            &arn("123456789012:role/*"),
            "9:10",
            "no wildcards in a principal",
            "name a role",
            "a wildcard",
        ),
        (
            &arn("123456789012:role/back*"),
            "9:10",
            "no wildcards in a principal",
            "name a role",
            "a wildcard within",
        ),
        (
            &arn("123456789012:group/g"),
            "9:10",
            "a group cannot be a principal",
            "name a role",
            "a group elsewhere",
        ),
        (
            &arn("12345:role/r"),
            "9:10",
            "12 digits",
            "name a role",
            "an account too short",
        ),
        (
            &arn("123456789012:r"),
            "9:10",
            "no ARN of a user",
            "name a role",
            "no kind",
        ),
        (
            &grant("to: '12345678901', allow: [list]"),
            "9:10",
            "is no principal",
            "12 digits",
            "11 digits",
        ),
        (
            &grant("to: '123456789012', allow: [read], through: inline_policy"),
            "9:50",
            "outside this manifest",
            "bucket_policy",
            "policies of others are not ours",
        ),
        (
            &format!(
                "{BUCKET}groups:\n  g: {{}}\ngrants:\n  - {{to: group.g, allow: [list], through: bucket_policy}}\n"
            ),
            "7:43",
            "a group cannot be a principal",
            "inline_policy",
            "a group in the bucket policy",
        ),
    ]);
}
