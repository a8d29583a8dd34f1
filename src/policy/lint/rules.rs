//! Every rule: its id, how bad a finding of it is, and where it is written.

use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// AWS refuses the policy, it can never do what it says, or it lets strangers in.
    Error,
    /// It works, and probably not as its author thinks.
    Warning,
    /// Worth knowing.
    Note,
}

/// What a policy is held against.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its stable name, by which a finding is accepted.
    pub id: &'static str,
    /// How bad a finding of it is.
    pub severity: Severity,
    /// Whether AWS refuses such a policy, or it can never have an effect: no reason makes it good,
    /// so it cannot be accepted.
    pub refused: bool,
    /// What it is about, in one line.
    pub title: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

impl Serialize for Rule {
    /// As its id.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// Writes the statics and the list of all of them, so that none is left out of it.
macro_rules! rules {
    ($($name:ident = $id:literal, $severity:ident, $refused:literal, $title:literal, $source:literal;)*) => {
        $(
            pub(super) static $name: Rule = Rule {
                id: $id,
                severity: Severity::$severity,
                refused: $refused,
                title: $title,
                source: concat!("https://docs.aws.amazon.com/", $source),
            };
        )*
        /// Every rule there is.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    DUPLICATE_SID = "duplicate-sid", Error, true, "Two statements have the same Sid",
        "IAM/latest/UserGuide/reference_policies_elements_sid.html";
    INVALID_SID = "invalid-sid", Error, true, "A Sid has characters that IAM refuses",
        "IAM/latest/UserGuide/reference_policies_elements_sid.html";
    INVALID_CHARACTER = "invalid-character", Error, true, "A text has a character that AWS refuses",
        "IAM/latest/APIReference/API_CreatePolicy.html";
    CONTRADICTION = "contradiction", Error, true, "An element stands beside its negation",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    MISSING_ELEMENT = "missing-element", Error, true, "A statement lacks an element",
        "IAM/latest/UserGuide/reference_policies_grammar.html";
    MISPLACED_ELEMENT = "misplaced-element", Error, true, "An element does not belong in such a policy",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    INVALID_PRINCIPAL = "invalid-principal", Error, true, "A principal is none",
        "IAM/latest/UserGuide/reference_policies_elements_principal.html";
    UNKNOWN_ACTION = "unknown-action", Error, true, "AWS has no such action",
        "service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";
    FOREIGN_ACTION = "foreign-action", Error, true, "An action does not belong in such a policy",
        "IAM/latest/UserGuide/access_policies_identity-vs-resource.html";
    TRUST_ACTION = "trust-action", Error, true, "The principal does not take a role by this action",
        "STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";
    ACTION_RESOURCE = "action-resource", Error, true, "An action applies to none of the resources",
        "service-authorization/latest/reference/list_amazons3.html";
    INVALID_RESOURCE = "invalid-resource", Error, true, "A resource is no ARN",
        "IAM/latest/UserGuide/reference_policies_elements_resource.html";
    FOREIGN_RESOURCE = "foreign-resource", Error, true, "A bucket policy names something else",
        "AmazonS3/latest/userguide/bucket-policies.html";
    UNKNOWN_OPERATOR = "unknown-operator", Error, true, "AWS has no such condition operator",
        "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
    UNKNOWN_KEY = "unknown-condition-key", Error, true, "AWS has no such condition key",
        "IAM/latest/UserGuide/reference_policies_condition-keys.html";
    EMPTY_CONDITION = "empty-condition", Error, true, "A condition key has no values",
        "IAM/latest/UserGuide/reference_policies_elements_condition.html";
    CONDITION_VALUE = "condition-value", Error, true, "A value is not what its operator compares",
        "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_an_id_of_its_own_that_can_be_typed() {
        let ids: BTreeSet<_> = ALL.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), ALL.len());
        let plain = |id: &str| {
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        };
        assert_eq!(ids.into_iter().find(|id| !plain(id)), None);
    }

    #[test]
    fn what_aws_refuses_is_an_error() {
        let soft = |rule: &&&Rule| rule.refused && rule.severity != Severity::Error;
        assert_eq!(ALL.iter().find(soft), None);
    }
}
