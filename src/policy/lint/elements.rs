//! Which elements a statement has, and what no text in it may contain.

use super::{Kind, Report, rules};
use crate::policy::Statement;
use crate::policy::read::OF_STATEMENT;
use serde_json::Value;

impl Report<'_> {
    /// "Statement IDs (SID) in a single policy must be unique."
    pub(super) fn duplicate_sid(&mut self) {
        // The console once gave every statement of a trust policy an empty Sid.
        let Some(sid) = self.statement.sid.clone().filter(|sid| !sid.is_empty()) else {
            return;
        };
        let same = |other: &Statement| other.sid.as_ref() == Some(&sid);
        if let Some(first) = self.all[..self.index].iter().position(same) {
            let message = format!("the Sid {sid:?} is already that of Statement[{first}]");
            let fix = "give each statement its own Sid, or leave it out";
            self.add(&rules::DUPLICATE_SID, "Sid", message, fix);
        }
    }

    pub(super) fn elements(&mut self) {
        self.sid();
        self.characters();
        self.contradictions();
        self.missing();
    }

    /// IAM: "Statement IDs (SID) must be alpha-numeric". S3 and KMS take more.
    fn sid(&mut self) {
        if !matches!(self.kind, Kind::Identity | Kind::Trust) {
            return;
        }
        let Some(sid) = self.statement.sid.clone() else {
            return;
        };
        if sid.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return;
        }
        let plain: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
        let fix = match plain.as_str() {
            "" => "leave the Sid out".to_owned(),
            plain => format!("write {plain:?}"),
        };
        let message = format!("the Sid {sid:?} has characters other than A-Z, a-z and 0-9");
        self.add(&rules::INVALID_SID, "Sid", message, fix);
    }

    /// IAM and KMS: `[\u0009\u000A\u000D\u0020-\u00FF]+`. S3 documents no such limit, and keys of
    /// objects may have any character.
    fn characters(&mut self) {
        if matches!(self.kind, Kind::BucketPolicy { .. } | Kind::Resource) {
            return;
        }
        let Ok(written) = serde_json::to_value(&self.statement) else {
            return;
        };
        for &element in OF_STATEMENT {
            // An IAM Sid has a rule of its own, which is narrower.
            if element == "Sid" && matches!(self.kind, Kind::Identity | Kind::Trust) {
                continue;
            }
            if let Some(letter) = written.get(element).and_then(refused) {
                let message = format!(
                    "{letter:?} (U+{:04X}) is not a character AWS takes in {}",
                    u32::from(letter),
                    self.kind.name()
                );
                let fix = "use only characters up to U+00FF, without control characters";
                self.add(&rules::INVALID_CHARACTER, element, message, fix);
            }
        }
    }

    fn contradictions(&mut self) {
        let statement = &self.statement;
        let pairs = [
            (
                "Principal",
                statement.principal.is_some() && statement.not_principal.is_some(),
            ),
            (
                "Action",
                !statement.action.is_empty() && !statement.not_action.is_empty(),
            ),
            (
                "Resource",
                !statement.resource.is_empty() && !statement.not_resource.is_empty(),
            ),
        ];
        for (element, both) in pairs {
            if both {
                let message = format!("the statement has both {element} and Not{element}");
                let fix = "keep one, or write two statements, one with each";
                self.add(&rules::CONTRADICTION, element, message, fix);
            }
        }
    }

    fn missing(&mut self) {
        let statement = &self.statement;
        let who = statement.principal.is_some() || statement.not_principal.is_some();
        let what = !statement.action.is_empty() || !statement.not_action.is_empty();
        let on_what = !statement.resource.is_empty() || !statement.not_resource.is_empty();
        match (self.kind, who) {
            (Kind::Identity, true) => {
                let element = if statement.principal.is_some() {
                    "Principal"
                } else {
                    "NotPrincipal"
                };
                let message =
                    "an identity policy names no principal: it is about whom it is attached to";
                self.add(
                    &rules::MISPLACED_ELEMENT,
                    element,
                    message,
                    "remove the element",
                );
            }
            (Kind::Identity, false) | (_, true) => {}
            (kind, false) => {
                let message = format!("a statement of {} names a principal", kind.name());
                let fix = "add Principal: whom the statement is about";
                self.add(&rules::MISSING_ELEMENT, "Principal", message, fix);
            }
        }
        if !what {
            let fix = "add Action: what the statement is about";
            self.add(
                &rules::MISSING_ELEMENT,
                "Action",
                "the statement has neither Action nor NotAction",
                fix,
            );
        }
        match (self.kind, on_what) {
            (Kind::Trust, true) => {
                let element = if self.statement.resource.is_empty() {
                    "NotResource"
                } else {
                    "Resource"
                };
                let message =
                    "a trust policy names no resource: it is about the role it belongs to";
                self.add(
                    &rules::MISPLACED_ELEMENT,
                    element,
                    message,
                    "remove the element",
                );
            }
            (Kind::Trust, false) | (_, true) => {}
            // The policies of repositories of images, for one, name none.
            (Kind::Resource, false) if !self.is_about_s3() => {}
            (kind, false) => {
                let fix = match kind {
                    Kind::BucketPolicy { bucket, partition } => format!(
                        "add Resource: arn:{partition}:s3:::{bucket} for the bucket, \
                         arn:{partition}:s3:::{bucket}/* for its objects"
                    ),
                    Kind::Resource => "add Resource: arn:aws:s3:::BUCKET for a bucket, \
                                       arn:aws:s3:::BUCKET/* for its objects"
                        .to_owned(),
                    Kind::KeyPolicy => "add Resource: \"*\", which is the key itself".to_owned(),
                    _ => "add Resource: the ARNs the statement is about, or \"*\"".to_owned(),
                };
                let message = "the statement has neither Resource nor NotResource";
                self.add(&rules::MISSING_ELEMENT, "Resource", message, fix);
            }
        }
    }
}

impl Report<'_> {
    /// Whether it is the statement of a bucket, whatever that one's name is.
    fn is_about_s3(&self) -> bool {
        let mut names = self.statement.action.union(&self.statement.not_action);
        names.any(|name| name.starts_with("s3:"))
    }
}

/// The first character AWS does not take in any text of this value, keys included.
fn refused(value: &Value) -> Option<char> {
    let in_text = |text: &str| {
        let taken = |letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{ff}');
        text.chars().find(|letter| !taken(*letter))
    };
    match value {
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter().find_map(refused),
        Value::Object(members) => {
            let mut members = members.iter();
            members.find_map(|(key, value)| in_text(key).or_else(|| refused(value)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BUCKET, findings, table};
    use super::*;

    #[test]
    fn an_identity_policy_has_its_own_elements() {
        const REST: &str = r#""Action":"s3:*","Resource":"*""#;
        table(
            &Kind::Identity,
            &[
                (REST, "", ""),
                (
                    &format!(r#""Principal":"*",{REST}"#),
                    "Principal",
                    "names no principal",
                ),
                (
                    &format!(r#""NotPrincipal":"*",{REST}"#),
                    "NotPrincipal",
                    "remove",
                ),
                (r#""Resource":"*""#, "Action", "neither Action nor"),
                (r#""Action":"s3:*""#, "Resource", "neither Resource nor"),
                (
                    r#""Action":"s3:*","Resource":[]"#,
                    "Resource",
                    "neither Resource nor",
                ),
                (
                    r#""NotAction":"s3:*","NotResource":"arn:aws:s3:::b""#,
                    "",
                    "",
                ),
                (&format!(r#""NotAction":"iam:*",{REST}"#), "Action", "both"),
                (&format!(r#""NotResource":"*",{REST}"#), "Resource", "both"),
                (
                    &format!(r#""Sid":"Read-Only",{REST}"#),
                    "Sid",
                    "write \"ReadOnly\"",
                ),
                (&format!(r#""Sid":"a–b",{REST}"#), "Sid", "write \"ab\""),
                (&format!(r#""Sid":"–",{REST}"#), "Sid", "leave the Sid out"),
                (&format!(r#""Sid":"",{REST}"#), "", ""),
            ],
        );
    }

    #[test]
    fn policies_of_resources_and_roles_name_a_principal() {
        const S3: &str = r#""Action":"s3:*","Resource":"arn:aws:s3:::b""#;
        table(
            &BUCKET,
            &[
                (S3, "Principal", "a bucket policy names a principal"),
                (
                    &format!(r#""Principal":{{"AWS":[]}},{S3}"#),
                    "Principal",
                    "names a principal",
                ),
                (&format!(r#""NotPrincipal":"*",{S3}"#), "", ""),
                (
                    &format!(r#""Principal":"*","NotPrincipal":"*",{S3}"#),
                    "Principal",
                    "both",
                ),
                (
                    &format!(r#""Sid":"A – b, (c)","Principal":"*",{S3}"#),
                    "",
                    "",
                ),
                (
                    r#""Principal":"*","Action":"s3:*""#,
                    "Resource",
                    "arn:aws:s3:::b/*",
                ),
            ],
        );
        table(
            &Kind::Resource,
            &[
                (
                    r#""Principal":"*","Action":"s3:GetObject""#,
                    "Resource",
                    "arn:aws:s3:::BUCKET/*",
                ),
                (r#""Principal":"*","Action":"ecr:BatchGetImage""#, "", ""),
            ],
        );
        table(
            &Kind::Trust,
            &[
                (
                    r#""Action":"sts:AssumeRole""#,
                    "Principal",
                    "a trust policy names a principal",
                ),
                (
                    r#""Principal":"*","Action":"sts:AssumeRole","Resource":"*""#,
                    "Resource",
                    "names no resource",
                ),
                (
                    r#""Principal":"*","Action":"sts:AssumeRole","NotResource":"*""#,
                    "NotResource",
                    "names no resource",
                ),
                (
                    r#""Sid":"a b","Principal":"*","Action":"sts:AssumeRole""#,
                    "Sid",
                    "write \"ab\"",
                ),
            ],
        );
        table(
            &Kind::KeyPolicy,
            &[
                (
                    r#""Principal":"*","Action":"kms:*""#,
                    "Resource",
                    "the key itself",
                ),
                (
                    r#""Sid":"a b","Principal":"*","Action":"kms:*","Resource":"*""#,
                    "",
                    "",
                ),
                (
                    r#""Sid":"a–b","Principal":"*","Action":"kms:*","Resource":"*""#,
                    "Sid",
                    "U+2013",
                ),
            ],
        );
    }

    #[test]
    fn a_character_aws_does_not_take_is_found_wherever_it_is() {
        const S3: &str = r#""Action":"s3:GetObject""#;
        let condition = r#""Resource":"*","Condition":{"StringLike":{"s3:prefix":"“a”"}}"#;
        table(
            &Kind::Identity,
            &[
                (
                    &format!(r#"{S3},"Resource":"arn:aws:s3:::b/ÿ\t\n*""#),
                    "",
                    "",
                ),
                (
                    &format!(r#"{S3},"Resource":"arn:aws:s3:::b/ā*""#),
                    "Resource",
                    "U+0101",
                ),
                (
                    &format!(r#"{S3},"Resource":"arn:aws:s3:::b/\u0000*""#),
                    "Resource",
                    "U+0000",
                ),
                (&format!("{S3},{condition}"), "Condition", "U+201C"),
            ],
        );
        let any = r#""Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/ā*""#;
        table(&BUCKET, &[(any, "", "")]);
    }

    #[test]
    fn a_sid_is_used_once() {
        let one = |sid: &str| {
            format!(r#"{{"Sid":"{sid}","Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
        };
        let all = ["a", "A", "", "a", "", "a"].map(one).join(",");
        let found = findings(&Kind::Identity, &format!("[{all}]"));
        let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["Statement[3].Sid", "Statement[5].Sid"]);
        assert!(
            found
                .iter()
                .all(|finding| finding.message.contains("Statement[0]"))
        );
    }
}
