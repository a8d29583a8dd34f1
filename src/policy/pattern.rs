//! Patterns with `*` and `?`: whether one matches a text, and whether two could match the same one.

/// Whether `text` matches `pattern`, in which `*` stands for any characters, none included, and
/// `?` for exactly one. Case counts. There is no escape: policies have none but policy variables.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let (fixed, rest) = split_fixed(pattern);
    text.strip_prefix(fixed)
        .is_some_and(|text| fits_rest(rest, text, |letter| letter))
}

/// The same without regard to the case of ASCII letters.
pub(super) fn matches_in_any_case(pattern: &str, text: &str) -> bool {
    let (fixed, rest) = split_fixed(pattern);
    let (Some(start), Some(text)) = (text.get(..fixed.len()), text.get(fixed.len()..)) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    start.eq_ignore_ascii_case(fixed)
        && fits_rest(rest, &text, |letter| letter.to_ascii_lowercase())
}

/// What is before the first wildcard, which decides most patterns, and the rest.
fn split_fixed(pattern: &str) -> (&str, &str) {
    pattern.split_at(pattern.find(['*', '?']).unwrap_or(pattern.len()))
}

fn fits_rest(rest: &str, text: &str, fold: impl Fn(char) -> char + Clone) -> bool {
    match rest {
        "" => text.is_empty(),
        "*" => true,
        _ => fits(rest.chars().map(fold).map(Letter::from), text),
    }
}

/// One place of a pattern whose wildcards are told from the characters themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// `*`: any characters, none included.
    Many,
    /// `?`: exactly one, whichever.
    One,
    /// This one.
    Only(char),
}

impl From<char> for Letter {
    fn from(letter: char) -> Letter {
        match letter {
            '*' => Letter::Many,
            '?' => Letter::One,
            other => Letter::Only(other),
        }
    }
}

/// Whether `text` matches the pattern of these letters.
pub(super) fn fits(mut pattern: impl Iterator<Item = Letter> + Clone, text: &str) -> bool {
    let mut text = text.chars();
    // Where to go on, one character later in the text, when what follows the last `*` does not fit.
    let mut retry = None;
    loop {
        let here = text.clone().next();
        match pattern.clone().next() {
            Some(Letter::Many) => {
                pattern.next();
                retry = Some((pattern.clone(), text.clone()));
            }
            Some(asked)
                if here.is_some_and(|letter| {
                    asked == Letter::One || asked == Letter::Only(letter)
                }) =>
            {
                pattern.next();
                text.next();
            }
            None if here.is_none() => return true,
            _ => {
                let Some((after_star, later)) = &mut retry else {
                    return false;
                };
                if later.next().is_none() {
                    return false;
                }
                pattern = after_star.clone();
                text = later.clone();
            }
        }
    }
}

/// Whether `text` has a wildcard.
#[must_use]
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The characters one place of a pattern can stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Only(char),
    Any,
    NoneOf(&'static str),
}

impl Class {
    fn meets(self, other: Class) -> bool {
        match (self, other) {
            (Class::Only(one), Class::Only(two)) => one == two,
            (Class::Only(one), Class::NoneOf(not)) | (Class::NoneOf(not), Class::Only(one)) => {
                !not.contains(one)
            }
            _ => true,
        }
    }
}

/// One place of a pattern: one character of the class, or any number of them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    class: Class,
    many: bool,
}

/// A pattern taken apart, for [`Shape::overlaps`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape(Vec<Place>);

impl Shape {
    /// The pattern of a policy's `Resource`: wildcards, and policy variables, whose value is not
    /// known here and may be anything. `${*}`, `${?}` and `${$}` are those characters themselves
    /// ("IAM policy elements: Variables and tags").
    pub(super) fn of_pattern(text: &str) -> Shape {
        Shape(split(text, |name| match name {
            "*" | "?" | "$" => name
                .chars()
                .map(|letter| one(Class::Only(letter)))
                .collect(),
            _ => vec![many(Class::Any)],
        }))
    }

    /// The format of a resource type's ARNs in AWS's Service Authorization Reference, in which
    /// `${Name}` stands for a part of that name. Classes are as wide as AWS is not known to refuse.
    pub(super) fn of_format(text: &str) -> Shape {
        Shape(split(text, |name| match name {
            // A multi-Region access point has no Region, in the format of a single-Region one.
            "Region" => vec![many(Class::NoneOf(":"))],
            "Partition" | "Account" => at_least_one(Class::NoneOf(":")),
            "BucketName" | "AccessPointName" | "AccessPointAlias" => {
                at_least_one(Class::NoneOf(":/"))
            }
            // A word before `/`, by which IAM names a whole kind of resource.
            "Kind" => vec![many(Class::NoneOf(":/"))],
            _ => at_least_one(Class::Any),
        }))
    }

    /// Whether some text matches both.
    pub(super) fn overlaps(&self, other: &Shape) -> bool {
        let (ours, theirs) = (&self.0, &other.0);
        let width = theirs.len() + 1;
        let mut seen = vec![false; (ours.len() + 1) * width];
        let mut open = vec![(0, 0)];
        while let Some((left, right)) = open.pop() {
            if std::mem::replace(&mut seen[left * width + right], true) {
                continue;
            }
            let (here, there) = (ours.get(left), theirs.get(right));
            if here.is_none() && there.is_none() {
                return true;
            }
            if here.is_some_and(|place| place.many) {
                open.push((left + 1, right));
            }
            if there.is_some_and(|place| place.many) {
                open.push((left, right + 1));
            }
            if let (Some(here), Some(there)) = (here, there)
                && here.class.meets(there.class)
            {
                open.push((
                    left + usize::from(!here.many),
                    right + usize::from(!there.many),
                ));
            }
        }
        false
    }
}

fn one(class: Class) -> Place {
    Place { class, many: false }
}

fn many(class: Class) -> Place {
    Place { class, many: true }
}

fn at_least_one(class: Class) -> Vec<Place> {
    vec![one(class), many(class)]
}

/// Takes a text apart: wildcards, `${…}` by `variable`, everything else as it is.
fn split(text: &str, variable: impl Fn(&str) -> Vec<Place>) -> Vec<Place> {
    let mut places = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((name, after)) = rest
            .strip_prefix("${")
            .and_then(|tail| tail.split_once('}'))
        {
            places.extend(variable(name));
            rest = after;
            continue;
        }
        places.push(match letter {
            '*' => many(Class::Any),
            '?' => one(Class::Any),
            _ => one(Class::Only(letter)),
        });
        rest = &rest[letter.len_utf8()..];
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_match_as_policies_have_them() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*b*b*", "abcb", true),
            ("*ab", "aab", true),
            ("A", "a", false),
            ("a**", "a", true),
            ("ü?", "üé", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let pattern = "*a".repeat(200);
        assert!(!matches(&pattern, &("a".repeat(20_000) + "b")));
    }

    #[test]
    fn a_pattern_overlaps_a_format_when_one_arn_fits_both() {
        let object = Shape::of_format("arn:${Partition}:s3:::${BucketName}/${ObjectName}");
        for (pattern, expected) in [
            ("arn:aws:s3:::b/*", true),
            ("arn:aws:s3:::b*", true),
            ("arn:aws:s3:::b", false),
            ("arn:aws:s3:::b/", false),
            ("arn:aws:s3:::${aws:username}", true),
            ("arn:aws:s3:::b${*}", false),
            ("arn:aws:s3:::b/${*}", true),
            ("arn:aws:s3:::b${unclosed", false),
            ("arn:*", true),
            ("arn:aws:s3:::?/?", true),
        ] {
            assert_eq!(
                Shape::of_pattern(pattern).overlaps(&object),
                expected,
                "{pattern}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_pattern_overlaps_exactly_the_plain_texts_it_matches(
            pattern in "[ab*?]{0,6}", text in "[ab]{0,6}",
        ) {
            let overlap = Shape::of_pattern(&pattern).overlaps(&Shape::of_pattern(&text));
            prop_assert_eq!(overlap, matches(&pattern, &text));
        }

        #[test]
        fn overlapping_is_symmetric_and_reflexive(one in "[ab*?]{0,6}", two in "[ab*?]{0,6}") {
            let (one, two) = (Shape::of_pattern(&one), Shape::of_pattern(&two));
            prop_assert!(one.overlaps(&one));
            prop_assert_eq!(one.overlaps(&two), two.overlaps(&one));
        }
    }
}
