//! Policies after which nobody could change the policy any more.

use super::view::{account_of, aws_principals, is_about, names_everyone, reaches_named, tests};
use super::{Finding, Ground, Kind, Report, finding, rules};
use crate::policy::{Effect, Statement};

/// Keys of the network a request comes from.
const OF_NETWORKS: &[&str] = &[
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

impl Report<'_> {
    pub(super) fn lock_out(&mut self) {
        if self.allows() || !names_everyone(&self.statement) && !self.names_the_owner() {
            return;
        }
        let (action, what, way_out) = match self.kind {
            // Whatever the bucket's name is.
            Kind::BucketPolicy { .. } | Kind::Resource => (
                "s3:PutBucketPolicy",
                "the bucket's policy",
                "only the root user of the account can still delete it",
            ),
            Kind::KeyPolicy => (
                "kms:PutKeyPolicy",
                "the key's policy",
                "only AWS Support can help then",
            ),
            Kind::Identity | Kind::Trust => return,
        };
        if !reaches_named(&self.statement, action) {
            return;
        }
        let tests = tests(&self.statement);
        if tests.is_empty() {
            let message = format!("nobody can read or change {what} any more: {way_out}");
            let fix = "name the actions that are to be denied, or spare the administrators: \
                       \"Condition\": {\"ArnNotLike\": {\"aws:PrincipalArn\": \
                       \"arn:aws:iam::ACCOUNT:role/ADMIN\"}}";
            self.add(&rules::LOCK_OUT, "Action", message, fix);
        } else if tests.iter().all(|test| OF_NETWORKS.contains(&test.key)) {
            let message = format!("from other networks nobody can change {what}");
            let fix = "if that is not meant, deny only what is about the data, or spare the \
                       administrators with ArnNotLike on aws:PrincipalArn";
            self.add(&rules::NETWORK_LOCK_OUT, "Condition", message, fix);
        }
    }

    /// Whether the owner's account is named, which is every principal of it.
    fn names_the_owner(&self) -> bool {
        let Some(own) = self.ground.account else {
            return false;
        };
        let is_root = |value: &str| value == own || value.ends_with(":root");
        aws_principals(&self.statement)
            .any(|value| is_root(value) && account_of(value) == Some(own))
    }
}

/// "… the key policy must give some principal of the account the right to change it."
pub(super) fn key(statements: &[Statement], ground: &Ground, findings: &mut Vec<Finding>) {
    if ground.kind != Kind::KeyPolicy || statements.is_empty() {
        return;
    }
    let own = |value: &&String| match ground.account {
        Some(account) => value.as_str() == "*" || account_of(value) == Some(account),
        None => true,
    };
    let lets = |statement: &&Statement, action: &str| {
        statement.effect == Effect::Allow
            && is_about(statement, action)
            && aws_principals(statement).any(|value| own(&value))
    };
    let account = statements.iter().any(|statement| {
        let roots = |value: &String| account_of(value) == Some(value.as_str());
        statement.effect == Effect::Allow && aws_principals(statement).any(roots)
    });
    let mut holders = statements.iter();
    if !holders.any(|statement| lets(&statement, "kms:PutKeyPolicy")) {
        // A part of a key's policy, as pages show it, or the policy of an endpoint.
        let mut all = statements.iter();
        if ground.is_guess && !all.any(|one| is_about(one, "kms:PutKeyPolicy")) {
            return;
        }
        let message = "no principal of the account may change the key's policy: KMS refuses it, or \
                       nobody can ever change it";
        findings.push(finding(
            &rules::KEY_LOCK_OUT,
            "",
            message,
            of_account(ground),
        ));
    } else if !account {
        let message = "policies of IAM give no access to the key: no statement names the account \
                       itself, and if the principals named are deleted nobody can change the key";
        findings.push(finding(
            &rules::KEY_WITHOUT_ACCOUNT,
            "",
            message,
            of_account(ground),
        ));
    }
}

/// The statement with which every key policy begins.
fn of_account(ground: &Ground) -> String {
    let account = ground.account.unwrap_or("ACCOUNT");
    format!(
        "add {{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \
         \"arn:aws:iam::{account}:root\"}}, \"Action\": \"kms:*\", \"Resource\": \"*\"}}"
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, linted};
    use super::*;

    fn ids(kind: Kind, statements: &str) -> Vec<&'static str> {
        let found = linted(&Ground::new(kind), statements);
        found.into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn a_bucket_policy_leaves_somebody_who_can_change_it() {
        let deny = |action: &str, resource: &str, condition: &str| {
            format!(
                r#"[{{"Effect":"Deny","Principal":"*","Action":"{action}","Resource":"{resource}","Condition":{{{condition}}}}}]"#
            )
        };
        const B: &str = "arn:aws:s3:::b";
        for (action, resource, condition, expected) in [
            ("s3:*", B, "", &["lock-out"][..]),
            ("s3:Put*", B, "", &["lock-out"]),
            ("s3:*", "arn:aws:s3:::b/*", "", &[]),
            ("s3:DeleteBucket", B, "", &[]),
            ("s3:*", B, r#""Bool":{"aws:SecureTransport":"false"}"#, &[]),
            (
                "s3:*",
                B,
                r#""ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/a"}"#,
                &[],
            ),
            (
                "s3:*",
                B,
                r#""StringNotEquals":{"aws:SourceVpce":"vpce-12345678"}"#,
                &["network-lock-out"],
            ),
        ] {
            assert_eq!(
                ids(BUCKET, &deny(action, resource, condition)),
                expected,
                "{action} {condition}"
            );
        }
    }

    #[test]
    fn a_bucket_is_locked_whatever_its_name_and_by_the_denial_of_its_own_account() {
        let deny = |principal: &str, action: &str, resource: &str| {
            format!(
                r#"[{{"Effect":"Deny","Principal":{principal},"Action":"{action}","Resource":{resource}}}]"#
            )
        };
        const TWO: &str = r#"["arn:aws:s3:::a","arn:aws:s3:::b"]"#;
        const ROOT: &str = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;
        const ROLE: &str = r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#;
        for (principal, action, resource, own, expected) in [
            ("\"*\"", "s3:*", r#""*""#, None, &["lock-out"][..]),
            ("\"*\"", "*", r#""arn:aws:s3:::*""#, None, &["lock-out"]),
            ("\"*\"", "s3:PutBucketPolicy", TWO, None, &["lock-out"]),
            ("\"*\"", "s3:*", r#""arn:aws:s3:::b/*""#, None, &[]),
            ("\"*\"", "sqs:*", r#""*""#, None, &[]),
            (ROOT, "s3:*", TWO, None, &[]),
            (ROOT, "s3:*", TWO, Some("444455556666"), &[]),
            (ROOT, "s3:*", TWO, Some("111122223333"), &["lock-out"]),
            (ROLE, "s3:*", TWO, Some("111122223333"), &[]),
        ] {
            let ground = Ground {
                account: own,
                ..Ground::new(Kind::Resource)
            };
            let found = linted(&ground, &deny(principal, action, resource));
            let ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
            assert_eq!(ids, expected, "{principal} {action} {resource} {own:?}");
        }
    }

    #[test]
    fn a_key_policy_leaves_somebody_who_can_change_it() {
        let allow = |principal: &str, action: &str| {
            format!(
                r#"[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"{action}","Resource":"*"}}]"#
            )
        };
        const ADMIN: &str = "arn:aws:iam::111122223333:role/admin";
        assert_eq!(
            ids(Kind::KeyPolicy, &allow("111122223333", "kms:*")),
            [""; 0]
        );
        assert_eq!(
            ids(Kind::KeyPolicy, &allow(ADMIN, "kms:*")),
            ["key-without-account"]
        );
        assert_eq!(
            ids(Kind::KeyPolicy, &allow("111122223333", "kms:Decrypt")),
            ["key-lock-out"]
        );
        let guessed = Ground {
            is_guess: true,
            ..Ground::new(Kind::KeyPolicy)
        };
        assert_eq!(linted(&guessed, &allow("111122223333", "kms:Decrypt")), []);
        let of_another = linted(
            &Ground {
                account: Some("444455556666"),
                ..Ground::new(Kind::KeyPolicy)
            },
            &allow("111122223333", "kms:*"),
        );
        assert!(
            of_another.contains(&("key-lock-out", String::new())),
            "{of_another:?}"
        );
        let shut = r#"[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"},
                       {"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]"#;
        assert_eq!(ids(Kind::KeyPolicy, shut), ["lock-out"]);
    }
}
