//! What is on the screen, in a pipe and in a file: colour, width, size, and nobody there to read.

use std::{
    fs::{File, OpenOptions},
    process::Stdio,
};

use super::imagined;
use crate::{
    neon::{APPLY, PLAN, REPOSITORY, tool},
    support::Server,
};

const ESCAPE: char = '\u{1b}';

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let (mut tool, account) = imagined();
    let mut colours = |no_color: &str, when: Option<&str>| {
        tool.env("NO_COLOR", no_color);
        let color = when.map(|when| ["--color", when]);
        let flags: Vec<&str> = account
            .into_iter()
            .chain(color.into_iter().flatten())
            .collect();
        let plan = tool.run(&[PLAN, &flags].concat());
        let error = tool.run(&[&["apply", "--yes", "--plan", "none"][..], &flags].concat());
        let bad = tool.run(&[&["validate", "neon.yaml", "--set", "x=1"][..], &flags].concat());
        plan.expect_code(0);
        error.expect_code(1);
        bad.expect_code(1);
        assert!(!error.stderr.contains('\u{9b}'), "{error}");
        [plan.stdout.contains(ESCAPE), bad.stderr.contains(ESCAPE)]
    };
    assert_eq!(colours("", None), [false, false], "in a pipe");
    assert_eq!(colours("1", None), [false, false], "NO_COLOR in a pipe");
    assert_eq!(colours("", Some("always")), [true, true], "asked for");
    assert_eq!(
        colours("1", Some("always")),
        [true, true],
        "asked for, louder than NO_COLOR"
    );
    assert_eq!(colours("", Some("never")), [false, false], "asked not to");
    assert_eq!(
        colours("", Some("auto")),
        [false, false],
        "in a pipe, said aloud"
    );
}

#[test]
fn json_and_markdown_have_no_colour_even_when_asked() {
    let (tool, account) = imagined();
    for form in ["json", "markdown"] {
        let flags = ["--output", form, "--color", "always"];
        let plan = tool.run(&[PLAN, &account, &flags].concat());
        assert!(!plan.expect_code(0).stdout.contains(ESCAPE), "{plan}");
    }
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let applied = tool.run(APPLY);
    account.python(
        "iam.update_role(RoleName='neon-s3-backup-github-actions', Description='word ' * 60)",
    );
    let drift = tool.run(&["drift", "neon.yaml", "--set", REPOSITORY]);
    for outcome in [
        applied,
        tool.run(PLAN),
        tool.run(&[PLAN, &["-v"]].concat()),
        drift,
    ] {
        let lines = outcome.stdout.lines().chain(outcome.stderr.lines());
        // What has no space in it, such as a long name, is not cut.
        let wide: Vec<&str> = lines
            .filter(|line| line.chars().count() > 80 && line.trim().contains(' '))
            .collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

#[test]
fn markdown_of_a_huge_plan_fits_a_comment() {
    let (tool, account) = imagined();
    let roles: String = (0..900)
        .map(|at| {
            format!(
                "  role-{at}:\n    description: '{}'\n    trust: {{service: ec2.amazonaws.com}}\n",
                "| <b> `x` ".repeat(60)
            )
        })
        .collect();
    tool.file("m.yaml", &format!("name: m\nroles:\n{roles}"));
    for command in ["plan", "drift"] {
        let arguments = [&[command, "m.yaml", "--output", "markdown"], &account[..]].concat();
        let text = tool.run(&arguments).stdout;
        let length = text.chars().count();
        assert!(
            (20_000..65_536).contains(&length),
            "{command}: {length} characters"
        );
        assert!(
            text.contains("900"),
            "{command}: how many there are is told, shown or not"
        );
        assert!(
            text.contains("Cut to fit"),
            "{command}: that something is missing is told"
        );
        let fences = text.lines().filter(|line| line.starts_with("```")).count();
        assert_eq!(fences % 2, 0, "{command}: every block is closed");
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let (tool, account) = imagined();
    let commands: [&[&str]; 5] = [
        &["plan", "neon.yaml"],
        &["plan", "neon.yaml", "--output", "json"],
        &["drift", "neon.yaml"],
        &["outputs", "neon.yaml"],
        &["schema"],
    ];
    for command in commands {
        let full = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let output = tool
            .command(&[command, &account].concat())
            .stdout(Stdio::from(full))
            .output()
            .expect("the binary was built with the tests");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {stderr}");
        assert!(
            stderr.contains("error: cannot write to the standard output"),
            "{command:?}: {stderr}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_no_panic() {
    let (tool, account) = imagined();
    for (command, code) in [("plan", 0), ("drift", 2), ("outputs", 0)] {
        let arguments = [&[command, "neon.yaml"], &account[..]].concat();
        let (reader, writer) = std::io::pipe().expect("there are pipes");
        drop(reader);
        let output = tool
            .command(&arguments)
            .stdout(Stdio::from(writer))
            .output()
            .expect("the binary was built with the tests");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command}: {stderr}");
        assert!(
            !stderr.contains("panicked") && !stderr.contains("error:"),
            "{command}: {stderr}"
        );
    }
}

#[test]
fn nobody_to_tell_anything_is_no_panic() {
    let (tool, account) = imagined();
    let closed = || Stdio::from(File::open("/dev/null").expect("it opens for reading only"));
    let commands: [(&[&str], i32); 3] = [
        (&["plan", "none.yaml"], 1),
        (&["apply", "neon.yaml", "--yes"], 0),
        (&["apply", "neon.yaml"], 0),
    ];
    for (command, code) in commands {
        let output = tool
            .command(&[command, &account].concat())
            .stderr(closed())
            .output()
            .expect("the binary was built with the tests");
        assert_eq!(output.status.code(), Some(code), "{command:?}");
    }
}
