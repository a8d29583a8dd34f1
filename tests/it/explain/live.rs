//! What is told of an account, against the answer of the server that it is at.

use serde_json::json;

use crate::commands::permissions::user;
use crate::neon::{APPLY, ROLE, bucket, flat, tool};
use crate::support::Server;

#[test]
fn what_is_explained_is_what_the_server_answers() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    tool.run(APPLY).expect_code(0);
    let arn = format!("arn:aws:iam::{}:role/{ROLE}", account.account_id);
    let issuer = "https://token.actions.githubusercontent.com";
    for (subject, audience) in [
        (
            "repo:octo/databases:ref:refs/heads/main",
            "sts.amazonaws.com",
        ),
        (
            "repo:octo/databases:ref:refs/heads/dev",
            "sts.amazonaws.com",
        ),
        (
            "repo:Octo/databases:ref:refs/heads/main",
            "sts.amazonaws.com",
        ),
        (
            "repo:octo/databases:ref:refs/heads/main",
            "https://github.com/octo",
        ),
    ] {
        let claims = json!({"iss": issuer, "aud": audience, "sub": subject});
        tool.file("claims.json", &claims.to_string());
        let taken = account.assume_role_with_web_identity(&arn, &claims).is_ok();
        let outcome = tool.run(&["explain", "--role", ROLE, "--claims", "claims.json"]);
        outcome.expect_code(if taken { 0 } else { 2 });
    }
    let object = format!("s3://{}/neondb/x", bucket(&account));
    let who = format!("role/{ROLE}");
    for (action, code) in [("s3:GetObject", 0), ("s3:PutObjectAcl", 2)] {
        let ask = [
            "explain",
            "--principal",
            &who,
            "--action",
            action,
            "--resource",
            &object,
        ];
        let outcome = tool.run(&ask);
        outcome.expect_code(code);
        if code == 0 {
            assert!(
                flat(&outcome.stdout).contains("the policy of bucket."),
                "{outcome}"
            );
        }
    }
    account.python(
        "iam.attach_role_policy(RoleName='neon-s3-backup-github-actions',
        PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')",
    );
    let browse = [
        "explain",
        "--principal",
        &who,
        "--action",
        "s3:ListAllMyBuckets",
    ];
    tool.run(&browse)
        .expect_code(0)
        .expect_stdout("policy.ReadOnlyAccess allows it");
}

#[test]
fn what_may_not_be_read_is_named_and_is_no_answer() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    let denied = [
        "iam:GetOpenIDConnectProvider",
        "iam:ListRolePolicies",
        "s3:GetBucketPolicy",
    ];
    let reader = user(
        &account,
        &json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": denied, "Resource": "*"},
        ]),
    );
    let tool = tool(&reader);
    let claim = "sub=repo:octo/databases:ref:refs/heads/main";
    let outcome = tool.run(&["explain", "--role", ROLE, "--claim", claim]);
    outcome.expect_code(1);
    let said = flat(&outcome.stdout);
    assert!(
        said.contains("allow iam:GetOpenIDConnectProvider on arn:aws:iam::"),
        "{outcome}"
    );
    // Refused by the trust is refused, whatever the provider is like.
    let outcome = tool.run(&[
        "explain",
        "--role",
        ROLE,
        "--claim",
        "sub=repo:octo/web:pull_request",
    ]);
    outcome.expect_code(2);
    let object = format!("s3://{}/neondb/x", bucket(&account));
    let who = format!("role/{ROLE}");
    let ask = [
        "explain",
        "--principal",
        &who,
        "--action",
        "s3:GetObject",
        "--resource",
        &object,
    ];
    let outcome = tool.run(&ask);
    outcome.expect_code(1);
    let said = flat(&outcome.stdout);
    for permission in ["iam:ListRolePolicies", "s3:GetBucketPolicy"] {
        assert!(
            said.contains(&format!("allow {permission} on arn:aws:")),
            "{outcome}"
        );
    }
}
