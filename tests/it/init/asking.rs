//! The questions of `init`, on a terminal.

use std::collections::BTreeSet;

use super::{files, tool};
use crate::support::talk;

#[test]
fn each_input_is_asked_for_and_a_bad_answer_asked_again() {
    let tool = tool();
    let steps = [
        ("repository, such as acme/backups:", "\n"),
        ("a value is needed", ""),
        ("repository, such as acme/backups:", "acme\n"),
        ("No: \"acme\" is no repository; write it as owner/name", ""),
        ("repository, such as acme/backups:", "octo/x\n"),
        ("branch [main]:", "\u{1b}[A\n"),
        ("not one line of text", ""),
        ("branch [main]:", "release\n"),
        ("bucket [neon-s3-backup-${account}]:", "octo-${account}\n"),
        ("folder [neondb]:", "\n"),
        ("secret [DATABASE_URL]:", "\n"),
        ("postgres [17]:", "18\n"),
        ("schedule [0 5 * * *]:", "\n"),
        ("retention [7]:", "\n"),
        ("neon.yaml is written", ""),
    ];
    let talk = talk(&tool, &["init", "neon"], &steps);
    assert_eq!((talk.code, talk.left.len()), (Some(0), 0), "{}", talk.text);
    let wide = talk.text.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    let text = tool.read("neon.yaml");
    for part in [
        "repository: octo/x\n        branch: release\n",
        "\n  name: octo-${account}\n",
        "PG_VERSION: \"18\"",
        "- cron: \"0 5 * * *\"",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    tool.run(&["validate", "neon.yaml"]).expect_code(0);
}

#[test]
fn with_set_only_what_has_no_default_is_asked_for() {
    let tool = tool();
    let given = ["init", "neon", "--set", "branch=release"];
    let steps = [
        ("repository, such as acme/backups:", "octo/x\n"),
        ("neon.yaml is written", ""),
    ];
    let asked = talk(&tool, &given, &steps);
    assert_eq!(
        (asked.code, asked.left.len()),
        (Some(0), 0),
        "{}",
        asked.text
    );
    assert!(!asked.text.contains("[neondb]"), "{}", asked.text);

    let all = ["init", "neon", "--force", "--set", "repository=octo/x"];
    let silent = talk(&tool, &all, &[]);
    assert_eq!(
        silent.text,
        "neon.yaml is written. Read it, then: s3setup plan neon.yaml\n"
    );
}

#[test]
fn ctrl_c_and_the_end_of_input_leave_nothing() {
    let tool = tool();
    for (key, code, signal) in [("\u{3}", None, Some(2)), ("\u{4}", Some(1), None)] {
        let steps = [
            ("repository, such as acme/backups:", "octo/x\n"),
            ("branch [main]:", key),
        ];
        let talk = talk(&tool, &["init", "neon"], &steps);
        assert_eq!((talk.code, talk.signal), (code, signal), "{}", talk.text);
        assert_eq!(files(&tool), BTreeSet::new());
    }
}

#[test]
fn a_file_that_is_there_is_said_before_the_questions() {
    let tool = tool();
    tool.file("neon.yaml", "mine");
    let talk = talk(&tool, &["init", "neon"], &[]);
    assert_eq!(talk.code, Some(1));
    assert!(!talk.text.contains("acme/backups"), "{}", talk.text);
}
