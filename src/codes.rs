//! The pages of `docs/errors/`, built in: what each code of an error means, and what to do.

/// What there is to say of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Such as `no-credentials`.
    pub code: &'static str,
    /// Markdown.
    pub text: &'static str,
}

impl Page {
    /// The first line, without its mark.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

/// All of them, by their code.
pub const ALL: &[Page] = include!(concat!(env!("OUT_DIR"), "/errors.rs"));

/// Those that only Google gives cause for: the tests of both doors hold the pages to the errors.
#[cfg(test)]
pub const OF_GOOGLE: [&str; 8] = [
    "api-disabled",
    "google-fails",
    "keys-forbidden",
    "no-billing",
    "not-google",
    "organisation-policy",
    "role-id-taken",
    "unknown-role",
];

/// The page of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Page> {
    ALL.iter().find(|page| page.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_says_why_and_what_to_do_under_its_code() {
        assert!(ALL.len() > 25, "{}", ALL.len());
        for page in ALL {
            for part in ["# ", &format!("`{}`", page.code), "## Why", "## What to do"] {
                assert!(page.text.contains(part), "{}: {part}", page.code);
            }
            assert!(!page.title().is_empty(), "{}", page.code);
            assert_eq!(find(page.code), Some(page));
        }
        assert_eq!(find("nonsense"), None);
    }
}
