//! From a tree of JSON to a document: every form AWS accepts, and a fault for every other.

use super::canonical;
use super::fault::{Fault, element, member, shortened};
use super::keys;
use super::node::Node;
use super::statement::Condition;
use super::{Document, Effect, Principal, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// The elements of a document and of a statement, as AWS spells and orders them.
const OF_DOCUMENT: &[&str] = &["Version", "Id", "Statement"];
pub(super) const OF_STATEMENT: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// What most elements hold, for messages.
const TEXT: &str = "a text";

/// A document, canonical.
pub(super) fn document(node: &Node) -> Result<Document, Fault> {
    let Document {
        version,
        id,
        statement,
    } = as_written(node)?;
    Ok(Document::assembled(version, id, statement))
}

/// A document of canonical statements that are in the order written, to name one by its place.
/// Not canonical itself: it is equal to no other that has another order.
pub(super) fn as_written(node: &Node) -> Result<Document, Fault> {
    node.refuse_duplicates("")?;
    let node = match node {
        Node::List(items) => match items.as_slice() {
            [only] => only,
            _ => {
                let message = format!("a list of {} where one document belongs", items.len());
                return Err(Fault::new("", message));
            }
        },
        _ => node,
    };
    let elements = elements(node, "", "a policy document", OF_DOCUMENT)?;
    let mut statements = Vec::new();
    match elements.get("Statement") {
        None => {}
        Some(Node::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                statements.push(statement(item, &element("Statement", index))?);
            }
        }
        Some(single) => statements.push(statement(single, "Statement")?),
    }
    Ok(Document {
        version: text_of(&elements, "", "Version")?,
        id: text_of(&elements, "", "Id")?,
        statement: statements.into_iter().map(Statement::canonical).collect(),
    })
}

/// One statement as written, not yet canonical.
pub(super) fn statement(node: &Node, path: &str) -> Result<Statement, Fault> {
    let elements = elements(node, path, "a statement", OF_STATEMENT)?;
    let set = |name: &str| match elements.get(name) {
        Some(node) => texts(node, &member(path, name)),
        None => Ok(BTreeSet::new()),
    };
    let who = |name: &str| match elements.get(name) {
        Some(node) => principal(node, &member(path, name)).map(Some),
        None => Ok(None),
    };
    Ok(Statement {
        sid: text_of(&elements, path, "Sid")?,
        effect: match elements.get("Effect") {
            Some(node) => effect(node, &member(path, "Effect"))?,
            None => {
                let message = "the statement has no Effect; write Allow or Deny";
                return Err(Fault::new(path, message));
            }
        },
        principal: who("Principal")?,
        not_principal: who("NotPrincipal")?,
        action: set("Action")?,
        not_action: set("NotAction")?,
        resource: set("Resource")?,
        not_resource: set("NotResource")?,
        condition: match elements.get("Condition") {
            Some(node) => condition(node, &member(path, "Condition"))?,
            None => Condition::new(),
        },
    })
}

/// The members of an object, all of which must be known.
fn elements<'a>(
    node: &'a Node,
    path: &str,
    what: &str,
    known: &[&str],
) -> Result<BTreeMap<&'a str, &'a Node>, Fault> {
    let members = object(node, path, what)?;
    for (key, _) in members {
        if !known.contains(&key.as_str()) {
            let meant = known.iter().find(|name| alike(name, key));
            let message = match meant {
                Some(name) => format!("not an element of {what}; write {name}"),
                None => format!("not an element of {what}; it has {}", known.join(", ")),
            };
            return Err(Fault::new(member(path, key), message));
        }
    }
    Ok(members
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect())
}

/// Whether the known name was probably meant.
fn alike(known: &str, written: &str) -> bool {
    let (known, written) = (known.to_ascii_lowercase(), written.to_ascii_lowercase());
    let written = written.replace(['_', '-', ' '], "");
    known == written || (known.len() > 3 && strsim::damerau_levenshtein(&known, &written) <= 1)
}

fn object<'a>(node: &'a Node, path: &str, what: &str) -> Result<&'a [(String, Node)], Fault> {
    match node {
        Node::Object(members) => Ok(members),
        other => Err(wrong(other, path, &format!("{what}, which is an object,"))),
    }
}

/// `Allow` or `Deny`, in any case.
pub(super) fn effect(node: &Node, path: &str) -> Result<Effect, Fault> {
    let written = text(node, path)?;
    if written.eq_ignore_ascii_case("allow") {
        Ok(Effect::Allow)
    } else if written.eq_ignore_ascii_case("deny") {
        Ok(Effect::Deny)
    } else {
        let message = format!(
            "{:?} is no effect; write Allow or Deny",
            shortened(&written)
        );
        Err(Fault::new(path, message))
    }
}

/// A principal as written, not yet canonical.
pub(super) fn principal(node: &Node, path: &str) -> Result<Principal, Fault> {
    match node {
        Node::Text(everyone) if everyone == "*" => return Ok(Principal::everyone()),
        Node::Text(other) => {
            let message = format!(
                "{:?} alone is no principal; write {{\"AWS\": …}}, {{\"Service\": …}} or {{\"Federated\": …}}, \
                 or \"*\" for everyone",
                shortened(other)
            );
            return Err(Fault::new(path, message));
        }
        _ => {}
    }
    let mut read = BTreeMap::new();
    for (key, values) in object(node, path, "a principal")? {
        read.insert(key.clone(), texts(values, &member(path, key))?);
    }
    Ok(Principal(read))
}

fn condition(node: &Node, path: &str) -> Result<Condition, Fault> {
    let mut condition = Condition::new();
    for (operator, written) in object(node, path, "a condition")? {
        let below = member(path, operator);
        let mut tests = BTreeMap::new();
        for (key, values) in object(written, &below, "a condition operator")? {
            let values = scalars(values, &member(&below, key))?;
            if tests.insert(keys::canonical(key), values).is_some() {
                return Err(twice(&below, key));
            }
        }
        if condition
            .insert(canonical::operator(operator), tests)
            .is_some()
        {
            return Err(twice(path, operator));
        }
    }
    Ok(condition)
}

fn twice(path: &str, name: &str) -> Fault {
    let message = format!(
        "{:?} is written twice in different case, which is the same to AWS; merge the two",
        shortened(name)
    );
    Fault::new(path, message)
}

fn text_of(
    elements: &BTreeMap<&str, &Node>,
    path: &str,
    name: &str,
) -> Result<Option<String>, Fault> {
    let node = elements.get(name);
    node.map(|node| text(node, &member(path, name))).transpose()
}

fn text(node: &Node, path: &str) -> Result<String, Fault> {
    match node {
        Node::Text(text) => Ok(text.clone()),
        other => Err(wrong(other, path, TEXT)),
    }
}

/// One text or a list of them.
fn texts(node: &Node, path: &str) -> Result<BTreeSet<String>, Fault> {
    many(node, path, text)
}

/// One value of a condition or a list of them; numbers and booleans are their text to AWS.
fn scalars(node: &Node, path: &str) -> Result<BTreeSet<String>, Fault> {
    many(node, path, |node, path| match node {
        Node::Bool(value) => Ok(value.to_string()),
        Node::Number(value) => Ok(value.clone()),
        other => text(other, path),
    })
}

fn many(
    node: &Node,
    path: &str,
    read: impl Fn(&Node, &str) -> Result<String, Fault>,
) -> Result<BTreeSet<String>, Fault> {
    match node {
        Node::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| read(item, &element(path, index)))
            .collect(),
        single => read(single, path).map(|value| BTreeSet::from([value])),
    }
}

fn wrong(node: &Node, path: &str, expected: &str) -> Fault {
    let message = match node {
        // Quotes make a text of a number, and no object.
        Node::Number(number) if expected != TEXT => {
            format!("the number {} where {expected} belongs", shortened(number))
        }
        Node::Bool(value) if expected != TEXT => {
            format!("the boolean {value} where {expected} belongs")
        }
        // An account's id may begin with zeros, which a number loses.
        Node::Number(number) if (9..=12).contains(&number.len()) => format!(
            "the number {number} where {expected} belongs; put it in quotes, an account id with \
             the zeros it begins with"
        ),
        Node::Number(number) => format!(
            "the number {} where {expected} belongs; put it in quotes",
            shortened(number)
        ),
        Node::Bool(value) => {
            format!("the boolean {value} where {expected} belongs; put it in quotes")
        }
        other => format!("{} where {expected} belongs", other.kind()),
    };
    Fault::new(path, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fault of a document whose only statement has these members besides its effect.
    fn fault_of(members: &str) -> Fault {
        let text = format!(r#"{{"Statement":[{{"Effect":"Allow",{members}}}]}}"#);
        Document::parse(&text).unwrap_err()
    }

    #[test]
    fn a_fault_says_where() {
        for (members, path, expected) in [
            (
                r#""Principal":{"AWS":123456789012}"#,
                "Principal.AWS",
                "quotes",
            ),
            (
                r#""Principal":{"AWS":["x",12]}"#,
                "Principal.AWS[1]",
                "quotes",
            ),
            (r#""Principal":"arn:aws:iam::1:root""#, "Principal", "AWS"),
            (r#""Principal":["*"]"#, "Principal", "a list"),
            (r#""Actions":"s3:*""#, "Actions", "write Action"),
            (r#""not_action":"s3:*""#, "not_action", "write NotAction"),
            (r#""Action":{"a":"b"}"#, "Action", "an object"),
            (r#""Action":[["s3:*"]]"#, "Action[0]", "a list"),
            (r#""Resource":true"#, "Resource", "boolean"),
            (r#""Sid":7"#, "Sid", "quotes"),
            (r#""Condition":"x""#, "Condition", "an object"),
            (r#""Condition":{"Bool":"x"}"#, "Condition.Bool", "an object"),
            (
                r#""Condition":{"Bool":{"aws:a":null}}"#,
                "Condition.Bool.aws:a",
                "null",
            ),
            (
                r#""Condition":{"Bool":{"a":"1","a":"1"}}"#,
                "Condition.Bool",
                "twice",
            ),
            (
                r#""Condition":{"Bool":{"aws:A":"1","AWS:a":"1"}}"#,
                "Condition.Bool",
                "case",
            ),
            (
                r#""Condition":{"Bool":{"a":"1"},"bool":{"b":"1"}}"#,
                "Condition",
                "case",
            ),
        ] {
            let fault = fault_of(members);
            assert_eq!(fault.path, format!("Statement[0].{path}"), "{members}");
            assert!(fault.message.contains(expected), "{members}: {fault}");
        }
    }
}
