//! What the schema check promises, on structs like the manifest's own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Problems, Source, parse};
use super::decode;

/// A manifest of the tests.
#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// The account's number. It has 12 digits.
    #[schemars(extend("x-fix" = "write the 12 digits of `aws sts get-caller-identity`"))]
    account: Option<String>,
    #[serde(default)]
    buckets: BTreeMap<String, Bucket>,
    roles: Option<BTreeMap<String, Role>>,
    #[serde(default)]
    grants: Vec<Grant>,
    user: Option<User>,
    level: Option<Level>,
    anything: Option<Value>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Bucket {
    /// Where the bucket is. It cannot be moved later.
    #[schemars(example = &"eu-central-1")]
    region: String,
    #[serde(default)]
    versioning: bool,
    expire_days: Option<u8>,
    shift: Option<i64>,
    limit: Option<u64>,
    ratio: Option<f64>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Role {
    trust: Trust,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Trust {
    /// A workflow of GitHub.
    GithubActions {
        repository: String,
        branch: Option<String>,
    },
    Account(String),
    /// Nobody at all.
    Nobody,
    Everybody,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Grant {
    allow: Vec<Level>,
    #[serde(default)]
    on: Option<OneOrMany>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Level {
    /// Reads.
    Read,
    Write,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct User {
    backup: Backup,
    keys: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Backup {
    prefix: Option<String>,
}

fn check(text: &str) -> Result<Manifest, Problems> {
    let source = Source::new("m.yaml", text);
    let schema = schemars::schema_for!(Manifest).to_value();
    let mut problems = Vec::new();
    let value = decode(&parse(&source)?, &schema, &mut problems);
    assert!(
        value.is_some() || !problems.is_empty(),
        "no value without a problem: {text}"
    );
    match value.filter(|_| problems.is_empty()) {
        Some(value) => Ok(serde_json::from_value(value).unwrap()),
        None => Err(Problems::of(&source, problems)),
    }
}

/// Each problem as `line:column path | message | fix`.
fn said(text: &str) -> Vec<String> {
    let json = check(text).unwrap_err().to_json();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or("-").to_owned();
    let list = json.as_array().unwrap().iter().map(|entry| {
        let (path, message, fix) = (
            text(entry, "path"),
            text(entry, "message"),
            text(entry, "fix"),
        );
        format!(
            "{}:{} {path} | {message} | {fix}",
            entry["line"], entry["column"]
        )
    });
    list.collect()
}

#[track_caller]
fn only(text: &str, problem: &str) {
    assert_eq!(said(text), [problem], "{text}");
}

#[test]
fn a_good_manifest_is_what_serde_reads() {
    let manifest = check(
        "account: 012345678901
buckets:
  logs: {region: eu-central-1, versioning: true, expire_days: 30, shift: -5, limit: 18446744073709551615, ratio: 1.5}
roles:
  a: {trust: {github_actions: {repository: x/y}}}
  b: {trust: nobody}
  c: {trust: {account: 012345678901}}
  d:
    trust:
      everybody:
grants:
  - allow: [read, write]
    on: logs
  - {allow: [read], on: [a, on, 1e3]}
user:
  backup:
level: null
anything: {a: [1, yes, ~]}
",
    )
    .unwrap();
    assert_eq!(manifest.account.as_deref(), Some("012345678901"));
    let logs = &manifest.buckets["logs"];
    assert_eq!(
        (logs.versioning, logs.expire_days, logs.shift),
        (true, Some(30), Some(-5))
    );
    assert_eq!((logs.limit, logs.ratio), (Some(u64::MAX), Some(1.5)));
    let roles = manifest.roles.unwrap();
    assert_eq!(roles["b"].trust, Trust::Nobody);
    assert_eq!(roles["c"].trust, Trust::Account("012345678901".to_owned()));
    assert_eq!(roles["d"].trust, Trust::Everybody);
    assert_eq!(
        manifest.grants[0].on,
        Some(OneOrMany::One("logs".to_owned()))
    );
    let many = ["a", "on", "1e3"].map(str::to_owned).to_vec();
    assert_eq!(manifest.grants[1].on, Some(OneOrMany::Many(many)));
    assert_eq!(manifest.user.unwrap().backup, Backup { prefix: None });
    assert_eq!(
        (manifest.level, manifest.anything),
        (None, Some(json!({"a": ["1", "yes", null]})))
    );
}

#[test]
fn text_takes_every_scalar_as_it_is_written() {
    for text in [
        "012345678901",
        "2012-10-17",
        "on",
        "yes",
        "y",
        "1e3",
        "0x1F",
        "1_000",
        "1.10",
        "true",
        "NO",
        ".inf",
        "-0",
        "a: b#c".trim_start_matches("a: "),
    ] {
        let manifest = check(&format!("account: {text}\n")).unwrap();
        assert_eq!(manifest.account.as_deref(), Some(text));
        let manifest = check(&format!("account: '{text}'\n")).unwrap();
        assert_eq!(manifest.account.as_deref(), Some(text));
    }
}

#[test]
fn an_integer_is_plain_digits_only() {
    for (written, fix) in [
        ("1e2", "write it in plain digits: `100`"),
        ("0x10", "write it in plain digits: `16`"),
        ("0o17", "write it in plain digits: `15`"),
        ("1_0", "write it in plain digits: `10`"),
        ("007", "write it in plain digits: `7`"),
        ("+7", "write it in plain digits: `7`"),
        ("\"7\"", "write `7` without quotes"),
        ("'0x7'", "write it in plain digits: `7`, without quotes"),
        ("seven", "write digits only, for example 30"),
        ("7 days", "write digits only, for example 30"),
        ("1.5", "write digits only, for example 30"),
        ("''", "write digits only, for example 30, without quotes"),
        (
            "99999999999999999999999999999999999999999999",
            "write digits only, for example 30",
        ),
        ("1e300", "write digits only, for example 30"),
        ("NaN", "write digits only, for example 30"),
    ] {
        let found = said(&format!(
            "buckets: {{b: {{region: x, expire_days: {written}}}}}\n"
        ));
        let unquoted = written.trim_matches(['\'', '"']);
        let message = format!(
            "1:39 buckets.b.expire_days | `expire_days` must be a whole number, and is the text `{unquoted}` | {fix}"
        );
        assert_eq!(found, [message], "{written}");
    }
}

#[test]
fn an_integer_stays_in_its_type() {
    for (field, written, bound) in [
        ("expire_days", "256", "255 or less"),
        ("expire_days", "-1", "0 or more"),
        (
            "limit",
            "18446744073709551616",
            "18446744073709551615 or less",
        ),
        (
            "shift",
            "-9223372036854775809",
            "-9223372036854775808 or more",
        ),
        (
            "shift",
            "9223372036854775808",
            "9223372036854775807 or less",
        ),
    ] {
        let found = said(&format!(
            "buckets: {{b: {{region: x, {field}: {written}}}}}\n"
        ));
        let end =
            format!("`{field}` is {written}, and must be {bound} | write a number that is {bound}");
        assert!(found.len() == 1 && found[0].ends_with(&end), "{found:?}");
    }
}

#[test]
fn a_boolean_is_true_or_false_only() {
    for (written, fix) in [
        ("yes", "write `true`"),
        ("on", "write `true`"),
        ("True", "write `true`"),
        ("y", "write `true`"),
        ("off", "write `false`"),
        ("No", "write `false`"),
        ("0", "write `false`"),
        ("\"true\"", "write `true` without quotes"),
        ("perhaps", "write `true` or `false`"),
    ] {
        let unquoted = written.trim_matches('"');
        let message = format!(
            "1:38 buckets.b.versioning | `versioning` must be true or false, and is the text `{unquoted}` | {fix}"
        );
        only(
            &format!("buckets: {{b: {{region: x, versioning: {written}}}}}\n"),
            &message,
        );
    }
}

#[test]
fn an_unknown_field_names_the_nearest_or_all() {
    only(
        "bucket: {}\n",
        "1:1 bucket | unknown field `bucket` | did you mean `buckets`?",
    );
    only(
        "roles: {a: {trust: {github_actions: {repository: x, tags: y}}}}\n",
        "1:53 roles.a.trust.github_actions.tags | unknown field `tags` | the fields here are `branch`, `repository`",
    );
}

#[test]
fn a_field_that_was_mistyped_is_not_missing_as_well() {
    only(
        "buckets: {b: {regoin: x}}\n",
        "1:15 buckets.b.regoin | unknown field `regoin` | did you mean `region`?",
    );
}

#[test]
fn a_missing_field_is_named_at_the_key_of_its_parent() {
    only(
        "buckets:\n  b:\n    versioning: true\n",
        "2:3 buckets.b | `b` needs the field `region` | add `region: eu-central-1` (Where the bucket is)",
    );
    only(
        "grants:\n  - on: x\n",
        "2:5 grants[0] | `grants[0]` needs the field `allow` | add `allow:`",
    );
    only(
        "roles:\n  a:\n",
        "2:3 roles.a | `a` needs the field `trust` | add `trust:` with one of `everybody`, `nobody`, `github_actions`, `account`",
    );
}

#[test]
fn a_wrong_kind_says_what_is_there_and_what_to_write() {
    for (text, problem) in [
        (
            "account: [1]\n",
            "1:1 account | `account` must be text, and is a list | write the 12 digits of `aws sts get-caller-identity`",
        ),
        (
            "user: {backup: {prefix: [a]}}\n",
            "1:17 user.backup.prefix | `prefix` must be text, and is a list | write `prefix: a`",
        ),
        (
            "buckets: {b: {region: {a: 1}}}\n",
            "1:15 buckets.b.region | `region` must be text, and is a map | for example `region: eu-central-1`",
        ),
        (
            "buckets: x\n",
            "1:10 buckets | `buckets` must be a map, and is the text `x` | write its fields on the lines below, indented",
        ),
        (
            "buckets:\n  - b: 1\n",
            "1:1 buckets | `buckets` must be a map, and is a list | remove the `-` before its fields",
        ),
        (
            "grants:\n  a: 1\n",
            "1:1 grants | `grants` must be a list, and is a map | start each entry with `- `",
        ),
        (
            "grants: [{allow: read}]\n",
            "1:18 grants[0].allow | `allow` must be a list, and is the text `read` | write `[read]`, or each entry on its own line behind `- `",
        ),
        (
            "grants: [{allow: [[read]]}]\n",
            "1:20 grants[0].allow[0] | `allow[0]` must be one of `write`, `read`, and is a list | -",
        ),
    ] {
        only(text, problem);
    }
}

#[test]
fn nothing_is_the_empty_map_only_where_all_is_optional() {
    assert!(check("buckets:\nuser:\n  backup: ~\n").is_ok());
    for (text, problem) in [
        (
            "account:\n",
            "1:1 account | `account` has no value | write the 12 digits of `aws sts get-caller-identity`",
        ),
        (
            "buckets: {b: {region: }}\n",
            "1:15 buckets.b.region | `region` has no value | write text, or remove the line",
        ),
        (
            "buckets: {b: {region: null}}\n",
            "1:23 buckets.b.region | `region` cannot be null | for the text, write \"null\" in quotes",
        ),
        (
            "grants:\n",
            "1:1 grants | `grants` has no value | write the list, `[]` for an empty one, or remove the line",
        ),
        (
            "user: {backup: , keys: }\n",
            "1:18 user.keys | `keys` has no value | write `{}` for none, or remove the line",
        ),
        (
            "level:\n",
            "1:1 level | `level` has no value | write one of `write`, `read`, or remove the line",
        ),
    ] {
        only(text, problem);
    }
}

#[test]
fn an_enum_names_the_nearest_word_or_all() {
    only(
        "level: raed\n",
        "1:8 level | `level` cannot be `raed` | did you mean `read`?",
    );
    only(
        "grants: [{allow: [read, delete]}]\n",
        "1:25 grants[0].allow[1] | `allow[1]` cannot be `delete` | write one of `write`, `read`",
    );
}

#[test]
fn a_tagged_enum_has_exactly_one_key_and_its_errors_are_the_variants_own() {
    let role = |trust: &str| format!("roles: {{a: {{trust: {trust}}}}}\n");
    for (trust, problem) in [
        (
            "{github_actions: {repository: x, brnach: y}}",
            "1:53 roles.a.trust.github_actions.brnach | unknown field `brnach` | did you mean `branch`?",
        ),
        (
            "{github_actions: {branch: y}}",
            "1:21 roles.a.trust.github_actions | `github_actions` needs the field `repository` | add `repository:`",
        ),
        (
            "{github: {branch: y}}",
            "1:21 roles.a.trust.github | `trust` cannot be `github` | did you mean `github_actions`?",
        ),
        (
            "{gitlab: {}}",
            "1:21 roles.a.trust.gitlab | `trust` cannot be `gitlab` | write one of `everybody`, `nobody`, `github_actions`, `account`",
        ),
        (
            "{account: x, github_actions: {}}",
            "1:33 roles.a.trust | `trust` must have exactly one key, and has `account` and `github_actions` | keep one of them",
        ),
        (
            "{}",
            "1:13 roles.a.trust | `trust` is empty | write one of `everybody`, `nobody`, `github_actions`, `account`",
        ),
        (
            "{nobody: x}",
            "1:21 roles.a.trust.nobody | `nobody` has no values of its own | write `trust: nobody`",
        ),
        (
            "github_actions",
            "1:20 roles.a.trust | `trust` cannot be `github_actions` | `github_actions` has values of its own: write `trust: {github_actions: …}`, or `github_actions:` on the line below, indented",
        ),
        (
            "nobdy",
            "1:20 roles.a.trust | `trust` cannot be `nobdy` | did you mean `nobody`?",
        ),
        (
            "[nobody]",
            "1:13 roles.a.trust | `trust` must be one of `everybody`, `nobody`, `github_actions`, `account`, and is a list | write `trust: nobody`",
        ),
        (
            "",
            "1:13 roles.a.trust | `trust` has no value | write one of `everybody`, `nobody`, `github_actions`, `account`, or remove the line",
        ),
    ] {
        only(&role(trust), problem);
    }
}

#[test]
fn one_or_many_is_told_apart_by_the_node() {
    only(
        "grants: [{allow: [], on: [a, {b: 1}]}]\n",
        "1:31 grants[0].on[1] | `on[1]` must be text, and is a map | -",
    );
    only(
        "grants: [{allow: [], on: {b: 1}}]\n",
        "1:22 grants[0].on | `on` must be text or a list, and is a map | start each entry with `- `",
    );
}

#[test]
fn all_problems_come_at_once() {
    let found = said("account: [1]\nbuckets: {b: {regoin: x, versioning: on}}\nlevel: x\nzzz: 1\n");
    assert_eq!(found.len(), 5, "{found:#?}");
}

#[test]
fn keys_with_dots_are_quoted_in_paths() {
    only(
        "buckets: {logs.example.com: {region: x, versioning: on}}\n",
        "1:53 buckets.\"logs.example.com\".versioning | `versioning` must be true or false, and is the text `on` | write `true`",
    );
}

#[test]
fn a_thousand_problems_are_enough() {
    let lines: String = (0..20_000).map(|line| format!("a{line}: 1\n")).collect();
    assert_eq!(check(&lines).unwrap_err().len(), super::MAX_PROBLEMS);
}

#[test]
fn a_schema_that_refers_to_itself_or_to_nothing_ends() {
    let schema = json!({"$ref": "#/$defs/A", "$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/None"}]}}});
    let node = parse(&Source::new("m", "a: 1\n")).unwrap();
    let mut problems = Vec::new();
    assert_eq!(decode(&node, &schema, &mut problems), None);
    assert_eq!(problems.len(), 1);
}

#[test]
fn alternatives_without_a_tag_are_told_apart_by_their_fields() {
    let schema = json!({"anyOf": [
        {"type": "object", "properties": {"a": {"type": "string"}, "x": {"type": "boolean"}}, "required": ["a"]},
        {"type": "object", "properties": {"b": {"type": "string"}, "x": {"type": "boolean"}}, "required": ["b"]},
    ]});
    for (text, message) in [
        (
            "b: 1\nx: on\n",
            "`x` must be true or false, and is the text `on`",
        ),
        ("b: 1\ny: 2\n", "unknown field `y`"),
        ("x: true\n", "the field `a` is missing"),
    ] {
        let mut problems = Vec::new();
        decode(
            &parse(&Source::new("m", text)).unwrap(),
            &schema,
            &mut problems,
        );
        let messages: Vec<_> = problems.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [message], "{text}");
    }
}

#[test]
fn a_map_with_fields_is_closed_and_one_without_is_open() {
    let closed = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let open = json!({"type": "object"});
    let mixed = json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "boolean"}});
    let pattern = json!({"type": "object", "patternProperties": {"^b": {"type": "boolean"}}, "additionalProperties": false});
    let node = parse(&Source::new("m", "b: true\n")).unwrap();
    for (schema, value, wrong) in [
        (closed, json!({}), 1),
        (open, json!({"b": "true"}), 0),
        (mixed, json!({"b": true}), 0),
        (pattern, json!({"b": true}), 0),
    ] {
        let mut problems = Vec::new();
        assert_eq!(
            decode(&node, &schema, &mut problems),
            Some(value),
            "{schema}"
        );
        assert_eq!(problems.len(), wrong, "{schema}");
    }
}

#[test]
fn what_is_wrong_and_not_required_is_left_out_of_the_value() {
    let schema = schemars::schema_for!(Manifest).to_value();
    let left = |text: &str| {
        let node = parse(&Source::new("m", text)).unwrap();
        decode(&node, &schema, &mut Vec::new())
    };
    assert_eq!(
        left("buckets: {a: {region: x, versioning: yes, colour: red}, b: {}}\n"),
        Some(json!({"buckets": {"a": {"region": "x"}}})),
        "a lacks what is wrong, b lacks what is required"
    );
}
