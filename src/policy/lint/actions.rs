//! Whether the actions of a statement exist and belong in such a policy.

use super::{Kind, Report, rules, slips};
use crate::policy::actions;
use crate::policy::fault::shortened;
use crate::policy::pattern;

/// What a trust policy may allow: "AssumeRole policy may only specify STS AssumeRole actions".
const OF_TRUST: &[&str] = &[
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "SetContext",
    "SetSourceIdentity",
    "TagSession",
];

/// For how many findings the action that was meant is sought: each takes a while, and who has that
/// many mistakes has one reason for them.
const SOUGHT: usize = 50;

impl Report<'_> {
    pub(super) fn actions(&mut self) {
        for (element, names) in [
            ("Action", self.statement.action.clone()),
            ("NotAction", self.statement.not_action.clone()),
        ] {
            for name in &names {
                // One finding an action: of what does not exist nothing else is worth saying.
                if self.exists(element, name) && self.belongs(element, name) && element == "Action"
                {
                    self.applies(name);
                }
            }
        }
    }

    /// Whether AWS has the action, or something the pattern matches.
    fn exists(&mut self, element: &str, name: &str) -> bool {
        if name == "*" {
            return true;
        }
        let shown = self.spelled(element, name);
        let few = self.findings.len() < SOUGHT;
        let nearest = || few.then(|| actions::nearest(name)).flatten();
        let meant = || match nearest() {
            Some(nearest) => format!("write {nearest}"),
            None => "write service:Action, such as s3:GetObject".to_owned(),
        };
        let Some((service, action)) = name.split_once(':') else {
            let message = format!("{shown:?} is no action: an action has its service in front");
            self.add(&rules::UNKNOWN_ACTION, element, message, meant());
            return false;
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        // Tools expand `*:*`; AWS's answer to other patterns for all services is not known here.
        if service.is_empty() || service != "*" && !service.bytes().all(plain) {
            let message = format!(
                "{shown:?} is no action: {:?} is no service",
                shortened(service)
            );
            self.add(&rules::UNKNOWN_ACTION, element, message, meant());
            return false;
        }
        // "*:*" is every action; a service in parts is none to AWS.
        if service == "*" && action.bytes().any(|byte| byte != b'*') {
            let message = format!("{shown:?} is no action: \"*\" is no service");
            self.add(&rules::UNKNOWN_ACTION, element, message, meant());
            return false;
        }
        if let Some(known) = slips::of_service(service) {
            let message = format!(
                "{shown:?} is no action: AWS has no service {:?}",
                shortened(service)
            );
            let real = format!("{known}:{action}");
            let fix = match actions::matching(&real).next() {
                Some(_) if pattern::is_pattern(action) => format!("write {real}"),
                _ => match actions::nearest(&real) {
                    Some(nearest) => format!("write {nearest}"),
                    None => format!("write an action of {known}"),
                },
            };
            self.add(&rules::UNKNOWN_ACTION, element, message, fix);
            return false;
        }
        let known = actions::knows_service(service);
        let odd = |letter: char| !letter.is_ascii_alphanumeric() && !"*?-_".contains(letter);
        if action.is_empty() || action.contains(odd) && !known {
            let message = format!("{shown:?} is no action");
            self.add(&rules::UNKNOWN_ACTION, element, message, meant());
            return false;
        }
        if known && actions::matching(name).next().is_none() {
            let message = if pattern::is_pattern(action) {
                format!("{shown} matches no action of {service}")
            } else {
                format!("{shown} is no action of {service}")
            };
            let fix = match nearest() {
                Some(nearest) => format!("write {nearest}"),
                None => format!(
                    "check the name against AWS's list of the actions of {service}, such as {}",
                    first(service)
                ),
            };
            self.add(&rules::UNKNOWN_ACTION, element, message, fix);
            return false;
        }
        true
    }

    /// The action as it was written, for a message.
    fn spelled(&self, element: &str, name: &str) -> String {
        let written = match element {
            "Action" => &self.all[self.index].action,
            _ => &self.all[self.index].not_action,
        };
        let mut written = written.iter();
        let same = written.find(|written| written.eq_ignore_ascii_case(name));
        shortened(same.map_or(name, |written| written))
    }

    /// Whether a policy of this kind can be about the action.
    fn belongs(&mut self, element: &str, name: &str) -> bool {
        let only = match self.kind {
            Kind::Identity | Kind::Resource => return true,
            Kind::BucketPolicy { .. } => "s3",
            Kind::Trust => "sts",
            Kind::KeyPolicy => "kms",
        };
        let service = name.split_once(':').map_or(name, |(service, _)| service);
        let message = if service == "*" {
            return true;
        } else if service != only {
            format!(
                "{} is about actions of {only}, not {}",
                self.kind.name(),
                shortened(name)
            )
        } else if *self.kind == Kind::Trust
            && !actions::matching(name).any(|action| OF_TRUST.contains(&action.name))
        {
            format!("{name} is not about assuming the role")
        } else {
            return true;
        };
        let fix = match self.kind {
            Kind::Trust => {
                "write sts:AssumeRole, sts:AssumeRoleWithWebIdentity or \
                            sts:AssumeRoleWithSAML, or move the action to a policy of the role"
            }
            _ => "remove it, or move it to a policy of the identity",
        };
        self.add(&rules::FOREIGN_ACTION, element, message, fix);
        false
    }
}

/// Some action of the service, for an example.
fn first(service: &str) -> String {
    let example = match service {
        "s3" => actions::find("s3:GetObject"),
        _ => actions::matching(&format!("{service}:*")).next(),
    };
    example.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, findings, table};
    use super::*;

    #[test]
    fn an_action_that_does_not_exist_is_found_with_the_one_that_was_meant() {
        let all = |action: &str| format!(r#""Action":"{action}","Resource":"*""#);
        table(
            &Kind::Identity,
            &[
                (
                    &all("s3:ListObjectsV2"),
                    "Action",
                    "s3:ListObjectsV2 is no action of s3 (write s3:ListBucket)",
                ),
                (&all("S3:headobject"), "Action", "write s3:GetObject"),
                (&all("s3:Lits*"), "Action", "write s3:List*"),
                (&all("s3:Zzzz"), "Action", "such as s3:GetObject"),
                (&all("GetObject"), "Action", "write s3:GetObject"),
                (&all("s3"), "Action", "service in front"),
                (&all("s3:"), "Action", "is no action"),
                (&all(":GetObject"), "Action", "is no service"),
                (&all("s3*:GetObject"), "Action", "is no service"),
                (&all("s3 :GetObject"), "Action", "write s3:GetObject"),
                (&all("ec2:Describe Instances"), "Action", "is no action"),
                (&all(""), "Action", "is no action"),
                (&all("ec2:DescribeInstances"), "", ""),
                (&all("s3express:CreateSession"), "", ""),
                (&all("*"), "", ""),
                (&all("*:*"), "", ""),
                (&all("*:GetObject"), "Action", "\"*\" is no service"),
                (&all("s33:GetObject"), "Action", "write s3:GetObject"),
                (&all("amazons3:Get*"), "Action", "write s3:Get*"),
                (&all("iams:PassRole"), "Action", "write iam:PassRole"),
                (&all("st:AssumeRole"), "Action", "write sts:AssumeRole"),
                (&all("ses:SendEmail"), "", ""),
                (&all("s3:*"), "", ""),
                (
                    r#""NotAction":"s3:HeadBucket","Resource":"*""#,
                    "NotAction",
                    "write s3:ListBucket",
                ),
            ],
        );
        let several = r#"[{"Effect":"Deny","Action":["s3:ListObjects","s3:HeadObject","s3:GetObject"],
                          "Resource":"*"}]"#;
        assert_eq!(findings(&Kind::Identity, several).len(), 2);
    }

    #[test]
    fn a_policy_of_a_resource_is_about_its_own_service() {
        let s3 = |action: &str| {
            format!(r#""Principal":"*","Action":"{action}","Resource":"arn:aws:s3:::b/*""#)
        };
        table(
            &BUCKET,
            &[
                (&s3("s3:GetObject"), "", ""),
                (&s3("*"), "", ""),
                (&s3("GetObject"), "Action", "write s3:GetObject"),
                (&s3("s3*:GetObject"), "Action", "is no service"),
                (&s3("sqs:"), "Action", "is no action"),
                (&s3("GetObject"), "Action", "write s3:GetObject"),
                (&s3("s3*:GetObject"), "Action", "is no service"),
                (&s3("sqs:"), "Action", "is no action"),
                (&s3("kms:Decrypt"), "Action", "about actions of s3"),
                (&s3("ec2:*"), "Action", "about actions of s3"),
                (
                    &s3("s3:ListBucket"),
                    "Action",
                    "add arn:aws:s3:::b to Resource",
                ),
                (
                    &s3("s3:ListAllMyBuckets"),
                    "Action",
                    "move it to a policy of the identity",
                ),
            ],
        );
        let kms = |action: &str| format!(r#""Principal":"*","Action":"{action}","Resource":"*""#);
        table(
            &Kind::KeyPolicy,
            &[
                (&kms("kms:GenerateDataKey*"), "", ""),
                (&kms("s3:GetObject"), "Action", "about actions of kms"),
                (&kms("kms:Decript"), "Action", "write kms:Decrypt"),
            ],
        );
    }
}
