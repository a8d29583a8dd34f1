//! How far a text is from a pattern, and the nearest text that the pattern matches.

/// Comparisons of letters beyond which no question is worth its time; subjects and patterns have
/// some hundred letters each.
const MOST: usize = 1 << 20;

/// One place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// `*`.
    Many,
    /// `?`.
    One,
    /// This one, whatever it is.
    Only(char),
}

impl Letter {
    /// One letter that it matches.
    pub(super) fn any(self) -> char {
        match self {
            Letter::Only(letter) => letter,
            Letter::Many | Letter::One => 'x',
        }
    }

    /// The places of a text, in which wildcards are some only where `wild`.
    pub(super) fn all(text: &str, wild: bool) -> Vec<Letter> {
        let letters = text.chars().map(|letter| match letter {
            '*' if wild => Letter::Many,
            '?' if wild => Letter::One,
            other => Letter::Only(other),
        });
        letters.collect()
    }
}

/// Whether some text matches both, without regard to case; it may where both are too long.
pub(super) fn meet(one: &[Letter], other: &[Letter]) -> bool {
    let width = other.len() + 1;
    if (one.len() + 1).saturating_mul(width) > MOST {
        return true;
    }
    // Whether what is left of the one from `row` on and of the other from `column` on can meet.
    let mut can = vec![false; (one.len() + 1) * width];
    for row in (0..=one.len()).rev() {
        for column in (0..width).rev() {
            let at = row * width + column;
            let (first, second) = (one.get(row), other.get(column));
            can[at] = match (first, second) {
                (None, None) => true,
                (Some(Letter::Many), _) => can[at + width] || (second.is_some() && can[at + 1]),
                (_, Some(Letter::Many)) => can[at + 1] || (first.is_some() && can[at + width]),
                (Some(Letter::Only(letter)), Some(Letter::Only(other))) => {
                    letter.to_lowercase().eq(other.to_lowercase()) && can[at + width + 1]
                }
                (Some(_), Some(_)) => can[at + width + 1],
                _ => false,
            };
        }
    }
    can[0]
}

/// The nearest text that `pattern` matches, and by how many letters it differs from `text`. None:
/// both are too long.
///
/// Upper and lower case count as half a letter, so that what was meant comes first; as nothing where
/// there is no `case`.
pub(super) fn nearest(pattern: &[Letter], text: &str, case: bool) -> Option<(usize, String)> {
    let text: Vec<char> = text.chars().collect();
    let width = text.len() + 1;
    if (pattern.len() + 1).checked_mul(width)? > MOST {
        return None;
    }
    // Cost of making the first `row` letters of the pattern from the first `column` of the text.
    let mut costs = vec![0usize; (pattern.len() + 1) * width];
    for (column, cost) in costs.iter_mut().take(width).enumerate() {
        *cost = 2 * column;
    }
    for (at, letter) in pattern.iter().copied().enumerate() {
        for column in 0..width {
            let above = costs[at * width + column];
            let best = if letter == Letter::Many {
                let here = (column > 0).then(|| costs[(at + 1) * width + column - 1]);
                here.map_or(above, |here| above.min(here))
            } else {
                let mut best = above + 2;
                if column > 0 {
                    let same = match_cost(letter, text[column - 1], case);
                    best = best.min(costs[at * width + column - 1] + same);
                    best = best.min(costs[(at + 1) * width + column - 1] + 2);
                }
                best
            };
            costs[(at + 1) * width + column] = best;
        }
    }
    let made = back(pattern, &text, &costs, case);
    Some((costs[pattern.len() * width + text.len()], made))
}

fn match_cost(letter: Letter, other: char, case: bool) -> usize {
    let Letter::Only(letter) = letter else {
        return 0;
    };
    match () {
        () if letter == other => 0,
        () if letter.to_lowercase().eq(other.to_lowercase()) => usize::from(case),
        () => 2,
    }
}

/// The text that the cheapest way makes, from its end.
fn back(pattern: &[Letter], text: &[char], costs: &[usize], case: bool) -> String {
    let width = text.len() + 1;
    let (mut row, mut column) = (pattern.len(), text.len());
    let mut made = Vec::new();
    while row > 0 {
        let letter = pattern[row - 1];
        let cost = costs[row * width + column];
        let above = costs[(row - 1) * width + column];
        if letter == Letter::Many {
            if column > 0 && costs[row * width + column - 1] == cost {
                made.push(text[column - 1]);
                column -= 1;
            } else {
                row -= 1;
            }
            continue;
        }
        let own = match letter {
            Letter::Only(letter) => Some(letter),
            _ => None,
        };
        if column > 0 {
            let same = match_cost(letter, text[column - 1], case);
            if costs[(row - 1) * width + column - 1] + same == cost {
                made.push(own.filter(|_| same > 0).unwrap_or(text[column - 1]));
                (row, column) = (row - 1, column - 1);
                continue;
            }
            if costs[row * width + column - 1] + 2 == cost && above + 2 != cost {
                column -= 1;
                continue;
            }
        }
        made.push(letter.any());
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
            let found = nearest(&Letter::all(pattern, wild), text, true);
            assert_eq!(found, Some((cost, expected.to_owned())), "{pattern} {text}");
        }
        let long = "a".repeat(5_000);
        let pattern = Letter::all(&long, true);
        assert_eq!(nearest(&pattern, &long, true), None, "too long");
        let found = nearest(&Letter::all("AB*:x", true), "aby:z", false);
        assert_eq!(found, Some((2, "aby:x".to_owned())), "case does not count");
    }

    #[test]
    fn two_patterns_meet_where_one_text_matches_both() {
        for (one, other, expected) in [
            ("abc", "abc", true),
            ("abc", "abd", false),
            ("a*", "*c", true),
            ("a*c", "ab", false),
            ("a*", "A?", true),
            ("a?", "a", false),
            ("", "*", true),
            ("a/b:*", "a/c:*", false),
        ] {
            let (one, other) = (Letter::all(one, true), Letter::all(other, true));
            assert_eq!(meet(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(meet(&other, &one), expected, "{one:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_nearest_matches_and_costs_nothing_only_where_the_text_does(
            pattern in "[abA*?]{0,8}", text in "[abA]{0,8}",
        ) {
            let (cost, made) = nearest(&Letter::all(&pattern, true), &text, true).unwrap();
            prop_assert!(pattern::matches(&pattern, &made), "{}", made);
            prop_assert_eq!(cost == 0, pattern::matches(&pattern, &text));
            prop_assert_eq!(cost == 0, made == text);
        }
    }
}
