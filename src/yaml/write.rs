//! A text back to YAML: plain where it can be, in quotes where YAML would read something else.

/// Where a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// On lines of its own kind: `key: value`, `- item`.
    Block,
    /// Between `[ ]` or `{ }`, where commas and brackets mean something.
    Flow,
}

/// Words that YAML 1.1 or 1.2 reads as something other than text.
const WORDS: [&str; 10] = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~",
];

/// `text` as one line of YAML that reads as exactly this text in every version of YAML.
///
/// With `number`, what looks like a number is left plain, for a field that wants one.
pub fn scalar(text: &str, setting: Setting, number: bool) -> String {
    let guessed = WORDS.contains(&text.to_lowercase().as_str()) || (is_number(text) && !number);
    if is_plain(text, setting) && !guessed {
        return text.to_owned();
    }
    let hidden = text.chars().any(|letter| !is_printable(letter));
    match text.contains(['"', '\\']) && !hidden {
        true => format!("'{}'", text.replace('\'', "''")),
        false => format!("\"{}\"", text.chars().map(escaped).collect::<String>()),
    }
}

/// Whether some version of YAML takes `text` for a number or a date.
pub fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-', '.']);
    let like_one = |c: char| c.is_ascii_digit() || "_:.-".contains(c);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && (digits.chars().all(like_one)
            || text.parse::<f64>().is_ok()
            || digits.starts_with("0x")
            || digits.starts_with("0o"))
        || matches!(digits.to_lowercase().as_str(), "inf" | "nan")
}

/// YAML 1.2, 7.3.3, without what is allowed and surprises.
fn is_plain(text: &str, setting: Setting) -> bool {
    let begins = |c: char| !c.is_whitespace() && !"-?:,[]{}#&*!|>'\"%@`=<.".contains(c);
    let in_flow = |c: char| ",[]{}".contains(c) && setting == Setting::Flow;
    text.starts_with(begins)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(|c: char| !is_printable(c) || in_flow(c))
}

/// Whether a character can stand for itself within a line.
fn is_printable(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

fn escaped(letter: char) -> String {
    match letter {
        '"' | '\\' => format!("\\{letter}"),
        _ if is_printable(letter) => letter.to_string(),
        _ => format!("\\U{:08X}", u32::from(letter)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Node, Source, parse};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_are_only_where_yaml_needs_them() {
        for (text, block) in [
            ("acme/backups", "acme/backups"),
            ("a, b", "a, b"),
            ("0 5 * * *", "0 5 * * *"),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/*"),
            ("neon-${account}", "neon-${account}"),
            ("${account}", "${account}"),
            ("it's", "it's"),
            ("0b5e6f8a-1c2d", "0b5e6f8a-1c2d"),
            ("012345678901", "\"012345678901\""),
            ("2026-11-22", "\"2026-11-22\""),
            ("1e3", "\"1e3\""),
            ("No", "\"No\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("*", "\"*\""),
            (" a", "\" a\""),
            ("- \"a\"", "'- \"a\"'"),
            ("- 'a' \\", "'- ''a'' \\'"),
            ("a\nb", "\"a\\U0000000Ab\""),
        ] {
            assert_eq!(scalar(text, Setting::Block, false), block);
        }
        assert_eq!(scalar("a, b", Setting::Flow, false), "\"a, b\"");
        assert_eq!(scalar("${a}", Setting::Flow, false), "\"${a}\"");
        assert_eq!(scalar("30", Setting::Block, true), "30");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_written_is_read_again(text in "[ -~]{0,12}|\\PC{0,6}|[-?:,\\[\\]{}#&*!|>'\"%@` .0-9a-z~]{0,5}") {
            let settings = [
                ("k: @\n", Setting::Block),
                ("k:\n  - @\n", Setting::Block),
                ("k: [@]\n", Setting::Flow),
                ("k: {l: @, m: n}\n", Setting::Flow),
            ];
            for (yaml, setting) in settings {
                let yaml = yaml.replace('@', &scalar(&text, setting, false));
                let node = parse(&Source::new("m", yaml.clone()));
                prop_assert!(node.is_ok(), "{yaml:?}: {node:?}");
                let node = node.unwrap();
                let value = node.get("k").unwrap();
                let item = value.items().and_then(<[Node]>::first).or(value.get("l"));
                let read = item.unwrap_or(value).text();
                prop_assert_eq!(read, Some(text.as_str()), "{}", yaml);
            }
        }
    }
}
