//! The documentation as a book: every page is in it, every link leads somewhere, and what is made from the
//! tool is what the tool makes.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::support::{S3setup, checkout};

/// The Markdown files below a folder, as paths from it.
fn pages(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(folder.join(&below)).expect("it is a folder") {
            let entry = entry.expect("it can be listed");
            let path = below.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "md") {
                found.insert(path.to_string_lossy().into_owned());
            }
        }
    }
    found
}

/// Where the links of a text lead, without those to other servers. What stands in code is no link.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
        for rest in plain.split("](").skip(1) {
            let to = rest.split(')').next().unwrap_or_default();
            if !to.contains("://") && !to.starts_with("mailto:") {
                found.push(to.to_owned());
            }
        }
    }
    found
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len() && title.starts_with(' ')).then_some(title)
    });
    headings
        .map(|title| {
            let title = title.trim().to_lowercase().replace(' ', "-");
            title
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn every_page_is_in_the_book_once() {
    let folder = checkout().join("docs");
    let summary = fs::read_to_string(folder.join("SUMMARY.md")).expect("it is there");
    let listed = links(&summary);
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(once.len(), listed.len(), "a page is there twice");
    let mut all = pages(&folder);
    all.remove("SUMMARY.md");
    assert_eq!(once, all);
}

#[test]
fn every_link_leads_somewhere() {
    let root = checkout();
    let mut files: Vec<PathBuf> = pages(&root.join("docs"))
        .into_iter()
        .map(|page| root.join("docs").join(page))
        .collect();
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        files.push(root.join(name));
    }
    let (mut dead, mut followed) = (Vec::new(), 0);
    for file in files {
        let text = fs::read_to_string(&file).expect("it is a text");
        for link in links(&text) {
            followed += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let to = match path {
                "" => file.clone(),
                path => file.parent().expect("it is in a folder").join(path),
            };
            let is_there = match anchor {
                "" => to.exists(),
                anchor => fs::read_to_string(&to).is_ok_and(|text| anchors(&text).contains(anchor)),
            };
            if !is_there {
                dead.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(followed > 100, "only {followed} links");
    assert_eq!(dead, [""; 0]);
}

#[test]
fn the_reference_is_the_schemas() {
    let made = S3setup::without_credentials().run(&["schema", "--output", "markdown"]);
    made.expect_code(0);
    let kept = fs::read_to_string(checkout().join("docs/reference.md")).expect("it is there");
    assert!(
        kept == made.stdout,
        "docs/reference.md is an older one: `make reference` renews it"
    );
}

#[test]
fn the_list_of_errors_is_that_of_the_tool_and_each_has_its_page() {
    let tool = S3setup::without_credentials();
    let list = tool.run(&["errors"]).stdout;
    let page = fs::read_to_string(checkout().join("docs/errors/README.md")).expect("it is there");
    let mut number = 0;
    for line in list.lines() {
        let (code, title) = line.split_once(' ').expect("a code and a title");
        let row = format!("| [`{code}`]({code}.md) | {} |\n", title.trim());
        assert!(page.contains(&row), "{row}");
        tool.run(&["errors", code])
            .expect_code(0)
            .expect_stdout("## What to do");
        assert!(line.chars().count() <= 80, "{line}");
        number += 1;
    }
    assert_eq!(page.matches("\n| [`").count(), number);
    tool.run(&["errors", "no-credential"])
        .expect_code(1)
        .expect_stderr("no-credentials");
}

#[test]
fn every_whole_manifest_in_the_pages_is_good() {
    let tool = S3setup::without_credentials();
    let docs = checkout().join("docs");
    let mut pages: Vec<PathBuf> = pages(&docs).iter().map(|page| docs.join(page)).collect();
    pages.push(checkout().join("README.md"));
    let mut found = 0;
    for page in pages {
        let text = fs::read_to_string(&page).expect("it is a page");
        let blocks = text.split("```yaml\n").skip(1);
        let blocks = blocks.filter_map(|rest| rest.split("```").next());
        for block in blocks.filter(|block| block.starts_with("name: ")) {
            found += 1;
            tool.file("page.yaml", block);
            let outcome = tool.run(&["validate", "page.yaml"]);
            assert_eq!(outcome.code, Some(0), "{}: {outcome}", page.display());
        }
    }
    assert!(found >= 3, "only {found}");
}
