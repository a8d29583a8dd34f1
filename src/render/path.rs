//! The path of a change, read back into its parts, so that it can be looked up and shown.

use super::text::clean;
use crate::diff::join;
use serde_json::Value;

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A field, a key of a map, or a statement's Sid.
    Name(String),
    /// A place in a set of objects.
    At(usize),
}

/// The parts of a path such as `trust_policy.Statement["A b"].Action`; what is no such path comes
/// back as one name, so that it is shown rather than lost.
pub(super) fn parts(path: &str) -> Vec<Part> {
    read(path).unwrap_or_else(|| vec![Part::Name(path.to_owned())])
}

fn read(path: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("[\"") {
            let (name, after) = unquoted(inner)?;
            parts.push(Part::Name(name));
            rest = after.strip_prefix(']')?;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (number, after) = inner.split_once(']')?;
            parts.push(Part::At(number.parse().ok()?));
            rest = after;
        } else {
            let name = match rest.strip_prefix('.') {
                Some(after) if !parts.is_empty() => after,
                _ => rest,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return None;
            }
            parts.push(Part::Name(name[..end].to_owned()));
            rest = &name[end..];
        }
    }
    Some(parts)
}

/// The text up to the closing quotation mark, its escapes resolved, and what follows the mark.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((name, &text[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => name.push('\n'),
                'r' => name.push('\r'),
                't' => name.push('\t'),
                '0' => name.push('\0'),
                'u' => {
                    letters.next().filter(|(_, brace)| *brace == '{')?;
                    let digits: String = letters
                        .by_ref()
                        .map(|(_, c)| c)
                        .take_while(|c| *c != '}')
                        .collect();
                    name.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                other => name.push(other),
            },
            other => name.push(other),
        }
    }
    None
}

/// The parts as a label: harmless, and read back only one way.
pub(super) fn label(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::At(at) => text.push_str(&format!("[{at}]")),
            Part::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                if name.is_empty() || name.contains(['.', '[', ' ', '"']) {
                    text.push_str(&format!("\"{}\"", clean(name).replace('"', "\\\"")));
                } else {
                    text.push_str(&clean(name));
                }
            }
        }
    }
    text
}

/// The path that was read into `parts`.
pub(super) fn written(parts: &[Part]) -> String {
    parts.iter().fold(String::new(), |path, part| match part {
        Part::At(at) => format!("{path}[{at}]"),
        Part::Name(name) => join(&path, name),
    })
}

/// The value at `parts` in `tree`. A name in a set of objects is the one with that Sid.
pub(super) fn look_up<'a>(tree: &'a Value, parts: &[Part]) -> Option<&'a Value> {
    parts
        .iter()
        .try_fold(tree, |value, part| match (value, part) {
            (Value::Object(fields), Part::Name(name)) => fields.get(name),
            (Value::Array(items), Part::At(at)) => items.get(*at),
            (Value::Array(items), Part::Name(sid)) => items
                .iter()
                .find(|item| item.get("Sid").and_then(Value::as_str) == Some(sid.as_str())),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::changes;
    use serde_json::json;

    fn name(text: &str) -> Part {
        Part::Name(text.to_owned())
    }

    #[test]
    fn every_path_of_the_diff_is_read_back() {
        let odd = "a.b\"c]\\ \u{1b}\u{202e}\nü";
        let after = json!({odd: {"x": 1}, "": {"y": 2}, "plain-key:1/2": {"z": 3}});
        let before = json!({odd: {"x": 0}, "": {"y": 0}, "plain-key:1/2": {"z": 0}});
        for change in changes(Some(&before), Some(&after)) {
            let parts = parts(&change.path);
            assert_eq!(
                look_up(&after, &parts),
                change.after.as_ref(),
                "{}",
                change.path
            );
            assert_eq!(written(&parts), change.path);
        }
    }

    #[test]
    fn statements_are_found_by_sid_and_by_place() {
        let tree = json!({"policy": {"Statement": [{"Sid": "A b"}, {"Effect": "Deny"}]}});
        let by_sid = parts("policy.Statement[\"A b\"]");
        assert_eq!(by_sid, [name("policy"), name("Statement"), name("A b")]);
        assert_eq!(look_up(&tree, &by_sid), Some(&json!({"Sid": "A b"})));
        assert_eq!(
            look_up(&tree, &parts("policy.Statement[1].Effect")),
            Some(&json!("Deny"))
        );
        assert_eq!(look_up(&tree, &parts("policy.Statement[7]")), None);
    }

    #[test]
    fn labels_are_harmless_and_broken_paths_are_shown() {
        assert_eq!(
            label(&parts("lifecycle[\"a b\"].transitions[0].days")),
            "lifecycle.\"a b\".transitions[0].days"
        );
        assert_eq!(label(&parts("tags[\"a\\u{1b}.\"]")), r#"tags."a\u{1b}.""#);
        assert_eq!(
            label(&parts("tags[\"never closed")),
            "\"tags[\\\"never closed\""
        );
    }
}
