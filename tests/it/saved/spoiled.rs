//! Plans that are not, or no longer, what `plan` saved; and where plans are saved.

use std::fs;

use serde_json::json;

use super::{refused, with_more};
use crate::{
    neon::{PLAN, REPOSITORY, found, tool, with_manifest, writes},
    support::{Proxy, S3setup, Server},
};

const SAVED: &str = ".s3setup/plan.json";
const APPLY: &[&str] = &["apply", "--yes"];

#[test]
fn a_changed_manifest_is_named() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    let original = tool.read("neon.yaml");
    tool.run(PLAN).expect_code(0);

    with_more(&tool);
    let changed = tool.run(APPLY);
    refused(
        &changed,
        &proxy,
        "the manifest neon.yaml was changed",
        "a branch was added",
    );
    refused(
        &changed,
        &proxy,
        "role.neon-s3-backup-github-actions would be handled differently",
        "it says what of",
    );

    tool.file("neon.yaml", &format!("{original}# a comment\n"));
    let says = "the manifest neon.yaml was changed";
    refused(
        &tool.run(APPLY),
        &proxy,
        says,
        "a comment: nobody has read this text",
    );

    let without_role = original.split("\nroles:").next().expect("it has roles");
    tool.file(
        "neon.yaml",
        &format!(
            "{without_role}\noutputs:\n  USED: \"{}\"\n",
            every_input(without_role)
        ),
    );
    let says = "role.neon-s3-backup-github-actions is no longer in the manifest";
    refused(&tool.run(APPLY), &proxy, says, "the role was taken out");

    tool.file(
        "neon.yaml",
        &original.replace(
            "\ngrants:",
            "\n  another:\n    trust: {service: ec2.amazonaws.com}\n\ngrants:",
        ),
    );
    refused(
        &tool.run(APPLY),
        &proxy,
        "role.another is new in the manifest",
        "a role was added",
    );

    tool.file("neon.yaml", &original);
    tool.run(APPLY).expect_code(0);
}

#[test]
fn a_manifest_that_is_gone_or_broken_since_is_an_error() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    proxy.forget();
    tool.file("neon.yaml", "name: [");
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("neon.yaml:1:7");
    fs::remove_file(tool.folder().join("neon.yaml")).expect("it is ours");
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("there is no such file");
    assert_eq!(
        proxy.operations(),
        Vec::<String>::new(),
        "it asks nobody for that"
    );
}

#[test]
fn a_plan_that_is_not_as_it_was_saved_is_refused_before_any_call() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let saved = tool.read(SAVED);
    proxy.forget();
    let edited = |from: &str, to: &str| {
        assert!(saved.contains(from), "the plan has {from:?}");
        saved.replacen(from, to, 1)
    };
    for (text, says, reason) in [
        (saved[..saved.len() / 2].to_owned(), "was cut", "half of it"),
        (
            saved[..saved.len() - 3].to_owned(),
            "was cut",
            "the last bytes are missing",
        ),
        (String::new(), "was cut", "empty"),
        ("null".to_owned(), "no plan", "another JSON"),
        ("{\"format\": 1}".to_owned(), "no plan", "an object"),
        (
            "\u{1b}[31m".to_owned(),
            "no plan",
            "no JSON, and not for the terminal",
        ),
        (
            edited("octo/databases", "evil/databases"),
            "was edited",
            "another repository",
        ),
        (
            edited("\"create\"", "\"delete\""),
            "was edited",
            "another action",
        ),
        (
            edited("s3setup-plan-1", "s3setup-plan-9"),
            "another version",
            "a newer format",
        ),
        (
            edited("\"plan\":", "\"plam\":"),
            "no plan",
            "a member of another name",
        ),
        (
            edited("\"needs\": []", "\"needs\": [], \"extra\": 1"),
            "",
            "a member more",
        ),
    ] {
        tool.file(SAVED, &text);
        let outcome = tool.run(APPLY);
        outcome
            .expect_code(1)
            .expect_stderr("error: ")
            .expect_stderr(SAVED)
            .expect_nowhere("\u{1b}");
        assert!(
            outcome.stderr.contains(says),
            "{reason}: no {says:?}\n{outcome}"
        );
        assert_eq!(
            outcome.stderr.matches("error:").count(),
            1,
            "{reason}:\n{outcome}"
        );
        assert_eq!(outcome.stdout, "", "{reason}");
        assert_eq!(proxy.operations(), Vec::<String>::new(), "{reason}");
    }
    tool.file(SAVED, &saved);
    tool.run(APPLY).expect_code(0);
}

#[test]
fn what_is_no_file_of_text_is_no_plan() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("error: there is no saved plan at .s3setup/plan.json")
        .expect_stderr("hint: make one with `s3setup plan MANIFEST`");
    fs::write(tool.folder().join("bytes.json"), [0xff, 0x00, 0x80]).expect("it is ours");
    for (path, reason) in [
        ("absent.json", "it is not there"),
        ("bytes.json", "it is no text"),
        (".", "it is a directory"),
        ("neon.yaml", "it is a manifest"),
        ("/dev/null", "it is empty"),
    ] {
        let outcome = tool.run(&["apply", "--yes", "--plan", path]);
        assert_eq!(outcome.code, Some(1), "{reason}\n{outcome}");
        assert!(outcome.stderr.starts_with("error: "), "{reason}\n{outcome}");
        assert!(
            outcome.stderr.contains(path),
            "{reason}: it names the file\n{outcome}"
        );
    }
    assert_eq!(proxy.operations(), Vec::<String>::new());
}

/// An edit that also repairs the digest: whoever can write the file can do that.
#[test]
fn a_forged_plan_is_refused_because_it_differs_from_what_is_planned_anew() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let forge = |from: &str, to: &str| {
        account.python_with(
            "import hashlib
path = folder + '/.s3setup/plan.json'
document = json.load(open(path))
def digest(plan):
    return hashlib.sha256(json.dumps(plan, separators=(',', ':'), ensure_ascii=False).encode()).hexdigest()
assert digest(document['plan']) == document['digest'], 'the digest is made as this test thinks'
plan = json.dumps(document['plan'])
assert old in plan
document['plan'] = json.loads(plan.replace(old, new))
document['digest'] = digest(document['plan'])
json.dump(document, open(path, 'w'), indent=2)",
            &json!({"folder": tool.folder(), "old": from, "new": to}),
        );
    };
    forge("repo:octo/databases", "repo:evil/databases");
    let says = "role.neon-s3-backup-github-actions would be handled differently now";
    refused(
        &tool.run(APPLY),
        &proxy,
        says,
        "another subject in the trust",
    );
    tool.run(PLAN).expect_code(0);
    forge(
        REPOSITORY.split_once('=').expect("it has a value").1,
        "evil/databases",
    );
    let forged = tool.run(&["apply"]);
    // The inputs are part of the plan: this is a plan for another repository, shown before asking.
    forged.expect_code(1).expect_stderr("repo:evil/databases");
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn a_plan_of_another_account_is_refused() {
    let (mine, theirs) = (Server::ministack().account(), Server::ministack().account());
    let tool_of_theirs = tool(&theirs);
    tool_of_theirs.run(PLAN).expect_code(0);
    let proxy = Proxy::before(&mine);
    let tool = tool(proxy.account());
    tool.file(SAVED, &tool_of_theirs.read(SAVED));
    let says = format!(
        "the plan is for account {}, and this is {}",
        theirs.account_id, mine.account_id
    );
    refused(
        &tool.run(APPLY),
        &proxy,
        &says,
        "the account is another one",
    );

    let imagined = with_manifest(S3setup::without_credentials());
    imagined.file("account.json", r#"{"account": "123456789012"}"#);
    imagined
        .run(&[PLAN, &["--account", "account.json"]].concat())
        .expect_code(0);
    tool.file(SAVED, &imagined.read(SAVED));
    let says = "the plan is for account 123456789012";
    refused(&tool.run(APPLY), &proxy, says, "it was made with --account");
    assert_eq!(found(&mine)["buckets"], json!([]));
}

#[test]
fn a_plan_is_saved_where_it_is_told() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    tool.run(&[PLAN, &["--out", "plans/mine"]].concat())
        .expect_code(0)
        .expect_stderr("`s3setup apply --plan plans/mine` does exactly this");
    assert!(!tool.folder().join(SAVED).exists(), "and nowhere else");
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("there is no saved plan");
    tool.run(&["apply", "--plan", "plans/mine", "neon.yaml"])
        .expect_code(1);
    tool.run(&["apply", "--yes", "--plan", "plans/mine"])
        .expect_code(0);
    assert_eq!(found(&account)["buckets"], json!([super::bucket(&account)]));

    tool.run(&[PLAN, &["--out", "neon.yaml/plan.json"]].concat())
        .expect_code(1)
        .expect_stderr("cannot save the plan to neon.yaml/plan.json");
}

#[test]
fn a_plan_that_fails_leaves_the_earlier_one_whole() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let saved = tool.read(SAVED);
    tool.run(&["plan", "neon.yaml", "--set", "repository=nothing"])
        .expect_code(1);
    assert_eq!(
        tool.read(SAVED),
        saved,
        "what is applied then is what was shown"
    );
}

/// `${a} ${b}`: an input that nothing uses is a mistake of its own.
fn every_input(manifest: &str) -> String {
    let (_, inputs) = manifest.split_once("\ninputs:\n").expect("it has inputs");
    let names = inputs
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '));
    names.map(|name| format!("${{{name}}} ")).collect()
}
