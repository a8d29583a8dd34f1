//! Statements in AWS's own words that AWS would refuse, or read otherwise than they were meant.

use super::{BUCKET, ROLE, table};

/// A statement of the bucket policy, with these members in place of the good ones.
fn statement(changed: &[(&str, &str)]) -> String {
    let mut members = vec![
        ("Effect", "Allow"),
        ("Principal", "{AWS: '123456789012'}"),
        ("Action", "'s3:ListBucket'"),
        ("Resource", "'arn:aws:s3:::b-backups'"),
    ];
    for (name, value) in changed {
        match members.iter_mut().find(|(known, _)| known == name) {
            Some(member) => member.1 = value,
            None => members.push((name, value)),
        }
    }
    let members: String = members
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .enumerate()
        .map(|(at, (name, value))| {
            let head = if at == 0 { "    - " } else { "      " };
            format!("{head}{name}: {value}\n")
        })
        .collect();
    format!("{BUCKET}  policy:\n{members}")
}

#[test]
fn statements_of_ones_own_are_read_as_aws_would() {
    table(&[
        (
            &statement(&[("Resource", "'arn:aws:s3:::b-backups/*'")]),
            "7:15",
            "s3:ListBucket applies to a bucket (arn:aws:s3:::b-backups)",
            "add arn:aws:s3:::b-backups to",
            "an action on the wrong ARN",
        ),
        (
            &statement(&[("Action", "'s3:GetObject'")]),
            "7:15",
            "s3:GetObject applies to objects",
            "add arn:aws:s3:::b-backups/* to",
            "an action on the wrong ARN",
        ),
        (
            &statement(&[("Resource", "'arn:aws:s3:::other'")]),
            "8:17",
            "is not the bucket b-backups",
            "write arn:aws:s3:::b-backups",
            "another bucket",
        ),
        (
            &statement(&[("Action", "'s3:ListObjectsV2'")]),
            "7:15",
            "no action of s3",
            "write s3:ListBucket",
            "an API that has another action",
        ),
        (
            &statement(&[("Action", "'s4:ListBucket'")]),
            "7:15",
            "not s4:ListBucket",
            "remove it",
            "a service that is not there",
        ),
        (
            &statement(&[("Effect", "allow")]),
            "5:15",
            "cannot be `allow`",
            "`Allow`",
            "AWS is strict about it",
        ),
        (
            &statement(&[("Principal", "{AWS: 'arn:aws:iam::123456789012:role/x-*'}")]),
            "6:",
            "no wildcard in it",
            "aws:PrincipalArn",
            "a wildcard in a principal",
        ),
        (
            &statement(&[("Principal", "{AWS: 'arn:aws:iam::123456789012:group/g'}")]),
            "6:",
            "group",
            "",
            "a group",
        ),
        (
            &statement(&[("Principal", "")]),
            "5:7",
            "names a principal",
            "add Principal",
            "a bucket policy says who",
        ),
        (
            &statement(&[("Condition", "{StringEqual: {'s3:prefix': x}}")]),
            "9:",
            "no condition operator",
            "write StringEquals",
            "an operator, nearly",
        ),
        (
            &statement(&[("Principal", "'*'")]),
            "5:",
            "public",
            "block_public_policy",
            "everybody, and the bucket refuses public policies",
        ),
        (
            &format!(
                "{ROLE}    inline_policies:\n      p:\n        - {{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: '*'}}\n"
            ),
            "10:",
            "names no principal",
            "remove",
            "an identity's policy says not who",
        ),
    ]);
}
