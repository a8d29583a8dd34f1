//! Whether the test ground itself can be trusted: what every other test takes for granted.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Account, Answer, Proxy, Server};

/// An account at each server.
fn accounts() -> [Account; 2] {
    [Server::ministack().account(), Server::moto().account()]
}

/// A user who may do everything: unlike root's, its signatures are checked.
fn administrator(account: &Account) -> Account {
    let key = account.python_with(
        "iam.create_user(UserName='admin')
iam.put_user_policy(UserName='admin', PolicyName='all', PolicyDocument=json.dumps(policy))
iam.create_access_key(UserName='admin')['AccessKey']",
        &json!({"policy": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        }}),
    );
    let text = |name: &str| key[name].as_str().expect("IAM answers so").to_owned();
    account.with_key(&text("AccessKeyId"), &text("SecretAccessKey"))
}

#[test]
fn accounts_of_one_server_do_not_see_each_other() {
    for server in [Server::ministack(), Server::moto()] {
        let (one, other) = (server.account(), server.account());
        let bucket = json!({"bucket": one.bucket("mine")});
        one.python_with("s3.create_bucket(Bucket=bucket)", &bucket);
        one.python("iam.create_user(UserName='mine')");

        let identity = "sts.get_caller_identity()['Account']";
        assert_eq!(one.python(identity), json!(one.account_id));
        assert_eq!(other.python(identity), json!(other.account_id));
        assert_eq!(other.python("s3.list_buckets()['Buckets']"), json!([]));
        let refused = other
            .try_python("iam.get_user(UserName='mine')")
            .expect_err("it is another account's");
        assert_eq!(refused.code, "NoSuchEntity");
    }
}

#[test]
fn signatures_stay_valid_behind_the_proxy_and_every_call_is_named() {
    for account in accounts() {
        let proxy = Proxy::before(&administrator(&account));
        proxy.account().python_with(
            "s3.create_bucket(Bucket=bucket)
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': [{'Key': 'a b', 'Value': 'ü'}]})
s3.head_bucket(Bucket=bucket)
s3.put_object(Bucket=bucket, Key='a b/ü+%', Body=b'x' * 100_000)
s3.list_objects_v2(Bucket=bucket, Prefix='a b/')
s3.delete_bucket_lifecycle(Bucket=bucket)
iam.get_user(UserName='admin')
sts.get_caller_identity()
s3.list_buckets()
kms.list_keys()",
            &json!({"bucket": account.bucket("named")}),
        );
        assert_eq!(
            proxy.operations(),
            [
                "s3:CreateBucket",
                "s3:PutBucketTagging",
                "s3:HeadBucket",
                "s3:PutObject",
                "s3:ListObjectsV2",
                "s3:DeleteBucketLifecycle",
                "iam:GetUser",
                "sts:GetCallerIdentity",
                "s3:ListBuckets",
                "kms:ListKeys",
            ]
        );
        let calls = proxy.calls();
        assert_eq!(calls[2].bucket(), Some(&*account.bucket("named")));
        assert_eq!(calls[6].parameter("UserName").as_deref(), Some("admin"));
        assert!(calls.iter().all(|call| call.forwarded));
    }
}

#[test]
fn calls_at_the_same_time_are_one_round() {
    let proxy = Proxy::before(&Server::ministack().account());
    proxy.set_latency(Duration::from_millis(200));
    proxy.account().python(
        "import concurrent.futures
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda _: iam.list_users(), range(4)))
iam.list_users()",
    );
    assert_eq!((proxy.calls().len(), proxy.rounds()), (5, 2));
}

#[test]
fn faults_come_in_the_form_of_their_service() {
    for account in accounts() {
        let proxy = Proxy::before(&account);
        let cases = [
            ("ListUsers", "iam.list_users()"),
            ("GetCallerIdentity", "sts.get_caller_identity()"),
            ("ListBuckets", "s3.list_buckets()"),
            ("ListKeys", "kms.list_keys()"),
        ];
        for (operation, snippet) in cases {
            proxy.on(operation, 1, Answer::error(400, "Odd", "this & <that>"));
            let refused = proxy.account().try_python(snippet).expect_err(operation);
            assert_eq!(refused.to_string(), "400 Odd: this & <that>", "{operation}");
            proxy.account().python(snippet);
        }
    }
}

#[test]
fn a_dropped_call_is_done_or_not_as_asked() {
    for account in accounts() {
        let proxy = Proxy::before(&account);
        proxy.on("CreateGroup", 1, Answer::Drop);
        proxy.on("CreateGroup", 1, Answer::DropAfter);
        let attempt = |name: &str| {
            proxy.account().python_with(
                "import botocore.exceptions
try:
    iam.create_group(GroupName=name)
except botocore.exceptions.ConnectionClosedError:
    outcome = 'closed'
outcome",
                &json!({"name": name}),
            )
        };
        assert_eq!([attempt("before"), attempt("after")], ["closed", "closed"]);
        assert_eq!(
            account.python("[group['GroupName'] for group in iam.list_groups()['Groups']]"),
            json!(["after"])
        );
    }
}

#[test]
fn a_fault_can_be_put_at_any_one_call() {
    let proxy = Proxy::before(&Server::ministack().account());
    proxy.on_call_after(1, Answer::error(500, "ServiceFailure", "try again"));
    let statuses: Vec<Value> = (0..4)
        .map(|_| match proxy.account().try_python("iam.list_users()") {
            Ok(_) => json!("fine"),
            Err(refused) => json!(refused.status),
        })
        .collect();
    assert_eq!(json!(statuses), json!(["fine", 500, "fine", "fine"]));
}

#[test]
fn a_web_identity_gets_in_by_its_subject_only() {
    let account = Server::ministack().account();
    let role = format!("arn:aws:iam::{}:role/ci", account.account_id);
    let issuer = "token.actions.githubusercontent.com";
    account.python_with(
        "iam.create_role(RoleName='ci', AssumeRolePolicyDocument=json.dumps(trust))",
        &json!({"trust": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Federated": format!(
                    "arn:aws:iam::{}:oidc-provider/{issuer}", account.account_id
                )},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {
                    format!("{issuer}:aud"): "sts.amazonaws.com",
                    format!("{issuer}:sub"): "repo:acme/app:ref:refs/heads/main",
                }},
            }],
        }}),
    );
    let assume = |subject: &str| {
        account.assume_role_with_web_identity(
            &role,
            &json!({"iss": format!("https://{issuer}"), "aud": "sts.amazonaws.com", "sub": subject}),
        )
    };
    let session = assume("repo:acme/app:ref:refs/heads/main").expect("it is the subject named");
    let caller = session.python("sts.get_caller_identity()['Arn']");
    let expected = format!("arn:aws:sts::{}:assumed-role/ci/test", account.account_id);
    assert_eq!(caller, json!(expected));
    let refused = assume("repo:acme/app:pull_request").expect_err("it is another subject");
    assert_eq!(refused.code, "AccessDenied");
}
