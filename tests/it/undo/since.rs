//! What somebody else has done since a run is theirs.

use serde_json::json;

use super::{APPLY, UNDO, dump, ground, listed};
use crate::{
    neon::{flat, says},
    support::{S3setup, Server},
};

const MANIFEST: &str = "name: m
roles:
  made: {trust: {service: ec2.amazonaws.com}, description: made}
  old: {trust: {service: ec2.amazonaws.com}, description: ours, tags: {team: data}}
";

const OLD: &str = "
iam.create_role(RoleName='old', Description='theirs', AssumeRolePolicyDocument=json.dumps(
    {'Version': '2012-10-17', 'Statement': []}))
None";

/// A role that the run made, and one that it adopted.
fn applied() -> (crate::support::Proxy, S3setup) {
    let (proxy, tool) = ground();
    tool.file("m.yaml", MANIFEST);
    proxy.account().python(OLD);
    tool.run(&["apply", "m.yaml", "--yes", "--adopt", "all"])
        .expect_code(0);
    (proxy, tool)
}

#[test]
fn what_was_changed_since_is_left_until_that_is_agreed_to_by_name() {
    let (proxy, tool) = applied();
    let account = proxy.account();
    account.python(
        "iam.update_role(RoleName='made', Description='since')
iam.update_role(RoleName='old', Description='since')
iam.tag_role(RoleName='old', Tags=[{'Key': 'more', 'Value': '1'}])
None",
    );
    let plan = tool.run(UNDO);
    plan.expect_code(1);
    let said = flat(&plan.stdout);
    assert!(
        said.contains("it was changed since: description; `--overwrite role.made`"),
        "{said}"
    );
    assert!(
        said.contains("changed since: description; `--overwrite role.old`"),
        "{said}"
    );
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("cannot be done as it stands");
    proxy.forget();
    let only = ["--keep", "role.made", "--overwrite", "role.old"];
    super::undone(&tool, &only);
    let roles = dump(account)["roles"].clone();
    assert_eq!(roles["made"]["description"], "since", "kept");
    assert_eq!(roles["old"]["description"], "theirs", "overwritten");
    assert_eq!(
        roles["old"]["tags"],
        json!([["more", "1"]]),
        "what is of others stays"
    );
    let runs = listed(&tool);
    super::undone(
        &tool,
        &[
            runs[1]["run"].as_str().expect("a name"),
            "--overwrite",
            "role.made",
        ],
    );
    assert!(dump(account)["roles"].get("made").is_none());
    let strange = tool.run(&[
        "undo",
        runs[1]["run"].as_str().expect("a name"),
        "--keep",
        "role.mad",
    ]);
    strange
        .expect_code(1)
        .expect_stderr("--keep role.mad: there is no role.mad of the run");
}

#[test]
fn what_was_made_again_since_is_another_one_and_stays() {
    let (proxy, tool) = applied();
    proxy.account().python(
        "r = iam.get_role(RoleName='made')['Role']
iam.delete_role(RoleName='made')
iam.create_role(RoleName='made', Description='made', Tags=r['Tags'],
    AssumeRolePolicyDocument=json.dumps(r['AssumeRolePolicyDocument']))
None",
    );
    let plan = tool.run(&[UNDO, &["--overwrite", "role.made"]].concat());
    let said = flat(&plan.expect_code(2).stdout);
    assert!(
        said.contains("stays: it was deleted and made again since"),
        "{said}"
    );
    tool.run(APPLY).expect_code(0);
    assert_eq!(
        dump(proxy.account())["roles"]["made"]["description"],
        "made"
    );
}

#[test]
fn a_saved_way_back_is_refused_once_the_account_or_the_journal_is_another() {
    let (proxy, tool) = applied();
    let account = proxy.account();
    tool.run(UNDO).expect_code(2);
    account.python("iam.tag_role(RoleName='old', Tags=[{'Key': 'more', 'Value': '1'}])\nNone");
    let before = dump(account);
    let refused = tool.run(APPLY);
    refused
        .expect_code(1)
        .expect_stderr("role.old: tags.more was changed");
    assert_eq!(dump(account), before);
    tool.run(UNDO).expect_code(2);
    account.python("iam.delete_role(RoleName='made')\nNone");
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("role.made was there, and now is not");
    tool.run(UNDO).expect_code(2);
    let run = listed(&tool)[0]["run"].as_str().expect("a name").to_owned();
    let path = format!(".s3setup/journal/{run}.jsonl");
    tool.file(
        &path,
        &tool.read(&path).replace("\"theirs\"", "\"planted\""),
    );
    let refused = tool.run(APPLY);
    says(refused.expect_code(1), "was changed");
    assert_eq!(dump(account)["roles"]["old"]["description"], "ours");
}

#[test]
fn a_journal_of_another_account_leads_nobody_back() {
    let (_proxy, tool) = applied();
    let other = S3setup::new(&Server::ministack().account());
    let run = listed(&tool)[0]["run"].as_str().expect("a name").to_owned();
    let path = format!(".s3setup/journal/{run}.jsonl");
    other.file(&path, &tool.read(&path));
    let refused = other.run(UNDO);
    refused
        .expect_code(1)
        .expect_stderr("error: that run was in account");
}
