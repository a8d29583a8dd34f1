//! Texts of a policy with their variables replaced.
//!
//! Source: "IAM policy elements: Variables and tags". A variable whose key the request does not
//! have, or has several values or an empty one of, is null: nothing is equal to it or like it.

use super::Context;
use crate::policy::pattern::{Letter, fits, matches};
use std::borrow::Cow;

/// A text after replacement: what was written has wildcards, what came in stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template<'a>(Vec<Piece<'a>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Written(&'a str),
    Value(Cow<'a, str>),
}

/// Why a text has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Null {
    /// The variable's key, if the request does not have it; it has several values or an empty one
    /// otherwise.
    pub(super) absent: Option<String>,
}

impl<'a> Template<'a> {
    /// A text in which nothing is replaced, as in policies older than `2012-10-17`.
    pub(super) fn plain(text: &'a str) -> Template<'a> {
        Template(vec![Piece::Written(text)])
    }

    /// The text with the values of its variables.
    pub(super) fn filled(text: &'a str, context: &'a Context) -> Result<Template<'a>, Null> {
        let mut pieces = Vec::new();
        let (mut rest, mut from) = (text, 0);
        while let Some(start) = rest[from..].find("${").map(|found| from + found) {
            let Some((variable, tail)) = Variable::read(&rest[start + 2..]) else {
                from = start + 2;
                continue;
            };
            pieces.push(Piece::Written(&rest[..start]));
            pieces.push(Piece::Value(variable.value(context)?));
            (rest, from) = (tail, 0);
        }
        pieces.push(Piece::Written(rest));
        Ok(Template(pieces))
    }

    /// As a text without wildcards.
    pub(super) fn text(&self) -> Cow<'a, str> {
        if let [Piece::Written(text)] = self.0.as_slice() {
            return Cow::Borrowed(text);
        }
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Written(text) => *text,
            Piece::Value(text) => text,
        });
        Cow::Owned(texts.collect())
    }

    /// Whether the text matches it as a pattern.
    pub(super) fn is_like(&self, text: &str) -> bool {
        match self.0.as_slice() {
            [Piece::Written(pattern)] => matches(pattern, text),
            _ => fits(self.fields(1).concat().into_iter(), text),
        }
    }

    /// Whether each of the texts matches what is at its place between colons; none if there are
    /// not as many. The last has the rest, and a colon of a value is no border.
    pub(super) fn is_like_each(&self, texts: &[&str]) -> Option<bool> {
        if let [Piece::Written(pattern)] = self.0.as_slice() {
            let fields: Vec<&str> = pattern.splitn(texts.len(), ':').collect();
            let mut pairs = fields.iter().zip(texts);
            return (fields.len() == texts.len())
                .then(|| pairs.all(|(pattern, text)| matches(pattern, text)));
        }
        let fields = self.fields(texts.len());
        let mut pairs = fields.iter().zip(texts);
        (fields.len() == texts.len())
            .then(|| pairs.all(|(pattern, text)| fits(pattern.iter().copied(), text)))
    }

    /// As patterns of what is between colons, at most this many; a colon of a value is no border.
    fn fields(&self, most: usize) -> Vec<Vec<Letter>> {
        let mut fields = vec![Vec::new()];
        let mut push = |letter: Letter, is_border: bool| {
            if is_border && fields.len() < most {
                fields.push(Vec::new());
            } else if let Some(field) = fields.last_mut() {
                field.push(letter);
            }
        };
        for piece in &self.0 {
            match piece {
                Piece::Written(text) => text
                    .chars()
                    .for_each(|letter| push(letter.into(), letter == ':')),
                Piece::Value(text) => text
                    .chars()
                    .for_each(|letter| push(Letter::Only(letter), false)),
            }
        }
        fields
    }
}

/// In characters; longer than any key, so that no text takes for ever.
const LONGEST_KEY: usize = 1_024;

/// `${key}` or `${key, 'default'}`.
struct Variable<'a> {
    key: &'a str,
    default: Option<&'a str>,
}

impl<'a> Variable<'a> {
    /// The variable that begins after `${`, and what follows its `}`.
    fn read(text: &'a str) -> Option<(Variable<'a>, &'a str)> {
        let mut letters = text.char_indices().take(LONGEST_KEY);
        let (end, _) = letters.find(|(_, letter)| matches!(letter, '}' | ','))?;
        let key = text[..end].trim();
        let after = &text[end + 1..];
        if text[end..].starts_with('}') {
            return Some((Variable { key, default: None }, after));
        }
        let (default, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
        let after = after.trim_start().strip_prefix('}')?;
        let default = Some(default);
        Some((Variable { key, default }, after))
    }

    fn value(&self, context: &'a Context) -> Result<Cow<'a, str>, Null> {
        // "For these special characters, use the predefined policy variables".
        if matches!(self.key, "*" | "?" | "$") {
            return Ok(Cow::Borrowed(self.key));
        }
        match (context.get(self.key), self.default) {
            // "a tag has no value": "effectively null".
            (Some([value]), _) if !value.is_empty() => Ok(Cow::Borrowed(value)),
            (_, Some(default)) => Ok(Cow::Borrowed(default)),
            (Some(_), None) => Err(Null { absent: None }),
            (None, None) => Err(Null {
                absent: Some(self.key.to_owned()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context::new()
            .with("aws:username", "a*n")
            .with("aws:PrincipalTag/Team", "x:y")
            .with("test:empty", "")
            .with_all("aws:CalledVia", ["a", "b"].map(str::to_owned))
    }

    fn filled(text: &str) -> Result<String, Null> {
        Template::filled(text, &context()).map(|template| template.text().into_owned())
    }

    #[test]
    fn variables_become_their_values() {
        for (text, expected, reason) in [
            ("home/${aws:username}/*", "home/a*n/*", "a value"),
            ("${AWS:UserName}", "a*n", "keys have no case"),
            ("${aws:PrincipalTag/team}", "x:y", "keys of tags"),
            ("${aws:x, 'dflt'}", "dflt", "a default"),
            (
                "${aws:username, 'dflt'}",
                "a*n",
                "a default that is not needed",
            ),
            ("${aws:CalledVia, 'd'}", "d", "several values are null"),
            ("${test:empty, 'd'}", "d", "an empty value is null"),
            ("${aws:x,''}", "", "an empty default"),
            ("${aws:x, 'a}b'}", "a}b", "a brace in a default"),
            ("${*}${?}${$}{a}", "*?${a}", "the characters themselves"),
            ("a${b", "a${b", "no variable without its end"),
            ("a${b, c}", "a${b, c}", "no default without quotes"),
            ("$a{b}", "$a{b}", "no variable"),
        ] {
            assert_eq!(filled(text).as_deref(), Ok(expected), "{reason}");
        }
    }

    #[test]
    fn a_variable_without_a_value_is_null() {
        let absent = Some("aws:x".to_owned());
        assert_eq!(filled("a/${aws:x}"), Err(Null { absent }));
        assert_eq!(filled("${aws:CalledVia}"), Err(Null { absent: None }));
        assert_eq!(filled("a/${test:empty}"), Err(Null { absent: None }));
    }

    #[test]
    fn a_text_of_beginnings_of_variables_does_not_take_for_ever() {
        for part in ["${", "${a,'", "${*,"] {
            let text = part.repeat(20_000);
            assert_eq!(
                filled(&format!("{text},}}")).map(|text| text.len()).ok(),
                Some(text.len() + 2)
            );
        }
    }

    #[test]
    fn only_what_is_written_is_a_wildcard_or_a_border() {
        let context = context();
        let filled = |text| Template::filled(text, &context).unwrap();
        let pattern = filled("h/${aws:username}/${?}*");
        assert!(pattern.is_like("h/a*n/?b"));
        assert!(!pattern.is_like("h/axn/?b"), "a star that came in");
        assert!(!pattern.is_like("h/a*n/xb"), "a literal ?");
        let fields = filled("a:${aws:PrincipalTag/Team}:b:c");
        assert_eq!(fields.is_like_each(&["a", "x:y", "b:c"]), Some(true));
        assert_eq!(fields.is_like_each(&["a", "x", "y:b:c"]), Some(false));
        assert_eq!(fields.is_like_each(&["a", "x:y", "b", "c", ""]), None);
        assert_eq!(filled("a:*:c").is_like_each(&["a", "b:b", "c"]), Some(true));
        assert_eq!(filled("a:*").is_like_each(&["a", "b", "c"]), None);
    }
}
