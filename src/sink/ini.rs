//! Sections with `key = value`, as in `~/.aws/credentials` and `rclone.conf`.

use super::{Fault, fault};
use zeroize::Zeroizing;

/// `old` with `section` holding `entries`, and none of the keys in `without`. Other sections,
/// other keys, comments and order stay. Keys are the same in capitals: to readers a second one of
/// another spelling is one too many, and the file an error.
pub(super) fn edit(
    old: &str,
    section: &str,
    entries: &[(&str, &str)],
    without: &[&str],
) -> Result<Zeroizing<String>, Fault> {
    if let Some((key, _)) = entries
        .iter()
        .find(|(_, value)| value.contains(char::is_control))
    {
        return Err(fault(
            format!("the value of {key} does not fit on a line of such a file"),
            "choose format: json",
        ));
    }
    let added: usize = entries
        .iter()
        .map(|(key, value)| key.len() + value.len() + 8)
        .sum();
    let lines = old.split_inclusive('\n').count() + entries.len() + 4;
    // Room for all, so that the buffer never moves and leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(
        old.len() + added * lines + section.len() + 16,
    ));
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut written = vec![false; entries.len()];
    let (mut inside, mut seen) = (false, false);
    // Blank lines and comments at the end of a section belong to the next one.
    let mut held_back = String::new();
    for line in old.split_inclusive('\n') {
        if let Some(name) = header(line) {
            if inside {
                finish(&mut text, entries, &mut written, newline);
            }
            inside = name == section;
            seen |= inside;
        } else if inside {
            match key_of(line) {
                Some(key) if without.iter().any(|name| name.eq_ignore_ascii_case(key)) => continue,
                Some(key) => {
                    text.push_str(&held_back);
                    held_back.clear();
                    match entries
                        .iter()
                        .position(|(name, _)| name.eq_ignore_ascii_case(key))
                    {
                        Some(at) => {
                            let end = &line[line.trim_end_matches(['\r', '\n']).len()..];
                            push(&mut text, entries[at], end);
                            written[at] = true;
                        }
                        None => text.push_str(line),
                    }
                }
                None if line.starts_with(char::is_whitespace) && !line.trim().is_empty() => {
                    text.push_str(&held_back);
                    held_back.clear();
                    text.push_str(line);
                }
                None => held_back.push_str(line),
            }
            continue;
        }
        text.push_str(&held_back);
        held_back.clear();
        text.push_str(line);
    }
    if inside {
        finish(&mut text, entries, &mut written, newline);
    }
    text.push_str(&held_back);
    if !seen {
        if !text.is_empty() {
            if !text.ends_with('\n') {
                text.push_str(newline);
            }
            text.push_str(newline);
        }
        for part in ["[", section, "]", newline] {
            text.push_str(part);
        }
        finish(&mut text, entries, &mut written, newline);
    }
    Ok(text)
}

/// The value of `key`, in capitals or not, in `section`.
pub(super) fn find(text: &str, section: &str, key: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines() {
        if let Some(name) = header(line) {
            inside = name == section;
        } else if inside && key_of(line).is_some_and(|found| found.eq_ignore_ascii_case(key)) {
            found = line
                .split_once('=')
                .map(|(_, value)| value.trim().to_owned());
        }
    }
    found.filter(|value| !value.is_empty())
}

/// The entries that the section does not have yet.
fn finish(
    text: &mut Zeroizing<String>,
    entries: &[(&str, &str)],
    written: &mut [bool],
    newline: &str,
) {
    for (entry, written) in entries.iter().zip(written) {
        if !*written {
            if !text.ends_with('\n') {
                text.push_str(newline);
            }
            push(text, *entry, newline);
            *written = true;
        }
    }
}

fn push(text: &mut Zeroizing<String>, (key, value): (&str, &str), newline: &str) {
    for part in [key, " = ", value, newline] {
        text.push_str(part);
    }
}

fn header(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let rest = line.strip_prefix('[')?;
    rest.split_once(']').map(|(name, _)| name.trim())
}

/// The key of a line that is no comment and no continuation.
fn key_of(line: &str) -> Option<&str> {
    if line.starts_with(['#', ';']) || line.starts_with(char::is_whitespace) {
        return None;
    }
    line.split_once('=').map(|(key, _)| key.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENTRIES: [(&str, &str); 2] = [("id", "AKIA1"), ("key", "a/b+c=")];

    #[test]
    fn a_section_is_changed_where_it_stands() {
        let table = [
            ("", "[me]\nid = AKIA1\nkey = a/b+c=\n", "a new file"),
            (
                "# mine\n[other]\nid = x\n",
                "# mine\n[other]\nid = x\n\n[me]\nid = AKIA1\nkey = a/b+c=\n",
                "a new section",
            ),
            (
                "[me]\nkey=old\nregion = r\ntoken = t\n\n# next\n[other]\nkey = x",
                "[me]\nkey = a/b+c=\nregion = r\nid = AKIA1\n\n# next\n[other]\nkey = x",
                "a section before another",
            ),
            (
                "[me]\r\nid = x\r\n",
                "[me]\r\nid = AKIA1\r\nkey = a/b+c=\r\n",
                "lines of Windows",
            ),
            (
                "[other]\nid = x\n[me]",
                "[other]\nid = x\n[me]\nid = AKIA1\nkey = a/b+c=\n",
                "an empty section at the end",
            ),
            (
                "[me]\nID = x\nToken = t\nKEY=old\nRegion = r\n",
                "[me]\nid = AKIA1\nkey = a/b+c=\nRegion = r\n",
                "keys in capitals",
            ),
        ];
        for (old, new, reason) in table {
            assert_eq!(
                *edit(old, "me", &ENTRIES, &["token"]).unwrap(),
                new,
                "{reason}"
            );
        }
    }

    #[test]
    fn a_key_in_capitals_is_found_and_a_section_in_capitals_is_another() {
        let text = "[me]\nID = AKIA9\n[ME]\nid = AKIA8\n";
        assert_eq!(find(text, "me", "id").as_deref(), Some("AKIA9"));
        assert_eq!(find(text, "ME", "Id").as_deref(), Some("AKIA8"));
    }

    proptest! {
        #[test]
        fn other_sections_stay_byte_for_byte_and_ours_is_read_back(
            lines in proptest::collection::vec(
                prop_oneof![
                    Just("[me]".to_owned()), Just("[other]".to_owned()), Just("id = 1".to_owned()),
                    Just("ID = 2".to_owned()),
                    Just("# c".to_owned()), Just(String::new()), Just("  more".to_owned()),
                    "[a-z]{1,4} ?= ?[a-z]{0,4}",
                ],
                0..16,
            )
        ) {
            let old = lines.join("\n");
            let new = edit(&old, "me", &ENTRIES, &["token"]).unwrap();
            prop_assert_eq!(find(&new, "me", "id"), Some("AKIA1".to_owned()));
            prop_assert_eq!(find(&new, "me", "key"), Some("a/b+c=".to_owned()));
            let foreign = |text: &str| -> Vec<String> {
                let mut inside = false;
                text.lines().filter(|line| {
                    if let Some(name) = header(line) { inside = name == "me"; return !inside; }
                    let key = key_of(line).map(str::to_ascii_lowercase);
                    let ours = inside && matches!(key.as_deref(), Some("id" | "key" | "token"));
                    !ours && !line.is_empty()
                }).map(str::to_owned).collect()
            };
            prop_assert_eq!(foreign(&old), foreign(&new));
            let again = edit(&new, "me", &ENTRIES, &["token"]).unwrap();
            prop_assert_eq!(&*again, &*new);
        }
    }
}
