//! Bad input: one clear error a mistake, with its line and a way out, and nothing is asked of
//! anybody.

mod accept;
mod access_keys;
mod fields;
mod files;
mod github;
mod grants;
mod keys;
mod large;
mod names;
mod statements;
mod trusts;
mod values;

use std::fs;

use crate::{
    neon::flat,
    support::{Outcome, Proxy, S3setup, Server},
};

/// A bucket, and room for more below.
const BUCKET: &str = "name: m\nbucket:\n  name: b-backups\n";
/// A bucket and a role.
const ROLE: &str = "name: m\nbucket:\n  name: b-backups\nroles:\n  r:\n    trust:\n      service: ec2.amazonaws.com\n";

/// A manifest, where its mistake is (such as `3:9`; empty for the whole file), words of the
/// message and of the fix, and why it is one.
type Case<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// Check this text offline.
fn validate(text: impl AsRef<[u8]>, more: &[&str]) -> Outcome {
    let tool = S3setup::without_credentials();
    fs::write(tool.folder().join("m.yaml"), text).expect("the folder is ours");
    tool.run(&[&["validate", "m.yaml"], more].concat())
}

/// What an outcome lacks of this one error. A place such as `3:` is any column of that line.
fn lacks(outcome: &Outcome, case: Case) -> Option<String> {
    let (_, place, message, fix, _) = case;
    let at = match place {
        "" => "--> m.yaml\n".to_owned(),
        line if line.ends_with(':') => format!("--> m.yaml:{line}"),
        place => format!("--> m.yaml:{place}\n"),
    };
    let (error, help) = outcome.stderr.split_once("= help: ")?;
    let wrong = match () {
        () if outcome.stderr.matches("error: ").count() != 1 => {
            "not one error a mistake".to_owned()
        }
        () if !error.contains(&at) => format!("not at {place:?}"),
        () if !flat(error).contains(message) => format!("the message is not {message:?}"),
        () if !flat(help).contains(fix) => format!("the fix is not {fix:?}"),
        () => return None,
    };
    Some(wrong)
}

/// Fail unless there is this one error, and no data.
#[track_caller]
fn one_error(outcome: &Outcome, place: &str, message: &str, fix: &str, reason: &str) {
    outcome.expect_nowhere("\u{1b}").expect_nowhere("panicked");
    assert!(
        outcome.stderr.contains("= help: "),
        "{reason}: there is no way out:\n{outcome}"
    );
    let wrong = lacks(outcome, ("", place, message, fix, reason));
    assert_eq!(wrong, None, "{reason}:\n{outcome}");
    assert_eq!(
        (outcome.code, &*outcome.stdout),
        (Some(1), ""),
        "{reason}:\n{outcome}"
    );
}

/// Check every case; all that fail are told at once.
#[track_caller]
fn table(cases: &[Case]) {
    let mut failed = Vec::new();
    for case in cases {
        let outcome = validate(case.0, &[]);
        let wrong = match (outcome.code, outcome.stderr.contains("= help: ")) {
            (Some(1), true) => lacks(&outcome, *case),
            (Some(1), false) => Some("there is no way out".to_owned()),
            _ => Some("it is taken for good".to_owned()),
        };
        if let Some(wrong) = wrong {
            failed.push(format!(
                "{}: {wrong}\n{}{}\n",
                case.4, case.0, outcome.stderr
            ));
        }
    }
    let (some, all) = (failed.len(), cases.len());
    assert!(
        failed.is_empty(),
        "{some} of {all}:\n\n{}",
        failed.join("\n")
    );
}

#[test]
fn a_bad_manifest_ends_every_command_before_it_asks_anybody() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = S3setup::new(proxy.account());
    tool.file("bad.yaml", "name: m\nbucket:\n  name: B\n");
    tool.file("good.yaml", BUCKET);
    let commands: [&[&str]; 7] = [
        &["plan", "bad.yaml"],
        &["apply", "bad.yaml", "--yes"],
        &["apply", "good.yaml", "bad.yaml", "--yes"],
        &["drift", "bad.yaml"],
        &["outputs", "bad.yaml"],
        &["record", "bad.yaml", "--out", "account.json"],
        &["validate", "bad.yaml", "good.yaml"],
    ];
    for command in commands {
        let outcome = tool.run(command);
        outcome.expect_code(1).expect_stderr("--> bad.yaml:3:9");
        assert_eq!(outcome.stdout, "", "{outcome}");
    }
    assert_eq!(proxy.operations(), Vec::<String>::new());
    let left = fs::read_dir(tool.folder()).expect("it is ours").count();
    assert_eq!(left, 2, "no plan and no recording was written");
}

#[test]
fn several_mistakes_are_told_at_once_from_top_to_bottom() {
    let text = "\
name: m
bucket:
  name: B-backups
roles:
  r:
    description: backups — nightly
    trust:
      github_actions:
        repository: acme
        branch: '*'
grants:
  - {to: role.x, allow: [reed, 's3:ListObjectsV2']}
  - {to: role.r, allow: []}
";
    let outcome = validate(text, &[]);
    let places: Vec<&str> = outcome
        .stderr
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--> m.yaml:"))
        .collect();
    assert_eq!(
        places,
        [
            "3:9", "6:18", "9:21", "10:17", "12:10", "12:26", "12:32", "13:18"
        ],
        "{outcome}"
    );
    outcome.expect_code(1).expect_stderr("8 errors in m.yaml");

    let json = validate(text, &["--output", "json"]);
    let errors = json.expect_code(1).json();
    let lines: Vec<_> = errors
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["line"].as_u64())
        .collect();
    assert_eq!(lines, [3, 6, 9, 10, 12, 12, 12, 13].map(Some), "{json}");
    for error in errors.as_array().into_iter().flatten() {
        for member in ["file", "path", "message", "fix"] {
            assert!(
                error[member].as_str().is_some_and(|text| !text.is_empty()),
                "{member}: {error}"
            );
        }
    }
    assert_eq!(json.stderr, "", "the errors are on stdout");
}

#[test]
fn the_mistakes_of_all_files_are_told_at_once() {
    let tool = S3setup::without_credentials();
    tool.file("a.yaml", "name: a\nbukcet: 1\n");
    tool.file("b.yaml", BUCKET);
    tool.file("c.yaml", "name: c\nbucket:\n  name: C\n");
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    for (command, code) in [("validate", 1), ("plan", 1), ("drift", 2), ("outputs", 1)] {
        let files = ["a.yaml", "b.yaml", "c.yaml"];
        let account = ["--account", "account.json"];
        let outcome = tool.run(&[&[command], &files[..], &account].concat());
        outcome
            .expect_code(code)
            .expect_stderr("--> a.yaml:2:1")
            .expect_stderr("--> c.yaml:3:9");
        assert_eq!(outcome.stderr.matches("error: ").count(), 2, "{outcome}");
    }
}
