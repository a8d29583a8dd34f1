//! A whole policy document, and the text of it that AWS is sent.

use super::statement::{Effect, Principal, Statement};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the policy language that knows policy variables.
pub(super) const VERSION: &str = "2012-10-17";

/// A policy document. Canonical: two documents that mean the same are `==`.
///
/// `Version`, `Id` and every `Sid` are significant; the order of statements is not, but their
/// number is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    /// The version of the policy language. AWS takes an absent one for `2008-10-17`, which has no
    /// policy variables, so absent is not the same as `2012-10-17`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// A name some services keep with the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The statements, sorted; the same one twice is kept twice.
    pub statement: Vec<Statement>,
}

impl Document {
    /// A document of these statements in version `2012-10-17`, made canonical.
    #[must_use]
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Document {
        Document::assembled(Some(VERSION.to_owned()), None, statements)
    }

    /// A canonical document of these parts.
    pub(super) fn assembled(
        version: Option<String>,
        id: Option<String>,
        statements: impl IntoIterator<Item = Statement>,
    ) -> Document {
        let mut statement: Vec<_> = statements.into_iter().map(Statement::canonical).collect();
        statement.sort();
        Document {
            version,
            id: id.filter(|id| !id.is_empty()),
            statement,
        }
    }

    /// The document as AWS is sent it: compact, a set of one as plain text and everyone as `"*"`,
    /// because quotas count characters.
    #[must_use]
    pub fn to_json(&self) -> String {
        let statements: Vec<_> = self.statement.iter().map(sent).collect();
        let mut members = Vec::new();
        members.extend(
            self.version
                .as_deref()
                .map(|version| ("Version", text(version))),
        );
        members.extend(self.id.as_deref().map(|id| ("Id", text(id))));
        members.push(("Statement", format!("[{}]", statements.join(","))));
        object(members)
    }

    /// How many characters of a quota the document takes.
    ///
    /// AWS does not count white space; what is inside a text is counted here, so that the answer
    /// errs on the side of too large. S3 counts the bytes of a bucket policy: the same number for
    /// every document that is ASCII.
    #[must_use]
    pub fn size(&self) -> usize {
        self.to_json().chars().count()
    }

    /// Every value below `Principal` and `NotPrincipal`, whatever its key: ARNs, account ids,
    /// unique ids, services, `*`.
    #[must_use]
    pub fn principals(&self) -> BTreeSet<&str> {
        self.statement
            .iter()
            .flat_map(|statement| [&statement.principal, &statement.not_principal])
            .flatten()
            .flat_map(|principal| principal.0.values())
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Every pattern below `Resource` and `NotResource`.
    #[must_use]
    pub fn resources(&self) -> BTreeSet<&str> {
        self.statement
            .iter()
            .flat_map(|statement| [&statement.resource, &statement.not_resource])
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

/// One statement as it is sent, its elements in the order AWS's own examples have.
fn sent(statement: &Statement) -> String {
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let mut members = Vec::new();
    members.extend(statement.sid.as_deref().map(|sid| ("Sid", text(sid))));
    members.push(("Effect", text(effect)));
    for (name, principal) in [
        ("Principal", &statement.principal),
        ("NotPrincipal", &statement.not_principal),
    ] {
        members.extend(principal.as_ref().map(|principal| (name, who(principal))));
    }
    for (name, set) in [
        ("Action", &statement.action),
        ("NotAction", &statement.not_action),
        ("Resource", &statement.resource),
        ("NotResource", &statement.not_resource),
    ] {
        members.extend((!set.is_empty()).then(|| (name, one_or_many(set))));
    }
    if !statement.condition.is_empty() {
        let operators = statement.condition.iter();
        let conditions = object(operators.map(|(operator, keys)| (operator, sets(keys))));
        members.push(("Condition", conditions));
    }
    object(members)
}

fn who(principal: &Principal) -> String {
    if principal.is_everyone() {
        text("*")
    } else {
        sets(&principal.0)
    }
}

fn sets(map: &BTreeMap<String, BTreeSet<String>>) -> String {
    object(map.iter().map(|(key, set)| (key, one_or_many(set))))
}

fn one_or_many(set: &BTreeSet<String>) -> String {
    let texts: Vec<_> = set.iter().map(|value| text(value)).collect();
    match texts.as_slice() {
        [only] => only.clone(),
        _ => format!("[{}]", texts.join(",")),
    }
}

fn object<K: AsRef<str>>(members: impl IntoIterator<Item = (K, String)>) -> String {
    let members: Vec<_> = members
        .into_iter()
        .map(|(key, value)| format!("{}:{value}", text(key.as_ref())))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn text(value: &str) -> String {
    Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"Statement":[
        {"Sid":"b","Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:root","444455556666"]},
         "NotAction":["s3:get*","s3:put*"],"NotResource":"arn:aws:s3:::b/\"x\"",
         "Condition":{"Bool":{"aws:securetransport":false}}},
        {"Sid":"a","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::b/*"}],
        "Id":"i","Version":"2012-10-17"}"#;

    #[test]
    fn the_text_for_aws_is_compact_and_has_no_needless_lists() {
        let sent = Document::parse(TEXT).unwrap().to_json();
        assert_eq!(
            sent,
            concat!(
                r#"{"Version":"2012-10-17","Id":"i","Statement":["#,
                r#"{"Sid":"a","Effect":"Allow","Principal":"*","Action":"s3:GetObject","#,
                r#""Resource":"arn:aws:s3:::b/*"},"#,
                r#"{"Sid":"b","Effect":"Deny","NotPrincipal":{"AWS":["111122223333","444455556666"]},"#,
                r#""NotAction":["s3:Get*","s3:Put*"],"NotResource":"arn:aws:s3:::b/\"x\"","#,
                r#""Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#,
            )
        );
    }

    #[test]
    fn the_text_for_people_has_every_set_as_a_list() {
        let shown = serde_json::to_value(Document::parse(TEXT).unwrap()).unwrap();
        let expected = serde_json::json!({
            "Version": "2012-10-17",
            "Id": "i",
            "Statement": [
                {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ["*"]},
                 "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]},
                {"Sid": "b", "Effect": "Deny",
                 "NotPrincipal": {"AWS": ["111122223333", "444455556666"]},
                 "NotAction": ["s3:Get*", "s3:Put*"], "NotResource": ["arn:aws:s3:::b/\"x\""],
                 "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}},
            ],
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn principals_and_resources_are_named_wherever_they_stand() {
        let document = Document::parse(TEXT).unwrap();
        let principals: Vec<_> = document.principals().into_iter().collect();
        assert_eq!(principals, ["*", "111122223333", "444455556666"]);
        let resources: Vec<_> = document.resources().into_iter().collect();
        assert_eq!(resources, ["arn:aws:s3:::b/\"x\"", "arn:aws:s3:::b/*"]);
    }

    #[test]
    fn the_size_is_in_characters_and_without_white_space() {
        let text = r#"{"Version":"2012-10-17","Id":"ü","Statement":[]}"#;
        let spaced = text.replace(',', " ,\n\t ");
        assert_eq!(
            Document::parse(&spaced).unwrap().size(),
            text.chars().count()
        );
    }

    #[test]
    fn a_document_of_statements_is_canonical() {
        let loose = Statement {
            action: ["S3:GETOBJECT", "s3:getobject"].map(str::to_owned).into(),
            principal: Some(Principal::default()),
            ..Statement::new(Effect::Allow)
        };
        let text =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject"}}"#;
        assert_eq!(Document::new([loose]), Document::parse(text).unwrap());
    }
}
