//! Wildcards that give more than anyone means to give.

use super::view::{is_about, is_every, listed, tests};
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
            Kind::Trust => self.every_way(),
            // "kms:*" for the account is how every key policy begins.
            Kind::KeyPolicy => {}
        }
    }

    /// More than one way to take a role, and whatever may be said on it.
    fn every_way(&mut self) {
        let everything = self.every_action() || self.every_other();
        let principal = self.statement.principal.as_ref();
        let federated = principal.is_some_and(|one| one.0.contains_key("Federated"));
        if !everything && federated && self.statement.action.contains("sts:*") {
            let message = "sts:* lets whom the provider vouches for set the session's tags and \
                           its source identity, too";
            let fix = "write sts:AssumeRoleWithWebIdentity (OpenID Connect) or \
                       sts:AssumeRoleWithSAML";
            self.add(&rules::FULL_SERVICE, "Action", message, fix);
        }
    }

    fn every_action(&mut self) -> bool {
        let names = &self.statement.action;
        let Some(name) = names.iter().find(|name| *name == "*" || *name == "*:*") else {
            return false;
        };
        let delegates = match self.kind {
            Kind::BucketPolicy { .. } => self.leaves_it_to_access_points(),
            // Policies of VPC endpoints say so, and whose requests pass.
            Kind::Resource => self.is_of_somebody() || self.leaves_it_to_access_points(),
            _ => false,
        };
        if delegates {
            return true;
        }
        let on = match self.statement.resource.iter().any(|one| is_every(one)) {
            _ if *self.kind == Kind::Trust => ", every way to take the role among them",
            true => " on everything: who has the policy is an administrator",
            false => " on these resources, to give them away and to delete them among them",
        };
        let message = format!("{name:?} allows every action of every service{on}");
        let fix = match self.kind {
            Kind::Trust => {
                "write sts:AssumeRole, sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML"
            }
            _ => {
                "name the actions that are needed, such as \
                 [\"s3:ListBucket\", \"s3:GetObject\", \"s3:PutObject\"]"
            }
        };
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
        if every && *self.kind == Kind::Identity {
            self.other_services();
        }
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

    /// Whole services whose actions are not known here. In the policy of a resource `*` is that
    /// resource alone.
    fn other_services(&mut self) {
        // All of them only read.
        const HARMLESS: &[&str] = &["freetier", "pricing"];
        let everything = self.statement.resource.iter();
        let everything: Vec<_> = everything.filter(|one| is_every(one)).collect();
        let of = |service: &str| {
            everything.iter().any(|one| {
                let parts: Vec<_> = one.split(':').collect();
                match parts.as_slice() {
                    ["arn", _, named, _, account, ..] => {
                        (*named == service || *named == "*") && *account == "*"
                    }
                    _ => !one.contains(':'),
                }
            })
        };
        let is_denied = |service: &str| {
            let whole = format!("{service}:*");
            self.all.iter().any(|other| {
                other.effect == Effect::Deny
                    && other.condition.is_empty()
                    && other.resource.contains("*")
                    && other.action.contains(&whole)
            })
        };
        let names = self.statement.action.iter();
        let services: Vec<_> = names
            .filter_map(|name| name.strip_suffix(":*"))
            .filter(|service| !actions::knows_service(service) && !HARMLESS.contains(service))
            .filter(|service| of(service) && !is_denied(service))
            .map(str::to_owned)
            .collect();
        for service in services {
            let message = format!("{service}:* on everything allows all there is of {service}");
            let fix = format!("name the actions of {service} that are needed");
            self.add(&rules::FULL_SERVICE, "Action", message, fix);
        }
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
            .any(|test| test.demands() && !test.is_open() && !OF_THE_WAY.contains(&test.key))
    }

    /// AWS's own way to leave a bucket to the policies of its access points.
    pub(super) fn leaves_it_to_access_points(&self) -> bool {
        let tests = tests(&self.statement);
        tests.iter().any(|test| {
            test.demands() && !test.is_open() && test.key.starts_with("s3:DataAccessPoint")
        })
    }

    /// Whether a condition says whose the callers are, or what they reach.
    fn is_of_somebody(&self) -> bool {
        let tests = tests(&self.statement);
        tests.iter().any(|test| {
            let whose = ["aws:Principal", "aws:Resource"];
            let names = whose.iter().any(|head| test.key.starts_with(head));
            test.demands() && !test.is_open() && names
        })
    }

    /// Whether another statement takes the action away everywhere and always.
    pub(super) fn is_denied(&self, action: &Action) -> bool {
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
mod tests;
