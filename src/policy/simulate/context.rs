//! The `context` of a request: condition keys with their values.

use crate::policy::evaluate::Context;
use crate::policy::fault::{Fault, element, member, shortened};
use crate::policy::node::Node;
use std::collections::BTreeSet;

/// The context of an object; a key that is null, or a list of that, is one the request does not
/// have.
///
/// # Errors
/// It is no object, a value is a tree, or a key is there twice.
pub(super) fn context(node: &Node, path: &str) -> Result<Context, Fault> {
    let Node::Object(members) = node else {
        let message = format!("{} where an object of condition keys belongs", node.kind());
        return Err(Fault::new(path, message));
    };
    let mut seen = BTreeSet::new();
    let mut context = Context::new();
    for (key, node) in members {
        let path = member(path, key);
        if !seen.insert(key.to_ascii_lowercase()) {
            let message = format!(
                "{:?} is there twice in different case, which is the same to AWS",
                shortened(key)
            );
            return Err(Fault::new(path, message));
        }
        let values = match node {
            Node::Null => Vec::new(),
            Node::List(items) => items
                .iter()
                .enumerate()
                .filter(|(_, item)| **item != Node::Null)
                .map(|(index, item)| value(item, &element(&path, index)))
                .collect::<Result<_, _>>()?,
            single => vec![value(single, &path)?],
        };
        context = context.with_all(key, values);
    }
    Ok(context)
}

/// Numbers and booleans are their text to AWS.
fn value(node: &Node, path: &str) -> Result<String, Fault> {
    match node {
        Node::Text(text) | Node::Number(text) => Ok(text.clone()),
        Node::Bool(value) => Ok(value.to_string()),
        other => {
            let message = format!(
                "{} where a text, a number or a boolean belongs",
                other.kind()
            );
            Err(Fault::new(path, message))
        }
    }
}
