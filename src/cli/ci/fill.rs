//! A file of `deploy/` with values in the place of its examples.

use anyhow::{Result, bail};
use regex_lite::Regex;

/// A text whose examples are replaced. The files are good as they are, so that they can be checked as
/// they are; that each example is there exactly once or more is checked here.
pub(super) struct Fill {
    text: String,
}

impl Fill {
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }

    /// `value` in the place of each `example`.
    ///
    /// # Errors
    /// The file has no such example: a mistake of ours, which a test finds.
    pub fn put(&mut self, example: &str, value: &str) -> Result<()> {
        if !self.text.contains(example) {
            bail!("the built-in job has no {example:?}");
        }
        self.text = self.text.replace(example, value);
        Ok(())
    }

    /// The text.
    pub fn text(self) -> String {
        self.text
    }
}

/// Whether the whole of `value` is of this form, so that it can mean nothing else where it is put.
///
/// # Errors
/// It is not; says the `option` and an example.
pub(super) fn check(value: &str, form: &str, example: &str, option: &str) -> Result<()> {
    let form = Regex::new(&format!("^(?:{form})$"))?;
    // `$` would also match before a line's end.
    if !form.is_match(value) || value.contains('\n') {
        bail!("{option} {value:?}: write it as {example}");
    }
    Ok(())
}

/// A text as YAML has it in double quotes, which is JSON's form.
///
/// # Errors
/// GitHub would take a part of it for an expression.
pub(super) fn quoted(text: &str) -> Result<String> {
    if text.contains("${{") {
        bail!("{text:?}: GitHub would take ${{{{ … }}}} for an expression; leave it out");
    }
    Ok(serde_json::to_string(text)?)
}

/// A word of a command line in a unit of systemd
/// (<https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines>).
///
/// # Errors
/// It has a line break or another control character.
pub(super) fn unit(word: &str) -> Result<String> {
    if word.contains(char::is_control) {
        bail!("{word:?} cannot be written into a unit of systemd");
    }
    let escaped = word.replace('%', "%%").replace('$', "$$");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%$+".contains(c);
    if !escaped.is_empty() && escaped.chars().all(plain) {
        return Ok(escaped);
    }
    let escaped = escaped.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{escaped}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_unit_is_the_word_again() {
        let table = [
            ("manifests", "manifests"),
            ("--set=a=b", "--set=a=b"),
            ("100%", "100%%"),
            ("$HOME", "$$HOME"),
            ("", "\"\""),
            ("a b\"c\\", "\"a b\\\"c\\\\\""),
            ("x;y", "\"x;y\""),
        ];
        for (word, written) in table {
            assert_eq!(unit(word).unwrap(), written);
        }
        assert!(unit("a\nExecStart=/bin/sh").is_err());
    }

    #[test]
    fn what_would_be_an_expression_is_refused() {
        assert_eq!(quoted("a: \"b\"\n").unwrap(), "\"a: \\\"b\\\"\\n\"");
        assert!(quoted("${{ secrets.X }}").is_err());
    }

    #[test]
    fn an_example_that_is_not_there_is_told_and_a_value_is_of_its_form() {
        let mut fill = Fill::of("a b a");
        fill.put("a", "c").unwrap();
        assert!(fill.put("d", "e").is_err());
        let error = check("x\n", "[a-z]", "y", "--z").unwrap_err();
        assert_eq!(error.to_string(), "--z \"x\\n\": write it as y");
        check("x", "[a-z]", "y", "--z").unwrap();
        assert_eq!(fill.text(), "c b c");
    }
}
