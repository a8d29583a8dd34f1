//! `s3setup policy lint FILE…`: exit codes, places, the three forms, and what is guessed.

use crate::support::{Outcome, S3setup};
use serde_json::{Value, json};

const FINE: i32 = 0;
const FAILED: i32 = 1;
const FOUND: i32 = 2;

const GOOD: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
  "Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"}]}"#;

/// A note, a warning and an error, in the lines 3 to 5.
const BAD: &str = r#"{
  "Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:HeadObject", "Resource": "*"}
  ]
}
"#;

fn lint(text: &str, more: &[&str]) -> Outcome {
    let tool = S3setup::without_credentials();
    tool.file("p.json", text);
    tool.run(&[&["policy", "lint", "p.json"], more].concat())
}

/// The findings of a text as JSON.
fn findings(text: &str, more: &[&str]) -> Vec<Value> {
    let outcome = lint(text, &[more, &["--output", "json"]].concat());
    serde_json::from_str(&outcome.stdout).expect("it is a list")
}

/// Their ids.
fn ids(text: &str, more: &[&str]) -> Vec<String> {
    let found = findings(text, more);
    let ids = found.iter().map(|finding| finding["id"].as_str());
    ids.map(|id| id.expect("it is a text").to_owned()).collect()
}

#[test]
fn the_exit_code_says_whether_something_is_wrong() {
    let note = GOOD.replace("\"s3:PutObject\"", "\"s3:PutObjectAcl\"");
    let warning = GOOD.replace("arn:aws:s3:::b/*", "*");
    let error = GOOD.replace("s3:PutObject", "s3:HeadObject");
    for (text, code, why) in [
        (GOOD, FINE, "nothing"),
        (&note, FINE, "a note"),
        (&warning, FOUND, "a warning"),
        (&error, FOUND, "an error"),
        ("{}", FOUND, "no statement"),
        (
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Effect\":\"Deny\"}]}",
            FOUND,
            "a key twice",
        ),
        ("{\"Version\":", FOUND, "no JSON"),
        ("", FOUND, "nothing at all"),
    ] {
        let outcome = lint(text, &[]);
        assert_eq!(outcome.code, Some(code), "{why}: {}", outcome.stdout);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure_and_nothing_else_is_said() {
    let tool = S3setup::without_credentials();
    tool.file("bad.json", BAD);
    let outcome = tool.run(&["policy", "lint", "bad.json", "missing.json"]);
    assert_eq!(outcome.code, Some(FAILED));
    assert_eq!(
        outcome.stdout, "",
        "half of the findings would look like all"
    );
    assert!(
        outcome.stderr.contains("missing.json"),
        "{}",
        outcome.stderr
    );
    for wrong in [
        &["policy", "lint", "-", "-"][..],
        &["policy", "lint", "bad.json", "--account", "1111"],
        &[
            "policy", "lint", "bad.json", "--kind", "trust", "--bucket", "b",
        ],
        &["policy", "lint", "bad.json", "--kind", "other"],
        &["policy", "lint"],
    ] {
        let outcome = tool.run(wrong);
        assert_eq!(outcome.code, Some(FAILED), "{wrong:?}");
        assert_eq!(outcome.stdout, "", "{wrong:?}");
    }
}

#[test]
fn text_is_for_people_and_says_where_what_and_the_fix() {
    let outcome = lint(BAD, &[]);
    for expected in [
        "p.json:3:51: note: everywhere\n  Statement[0].Resource: ",
        "p.json:4:51: warning: write-everywhere\n",
        "p.json:5:25: error: unknown-action\n",
        "\n  fix: write s3:GetObject\n",
        "\n  see: https://docs.aws.amazon.com/",
    ] {
        assert!(
            outcome.stdout.contains(expected),
            "{expected}\n{}",
            outcome.stdout
        );
    }
    let long = |line: &&str| line.chars().count() > 80 && !line.contains("https://");
    assert_eq!(outcome.stdout.lines().find(long), None);
    assert!(
        !outcome.stdout.contains('\u{1b}'),
        "no colour without a terminal"
    );
    let summary = "1 error, 1 warning, 1 note in 1 file.";
    assert!(outcome.stderr.contains(summary), "{}", outcome.stderr);
    let good = lint(GOOD, &[]);
    assert_eq!(good.stdout, "");
    assert!(
        good.stderr.contains("Nothing was found in 1 file."),
        "{}",
        good.stderr
    );
}

#[test]
fn json_is_a_list_of_findings_with_their_place() {
    let found = findings(BAD, &[]);
    let last = found.last().expect("there are three");
    assert_eq!(found.len(), 3);
    assert_eq!(
        last,
        &json!({
            "id": "unknown-action",
            "severity": "error",
            "path": "Statement[2].Action",
            "message": "s3:HeadObject is no action of s3",
            "fix": "write s3:GetObject",
            "file": "p.json",
            "line": 5,
            "column": 25,
            "source": "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        })
    );
    let severities: Vec<_> = found.iter().map(|one| one["severity"].as_str()).collect();
    assert_eq!(severities, [Some("note"), Some("warning"), Some("error")]);
    assert_eq!(findings(GOOD, &[]), [] as [Value; 0]);
}

#[test]
fn sarif_is_what_code_scanning_reads() {
    let tool = S3setup::without_credentials();
    tool.file("my policies/p.json", BAD);
    tool.file("good.json", GOOD);
    let files = ["./my policies/p.json", "good.json"];
    let outcome = tool.run(&[&["policy", "lint", "--output", "sarif"], &files[..]].concat());
    assert_eq!(outcome.code, Some(FOUND));
    let log: Value = serde_json::from_str(&outcome.stdout).expect("it is JSON");
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .is_some_and(|schema| schema.contains("sarif-2.1.0"))
    );
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"]
        .as_array()
        .expect("there are rules");
    assert_eq!(run["tool"]["driver"]["name"], "s3setup");
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].is_string(), "{text} of {rule}");
        }
        assert!(
            rule["helpUri"]
                .as_str()
                .is_some_and(|uri| uri.starts_with("https://"))
        );
    }
    let results = run["results"].as_array().expect("there are results");
    let levels: Vec<_> = results.iter().map(|one| one["level"].as_str()).collect();
    assert_eq!(levels, [Some("note"), Some("warning"), Some("error")]);
    let mut prints = Vec::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number"));
        assert_eq!(rules[index.expect("it is small")]["id"], result["ruleId"]);
        assert!(
            result["message"]["text"]
                .as_str()
                .is_some_and(|text| text.contains("Fix: "))
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20policies/p.json");
        assert!(place["region"]["startLine"].as_u64() >= Some(3));
        assert!(place["region"]["startColumn"].as_u64() >= Some(1));
        prints.push(result["partialFingerprints"].to_string());
    }
    prints.dedup();
    assert_eq!(prints.len(), 3, "each finding has its own");
    let clean = tool.run(&["policy", "lint", "--output", "sarif", "good.json"]);
    assert_eq!(clean.code, Some(FINE));
    let log: Value = serde_json::from_str(&clean.stdout).expect("it is JSON");
    assert_eq!(
        log["runs"][0]["results"],
        json!([]),
        "an empty run closes what was open"
    );
}

#[test]
fn the_standard_input_is_a_file() {
    let tool = S3setup::without_credentials();
    let arguments = ["policy", "lint", "-", "--output", "json"];
    let outcome = tool.run_with_input(&arguments, BAD);
    assert_eq!(outcome.code, Some(FOUND));
    assert!(
        outcome.stdout.contains(r#""file": "-""#),
        "{}",
        outcome.stdout
    );
}

#[test]
fn what_a_policy_is_attached_to_is_guessed_or_said() {
    const ROLE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
        "Principal":{"AWS":"arn:aws:iam::422074288268:root"},"Action":"sts:AssumeRole"}}"#;
    let bucket = GOOD.replace(
        "\"Action\"",
        r#""Principal":{"AWS":"444455556666"},"Action""#,
    );
    let key = ROLE.replace("sts:AssumeRole\"", "kms:*\",\"Resource\":\"*\"");
    for (text, more, expected) in [
        (GOOD, &[][..], &[][..]),
        (&bucket, &[], &[]),
        (ROLE, &[], &["vendor-external-id"]),
        (&key, &[], &[]),
        (&bucket, &["--kind", "identity"], &["misplaced-element"]),
        (GOOD, &["--kind", "resource"], &["missing-element"]),
        (
            GOOD,
            &["--bucket", "other"],
            &["missing-element", "foreign-resource"],
        ),
        (&bucket, &["--bucket", "b"], &[]),
        (
            &bucket,
            &["--account", "111122223333"],
            &["unknown-account"],
        ),
        (&bucket, &["--account", "444455556666"], &[]),
        (
            ROLE,
            &["--kind", "key"],
            &["key-lock-out", "foreign-action", "missing-element"],
        ),
    ] {
        assert_eq!(ids(text, more), expected, "{more:?} {text}");
    }
}
