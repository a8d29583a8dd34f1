//! Whether the resources of a statement are ARNs, and those of a bucket's policy the bucket's own.

use super::{Kind, Report, rules};
use crate::policy::canonical::is_partition;
use crate::policy::fault::shortened;
use crate::policy::pattern;

impl Report<'_> {
    pub(super) fn resources(&mut self) {
        if *self.kind == Kind::Trust {
            return;
        }
        for (element, resources) in [
            ("Resource", self.statement.resource.clone()),
            ("NotResource", self.statement.not_resource.clone()),
        ] {
            for resource in &resources {
                if let Kind::BucketPolicy { bucket, partition } = *self.kind {
                    self.is_of_bucket(element, resource, bucket, partition);
                } else {
                    self.is_arn(element, resource);
                }
            }
        }
    }

    /// IAM: "Resource … must be in ARN format or \"*\"."
    fn is_arn(&mut self, element: &str, resource: &str) {
        if resource == "*" {
            return;
        }
        let shown = shortened(resource);
        let parts: Vec<_> = resource.splitn(6, ':').collect();
        let wild = |text: &str| pattern::is_pattern(text) || text.contains("${");
        if parts[0] != "arn" {
            // `*` at the start may still match ARNs; IAM's answer to that is not known here.
            if !resource.starts_with('*') {
                let path = resource.trim_start_matches("s3://").trim_matches('/');
                let is_path = resource.starts_with("s3://") || parts.len() == 1;
                let fix = if is_path && !path.is_empty() {
                    format!(
                        "write the whole ARN, such as arn:aws:s3:::{}",
                        shortened(path)
                    )
                } else {
                    "write an ARN or \"*\"".to_owned()
                };
                self.add(
                    &rules::INVALID_RESOURCE,
                    element,
                    format!("{shown:?} is no ARN"),
                    fix,
                );
            }
            return;
        }
        if parts.len() < 6 {
            if let Some(at) = misplaced(&parts) {
                let message = format!(
                    "{shown:?} matches nothing: {:?} stands where its {} is looked for",
                    shortened(parts[at]),
                    ["Region", "account"][at - 3]
                );
                let fix = match parts[2] {
                    "s3" => format!(
                        "write arn:{}:s3:::{}, with three colons",
                        parts[1],
                        shortened(parts[at])
                    ),
                    _ => "write arn:partition:service:region:account:resource".to_owned(),
                };
                self.add(&rules::INVALID_RESOURCE, element, message, fix);
            } else if !wild(resource) {
                let message = format!("{shown:?} is no ARN: it has fewer than six parts");
                let fix = "write arn:partition:service:region:account:resource";
                self.add(&rules::INVALID_RESOURCE, element, message, fix);
            }
            return;
        }
        let (partition, service, region, account, rest) =
            (parts[1], parts[2], parts[3], parts[4], parts[5]);
        if !wild(partition) && !is_partition(partition) {
            let message = format!("{shown:?} is in no partition AWS has");
            self.add(
                &rules::INVALID_RESOURCE,
                element,
                message,
                "write aws, aws-cn or aws-us-gov after arn:",
            );
        } else if account.bytes().all(|byte| byte.is_ascii_digit())
            && !matches!(account.len(), 0 | 12)
        {
            let message = format!(
                "{shown:?} is of no account: {account} has {} digits",
                account.len()
            );
            let fix = "write the 12 digits of the account, with the zeros it begins with";
            self.add(&rules::INVALID_RESOURCE, element, message, fix);
        } else if OF_OURS.contains(&service) && !can_be_account(account) {
            let message = format!(
                "{shown:?} is of no account: {:?} is none",
                shortened(account)
            );
            let fix = "write the 12 digits of the account";
            self.add(&rules::INVALID_RESOURCE, element, message, fix);
        } else if rest.is_empty() {
            self.add(
                &rules::INVALID_RESOURCE,
                element,
                format!("{shown:?} names no resource"),
                "write its name at the end",
            );
        } else if service == "s3"
            && (!region.is_empty() || !account.is_empty())
            && !wild(&format!("{region}{account}{rest}"))
            && !rest.contains('/')
        {
            // Everything of S3 that has a Region or an account has a kind and `/` in its name.
            let message = format!("{shown:?} is no bucket: its ARN has no Region and no account");
            self.add(
                &rules::INVALID_RESOURCE,
                element,
                message,
                format!("write arn:{partition}:s3:::{rest}"),
            );
        }
    }

    /// S3: "Policy has invalid resource".
    fn is_of_bucket(&mut self, element: &str, resource: &str, bucket: &str, partition: &str) {
        let own = resource.splitn(6, ':').collect::<Vec<_>>();
        let is_own = match own.as_slice() {
            ["arn", written, "s3", "", "", path] => {
                let after = path.strip_prefix(bucket);
                pattern::matches(written, partition)
                    && after
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*', '?']))
            }
            _ => false,
        };
        if !is_own {
            let message = format!(
                "{:?} is not the bucket {bucket} or its objects",
                shortened(resource)
            );
            let fix = format!(
                "write arn:{partition}:s3:::{bucket} for the bucket, \
                 arn:{partition}:s3:::{bucket}/* for its objects"
            );
            self.add(&rules::FOREIGN_RESOURCE, element, message, fix);
        }
    }
}

/// Services of whose ARNs it is known what stands where the account does.
const OF_OURS: [&str; 4] = ["iam", "kms", "s3", "sts"];

/// Whether this, or what it matches, can be an account: digits, or one of AWS's own.
fn can_be_account(text: &str) -> bool {
    let wild = |letter: char| "*?$".contains(letter);
    let fixed = text.split(wild).next().unwrap_or_default();
    matches!(text, "aws" | "cloudfront") || fixed.bytes().all(|byte| byte.is_ascii_digit())
}

/// Which part of an ARN with too few colons is a name where a Region or an account is looked for. A
/// wildcard may stand for the colons that follow, but not for those before.
fn misplaced(parts: &[&str]) -> Option<usize> {
    let [_, _, service, ..] = parts else {
        return None;
    };
    let whole = |part: &&&str| !part.contains(['*', '?', '$']);
    let known = parts.iter().take_while(whole).count();
    if !OF_OURS.contains(service) {
        return None;
    }
    // No Region has such characters.
    let fixed = |text: &str| {
        text.split(['*', '?', '$'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    match (parts.get(3), parts.get(4)) {
        (Some(region), _) if known >= 3 && fixed(region).contains(['/', '.']) => Some(3),
        (_, Some(account)) if known >= 4 && !can_be_account(account) => Some(4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, table};
    use super::*;

    #[test]
    fn a_resource_of_an_identity_policy_is_an_arn() {
        let on = |resource: &str| format!(r#""Action":"sqs:SendMessage","Resource":"{resource}""#);
        table(
            &Kind::Identity,
            &[
                (&on("*"), "", ""),
                (&on("arn:aws:sqs:eu-west-1:111122223333:q"), "", ""),
                (&on("arn:aws:s3:::b/${aws:username}/*"), "", ""),
                (&on("arn:${aws:partition}:s3:::b"), "", ""),
                (&on("arn:aws:s3*"), "", ""),
                (&on("arn:*"), "", ""),
                (
                    &on("arn:aws:s3:eu-west-1:111122223333:accesspoint/a"),
                    "",
                    "",
                ),
                (&on("*:s3:::b"), "", ""),
                (&on("b*"), "Resource", "is no ARN"),
                (&on("*:s3:::b"), "", ""),
                (&on("b*"), "Resource", "is no ARN"),
                (&on(""), "Resource", "write an ARN or"),
                (&on("b"), "Resource", "such as arn:aws:s3:::b"),
                (&on("s3://b/"), "Resource", "such as arn:aws:s3:::b"),
                (&on("aws:s3:::b"), "Resource", "is no ARN"),
                (
                    &on("arn:aws:s3::b"),
                    "Resource",
                    "write arn:aws:s3:::b, with three colons",
                ),
                (&on("arn:aws:s3::b/*"), "Resource", "arn:aws:s3:::b/*, with"),
                (&on("arn:aws:s3:b/*"), "Resource", "where its Region is"),
                (&on("arn:aws:s3::*"), "", ""),
                (&on("arn:aws:s3:*"), "", ""),
                (&on("arn:aws:iam::1111*"), "", ""),
                (&on("arn:aws:sqs:eu-west-1:q*"), "", ""),
                (&on("arn:aws:sqs:q"), "Resource", "six parts"),
                (&on("arn:aws:iam::aws:policy/ReadOnlyAccess"), "", ""),
                (&on("arn:aws:iam::${aws:PrincipalAccount}:role/r"), "", ""),
                (&on("arn:aws:iam::*:role/r"), "", ""),
                (
                    &on("arn:aws:iam::ACCOUNTID:role/r"),
                    "Resource",
                    "write the 12 digits",
                ),
                (&on("arn:amazon:s3:::b"), "Resource", "no partition"),
                (&on("arn:aws:s3:::"), "Resource", "names no resource"),
                (
                    &on("arn:aws:sqs:eu-west-1:11112222333:q"),
                    "Resource",
                    "has 11 digits",
                ),
                (
                    &on("arn:aws:s3:eu-west-1::b"),
                    "Resource",
                    "write arn:aws:s3:::b",
                ),
                (
                    r#""Action":"sqs:*","NotResource":"b""#,
                    "NotResource",
                    "is no ARN",
                ),
            ],
        );
    }

    #[test]
    fn a_resource_of_a_bucket_policy_is_the_bucket_or_its_objects() {
        let on =
            |resource: &str| format!(r#""Principal":"*","Action":"s3:*","Resource":"{resource}""#);
        table(
            &BUCKET,
            &[
                (&on("arn:aws:s3:::b"), "", ""),
                (&on("arn:aws:s3:::b/*"), "", ""),
                (&on("arn:aws:s3:::b/a:b/${aws:username}"), "", ""),
                (&on("arn:aws:s3:::b*"), "", ""),
                (&on("arn:aws:s3:::bb/*"), "Resource", "not the bucket b"),
                (
                    &on("arn:aws:s3:::other"),
                    "Resource",
                    "write arn:aws:s3:::b for the bucket",
                ),
                (
                    &on("arn:aws-cn:s3:::b"),
                    "Resource",
                    "write arn:aws:s3:::b for the bucket",
                ),
                (&on("arn:aws:s3:::*"), "Resource", "not the bucket b"),
                (&on("*"), "Resource", "not the bucket b"),
            ],
        );
        let not = r#""Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::other/*""#;
        table(&BUCKET, &[(not, "NotResource", "not the bucket b")]);
    }
}
