//! Callers who may not do everything: what is missing is named, and never taken for "in sync".

use serde_json::{Value, json};

use crate::{
    neon::{APPLY, PLAN, REPOSITORY, ROLE, bucket, flat, found, tool, wanted, writes},
    support::{Account, Answer, Proxy, Server},
};

/// A user of the account with this statement, or these, as its only policy.
pub fn user(account: &Account, statements: &Value) -> Account {
    let key = account.python_with(
        "if 'user' not in [u['UserName'] for u in iam.list_users()['Users']]:
    iam.create_user(UserName='user')
iam.put_user_policy(UserName='user', PolicyName='p', PolicyDocument=json.dumps(
    {'Version': '2012-10-17', 'Statement': statements}))
iam.create_access_key(UserName='user')['AccessKey']",
        &json!({"statements": statements}),
    );
    let text = |name: &str| key[name].as_str().expect("IAM answers so").to_owned();
    account.with_key(&text("AccessKeyId"), &text("SecretAccessKey"))
}

/// Everything but these actions.
fn all_but(denied: &[&str]) -> Value {
    json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": denied, "Resource": "*"},
    ])
}

/// Allows to read and nothing else.
fn reader() -> Value {
    json!({"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "s3:Get*", "s3:List*"], "Resource": "*"})
}

const DRIFT: &[&str] = &["drift", "neon.yaml", "--set", REPOSITORY];

#[test]
fn a_denied_write_names_the_action_the_arn_and_the_caller() {
    let account = Server::ministack().account();
    let reader = user(&account, &reader());
    let tool = tool(&reader);
    tool.run(PLAN).expect_code(0);
    let outcome = tool.run(&["apply", "--yes"]);
    let said = flat(&outcome.stderr);
    let id = &account.account_id;
    let issuer = "token.actions.githubusercontent.com";
    for part in [
        "AccessDenied".to_owned(),
        format!(
            "hint: allow iam:CreateOpenIDConnectProvider on arn:aws:iam::{id}:oidc-provider/{issuer} for arn:aws:iam::{id}:user/user"
        ),
        format!(
            "hint: allow s3:CreateBucket on arn:aws:s3:::{} for",
            bucket(&account)
        ),
        format!("Failed: bucket.{} oidc_provider.{issuer}", bucket(&account)),
        format!("role.{ROLE} (needs oidc_provider.{issuer})"),
        "What is done stays done".to_owned(),
    ] {
        assert!(said.contains(&part), "no {part:?}:\n{outcome}");
    }
    outcome.expect_code(1);
    assert_eq!(outcome.stdout, "", "there is nothing next");
    assert_eq!(found(&account)["buckets"], json!([]));
}

#[test]
fn a_reader_sees_that_all_is_in_sync() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    let proxy = Proxy::before(&user(&account, &reader()));
    let tool = tool(proxy.account());
    tool.run(DRIFT)
        .expect_code(0)
        .expect_stdout("In sync: 4 resources are as neon says.");
    tool.run(PLAN).expect_code(0).expect_stdout("No changes.");
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn what_may_not_be_read_is_never_in_sync() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    for action in [
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:GetOpenIDConnectProvider",
        "s3:GetBucketPolicy",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
    ] {
        let proxy = Proxy::before(&user(&account, &all_but(&[action])));
        let tool = tool(proxy.account());
        let drift = tool.run(DRIFT);
        drift
            .expect_code(1)
            .expect_stdout("No drift found, but 1 of 4 resources could not be read.")
            .expect_stdout(&format!("needs {action} on"))
            .expect_nowhere("In sync");
        let json = tool.run(&[DRIFT, &["--output", "json"]].concat());
        let json = json.expect_code(1).json();
        assert_eq!(json["summary"]["unreadable"], 1, "{action}");
        let gaps: Vec<&Value> = json["steps"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|step| step["unreadable"].as_array().into_iter().flatten())
            .collect();
        assert_eq!(gaps.len(), 1, "{action}: {gaps:?}");
        assert_eq!(gaps[0]["permission"], json!(action));
        tool.run(&[DRIFT, &["--output", "markdown"]].concat())
            .expect_code(1)
            .expect_stdout(action)
            .expect_nowhere("In sync");
        tool.run(PLAN)
            .expect_code(1)
            .expect_stdout(action)
            .expect_nowhere("No changes.");
        tool.run(APPLY)
            .expect_code(1)
            .expect_stderr("the plan has gaps");
        assert_eq!(writes(&proxy), Vec::<String>::new(), "{action}");
    }
}

#[test]
fn a_caller_who_may_read_nothing_is_told_all_that_is_missing() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    let nothing = user(&account, &all_but(&["iam:*", "s3:*"]));
    let drift = tool(&nothing).run(DRIFT);
    drift
        .expect_code(1)
        .expect_nowhere("In sync")
        .expect_nowhere("missing\n");
    drift.expect_stdout("4 of 4 resources could not be read");
    for action in [
        "iam:GetRole",
        "iam:GetOpenIDConnectProvider",
        "s3:GetBucketPolicy",
        "s3:ListBucket",
    ] {
        drift.expect_stdout(&format!("needs {action} on"));
    }
}

#[test]
fn what_may_not_be_listed_but_read_is_no_gap() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    // HeadBucket is s3:ListBucket; whose the bucket is can be known in other ways.
    let tool = tool(&user(&account, &all_but(&["s3:ListBucket"])));
    tool.run(DRIFT).expect_code(0).expect_stdout("In sync");
}

#[test]
fn what_is_not_there_and_may_not_be_listed_is_to_be_made_all_the_same() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    // This server tells everybody that a bucket is not there.
    proxy.rule(|call| {
        let asks = ["HeadBucket", "ListBuckets"].contains(&call.operation.as_str());
        asks.then(|| Answer::error(403, "AccessDenied", "no"))
    });
    let tool = tool(proxy.account());
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("Plan: 4 to create");
    let outcome = tool.run(APPLY);
    let missing = format!("allow s3:ListBucket on arn:aws:s3:::{}", bucket(&account));
    let said = flat(&outcome.expect_code(1).stderr);
    assert!(said.contains(&missing), "{outcome}");
}

#[test]
fn drift_and_gaps_are_both_told() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    account.python_with(
        "iam.update_role(RoleName=role, Description='by hand')",
        &json!({"role": ROLE}),
    );
    let tool = tool(&user(&account, &all_but(&["s3:GetBucketPolicy"])));
    tool.run(DRIFT)
        .expect_code(2)
        .expect_stdout("Drift: 1 of 4 resources differs (1 changed), 1 could not be read.")
        .expect_stdout("needs s3:GetBucketPolicy on");
}

#[test]
fn a_permission_that_is_given_is_all_it_takes_to_go_on() {
    let account = Server::ministack().account();
    let less = json!({"Effect": "Allow", "NotAction": "s3:PutBucketPolicy", "Resource": "*"});
    let tool = tool(&user(&account, &less));
    tool.run(APPLY)
        .expect_code(1)
        .expect_stderr("allow s3:PutBucketPolicy on arn:aws:s3:::")
        .expect_stderr("Done:");
    account.python_with(
        "iam.put_user_policy(UserName='user', PolicyName='p', PolicyDocument=json.dumps(
    {'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': '*', 'Resource': '*'}}))",
        &json!({}),
    );
    tool.run(APPLY)
        .expect_code(0)
        .expect_stderr("Applied: 1 done");
    assert_eq!(found(&account), wanted(&account));
}
