//! Whether an XML document is all there.

/// Whether it is XML whose root element is not closed.
pub(super) fn is_cut(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let Some(root) = root(text) else {
        // No root at all: empty, JSON, or cut before it.
        return text.trim_start().starts_with('<');
    };
    let end = text.trim_end();
    let closed = end.strip_suffix('>').is_some_and(|end| {
        let end = end.trim_end();
        end.ends_with(&format!("</{root}")) || end.ends_with('/')
    });
    !closed
}

/// The name of the first element, past declarations and comments.
pub(super) fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!") {
        rest = rest.split_once('>')?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    name.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_bytes_can_be_looked_at_and_no_beginning_of_a_document_is_whole(
            bytes: Vec<u8>, name in "[a-zA-Z]{1,8}", text in "[^<>]{0,20}", cut in 1_usize..9,
        ) {
            let _ = is_cut(&bytes);
            let whole = format!("<{name}><B1>{text}</B1></{name}>");
            proptest::prop_assert!(!is_cut(whole.as_bytes()));
            let end = whole.len() - cut.min(name.len() + 3);
            proptest::prop_assert!(is_cut(&whole.as_bytes()[..end]));
        }
    }

    #[test]
    fn only_whole_documents_pass() {
        let table = [
            ("", false, "nothing"),
            ("{\"Version\":\"2012-10-17\"}", false, "a bucket policy"),
            (
                "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><B/></A>\n",
                false,
                "a document",
            ),
            ("<A xmlns=\"x\"/>", false, "an empty root"),
            ("<A/>", false, "a shorter one"),
            (
                "<?xml version=\"1.0\"?>\n<A><B>text</B>",
                true,
                "cut after an element",
            ),
            ("<A><B>te", true, "cut in a text"),
            ("<A><B></A", true, "cut in the last tag"),
            ("<?xml vers", true, "cut before the root"),
            ("<A", true, "cut in the root"),
        ];
        for (body, cut, reason) in table {
            assert_eq!(is_cut(body.as_bytes()), cut, "{reason}");
        }
    }
}
