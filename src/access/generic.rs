//! The most general text that fits a pattern, or two of them: it stands for all that do, since
//! another pattern that fits it fits them as well.

use crate::policy::pattern::{is_pattern, matches};

/// Stands for what a `*` stands for: a sign that no policy has, so often that no row of `?` is as
/// long.
const ANYTHING: char = '\u{e000}';
const TIMES: usize = 16;
/// Stands for what a `?` stands for.
const ONE: char = '\u{e001}';

/// A text that fits `pattern`, and as few others as possible.
pub(super) fn generic(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len() + TIMES);
    let mut before = None;
    for letter in pattern.chars() {
        match letter {
            '*' if before == Some('*') => {}
            '*' => text.extend(std::iter::repeat_n(ANYTHING, TIMES)),
            '?' => text.push(ONE),
            other => text.push(other),
        }
        before = Some(letter);
    }
    text
}

/// Whether everything that fits `inner` fits `outer`, as far as can be told.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    if outer == inner {
        return true;
    }
    // A `*` stands for nothing, too.
    let least: String = inner.chars().filter(|letter| *letter != '*').collect();
    matches(outer, &generic(inner)) && (!is_pattern(inner) || matches(outer, &generic(&least)))
}

/// A pattern of what fits both, none if nothing does.
pub(super) fn intersection(one: &str, other: &str) -> Option<String> {
    if covers(one, other) {
        return Some(other.to_owned());
    }
    if covers(other, one) {
        return Some(one.to_owned());
    }
    let wild = |letter: char| letter == '*' || letter == '?';
    let plain = one.chars().zip(other.chars());
    let mut plain = plain.take_while(|(left, right)| !wild(*left) && !wild(*right));
    if plain.any(|(left, right)| left != right) {
        return None;
    }
    let (left, right): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    walk(&left, &right)
}

/// The two patterns read side by side: where both may go on with anything, so does what is found.
fn walk(left: &[char], right: &[char]) -> Option<String> {
    let width = right.len() + 1;
    let mut seen = vec![false; (left.len() + 1) * width];
    let mut open = vec![(0, 0, String::new())];
    while let Some((here, there, mut text)) = open.pop() {
        if std::mem::replace(&mut seen[here * width + there], true) {
            continue;
        }
        let (one, other) = (left.get(here), right.get(there));
        match (one, other) {
            (None, None) => return Some(text),
            (Some('*'), Some('*')) => {
                if !text.ends_with('*') {
                    text.push('*');
                }
                open.push((here + 1, there, text.clone()));
                open.push((here, there + 1, text));
            }
            (Some('*'), Some(letter)) => {
                open.push((here + 1, there, text.clone()));
                text.push(*letter);
                open.push((here, there + 1, text));
            }
            (Some(letter), Some('*')) => {
                open.push((here, there + 1, text.clone()));
                text.push(*letter);
                open.push((here + 1, there, text));
            }
            (Some('*'), None) => open.push((here + 1, there, text)),
            (None, Some('*')) => open.push((here, there + 1, text)),
            (Some('?'), Some(letter)) | (Some(letter), Some('?')) => {
                text.push(*letter);
                open.push((here + 1, there + 1, text));
            }
            (Some(letter), Some(same)) if letter == same => {
                text.push(*letter);
                open.push((here + 1, there + 1, text));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_general_text_fits_only_what_fits_all_of_the_pattern() {
        for (pattern, other, fits) in [
            ("b/*", "b/*", true),
            ("b/*", "b*", true),
            ("b/*", "*", true),
            ("b/*", "b/a/*", false),
            ("b/*", "b/????", false),
            ("b/?", "b/*", true),
            ("b/x", "b/?", true),
            ("b/**", "b/*", true),
        ] {
            let general = generic(pattern);
            assert_eq!(matches(other, &general), fits, "{other} for {pattern}");
        }
    }

    #[test]
    fn what_is_common_to_two_patterns_is_found() {
        for (one, other, expected) in [
            ("b/*", "b/a/*", Some("b/a/*")),
            ("b/a/*", "b/*.sql", Some("b/a/*.sql")),
            ("a*", "*b", Some("a*b")),
            ("b", "b/*", None),
            ("*", "x", Some("x")),
            ("a?c", "ab*", Some("abc")),
            ("a*b", "c*", None),
        ] {
            assert_eq!(intersection(one, other).as_deref(), expected);
            assert_eq!(intersection(other, one).as_deref(), expected);
        }
    }

    proptest! {
        #[test]
        fn what_covers_matches_all_that_is_covered(
            outer in "[ab*?]{0,5}", inner in "[ab*?]{0,5}", text in "[ab]{0,5}",
        ) {
            if covers(&outer, &inner) && matches(&inner, &text) {
                prop_assert!(matches(&outer, &text), "{outer} does not cover {inner}: {text}");
            }
        }

        #[test]
        fn what_is_common_fits_both(one in "[ab*?]{0,5}", other in "[ab*?]{0,5}") {
            if let Some(common) = intersection(&one, &other) {
                prop_assert!(matches(&one, &generic(&common)) && matches(&other, &generic(&common)));
            }
        }

        #[test]
        fn what_fits_both_is_found(
            one in "[ab*?]{0,5}", other in "[ab*?]{0,5}", text in "[ab]{0,5}",
        ) {
            if matches(&one, &text) && matches(&other, &text) {
                prop_assert!(intersection(&one, &other).is_some());
            }
        }
    }
}
