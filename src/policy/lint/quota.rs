//! Whether AWS takes a policy of this length.

use super::{Finding, Ground, Kind, finding, quota, rules};
use crate::policy::{Document, Statement};

/// What all inline policies of a role may have together, in characters.
const INLINE_OF_A_ROLE: usize = 10_240;

/// Twice what the longest policy of AWS may have, in characters. Of what is longer its length is
/// all that is said: comparing its parts would take long, and no part of it can be attached so.
const LOOKED_AT: usize = 64 * 1_024;

/// Whether the statements are short enough to be looked at.
pub(super) fn size(statements: &[Statement], ground: &Ground, findings: &mut Vec<Finding>) -> bool {
    let most = quota(&ground.kind);
    let size = Document::new(statements.iter().cloned()).size();
    if size <= most {
        return true;
    }
    let looked_at = size <= LOOKED_AT;
    let what = ground.kind.name();
    let message = match ground.kind {
        Kind::Identity if size <= INLINE_OF_A_ROLE => format!(
            "the policy has {size} characters: too many for a managed policy ({most}) or a \
             user's own; only the inline policies of a role may have {INLINE_OF_A_ROLE} together"
        ),
        Kind::Trust => format!(
            "{what} has {most} characters at the most, this one {size}; AWS raises that to 8,192 \
             on request"
        ),
        _ => format!("{what} has {most} characters at the most, and this one {size}"),
    };
    let fix = match ground.kind {
        Kind::Identity => {
            "split it over several managed policies, or join what differs only in \
                           its Resource"
        }
        _ => "join statements that differ only in one element, and leave out Sids",
    };
    let message = match looked_at {
        true => message,
        false => format!("{message}; nothing else of it was checked"),
    };
    findings.push(finding(&rules::QUOTA, "", message, fix));
    looked_at
}

#[cfg(test)]
mod tests {
    use super::super::lint;
    use super::super::testing::BUCKET;
    use super::*;

    #[test]
    fn a_policy_is_not_longer_than_aws_takes() {
        let of = |count: usize| -> Vec<Statement> {
            let one = |number| {
                format!(
                    r#"{{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{number:04}/*"}}"#
                )
            };
            let all: Vec<_> = (0..count).map(one).collect();
            serde_json::from_str(&format!("[{}]", all.join(","))).unwrap()
        };
        for (kind, count, expected) in [
            (Kind::Identity, 70, ""),
            (Kind::Identity, 100, "10240 together"),
            (Kind::Identity, 200, "6144 characters at the most"),
            (BUCKET, 200, ""),
            (BUCKET, 300, "20480 characters at the most"),
            (Kind::Trust, 30, "on request"),
            (Kind::Resource, 2_000, "nothing else of it was checked"),
        ] {
            let mut findings = Vec::new();
            size(&of(count), &Ground::new(kind), &mut findings);
            match findings.first() {
                None => assert_eq!(expected, "", "{kind:?} of {count}"),
                Some(finding) => assert!(
                    !expected.is_empty() && finding.message.contains(expected),
                    "{kind:?} of {count}: {finding}"
                ),
            }
        }
    }

    #[test]
    fn what_no_policy_is_as_long_as_is_answered_soon() {
        let unknown: Vec<_> = (0..1_000)
            .map(|number| format!("s3:Gxt{number:05}"))
            .collect();
        let action =
            |name: String| serde_json::json!({"Effect":"Allow","Action":name,"Resource":"*"});
        let many = (0..20_000).map(|number| {
            serde_json::json!({"Effect":"Allow","Action":"s3:GetObject",
                "Resource":format!("arn:aws:s3:::b{number}/*")})
        });
        let started = std::time::Instant::now();
        for (policy, rule) in [
            (
                serde_json::json!([{"Effect":"Allow","Action":unknown,"Resource":"*"}]),
                "unknown-action",
            ),
            (
                serde_json::json!([action(format!("s3:{}", "a".repeat(60_000)))]),
                "unknown-action",
            ),
            (
                serde_json::json!([action(format!("s3:{}", "*a".repeat(30_000)))]),
                "unknown-action",
            ),
            (
                serde_json::json!([action(format!("s3:{}", "a".repeat(1_000_000)))]),
                "quota",
            ),
            (serde_json::json!(many.collect::<Vec<_>>()), "quota"),
        ] {
            let statements: Vec<Statement> = serde_json::from_value(policy).unwrap();
            let found = lint(
                &statements,
                Some("2012-10-17"),
                &Ground::new(Kind::Identity),
            );
            assert!(found.iter().any(|one| one.rule.id == rule), "{rule}");
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }
}
