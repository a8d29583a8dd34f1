//! A saved plan: apply does exactly that, or nothing at all and says what has moved since.

mod asking;
mod spoiled;

use serde_json::{Value, json};

use crate::{
    neon::{self, APPLY, PLAN, bucket, flat, found, tool, wanted, writes},
    support::{Account, Outcome, Proxy, S3setup, Server},
};

/// The manifest with one more subject for the role: something to do once all is there.
const MORE: &str = "branch: [\"${branch}\", release]";

fn with_more(tool: &S3setup) {
    let text = tool.read("neon.yaml");
    let changed = text.replace("branch: ${branch}", MORE);
    assert_ne!(
        text, changed,
        "the manifest names the branch as this test thinks"
    );
    tool.file("neon.yaml", &changed);
}

/// Fail unless it refused the plan for this reason, and wrote nothing.
#[track_caller]
fn refused(outcome: &Outcome, proxy: &Proxy, says: &str, reason: &str) {
    let stderr = flat(&outcome.stderr);
    assert_eq!(outcome.code, Some(1), "{reason}:\n{outcome}");
    assert!(stderr.contains(says), "{reason}: no {says:?} in\n{outcome}");
    assert!(
        stderr.contains("hint: "),
        "{reason}: no way on in\n{outcome}"
    );
    assert_eq!(outcome.stdout, "", "{reason}: nothing was done:\n{outcome}");
    assert_eq!(writes(proxy), Vec::<String>::new(), "{reason}");
}

/// An account in which the manifest is applied, and a saved plan of one more change.
fn one_change_planned() -> (Account, Proxy, S3setup) {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(APPLY).expect_code(0);
    with_more(&tool);
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("Plan: 0 to create, 1 to update");
    proxy.forget();
    (account, proxy, tool)
}

#[test]
fn apply_does_exactly_what_the_plan_showed() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    let shown = tool.run(PLAN);
    proxy.forget();
    let applied = tool.run(&["apply", "--yes"]);
    applied.expect_code(0);
    // What it showed, but for the line of calls and time.
    let without_cost = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::to_owned);
        lines
            .take_while(|line| !line.contains(" calls, "))
            .collect()
    };
    let again = without_cost(&applied.stderr);
    assert_eq!(
        again,
        without_cost(&shown.stdout),
        "it shows again what it does"
    );
    assert_eq!(found(&account), wanted(&account));
}

#[test]
fn only_the_one_change_that_was_planned_is_made() {
    let (account, proxy, tool) = one_change_planned();
    tool.run(&["apply", "--yes"]).expect_code(0);
    assert_eq!(writes(&proxy), ["iam:UpdateAssumeRolePolicy"]);
    let found = found(&account);
    let subjects = &found["trust_policy"]["Statement"][0]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"];
    let branch = |name: &str| format!("repo:octo/databases:ref:refs/heads/{name}");
    assert_eq!(subjects, &json!([branch("main"), branch("release")]));
}

#[test]
fn the_inputs_of_the_plan_are_those_of_apply() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    let plan = [PLAN, &["--set", "branch=nightly"]].concat();
    tool.run(&plan).expect_code(0);
    tool.run(&["apply", "--yes"]).expect_code(0);
    let trust = found(&account)["trust_policy"].to_string();
    assert!(
        trust.contains("repo:octo/databases:ref:refs/heads/nightly"),
        "{trust}"
    );
}

#[test]
fn an_input_given_to_a_saved_plan_is_not_dropped_in_silence() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    let other = tool.run(&["apply", "--yes", "--set", "repository=octo/other"]);
    assert!(
        other.code != Some(0) && writes(&proxy).is_empty(),
        "it applied another repository than the one given:\n{other}"
    );
}

#[test]
fn what_moved_in_aws_is_named_and_nothing_is_done() {
    for (by_hand, says, reason) in [
        (
            "policy['Statement'].append({'Sid': 'Theirs', 'Effect': 'Allow', 'Principal': {'AWS': account},
                             'Action': 's3:GetObject', 'Resource': f'arn:aws:s3:::{bucket}/*'})
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
            "policy.Statement[\"Theirs\"] was changed",
            "a statement was added to the bucket policy",
        ),
        (
            "s3.delete_bucket_policy(Bucket=bucket)",
            "was there, and now is not",
            "the bucket policy was deleted",
        ),
        (
            "iam.delete_role(RoleName=role)",
            "role.neon-s3-backup-github-actions was there, and now is not",
            "the role was deleted",
        ),
        (
            "iam.attach_role_policy(RoleName=role, PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')",
            "attached_policies was changed",
            "a policy was attached",
        ),
        (
            "iam.update_role(RoleName=role, Description='by hand')",
            "description was changed",
            "the description was changed",
        ),
        (
            "s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={'BlockPublicAcls': True})",
            "public_access_block",
            "public access was opened",
        ),
        (
            // The promise is "nothing at all if AWS has changed", and a tag may say whose it is.
            "iam.tag_role(RoleName=role, Tags=[{'Key': 'team', 'Value': 'data'}])",
            "tags",
            "a tag was added that s3setup does not manage",
        ),
    ] {
        let (account, proxy, tool) = one_change_planned();
        account.python_with(
            &format!("policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])\n{by_hand}"),
            &json!({
                "bucket": bucket(&account),
                "account": account.account_id,
                "role": neon::ROLE,
            }),
        );
        let outcome = tool.run(&["apply", "--yes"]);
        refused(&outcome, &proxy, "the plan no longer fits, nothing was changed", reason);
        refused(&outcome, &proxy, says, reason);
        refused(&outcome, &proxy, "run `s3setup plan` again", reason);
    }
}

#[test]
fn what_appeared_since_is_not_taken_for_ours() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(PLAN).expect_code(0);
    account.python_with(
        "iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': []}))",
        &json!({"role": neon::ROLE}),
    );
    let says = "role.neon-s3-backup-github-actions was not there, and now is";
    refused(
        &tool.run(&["apply", "--yes"]),
        &proxy,
        says,
        "a role appeared",
    );
    assert_eq!(found(&account)["trust_policy"]["Statement"], json!([]));
}

#[test]
fn a_plan_is_applied_once() {
    let (_, proxy, tool) = one_change_planned();
    tool.run(&["apply", "--yes"]).expect_code(0);
    proxy.forget();
    let again = tool.run(&["apply", "--yes"]);
    refused(
        &again,
        &proxy,
        "the plan no longer fits",
        "it was done already",
    );
}

#[test]
fn a_plan_without_changes_may_be_applied_any_number_of_times() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = tool(proxy.account());
    tool.run(APPLY).expect_code(0);
    tool.run(PLAN).expect_code(0);
    proxy.forget();
    for _ in 0..2 {
        tool.run(&["apply"])
            .expect_code(0)
            .expect_stdout("AWS_ACCOUNT_ID");
    }
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn no_secret_is_in_a_plan_or_on_the_screen() {
    let account = Server::ministack().account();
    let key = account.python_with(
        "iam.create_user(UserName='admin')
iam.put_user_policy(UserName='admin', PolicyName='all', PolicyDocument=json.dumps(
    {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': '*', 'Resource': '*'}}))
iam.create_access_key(UserName='admin')['AccessKey']",
        &json!({}),
    );
    let text = |name: &str| key[name].as_str().expect("IAM answers so").to_owned();
    let admin = account.with_key(&text("AccessKeyId"), &text("SecretAccessKey"));
    let tool = tool(&admin);
    let runs: [&[&str]; 5] = [
        &[PLAN, &["--verbose"]].concat(),
        &[PLAN, &["--output", "json"]].concat(),
        &[PLAN, &["--output", "markdown"]].concat(),
        &["apply", "--yes", "--verbose"],
        PLAN,
    ];
    for run in runs {
        let outcome = tool.run(run);
        outcome.expect_code(0);
        let saved = tool.read(".s3setup/plan.json");
        for secret in [&admin.access_key, &admin.secret_key] {
            outcome.expect_nowhere(secret);
            assert!(!saved.contains(secret.as_str()), "{secret} is in the plan");
        }
        assert!(saved.contains("s3:GetObject"), "it is the plan: {saved}");
    }
    let saved: Value = serde_json::from_str(&tool.read(".s3setup/plan.json")).expect("it is JSON");
    assert_eq!(saved["plan"]["scope"]["account"], json!(account.account_id));
}
