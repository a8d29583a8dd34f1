//! The floors of the house: imports run down, the SDK stays in `src/aws`, and nothing is a circle.
//!
//! Rust allows circles within a crate, so only a test holds the floors. It reads the table at the
//! top of `src/lib.rs` and every path in the sources.

pub mod source;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use source::{Source, read_all};
use table::Table;

/// Crates of the AWS SDK, which one module names.
const SDK: [&str; 3] = ["aws_sdk_", "aws_config", "aws_smithy_"];
/// The one.
const HOLDS_SDK: &str = "aws";

/// Everything that breaks the rules, a line each.
fn broken(table: &Table, sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let from = source.module.as_str();
        let Some(floor) = table.floor(from) else {
            broken.push(format!(
                "{}: the module {from} is not in the table",
                source.file
            ));
            continue;
        };
        for (line, to) in source.modules_used() {
            let at = format!("{}:{line}", source.file);
            match table.floor(&to) {
                _ if to == from => {}
                None => broken.push(format!("{at}: {from} uses {to}, which is not in the table")),
                Some(other) if other == floor => {
                    broken.push(format!("{at}: {from} uses {to} sideways, on floor {floor}"));
                }
                Some(other) if other > floor => {
                    broken.push(format!(
                        "{at}: {from} on floor {floor} uses {to} up on {other}"
                    ));
                }
                Some(_) => {}
            }
            uses.entry(from).or_default().insert(to);
        }
        if from != HOLDS_SDK {
            for (line, name) in source.crates_used(&SDK) {
                broken.push(format!("{}:{line}: {from} names {name}", source.file));
            }
        }
    }
    broken.extend(circles(&uses));
    let there: BTreeSet<&str> = sources
        .iter()
        .map(|source| source.module.as_str())
        .collect();
    for module in table.modules().filter(|module| !there.contains(module)) {
        broken.push(format!("the module {module} of the table is not there"));
    }
    broken
}

/// Each module from which a way leads back to itself.
fn circles(uses: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let reached = |from: &str| {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![from];
        while let Some(module) = open.pop() {
            for next in uses.get(module).into_iter().flatten() {
                if next != module && reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    };
    let in_circle = uses
        .keys()
        .filter(|module| reached(module).contains(*module));
    in_circle
        .map(|module| format!("{module} uses itself in a circle"))
        .collect()
}

#[test]
fn imports_run_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lib = std::fs::read_to_string(root.join("src/lib.rs")).expect("it is in the checkout");
    let sources = read_all(&root.join("src"));
    assert!(
        sources.len() > 50,
        "all sources are read, and not {}",
        sources.len()
    );
    let seen: usize = sources
        .iter()
        .map(|source| source.modules_used().len())
        .sum();
    assert!(seen > 200, "the paths in them are seen, and not {seen}");
    let broken = broken(&Table::read(&lib), &sources);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let silent: Vec<String> = ["src", "tests/it"]
        .iter()
        .flat_map(|folder| read_all(&root.join(folder)))
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.file)
        .collect();
    assert_eq!(
        silent,
        Vec::<String>::new(),
        "a file opens with a line that says what it is"
    );
}

/// A made-up house: two floors and a leaf beside.
const LIB: &str = "\
//! | module | floor | what it is |
//! |--------|-------|------------|
//! | upper  | 2     | x          |
//! | lower  | 1     | x          |
//! | beside | 1     | x          |
//! | aws    | 1     | x          |
pub mod upper;
";

#[test]
fn the_checker_sees_what_is_broken() {
    let good = "use crate::lower::Thing;\n";
    for (file, text, says) in [
        ("upper.rs", good, ""),
        (
            "upper/mod.rs",
            "use crate::{lower, upper::own, beside::{A, B}};\n",
            "",
        ),
        (
            "lower/deep.rs",
            "pub use self::deep::x; use super::super_name;\n",
            "",
        ),
        (
            "lower.rs",
            "// use crate::upper\n/* crate::upper */ /// [`crate::upper`]\n",
            "",
        ),
        (
            "lower.rs",
            "const A: &str = \"crate::upper\"; const B: &str = r#\"\"crate::upper\"#;\n",
            "",
        ),
        (
            "lower.rs",
            "const A: char = '\"'; use crate::upper;\n",
            "lower on floor 1 uses upper up on 2",
        ),
        (
            "lower.rs",
            "fn f<'a>(x: &'a str) { crate::upper::f(x) }\n",
            "lower.rs:1: lower on floor 1 uses upper",
        ),
        ("lower.rs", "\n\nuse crate::upper::f;\n", "lower.rs:3: "),
        (
            "lower.rs",
            "use crate::{\n    lower::x,\n    upper::{y, z},\n};\n",
            "lower.rs:3: ",
        ),
        ("lower.rs", "use crate :: upper;\n", "uses upper up"),
        (
            "lower.rs",
            "pub(in crate::upper) fn f() {}\n",
            "uses upper up",
        ),
        ("lower.rs", "use s3setup::upper;\n", "uses upper up"),
        (
            "lower.rs",
            "use crate::beside;\n",
            "lower uses beside sideways, on floor 1",
        ),
        ("lower.rs", "use super::upper;\n", "uses upper up"),
        (
            "lower/deep.rs",
            "use super::super::upper::f;\n",
            "uses upper up",
        ),
        (
            "lower/deep/leaf.rs",
            "use super::super::super::{upper, beside};\n",
            "uses upper up",
        ),
        ("lower/deep.rs", "use super::upper;\n", ""),
        (
            "lower/mod.rs",
            "mod tests { use super::super::upper; }\n",
            "uses upper up",
        ),
        (
            "lower.rs",
            "use crate::nowhere;\n",
            "uses nowhere, which is not in the table",
        ),
        ("stranger.rs", "", "the module stranger is not in the table"),
        (
            "upper.rs",
            "use aws_sdk_s3::Client;\n",
            "upper.rs:1: upper names aws_sdk_s3",
        ),
        (
            "upper.rs",
            "fn f(x: ::aws_config::Region) {}\n",
            "upper names aws_config",
        ),
        (
            "upper.rs",
            "use aws_smithy_types::Blob;\n",
            "upper names aws_smithy_types",
        ),
        ("upper.rs", "fn my_aws_sdk_like() {}\n", ""),
        ("aws/mod.rs", "use aws_sdk_s3::Client;\n", ""),
        ("main.rs", "fn main() { s3setup::upper::run() }\n", ""),
    ] {
        let mut sources: Vec<Source> = ["upper", "lower", "beside", "aws"]
            .iter()
            .map(|module| Source::new(&format!("{module}/x.rs"), ""))
            .collect();
        sources.push(Source::new(file, text));
        let broken = broken(&Table::read(LIB), &sources).join("\n");
        match says {
            "" => assert_eq!(broken, "", "{file}: {text}"),
            says => assert!(
                broken.contains(says),
                "{file}: {text} gives {broken:?}, not {says:?}"
            ),
        }
    }
}

#[test]
fn the_checker_sees_circles_even_where_the_table_would_allow_them() {
    let uses = |pairs: &[(&'static str, &str)]| {
        let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            uses.entry(from).or_default().insert((*to).to_owned());
        }
        circles(&uses)
    };
    assert_eq!(
        uses(&[("a", "b"), ("b", "c"), ("a", "c")]),
        Vec::<String>::new()
    );
    assert_eq!(
        uses(&[("a", "a")]),
        Vec::<String>::new(),
        "a module may name itself"
    );
    assert_eq!(uses(&[("a", "b"), ("b", "a")]).len(), 2);
    assert_eq!(
        uses(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]).len(),
        3
    );
}

#[test]
fn a_table_that_misses_a_module_or_has_one_too_many_is_seen() {
    let missing = broken(&Table::read(LIB), &[Source::new("upper.rs", "")]);
    assert!(
        missing.contains(&"the module lower of the table is not there".to_owned()),
        "{missing:?}"
    );
    for (table, reason) in [
        ("", "no table"),
        ("//! | x | y | z |\n", "a row without a floor"),
    ] {
        let found = std::panic::catch_unwind(|| Table::read(table));
        assert!(found.is_err(), "{reason}");
    }
}
