//! What is written stays what it was: in YAML, in `--set`, and up to AWS.

use serde_json::{Value, json};

use super::{BUCKET, one_error, validate};
use crate::support::{S3setup, Server};

const INPUTS: &str = "\
name: m
inputs:
  bucket:
    description: its name
    default: b-backups
  value:
    description: any
    default: x
bucket:
  name: ${bucket}
  tags: {value: '${value}'}
outputs: {VALUE: \"<${value}>\"}
";

#[test]
fn words_that_yaml_has_made_numbers_of_stay_words() {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    let words = [
        "012345678901",
        "123456789012",
        "2012-10-17",
        "on",
        "off",
        "yes",
        "no",
        "y",
        "True",
        "1e3",
        "1.10",
        "0x1F",
        "0o17",
        "017",
        "1_000",
        "+1",
        ".5",
        ".inf",
        "12:30:45",
        "0",
        "-0",
    ];
    let outputs: String = words
        .iter()
        .enumerate()
        .map(|(at, word)| format!("  W{at:02}: {word}\n"))
        .collect();
    let tags: String = words
        .iter()
        .enumerate()
        .map(|(at, word)| format!("  W{at:02}: {word}\n"))
        .collect();
    tool.file(
        "m.yaml",
        &format!("{BUCKET}outputs:\n{outputs}tags:\n{tags}"),
    );
    let given: serde_json::Map<String, Value> = words
        .iter()
        .enumerate()
        .map(|(at, word)| (format!("W{at:02}"), json!(word)))
        .collect();

    let command = [
        "outputs",
        "m.yaml",
        "--account",
        "account.json",
        "--output",
        "json",
    ];
    assert_eq!(tool.run(&command).expect_code(0).json(), json!(given));
    let command = [
        "plan",
        "m.yaml",
        "--account",
        "account.json",
        "--output",
        "json",
    ];
    let plan = tool.run(&command).expect_code(0).json();
    let changes = plan["steps"][0]["changes"]
        .as_array()
        .expect("a bucket is to be made")
        .clone();
    let tags = changes
        .iter()
        .find(|change| change["path"] == "tags")
        .expect("with tags");
    for (name, word) in &given {
        assert_eq!(&tags["after"][name], word);
    }
}

#[test]
fn an_account_with_a_zero_in_front_keeps_it() {
    let account = Server::ministack().account();
    let tool = S3setup::new(&account);
    let bucket = account.bucket("zero");
    // Without quotation marks, as people write it.
    tool.file(
        "m.yaml",
        &format!("name: m\nbucket:\n  name: {bucket}\nroles:\n  r:\n    trust: {{account: {{id: 012345678901}}}}\ngrants:\n  - {{to: 098765432109, allow: [list]}}\n"),
    );
    tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
    let principals = account.python_with(
        "[iam.get_role(RoleName='r')['Role']['AssumeRolePolicyDocument']['Statement'][0]['Principal'],
 json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])['Statement'][0]['Principal']]",
        &json!({"bucket": bucket}),
    );
    let root = |id: &str| json!({"AWS": id});
    assert_eq!(
        principals,
        json!([root("012345678901"), root("098765432109")])
    );
    tool.run(&["plan", "m.yaml"]).expect_stdout("No changes.");
}

#[test]
fn a_value_cannot_add_yaml() {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    tool.file(
        "m.yaml",
        &INPUTS.replace("  tags: {value: '${value}'}\n", ""),
    );
    for value in [
        "x}\nroles: {a: b",
        "x\n  versioning: true",
        "\"",
        "'",
        "\\n",
        "{a: b}",
        "[1, 2]",
        "*anchor",
        "&anchor x",
        "!!binary x",
        "# no comment",
        "${bucket}",
        "${account}",
        "$${",
        "a: b",
        "- a",
        "null",
        "~",
        "",
        " x ",
        "a=b=c",
        "é東\u{1f600}",
    ] {
        let set = format!("value={value}");
        let command = [
            "outputs",
            "m.yaml",
            "--account",
            "account.json",
            "--output",
            "json",
            "--set",
            &set,
        ];
        let outputs = tool.run(&command).expect_code(0).json();
        assert_eq!(outputs, json!({"VALUE": format!("<{value}>")}), "{value:?}");
        let command = [
            "plan",
            "m.yaml",
            "--account",
            "account.json",
            "--output",
            "json",
            "--set",
            &set,
        ];
        let plan = tool.run(&command).expect_code(0).json();
        assert_eq!(
            plan["summary"]["create"], 1,
            "{value:?} adds no resource: {plan}"
        );
        assert_eq!(plan["manifests"][0]["inputs"], json!({"value": value}));
    }
}

#[test]
fn a_value_that_does_not_fit_is_told_where_it_is_used() {
    for (set, place, message, reason) in [
        (
            "bucket=b-backups\n  versioning: true",
            "10:9",
            "'\\n'",
            "a new line in a name",
        ),
        ("bucket=b'\"", "10:9", "'\\''", "quotation marks in a name"),
        ("bucket={a: b}", "10:9", "'{'", "a map for a name"),
        (
            "bucket=${value}",
            "10:9",
            "'$'",
            "inputs are not filled in inputs",
        ),
        ("bucket=", "10:9", "this has 0", "an empty name"),
        (
            "value=x}\nroles: {a: b",
            "11:17",
            "'}'",
            "a tag has no brackets",
        ),
        (
            "value=\u{1b}[31m",
            "11:17",
            "\\u{1b}",
            "an escape for terminals",
        ),
    ] {
        let outcome = validate(INPUTS, &["--set", set]);
        one_error(&outcome, place, message, "", &format!("{set:?}: {reason}"));
    }
}

#[test]
fn inputs_are_those_of_the_manifest() {
    for (set, message, fix, reason) in [
        (
            "bukcet=b",
            "no input \"bukcet\"",
            "did you mean `bucket`?",
            "nearly",
        ),
        (
            "region=eu-west-1",
            "no input \"region\"",
            "`bucket`, `value`",
            "known by itself, but no input",
        ),
        ("=x", "", "", "no name"),
    ] {
        if set.starts_with('=') {
            validate(INPUTS, &["--set", set])
                .expect_code(1)
                .expect_stderr("NAME=VALUE");
            continue;
        }
        one_error(&validate(INPUTS, &["--set", set]), "", message, fix, reason);
    }
    validate(INPUTS, &["--set", "bucket"])
        .expect_code(1)
        .expect_stderr("NAME=VALUE");
    one_error(
        &validate(BUCKET, &["--set", "x=1"]),
        "",
        "no input \"x\"",
        "leave --set out",
        "no inputs at all",
    );

    let missing = INPUTS.replace("    default: b-backups\n", "");
    one_error(
        &validate(missing, &[]),
        "3:3",
        "the input \"bucket\" has no value",
        "--set bucket=… (its name)",
        "no value, no default",
    );
    let unused = INPUTS.replace("${value}", "value");
    one_error(
        &validate(unused, &[]),
        "6:3",
        "the input \"value\" is used nowhere",
        "${value}",
        "used nowhere",
    );
    let unknown = INPUTS.replace("<${value}>", "<${valeu}>");
    one_error(
        &validate(unknown, &[]),
        "12:",
        "there is no input `valeu`",
        "value",
        "used and not declared",
    );
    let nameless = INPUTS.replace("    description: any\n", "");
    one_error(
        &validate(nameless, &[]),
        "6:3",
        "needs the field `description`",
        "add `description:`",
        "what is it?",
    );
}

#[test]
fn an_input_may_be_a_number_where_one_belongs() {
    let text = "name: m\ninputs: {days: {description: how long}}\nbucket:\n  name: b-backups\n  lifecycle:\n    r:\n      expire_days: ${days}\n";
    validate(text, &["--set", "days=7"]).expect_code(0);
    for days in ["seven", "7d", "7.5", "", "0", "-7", "1e1", "07"] {
        let outcome = validate(text, &["--set", &format!("days={days}")]);
        one_error(
            &outcome,
            "7:20",
            "`expire_days`",
            "",
            &format!("{days:?} is no number of days"),
        );
    }
}
