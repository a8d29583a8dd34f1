//! Unique ids of IAM in documents. AWS binds a policy to the id of the user or role that it names:
//! it shows the ARN as long as that one is there, and the id once it was deleted, also if another
//! one of the same name was made since.
//!
//! Sources: "IAM identifiers: Unique identifiers" and "AWS JSON policy elements: Principal",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::Document;
use super::statement::{Principal, Statement};
use std::collections::BTreeSet;

/// What the first four letters of a unique id stand for.
const PREFIXES: &[(&str, &str)] = &[
    ("AIDA", "user"),
    ("AROA", "role"),
    ("AGPA", "group"),
    ("AIPA", "instance profile"),
    ("ANPA", "policy"),
];

/// What has this unique id, such as `role` for `AROA…`; none if it is no unique id.
///
/// The ids of access keys (`AKIA…`, `ASIA…`) name nobody in a policy and are none.
#[must_use]
pub fn has_unique_id(value: &str) -> Option<&'static str> {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let is_id = (5..=128).contains(&value.len()) && value.bytes().all(upper);
    let mut known = PREFIXES
        .iter()
        .filter(|(prefix, _)| is_id && value.starts_with(prefix));
    known.next().map(|(_, what)| *what)
}

/// The unique id in a value of `aws:userid`: `AROA…` of `AROA…:session` or `AROA…:*`, `AIDA…` as
/// it is (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
#[must_use]
pub fn id_of_caller(value: &str) -> Option<&str> {
    let id = value.split(':').next().unwrap_or(value);
    has_unique_id(id).map(|_| id)
}

/// Whether this condition key holds who calls by unique id.
#[must_use]
pub fn is_caller(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:userid")
}

impl Document {
    /// The unique ids below `AWS` of `Principal` and `NotPrincipal`.
    #[must_use]
    pub fn ids_of_principals(&self) -> BTreeSet<&str> {
        let mut principals = self.principals();
        principals.retain(|name| has_unique_id(name).is_some());
        principals
    }

    /// The unique ids that conditions on `aws:userid` name. Writing the document again does not
    /// lead these to anybody else: they are text, and not ARNs that AWS resolves.
    #[must_use]
    pub fn ids_in_conditions(&self) -> BTreeSet<&str> {
        self.statement
            .iter()
            .flat_map(|statement| statement.condition.values().flatten())
            .filter(|(key, _)| is_caller(key))
            .flat_map(|(_, values)| values)
            .filter_map(|value| id_of_caller(value))
            .collect()
    }

    /// The same with the ARN of each unique id among its principals that `arn_of` knows.
    #[must_use]
    pub fn with_arns(&self, arn_of: impl Fn(&str) -> Option<String>) -> Document {
        let named = |principal: Option<Principal>| {
            principal.map(|mut principal| {
                if let Some(names) = principal.0.get_mut("AWS") {
                    let all = std::mem::take(names).into_iter();
                    *names = all.map(|name| arn_of(&name).unwrap_or(name)).collect();
                }
                principal
            })
        };
        self.each(|statement| Statement {
            principal: named(statement.principal),
            not_principal: named(statement.not_principal),
            ..statement
        })
    }

    /// The same, and nothing of whom it is about.
    #[must_use]
    pub fn without_principals(&self) -> Document {
        self.each(Statement::without_principals)
    }

    fn each(&self, change: impl Fn(Statement) -> Statement) -> Document {
        let statements = self.statement.iter().cloned().map(change);
        Document::assembled(self.version.clone(), self.id.clone(), statements)
    }
}

impl Statement {
    /// The same, and nothing of whom it is about.
    #[must_use]
    pub fn without_principals(self) -> Statement {
        Statement {
            principal: None,
            not_principal: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/r";

    fn naming(who: &str) -> Document {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Sid":"a","Effect":"Allow","Principal":{{"AWS":{who}}},"Action":"s3:GetObject",
                  "Resource":"arn:aws:s3:::b/*"}},
                {{"Sid":"b","Effect":"Deny","NotPrincipal":{{"AWS":{who}}},"Action":"s3:*",
                  "Resource":"*","Condition":{{"StringNotLike":{{
                    "AWS:UserId":["AROAEXAMPLEB:*","AIDAEXAMPLEC","111122223333","AROA*"],
                    "aws:PrincipalArn":"AROAEXAMPLED"}}}}}}]}}"#
        );
        Document::parse(&text).unwrap()
    }

    #[test]
    fn an_id_is_known_by_its_first_letters() {
        for (value, expected) in [
            ("AIDAEXAMPLE", Some("user")),
            ("AROAEXAMPLEEXAMPLEEX", Some("role")),
            ("AGPAEXAMPLE", Some("group")),
            ("AIPAEXAMPLE", Some("instance profile")),
            ("ANPAEXAMPLE", Some("policy")),
            ("AKIAEXAMPLE", None),
            ("ASIAEXAMPLE", None),
            ("AROA", None),
            ("AROA*", None),
            ("AROAexample", None),
            ("111122223333", None),
            (ROLE, None),
        ] {
            assert_eq!(has_unique_id(value), expected, "{value}");
        }
    }

    #[test]
    fn ids_are_found_among_principals_and_in_conditions_on_the_caller() {
        let document = naming(r#"["AROAEXAMPLEA","arn:aws:iam::111122223333:role/AROAX"]"#);
        let found: Vec<_> = document.ids_of_principals().into_iter().collect();
        assert_eq!(found, ["AROAEXAMPLEA"]);
        let found: Vec<_> = document.ids_in_conditions().into_iter().collect();
        assert_eq!(found, ["AIDAEXAMPLEC", "AROAEXAMPLEB"]);
    }

    #[test]
    fn an_id_read_as_its_arn_is_the_document_that_names_the_arn() {
        let arn_of = |id: &str| (id == "AROAEXAMPLEA").then(|| ROLE.to_owned());
        let named = naming(&format!("{ROLE:?}"));
        assert_eq!(naming(r#""AROAEXAMPLEA""#).with_arns(arn_of), named);
        let both = naming(&format!(r#"["AROAEXAMPLEA",{ROLE:?}]"#));
        assert_eq!(both.with_arns(arn_of), named, "one principal, told twice");
        let other = naming(r#""AROAEXAMPLEZ""#);
        assert_eq!(other.with_arns(arn_of), other, "nobody knows that one");
    }

    #[test]
    fn without_principals_everything_else_is_the_same() {
        let (one, two) = (naming(r#""AROAEXAMPLEA""#), naming(r#""444455556666""#));
        assert_ne!(one, two);
        assert_eq!(one.without_principals(), two.without_principals());
        assert!(one.without_principals().principals().is_empty());
        assert_eq!(one.without_principals().statement.len(), 2);
    }
}
