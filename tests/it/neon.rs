//! The page that the tool was made for, from a plan to a workflow that can back up:
//! <https://neon.com/docs/manage/backups-aws-s3-backup-part-1>.

mod calls;
mod look;
mod workflow;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Account, Call, Outcome, Proxy, Refused, S3setup, Server};

/// The input of the manifest that has no default.
pub const REPOSITORY: &str = "repository=octo/databases";
/// Plan it.
pub const PLAN: &[&str] = &["plan", "neon.yaml", "--set", REPOSITORY];
/// Plan and apply it, unasked.
pub const APPLY: &[&str] = &["apply", "neon.yaml", "--set", REPOSITORY, "--yes"];
/// Of the manifest.
pub const ROLE: &str = "neon-s3-backup-github-actions";
/// Of GitHub Actions, without its scheme.
const ISSUER: &str = "token.actions.githubusercontent.com";

/// A tool with the manifest in its folder.
pub fn tool(account: &Account) -> S3setup {
    with_manifest(S3setup::new(account))
}

/// The same tool with the manifest in its folder.
pub fn with_manifest(tool: S3setup) -> S3setup {
    manifest(&tool);
    tool
}

/// Write the manifest to the tool's folder.
pub fn manifest(tool: &S3setup) {
    tool.file("neon.yaml", include_str!("../../manifests/neon.yaml"));
}

/// The bucket of the manifest.
pub fn bucket(account: &Account) -> String {
    account.bucket("neon-s3-backup")
}

/// A text without the places where its lines were wrapped.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fail unless this is in standard error, wherever its lines were wrapped.
#[track_caller]
pub fn says(outcome: &Outcome, text: &str) {
    assert!(
        flat(&outcome.stderr).contains(text),
        "no {text:?} in stderr of:\n{outcome}"
    );
}

/// The calls that may change something.
pub fn writes(proxy: &Proxy) -> Vec<String> {
    let calls = proxy.calls();
    let writes = calls.iter().filter(|call| !call.reads());
    writes.map(Call::name).collect()
}

/// What the account has of the manifest, as boto3 reads it; `null` for what is not there.
pub fn found(account: &Account) -> Value {
    account.python_with(
        "def ask(call, *members, **arguments):
    try:
        answer = call(**arguments)
    except ClientError as error:
        if error.response['Error']['Code'] in ('NoSuchEntity', 'NoSuchBucketPolicy', 'NoSuchBucket', '404'):
            return None
        raise
    for member in members:
        answer = answer[member]
    return answer
policy = ask(s3.get_bucket_policy, 'Policy', Bucket=bucket)
provider = ask(iam.get_open_id_connect_provider,
               OpenIDConnectProviderArn=f'arn:aws:iam::{account}:oidc-provider/{issuer}')
{
    'buckets': [b['Name'] for b in s3.list_buckets()['Buckets']],
    'bucket_policy': policy and json.loads(policy),
    'roles': [r['RoleName'] for r in iam.list_roles()['Roles']],
    'trust_policy': ask(iam.get_role, 'Role', 'AssumeRolePolicyDocument', RoleName=role),
    'inline_policies': ask(iam.list_role_policies, 'PolicyNames', RoleName=role),
    'attached_policies': ask(iam.list_attached_role_policies, 'AttachedPolicies', RoleName=role),
    'provider': provider and [provider['Url'].removeprefix('https://'), provider['ClientIDList']],
}",
        &json!({
            "bucket": bucket(account),
            "account": account.account_id,
            "issuer": ISSUER,
            "role": ROLE,
        }),
    )
}

/// What it has when everything is as the page asks for.
pub fn wanted(account: &Account) -> Value {
    let id = &account.account_id;
    let role = format!("arn:aws:iam::{id}:role/{ROLE}");
    let bucket = bucket(account);
    json!({
        "buckets": [bucket],
        "bucket_policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "NeonS3BackupGithubActionsBucket",
                    "Effect": "Allow",
                    "Principal": {"AWS": role},
                    "Action": "s3:ListBucket",
                    "Resource": format!("arn:aws:s3:::{bucket}"),
                },
                {
                    "Sid": "NeonS3BackupGithubActionsObjects",
                    "Effect": "Allow",
                    "Principal": {"AWS": role},
                    "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                    "Resource": format!("arn:aws:s3:::{bucket}/*"),
                },
            ],
        },
        "roles": [ROLE],
        "trust_policy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "GithubActions",
                "Effect": "Allow",
                "Principal": {"Federated": format!("arn:aws:iam::{id}:oidc-provider/{ISSUER}")},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {
                    format!("{ISSUER}:aud"): "sts.amazonaws.com",
                    format!("{ISSUER}:sub"): "repo:octo/databases:ref:refs/heads/main",
                }},
            }],
        },
        "inline_policies": [],
        "attached_policies": [],
        "provider": [ISSUER, ["sts.amazonaws.com"]],
    })
}

/// The outputs of the manifest that are variables.
fn outputs(account: &Account) -> [(&'static str, String); 3] {
    [
        ("AWS_ACCOUNT_ID", account.account_id.clone()),
        ("IAM_ROLE", ROLE.to_owned()),
        ("S3_BUCKET_NAME", bucket(account)),
    ]
}

/// A workflow's session, as GitHub's token with this audience and subject gets it.
fn workflow(account: &Account, audience: &str, subject: &str) -> Result<Account, Refused> {
    account.assume_role_with_web_identity(
        &format!("arn:aws:iam::{}:role/{ROLE}", account.account_id),
        &json!({"iss": format!("https://{ISSUER}"), "aud": audience, "sub": subject}),
    )
}

#[test]
fn plan_and_apply_end_in_a_workflow_that_can_back_up() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("Plan: 4 to create, 0 to update, 0 to delete, 0 unchanged.")
        .expect_stderr("`s3setup apply` does exactly this");
    assert_eq!(
        found(&account)["buckets"],
        json!([]),
        "a plan makes nothing"
    );

    let applied = tool.run(&["apply", "--yes"]);
    applied.expect_code(0).expect_stderr("Applied: 4 done");
    let next = outputs(&account).map(|(name, value)| format!("{name:14}  {value}\n"));
    let (variables, last) = applied.stdout.split_at(next.concat().len());
    assert_eq!(variables, next.concat(), "what the page wants to know");
    assert_eq!(last.lines().count(), 1, "and where to get the workflow");

    let subject = "repo:octo/databases:ref:refs/heads/main";
    let session = workflow(&account, "sts.amazonaws.com", subject).expect("it is the one named");
    let bucket = json!({"bucket": bucket(&account)});
    let backup = session.python_with(
        "s3.put_object(Bucket=bucket, Key='nightly/1.gz', Body=b'backup')
s3.head_object(Bucket=bucket, Key='nightly/1.gz')
body = s3.get_object(Bucket=bucket, Key='nightly/1.gz')['Body'].read()
keys = [o['Key'] for o in s3.list_objects(Bucket=bucket, Prefix='nightly/')['Contents']]
s3.delete_object(Bucket=bucket, Key='nightly/1.gz')
[body, keys, s3.list_objects_v2(Bucket=bucket)['KeyCount']]",
        &bucket,
    );
    assert_eq!(backup, json!(["backup", ["nightly/1.gz"], 0]));
    for (snippet, reason) in [
        (
            "s3.get_bucket_policy(Bucket=bucket)",
            "the policy is not its business",
        ),
        ("s3.delete_bucket(Bucket=bucket)", "the bucket must stay"),
        (
            "s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Enabled'})",
            "settings are the owner's",
        ),
        ("s3.list_buckets()", "other buckets are not its business"),
        ("iam.list_users()", "identities are not its business"),
    ] {
        let refused = session.try_python_with(snippet, &bucket);
        let code = refused.expect_err(reason).code;
        assert_eq!(code, "AccessDenied", "{reason}: {snippet}");
    }
}

#[test]
fn nobody_but_the_workflow_of_that_branch_gets_a_session() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    let aws = "sts.amazonaws.com";
    let main = "repo:octo/databases:ref:refs/heads/main";
    workflow(&account, aws, main).expect("the control: this one does");
    for (audience, subject, reason) in [
        (
            aws,
            "repo:evil/databases:ref:refs/heads/main",
            "another owner",
        ),
        (
            aws,
            "repo:octo/database:ref:refs/heads/main",
            "another repository",
        ),
        (
            aws,
            "repo:octo/databases-2:ref:refs/heads/main",
            "a longer name",
        ),
        (
            aws,
            "repo:octo/databases:ref:refs/heads/dev",
            "another branch",
        ),
        (
            aws,
            "repo:octo/databases:ref:refs/heads/main2",
            "a longer branch",
        ),
        (
            aws,
            "repo:octo/databases:ref:refs/tags/main",
            "a tag of that name",
        ),
        (aws, "repo:octo/databases:pull_request", "a pull request"),
        (
            aws,
            "repo:octo/databases:environment:main",
            "an environment",
        ),
        (
            aws,
            "repo:Octo/databases:ref:refs/heads/main",
            "subjects have case",
        ),
        (
            aws,
            "repo:octo@1/databases@2:ref:refs/heads/main",
            "the manifest names no ids",
        ),
        (aws, "*", "a wildcard in the token is a letter"),
        (aws, "", "no subject"),
        ("https://github.com/octo", main, "GitHub's default audience"),
        (
            "sts.amazonaws.com.cn",
            main,
            "the audience of another partition",
        ),
    ] {
        let refused = workflow(&account, audience, subject).err();
        let code = refused.map(|refused| refused.code);
        assert_eq!(
            code.as_deref(),
            Some("AccessDenied"),
            "{reason}: {audience} {subject}"
        );
    }
}

#[test]
fn the_account_has_exactly_what_the_page_asks_for() {
    let account = Server::ministack().account();
    tool(&account).run(APPLY).expect_code(0);
    assert_eq!(found(&account), wanted(&account));

    // The page has one statement with all actions on both resources; of that, what has an effect.
    let bucket = format!("arn:aws:s3:::{}", bucket(&account));
    let objects = format!("{bucket}/*");
    let page = [
        ("s3:ListBucket", &bucket),
        ("s3:GetObject", &objects),
        ("s3:PutObject", &objects),
        ("s3:DeleteObject", &objects),
    ];
    let page = page.map(|(action, on)| (action.to_owned(), on.clone()));
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    let mut granted = BTreeSet::new();
    for statement in list(&found(&account)["bucket_policy"]["Statement"]) {
        for action in list(&statement["Action"]) {
            for on in list(&statement["Resource"]) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                granted.insert((text(&action), text(&on)));
            }
        }
    }
    assert_eq!(granted, BTreeSet::from(page));
}
