//! What is promised of the release: its bill of materials, its list of crates, its checks, and that the
//! workflows run nothing that can be exchanged.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::support::{checkout, python};

/// The platform that the checked-in list is of.
const LINUX: &str = "x86_64-unknown-linux-gnu";
/// Asks the maintainers of CycloneDX whether what is on standard input is of their form.
const VALIDATE: &str = "
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(str(JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read()) or '') or None)
";

/// Runs `release/sbom.py` for [`LINUX`] in a checkout.
fn sbom(folder: &Path, arguments: &[&str], epoch: Option<&str>) -> String {
    let mut command = Command::new(python());
    command
        .arg(checkout().join("release/sbom.py"))
        .args(["--target", LINUX])
        .args(arguments)
        .env_remove("SOURCE_DATE_EPOCH")
        .envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)))
        .current_dir(folder);
    let output = command.output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("it is text")
}

fn bill() -> Value {
    serde_json::from_str(&sbom(&checkout(), &[], None)).expect("it is JSON")
}

fn validate(text: &str) -> Output {
    let mut validator = Command::new(python())
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut input = validator.stdin.take().expect("it is piped");
    input
        .write_all(text.as_bytes())
        .expect("it reads to the end");
    drop(input);
    validator.wait_with_output().expect("it ends")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// Name and version of every package of `Cargo.lock`, and its digest, if it is not our own.
fn locked() -> BTreeMap<(String, String), Option<String>> {
    let lock = fs::read_to_string(checkout().join("Cargo.lock")).expect("it is in the checkout");
    let field = |package: &str, name: &str| {
        let mut lines = package.lines();
        let value = lines.find_map(|line| line.strip_prefix(&format!("{name} = ")))?;
        Some(value.trim_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    let named = packages.map(|package| {
        let known = |name| field(package, name).expect("every package has it");
        (
            (known("name"), known("version")),
            field(package, "checksum"),
        )
    });
    named.collect()
}

#[test]
fn the_bill_of_materials_has_the_form_of_cyclonedx() {
    let mut bill = sbom(&checkout(), &[], Some("1700000000"));
    assert!(bill.contains("\"2023-11-14T22:13:20Z\""), "{bill:.2000}");
    let good = validate(&bill);
    let said = String::from_utf8_lossy(&good.stderr);
    assert!(good.status.success(), "{said}");

    bill = bill.replace("\"SHA-256\"", "\"SHA-255\"");
    let bad = validate(&bill);
    assert!(
        !bad.status.success(),
        "a digest of no known kind is noticed"
    );
}

#[test]
fn the_bill_of_materials_agrees_with_the_lock() {
    let bill = bill();
    let locked = locked();
    let mut known = BTreeSet::from([text(&bill["metadata"]["component"], "bom-ref")]);
    let components = bill["components"].as_array().expect("it is a list");
    for component in components {
        let name = (
            text(component, "name").to_owned(),
            text(component, "version").to_owned(),
        );
        let digest = locked.get(&name).cloned().flatten();
        assert_eq!(
            component["hashes"][0]["content"].as_str(),
            digest.as_deref(),
            "{name:?}"
        );
        assert!(digest.is_some(), "{name:?} is a package with a digest");
        assert!(
            component["licenses"][0]["expression"].is_string(),
            "{name:?} has a licence"
        );
        known.insert(text(component, "bom-ref"));
    }
    assert_eq!(known.len(), components.len() + 1, "each is named once");

    // From the binary on, everything is reached, and nothing else is.
    let needs = bill["dependencies"].as_array().expect("it is a list");
    let needs: BTreeMap<&str, Vec<&str>> = needs
        .iter()
        .map(|entry| {
            let of = entry["dependsOn"].as_array().expect("it is a list");
            (
                text(entry, "ref"),
                of.iter().filter_map(Value::as_str).collect(),
            )
        })
        .collect();
    let mut reached = BTreeSet::new();
    let mut next = vec![text(&bill["metadata"]["component"], "bom-ref")];
    while let Some(at) = next.pop() {
        if reached.insert(at) {
            next.extend(&needs[at]);
        }
    }
    assert_eq!(reached, known);
}

#[test]
fn the_bill_of_materials_has_what_is_in_the_binary_and_no_more() {
    let bill = bill();
    let components = bill["components"].as_array().expect("it is a list");
    let scope = |name: &str| {
        let mut found = components.iter().filter(|entry| entry["name"] == name);
        found.next().map(|entry| text(entry, "scope"))
    };
    for (name, wanted, reason) in [
        ("tokio", Some("required"), "it is linked"),
        (
            "ring",
            Some("required"),
            "what a dependency needs is linked, too",
        ),
        (
            "serde_derive",
            Some("excluded"),
            "a procedural macro runs in the compiler",
        ),
        ("syn", Some("excluded"), "only procedural macros need it"),
        ("cc", Some("excluded"), "only build scripts need it"),
        ("proptest", None, "only tests need it"),
        ("windows-sys", None, "only another platform needs it"),
    ] {
        assert_eq!(scope(name), wanted, "{name}: {reason}");
    }
}

#[test]
fn the_bill_of_materials_is_the_same_in_any_folder() {
    let here = sbom(&checkout(), &[], None);
    let there = tempfile::tempdir().expect("a folder can be made");
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(checkout().join(file), there.path().join(file)).expect("it can be copied");
    }
    for file in [
        "src/lib.rs",
        "src/main.rs",
        "benches/plan.rs",
        "benches/policy.rs",
    ] {
        let file = there.path().join(file);
        fs::create_dir_all(file.parent().expect("it has one")).expect("it can be made");
        fs::write(file, "").expect("it can be written");
    }
    assert_eq!(sbom(there.path(), &[], None), here);
    assert!(!here.contains(&checkout().display().to_string()));
}

#[test]
fn no_crate_comes_into_the_binary_unnoticed() {
    let listed = fs::read_to_string(checkout().join("release/crates.txt")).expect("it is there");
    let found = sbom(&checkout(), &["--names"], None);
    let [listed, found]: [BTreeSet<&str>; 2] = [&listed, &found].map(|text| text.lines().collect());
    let come: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        come.is_empty() && gone.is_empty(),
        "crates of the binary that are not in release/crates.txt: {come:?}; that are only there: {gone:?}. \
         If that is meant: make crates"
    );
}

#[test]
fn a_path_of_this_machine_in_the_binary_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let check = |name: &str, path: &str| {
        let program = folder.path().join(name);
        // No more than a program that starts, and what it says is not looked at.
        fs::write(&program, format!("#!/bin/sh\n# {path}\n")).expect("it can be written");
        let mut mode = fs::metadata(&program).expect("it is there").permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        fs::set_permissions(&program, mode).expect("it is ours");
        let check = checkout().join("release/check.py");
        let output = Command::new(python())
            .arg(check)
            .arg(program)
            .output()
            .expect("Python runs");
        let said = String::from_utf8(output.stdout).expect("it is text");
        (output.status.success(), said)
    };
    let (good, said) = check("traced", &format!("{}/src/main.rs", checkout().display()));
    assert!(!good, "{said}");
    assert!(
        said.contains("NOT AS PROMISED: paths of this machine in it: /"),
        "{said}"
    );
    let (_, said) = check("untraced", "/s3setup/src/main.rs");
    assert!(
        said.contains("\npaths of this machine in it: none\n"),
        "{said}"
    );
}

#[test]
fn workflows_run_no_action_that_can_be_exchanged() {
    let mut seen = 0;
    for entry in fs::read_dir(checkout().join(".github/workflows")).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let workflow = fs::read_to_string(&path).expect("it is text");
        for line in workflow.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            seen += 1;
            let pin = action
                .split_whitespace()
                .next()
                .and_then(|name| name.split_once('@'));
            let pinned = pin.is_some_and(|(_, pin)| {
                pin.len() == 40 && pin.chars().all(|digit| digit.is_ascii_hexdigit())
            });
            assert!(
                pinned,
                "{}: {action}: a tag can be moved, a commit not",
                path.display()
            );
        }
    }
    assert!(seen > 0, "there are actions to look at");
}
