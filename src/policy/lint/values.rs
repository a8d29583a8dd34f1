//! Values that a condition key never has, or that its operator cannot compare.

use super::conditions::is_literal_pattern;
use super::view::{Test, tests};
use super::{Report, rules};
use crate::policy::fault::shortened;
use crate::policy::operators::Values;
use crate::policy::pattern;
use ipnet::IpNet;
use std::net::IpAddr;

/// What the keys hold that do not hold plain text.
const KEYS: &[(&str, Values)] = &[
    ("aws:CurrentTime", Values::Date),
    ("aws:EpochTime", Values::Date),
    ("aws:MultiFactorAuthAge", Values::Number),
    ("aws:MultiFactorAuthPresent", Values::Boolean),
    ("aws:PrincipalArn", Values::Arn),
    ("aws:PrincipalIsAWSService", Values::Boolean),
    ("aws:SecureTransport", Values::Boolean),
    ("aws:SourceArn", Values::Arn),
    ("aws:SourceIp", Values::Address),
    ("aws:TokenIssueTime", Values::Date),
    ("aws:ViaAWSService", Values::Boolean),
    ("aws:VpcSourceIp", Values::Address),
    ("iam:PermissionsBoundary", Values::Arn),
    ("iam:PolicyARN", Values::Arn),
    ("kms:BypassPolicyLockoutSafetyCheck", Values::Boolean),
    ("kms:GrantIsForAWSResource", Values::Boolean),
    ("kms:MultiRegion", Values::Boolean),
    ("s3:TlsVersion", Values::Number),
    ("s3:DataAccessPointArn", Values::Arn),
    ("s3:max-keys", Values::Number),
    ("s3:object-lock-remaining-retention-days", Values::Number),
    ("s3:object-lock-retain-until-date", Values::Date),
    ("s3:signatureAge", Values::Number),
    ("sts:DurationSeconds", Values::Number),
];

/// Keys of plain text, of which a number, a date or an address would be a slip.
const TEXTS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:SourceAccount",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:UserAgent",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "iam:PassedToService",
    "kms:CallerAccount",
    "kms:ViaService",
    "s3:prefix",
    "s3:delimiter",
    "s3:x-amz-acl",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-storage-class",
    "sts:ExternalId",
    "sts:RoleSessionName",
];

impl Report<'_> {
    pub(super) fn values(&mut self) {
        let statement = self.statement.clone();
        let tests = tests(&statement);
        let of_network = |test: &Test| {
            matches!(
                test.key,
                "aws:SourceVpc" | "aws:SourceVpcArn" | "aws:SourceVpce"
            )
        };
        let network = tests.iter().any(of_network);
        for test in tests {
            if test.operator.base == "Null" {
                continue;
            }
            if test.key == "aws:VpcSourceIp" && self.allows() && test.demands() && !network {
                let message = "anybody's VPC may have the same private addresses";
                let fix = "add \"StringEquals\": {\"aws:SourceVpc\": \"the VPC's id\"}";
                self.add(&rules::UNPAIRED_KEY, &test.path, message, fix);
            }
            if let Some((message, fix)) = mismatch(&test) {
                self.add(&rules::TYPE_MISMATCH, &test.path, message, fix);
                continue;
            }
            let arn = test.operator.values == Values::Arn;
            let knows_wildcards = arn || test.operator.base.ends_with("Like");
            for value in test.values.iter().filter(|value| !value.contains("${")) {
                let wild = pattern::is_pattern(value);
                if knows_wildcards && wild || is_literal_pattern(test.operator, test.key, value) {
                    continue;
                }
                let found = match impossible(test.key, value) {
                    _ if test.operator.values == Values::Text && value.contains('*') => Some((
                        &rules::LITERAL_WILDCARD,
                        format!(
                            "{} takes the * in {:?} literally",
                            test.operator.base,
                            shortened(value)
                        ),
                        like(test.operator.base),
                    )),
                    Some((what, fix)) => Some((
                        &rules::IMPOSSIBLE_VALUE,
                        format!("{:?} is {what}", shortened(value)),
                        fix.to_owned(),
                    )),
                    None => None,
                };
                if let Some((rule, message, fix)) = found {
                    self.add(rule, &test.path, message, fix);
                }
            }
            if matches!(test.operator.values, Values::Address) {
                self.addresses(&test);
            }
        }
    }

    fn addresses(&mut self, test: &Test) {
        let ranges: Vec<_> = test
            .values
            .iter()
            .filter_map(|value| range(value))
            .collect();
        if test.key == "aws:SourceIp" && !ranges.is_empty() && ranges.iter().all(is_private) {
            let message = "aws:SourceIp is the public address of a request, never a private one";
            let fix = "write the public addresses, or aws:VpcSourceIp together with aws:SourceVpc";
            self.add(&rules::PRIVATE_ADDRESS, &test.path, message, fix);
        }
        for range in ranges.iter().filter(|range| range.trunc() != **range) {
            let message = format!("{range} is {}, as the rest is not looked at", range.trunc());
            let fix = format!("write {}", range.trunc());
            self.add(&rules::ADDRESS_BITS, &test.path, message, fix);
        }
    }
}

/// The operator that knows wildcards, for a fix.
fn like(base: &str) -> String {
    let like = base.replace("Equals", "Like").replace("IgnoreCase", "");
    format!("write {like}")
}

fn range(value: &str) -> Option<IpNet> {
    let alone = |value: &str| value.parse::<IpAddr>().ok().map(IpNet::from);
    value.parse().ok().or_else(|| alone(value))
}

fn is_private(range: &IpNet) -> bool {
    match range.network() {
        IpAddr::V4(address) => {
            range.prefix_len() >= 8 && (address.is_private() || address.is_loopback())
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_loopback(),
    }
}

/// What is wrong with the operator, for a key that holds something else.
fn mismatch(test: &Test) -> Option<(String, String)> {
    let compares = test.operator.values;
    let key = test.key;
    let known = KEYS.iter().find(|(known, _)| *known == key);
    let holds = match known {
        Some((_, holds)) => *holds,
        None if TEXTS.contains(&key) => Values::Text,
        None => return None,
    };
    let all = |fits: fn(&str) -> bool| {
        let mut values = test.values.iter();
        values.all(|value| fits(value) || value.contains(['*', '?', '$']))
    };
    let fits = match (holds, compares) {
        (holds, compares) if holds == compares => true,
        // Text is compared with the text of the value, which is well as long as that is exact.
        (Values::Arn, Values::Text) => true,
        (Values::Boolean, Values::Text) => all(|value| matches!(value, "true" | "false")),
        (Values::Number, Values::Text) => all(|value| value.parse::<f64>().is_ok()),
        (Values::Date, Values::Text) => false,
        // "aws:EpochTime … Works with date operators or numeric operators."
        (Values::Date, Values::Number) => key == "aws:EpochTime",
        (Values::Address, Values::Text) => !test.values.iter().any(|value| value.contains('/')),
        // A canonical value of text may be an ARN.
        (Values::Text, Values::Arn) => test.values.iter().all(|value| value.starts_with("arn:")),
        _ => false,
    };
    if fits {
        return None;
    }
    let operator = match holds {
        Values::Text | Values::Binary => "StringEquals or StringLike",
        Values::Number => "NumericEquals or another of Numeric…",
        Values::Date => "DateLessThan or DateGreaterThan",
        Values::Boolean => "Bool",
        Values::Address => "IpAddress or NotIpAddress",
        Values::Arn => "ArnLike",
    };
    let message = format!("{} does not compare what {key} holds", test.operator.base);
    Some((message, format!("write {operator}")))
}

/// What a value is that the key never has, and what to write.
fn impossible(key: &str, value: &str) -> Option<(&'static str, &'static str)> {
    let hexadecimal = |start: &str| {
        value.strip_prefix(start).is_some_and(|id| {
            matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let digits = |length| value.len() == length && value.bytes().all(|byte| byte.is_ascii_digit());
    match key {
        "aws:SourceVpc" if !hexadecimal("vpc-") => {
            Some(("no id of a VPC", "write vpc- and its 8 or 17 characters"))
        }
        "aws:SourceVpce" if !hexadecimal("vpce-") => Some((
            "no id of a VPC endpoint",
            "write vpce- and its 8 or 17 characters",
        )),
        "aws:SourceAccount"
        | "aws:PrincipalAccount"
        | "aws:ResourceAccount"
        | "kms:CallerAccount"
        | "s3:ResourceAccount"
        | "s3:DataAccessPointAccount"
        | "aws:VpceAccount"
            if !digits(12) =>
        {
            Some(("no account id", "write the 12 digits of the account"))
        }
        "aws:PrincipalOrgID" | "aws:ResourceOrgID" | "aws:SourceOrgID" | "aws:VpceOrgID"
            if !value.starts_with("o-") =>
        {
            Some((
                "no id of an organisation",
                "write the id that begins with o-",
            ))
        }
        "kms:ViaService"
            if !value.contains(".amazonaws.com") && !value.contains(".amazonaws.eu") =>
        {
            Some((
                "no service as kms:ViaService has it",
                "write the service, the Region and amazonaws.com: s3.eu-west-1.amazonaws.com",
            ))
        }
        "iam:PassedToService" if !value.contains('.') => Some((
            "no name of a service",
            "write the service's whole name, such as ec2.amazonaws.com",
        )),
        "aws:PrincipalArn" | "aws:SourceArn" if !value.starts_with("arn:") => {
            Some(("no ARN", "write the whole ARN, beginning with arn:"))
        }
        "s3:x-amz-server-side-encryption"
            if !matches!(
                value,
                "AES256" | "aws:kms" | "aws:kms:dsse" | "aws:fsx" | ""
            ) =>
        {
            Some((
                "no encryption of S3",
                "write AES256, aws:kms or aws:kms:dsse",
            ))
        }
        "aws:PrincipalType"
            if !matches!(
                value,
                "Account" | "User" | "FederatedUser" | "AssumedRole" | "Anonymous"
            ) =>
        {
            Some((
                "no type of principal",
                "write Account, User, FederatedUser, AssumedRole or Anonymous",
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
