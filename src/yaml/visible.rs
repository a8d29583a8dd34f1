//! Text from a file made safe and short for a terminal.

/// The longest value, in characters, that a message repeats.
const LONGEST: usize = 60;

/// `text` without anything that a terminal obeys: control characters become their pictures
/// (`␛` for escape), and characters that hide or reorder text become `\u{fffd}`. Every character
/// gives exactly one, so columns stay.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

fn visible_char(character: char) -> char {
    match character {
        '\t' => '→',
        '\u{0}'..='\u{1f}' => picture(character),
        '\u{7f}' => '␡',
        // C1 controls (one of them starts an escape sequence), zero-width and direction marks,
        // line separators, variation selectors' neighbours and tags: what Unicode calls "format".
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        other => other,
    }
}

/// The picture of a C0 control character (Unicode block "Control Pictures").
fn picture(character: char) -> char {
    char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}')
}

/// `text` in backticks as messages repeat it: visible, one line, cut after 60 characters.
pub fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).map(visible_char).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Breaks `text` at spaces into lines of at most `width` characters; a longer word keeps its own
/// line. Line ends that the text has stay.
pub fn wrap(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split(' ') {
            let word_length = word.chars().count();
            if length > 0 && length + 1 + word_length > width {
                lines.push(std::mem::take(&mut line));
                length = 0;
            } else if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += word_length;
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let nasty = "a\u{1b}[31m\u{9b}2J\u{7f}\u{202e}\u{200b}\u{2066}\r\n\0\u{feff}b";
        let safe = visible(nasty);
        assert!(!safe.chars().any(char::is_control), "{safe:?}");
        assert_eq!(
            safe,
            "a␛[31m\u{fffd}2J␡\u{fffd}\u{fffd}\u{fffd}␍␊␀\u{fffd}b"
        );
        assert_eq!(safe.chars().count(), nasty.chars().count());
    }

    #[test]
    fn ordinary_text_of_any_language_is_untouched() {
        assert_eq!(visible("naïve 東京 🙂"), "naïve 東京 🙂");
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(shown(&"x".repeat(60)), format!("`{}`", "x".repeat(60)));
        assert_eq!(shown(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
    }

    #[test]
    fn wrapping_keeps_words_and_width() {
        assert_eq!(wrap("aa bb cc dd", 5), "aa bb\ncc dd");
        assert_eq!(wrap("aaaaaaaa b", 5), "aaaaaaaa\nb");
        assert_eq!(wrap("a\nb c", 5), "a\nb c");
    }
}
