//! Lines `NAME=value`, as shells, Docker and libraries of many languages read them.

use super::{Fault, Field, fault};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

/// `old` with the fields: in place where their names are, at the end where they are not. Lines of
/// the name `without` go.
pub(super) fn edit(
    old: &str,
    fields: &[Field],
    without: Option<&str>,
) -> Result<Zeroizing<String>, Fault> {
    for field in fields {
        let odd = |c: char| c.is_control() || c == '\'';
        if field.value.expose_secret().contains(odd) {
            return Err(fault(
                format!(
                    "the value of {} does not fit on a line of such a file",
                    field.name
                ),
                "choose format: json",
            ));
        }
    }
    let added: usize = fields
        .iter()
        .map(|field| field.name.len() + field.value.expose_secret().len() + 16)
        .sum();
    // Room for each field in each line, so that the buffer never moves and leaves a copy behind.
    let lines = old.split_inclusive('\n').count() + fields.len() + 1;
    let mut text = Zeroizing::new(String::with_capacity(old.len() + added * lines));
    let mut written = vec![false; fields.len()];
    for line in old.split_inclusive('\n') {
        let Some((prefix, name)) = assignment(line) else {
            text.push_str(line);
            continue;
        };
        match fields.iter().position(|field| field.name == name) {
            Some(at) => {
                push(&mut text, prefix, &fields[at], ending(line));
                written[at] = true;
            }
            None if without == Some(name) => {}
            None => text.push_str(line),
        }
    }
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    for (field, written) in fields.iter().zip(written) {
        if !written {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str(newline);
            }
            push(&mut text, "", field, newline);
        }
    }
    Ok(text)
}

/// The value of `name`; of several the last, which is what readers take.
pub(super) fn find(text: &str, name: &str) -> Option<String> {
    let found = text
        .lines()
        .rev()
        .find(|line| assignment(line).is_some_and(|(_, found)| found == name))?;
    let (_, value) = found.split_once('=')?;
    let value = value.trim();
    let bare = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    Some(bare.unwrap_or(value).to_owned()).filter(|value| !value.is_empty())
}

/// What stands before the name (blanks, `export `), and the name.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (left, _) = line.split_once('=')?;
    let name = left.trim();
    let name = match name.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim(),
        _ => name,
    };
    let variable = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let prefix = &left[..left.trim_end().len() - name.len()];
    variable.then_some((prefix, name))
}

fn ending(line: &str) -> &str {
    match line {
        line if line.ends_with("\r\n") => "\r\n",
        line if line.ends_with('\n') => "\n",
        _ => "",
    }
}

fn push(text: &mut Zeroizing<String>, prefix: &str, field: &Field, newline: &str) {
    let value = field.value.expose_secret();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_./+=:@-".contains(&b);
    let quote = if value.bytes().all(plain) { "" } else { "'" };
    for part in [prefix, &field.name, "=", quote, value, quote, newline] {
        text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Field;
    use super::*;
    use proptest::prelude::*;

    fn field(name: &str, value: &str) -> Field {
        Field {
            name: name.into(),
            value: value.to_owned().into(),
        }
    }

    fn key() -> [Field; 2] {
        [field("ID", "AKIA1"), field("KEY", "a/b+c=")]
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let table = [
            ("", "ID=AKIA1\nKEY=a/b+c=\n"),
            ("A=1", "A=1\nID=AKIA1\nKEY=a/b+c=\n"),
            (
                "# ID=x\nexport KEY='old'\n\nB=2\n",
                "# ID=x\nexport KEY=a/b+c=\n\nB=2\nID=AKIA1\n",
            ),
            ("A=1\r\nID=x\r\n", "A=1\r\nID=AKIA1\r\nKEY=a/b+c=\r\n"),
            ("ID=1\nID=2\nKEY=3", "ID=AKIA1\nID=AKIA1\nKEY=a/b+c="),
            (
                "IDS=1\nexportID=2\n",
                "IDS=1\nexportID=2\nID=AKIA1\nKEY=a/b+c=\n",
            ),
        ];
        for (old, new) in table {
            assert_eq!(*edit(old, &key(), None).unwrap(), new, "{old:?}");
        }
    }

    #[test]
    fn lines_that_are_to_go_are_gone_and_no_comment_is() {
        let old = "T=1\n# T=2\nexport T='3'\nTT=4\nID=x\nT=5";
        let new = "# T=2\nTT=4\nID=AKIA1\nKEY=a/b+c=\n";
        assert_eq!(*edit(old, &key(), Some("T")).unwrap(), new);
    }

    #[test]
    fn what_needs_quotes_gets_them_and_what_does_not_fit_is_refused() {
        let text = edit("", &[field("A", "a b#$")], None).unwrap();
        assert_eq!(*text, "A='a b#$'\n");
        assert_eq!(find(&text, "A").as_deref(), Some("a b#$"));
        assert!(edit("", &[field("A", "a\nB=1")], None).is_err());
    }

    proptest! {
        #[test]
        fn other_lines_stay_byte_for_byte_and_ours_are_read_back(
            lines in proptest::collection::vec("[ A-Z#='\"a-z\\t]{0,12}(\r)?", 0..12)
        ) {
            let old = lines.join("\n");
            let new = edit(&old, &key(), None).unwrap();
            prop_assert_eq!(find(&new, "ID"), Some("AKIA1".to_owned()));
            prop_assert_eq!(find(&new, "KEY"), Some("a/b+c=".to_owned()));
            let foreign = |text: &str| -> Vec<String> {
                let other = |line: &&str| {
                    assignment(line).is_none_or(|(_, name)| name != "ID" && name != "KEY")
                };
                text.split('\n')
                    .filter(|line| !line.trim().is_empty() && other(line))
                    .map(|line| line.trim_end_matches('\r').to_owned())
                    .collect()
            };
            prop_assert_eq!(foreign(&old), foreign(&new));
            let again = edit(&new, &key(), None).unwrap();
            prop_assert_eq!(&*again, &*new);
        }
    }
}
