//! The comment at the top: the commands in it are those for the new file.

use super::Origin;
use super::edit::Edit;
use super::place::Settled;
use crate::yaml::{Span, visible};
use std::collections::BTreeMap;

/// The first line of a manifest for editors.
const SCHEMA: &str = "# yaml-language-server:";

/// The comment at the top of `text`, from its beginning.
pub(super) fn of(text: &str) -> &str {
    let lines = text.split_inclusive('\n');
    let length = lines.take_while(|line| line.starts_with('#')).map(str::len);
    &text[..length.sum()]
}

/// Whether the input `name` gets its value in a later step: one command of the comment has it, and
/// another has it not.
pub(super) fn later(header: &str, name: &str) -> bool {
    let set = format!("--set {name}=");
    let joined = header.replace("\\\n#", "");
    let mut commands = joined
        .lines()
        .filter(|line| line.contains("s3setup") && line.contains(" manifests/"));
    header.contains(&set) && commands.any(|line| !line.contains(&set))
}

/// The comment for the file `file`.
pub(super) fn edit(
    header: &str,
    settled: &BTreeMap<String, Settled>,
    file: &str,
    origin: Origin,
) -> Edit {
    let mut lines: Vec<String> = Vec::new();
    let mut made = false;
    for line in header.lines() {
        // The line of the schema, and the empty one behind it.
        let above = lines.is_empty() && (line.starts_with(SCHEMA) || line == "#");
        if above && !origin.schema {
            continue;
        }
        let followed = lines.iter().any(|line| line.starts_with("# Follows "));
        if line == "#" && followed && !made {
            lines.push(note(origin.name));
            made = true;
        }
        let line = &commands_for_others(line, origin.others);
        let mut new = line.replace(&format!("manifests/{}.yaml", origin.name), &in_shell(file));
        for name in settled.keys() {
            new = without_set(&new, name);
        }
        if new.trim_end() == "#" && line != "#" {
            // The line was nothing but what is given now.
            if let Some(before) = lines.last_mut() {
                let kept = before.trim_end_matches('\\').trim_end().len();
                before.truncate(kept);
            }
            continue;
        }
        lines.push(new);
    }
    if !made {
        lines.push(note(origin.name));
    }
    Edit {
        span: Span::new(0, header.len()),
        text: lines.iter().map(|line| format!("{line}\n")).collect(),
    }
}

fn note(name: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("# Written by `s3setup init {name}`, version {version}.")
}

/// The file as a shell takes it, on one line whatever its name is.
fn in_shell(file: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+=,~".contains(c);
    match file.chars().all(plain) {
        true => file.to_owned(),
        false => format!("'{}'", visible(file).replace('\'', "'\\''")),
    }
}

/// The line without `--set name=VALUE`.
fn without_set(line: &str, name: &str) -> String {
    let Some((before, behind)) = line.split_once(&format!(" --set {name}=")) else {
        return line.to_owned();
    };
    let value = behind.find(char::is_whitespace).unwrap_or(behind.len());
    format!("{}{}", before.trim_end_matches(' '), &behind[value..])
}

/// The files of other manifests are not beside the new one: the line with the commands for them.
fn commands_for_others(line: &str, others: &[&str]) -> String {
    let mut words = line.split(' ');
    let named = |word: &str| {
        let (name, end) = word.split_once(".yaml")?;
        others
            .contains(&name)
            .then(|| format!("`s3setup init {name}`{end}"))
    };
    let mut new = words.next().unwrap_or_default().to_owned();
    for word in words {
        new.push(' ');
        new.push_str(&named(word).unwrap_or_else(|| word.to_owned()));
    }
    new
}
