//! Whether AWS takes a policy of this length.

use super::{Finding, Ground, Kind, finding, quota, rules};
use crate::policy::{Document, Statement};

/// What all inline policies of a role may have together, in characters.
const INLINE_OF_A_ROLE: usize = 10_240;

pub(super) fn size(statements: &[Statement], ground: &Ground, findings: &mut Vec<Finding>) {
    let most = quota(&ground.kind);
    let size = Document::new(statements.iter().cloned()).size();
    if size <= most {
        return;
    }
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
    findings.push(finding(&rules::QUOTA, "", message, fix));
}

#[cfg(test)]
mod tests {
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
}
