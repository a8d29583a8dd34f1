//! Whether a bucket's policy is public, as Block Public Access understands it.
//!
//! Source: "Blocking public access to your Amazon S3 storage", "The meaning of public": a policy is
//! public unless each statement that allows has a fixed principal, or a fixed value of one of some
//! condition keys.

use crate::policy::{Document, Effect, Statement, pattern};

/// Keys by which a statement for everyone is public no more, if their values are fixed.
const NARROW: [&str; 13] = [
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// The shortest prefix of a network that is no public one ("a very broad range, such as 0.0.0.0/1").
const SHORTEST_PREFIX: u8 = 8;

/// Whether one statement makes the policy public.
pub(super) fn is_public(policy: &Document) -> bool {
    policy.statement.iter().any(statement)
}

fn statement(statement: &Statement) -> bool {
    let everyone = statement.not_principal.is_some()
        || statement
            .principal
            .iter()
            .flat_map(|principal| principal.0.values())
            .any(|values| values.contains("*"));
    statement.effect == Effect::Allow && everyone && !is_narrow(statement)
}

fn is_narrow(statement: &Statement) -> bool {
    statement.condition.iter().any(|(operator, keys)| {
        let lax = operator.contains("Not")
            || operator.ends_with("IfExists")
            || operator.starts_with("ForAllValues")
            || operator == "Null";
        !lax && keys.iter().any(|(key, values)| {
            let key = key.to_lowercase();
            NARROW.contains(&key.as_str())
                && !values.is_empty()
                && values.iter().all(|value| is_fixed(&key, value))
        })
    })
}

/// "A fixed value is one that doesn't contain a wildcard or an IAM policy variable"; of an ARN the
/// account has to be fixed.
fn is_fixed(key: &str, value: &str) -> bool {
    if key == "aws:sourceip" {
        let (_, length) = value.split_once('/').unwrap_or((value, "128"));
        return length
            .parse()
            .is_ok_and(|length: u8| length >= SHORTEST_PREFIX);
    }
    if key.ends_with("arn") {
        let account = value.split(':').nth(4).unwrap_or_default();
        return !account.is_empty() && !pattern::is_pattern(account) && !value.contains("${");
    }
    !pattern::is_pattern(value) && !value.contains("${")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_everyone_is_public_unless_fixed_values_narrow_it() {
        let to = |who: &str, condition: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{who},
                    "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}}}"#
            );
            is_public(&Document::parse(&text).unwrap())
        };
        for (who, condition, expected) in [
            (r#""*""#, "{}", true),
            (r#"{"AWS":"123456789012"}"#, "{}", false),
            (
                r#""*""#,
                r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
                false,
            ),
            (
                r#""*""#,
                r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
                true,
            ),
            (
                r#""*""#,
                r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
                true,
            ),
            (
                r#""*""#,
                r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
                false,
            ),
            (
                r#""*""#,
                r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#,
                true,
            ),
            (
                r#""*""#,
                r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#,
                true,
            ),
            (r#""*""#, r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
            (
                r#""*""#,
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
                false,
            ),
            (
                r#""*""#,
                r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r"}}"#,
                true,
            ),
        ] {
            assert_eq!(to(who, condition), expected, "{who} {condition}");
        }
        let denied = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
            "Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#;
        assert!(!is_public(&Document::parse(denied).unwrap()));
    }
}
