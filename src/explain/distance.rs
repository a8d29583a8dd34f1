//! How far a text is from a pattern, and the nearest text that the pattern matches.

/// Comparisons of letters beyond which no question is worth its time; subjects and patterns have
/// some hundred letters each.
const MOST: usize = 1 << 20;

/// The nearest text that `pattern` matches, and by how many letters it differs from `text`. Wildcards
/// count only where `wild`; elsewhere the pattern itself is the only text. None: both are too long.
///
/// Upper and lower case count as half a letter, so that what was meant comes first.
pub(super) fn nearest(pattern: &str, text: &str, wild: bool) -> Option<(usize, String)> {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let width = text.len() + 1;
    if (pattern.len() + 1).checked_mul(width)? > MOST {
        return None;
    }
    let is = |letter: char, wildcard: char| wild && letter == wildcard;
    // Cost of making the first `row` letters of the pattern from the first `column` of the text.
    let mut costs = vec![0usize; (pattern.len() + 1) * width];
    for (column, cost) in costs.iter_mut().take(width).enumerate() {
        *cost = 2 * column;
    }
    for (at, letter) in pattern.iter().copied().enumerate() {
        for column in 0..width {
            let above = costs[at * width + column];
            let best = if is(letter, '*') {
                let here = (column > 0).then(|| costs[(at + 1) * width + column - 1]);
                here.map_or(above, |here| above.min(here))
            } else {
                let mut best = above + 2;
                if column > 0 {
                    let same = match_cost(letter, text[column - 1], is(letter, '?'));
                    best = best.min(costs[at * width + column - 1] + same);
                    best = best.min(costs[(at + 1) * width + column - 1] + 2);
                }
                best
            };
            costs[(at + 1) * width + column] = best;
        }
    }
    let made = back(&pattern, &text, &costs, &is);
    Some((costs[pattern.len() * width + text.len()], made))
}

fn match_cost(letter: char, other: char, any: bool) -> usize {
    match () {
        () if any || letter == other => 0,
        () if letter.to_lowercase().eq(other.to_lowercase()) => 1,
        () => 2,
    }
}

/// The text that the cheapest way makes, from its end.
fn back(
    pattern: &[char],
    text: &[char],
    costs: &[usize],
    is: &impl Fn(char, char) -> bool,
) -> String {
    let width = text.len() + 1;
    let (mut row, mut column) = (pattern.len(), text.len());
    let mut made = Vec::new();
    while row > 0 {
        let letter = pattern[row - 1];
        let cost = costs[row * width + column];
        let above = costs[(row - 1) * width + column];
        if is(letter, '*') {
            if column > 0 && costs[row * width + column - 1] == cost {
                made.push(text[column - 1]);
                column -= 1;
            } else {
                row -= 1;
            }
            continue;
        }
        let any = is(letter, '?');
        if column > 0 {
            let same = match_cost(letter, text[column - 1], any);
            if costs[(row - 1) * width + column - 1] + same == cost {
                made.push(if any { text[column - 1] } else { letter });
                (row, column) = (row - 1, column - 1);
                continue;
            }
            if costs[row * width + column - 1] + 2 == cost && above + 2 != cost {
                column -= 1;
                continue;
            }
        }
        made.push(if any { 'x' } else { letter });
        row -= 1;
    }
    made.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::pattern;
    use proptest::prelude::*;

    #[test]
    fn the_nearest_text_keeps_what_the_wildcards_cover() {
        for (pattern, text, wild, cost, expected) in [
            ("abc", "abc", true, 0, "abc"),
            ("abc", "abd", true, 2, "abc"),
            ("abc", "ABC", true, 3, "abc"),
            ("a/b:*", "a/c:ref:main", true, 2, "a/b:ref:main"),
            ("a/b:*", "a/c:ref:main", false, 18, "a/b:*"),
            ("a*c", "abbc", true, 0, "abbc"),
            ("a?c", "ac", true, 2, "aac"),
            ("", "abc", true, 6, ""),
            ("*", "", true, 0, ""),
            ("ab", "", true, 4, "ab"),
        ] {
            let found = nearest(pattern, text, wild);
            assert_eq!(found, Some((cost, expected.to_owned())), "{pattern} {text}");
        }
        let long = "a".repeat(5_000);
        assert_eq!(nearest(&long, &long, true), None, "too long");
    }

    proptest! {
        #[test]
        fn what_is_nearest_matches_and_costs_nothing_only_where_the_text_does(
            pattern in "[abA*?]{0,8}", text in "[abA]{0,8}",
        ) {
            let (cost, made) = nearest(&pattern, &text, true).unwrap();
            prop_assert!(pattern::matches(&pattern, &made), "{}", made);
            prop_assert_eq!(cost == 0, pattern::matches(&pattern, &text));
            prop_assert_eq!(cost == 0, made == text);
        }
    }
}
