//! Who gains and who loses what: shown, refused where that is asked for, and agreed to by itself
//! where strangers are let in.

use serde_json::{Value, json};

use crate::support::{Outcome, S3setup, talk};

/// The manifest `m` with this below it, and an empty account in a file.
fn tool(manifest: &str) -> S3setup {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    write(&tool, manifest);
    tool
}

fn write(tool: &S3setup, manifest: &str) {
    tool.file("m.yaml", &format!("name: m\n{manifest}"));
}

fn run(tool: &S3setup, arguments: &[&str]) -> Outcome {
    let mut all = vec!["--account", "account.json"];
    all.extend(arguments);
    tool.run(&all)
}

/// Fail unless the command leaves the account as it is, and says so.
#[track_caller]
fn refused(tool: &S3setup, arguments: &[&str]) -> Outcome {
    let before = tool.read("account.json");
    let outcome = run(tool, arguments);
    let said: Vec<&str> = outcome.expect_code(1).stderr.split_whitespace().collect();
    assert!(said.join(" ").contains("nothing was changed"), "{outcome}");
    assert_eq!(tool.read("account.json"), before, "{outcome}");
    outcome
}

const APPLY: [&str; 3] = ["apply", "m.yaml", "--yes"];

fn users(action: &str) -> String {
    format!(
        "users:\n  ann:\n    inline_policies:\n      p:\n        - {{Effect: Allow, Action: \
         [{action}], Resource: 'arn:aws:s3:::b/*'}}\n"
    )
}

fn public(resource: &str) -> String {
    format!(
        "bucket:\n  name: acme-public\n  public_access_block: {{block_public_policy: false, \
         restrict_public_buckets: false}}\n  policy:\n    - {{Effect: Allow, Principal: '*', \
         Action: s3:GetObject, Resource: 'arn:aws:s3:::acme-public/{resource}*'}}\n"
    )
}

fn trust(subjects: &str) -> String {
    format!(
        "roles:
  ci:
    trust:
      statements:
        - Effect: Allow
          Principal: {{Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'}}
          Action: sts:AssumeRoleWithWebIdentity
          Condition:
            StringEquals: {{token.actions.githubusercontent.com:aud: sts.amazonaws.com}}
            StringLike: {{token.actions.githubusercontent.com:sub: ['{subjects}']}}
oidc_providers:
  https://token.actions.githubusercontent.com: {{audiences: [sts.amazonaws.com]}}
"
    )
}

fn vendor(account: &str) -> String {
    format!(
        "roles: {{vendor: {{trust: {{principal: {{arn: 'arn:aws:iam::{account}:role/x', external_id: \
         abc}}}}}}}}\n"
    )
}

#[test]
fn a_plan_that_widens_is_refused_where_that_is_asked_for() {
    let tool = tool(&users("s3:GetObject"));
    let line = "user ann gains s3:GetObject on b/*";
    let plan = run(&tool, &["plan", "m.yaml", "--deny-widening"]);
    plan.expect_code(1)
        .expect_stdout(&format!("Access:\n  + {line}\n"))
        .expect_stderr("--deny-widening forbids")
        .expect_stderr(line);
    assert!(
        !tool.folder().join(".s3setup/plan.json").exists(),
        "it is not saved"
    );
    refused(&tool, &[&APPLY[..], &["--deny-widening"]].concat()).expect_stderr(line);

    run(&tool, &APPLY).expect_code(0);
    write(&tool, &users("s3:PutObject"));
    refused(&tool, &[&APPLY[..], &["--deny-widening"]].concat())
        .expect_stderr("user ann gains s3:PutObject on b/*");
    write(&tool, "users: {ann: {tags: {a: b}}}\n");
    run(&tool, &["plan", "m.yaml", "--deny-widening"])
        .expect_code(0)
        .expect_stdout("~ user.ann  narrows access")
        .expect_stdout("- user ann loses s3:GetObject on b/*");
    run(&tool, &[&APPLY[..], &["--deny-widening"]].concat()).expect_code(0);
}

#[test]
fn a_manifest_may_say_that_it_is_not_to_be_widened() {
    let rule = |rest: &str| format!("deny_widening: true\n{rest}");
    let tool = tool(&rule(&users("s3:GetObject")));
    run(&tool, &["plan", "m.yaml"])
        .expect_code(1)
        .expect_stderr("deny_widening of manifest m forbids");
    refused(&tool, &APPLY).expect_stderr("--allow-widening");
    let allowed = [&APPLY[..], &["--allow-widening"]].concat();
    run(&tool, &allowed).expect_code(0);
    run(&tool, &APPLY).expect_code(0);

    write(&tool, &rule(&users("s3:GetObject, s3:PutObject")));
    refused(&tool, &APPLY).expect_stderr("user ann gains s3:PutObject on b/*");
    run(&tool, &["plan", "m.yaml", "--allow-widening"]).expect_code(0);
    refused(&tool, &["apply", "--yes"]).expect_stderr("deny_widening of manifest m forbids");
    run(&tool, &["apply", "--yes", "--allow-widening"]).expect_code(0);

    // It is this manifest's rule, and no other's.
    tool.file(
        "other.yaml",
        &format!(
            "name: other\n{}",
            users("s3:GetObject").replace("ann", "bob")
        ),
    );
    run(&tool, &["apply", "m.yaml", "other.yaml", "--yes"]).expect_code(0);
}

#[test]
fn the_public_is_let_in_only_with_a_word_of_its_own() {
    let tool = tool(&public("a/"));
    let line = "PUBLIC: anyone on the internet gains s3:GetObject on acme-public/a/*";
    run(&tool, &["plan", "m.yaml"])
        .expect_code(0)
        .expect_stdout(&format!("Access:\n  ! {line}"));
    refused(&tool, &APPLY)
        .expect_stderr(line)
        .expect_stderr("--confirm-widening public");
    let other = [&APPLY[..], &["--confirm-widening", "account"]].concat();
    refused(&tool, &other);
    let confirmed = [&APPLY[..], &["--confirm-widening", "public"]].concat();
    run(&tool, &confirmed).expect_code(0);

    // What is public already needs nothing, and less of it neither.
    write(&tool, &format!("{}  versioning: true\n", public("a/")));
    run(&tool, &APPLY).expect_code(0);
    write(&tool, &public("a/b/"));
    run(&tool, &APPLY).expect_code(0);
    write(&tool, &public(""));
    refused(&tool, &APPLY);
}

#[test]
fn any_repository_is_let_in_only_with_a_word_of_its_own() {
    let tool = tool(&trust("repo:acme/backups:*"));
    run(&tool, &APPLY).expect_code(0);
    write(&tool, &trust("repo:acme/*"));
    refused(&tool, &APPLY)
        .expect_stderr("ANY REPOSITORY: GitHub workflows like repo:acme/*")
        .expect_stderr("--confirm-widening repository");
    let confirmed = [&APPLY[..], &["--confirm-widening", "repository"]].concat();
    run(&tool, &confirmed).expect_code(0);
}

#[test]
fn another_account_is_asked_for_by_itself_and_covered_by_yes() {
    let first = tool(&vendor("444455556666"));
    let steps = [
        (
            "! OTHER ACCOUNT: role x of account 444455556666 gains sts:AssumeRole on role",
            "",
        ),
        ("Apply to account 123456789012?", "yes\n"),
        ("This lets in another account:", ""),
        ("Type the word account to let them in:", "yes\n"),
        ("Nothing was changed.", ""),
    ];
    let arguments = ["--account", "account.json", "apply", "m.yaml"];
    let refused = talk(&first, &arguments, &steps);
    assert_eq!(
        (refused.code, refused.left.len()),
        (Some(1), 0),
        "{}",
        refused.text
    );
    let mut steps = steps;
    steps[3].1 = "account\n";
    steps[4].0 = "Applied: 1 done";
    let agreed = talk(&first, &arguments, &steps);
    assert_eq!(
        (agreed.code, agreed.left.len()),
        (Some(0), 0),
        "{}",
        agreed.text
    );
    // The progress line is the terminal's own width.
    let mut said = agreed.text.lines().filter(|line| !line.contains('\u{1b}'));
    let wide = said.find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);

    run(&tool(&vendor("444455556666")), &APPLY).expect_code(0);
}

#[test]
fn each_kind_of_strangers_is_asked_for_and_silence_is_no_agreement() {
    let tool = tool(&format!("{}{}", public(""), vendor("444455556666")));
    let ask = ["--account", "account.json", "apply", "m.yaml"];
    for (input, code, said) in [
        ("yes\n", 1, "--confirm-widening public"),
        ("yes\npublic\n", 1, "--confirm-widening account"),
        ("yes\naccount\n", 1, "Nothing was changed."),
        ("no\npublic\naccount\n", 1, "Nothing was changed."),
        ("yes\npublic\naccount\n", 0, "Applied: 3 done"),
    ] {
        let before = tool.read("account.json");
        let outcome = tool.run_with_input(&ask, input);
        outcome.expect_code(code).expect_stderr(said);
        assert_eq!(tool.read("account.json") == before, code == 1, "{outcome}");
    }
}

#[test]
fn programs_read_the_same_that_people_do() {
    let tool = tool(&vendor("444455556666"));
    let plan = run(&tool, &["plan", "m.yaml", "--output", "json"]);
    let report: Value = serde_json::from_str(&plan.expect_code(0).stdout).expect("JSON");
    assert_eq!(report["steps"][0]["access"], "widening");
    assert_eq!(
        report["access"],
        json!([{
            "who": "role x of account 444455556666",
            "kind": "account",
            "effect": "gains",
            "actions": ["sts:AssumeRole"],
            "but_not": [],
            "resources": ["arn:aws:iam::123456789012:role/vendor"],
            "condition": [
                {"operator": "StringEquals", "key": "sts:ExternalId", "values": ["abc"]}
            ],
            "certain": true,
            "unknown": null,
            "because": [
                {"step": "role.vendor", "statement": "Principal of the trust policy of role.vendor"}
            ],
            "danger": true,
            "text": "OTHER ACCOUNT: role x of account 444455556666 gains sts:AssumeRole on role \
                vendor if sts:ExternalId StringEquals abc",
        }])
    );
    let markdown = run(&tool, &["plan", "m.yaml", "--output", "markdown"]);
    markdown.expect_code(0).expect_stdout(
        "! OTHER ACCOUNT: role x of account 444455556666 gains sts:AssumeRole on role vendor",
    );
    run(&tool, &APPLY).expect_code(0);
    let again = run(&tool, &["plan", "m.yaml", "--output", "json"]);
    let report: Value = serde_json::from_str(&again.stdout).expect("JSON");
    assert_eq!(
        (&report["access"], &report["steps"][0]["access"]),
        (&json!([]), &json!("neither"))
    );
}

#[test]
fn drift_tells_who_has_gained_and_lost_behind_the_manifests_back() {
    let tool = tool(&users("s3:GetObject"));
    run(&tool, &APPLY).expect_code(0);
    let account = tool.read("account.json");
    tool.file(
        "account.json",
        &account.replace("s3:GetObject", "s3:DeleteObject"),
    );
    run(&tool, &["drift", "m.yaml"])
        .expect_code(2)
        .expect_stdout("user ann has gained s3:DeleteObject on b/*")
        .expect_stdout("user ann has lost s3:GetObject on b/*");
}
