//! What AWS refuses in a document, made what it can only mean. For documents that are compared.

use super::canonical::is_account;
use super::node::Node;

/// An empty list becomes a document without anything; statements become what they can only mean.
pub(super) fn document(node: &mut Node) {
    match node {
        Node::List(items) => match items.as_mut_slice() {
            [] => *node = Node::Object(Vec::new()),
            [only] => members(only),
            _ => {}
        },
        _ => members(node),
    }
}

fn members(document: &mut Node) {
    let Node::Object(members) = document else {
        return;
    };
    for (_, value) in members.iter_mut().filter(|(key, _)| key == "Statement") {
        match value {
            Node::List(items) => items.iter_mut().for_each(statement),
            single => statement(single),
        }
    }
}

fn statement(node: &mut Node) {
    let Node::Object(members) = node else { return };
    for (key, value) in members {
        match key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => numbers(value, |_| true),
            "Principal" | "NotPrincipal" => principal(value),
            _ => {}
        }
    }
}

fn principal(node: &mut Node) {
    if let Node::List(items) = node
        && let Some(all) = united(items)
    {
        *node = Node::Object(all);
    }
    match node {
        Node::Text(text) if text != "*" => {
            let mut text = Node::Text(std::mem::take(text));
            root(&mut text);
            *node = Node::Object(vec![("AWS".to_owned(), text)]);
        }
        Node::Object(members) => {
            for (kind, value) in members {
                // A shorter number is an account without the zeros that it began with.
                numbers(value, is_account);
                match value {
                    _ if kind != "AWS" => {}
                    Node::List(items) => items.iter_mut().for_each(root),
                    single => root(single),
                }
            }
        }
        _ => {}
    }
}

/// The principals of a list as those of one object; none for a list of something else.
fn united(items: &[Node]) -> Option<Vec<(String, Node)>> {
    let mut all: Vec<(String, Vec<Node>)> = Vec::new();
    let mut add = |kind: &str, value: &Node| {
        let values = match value {
            Node::List(values) => values.clone(),
            single => vec![single.clone()],
        };
        match all.iter_mut().find(|(known, _)| known == kind) {
            Some((_, known)) => known.extend(values),
            None => all.push((kind.to_owned(), values)),
        }
    };
    for item in items {
        match item {
            Node::Text(_) => add("AWS", item),
            Node::Object(members) => members.iter().for_each(|(kind, value)| add(kind, value)),
            _ => return None,
        }
    }
    let all = all.into_iter();
    Some(
        all.map(|(kind, values)| (kind, Node::List(values)))
            .collect(),
    )
}

/// The root of an account is the account, whatever the partition: an account is in one.
fn root(node: &mut Node) {
    let Node::Text(text) = node else { return };
    let account = match text.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "iam", "", id, "root"] if is_word(partition) && is_account(id) => {
            (*id).to_owned()
        }
        _ => return,
    };
    *text = account;
}

/// Neither a wildcard nor a variable nor nothing.
fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.bytes().all(allowed)
}

/// Numbers, alone or in a list, become their text where that is `meant`.
fn numbers(node: &mut Node, meant: fn(&str) -> bool) {
    match node {
        Node::Number(number) if meant(number) => *node = Node::Text(std::mem::take(number)),
        Node::List(items) => {
            for item in items {
                if let Node::Number(number) = item
                    && meant(number)
                {
                    *item = Node::Text(std::mem::take(number));
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    fn one(members: &str) -> String {
        format!(r#"{{"Statement":[{{"Effect":"Allow",{members}}}]}}"#)
    }

    #[test]
    fn what_can_mean_only_one_thing_is_that() {
        for (loose, strict) in [
            (String::new(), "{}".to_owned()),
            (" \n".to_owned(), "{}".to_owned()),
            ("[]".to_owned(), "{}".to_owned()),
            ("[ { } ]".to_owned(), "{}".to_owned()),
            (r#"{"Statement":[]}"#.to_owned(), "{}".to_owned()),
            (
                one(r#""Principal":"111122223333""#),
                one(r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#),
            ),
            (
                one(r#""Principal":{"AWS":["arn:PARTITION:iam::111122223333:root"]}"#),
                one(r#""Principal":{"AWS":"111122223333"}"#),
            ),
            (
                one(r#""NotPrincipal":"arn:aws:iam::111122223333:role/a""#),
                one(r#""NotPrincipal":{"AWS":["arn:aws:iam::111122223333:role/a"]}"#),
            ),
            (one(r#""Principal":["*"]"#), one(r#""Principal":"*""#)),
            (
                one(r#""Principal":[{"AWS":"a","Service":"s"},{"AWS":["b"]},"c"]"#),
                one(r#""Principal":{"AWS":["a","b","c"],"Service":"s"}"#),
            ),
            (
                one(r#""Principal":{"AWS":[111122223333]}"#),
                one(r#""Principal":{"AWS":"111122223333"}"#),
            ),
            (
                one(r#""Resource":[42,"a"],"Action":7"#),
                one(r#""Resource":["a","42"],"Action":"7""#),
            ),
        ] {
            let read = Document::parse_leniently(&loose).unwrap();
            assert_eq!(read, Document::parse(&strict).unwrap(), "{loose}");
            assert!(
                Document::parse_leniently(&strict).unwrap() == read,
                "{strict}: what AWS takes is read as it always is"
            );
        }
    }

    #[test]
    fn what_can_mean_several_things_is_a_fault_and_what_differs_differs() {
        for text in [
            "42",
            "[{},{}]",
            "[[]]",
            "<html></html>",
            r#"{"Statement":42}"#,
            r#"{"Statement":"Allow"}"#,
            r#"{"Statement":[42]}"#,
            r#"{"Statement":null}"#,
            &one(r#""Resource":{}"#),
            &one(r#""Resource":[[42]]"#),
            &one(r#""Resource":true"#),
            &one(r#""Principal":{"AWS":11112222333}"#),
            &one(r#""Principal":[42]"#),
            &one(r#""Principal":[["*"]]"#),
            &one(r#""Action":"a","Action":"a""#),
            &one(r#""Action":"a","\u0041ction":"b""#),
            &one(r#""Action":"a","action":"b""#),
        ] {
            assert!(Document::parse_leniently(text).is_err(), "{text}");
        }
        let bare = |name: &str| {
            Document::parse_leniently(&one(&format!(r#""Principal":"{name}""#))).unwrap()
        };
        assert_ne!(bare("111122223333"), bare("444455556666"));
        assert_ne!(bare("111122223333"), bare("*"));
        for other in [
            "arn:*:iam::111122223333:root",
            "arn::iam::111122223333:root",
            "arn:odd:iam::111122223333:role/root",
            "arn:odd:sts::111122223333:root",
        ] {
            assert_ne!(bare("111122223333"), bare(other), "{other}");
        }
    }
}
