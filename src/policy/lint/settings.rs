//! What the settings of a bucket make of its policy and of policies for it.

use super::view::{is_about, names_everyone, reaches_named, tests};
use super::{Encryption, Finding, Ground, Kind, Report, finding, rules};
use crate::policy::fault::element;
use crate::policy::{Effect, Statement};

const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";

/// Actions whose calls fail where the owner of the bucket owns every object.
const OF_ACLS: &[&str] = &[
    "s3:PutBucketAcl",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
];

impl Report<'_> {
    pub(super) fn settings(&mut self) {
        self.acls();
        self.encryption();
    }

    /// "PutObjectAcl … fail with AccessControlListNotSupported" where ACLs are off.
    fn acls(&mut self) {
        let enforced = self.ground.settings.ownership_enforced;
        if !self.allows() || enforced == Some(false) {
            return;
        }
        let named = |name: &&&str| self.statement.action.contains(**name);
        let named: Vec<_> = OF_ACLS.iter().filter(named).copied().collect();
        if let Some(name) = named.first() {
            let (rule, message) = match enforced {
                Some(_) => (
                    &rules::ACL_REFUSED,
                    format!(
                        "{name} is allowed, and S3 refuses every such call: the bucket's owner owns all objects"
                    ),
                ),
                None => (
                    &rules::ACL_OWNERSHIP,
                    format!(
                        "{name} is of use only where the bucket has ACLs, which new buckets have not"
                    ),
                ),
            };
            let fix = format!("remove {}", named.join(" and "));
            self.add(rule, "Action", message, fix);
        }
        let demanded = tests(&self.statement).into_iter().find(|test| {
            test.key == "s3:x-amz-acl"
                && test.demands()
                && !test.values.contains("bucket-owner-full-control")
                && !test.values.contains("bucket-owner-read")
        });
        if let (Some(true), Some(test)) = (enforced, demanded) {
            let path = test.path;
            let message = "uploads must ask for an ACL that S3 refuses: the bucket's owner owns \
                           all objects";
            let fix = "remove the condition, or write \"bucket-owner-full-control\"";
            self.add(&rules::ACL_REFUSED, &path, message, fix);
        }
    }

    /// A statement that refuses uploads which do not ask for an encryption.
    fn encryption(&mut self) {
        if self.allows() || !reaches_named(&self.statement, "s3:PutObject") {
            return;
        }
        let every_key = |test: &super::view::Test| test.key == ENCRYPTION;
        let statement = self.statement.clone();
        for test in tests(&statement).into_iter().filter(every_key) {
            let absent = test.operator.base == "Null" && test.values.contains("true");
            let refuses_the_absent = test.is_negated() && !test.operator.if_exists;
            if !absent && !refuses_the_absent {
                continue;
            }
            let kms = test.values.iter().any(|value| value.starts_with("aws:kms"));
            let s3 = test.values.contains("AES256");
            let conflict = match self.ground.settings.encryption {
                Some(Encryption::S3) => !absent && kms && !s3,
                Some(Encryption::Kms) => !absent && s3 && !kms,
                None => false,
            };
            if conflict {
                let message = "every upload is refused that does not name another encryption \
                               than the one the bucket uses by itself";
                let fix = "set the bucket's default encryption to the one that is demanded, and \
                           remove the statement";
                self.add(&rules::ENCRYPTION_CONFLICT, &test.path, message, fix);
            } else {
                let message = "uploads that do not name their encryption are refused, though the \
                               bucket encrypts them by itself";
                let fix = match absent {
                    true => "remove the statement".to_owned(),
                    false => format!("write {}IfExists", test.operator),
                };
                self.add(&rules::ENCRYPTION_HEADER, &test.path, message, fix);
            }
        }
    }
}

/// HeadBucket needs `s3:ListBucket` and has no prefix, so that no test of the prefix is true of it.
pub(super) fn head_bucket(statements: &[Statement], ground: &Ground, findings: &mut Vec<Finding>) {
    if matches!(ground.kind, Kind::Trust | Kind::KeyPolicy) {
        return;
    }
    let lists = |statement: &&Statement| {
        statement.effect == Effect::Allow
            && reaches_named(statement, "s3:ListBucket")
            && !names_everyone(statement)
    };
    let by_prefix = |statement: &Statement| {
        let mut tests = tests(statement).into_iter();
        tests
            .find(|test| matches!(test.key, "s3:prefix" | "s3:delimiter") && test.demands())
            .map(|test| test.path)
    };
    let mut places = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        if !lists(&statement) {
            continue;
        }
        match by_prefix(statement) {
            Some(path) if is_about(statement, "s3:ListBucket") => places.push((index, path)),
            // Another statement lets HeadBucket through.
            _ => return,
        }
    }
    if let Some((index, path)) = places.into_iter().next() {
        let message = "HeadBucket has no prefix and is refused; tools that ask whether the bucket \
                       exists fail";
        let fix = "if a tool needs HeadBucket, allow s3:ListBucket when there is no prefix: \
                   \"Condition\": {\"Null\": {\"s3:prefix\": \"true\"}} in a statement of its own";
        let path = format!("{}.{path}", element("Statement", index));
        findings.push(finding(&rules::HEAD_BUCKET, &path, message, fix));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::testing::{BUCKET, linted, lints};
    use super::*;

    #[test]
    fn a_right_over_acls_is_of_use_where_there_are_acls() {
        let acl = r#""Action":["s3:PutObject","s3:PutObjectAcl"],"Resource":"arn:aws:s3:::b/*""#;
        for (enforced, expected) in [
            (None, "acl-ownership"),
            (Some(true), "acl-refused"),
            (Some(false), ""),
        ] {
            let settings = Settings {
                ownership_enforced: enforced,
                ..Settings::default()
            };
            let ground = Ground {
                settings,
                ..Ground::new(Kind::Identity)
            };
            lints(&ground, acl, expected);
        }
    }

    #[test]
    fn an_acl_that_is_demanded_is_one_that_s3_takes() {
        let settings = Settings {
            ownership_enforced: Some(true),
            ..Settings::default()
        };
        let ground = Ground {
            settings,
            ..Ground::new(Kind::Identity)
        };
        let acl = |acl: &str| {
            format!(
                r#""Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{"StringEquals":{{"s3:x-amz-acl":"{acl}"}}}}"#
            )
        };
        lints(&ground, &acl("public-read"), "acl-refused");
        lints(&ground, &acl("bucket-owner-full-control"), "");
    }

    #[test]
    fn uploads_need_not_ask_for_what_the_bucket_does() {
        use Encryption::{Kms, S3};
        let deny = |condition: &str| {
            format!(
                r#"[{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}}}]"#
            )
        };
        let not =
            |operator: &str, value: &str| format!(r#""{operator}":{{"{ENCRYPTION}":"{value}"}}"#);
        for (default, condition, expected) in [
            (
                None,
                not("StringNotEquals", "aws:kms"),
                Some("encryption-header"),
            ),
            (
                Some(Kms),
                not("StringNotEquals", "aws:kms"),
                Some("encryption-header"),
            ),
            (
                Some(S3),
                not("StringNotEquals", "aws:kms"),
                Some("encryption-conflict"),
            ),
            (
                Some(Kms),
                not("StringNotEquals", "AES256"),
                Some("encryption-conflict"),
            ),
            (Some(S3), not("Null", "true"), Some("encryption-header")),
            (Some(S3), not("StringNotEqualsIfExists", "aws:kms"), None),
            (Some(S3), not("StringEquals", "aws:kms"), None),
        ] {
            let settings = Settings {
                encryption: default,
                ..Settings::default()
            };
            let ground = Ground {
                settings,
                ..Ground::new(BUCKET)
            };
            let found = linted(&ground, &deny(&condition));
            let found: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
            assert_eq!(
                found,
                expected.into_iter().collect::<Vec<_>>(),
                "{condition}"
            );
        }
    }

    #[test]
    fn a_condition_on_the_prefix_refuses_head_bucket() {
        const LIST: &str = r#""Action":"s3:ListBucket","Resource":"arn:aws:s3:::b""#;
        let by = |operator: &str| {
            format!(r#"{LIST},"Condition":{{"{operator}":{{"s3:prefix":"a/*"}}}}"#)
        };
        let ground = Ground::new(Kind::Identity);
        lints(&ground, &by("StringLike"), "head-bucket");
        lints(&ground, &by("StringLikeIfExists"), "");
        lints(&ground, LIST, "");
        let both = format!(
            r#"[{{"Effect":"Allow",{}}},{{"Effect":"Allow",{LIST}}}]"#,
            by("StringLike")
        );
        assert_eq!(linted(&ground, &both), []);
    }
}
