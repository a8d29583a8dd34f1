//! What holds of every input holds of the corpus of `fuzz/`: a finding that was mended stays so.

#[path = "../../fuzz/properties/mod.rs"]
mod properties;

use properties::ALL;
use s3setup::{
    access, account, cloud, diff, explain, files, journal, manifest, plan, policy, reconcile,
    render, report, resource, run, secrets, sink, yaml,
};
use std::collections::BTreeSet;
use std::path::Path;

use crate::floors::source::read_all;

fn corpus() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn the_corpus_holds() {
    for (name, holds) in ALL {
        let mut tried = 0;
        for file in std::fs::read_dir(corpus().join(name)).unwrap() {
            let file = file.unwrap().path();
            eprintln!("{}", file.display());
            holds(&std::fs::read(&file).unwrap());
            tried += 1;
        }
        assert!(tried > 5, "{name}: {tried} files");
    }
}

#[test]
fn the_corpus_of_saved_plans_has_plans() {
    let files = std::fs::read_dir(corpus().join("saved")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let (mut bare, mut whole) = (0, 0);
    for text in texts {
        bare += usize::from(serde_json::from_str::<plan::Plan>(&text).is_ok());
        whole += usize::from(reconcile::parse(&text, "plan.json").is_ok());
    }
    assert!(
        bare > 4 && whole > 0,
        "{bare} plans, {whole} of them in a file"
    );
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = corpus().join(folder);
        let entries = std::fs::read_dir(folder).unwrap();
        let stem =
            |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        entries.map(|entry| stem(entry.unwrap().path())).collect()
    };
    let all: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("."), all);
    assert_eq!(names("../fuzz_targets"), all);
}

#[test]
fn every_floor_that_a_fuzzed_one_stands_on_is_fuzzed_with_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(root.join("fuzz/src/lib.rs")).unwrap();
    let modules = list
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let fuzzed: BTreeSet<&str> = modules.map(|name| name.trim_end_matches(';')).collect();
    assert!(fuzzed.contains("policy"), "{fuzzed:?}");
    for source in read_all(&root.join("src")) {
        let is_test = source.file.contains("tests");
        if is_test || !fuzzed.contains(source.module.as_str()) {
            continue;
        }
        for (line, used) in source.modules_used() {
            assert!(
                fuzzed.contains(used.as_str()),
                "{}:{line} uses {used}: add it to fuzz/src/lib.rs, and its crates to fuzz/Cargo.toml",
                source.file
            );
        }
    }
}

#[test]
fn a_floor_that_is_fuzzed_is_one_file_or_a_folder() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/src");
    let list = std::fs::read_to_string(fuzz.join("lib.rs")).unwrap();
    let mut looked_at = 0;
    for line in list.lines() {
        let Some(path) = line.strip_prefix("#[path = \"") else {
            continue;
        };
        let path = fuzz.join(path.trim_end_matches("\"]"));
        let text = std::fs::read_to_string(&path).unwrap();
        looked_at += 1;
        // Rust looks for what is below a file with a path of its own beside it.
        let below = |line: &&str| line.contains("mod ") && line.ends_with(';');
        let found = text.lines().find(below);
        assert!(
            path.ends_with("mod.rs") || found.is_none(),
            "{} has {found:?}: move it to a folder, as mod.rs",
            path.display()
        );
    }
    assert!(looked_at > 5, "{looked_at}");
}
