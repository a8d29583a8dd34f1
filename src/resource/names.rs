//! The rules for names, paths and tags that the kinds share.

use super::Tags;
use std::fmt;

/// A rule that a value breaks, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub fix: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.message, self.fix)
    }
}

impl std::error::Error for Fault {}

pub(super) fn fault(message: impl Into<String>, fix: impl Into<String>) -> Fault {
    Fault {
        message: message.into(),
        fix: fix.into(),
    }
}

/// Names of IAM entities: `[\w+=,.@-]{1,longest}`
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub(super) fn check_iam_name(what: &str, name: &str, longest: usize) -> Result<(), Fault> {
    if let Some(odd) = name
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !"_+=,.@-".contains(*c))
    {
        return Err(fault(
            format!("{what} names consist of a-z, A-Z, 0-9 and _+=,.@- and this has {odd:?}"),
            "choose another name",
        ));
    }
    let length = name.chars().count();
    if !(1..=longest).contains(&length) {
        return Err(fault(
            format!("{what} names have 1 to {longest} characters, and this has {length}"),
            "choose a longer or shorter name",
        ));
    }
    Ok(())
}

/// Paths of IAM entities: begin and end with `/`, at most 512 printable ASCII characters.
///
/// # Errors
/// The rule that `path` breaks.
pub fn check_path(path: &str) -> Result<(), Fault> {
    if !path.starts_with('/') || !path.ends_with('/') {
        return Err(fault(
            "a path begins and ends with \"/\"",
            format!(
                "write {:?}",
                format!("/{}/", path.trim_matches('/')).replace("//", "/")
            ),
        ));
    }
    if path.contains("//") {
        return Err(fault("a path has no two slashes in a row", "take one out"));
    }
    if let Some(odd) = path.chars().find(|c| !('!'..='~').contains(c)) {
        return Err(fault(
            format!("a path has printable ASCII characters only, and this has {odd:?}"),
            "write it without",
        ));
    }
    if path.len() > 512 {
        return Err(fault(
            "a path has at most 512 characters",
            "choose a shorter one",
        ));
    }
    Ok(())
}

/// Tags that a manifest can give a resource: AWS's 50, less the two that mark it as ours.
pub const MOST_TAGS: usize = 48;

/// Tags: at most 50, keys of 1–128 and values of 0–256 characters `[\p{L}\p{Z}\p{N}_.:/=+\-@]`,
/// and none of AWS's own `aws:` prefix.
///
/// # Errors
/// Every tag that breaks a rule, with its key.
pub fn check_tags(tags: &Tags) -> Vec<(String, Fault)> {
    let mut faults = Vec::new();
    let odd = |text: &str| {
        text.chars()
            .find(|c| !c.is_alphanumeric() && *c != ' ' && !"_.:/=+-@".contains(*c))
    };
    for (key, value) in tags {
        let problem = if key.to_lowercase().starts_with("aws:") {
            Some(fault(
                "tags that begin with \"aws:\" are AWS's own",
                "choose another key",
            ))
        } else if !(1..=128).contains(&key.chars().count()) {
            Some(fault(
                "a tag's key has 1 to 128 characters",
                "choose another key",
            ))
        } else if value.chars().count() > 256 {
            Some(fault(
                "a tag's value has at most 256 characters",
                "write a shorter one",
            ))
        } else {
            odd(key).or_else(|| odd(value)).map(|odd| {
                fault(
                    format!(
                        "tags consist of letters, digits, spaces and _.:/=+-@ and this has {odd:?}"
                    ),
                    "write it without",
                )
            })
        };
        faults.extend(problem.map(|problem| (key.clone(), problem)));
    }
    if tags.len() > MOST_TAGS {
        let key = tags.keys().next_back().cloned().unwrap_or_default();
        faults.push((
            key,
            fault(
                format!(
                    "at most {MOST_TAGS} tags (50 less the two of s3setup), and there are {}",
                    tags.len()
                ),
                "leave some out",
            ),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_checked() {
        for good in ["/", "/a/", "/team/backup/"] {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        for bad in ["", "a", "/a", "a/", "//", "/a b/", "/é/"] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
        assert_eq!(check_path("team/x").unwrap_err().fix, "write \"/team/x/\"");
    }

    #[test]
    fn names_are_checked() {
        assert!(check_iam_name("role", "neon-s3_backup+=,.@", 64).is_ok());
        for bad in ["", "a b", "a/b", "ä", "a:b", &"a".repeat(65)] {
            assert!(check_iam_name("role", bad, 64).is_err(), "{bad}");
        }
    }

    #[test]
    fn tags_are_checked_one_by_one() {
        let tags = Tags::from(
            [
                ("aws:x", "1"),
                ("ok:key/1", "ö + @"),
                ("semi;colon", ""),
                ("k", "a\"b"),
            ]
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
        );
        let keys: Vec<String> = check_tags(&tags).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["aws:x", "k", "semi;colon"]);
    }
}
