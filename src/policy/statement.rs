//! One statement of a policy, who it names, and whether it allows or denies.

use super::{canonical, casing};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A set of operators, each with its keys, each with its values.
pub type Condition = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Whether a statement grants or takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Takes away, whatever any other statement grants.
    Deny,
}

/// Who a statement names: `AWS`, `Federated`, `Service` or `CanonicalUser`, each with its values.
///
/// `"*"` is `{"AWS": {"*"}}`: AWS documents the two as the same ("reference: AWS JSON policy
/// elements: Principal"). An account is its bare 12 digits, which AWS takes for the account's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Principal(pub BTreeMap<String, BTreeSet<String>>);

impl Principal {
    /// Everyone, anonymous callers included.
    #[must_use]
    pub fn everyone() -> Principal {
        let values = BTreeSet::from(["*".to_owned()]);
        Principal(BTreeMap::from([("AWS".to_owned(), values)]))
    }

    /// Whether this is exactly `"*"`.
    #[must_use]
    pub fn is_everyone(&self) -> bool {
        self.0.len() == 1
            && self
                .0
                .get("AWS")
                .is_some_and(|values| values.len() == 1 && values.contains("*"))
    }
}

/// One statement. An empty set or map stands for an element that is not written.
///
/// Serialises with AWS's own names and every set as an array: the form plans show and compare.
/// Deserialises from that and from every form AWS accepts, and is canonical afterwards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// The statement's name; an empty one, as the console writes it, is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whether it grants or takes away.
    pub effect: Effect,
    /// Who it is about; only in policies of resources and roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// Everyone but these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Principal>,
    /// What may be done: `s3:GetObject`, `s3:Get*`, `*`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub action: BTreeSet<String>,
    /// Everything but these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not_action: BTreeSet<String>,
    /// On what: patterns of ARNs, or `*`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub resource: BTreeSet<String>,
    /// On everything but these.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub not_resource: BTreeSet<String>,
    /// When: operator → condition key → values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Condition,
}

impl Statement {
    /// A statement with nothing but its effect, for `Statement { action, ..Statement::new(effect) }`.
    #[must_use]
    pub fn new(effect: Effect) -> Statement {
        Statement {
            sid: None,
            effect,
            principal: None,
            not_principal: None,
            action: BTreeSet::new(),
            not_action: BTreeSet::new(),
            resource: BTreeSet::new(),
            not_resource: BTreeSet::new(),
            condition: BTreeMap::new(),
        }
    }

    /// The same statement in canonical form; a canonical one stays as it is.
    ///
    /// # Guarantees
    ///
    /// Nothing is lost: two operators or condition keys that differ only in case would have to be
    /// merged, which could change the meaning, so the second keeps its spelling.
    #[must_use]
    pub fn canonical(self) -> Statement {
        Statement {
            sid: self.sid.filter(|sid| !sid.is_empty()),
            principal: self.principal.and_then(canonical::principal),
            not_principal: self.not_principal.and_then(canonical::principal),
            action: self
                .action
                .iter()
                .map(|name| casing::action(name))
                .collect(),
            not_action: self
                .not_action
                .iter()
                .map(|name| casing::action(name))
                .collect(),
            condition: canonical::condition(self.condition),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    fn one(members: &str) -> Statement {
        let text = format!(r#"{{"Effect":"Allow",{members}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_means_the_same_is_equal() {
        for (left, right, reason) in [
            (
                r#""Action":"s3:GetObject""#,
                r#""Action":["S3:getobject","s3:GetObject"]"#,
                "case",
            ),
            (
                r#""Action":["s3:a","s3:b"]"#,
                r#""Action":["s3:b","s3:a"]"#,
                "order",
            ),
            (
                r#""Principal":"*""#,
                r#""Principal":{"AWS":["*"]}"#,
                "everyone",
            ),
            (
                r#""Principal":{"AWS":"111122223333"}"#,
                r#""Principal":{"AWS":["arn:aws:iam::111122223333:root"],"Service":[]}"#,
                "account",
            ),
            (
                r#""Sid":"a""#,
                r#""Sid":"a","Condition":{}"#,
                "no condition",
            ),
            (
                r#""Sid":"a""#,
                r#""Sid":"a","Condition":{"Bool":{}}"#,
                "no test",
            ),
            (
                r#""Sid":"a""#,
                r#""Sid":"a","Principal":{"AWS":[]},"Action":[]"#,
                "empty lists",
            ),
            (
                r#""Condition":{"bool":{"AWS:securetransport":false}}"#,
                r#""Condition":{"Bool":{"aws:SecureTransport":["false","false"]}}"#,
                "boolean",
            ),
            (
                r#""Condition":{"NumericLessThan":{"s3:max-keys":10}}"#,
                r#""Condition":{"numericlessthan":{"s3:Max-Keys":"10"}}"#,
                "number",
            ),
            (
                r#""Condition":{"NumericEquals":{"s3:max-keys":1.0}}"#,
                r#""Condition":{"NumericEquals":{"s3:max-keys":["1","01","1.00"]}}"#,
                "numbers are compared by value",
            ),
            (
                r#""Condition":{"BoolIfExists":{"aws:SecureTransport":"True"}}"#,
                r#""Condition":{"BoolIfExists":{"aws:SecureTransport":true}}"#,
                "Bool has no case",
            ),
            (
                r#""Condition":{"Null":{"aws:userid":"TRUE"}}"#,
                r#""Condition":{"null":{"aws:userid":"true"}}"#,
                "Null has no case",
            ),
            (r#""Sid":"""#, r#""Action":[]"#, "a name of no letters"),
            (
                r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
                r#""Principal":{"AWS":"arn:aws-cn:iam::111122223333:root"}"#,
                "an account is in one partition",
            ),
            (
                r#""NotPrincipal":"*""#,
                r#""NotPrincipal":{"AWS":"*","Service":[]}"#,
                "everyone, excepted",
            ),
        ] {
            assert_eq!(one(left), one(right), "{reason}");
        }
    }

    #[test]
    fn what_may_mean_something_else_is_not_equal() {
        for (left, right, reason) in [
            (r#""Sid":"a""#, r#""Sid":"A""#, "Sid is exact"),
            (
                r#""Action":"s3:*""#,
                r#""NotAction":"s3:*""#,
                "the opposite",
            ),
            (
                r#""Principal":"*""#,
                r#""NotPrincipal":"*""#,
                "the opposite",
            ),
            (r#""Resource":"a""#, r#""Resource":"A""#, "ARNs have case"),
            (
                r#""Principal":{"AWS":"*"}"#,
                r#""Principal":{"Service":"*"}"#,
                "another key",
            ),
            (
                r#""Principal":{"AWS":"*"}"#,
                r#""Principal":{"AWS":["*","111122223333"]}"#,
                "one more principal",
            ),
            (
                r#""Condition":{"StringEquals":{"s3:prefix":[]}}"#,
                r#""Condition":{}"#,
                "a test that nothing passes is not no test",
            ),
            (
                r#""Condition":{"StringEquals":{"s3:prefix":"A"}}"#,
                r#""Condition":{"StringEquals":{"s3:prefix":"a"}}"#,
                "values have case",
            ),
            (
                r#""Condition":{"StringEquals":{"aws:ResourceTag/A":"a"}}"#,
                r#""Condition":{"StringEquals":{"aws:ResourceTag/a":"a"}}"#,
                "keys of tags have case",
            ),
            (
                r#""Condition":{"StringEquals":{"s3:prefix":"True"}}"#,
                r#""Condition":{"StringEquals":{"s3:prefix":true}}"#,
                "texts have case",
            ),
            (
                r#""Condition":{"StringEquals":{"s3:max-keys":"1.0"}}"#,
                r#""Condition":{"StringEquals":{"s3:max-keys":"1"}}"#,
                "another text of the same number",
            ),
            (
                r#""Condition":{"ArnEquals":{"aws:SourceArn":"a"}}"#,
                r#""Condition":{"ArnLike":{"aws:SourceArn":"a"}}"#,
                "another operator, if one that behaves alike",
            ),
            (
                r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/a"}"#,
                r#""Principal":{"AWS":"arn:aws-cn:iam::111122223333:role/a"}"#,
                "another partition's role",
            ),
            (
                r#""Resource":"arn:aws:iam::111122223333:root""#,
                r#""Resource":"111122223333""#,
                "only principals may be accounts",
            ),
            (
                r#""Principal":{"Federated":"arn:aws:iam::111122223333:root"}"#,
                r#""Principal":{"Federated":"111122223333"}"#,
                "only principals of AWS may be accounts",
            ),
            (
                r#""Condition":{"Bool":{"aws:a":"1"}}"#,
                r#""Condition":{"BoolIfExists":{"aws:a":"1"}}"#,
                "true without the key",
            ),
        ] {
            assert_ne!(one(left), one(right), "{reason}");
        }
        let parsed = |text: &str| Document::parse(text).unwrap();
        let versioned = parsed(r#"{"Version":"2012-10-17","Statement":[]}"#);
        assert_ne!(
            versioned,
            parsed(r#"{"Statement":[]}"#),
            "no Version is 2008-10-17"
        );
        assert_ne!(
            versioned,
            parsed(r#"{"Version":"2008-10-17","Statement":[]}"#),
            "another language"
        );
        assert_ne!(
            parsed(r#"{"Id":"a"}"#),
            parsed(r#"{"Id":"b"}"#),
            "Id is exact"
        );
        assert_eq!(parsed(r#"{"Id":""}"#), parsed("{}"), "an empty Id is none");
    }
}
