//! `s3setup init`: the list, and a manifest of one's own.

mod asking;

use std::collections::BTreeSet;

use crate::{neon::flat, support::S3setup};

/// A tool that has nothing.
pub fn tool() -> S3setup {
    S3setup::without_credentials()
}

/// The names of the files in the tool's folder.
pub fn files(tool: &S3setup) -> BTreeSet<String> {
    let entries = std::fs::read_dir(tool.folder()).expect("it is ours");
    entries
        .map(|entry| entry.expect("it is there").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
fn without_a_name_every_manifest_is_listed_with_what_it_is_for() {
    let tool = tool();
    let list = tool.run(&["init"]);
    list.expect_code(0)
        .expect_stdout("RudderStack\n  rudderstack-events-backup ")
        .expect_stdout(
            "  neon                           Neon Postgres backups from GitHub Actions:",
        )
        .expect_stderr("`s3setup init NAME` writes one");
    let wide = list.stdout.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    let json = tool.run(&["init", "--output", "json"]).json();
    let list = json.as_array().expect("it is a list");
    let there = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/manifests"))
        .expect("it is in the checkout")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect::<BTreeSet<_>>();
    let listed = list
        .iter()
        .filter_map(|one| one["name"].as_str().map(str::to_owned));
    assert_eq!(listed.collect::<BTreeSet<_>>(), there);
    assert_eq!(
        list[0]["inputs"][0]["name"], "repository",
        "as the file has them"
    );
    assert_eq!(files(&tool), BTreeSet::new());
}

#[test]
fn the_inputs_of_one_are_shown_and_nothing_is_written() {
    let tool = tool();
    let shown = tool.run(&["init", "neon", "--inputs"]);
    shown
        .expect_code(0)
        .expect_stdout("  branch      The branch that the workflow runs on. [main]\n")
        .expect_stdout("Such as acme/backups.");
    let json = tool
        .run(&["init", "neon", "--inputs", "--output", "json"])
        .json();
    assert_eq!(json["inputs"][1]["default"], "main");
    assert_eq!(files(&tool), BTreeSet::new());
}

#[test]
fn what_is_written_plans_as_the_one_that_is_built_in() {
    let tool = tool();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    tool.file(
        "built-in/neon.yaml",
        include_str!("../../manifests/neon.yaml"),
    );
    let set = ["--set", "repository=octo/x", "--set", "retention=30"];
    let written = tool.run(&[&["init", "neon"], &set[..]].concat());
    written
        .expect_code(0)
        .expect_stderr("neon.yaml is written. Read it, then: s3setup plan neon.yaml");
    assert_eq!(written.stdout, "");
    let text = tool.read("neon.yaml");
    assert!(text.contains("\n        repository: octo/x\n"), "{text}");
    assert!(
        text.contains("\n#   s3setup plan neon.yaml\n#   s3setup apply\n"),
        "{text}"
    );
    assert!(
        !text.contains("inputs:") && !text.contains("${repository}"),
        "{text}"
    );
    tool.run(&["validate", "neon.yaml"]).expect_code(0);
    let account = ["--account", "account.json", "--output", "json"];
    for command in ["plan", "outputs"] {
        let own = tool.run(&[&[command, "neon.yaml"], &account[..]].concat());
        let built_in = tool.run(&[&[command, "built-in/neon.yaml"], &account[..], &set].concat());
        let (mut own, mut built_in) = (own.json(), built_in.json());
        for plan in [&mut own, &mut built_in] {
            // How long it took, and which file it is.
            for field in ["calls", "manifests", "at"] {
                plan.as_object_mut().expect("it is an object").remove(field);
            }
            for step in plan["steps"].as_array_mut().into_iter().flatten() {
                step.as_object_mut()
                    .expect("it is an object")
                    .remove("place");
            }
        }
        assert_eq!(own, built_in, "{command}");
    }
}

#[test]
fn all_values_that_are_missing_are_named_at_once() {
    let tool = tool();
    let missing = tool.run(&["init", "circleci", "--set", "bucket=b-1"]);
    missing
        .expect_code(1)
        .expect_stderr("error: inputs without a value:\n  organization: ")
        .expect_stderr("\n  project: ");
    let hint = "hint: give yours: s3setup init circleci --set organization=";
    assert!(flat(&missing.stderr).contains(hint), "{missing}");
    assert_eq!(files(&tool), BTreeSet::new());
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_said() {
    let tool = tool();
    tool.file("restic.yaml", "mine");
    tool.run(&["init", "restic"])
        .expect_code(1)
        .expect_stderr("restic.yaml is there already; nothing was written")
        .expect_stderr("--force");
    assert_eq!(tool.read("restic.yaml"), "mine");
    tool.run(&["init", "restic", "--force"]).expect_code(0);
    assert!(tool.read("restic.yaml").contains("name: restic\n"));
    tool.run(&["init", "restic", "--out", "no/restic.yaml"])
        .expect_code(1)
        .expect_stderr("cannot write no/restic.yaml");
    tool.run(&["init", "restic", "--out", "backups.yaml"])
        .expect_code(0);
    assert!(
        tool.read("backups.yaml")
            .contains("#   s3setup apply backups.yaml\n")
    );
    let two = ["backups.yaml", "restic.yaml"].map(str::to_owned);
    assert_eq!(files(&tool), two.into());
}

#[test]
fn a_value_that_the_manifest_refuses_is_not_written() {
    let tool = tool();
    for (set, says) in [
        ("repository=acme", "\"acme\" is no repository"),
        ("repository=acme/b\nx: y", "not one line of text"),
        ("repo=acme/b", "did you mean `repository`?"),
        ("bucket=A_B", "bucket"),
    ] {
        let refused = tool.run(&["init", "neon", "--set", set]);
        refused.expect_code(1);
        assert!(flat(&refused.stderr).contains(says), "{refused}");
    }
    tool.run(&["init", "noen"])
        .expect_code(1)
        .expect_stderr("did you mean `neon`?");
    tool.run(&["init", "--set", "a=b"]).expect_code(1);
    assert_eq!(files(&tool), BTreeSet::new());
}

#[test]
fn a_dash_is_the_standard_output() {
    let tool = tool();
    let printed = tool.run(&["init", "restic", "--out", "-"]);
    printed.expect_code(0);
    assert!(
        printed.stdout.starts_with("# A restic repository:"),
        "{printed}"
    );
    assert_eq!(printed.stderr, "");
    assert_eq!(files(&tool), BTreeSet::new());
}

#[test]
fn the_line_for_editors_stays_where_it_is_true() {
    let tool = tool();
    let line = "# yaml-language-server: $schema=s3setup.schema.json\n#\n# A restic";
    let first = || {
        tool.run(&["init", "restic", "--force"])
            .expect_code(0)
            .clone()
    };
    first();
    assert!(tool.read("restic.yaml").starts_with("# A restic"));
    tool.file("s3setup.schema.json", "{}");
    first();
    assert!(tool.read("restic.yaml").starts_with(line));
}
