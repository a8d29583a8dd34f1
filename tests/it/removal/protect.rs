//! `protect: true` outlives the removal of the block, and `absent:` is how a removal is declared.

use serde_json::json;

use super::{DESTROY, ground, only, there};
use crate::neon::says;

#[test]
fn a_protection_outlives_its_block_until_an_apply_takes_it_away() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    let bucket = account.bucket("all");
    let write = |rest: &str| tool.file("all.yaml", &format!("name: all\n{rest}"));
    let all = |protect: &str| {
        format!(
            "bucket: {{name: {bucket}{protect}}}
kms_keys: {{data: {{deletion_window_days: 7{protect}}}}}
roles: {{ci: {{trust: {{service: ec2.amazonaws.com}}{protect}}}}}
users: {{writer: {{groups: [], attached_policies: []{protect}}}}}
policies: {{shared: {{statements: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]{protect}}}}}
"
        )
    };
    write(&all(", protect: true"));
    tool.run(&["apply", "all.yaml", "--yes"]).expect_code(0);
    tool.run(&["plan", "all.yaml"]).expect_stdout("No changes.");
    let outcome = tool.run(DESTROY);
    outcome
        .expect_code(2)
        .expect_stderr("Nothing is to be removed, 5 stay.");

    let gone =
        format!("absent: [role.ci, user.writer, policy.shared, kms_key.data, bucket.{bucket}]\n");
    write(&gone);
    let plan = tool.run(&["plan", "all.yaml"]);
    plan.expect_code(1).expect_stdout("5 steps cannot be done");
    says(&plan, "");
    assert_eq!(plan.stdout.matches("it is protected").count(), 5, "{plan}");
    tool.run(&["apply", "all.yaml", "--yes"]).expect_code(1);

    write(&all(""));
    let plan = tool.run(&["plan", "all.yaml"]);
    plan.expect_stdout("5 to update")
        .expect_stdout("s3setup:protect");
    tool.run(DESTROY)
        .expect_code(2)
        .expect_stderr("Nothing is to be removed, 5 stay.");
    tool.run(&["apply", "--yes"]).expect_code(0);
    tool.run(&["plan", "all.yaml"]).expect_stdout("No changes.");

    write(&gone);
    tool.run(&["plan", "all.yaml"])
        .expect_code(0)
        .expect_stdout("5 to delete");
    tool.run(&["apply", "--yes"]).expect_code(0);
    assert_eq!(there(account), only(json!({})));
    tool.run(&["plan", "all.yaml", "--detailed-exitcode"])
        .expect_code(0);
}

#[test]
fn an_absent_bucket_with_objects_blocks_the_plan() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    let bucket = account.bucket("all");
    tool.file(
        "all.yaml",
        &format!("name: all\nbucket: {{name: {bucket}}}\n"),
    );
    tool.run(&["apply", "all.yaml", "--yes"]).expect_code(0);
    account.python_with(
        "s3.put_object(Bucket=bucket, Key='k', Body=b'')",
        &json!({"bucket": bucket}),
    );
    tool.file(
        "all.yaml",
        &format!("name: all\nabsent: [bucket.{bucket}]\n"),
    );
    let apply = tool.run(&["apply", "all.yaml", "--yes"]);
    apply.expect_code(1);
    says(
        &apply,
        "it holds 1 object (old versions and delete markers counted); empty it first",
    );
    assert_eq!(there(account)["buckets"], json!([bucket]));
}

#[test]
fn a_removal_that_aws_moved_under_is_refused() {
    let (proxy, tool) = ground();
    let trust = "{service: ec2.amazonaws.com}";
    tool.file(
        "all.yaml",
        &format!("name: all\nroles: {{ci: {{trust: {trust}}}}}\n"),
    );
    tool.run(&["apply", "all.yaml", "--yes"]).expect_code(0);
    tool.file("all.yaml", "name: all\nabsent: [role.ci]\n");
    tool.run(&["plan", "all.yaml"]).expect_code(0);
    let account = proxy.account();
    account.python("iam.update_role(RoleName='ci', Description='needed again')");
    tool.run(&["apply", "--yes"])
        .expect_code(1)
        .expect_stderr("the plan no longer fits");
    assert_eq!(there(account)["roles"], json!(["ci"]));
}
