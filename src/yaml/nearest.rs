//! The known name that a mistyped one was meant to be.

/// Longer words are no typing errors; this also bounds the work per word.
const LONGEST: usize = 100;

/// How many known names of a like length are compared letter by letter, the first of them: as many
/// as a file can have, times as many mistakes as it can have, is too much for a help line.
const COMPARED: usize = 500;

/// How many known names a message lists.
const LISTED: usize = 12;

/// The known name nearest to `word`: the same but for case, `-` and `_`; or a third of the letters
/// mistyped; or one begins with the other. `None` when nothing is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let plain = plain(word);
    let length = plain.chars().count();
    let mut best: Option<(usize, &'a str)> = None;
    let like = |name: &&str| name.len().abs_diff(word.len()) <= word.len().max(name.len()) / 2 + 2;
    for name in known.into_iter().filter(like).take(COMPARED) {
        let Some(distance) = distance(&plain, length, name) else {
            continue;
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// What to advise when `word` is none of `known`: the nearest name as a question, else the list.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("write one of {}", listed(known)),
    }
}

/// The names in backticks, comma by comma, the first twelve.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let head: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    let rest = names.len() - head.len();
    let more = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    format!("{}{more}", head.join(", "))
}

fn distance(plain_word: &str, length: usize, name: &str) -> Option<usize> {
    if name.len() > LONGEST {
        return None;
    }
    let name = plain(name);
    let name_length = name.chars().count();
    let limit = (length.max(name_length) / 3).max(1);
    // Counting first is cheap and spares nearly all names the square of the lengths.
    if length.abs_diff(name_length) <= limit {
        let distance = strsim::damerau_levenshtein(plain_word, &name);
        if distance <= limit && distance < length.max(name_length) {
            return Some(distance);
        }
    }
    let beginning = length.min(name_length) >= 3
        && (name.starts_with(plain_word) || plain_word.starts_with(&name));
    beginning.then_some(LONGEST)
}

fn plain(word: &str) -> String {
    let letters = word
        .chars()
        .filter(|letter| !matches!(letter, '-' | '_' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 4] = ["github_actions", "branch", "bucket", "allow"];

    #[test]
    fn a_typing_error_finds_its_field() {
        for (word, meant) in [
            ("branchs", "branch"),
            ("brnach", "branch"),
            ("githubActions", "github_actions"),
            ("GITHUB-ACTIONS", "github_actions"),
            ("github", "github_actions"),
            ("buckets", "bucket"),
        ] {
            assert_eq!(nearest(word, FIELDS), Some(meant), "{word}");
        }
    }

    #[test]
    fn a_different_word_finds_nothing() {
        for word in ["region", "x", "", "allowance_for_everybody_in_the_house"] {
            let found = nearest(word, FIELDS);
            assert!(
                found.is_none() || word.starts_with("allow"),
                "{word}: {found:?}"
            );
        }
        assert_eq!(nearest(&"a".repeat(10_000), FIELDS), None);
    }

    #[test]
    fn the_nearest_wins_over_the_first() {
        assert_eq!(nearest("bucke", ["bucks", "bucket"]), Some("bucks"));
        assert_eq!(nearest("bucket1", ["bucks", "bucket"]), Some("bucket"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..20).map(|n| format!("n{n}")).collect();
        let text = listed(names.iter().map(String::as_str));
        assert!(
            text.starts_with("`n0`, `n1`") && text.ends_with("`n11` and 8 more"),
            "{text}"
        );
    }
}
