//! Texts of a policy with their variables replaced.
//!
//! Source: "IAM policy elements: Variables and tags". A variable whose key the request does not
//! have, or has several values of, is null: nothing is equal to it or like it.

use super::Context;
use crate::policy::pattern::Letter;

/// A text after replacement: what was written has wildcards, what came in stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Written(String),
    Value(String),
}

/// Why a text has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Null {
    /// The variable's key, if the request does not have it; it has several values otherwise.
    pub(super) absent: Option<String>,
}

impl Template {
    /// A text in which nothing is replaced, as in policies older than `2012-10-17`.
    pub(super) fn plain(text: &str) -> Template {
        Template(vec![Piece::Written(text.to_owned())])
    }

    /// The text with the values of its variables.
    pub(super) fn filled(text: &str, context: &Context) -> Result<Template, Null> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, after) = rest.split_at(start);
            let Some((variable, tail)) = Variable::read(&after[2..]) else {
                pieces.push(Piece::Written(format!("{before}${{")));
                rest = &after[2..];
                continue;
            };
            pieces.push(Piece::Written(before.to_owned()));
            pieces.push(Piece::Value(variable.value(context)?));
            rest = tail;
        }
        pieces.push(Piece::Written(rest.to_owned()));
        Ok(Template(pieces))
    }

    /// As a text without wildcards.
    pub(super) fn text(&self) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Written(text) | Piece::Value(text) => text.as_str(),
        });
        texts.collect()
    }

    /// As a pattern.
    pub(super) fn letters(&self) -> Vec<Letter> {
        self.fields(1).concat()
    }

    /// As patterns of what is between colons, at most this many; a colon of a value is no border.
    pub(super) fn fields(&self, most: usize) -> Vec<Vec<Letter>> {
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

/// `${key}` or `${key, 'default'}`.
struct Variable<'a> {
    key: &'a str,
    default: Option<&'a str>,
}

impl<'a> Variable<'a> {
    /// The variable that begins after `${`, and what follows its `}`.
    fn read(text: &'a str) -> Option<(Variable<'a>, &'a str)> {
        let end = text.find(['}', ','])?;
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

    fn value(&self, context: &Context) -> Result<String, Null> {
        // "For these special characters, use the predefined policy variables".
        if matches!(self.key, "*" | "?" | "$") {
            return Ok(self.key.to_owned());
        }
        match (context.get(self.key), self.default) {
            (Some([value]), _) => Ok(value.clone()),
            (_, Some(default)) => Ok(default.to_owned()),
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
    use crate::policy::pattern::fits;

    fn context() -> Context {
        Context::new()
            .with("aws:username", "a*n")
            .with("aws:PrincipalTag/Team", "x:y")
            .with_all("aws:CalledVia", ["a", "b"].map(str::to_owned))
    }

    fn filled(text: &str) -> Result<String, Null> {
        Template::filled(text, &context()).map(|template| template.text())
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
    }

    #[test]
    fn only_what_is_written_is_a_wildcard_or_a_border() {
        let pattern = Template::filled("h/${aws:username}/${?}*", &context()).unwrap();
        let letters = pattern.letters();
        assert!(fits(letters.iter().copied(), "h/a*n/?b"));
        assert!(
            !fits(letters.iter().copied(), "h/axn/?b"),
            "a star that came in"
        );
        assert!(!fits(letters.iter().copied(), "h/a*n/xb"), "a literal ?");
        let fields = Template::filled("a:${aws:PrincipalTag/Team}:b:c", &context()).unwrap();
        assert_eq!(fields.fields(3).len(), 3);
        assert!(fits(fields.fields(3)[1].iter().copied(), "x:y"));
        assert!(fits(fields.fields(3)[2].iter().copied(), "b:c"));
    }
}
