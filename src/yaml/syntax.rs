//! The YAML parser's errors in words that help: what the author meant, and what to write.

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::limits::MAX_DEPTH;
use super::problem::Problem;
use super::source::{Lines, Span};
use super::visible::shown;

/// The problem behind a parser's error, at its place in `text`.
pub(super) fn explain(text: &str, error: &ScanError) -> Problem {
    let offset = error
        .marker()
        .byte_offset()
        .unwrap_or_default()
        .min(text.len());
    let spot = Spot { text, offset };
    spot.problem(error.kind())
}

/// Nesting over the limit, by brackets, indentation or aliases.
pub(super) fn too_deep() -> Problem {
    Problem::new(format!(
        "the values are nested deeper than {MAX_DEPTH} levels"
    ))
    .fix("is it the right file?")
}

/// Where the parser stopped.
struct Spot<'a> {
    text: &'a str,
    offset: usize,
}

impl Spot<'_> {
    fn problem(&self, kind: &ErrorKind) -> Problem {
        use ErrorKind as E;
        match kind {
            E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabInPlainScalar
            | E::TabAtBlockScalarStart => self.tab(),
            E::MappingValueNotAllowed => self.second_colon(),
            E::UnexpectedCharacter { character } => self.character(*character),
            E::MissingAnchorOrAliasName => {
                self.quote("a text that starts with `*` or `&` must be in quotes")
            }
            E::PlainScalarStartsWithDashFlowIndicator => {
                self.quote("a text that starts with `-` and a bracket must be in quotes")
            }
            E::UnclosedQuotedScalar => {
                self.say("this quote is not closed", "close it, at the end of the value")
            }
            E::InvalidQuotedScalarIndent | E::DocumentIndicatorInQuotedScalar => self.say(
                "a quote that is opened above is not closed before this line",
                "close the quote at the end of its value",
            ),
            E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => self.say(
                "there is text behind the closing quote",
                "put the whole value in quotes; inside of '…' a quote is written twice, inside of \"…\" it is \\\"",
            ),
            E::UnclosedFlowCollection { open } => self.say(
                &format!("this `{open}` is not closed"),
                "close it behind its last value",
            ),
            E::MismatchedFlowCollectionEnd { open, close } => self.say(
                &format!("`{open}` is open, and `{close}` cannot close it"),
                "use the bracket of the same kind",
            ),
            E::MisplacedFlowCollectionEnd => {
                self.say("this bracket closes nothing", "remove it, or put the text in quotes")
            }
            E::ExpectedFlowSequenceSeparator
            | E::ExpectedFlowMappingSeparator
            | E::InvalidColonPlacement
            | E::FlowMappingValueAdjacentCollection
            | E::UnexpectedEofFlowSequence
            | E::UnexpectedEofFlowMapping
            | E::UnexpectedEofImplicitFlowMapping => self.separator(),
            E::ExpectedBlockMappingKey
            | E::ExpectedBlockSequenceEntry
            | E::ExpectedDocumentStart
            | E::InvalidIndentation
            | E::InvalidFlowScalarIndent => self.indentation(),
            E::BlockSequenceEntryNotAllowed => self.say(
                "a list cannot start on the line of its key",
                "put `- ` on a line of its own below, indented; or write `[a, b]`",
            ),
            E::SimpleKeyExpected | E::InvalidSimpleKey => self.no_colon(),
            E::UnknownQuotedScalarEscape
            | E::InvalidQuotedScalarHexEscape
            | E::InvalidUnicodeEscape => self.say(
                "there is a backslash in these quotes that starts no known escape",
                "use single quotes, '…', or write the backslash twice",
            ),
            E::InvalidBlockScalarHeader => self.quote("a text that starts with `|` or `>` must be in quotes"),
            E::RecursionLimitExceeded => too_deep().at(self.here()),
            E::UnexpectedEofBlockMapping if self.rest().starts_with(',') => {
                self.quote("a text that starts with `,` must be in quotes")
            }
            E::MappingKeyNotAllowed => self.quote("a text that starts with `?` must be in quotes"),
            other => Problem::new(format!("this is not YAML: {other}")).at(self.here()),
        }
    }

    fn say(&self, message: &str, fix: &str) -> Problem {
        Problem::new(message).at(self.here()).fix(fix)
    }

    /// A problem that quotes repair, with the repaired text.
    fn quote(&self, message: &str) -> Problem {
        let value = self
            .rest()
            .split(" #")
            .next()
            .unwrap_or_default()
            .trim_end();
        // In a list in brackets the value ends earlier.
        let value = if self.in_brackets() {
            value.split([',', ']', '}']).next().unwrap_or_default()
        } else {
            value
        };
        let at = Span::new(self.offset, self.offset + value.len());
        let short = value.chars().count() <= 50 && !value.contains(['\'', '"', '\\']);
        let fix = if short {
            format!("write \"{value}\"")
        } else {
            "write it in quotes".to_owned()
        };
        Problem::new(message).at(at).fix(fix)
    }

    fn tab(&self) -> Problem {
        let line = self.offset - self.before().len();
        let tab = match self.before().find('\t') {
            Some(inside) => line + inside,
            // The parser stops where the value starts that the tab then cuts off.
            None => self.offset + self.ahead().find('\t').unwrap_or_default(),
        };
        Problem::new("a tab is used to indent, and YAML knows spaces only")
            .at(Span::new(tab, tab + 1))
            .fix("replace the tab by spaces")
    }

    fn second_colon(&self) -> Problem {
        let before = self.before();
        if let Some((key, value)) = before.split_once(": ") {
            let (key, value) = (shown(key.trim()), value.trim());
            let message = format!("there is a second `: ` in the value of {key}");
            let rest = self.rest().trim_end();
            let whole = format!("{value}{rest}");
            let short = whole.chars().count() <= 50 && !whole.contains(['\'', '"', '\\', '#']);
            let fix = if short {
                format!("put the value in quotes: \"{whole}\"")
            } else {
                "put the value in quotes".to_owned()
            };
            return self.say(&message, &fix);
        }
        let above = self.above().trim();
        let at = self.trimmed(before);
        if above.contains(": ") || above.starts_with("- ") {
            return Problem::new(
                "this line is indented deeper than the line above, which has a value already",
            )
            .at(at)
            .fix("indent both lines alike, or remove the value above");
        }
        Problem::new("the line above has no `:`, so it runs on into this one")
            .at(at)
            .fix("write `key:` above")
    }

    fn character(&self, character: char) -> Problem {
        if character.is_control() {
            let message = format!(
                "the control character U+{:04X} is not allowed in YAML",
                u32::from(character)
            );
            return self.say(
                &message,
                "remove it, or write it as an escape in double quotes",
            );
        }
        let name = match character {
            '`' => "a backtick".to_owned(),
            other => format!("`{other}`"),
        };
        self.quote(&format!("a text that starts with {name} must be in quotes"))
    }

    fn separator(&self) -> Problem {
        if self.rest().starts_with('{') && self.before().ends_with('$') {
            let start = self.offset - 1;
            let name = self.rest().find('}').map_or("", |end| &self.rest()[..=end]);
            let at = Span::new(start, self.offset + name.len().max(1));
            return Problem::new("inside of [ ] and { } an input must be in quotes")
                .at(at)
                .fix(format!(
                    "write \"${}\"",
                    if name.is_empty() { "{name}" } else { name }
                ));
        }
        self.say(
            "a `,` or the closing bracket is missing before this",
            "close the bracket, or separate the values with `,`",
        )
    }

    fn indentation(&self) -> Problem {
        let rest = self.rest().trim_end();
        let at = Span::new(self.offset, self.offset + rest.len());
        Problem::new("the indentation of this line fits none of the lines above")
            .at(at)
            .fix("indent it exactly as the other entries of its list or map")
    }

    fn no_colon(&self) -> Problem {
        let line = self.rest().trim_end();
        let at = Span::new(self.offset, self.offset + line.len());
        let problem = Problem::new("this line is no `key: value`").at(at);
        match line.split_once(':') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() && !key.contains(' ') => {
                problem.fix("write a space behind the `:`")
            }
            _ => problem.fix(
                "write a `:` behind the key, or indent the line if it belongs to the value above",
            ),
        }
    }

    fn here(&self) -> Span {
        let next = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.offset, self.offset + next)
    }

    fn ahead(&self) -> &str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// The line from the spot on.
    fn rest(&self) -> &str {
        self.ahead().split(['\n', '\r']).next().unwrap_or_default()
    }

    /// The line up to the spot.
    fn before(&self) -> &str {
        let before = self.text.get(..self.offset).unwrap_or_default();
        before.rsplit(['\n', '\r']).next().unwrap_or_default()
    }

    /// The last line above that holds something.
    fn above(&self) -> &str {
        let line = Lines::new(self.text).line(self.offset);
        let above = self.text.get(..line.start).unwrap_or_default();
        above
            .rsplit(['\n', '\r'])
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default()
    }

    fn in_brackets(&self) -> bool {
        let before = self.before();
        let count = |bracket: char| before.matches(bracket).count();
        count('[') > count(']') || count('{') > count('}')
    }

    /// `before`, a part of this line up to the spot, without its indentation.
    fn trimmed(&self, before: &str) -> Span {
        Span::new(self.offset - before.trim_start().len(), self.offset)
    }
}
