//! Reading documents and statements: from text, and by serde, in every form AWS accepts.

use super::canonical;
use super::fault::Fault;
use super::lenient;
use super::node::Node;
use super::read;
use super::{Document, Effect, Principal, Statement};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, de::Error};

impl Document {
    /// Reads a document from JSON, plain or percent-encoded.
    ///
    /// IAM answers RFC 3986 encoded documents, S3 and KMS plain ones, and emulators of IAM either,
    /// so the text itself tells: what is JSON as it stands is not decoded.
    ///
    /// # Errors
    ///
    /// A [`Fault`] for what is no JSON, has a key twice, nests too deep, or has an element AWS does
    /// not know or a value of the wrong type. Whether AWS would take the values is not looked at:
    /// that is [`super::lint::check`].
    pub fn parse(text: &str) -> Result<Document, Fault> {
        read::document(&tree(text)?)
    }

    /// Reads a document that is only compared, and never sent: as [`Document::parse`], and also what
    /// AWS would refuse but what can mean only one thing. An empty text or list is a document
    /// without statements, a principal that is a plain text is one of `AWS`, a list of
    /// principals is all of them, an account's root is
    /// the account in partitions that are not known, too, and a number among actions, resources or
    /// accounts is its text.
    ///
    /// # Errors
    ///
    /// As [`Document::parse`] for everything else.
    pub fn parse_leniently(text: &str) -> Result<Document, Fault> {
        if bare(text).is_empty() {
            return Ok(Document::default());
        }
        let mut tree = tree(text)?;
        tree.refuse_duplicates("")?;
        lenient::document(&mut tree);
        read::document(&tree)
    }
}

/// The text without what may stand around a document.
fn bare(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// The tree of a document's text, plain or percent-encoded.
pub(super) fn tree(text: &str) -> Result<Node, Fault> {
    let text = bare(text);
    if text.is_empty() {
        return Err(Fault::new(
            "",
            "the text is empty, where a policy document belongs",
        ));
    }
    json(text).or_else(|fault| match decoded(text) {
        Some(decoded) => json(decoded.trim()),
        None => Err(fault),
    })
}

/// The text without its percent-encoding, if it has one.
fn decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (decoded != text).then(|| decoded.into_owned())
}

/// The tree of JSON.
pub(super) fn json(text: &str) -> Result<Node, Fault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Node::read(&mut reader)
        .and_then(|tree| reader.end().map(|()| tree))
        .map_err(|error| match error.is_data() {
            true => Fault::new("", error.to_string()),
            false => Fault::new("", format!("not JSON: {error}")),
        })
}

/// By [`Node`], so that every format gives the same errors and the same canonical values.
macro_rules! deserialize_by {
    ($type:ty, $how:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let node = Node::read(deserializer)?;
                $how(&node).map_err(D::Error::custom)
            }
        }
    };
}
deserialize_by!(Document, read::document);
deserialize_by!(Statement, |node: &Node| {
    node.refuse_duplicates("")?;
    read::statement(node, "").map(Statement::canonical)
});
deserialize_by!(Effect, |node: &Node| read::effect(node, ""));
deserialize_by!(Principal, |node: &Node| {
    node.refuse_duplicates("")?;
    read::principal(node, "").map(|read| canonical::principal(read).unwrap_or_default())
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_encoded_and_wrapped_texts_are_the_same_document() {
        let plain = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/100%25/*"}}"#;
        let document = Document::parse(plain).unwrap();
        assert!(
            document.resources().contains("arn:aws:s3:::a/100%25/*"),
            "not decoded"
        );
        let set = percent_encoding::NON_ALPHANUMERIC;
        let encoded = percent_encoding::utf8_percent_encode(plain, set).to_string();
        let only_quotes = plain.replace("%25", "%2525").replace('"', "%22");
        for text in [
            encoded,
            only_quotes,
            format!("[{plain}]"),
            format!("\u{feff}\n {plain} \n"),
            plain
                .replace(r#"{"Effect""#, r#"[{"Effect""#)
                .replace("}}", "}]}"),
            plain.replace("Allow", "aLLOW"),
        ] {
            assert_eq!(Document::parse(&text).as_ref(), Ok(&document), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_document_is_a_fault() {
        for (text, expected) in [
            ("", "empty"),
            ("  \n", "empty"),
            ("nonsense", "not JSON"),
            ("%7Bnonsense%7D", "not JSON"),
            ("%FF%FE", "not JSON"),
            ("{}{}", "not JSON"),
            ("[]", "a list of 0"),
            ("[{},{}]", "a list of 2"),
            ("[[{}]]", "a list where"),
            ("null", "null where"),
            (
                "12",
                "the number 12 where a policy document, which is an object, belongs",
            ),
            (r#"{"Statements":[]}"#, "write Statement"),
            (r#"{"version":"2012-10-17"}"#, "write Version"),
            (r#"{"Foo":1}"#, "it has Version, Id, Statement"),
            (r#"{"Version":20121017}"#, "quotes"),
            (r#"{"Statement":null}"#, "null where"),
            (r#"{"Statement":["x"]}"#, "a text where"),
            (r#"{"Statement":[{}]}"#, "no Effect"),
            (r#"{"Id":"a","Id":"a"}"#, "twice"),
        ] {
            let fault = Document::parse(text).unwrap_err();
            assert!(fault.to_string().contains(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn a_statement_alone_reports_by_its_own_path() {
        let text = r#"{"Effect":"Allow","Principal":{"AWS":12}}"#;
        let error = serde_json::from_str::<Statement>(text).unwrap_err();
        assert!(error.to_string().starts_with("Principal.AWS: "), "{error}");
        let twice = r#"{"Effect":"Allow","Effect":"Deny"}"#;
        assert!(serde_json::from_str::<Statement>(twice).is_err());
        assert!(serde_json::from_str::<Effect>("\"Refuse\"").is_err());
    }

    #[test]
    fn hostile_texts_are_faults_and_no_panics() {
        for text in [
            "[".repeat(1_000_000),
            "{\"Statement\":".repeat(100_000),
            "%7B%22a%22%3A".repeat(100_000),
            format!(r#"{{"Statement":{}{}}}"#, "[".repeat(100), "]".repeat(100)),
            "%".repeat(100_000),
            "1e999".to_owned(),
            "\u{0}".to_owned(),
        ] {
            let fault = Document::parse(&text).unwrap_err();
            assert!(fault.to_string().len() < 1_000, "a message stays readable");
        }
        let huge = format!(r#"{{"{}":1}}"#, "x".repeat(1_000_000));
        assert!(Document::parse(&huge).unwrap_err().to_string().len() < 1_000);
    }
}
