//! Who we are: no credentials, wrong ones, old ones, and servers that do not answer.

use serde_json::json;

use crate::{
    neon::{self, PLAN, REPOSITORY, flat, with_manifest, writes},
    support::{Account, Outcome, Proxy, S3setup, Server},
};

/// Plan, drift and apply each fail for the same reason, told once.
#[track_caller]
fn refused(tool: S3setup, says: &str, hint: &str) {
    let tool = with_manifest(tool);
    for command in ["plan", "drift", "apply"] {
        let outcome = tool.run(&[command, "neon.yaml", "--set", REPOSITORY]);
        told_once(&outcome, says, hint);
    }
}

#[track_caller]
fn told_once(outcome: &Outcome, says: &str, hint: &str) {
    let said = flat(&outcome.stderr);
    let is_error = |line: &&str| line.starts_with("error: ");
    let errors = outcome.stderr.lines().filter(is_error).count();
    outcome.expect_code(1).expect_nowhere("panicked");
    assert_eq!(outcome.stdout, "", "{outcome}");
    assert_eq!(errors, 1, "{outcome}");
    let (error, hints) = said.split_once("hint: ").unwrap_or((&*said, ""));
    assert!(
        error.contains(says),
        "the error is not {says:?}:\n{outcome}"
    );
    assert!(hints.contains(hint), "the hint is not {hint:?}:\n{outcome}");
}

/// A user who may do everything, so that only the credentials decide.
fn administrator(account: &Account) -> Account {
    super::permissions::user(
        account,
        &json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    )
}

#[test]
fn without_credentials_every_way_to_give_some_is_named() {
    for way in [
        "--profile",
        "AWS_PROFILE",
        "aws sso login",
        "AWS_ACCESS_KEY_ID",
        "--account FILE",
        "make demo",
    ] {
        refused(
            S3setup::without_credentials(),
            "no AWS credentials were found",
            way,
        );
    }
}

#[test]
fn credentials_that_are_wrong_are_told_apart() {
    let account = Server::ministack().account();
    let admin = administrator(&account);
    let wrong = admin.with_key(&admin.access_key, "wrong");
    refused(
        S3setup::new(&wrong),
        "SignatureDoesNotMatch",
        "AWS_SECRET_ACCESS_KEY",
    );
    let unknown = admin.with_key("AKIAUNKNOWNUNKNOWN00", &admin.secret_key);
    refused(
        S3setup::new(&unknown),
        "InvalidClientTokenId",
        "AWS_ACCESS_KEY_ID",
    );

    account.python_with(
        "iam.update_access_key(UserName='user', AccessKeyId=key, Status='Inactive')",
        &json!({"key": admin.access_key}),
    );
    refused(S3setup::new(&admin), "InvalidClientTokenId", "inactive");
}

#[test]
fn a_session_that_has_expired_is_told() {
    let account = Server::ministack().account();
    account.python_with(
        "iam.create_role(RoleName='session', AssumeRolePolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Principal': {'AWS': id}, 'Action': 'sts:AssumeRole'}}))",
        &json!({"id": account.account_id}),
    );
    let role = format!("arn:aws:iam::{}:role/session", account.account_id);
    // Less than AWS grants, and more than a test can wait for: the server takes it, boto3 does not.
    let key = account.python_with(
        "import boto3, botocore.config
boto3.client(
    'sts', endpoint_url=here['endpoint'], region_name=here['region'],
    aws_access_key_id=here['access_key'], aws_secret_access_key=here['secret_key'],
    config=botocore.config.Config(parameter_validation=False),
).assume_role(RoleArn=role, RoleSessionName='test', DurationSeconds=1)['Credentials']",
        &json!({"role": role, "here": account}),
    );
    let text = |name: &str| key[name].as_str().expect("STS answers so").to_owned();
    let session = Account {
        session_token: Some(text("SessionToken")),
        ..account.with_key(&text("AccessKeyId"), &text("SecretAccessKey"))
    };
    std::thread::sleep(std::time::Duration::from_secs(2));
    refused(S3setup::new(&session), "ExpiredToken", "expired");
}

#[test]
fn a_profile_that_is_not_there_is_told_with_those_that_are() {
    let mut tool = S3setup::without_credentials();
    std::fs::create_dir(tool.home().join(".aws")).expect("the home is ours");
    let config = "[profile work]\nregion = eu-west-1\n[profile home]\nregion = us-east-1\n";
    std::fs::write(tool.home().join(".aws/config"), config).expect("the home is ours");
    let with_flag = with_manifest(tool).run(&[PLAN, &["--profile", "wrok"]].concat());
    told_once(&with_flag, "there is no AWS profile \"wrok\"", "work");

    tool = S3setup::without_credentials();
    tool.env("AWS_PROFILE", "wrok");
    refused(tool, "there is no AWS profile \"wrok\"", "~/.aws/config");
}

#[test]
fn a_profile_is_used_with_its_region_and_keys() {
    let account = Server::ministack().account();
    let tool = with_manifest(S3setup::without_credentials());
    std::fs::create_dir(tool.home().join(".aws")).expect("the home is ours");
    let config = format!(
        "[profile work]\nregion = eu-west-1\nendpoint_url = {}\n",
        account.endpoint
    );
    std::fs::write(tool.home().join(".aws/config"), config).expect("the home is ours");
    let keys = format!(
        "[work]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        account.access_key, account.secret_key
    );
    std::fs::write(tool.home().join(".aws/credentials"), keys).expect("the home is ours");
    tool.file(
        "m.yaml",
        &format!("name: m\nbucket:\n  name: {}\n", account.bucket("profile")),
    );
    tool.run(&["plan", "m.yaml", "--profile", "work"])
        .expect_code(0)
        .expect_stdout(&format!("m in account {}, eu-west-1", account.account_id));
    tool.run(&[
        "plan",
        "m.yaml",
        "--profile",
        "work",
        "--region",
        "eu-central-1",
    ])
    .expect_code(0)
    .expect_stdout("eu-central-1");
}

#[test]
fn no_region_anywhere_is_told() {
    let account = Server::ministack().account();
    let text = format!("name: m\nbucket:\n  name: {}\n", account.bucket("nowhere"));
    // In a CI job, a variable that is not set is often empty.
    for region in [None, Some("")] {
        let mut tool = S3setup::without_credentials();
        let variables = account
            .env()
            .into_iter()
            .filter(|(name, _)| *name != "AWS_REGION");
        for (name, value) in variables {
            tool.env(name, &value);
        }
        if let Some(region) = region {
            tool.env("AWS_REGION", region);
        }
        tool.file("m.yaml", &text);
        told_once(
            &tool.run(&["plan", "m.yaml"]),
            "no AWS region is set",
            "--region",
        );
        // A manifest that names one needs no other.
        with_manifest(tool).run(PLAN).expect_code(0);
    }
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    let account = Server::ministack().account();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|it| it.local_addr());
    let endpoint = format!("http://{}", port.expect("there are free ports"));
    refused(S3setup::new(&account.at(&endpoint)), "no answer", &endpoint);
}

#[test]
fn a_bucket_of_another_account_is_not_touched() {
    let (mine, theirs) = (Server::ministack().account(), Server::ministack().account());
    theirs.python_with(
        "s3.create_bucket(Bucket=name)",
        &json!({"name": neon::bucket(&mine)}),
    );
    let proxy = Proxy::before(&mine);
    refused(
        S3setup::new(proxy.account()),
        "is taken by another account",
        "choose another",
    );
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn a_bucket_in_another_region_is_not_made_again() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    account.python_with(
        "client('s3', region='eu-west-1').create_bucket(
    Bucket=name, CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})",
        &json!({"name": neon::bucket(&account)}),
    );
    let tool = neon::tool(proxy.account());
    let plan = tool.run(PLAN);
    plan.expect_code(1)
        .expect_stdout("eu-west-1")
        .expect_stdout("us-east-1");
    plan.expect_stdout("cannot be applied as it stands");
    let applies: [&[&str]; 2] = [&["apply", "--yes", "--adopt", "all"], neon::APPLY];
    for apply in applies {
        let outcome = tool.run(apply);
        outcome.expect_code(1).expect_stderr("nothing was changed");
    }
    assert_eq!(writes(&proxy), Vec::<String>::new());
}
