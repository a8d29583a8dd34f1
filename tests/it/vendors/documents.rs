//! Whether `docs/vendors.md` and `README.md` name every manifest, and say of it what is true.

use std::collections::{BTreeMap, BTreeSet};

use super::{expected::Expected, for_each, read, root};

/// The rows of a table about manifests, by name: the cells after the first, which is a link to it.
struct Rows(BTreeMap<String, Vec<String>>);

impl Rows {
    /// Those of a document whose links to `manifests/` begin with `folder`.
    fn of(text: &str, folder: &str) -> Self {
        let row = |line: &str| {
            let (name, rest) = line.strip_prefix("| [`")?.split_once("`](")?;
            let link = format!("{folder}manifests/{name}.yaml) | ");
            let cells = rest.strip_prefix(&link)?.strip_suffix(" |")?.split(" | ");
            Some((name.to_owned(), cells.map(str::to_owned).collect()))
        };
        Self(text.lines().filter_map(row).collect())
    }

    fn get(&self, manifest: &str) -> Result<&[String], String> {
        let row = self.0.get(manifest).map(Vec::as_slice);
        row.ok_or_else(|| "no row begins with its name and a link to it".to_owned())
    }
}

/// `docs/vendors.md`: principal, actions, command, page, what was corrected.
fn documentation() -> Rows {
    Rows::of(&read(&root().join("docs/vendors.md")), "../")
}

#[test]
fn the_documentation_names_every_manifest_with_its_actions() {
    let rows = documentation();
    for_each(|manifest| {
        let [_, written, command, page, ..] = rows.get(&manifest.name)? else {
            return Err("docs/vendors.md has another number of cells".to_owned());
        };
        let page = page
            .split_once("](")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map(|(page, _)| page);
        let command = command.split('`').nth(1).map(whole);
        let says = |text: Option<&str>| text.is_some_and(|text| manifest.says(text));
        if !says(page) || !says(command.as_deref()) {
            return Err(format!(
                "docs/vendors.md has {page:?} and {command:?}, and it has not"
            ));
        }
        same("docs/vendors.md", &actions(written), &manifest.name)
    });
}

#[test]
fn the_readme_names_every_manifest_with_command_principal_and_actions() {
    let text = read(&root().join("README.md"));
    let (rows, documentation) = (Rows::of(&text, ""), documentation());
    let verbs = verbs(&text);
    for_each(|manifest| {
        let [principal, written, command] = rows.get(&manifest.name)? else {
            return Err("README.md has another number of cells".to_owned());
        };
        if !manifest.says(&whole(command.trim_matches('`'))) {
            return Err(format!("README.md has {command}, and it has not"));
        }
        if *principal != documentation.get(&manifest.name)?[0] {
            return Err(format!("docs/vendors.md does not say {principal:?}"));
        }
        is_principal(principal, &Expected::of(&manifest.name)?.allowed())?;
        let mut found = BTreeSet::new();
        for word in written.split([',', ';']) {
            // `delete in its folder`, `write of two keys`
            let place = word.find(" in ").or(word.find(" of "));
            let word = word[..place.unwrap_or(word.len())].trim();
            match verbs.get(word) {
                Some(actions) => found.extend(actions.iter().cloned()),
                None => found.extend(actions(word)),
            }
        }
        same("README.md", &found, &manifest.name)?;
        let allowed = Expected::of(&manifest.name)?.allowed();
        let places = allowed.split(" on objects ").skip(1);
        let of_some = places.into_iter().any(|place| !place.starts_with("if "));
        match (written.contains(" in ") || written.contains(" of ")) == of_some {
            true => Ok(()),
            false => Err(format!("is {written:?} in README.md about all objects?")),
        }
    });
}

/// A command up to the end of its line: with all that has to be set.
fn whole(command: &str) -> String {
    format!("{command}\n")
}

/// The verbs of grants, as README.md explains them, with their actions.
fn verbs(text: &str) -> BTreeMap<&str, BTreeSet<String>> {
    let row = |line| -> Option<(&str, BTreeSet<String>)> {
        let cells = str::strip_suffix(str::strip_prefix(line, "| `")?, " |")?;
        let (verb, written) = cells.split_once("` | ")?;
        let actions = actions(written);
        (!actions.is_empty()).then_some((verb, actions))
    };
    text.lines().filter_map(row).collect()
}

/// Whether the words for a principal fit what is expected: its kind, and whom it trusts.
fn is_principal(words: &str, expected: &str) -> Result<(), String> {
    let of = |kind: &str| expected.lines().any(|line| line.starts_with(kind));
    // Names of others are in backticks, and are no words; Snowflake is not in the first plan.
    let words_alone: String = words.split('`').step_by(2).collect();
    let words_alone = words_alone.replace("then Snowflake's user", "");
    for (word, right) in [
        ("user", of("user.")),
        ("group", of("group.")),
        ("role", of("role.")),
        ("external id", expected.contains("sts:ExternalId")),
    ] {
        if words_alone.contains(word) != right {
            return Err(format!(
                "README.md has {words:?}, and {word:?} is wrong there"
            ));
        }
    }
    let named = words.split('`').skip(1).step_by(2);
    for name in named {
        if !expected.contains(name) {
            return Err(format!(
                "README.md has {name:?}, and nobody of that name is expected"
            ));
        }
    }
    Ok(())
}

/// Fail unless these are the actions that the manifest is expected to allow.
fn same(document: &str, written: &BTreeSet<String>, manifest: &str) -> Result<(), String> {
    let expected = actions(&Expected::of(manifest)?.allowed());
    match *written == expected {
        true => Ok(()),
        false => Err(format!("{document} has {written:?}, not {expected:?}")),
    }
}

/// The IAM actions that `text` names.
fn actions(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != ':')
        .filter(|word| word.starts_with("s3:") || word.starts_with("kms:"))
        .filter(|word| {
            word.split(':')
                .next_back()
                .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        })
        .filter(|word| *word != "kms:ViaService")
        .map(str::to_owned)
        .collect()
}
