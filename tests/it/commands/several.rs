//! Several manifests in one command.

use serde_json::json;

use super::imagined;
use crate::{
    neon::{flat, writes},
    support::{Account, Proxy, S3setup, Server},
};

/// A manifest with a bucket and a role that a workflow may assume.
fn manifest(account: &Account, name: &str, role: &str) -> String {
    format!(
        "name: {name}
region: us-east-1
bucket:
  name: {}
roles:
  {role}:
    trust:
      github_actions: {{repository: octo/{name}, branch: main}}
outputs:
  {}: done
",
        account.bucket(name),
        name.to_uppercase()
    )
}

#[test]
fn two_manifests_share_the_provider_of_the_account() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    tool.file("one.yaml", &manifest(&account, "one", "first"));
    tool.file("two.yaml", &manifest(&account, "two", "second"));
    tool.run(&["plan", "one.yaml", "two.yaml"])
        .expect_code(0)
        .expect_stdout("one and two in account")
        .expect_stdout("Plan: 5 to create");
    tool.run(&["apply", "--yes"])
        .expect_code(0)
        .expect_stdout("ONE")
        .expect_stdout("TWO");
    let made: Vec<String> = writes(&proxy)
        .into_iter()
        .filter(|name| name == "iam:CreateOpenIDConnectProvider")
        .collect();
    assert_eq!(made.len(), 1, "one provider for both");
    // Each by itself is in sync, too, and takes nothing from the other.
    for command in [
        &["plan", "one.yaml"][..],
        &["plan", "two.yaml"],
        &["plan", "two.yaml", "one.yaml"],
    ] {
        tool.run(command)
            .expect_code(0)
            .expect_stdout("No changes.");
    }
    assert_eq!(
        account.python("[len(iam.list_roles()['Roles']), len(iam.list_open_id_connect_providers()['OpenIDConnectProviderList'])]"),
        json!([2, 1])
    );
}

#[test]
fn a_resource_in_two_manifests_is_refused_by_name() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    tool.file("one.yaml", &manifest(&account, "one", "same"));
    tool.file("two.yaml", &manifest(&account, "two", "same"));
    for command in [
        &["plan", "one.yaml", "two.yaml"][..],
        &["apply", "one.yaml", "two.yaml", "--yes"],
        &["drift", "one.yaml", "two.yaml"],
    ] {
        let outcome = tool.run(command);
        let said = flat(&outcome.stderr);
        outcome.expect_code(1);
        assert!(
            said.contains("role.same is in two manifests, \"one\" and \"two\""),
            "{outcome}"
        );
        assert_eq!(outcome.stdout, "", "{outcome}");
    }
    // The same file twice is one file.
    tool.run(&["plan", "one.yaml", "./one.yaml"])
        .expect_code(0)
        .expect_stdout("one in account");
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn one_manifest_does_not_take_what_another_has() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    tool.file("one.yaml", &manifest(&account, "one", "same"));
    tool.run(&["apply", "one.yaml", "--yes"]).expect_code(0);
    proxy.forget();
    tool.file("two.yaml", &manifest(&account, "two", "same"));
    tool.run(&["plan", "two.yaml"])
        .expect_code(1)
        .expect_stdout("it belongs to the manifest \"one\"")
        .expect_stdout("--take-over role.same");
    let adopting = ["apply", "two.yaml", "--yes", "--adopt", "all"];
    tool.run(&adopting)
        .expect_code(1)
        .expect_stderr("nothing was changed");
    assert_eq!(writes(&proxy), Vec::<String>::new());
    let taking = ["apply", "two.yaml", "--yes", "--take-over", "role.same"];
    tool.run(&taking).expect_code(0);
    tool.run(&["plan", "two.yaml"]).expect_stdout("No changes.");
    tool.run(&["plan", "one.yaml"])
        .expect_code(1)
        .expect_stdout("manifest \"two\"");
}

#[test]
fn two_manifests_of_one_name_are_not_told_apart_by_their_marks() {
    let (tool, account) = imagined();
    tool.file("a.yaml", "name: m\nbucket:\n  name: a-backups\n");
    tool.file("b.yaml", "name: m\nbucket:\n  name: b-backups\n");
    // The name is the mark: what one makes, the other would take for its own.
    let plan = tool.run(&[&["plan", "a.yaml", "b.yaml"], &account[..]].concat());
    plan.expect_code(1).expect_stderr("\"m\"");
}

#[test]
fn an_output_of_two_manifests_is_not_silently_the_last_one_s() {
    let (tool, account) = imagined();
    for name in ["a", "b"] {
        let text = format!(
            "name: {name}\nbucket:\n  name: {name}-backups\noutputs: {{BUCKET: {name}-backups}}\n"
        );
        tool.file(&format!("{name}.yaml"), &text);
    }
    let outputs = tool.run(&[&["outputs", "a.yaml", "b.yaml"], &account[..]].concat());
    let both = outputs.stdout.contains("a-backups") && outputs.stdout.contains("b-backups");
    assert!(
        both || outputs.code == Some(1),
        "one of them is lost:\n{outputs}"
    );
}
