//! Texts for people: what comes from outside made harmless, values and lists in words, wrapping.

use std::time::Duration;

/// `text` with everything that a terminal or a reader's eye could be deceived by made visible:
/// control characters and so ANSI escapes, line breaks, characters that turn the direction of
/// writing round, and invisible ones.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => harmless.push_str("\\n"),
            '\r' => harmless.push_str("\\r"),
            '\t' => harmless.push_str("\\t"),
            _ if deceives(letter) => harmless.extend(letter.escape_unicode()),
            _ => harmless.push(letter),
        }
    }
    harmless
}

/// `text` of several lines, perhaps coloured, with everything else made visible that a terminal would
/// obey: the last look before a screen, for what was put together elsewhere.
#[must_use]
pub fn guarded(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let colour = colour(rest);
        let (part, after) = rest.split_at(colour.max(letter.len_utf8()));
        match letter {
            '\n' => harmless.push('\n'),
            _ if colour > 0 => harmless.push_str(part),
            _ => harmless.push_str(&clean(part)),
        }
        rest = after;
    }
    harmless
}

/// The length of the sequence at the beginning of `text` that sets colours (ECMA-48, SGR).
fn colour(text: &str) -> usize {
    let Some(tail) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let numbers = tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
    match numbers.starts_with('m') {
        true => text.len() - numbers.len() + 1,
        false => 0,
    }
}

/// Control characters, Unicode's format characters (direction, joiners, tags), separators of lines,
/// selectors of variants, and letters that are drawn as nothing.
pub(super) fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A value from outside, in quotation marks where its ends could not be seen otherwise.
pub(super) fn quoted(text: &str) -> String {
    let harmless = clean(text);
    let blurred = harmless.is_empty()
        || harmless.starts_with(char::is_whitespace)
        || harmless.ends_with(char::is_whitespace)
        || [" -> ", ", ", "\""]
            .iter()
            .any(|mark| harmless.contains(mark));
    if blurred {
        format!("\"{}\"", harmless.replace('"', "\\\""))
    } else {
        harmless
    }
}

/// `1 resource`, `2 resources`.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// `a`, `a and b`, `a, b and c`, `a, b and 7 more`; at most `most` of the names are written.
pub(super) fn listed(names: &[String], most: usize) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        _ if names.len() > most => {
            format!(
                "{} and {} more",
                names[..most].join(", "),
                names.len() - most
            )
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `0.4 s`, `1 min 12 s`.
pub(super) fn seconds(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..60 => format!("{:.1} s", elapsed.as_secs_f64().min(59.9)),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

/// How many columns a text takes: one for each character.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The lines of `text`, none longer than `width`: broken at a space where there is one, else after
/// a colon or slash, else anywhere. Nothing is lost but the space at a break.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((end, after)) = rest.char_indices().nth(width) {
        let room = &rest[..end];
        // A break near the left edge would waste the line.
        let wide = |at: &usize| columns(&room[..*at]) * 3 > width;
        // A word that has room on a line of its own stays whole: an ARN is there to be copied.
        let whole = |at: &usize| {
            let word = rest[at + 1..].split(' ').next().unwrap_or_default();
            *at > 0 && columns(word) <= width
        };
        let space = room.rfind(' ').filter(|at| wide(at) || whole(at));
        let joint = || room.rfind([':', '/']).map(|at| at + 1).filter(wide);
        let at = match after {
            ' ' => end,
            _ => space.or_else(joint).unwrap_or(end),
        };
        lines.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start_matches(' ');
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// `text`, or its two ends with `...` for the middle if it is longer than `most`.
pub(super) fn middle_cut(text: &str, most: usize) -> String {
    match columns(text) {
        length if length > most => ends(text, length, most.saturating_sub(3), "..."),
        _ => text.to_owned(),
    }
}

/// `text`, or its two ends and the number of characters between them if it is longer than `most`.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match columns(text) {
        length if length > most => ends(
            text,
            length,
            most,
            &format!(" [... {} more characters ...] ", length - most),
        ),
        _ => text.to_owned(),
    }
}

fn ends(text: &str, length: usize, kept: usize, between: &str) -> String {
    let first: String = text.chars().take(kept.div_ceil(2)).collect();
    let last: String = text.chars().skip(length - kept / 2).collect();
    format!("{first}{between}{last}")
}

/// Texts joined by commas into lines of at most `width`, broken between texts where possible.
pub(super) fn flow(texts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (at, text) in texts.iter().enumerate() {
        let comma = if at + 1 < texts.len() { "," } else { "" };
        let piece = format!("{text}{comma}");
        let gap = usize::from(!line.is_empty());
        if gap == 1 && columns(&line) + gap + columns(&piece) > width {
            lines.extend(wrap(&line, width));
            line.clear();
        } else if gap == 1 {
            line.push(' ');
        }
        line.push_str(&piece);
    }
    lines.extend(wrap(&line, width));
    lines
}

/// As many of the texts as one line of `width` holds, and how many more there are.
pub(super) fn one_line(texts: &[String], width: usize) -> String {
    let all = texts.join(", ");
    if columns(&all) <= width {
        return all;
    }
    let mut line = String::new();
    for (at, text) in texts.iter().enumerate() {
        let more = texts.len() - at - 1;
        let tail = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        let comma = if at == 0 { "" } else { ", " };
        if columns(&line) + comma.len() + columns(text) + tail.len() > width {
            let left = texts.len() - at;
            return match at {
                0 => format!(
                    "{}{tail}",
                    middle_cut(text, width.saturating_sub(tail.len()))
                ),
                _ => format!("{line} and {left} more"),
            };
        }
        line.push_str(comma);
        line.push_str(text);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_made_visible() {
        let table = [
            ("plain-name_1", "plain-name_1", "an ordinary name"),
            ("für 日本", "für 日本", "other scripts are no deceit"),
            (
                "\u{1b}[31mred\u{1b}[0m",
                r"\u{1b}[31mred\u{1b}[0m",
                "ANSI colours",
            ),
            (
                "\u{9b}2J",
                r"\u{9b}2J",
                "the one-character form of an ANSI escape",
            ),
            ("a\rb\nc\td\0", r"a\rb\nc\td\u{0}", "control characters"),
            (
                "admin\u{202e}cod",
                r"admin\u{202e}cod",
                "text that runs backwards",
            ),
            ("a\u{2066}b\u{2069}", r"a\u{2066}b\u{2069}", "isolates"),
            ("a\u{200b}b\u{feff}", r"a\u{200b}b\u{feff}", "no width"),
            ("x\u{e0041}", r"x\u{e0041}", "invisible tags"),
            (
                "a\u{2028}b\u{85}c",
                r"a\u{2028}b\u{85}c",
                "other line breaks",
            ),
        ];
        for (text, expected, reason) in table {
            assert_eq!(clean(text), expected, "{reason}");
        }
    }

    #[test]
    fn values_whose_ends_are_hard_to_see_are_quoted() {
        let table = [
            ("a b", "a b"),
            ("", "\"\""),
            (" a", "\" a\""),
            ("a, b", "\"a, b\""),
            ("30 -> 60", "\"30 -> 60\""),
            ("say \"x\"", "\"say \\\"x\\\"\""),
        ];
        for (text, expected) in table {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn lines_are_broken_between_characters_and_keep_to_the_width() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("äöüßäöüß", 3), ["äöü", "ßäö", "üß"]);
        assert_eq!(
            wrap("arn:aws:iam::aws:policy/A b", 20),
            ["arn:aws:iam::aws:", "policy/A b"]
        );
        assert_eq!(middle_cut("äöüßäöüß", 5), "ä...ß");
        assert_eq!(middle_cut("short", 5), "short");
    }

    #[test]
    fn lists_say_how_many_are_left_out() {
        let names: Vec<String> = ["aa", "bb", "cc", "dd"].map(str::to_owned).into();
        assert_eq!(listed(&names, 4), "aa, bb, cc and dd");
        assert_eq!(listed(&names, 2), "aa, bb and 2 more");
        assert_eq!(one_line(&names, 20), "aa, bb, cc, dd");
        assert_eq!(one_line(&names, 13), "aa and 3 more");
        assert_eq!(flow(&names, 8), ["aa, bb,", "cc, dd"]);
    }

    #[test]
    fn time_is_in_seconds_and_minutes() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(59_990)), "59.9 s");
        assert_eq!(seconds(Duration::from_secs(72)), "1 min 12 s");
    }
}
