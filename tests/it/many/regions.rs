//! One account in several regions: what is the same everywhere is there once.

use super::{fits, offline, run};
use crate::neon::says;

const ACCOUNTS: &str =
    "accounts:\n- {account: \"123456789012\", name: home, regions: [us-east-1, eu-west-1]}\n";

#[test]
fn a_manifest_is_in_each_region_and_its_roles_once() {
    let tool = offline();
    tool.file("accounts.yaml", ACCOUNTS);
    let text = "name: m
bucket: {name: \"m-${account}-${region}\"}
users: {reader: {}}
grants:
  - {to: user.reader, allow: [read], through: bucket_policy}
outputs: {BUCKET: \"m-${account}-${region}\"}
";
    tool.file("m/m.yaml", text);
    // One that names its region is there and nowhere else.
    tool.file(
        "m/fixed.yaml",
        "name: fixed\nregion: eu-central-1\nbucket: {name: fixed-logs}\n",
    );
    let plan = run(&tool, &["plan", "m", "--accounts", "accounts.yaml"]);
    plan.expect_code(0)
        .expect_stdout("== home, account 123456789012")
        .expect_stdout("bucket.m-123456789012-us-east-1")
        .expect_stdout("bucket.m-123456789012-eu-west-1")
        .expect_stdout("Plan: 6 to create");
    fits(&plan);
    let apply = run(
        &tool,
        &["apply", "m", "--accounts", "accounts.yaml", "--yes"],
    );
    apply
        .expect_code(0)
        .expect_stdout("BUCKET  m-123456789012-us-east-1")
        .expect_stdout("BUCKET  m-123456789012-eu-west-1");
    says(&apply, "home: What you need next for m in eu-west-1:");
    run(&tool, &["drift", "m", "--accounts", "accounts.yaml"]).expect_code(0);
    // Every form says all of the regions.
    let words = ["drift", "m", "--accounts", "accounts.yaml", "--output"];
    let all = "eu-central-1, us-east-1, eu-west-1";
    for form in ["text", "markdown", "html"] {
        run(&tool, &[&words[..], &[form]].concat())
            .expect_code(0)
            .expect_stdout(all);
    }
    run(&tool, &[&words[..], &["junit"]].concat())
        .expect_stdout("m in home us-east-1, eu-west-1\"")
        .expect_stdout("fixed in home eu-central-1\"");
    run(&tool, &[&words[..], &["prometheus"]].concat())
        .expect_stdout("region=\"eu-central-1\",manifest=\"fixed\"");
    let json = run(&tool, &[&words[..], &["json"]].concat()).json();
    assert_eq!(json["accounts"][0]["regions"][0], "eu-central-1");
    // In one account of one region it is as it was.
    run(&tool, &["plan", "m/m.yaml", "--region", "eu-west-1"])
        .expect_code(0)
        .expect_stdout("No changes.");
}

#[test]
fn what_differs_by_region_needs_the_region_in_its_name() {
    let tool = offline();
    tool.file("accounts.yaml", ACCOUNTS);
    let text = "name: m
bucket: {name: \"m-${account}-${region}\"}
users: {reader: {}}
grants:
  - {to: user.reader, allow: [read], through: inline_policy}
";
    tool.file("m.yaml", text);
    for command in ["validate", "plan", "drift", "apply"] {
        let outcome = tool.run(&[command, "m.yaml", "--accounts", "accounts.yaml"]);
        outcome.expect_code(1);
        says(
            &outcome,
            "user.reader is not the same in us-east-1 and in eu-west-1",
        );
        says(
            &outcome,
            "put ${region} in its name, or take out of it what differs",
        );
    }
    tool.file(
        "m.yaml",
        &text
            .replace("user.reader", "\"user.reader-${region}\"")
            .replace("{reader: {}}", "{\"reader-${region}\": {}}"),
    );
    run(&tool, &["plan", "m.yaml", "--accounts", "accounts.yaml"])
        .expect_code(0)
        .expect_stdout("Plan: 4 to create");
}
