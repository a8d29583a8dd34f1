//! Puts the manifests of `manifests/` into the binary, in the order and the sections of
//! `docs/vendors.md`, and the pages of `docs/errors/`: there is no other list to keep.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// The section of a manifest that the page does not name yet.
const UNNAMED: &str = "Others";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=manifests");
    println!("cargo::rerun-if-changed=docs/vendors.md");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("manifests");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        names.extend(name.strip_suffix(".yaml").map(str::to_owned));
    }
    let mut list = String::from("&[\n");
    for (section, name) in in_order(&fs::read_to_string("docs/vendors.md")?, names) {
        let file = folder.join(format!("{name}.yaml"));
        writeln!(
            list,
            "Manifest {{ name: {name:?}, section: {section:?}, text: include_str!({file:?}) }},"
        )?;
    }
    list.push(']');
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("manifests.rs"), list)?;
    fs::write(Path::new(&out).join("errors.rs"), errors()?)?;
    Ok(())
}

/// Code and page of each error.
fn errors() -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed=docs/errors");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("docs/errors");
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        codes.extend(name.strip_suffix(".md").map(str::to_owned));
    }
    codes.remove("README");
    let mut list = String::from("&[\n");
    for code in codes {
        let file = folder.join(format!("{code}.md"));
        writeln!(
            list,
            "Page {{ code: {code:?}, text: include_str!({file:?}) }},"
        )?;
    }
    list.push(']');
    Ok(list)
}

/// Section and name of each manifest, as the page has them; then those that it does not have.
fn in_order(page: &str, mut names: BTreeSet<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut section = UNNAMED.to_owned();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.to_owned();
        }
        let row = line
            .strip_prefix("| [`")
            .and_then(|row| row.split_once('`'));
        if let Some(name) = row.and_then(|(name, _)| names.take(name)) {
            found.push((section.clone(), name));
        }
    }
    found.extend(names.into_iter().map(|name| (UNNAMED.to_owned(), name)));
    found
}
