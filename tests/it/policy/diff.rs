//! `s3setup policy diff A B`: exit codes, the three forms, and what is no policy.

use crate::support::S3setup;
use serde_json::{Value, json};

const FINE: i32 = 0;
const FAILED: i32 = 1;
const CHANGES: i32 = 2;

/// A policy of one statement with these members besides its effect.
fn one(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{members}}}]}}"#)
}

fn compare(before: &str, after: &str, more: &[&str]) -> crate::support::Outcome {
    let tool = S3setup::without_credentials();
    tool.file("a.json", before);
    tool.file("b.json", after);
    tool.run(&[&["policy", "diff", "a.json", "b.json"], more].concat())
}

#[test]
fn the_exit_code_says_whether_two_policies_mean_the_same() {
    let read = one(r#""Action":"s3:GetObject","Resource":"*""#);
    let encoded = read.replace('"', "%22").replace('{', "%7B");
    let table = [
        ("", "{}", FINE, "nothing is a policy that says nothing"),
        ("[]", "[{}]", FINE, "nothing, in a list"),
        (&read, &encoded, FINE, "as IAM answers it"),
        (
            &read,
            &one(r#""Sid":"","Resource":["*"],"Action":["S3:getobject"],"Condition":{}"#),
            FINE,
            "other words",
        ),
        (
            &one(r#""Principal":{"AWS":["arn:aws-cn:iam::111122223333:root","*"]}"#),
            &one(r#""Principal":{"AWS":["*","111122223333"],"Service":[]}"#),
            FINE,
            "an account and its root",
        ),
        (
            &one(r#""Condition":{"Bool":{"aws:SecureTransport":true},"Null":{}}"#),
            &one(r#""Condition":{"bool":{"AWS:securetransport":["True"]}}"#),
            FINE,
            "conditions in other words",
        ),
        (
            &read,
            &read.replace("Allow", "Deny"),
            CHANGES,
            "another effect",
        ),
        (
            &read,
            &read.replace("2012-10-17", "2008-10-17"),
            CHANGES,
            "another version",
        ),
        (
            &read,
            &read.replace("\"Version\":\"2012-10-17\",", ""),
            CHANGES,
            "no version",
        ),
        (
            &read,
            &read.replace("Action", "NotAction"),
            CHANGES,
            "everything but",
        ),
        (
            &one(r#""Principal":"111122223333""#),
            &one(r#""Principal":"444455556666""#),
            CHANGES,
            "two principals that AWS would refuse are two all the same",
        ),
    ];
    for (before, after, code, reason) in table {
        eprintln!("{reason}");
        compare(before, after, &[]).expect_code(code);
        compare(after, before, &[]).expect_code(code);
        compare(after, after, &[]).expect_code(FINE);
    }
}

#[test]
fn statements_are_counted() {
    let (a, b) = (
        r#"{"Effect":"Allow","Action":"s3:a"}"#,
        r#"{"Effect":"Allow","Action":"s3:b"}"#,
    );
    let of = |all: &[&str]| format!(r#"{{"Statement":[{}]}}"#, all.join(","));
    compare(&of(&[a, a, b]), &of(&[a, b, b]), &[])
        .expect_code(CHANGES)
        .expect_stdout("The policies differ: 1 statement added, 1 removed.");
    compare(&of(&[a, b, a]), &of(&[b, a, a]), &[]).expect_code(FINE);
}

#[test]
fn what_is_no_policy_is_named_with_its_place() {
    let good = one(r#""Action":"s3:GetObject""#);
    let table = [
        ("42", "the number 42"),
        ("<html></html>", "not JSON"),
        (&good[..good.len() - 2], "not JSON"),
        (r#"[{"Statement":[]},{"Statement":[]}]"#, "a list of 2"),
        (r#"{"Statement":"Allow"}"#, "Statement: a text"),
        (r#"{"Statement":[{"Action":"s3:*"}]}"#, "Statement[0]"),
        (r#"{"Rules":[]}"#, "Rules"),
        (&one(r#""Action":"a","Action":"b""#), "Statement[0]"),
        (&one(r#""Action":"a","\u0041ction":"b""#), "Statement[0]"),
        (&one(r#""action":"s3:*""#), "Statement[0].action"),
        (
            &one(r#""Condition":{"Bool":{"aws:a":"true","AWS:A":"false"}}"#),
            "Statement[0].Condition.Bool",
        ),
    ];
    for (text, place) in table {
        for outcome in [compare(text, &good, &[]), compare(&good, text, &[])] {
            outcome
                .expect_code(FAILED)
                .expect_stderr("is not a policy")
                .expect_stderr(place);
            assert_eq!(outcome.stdout, "", "{text}");
        }
        compare(text, text, &[]).expect_code(FAILED);
    }
    let tool = S3setup::without_credentials();
    tool.run(&["policy", "diff", "none.json", "none.json"])
        .expect_code(FAILED)
        .expect_stderr("cannot read none.json");
}

#[test]
fn one_of_the_two_may_come_from_the_standard_input() {
    let policy = one(r#""Action":"s3:GetObject""#);
    let tool = S3setup::without_credentials();
    tool.file("a.json", &policy);
    for arguments in [["-", "a.json"], ["a.json", "-"]] {
        tool.run_with_input(&[&["policy", "diff"], &arguments[..]].concat(), &policy)
            .expect_code(FINE);
    }
    tool.run_with_input(&["policy", "diff", "-", "-"], &policy)
        .expect_code(FAILED)
        .expect_stderr("not both");
}

/// Statements that change, come and go, in another order; one without a name.
fn before_and_after() -> (String, String) {
    let secure = json!({"Bool": {"aws:SecureTransport": false}});
    let more = json!({"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}});
    let deny = |condition: Value| {
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
               "Resource": "arn:aws:s3:::b/*", "Condition": condition})
    };
    let read = |principal: Value, actions: Value| {
        json!({"Sid": "Read", "Effect": "Allow", "Principal": principal, "Action": actions,
               "Resource": "arn:aws:s3:::b/*"})
    };
    let other = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action});
    let account = json!({"AWS": "arn:aws:iam::111122223333:root"});
    let before = json!({"Version": "2012-10-17", "Statement": [
        read(account, json!("s3:GetObject")), deny(secure), other("Gone", "s3:ListBucket")]});
    let after = json!({"Version": "2012-10-17", "Statement": [
        deny(more), other("New\u{1b}[31m\u{202e}", "s3:PutObject"),
        read(json!("*"), json!(["s3:Put*", "s3:GetObject"]))]});
    (before.to_string(), after.to_string())
}

#[test]
fn the_difference_is_told_by_statement() {
    let (before, after) = before_and_after();
    let outcome = compare(&before, &after, &[]);
    outcome.expect_code(CHANGES);
    assert_eq!(
        outcome.stdout,
        r"~ Deny  s3:*
  to    anyone
  on    arn:aws:s3:::b/*
  if    + aws:ViaAWSService Bool false
        aws:SecureTransport Bool false
~ statement Read
    Allow  + s3:Put*
           = s3:GetObject
    to     + anyone
           - account 111122223333
    on     arn:aws:s3:::b/*
- statement Gone
    Allow  s3:ListBucket
+ statement New\u{1b}[31m\u{202e}
    Allow  s3:PutObject

The policies differ: 1 statement added, 2 changed, 1 removed.
"
    );
    assert_eq!(outcome.stderr, "");
    let coloured = compare(&before, &after, &["--color", "always"]);
    assert!(coloured.stdout.contains("\u{1b}[32m"), "ours");
    assert!(!coloured.stdout.contains("New\u{1b}"), "not theirs");
}

#[test]
fn the_same_difference_is_told_to_programs_and_in_markdown() {
    let (before, after) = before_and_after();
    let outcome = compare(&before, &after, &["--output", "json"]);
    outcome.expect_code(CHANGES);
    let told: Value = outcome.json();
    assert_eq!(told["same"], false);
    assert_eq!(told["version"], Value::Null);
    let changes: Vec<_> = told["statements"].as_array().unwrap().iter().collect();
    let kinds: Vec<_> = changes.iter().map(|one| &one["change"]).collect();
    assert_eq!(kinds, ["changed", "changed", "removed", "added"]);
    assert_eq!(
        changes[1]["elements"],
        json!([
            {"element": "Action", "added": ["s3:Put*"], "removed": []},
            {"element": "Principal.AWS", "added": ["*"], "removed": ["111122223333"]},
        ])
    );
    assert_eq!(changes[2]["before"]["Sid"], "Gone");
    assert_eq!(changes[2]["after"], Value::Null);
    assert!(!outcome.stdout.contains(['\u{1b}', '\u{202e}']), "escaped");

    let outcome = compare(&before, &after, &["--output", "markdown"]);
    outcome
        .expect_code(CHANGES)
        .expect_stdout("## The policies differ: 1 statement added, 2 changed, 1 removed\n")
        .expect_stdout("+     Allow  s3:Put*\n")
        .expect_stdout("- statement Gone\n");
}

#[test]
fn of_two_that_mean_the_same_only_a_program_is_told_on_the_standard_output() {
    let policy = one(r#""Action":"s3:GetObject""#);
    for form in ["text", "markdown"] {
        let outcome = compare(&policy, &policy, &["--output", form]);
        outcome.expect_code(FINE).expect_stderr("mean the same");
        assert_eq!(outcome.stdout, "");
    }
    let outcome = compare(&policy, &policy, &["--output", "json"]);
    assert_eq!(
        outcome.json(),
        json!({"format_version": "1.0", "same": true, "version": null, "id": null,
               "statements": []})
    );
}

#[test]
fn a_huge_difference_is_cut_for_a_pull_request() {
    let statements = |action: &str| {
        let all: Vec<Value> = (0..2000)
            .map(|at| json!({"Sid": format!("S{at}"), "Effect": "Allow", "Action": action}))
            .collect();
        json!({"Statement": all}).to_string()
    };
    let outcome = compare(
        &statements("s3:GetObject"),
        &statements("s3:PutObject"),
        &["--output", "markdown"],
    );
    outcome.expect_code(CHANGES).expect_stdout("more lines");
    assert!(outcome.stdout.len() < 65_536);
}
