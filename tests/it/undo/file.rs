//! The way back in account files, for every manifest of `manifests/`.

use serde_json::{Value, json};

use super::{APPLY, UNDO, listed, steady};
use crate::{faults::in_parallel, neon::flat, support::S3setup, vendors::Manifest};

const FILE: [&str; 2] = ["--account", "account.json"];

fn run(tool: &S3setup, arguments: &[&str], code: i32) -> String {
    let outcome = tool.run(&[arguments, &FILE].concat());
    outcome.expect_code(code).stdout.clone()
}

fn account(tool: &S3setup) -> Value {
    serde_json::from_str(&tool.read("account.json")).expect("it is JSON")
}

#[test]
fn every_manifest_is_led_back_after_apply_and_after_destroy() {
    let manifests = Manifest::all();
    in_parallel(manifests.len(), |at| {
        let manifest = &manifests[at];
        let tool = S3setup::without_credentials();
        tool.file(
            "account.json",
            r#"{"account": "123456789012", "region": "us-east-1"}"#,
        );
        let file = manifest.write_to(&tool);
        let plan = || steady(&run(&tool, &["plan", &file], 0));
        let first = plan();
        let widens = ["public", "repository", "account"].map(|whom| ["--confirm-widening", whom]);
        let widens = widens.concat();
        let apply = [&["apply", &file, "--yes"], &widens[..]].concat();
        let back = [APPLY, &widens[..]].concat();
        run(&tool, &apply, 0);
        let applied = account(&tool);
        run(&tool, UNDO, 2);
        run(&tool, &back, 0);
        assert_eq!(account(&tool)["resources"], json!([]), "{file}");
        assert_eq!(plan(), first, "{file}: the first plan is the plan again");

        run(&tool, &apply, 0);
        let name = run(&tool, &["plan", &file, "--output", "json"], 0);
        let name: Value = serde_json::from_str(&name).expect("it is JSON");
        let name = name["manifests"][0]["name"]
            .as_str()
            .expect("a name")
            .to_owned();
        run(&tool, &["destroy", &file, "--confirm", &name], 0);
        assert_eq!(account(&tool)["resources"], json!([]), "{file}");
        run(&tool, UNDO, 2);
        run(&tool, &back, 0);
        assert_eq!(
            account(&tool),
            applied,
            "{file}: what was destroyed is there again"
        );
    });
    assert!(manifests.len() > 30, "these are all");
    println!("{} manifests were led back", manifests.len());
}

#[test]
fn the_newest_run_that_was_not_undone_is_the_one() {
    let tool = S3setup::without_credentials();
    tool.file(
        "account.json",
        r#"{"account": "123456789012", "region": "us-east-1"}"#,
    );
    let manifest = |text: &str| {
        tool.file(
            "m.yaml",
            &format!("name: m\nbucket: {{name: backups-of-m{text}}}\n"),
        );
        run(&tool, &["apply", "m.yaml", "--yes"], 0);
        account(&tool)["resources"].clone()
    };
    let first = manifest("");
    let second = manifest(", versioning: true");
    assert_ne!(first, second);
    run(&tool, &["apply", "m.yaml", "--yes"], 0);
    assert_eq!(
        listed(&tool).len(),
        2,
        "a run without changes has no journal"
    );
    let undo = || {
        run(&tool, UNDO, 2);
        run(&tool, APPLY, 0);
        account(&tool)["resources"].clone()
    };
    let unversioned = undo();
    assert_eq!(
        unversioned[0]["bucket"]["versioning"],
        first[0]["bucket"]["versioning"]
    );
    assert_eq!(undo(), json!([]), "and then the one before it");
    let none = tool.run(&[UNDO, &FILE].concat());
    none.expect_code(1)
        .expect_stderr("nothing to undo")
        .expect_stderr("hint:");
    let list = tool.run(&["undo", "--list"]);
    let undone = list.expect_code(0).stdout.matches(", undone").count();
    assert_eq!(undone, 2, "{list}");
    assert!(
        list.stdout.lines().all(|line| line.chars().count() <= 80),
        "{list}"
    );
}

#[test]
fn a_plan_of_undo_is_shown_in_every_form_and_says_what_it_undoes() {
    let tool = S3setup::without_credentials();
    tool.file(
        "account.json",
        r#"{"account": "123456789012", "region": "us-east-1"}"#,
    );
    tool.file(
        "m.yaml",
        "name: m
bucket: {name: backups-of-m}
roles:
  r: {trust: {service: ec2.amazonaws.com}}
grants:
  - {to: role.r, allow: [read]}
",
    );
    run(&tool, &["apply", "m.yaml", "--yes"], 0);
    let id = listed(&tool)[0]["run"].as_str().expect("a name").to_owned();
    let text = run(&tool, &["undo"], 0);
    assert!(
        text.starts_with(&format!("Undo of {id}, m in account")),
        "{text}"
    );
    assert!(text.contains("loses"), "who loses access is said:\n{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let json: Value =
        serde_json::from_str(&run(&tool, &["undo", "--output", "json"], 0)).expect("JSON");
    assert_eq!(json["undoes"], json!(id));
    assert_eq!(
        json["summary"]["delete"],
        2 + usize::from(text.contains("bucket_policy"))
    );
    let markdown = run(&tool, &["undo", "--output", "markdown"], 0);
    assert!(markdown.contains(&format!("Undo of `{id}`")), "{markdown}");
    run(&tool, &["undo", &id, "--out", "back.json"], 0);
    run(&tool, &["apply", "--plan", "back.json", "--yes"], 0);
    assert_eq!(account(&tool)["resources"], json!([]));
    let again = flat(&run(&tool, &["undo", &id], 0));
    assert!(
        again.contains(&format!("Everything is as it was before {id}")),
        "{again}"
    );
}
