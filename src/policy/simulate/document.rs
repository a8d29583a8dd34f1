//! A policy of a request.

use crate::policy::evaluate::Caller;
use crate::policy::fault::Fault;
use crate::policy::node::Node;
use crate::policy::{Document, parse, read};

/// The policy in an object, a list of one, or a text of JSON, its statements in the order written.
///
/// A principal that is an ARN alone (`"Principal": "arn:…"`) is taken for an AWS principal, as many
/// tools write it; AWS itself would ask for `{"AWS": …}`.
///
/// # Errors
/// As [`Document::parse`].
pub(super) fn document(node: &Node) -> Result<Document, Fault> {
    let mut tree = match node {
        Node::Text(text) => parse::tree(text)?,
        other => other.clone(),
    };
    tree.refuse_duplicates("")?;
    let policy = match &mut tree {
        Node::List(items) if items.len() == 1 => items.first_mut(),
        other => Some(other),
    };
    if let Some(statements) = policy.and_then(|policy| member(policy, "Statement")) {
        match statements {
            Node::List(items) => items.iter_mut().for_each(spell_out),
            single => spell_out(single),
        }
    }
    read::as_written(&tree)
}

fn member<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut Node> {
    let Node::Object(members) = node else {
        return None;
    };
    let mut members = members.iter_mut();
    members.find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Gives principals that are an ARN alone their kind.
fn spell_out(statement: &mut Node) {
    for name in ["Principal", "NotPrincipal"] {
        let Some(principal) = member(statement, name) else {
            continue;
        };
        let Node::Text(text) = &*principal else {
            continue;
        };
        let kind = match Caller::parse(text) {
            None | Some(Caller::Anonymous) => continue,
            Some(Caller::Service(_)) => "Service",
            Some(Caller::Federated { .. }) => "Federated",
            Some(_) => "AWS",
        };
        *principal = Node::Object(vec![(kind.to_owned(), principal.clone())]);
    }
}
