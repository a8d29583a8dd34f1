//! Wildcards that give more than anyone means to give.

use super::view::{account_of, action_matches, aws_principals, is_about, is_every, listed};
use super::view::{names_everyone, reaches, tests};
use super::{Kind, Report, rules};
use crate::policy::actions::{self, Action, Level};
use crate::policy::{Effect, Statement};
use std::collections::BTreeSet;

/// By any of these, on identities one may choose, a caller gives himself whatever he wants.
const ESCALATION: &[&str] = &[
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
];

/// Who may do one of these to a bucket may do everything to it.
const CONTROL: &[&str] = &["s3:PutBucketAcl", "s3:PutBucketPolicy"];

/// By these the data that any key guards is read, given away or lost.
const OF_KEYS: &[&str] = &[
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ScheduleKeyDeletion",
];

/// Keys that say how a request is made, not what it is about.
const OF_THE_WAY: &[&str] = &[
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:referer",
    "s3:TlsVersion",
    "s3:authType",
    "s3:signatureversion",
];

impl Report<'_> {
    pub(super) fn wildcards(&mut self) {
        if !self.allows() {
            return;
        }
        match self.kind {
            Kind::Identity => {
                let everything = self.every_action() || self.every_other();
                if !everything && !self.whole_services() {
                    self.everywhere();
                    // Of every bucket more is said than that.
                    if !self.statement.resource.iter().any(|one| is_every(one)) {
                        self.hands_over();
                    }
                }
            }
            Kind::BucketPolicy { .. } | Kind::Resource => {
                let everything = self.every_action() || self.every_other();
                if !everything {
                    self.whole_services();
                    self.hands_over();
                }
            }
            // "kms:*" for the account is how every key policy begins.
            Kind::Trust | Kind::KeyPolicy => {}
        }
    }

    fn every_action(&mut self) -> bool {
        let names = &self.statement.action;
        let Some(name) = names.iter().find(|name| *name == "*" || *name == "*:*") else {
            return false;
        };
        // AWS's own way to leave a bucket to the policies of its access points.
        if *self.kind != Kind::Identity && self.is_narrowed() {
            return true;
        }
        let on = match self.statement.resource.iter().any(|one| is_every(one)) {
            true => "on everything: who has the policy is an administrator",
            false => "on these resources, to give them away and to delete them among them",
        };
        let message = format!("{name:?} allows every action of every service {on}");
        let fix = "name the actions that are needed, such as \
                   [\"s3:ListBucket\", \"s3:GetObject\", \"s3:PutObject\"]";
        self.add(&rules::ALL_ACTIONS, "Action", message, fix);
        true
    }

    /// NotAction and NotResource with Allow.
    fn every_other(&mut self) -> bool {
        let (not_action, not_resource) = (
            !self.statement.not_action.is_empty(),
            !self.statement.not_resource.is_empty(),
        );
        if not_action {
            let message = "NotAction with Allow allows every other action of every service, \
                           those that AWS will add among them";
            let fix = "write Action with what is needed; to take actions away, write them in a \
                       statement with Effect \"Deny\"";
            self.add(&rules::NOT_ACTION, "NotAction", message, fix);
        }
        if not_resource {
            let message = "NotResource with Allow allows it on every other resource of every \
                           service, those that do not exist yet among them";
            let fix = "write Resource with the ARNs that are meant; to spare some, write them in \
                       a statement with Effect \"Deny\"";
            self.add(&rules::NOT_RESOURCE, "NotResource", message, fix);
        }
        not_action || not_resource
    }

    /// Whether all of a service is allowed on everything.
    fn whole_services(&mut self) -> bool {
        let names = self.statement.action.iter();
        let services: Vec<_> = names
            .filter_map(|name| name.strip_suffix(":*"))
            .filter(|service| actions::knows_service(service) && !self.is_all_denied(service))
            .map(str::to_owned)
            .collect();
        let every = self.statement.resource.iter().any(|one| is_every(one));
        let every = every && !self.is_narrowed();
        for service in &services {
            let fix = format!("name the actions of {service} that are needed");
            if every {
                let power = match service.as_str() {
                    "iam" => ": who has the policy may make himself an administrator",
                    _ => "",
                };
                let message =
                    format!("{service}:* on everything allows all there is of {service}{power}");
                self.add(&rules::FULL_SERVICE, "Action", message, fix);
            } else {
                let message = format!(
                    "{service}:* allows what is added to {service} later, too, and what \
                     changes who has access"
                );
                self.add(&rules::SERVICE_WILDCARD, "Action", message, fix);
            }
        }
        every && !services.is_empty()
    }

    /// Single actions that are about every resource, where AWS would take a narrower one.
    fn everywhere(&mut self) {
        if self.is_narrowed() {
            return;
        }
        let mut found = [
            &rules::PASS_ROLE,
            &rules::ASSUME_ANY_ROLE,
            &rules::PRIVILEGE_ESCALATION,
            &rules::WRITE_EVERYWHERE,
            &rules::EVERYWHERE,
        ]
        .map(|rule| (rule, BTreeSet::new()));
        let resources = self.statement.resource.iter();
        let every: Vec<_> = resources.filter(|one| is_every(one)).cloned().collect();
        if every.is_empty() {
            return;
        }
        for name in &self.statement.action {
            if name.ends_with(":*") {
                continue;
            }
            let about = |action: &&Action| {
                !action.resources.is_empty()
                    && every.iter().any(|one| action.applies_to(one))
                    && !self.is_denied(action)
            };
            for action in actions::matching(name).filter(about) {
                let full = action.to_string();
                let at = match (full.as_str(), action.level) {
                    ("iam:PassRole", _) => 0,
                    ("sts:AssumeRole", _) => 1,
                    (full, _) if ESCALATION.contains(&full) => 2,
                    (_, Level::List | Level::Read | Level::Tagging) => 4,
                    // To talk to STS about oneself is no power over others.
                    _ if action.service == "sts" => continue,
                    // A bucket that does not exist yet often has no name yet.
                    (full, _) if action.service == "s3" && full != "s3:CreateBucket" => 3,
                    (full, _) if OF_KEYS.contains(&full) => 3,
                    _ => 4,
                };
                found[at].1.insert(match full.as_str() {
                    "iam:PassRole" | "sts:AssumeRole" => full,
                    _ => name.clone(),
                });
            }
        }
        // A pattern that changes something reads something, too: once is enough.
        let [.., (_, written), (_, read)] = &mut found;
        read.retain(|name| !written.contains(name));
        for (rule, names) in found {
            let names: Vec<String> = names.into_iter().collect();
            if !names.is_empty() {
                let (message, fix) = everywhere(rule, &listed(&names));
                self.add(rule, "Resource", message, fix);
            }
        }
    }

    /// Whether a condition says what the requests are about.
    fn is_narrowed(&self) -> bool {
        let tests = tests(&self.statement);
        tests
            .iter()
            .any(|test| test.demands() && !OF_THE_WAY.contains(&test.key))
    }

    /// Whether another statement takes the action away everywhere and always.
    fn is_denied(&self, action: &Action) -> bool {
        let name = action.to_string();
        let denies = |other: &Statement| {
            other.effect == Effect::Deny
                && other.condition.is_empty()
                && other.resource.contains("*")
                && is_about(other, &name)
        };
        self.all.iter().any(denies)
    }

    /// Whether another statement takes all of the service away everywhere and always.
    fn is_all_denied(&self, service: &str) -> bool {
        let mut all = actions::matching(&format!("{service}:*"));
        all.all(|action| self.is_denied(action))
    }

    /// A statement by which others come to decide who has access to a bucket.
    fn hands_over(&mut self) {
        let statement = &self.statement;
        // Of `s3:*` something else is said where nobody knows whether it is for the owner's own.
        let named = |name: &str| {
            let mut names = statement.action.iter();
            names.any(|one| !one.ends_with(":*") && one != "*" && action_matches(one, name))
        };
        let other = |value: &String| match (account_of(value), self.ground.account) {
            (Some(account), Some(own)) => account != own,
            _ => false,
        };
        let others = aws_principals(statement).any(other);
        let own = self.ground.account.is_some() && !others;
        let reached: Vec<_> = CONTROL
            .iter()
            .filter(|name| others || named(name))
            .filter_map(|name| actions::find(name))
            .filter(|action| reaches(statement, action) && !self.is_denied(action))
            .map(ToString::to_string)
            .collect();
        if reached.is_empty() || names_everyone(statement) {
            return;
        }
        if statement.principal.is_some() && own {
            return;
        }
        let whom = match self.kind {
            Kind::Identity => "who has the policy may give himself, and anyone, all access",
            _ => "the principal may give himself, and anyone, all access",
        };
        let message = format!("by {} {whom}", listed(&reached));
        let fix = "name the actions that are needed, such as \
                   [\"s3:ListBucket\", \"s3:GetObject\", \"s3:PutObject\"]";
        self.add(&rules::BUCKET_CONTROL, "Action", message, fix);
    }
}

fn everywhere(rule: &'static super::Rule, names: &str) -> (String, &'static str) {
    if *rule == rules::PASS_ROLE {
        (
            "iam:PassRole on every role lets a service act with the rights of the strongest".into(),
            "name the role's ARN in Resource, and the service: \
             \"Condition\": {\"StringEquals\": {\"iam:PassedToService\": \"SERVICE.amazonaws.com\"}}",
        )
    } else if *rule == rules::ASSUME_ANY_ROLE {
        (
            "sts:AssumeRole on everything allows each role, of any account, that trusts this one"
                .into(),
            "name the roles' ARNs in Resource",
        )
    } else if *rule == rules::PRIVILEGE_ESCALATION {
        (
            format!("{names} on every identity: who may do that may give himself any right"),
            "name the ARNs that are meant in Resource, or demand a boundary: \"Condition\": \
             {\"StringEquals\": {\"iam:PermissionsBoundary\": \"ARN of the boundary\"}}",
        )
    } else if *rule == rules::WRITE_EVERYWHERE {
        (
            format!("{names} can be allowed on single resources, and is allowed on all there are"),
            "name the ARNs that are meant in Resource, such as \"arn:aws:s3:::BUCKET/*\"",
        )
    } else {
        (
            format!("{names} can be allowed on single resources, and is allowed on all there are"),
            "name the ARNs that are meant in Resource, if not all are",
        )
    }
}

#[cfg(test)]
mod unit {
    use super::super::testing::{BUCKET, lints};
    use super::*;

    #[test]
    fn a_wildcard_that_gives_too_much_is_found() {
        for (action, resource, expected) in [
            ("\"*\"", "*", "all-actions"),
            ("\"*\"", "arn:aws:s3:::*", "all-actions"),
            ("[\"*:*\"]", "arn:aws:s3:::b/*", "all-actions"),
            ("\"s3:*\"", "*", "full-service"),
            ("\"s3:*\"", "arn:aws:s3:::*", "full-service"),
            (
                "\"s3:*\"",
                "arn:aws:s3:::b\",\"arn:aws:s3:::b/*",
                "service-wildcard",
            ),
            ("\"ec2:*\"", "*", ""),
            ("\"s3:PutBucketPolicy\"", "arn:aws:s3:::b", "bucket-control"),
            ("\"s3:PutObject\"", "*", "write-everywhere"),
            ("\"s3:PutObject\"", "arn:aws:s3:::*/*", "write-everywhere"),
            ("\"s3:PutObject\"", "arn:aws:s3:::b/*", ""),
            ("\"s3:Put*\"", "*", "write-everywhere"),
            ("\"s3:GetObject\"", "*", "everywhere"),
            ("\"iam:TagUser\"", "*", "everywhere"),
            ("[\"s3:ListAllMyBuckets\",\"iam:ListUsers\"]", "*", ""),
            ("\"kms:Decrypt\"", "*", "write-everywhere"),
            ("\"kms:CreateKey\"", "*", ""),
            ("\"kms:GenerateDataKey\"", "*", "everywhere"),
            ("\"s3:CreateBucket\"", "*", "everywhere"),
            ("\"sts:GetCallerIdentity\"", "*", ""),
            ("\"sts:AssumeRole\"", "*", "assume-any-role"),
            ("\"sts:AssumeRole\"", "arn:aws:iam::111122223333:role/r", ""),
            ("\"iam:PassRole\"", "*", "pass-role"),
            (
                "\"iam:Pass*\"",
                "arn:aws:iam::111122223333:role/*",
                "pass-role",
            ),
            (
                "\"iam:PassRole\"",
                "arn:aws:iam::111122223333:role/app-*",
                "",
            ),
            ("\"iam:AttachUserPolicy\"", "*", "privilege-escalation"),
            (
                "\"iam:AttachUserPolicy\"",
                "arn:aws:iam::*:user/${aws:username}",
                "",
            ),
        ] {
            let statement = format!(r#""Action":{action},"Resource":["{resource}"]"#);
            lints(
                &super::super::Ground::new(Kind::Identity),
                &statement,
                expected,
            );
        }
    }

    #[test]
    fn a_condition_on_what_is_asked_for_narrows_and_one_on_the_way_does_not() {
        let when = |key: &str, operator: &str, value: &str| {
            format!(
                r#""Action":"iam:PassRole","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}"#
            )
        };
        let ground = super::super::Ground::new(Kind::Identity);
        lints(
            &ground,
            &when("iam:PassedToService", "StringEquals", "ec2.amazonaws.com"),
            "",
        );
        lints(
            &ground,
            &when("aws:SecureTransport", "Bool", "true"),
            "pass-role",
        );
    }

    #[test]
    fn everything_but_something_is_found_where_it_is_allowed() {
        let ground = super::super::Ground::new(Kind::Identity);
        lints(
            &ground,
            r#""NotAction":"iam:*","Resource":"*""#,
            "not-action",
        );
        let not = r#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*""#;
        lints(&ground, not, "not-resource");
        let of_bucket = format!(r#""Principal":{{"AWS":"111122223333"}},{not}"#);
        lints(
            &super::super::Ground::new(BUCKET),
            &of_bucket,
            "not-resource",
        );
        let deny = r#"[{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::b"}]"#;
        assert_eq!(super::super::testing::linted(&ground, deny), []);
    }

    #[test]
    fn a_bucket_is_handed_over_by_the_right_to_its_policy() {
        let to = |action: &str, resource: &str| {
            format!(
                r#""Principal":{{"AWS":"444455556666"}},"Action":"{action}","Resource":"{resource}""#
            )
        };
        const B: &str = "arn:aws:s3:::b";
        let ground = super::super::Ground::new(BUCKET);
        lints(&ground, &to("s3:*", B), "service-wildcard");
        lints(&ground, &to("s3:PutBucketPolicy", B), "bucket-control");
        lints(&ground, &to("s3:Put*", B), "bucket-control");
        lints(&ground, &to("s3:GetBucketPolicy", B), "");
        let known = ["444455556666".to_owned()].into();
        let others = super::super::Ground {
            account: Some("111122223333"),
            known_accounts: Some(&known),
            ..ground
        };
        let all = format!(r#"[{{"Effect":"Allow",{}}}]"#, to("s3:*", B));
        let found = super::super::testing::linted(&others, &all);
        let ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["service-wildcard", "bucket-control"]);
        let own = super::super::Ground {
            account: Some("444455556666"),
            ..ground
        };
        lints(&own, &to("s3:PutBucketPolicy", B), "");
        lints(&own, &to("s3:*", B), "service-wildcard");
    }

    #[test]
    fn what_another_statement_takes_away_is_not_given() {
        let text = r#"[{"Effect":"Allow","Action":"s3:PutBucketPolicy","Resource":"*"},
                       {"Effect":"Deny","Action":"s3:*Policy","Resource":"*"}]"#;
        let ground = super::super::Ground::new(Kind::Identity);
        assert_eq!(super::super::testing::linted(&ground, text), []);
        let all = text
            .replace("s3:PutBucketPolicy", "s3:*")
            .replace("s3:*Policy", "s3:*");
        assert_eq!(super::super::testing::linted(&ground, &all), []);
    }
}
