//! An IAM role: who may become it, and what it may do.

use super::names::{Fault, check_iam_name, fault};
use super::ownership::{self, Keys};
use super::{Kind, Needs, Scope, Tags};
use crate::policy::Document;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A role. Inline and attached policies are exactly as written: one more is a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Unique in the account without regard to case, whatever the path.
    pub name: String,
    /// Begins and ends with `/`; fixed at creation.
    #[serde(default = "super::role::root")]
    pub path: String,
    /// `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seconds, 3600 to 43200; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<i32>,
    /// ARN of a managed policy; `None` is not managed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// Who may assume the role.
    pub trust_policy: Document,
    /// Inline policies by name.
    #[serde(default)]
    pub inline_policies: BTreeMap<String, Document>,
    /// ARNs of managed policies.
    #[serde(default)]
    pub attached_policies: BTreeSet<String>,
    /// Only our keys are managed.
    #[serde(default)]
    pub tags: Tags,
}

/// The path of what has none.
pub(super) fn root() -> String {
    "/".to_owned()
}

/// What the documents that an identity carries need: a principal must exist, what a Resource
/// names should.
pub(super) fn document_needs<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Needs {
    let mut needs = Needs::default();
    for document in documents {
        needs
            .must
            .extend(document.principals().into_iter().map(str::to_owned));
        needs
            .should
            .extend(document.resources().into_iter().map(whole_bucket));
    }
    needs
}

/// `arn:aws:s3:::bucket/key*` → `arn:aws:s3:::bucket`; other ARNs as they are.
fn whole_bucket(arn: &str) -> String {
    match arn.split_once(":s3:::") {
        Some((head, rest)) => {
            let bucket = rest.split('/').next().unwrap_or(rest);
            format!("{head}:s3:::{bucket}")
        }
        None => arn.to_owned(),
    }
}

/// What every IAM identity needs for what it may do.
pub(super) fn permission_needs(
    inline: &BTreeMap<String, Document>,
    attached: &BTreeSet<String>,
    boundary: Option<&String>,
) -> Needs {
    let mut needs = document_needs(inline.values());
    needs.must.extend(attached.iter().cloned());
    needs.must.extend(boundary.cloned());
    needs
}

impl Role {
    /// A role that nobody may assume yet.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: root(),
            description: None,
            max_session_duration: None,
            permissions_boundary: None,
            trust_policy: Document::new([]),
            inline_policies: BTreeMap::new(),
            attached_policies: BTreeSet::new(),
            tags: Tags::new(),
        }
    }

    /// `[\w+=,.@-]{1,64}`.
    ///
    /// # Errors
    /// The rule that `name` breaks.
    pub fn check_name(name: &str) -> Result<(), Fault> {
        check_iam_name("role", name, 64)
    }

    /// At most 1000 characters, `[\t\n\r -~\u{A1}-\u{FF}]*` (CreateRole's own pattern): no dashes
    /// or quotation marks of typographers.
    ///
    /// # Errors
    /// The rule that `description` breaks.
    pub fn check_description(description: &str) -> Result<(), Fault> {
        let good = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{A1}'..='\u{FF}');
        if let Some(odd) = description.chars().find(|c| !good(c)) {
            return Err(fault(
                format!(
                    "IAM takes Latin-1 characters only in a role's description, and this has {odd:?}"
                ),
                "write for example \"-\" for a dash and ' for a quotation mark",
            ));
        }
        if description.chars().count() > 1000 {
            return Err(fault(
                "a role's description has at most 1000 characters",
                "shorten it",
            ));
        }
        Ok(())
    }
}

impl Kind for Role {
    const KIND: &'static str = "role";
    const FIXED: &'static [&'static str] = &["path"];

    fn name(&self) -> &str {
        &self.name
    }

    fn arn(&self, scope: &Scope) -> Option<String> {
        Some(format!(
            "arn:{}:iam::{}:role{}{}",
            scope.partition, scope.account, self.path, self.name
        ))
    }

    fn needs(&self) -> Needs {
        let mut needs = permission_needs(
            &self.inline_policies,
            &self.attached_policies,
            self.permissions_boundary.as_ref(),
        );
        needs.must.extend(document_needs([&self.trust_policy]).must);
        needs
    }

    fn limited_to(mut self, want: &Self) -> Self {
        ownership::unmanaged!(self, want; description, max_session_duration, permissions_boundary);
        self.tags = ownership::our_tags(self.tags, &want.tags, Keys::IgnoringCase);
        self
    }

    fn with_foreign(mut self, have: &Self) -> Self {
        ownership::keep_unmanaged!(self, have; description, max_session_duration,
            permissions_boundary);
        self.tags = ownership::with_foreign_tags(self.tags, &have.tags, Keys::IgnoringCase);
        self
    }

    fn has_unique_id(&self) -> bool {
        true
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_needs_its_principals_and_policies_and_should_have_its_buckets() {
        let trust = Document::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
                "Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/x"},
                "Action":"sts:AssumeRoleWithWebIdentity"}}"#,
        )
        .unwrap();
        let inline = Document::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::b/backups/*"}}"#,
        )
        .unwrap();
        let role = Role {
            trust_policy: trust,
            inline_policies: BTreeMap::from([("p".into(), inline)]),
            attached_policies: BTreeSet::from(["arn:aws:iam::123456789012:policy/q".into()]),
            ..Role::named("r")
        };
        let needs = role.needs();
        assert_eq!(
            needs.must,
            BTreeSet::from([
                "arn:aws:iam::123456789012:oidc-provider/x".to_owned(),
                "arn:aws:iam::123456789012:policy/q".to_owned(),
            ])
        );
        assert_eq!(needs.should, BTreeSet::from(["arn:aws:s3:::b".to_owned()]));
    }

    #[test]
    fn descriptions_are_latin_1() {
        assert!(Role::check_description("Neon backups, für alle").is_ok());
        assert!(Role::check_description("backups — nightly").is_err());
        assert!(Role::check_description(&"a".repeat(1001)).is_err());
    }
}
