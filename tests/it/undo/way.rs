//! There and back: the account is as it was before.

use super::{APPLY, UNDO, dump, ground, listed, steady, there, undone};
use crate::{
    faults::in_parallel,
    neon,
    support::{Account, Answer, Point, Proxy, S3setup},
};
use serde_json::json;

/// Two of every kind: one that there is, made by somebody else, and one that there is not.
const MANIFEST: &str = "name: way
bucket:
  name: BUCKET
  versioning: true
  encryption: {sse_kms: {key: kms_key.data}}
  lifecycle:
    old: {expire_days: 30}
  tags: {team: data}
kms_keys:
  data: {deletion_window_days: 7}
roles:
  old:
    description: ours
    max_session_duration: 7200
    permissions_boundary: policy.old
    trust: {service: ec2.amazonaws.com}
    inline_policies:
      list: [{Effect: Allow, Action: \"s3:ListAllMyBuckets\", Resource: \"*\"}]
    attached_policies: [policy.new]
    tags: {team: data}
  ci:
    trust: {github_actions: {repository: acme/app, branch: main}}
users:
  old: {groups: [group.new], permissions_boundary: policy.old, tags: {team: data}}
  writer:
    groups: [group.new]
    access_key: {sink: {file: {path: writer.env, format: dotenv}}}
groups:
  old: {PATHattached_policies: [policy.new]}
  new: {}
policies:
  old: {}
  new: {}
grants:
  - {to: group.new, allow: [write]}
  - {to: role.ci, allow: [read], through: bucket_policy}
  - {to: role.old, allow: [list], through: policy.new}
  - {to: role.old, allow: [list, read], through: policy.old}
";

/// What somebody else has made, with settings and tags of their own.
const THEIRS: &str = "
allow = lambda action, on='*': json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Action': action, 'Resource': on}]})
trust = json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': 'lambda.amazonaws.com'}}]})
theirs = [{'Key': 'theirs', 'Value': '1'}, {'Key': 'team', 'Value': 'web'}]
old = iam.create_policy(PolicyName='old', PolicyDocument=allow('s3:GetObject'), Tags=theirs)['Policy']['Arn']
iam.create_role(RoleName='old', AssumeRolePolicyDocument=trust, Description='theirs', Tags=theirs)
iam.put_role_policy(RoleName='old', PolicyName='theirs', PolicyDocument=allow('s3:PutObject'))
iam.put_role_policy(RoleName='old', PolicyName='list', PolicyDocument=allow('s3:ListBucket'))
iam.attach_role_policy(RoleName='old', PolicyArn=old)
iam.create_user(UserName='old', Tags=theirs)
iam.attach_user_policy(UserName='old', PolicyArn=old)
iam.create_group(GroupName='old')
iam.add_user_to_group(GroupName='old', UserName='old')
iam.put_group_policy(GroupName='old', PolicyName='theirs', PolicyDocument=allow('s3:PutObject'))
s3.create_bucket(Bucket=bucket)
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': theirs})
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Principal': {'AWS': f'arn:aws:iam::{account}:role/old'}, 'Action': 's3:GetObject',
     'Resource': f'arn:aws:s3:::{bucket}/*'}]}))
s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': [
    {'ID': 'theirs', 'Status': 'Enabled', 'Filter': {'Prefix': 'tmp/'}, 'Expiration': {'Days': 3}}]})
s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
    'BlockPublicAcls': True, 'IgnorePublicAcls': True, 'BlockPublicPolicy': False, 'RestrictPublicBuckets': False})
s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={'Rules': [
    {'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]})";

/// A key that is to be deleted keeps its alias, which no plan of a manifest takes for a new one.
const NO_ALIAS: &str = "
for alias in kms.list_aliases()['Aliases']:
    if alias['AliasName'] == 'alias/data':
        kms.delete_alias(AliasName='alias/data')
None";

/// Take over all that is there.
const ADOPT: &[&str] = &[
    "apply",
    "way.yaml",
    "--yes",
    "--adopt",
    "all",
    "--adopt",
    "bucket_policy.BUCKET",
];

fn theirs(account: &Account) {
    account.python_with(
        &format!("{THEIRS}\nNone"),
        &json!({"bucket": account.bucket("way"), "account": account.account_id}),
    );
}

/// All of it is to be made.
fn manifest(tool: &S3setup, account: &Account) {
    written(tool, account, "");
}

/// Half of it is theirs; a path cannot be changed.
fn manifest_of_theirs(tool: &S3setup, account: &Account) {
    written(tool, account, "path: /, ");
    theirs(account);
}

fn written(tool: &S3setup, account: &Account, path: &str) {
    let text = MANIFEST.replace("BUCKET", &account.bucket("way"));
    tool.file("way.yaml", &text.replace("PATH", path));
}

fn adopt(tool: &S3setup, account: &Account) {
    let bucket = account.bucket("way");
    let arguments: Vec<String> = ADOPT
        .iter()
        .map(|one| one.replace("BUCKET", &bucket))
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    tool.run(&arguments).expect_code(0);
}

fn planned(tool: &S3setup) -> String {
    let plan = tool.run(&["plan", "way.yaml"]);
    steady(&plan.expect_code(0).stdout)
}

#[test]
fn what_an_apply_made_is_gone_and_the_first_plan_is_the_plan_again() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    manifest(&tool, account);
    let empty = there(account);
    let first = planned(&tool);
    tool.run(&["apply", "way.yaml", "--yes"])
        .expect_code(0)
        .expect_stderr("`s3setup undo` plans the way back.");
    undone(&tool, &[]).expect_stderr("is undone.");
    assert_eq!(there(account), empty);
    // The key of KMS waits to be deleted: a plan of the manifest says what to do about it.
    account.python(NO_ALIAS);
    assert_eq!(planned(&tool), first);
}

#[test]
fn what_was_adopted_and_changed_is_theirs_again_tags_and_all() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    manifest_of_theirs(&tool, account);
    let before = there(account);
    let first = planned(&tool);
    adopt(&tool, account);
    let applied = there(account);
    assert_ne!(applied, before);
    tool.run(&["plan", "way.yaml", "--detailed-exitcode"])
        .expect_code(0);
    undone(&tool, &[]);
    assert_eq!(there(account), before);
    account.python(NO_ALIAS);
    assert_eq!(planned(&tool), first);
    assert_eq!(
        tool.run(UNDO).code,
        Some(1),
        "there is nothing to undo any more"
    );
}

#[test]
fn what_was_destroyed_is_made_again_and_an_undo_can_be_undone() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    manifest(&tool, account);
    tool.run(&["apply", "way.yaml", "--yes"]).expect_code(0);
    let applied = there(account);
    tool.run(&["destroy", "way.yaml", "--confirm", "way"])
        .expect_code(0);
    let destroyed = there(account);
    // The key that it holds is gone, and a file is not written over while it holds a key.
    std::fs::remove_file(tool.folder().join("writer.env")).expect("it is there");
    undone(&tool, &[]);
    assert_eq!(there(account), applied, "the key of KMS among it");
    let plan = tool.run(&["plan", "way.yaml", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "{plan}");
    let runs = listed(&tool);
    assert_eq!(runs[0]["undoes"], runs[1]["run"]);
    assert_eq!(runs[1]["undone"], true);
    undone(&tool, &[runs[0]["run"].as_str().expect("a name")]);
    assert_eq!(there(account), destroyed);
    let runs = listed(&tool);
    assert_eq!(
        (&runs[1]["undone"], &runs[2]["undone"]),
        (&json!(true), &json!(false))
    );
}

#[test]
fn a_run_that_failed_in_the_middle_is_led_back() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    manifest_of_theirs(&tool, account);
    let before = there(account);
    for operation in [
        "AttachRolePolicy",
        "PutBucketPolicy",
        "AddUserToGroup",
        "PutBucketEncryption",
    ] {
        proxy.on(operation, 99, Answer::error(403, "AccessDenied", "no"));
        let bucket = format!("bucket_policy.{}", account.bucket("way"));
        let apply = [
            "apply", "way.yaml", "--yes", "--adopt", "all", "--adopt", &bucket,
        ];
        tool.run(&apply)
            .expect_code(1)
            .expect_stderr("`s3setup undo` leads back.");
        assert_ne!(there(account), before, "{operation}: some of it was done");
        proxy.heal();
        undone(&tool, &[]);
        assert_eq!(there(account), before, "{operation}");
        account.python(NO_ALIAS);
    }
}

#[test]
fn a_tool_that_is_killed_at_any_call_is_led_back() {
    let (proxy, tool) = ground();
    neon::manifest(&tool);
    tool.run(neon::APPLY).expect_code(0);
    let operations = proxy.operations();
    let first = operations
        .iter()
        .position(|name| name.starts_with("iam:Create") || name == "s3:CreateBucket");
    let first = first.expect("something is made");
    in_parallel(operations.len() - first, |at| {
        let (proxy, tool) = ground();
        neon::manifest(&tool);
        let reason = format!("killed at call {} of {}", first + at, operations.len());
        let empty = dump(proxy.account());
        killed(&proxy, &tool, neon::APPLY, first + at);
        let begun = listed(&tool)
            .first()
            .is_some_and(|run| run["begun"] != json!(0));
        let undo = tool.run(UNDO);
        match undo.code {
            Some(2) => assert_eq!(tool.run(APPLY).code, Some(0), "{reason}"),
            code => assert!(code == Some(0) || !begun, "{reason}:\n{undo}"),
        }
        assert_eq!(dump(proxy.account()), empty, "{reason}");
    });
    println!(
        "killed and led back at each of {} calls",
        operations.len() - first
    );
}

#[test]
fn an_undo_that_is_killed_at_any_call_is_finished_by_another() {
    let (proxy, tool) = ground();
    neon::manifest(&tool);
    tool.run(neon::APPLY).expect_code(0);
    tool.run(UNDO).expect_code(2);
    proxy.forget();
    tool.run(APPLY).expect_code(0);
    let points = proxy.operations().len();
    in_parallel(points, |point| {
        let (proxy, tool) = ground();
        neon::manifest(&tool);
        let empty = dump(proxy.account());
        tool.run(neon::APPLY).expect_code(0);
        tool.run(UNDO).expect_code(2);
        killed(&proxy, &tool, APPLY, point);
        let reason = format!("killed at call {point} of {points} of an undo");
        let again = tool.run(UNDO);
        if again.code == Some(2) {
            assert_eq!(tool.run(APPLY).code, Some(0), "{reason}");
        } else {
            assert_eq!(again.code, Some(0), "{reason}:\n{again}");
        }
        assert_eq!(dump(proxy.account()), empty, "{reason}");
    });
    println!("an undo was killed at each of {points} calls");
}

/// Runs the tool and kills it at the call after so many others; AWS has done that call.
#[track_caller]
fn killed(proxy: &Proxy, tool: &S3setup, arguments: &[&str], call: usize) {
    let carried_out = true;
    tool.must_be_killed_at(proxy, arguments, Point { call, carried_out });
    proxy.heal();
}

#[test]
fn what_holds_something_or_is_held_stays_and_the_plan_says_why() {
    let (proxy, tool) = ground();
    let account: &Account = proxy.account();
    neon::manifest(&tool);
    tool.run(neon::APPLY).expect_code(0);
    let bucket = neon::bucket(account);
    account.python_with(
        "s3.put_object(Bucket=bucket, Key='a', Body=b'a')
iam.create_role(RoleName='other', AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Action': 'sts:AssumeRoleWithWebIdentity',
     'Principal': {'Federated': f'arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com'}}]}))
None",
        &json!({"bucket": bucket, "account": account.account_id}),
    );
    let plan = tool.run(UNDO);
    let said = neon::flat(&plan.expect_code(2).stdout);
    assert!(said.contains("stays: it holds 1 object"), "{said}");
    assert!(said.contains("stays: role.other trusts it"), "{said}");
    assert!(
        said.contains("1 to delete") || said.contains("2 to delete"),
        "{said}"
    );
    tool.run(APPLY).expect_code(0);
    let left = dump(account);
    assert!(left["roles"].get(neon::ROLE).is_none(), "the role is gone");
    assert!(left["buckets"].get(&bucket).is_some());
    undone(
        &tool,
        &[
            "--delete-objects",
            &bucket,
            listed(&tool)[1]["run"].as_str().expect("a name"),
        ],
    );
    assert!(
        dump(account)["buckets"].get(&bucket).is_none(),
        "by name, with what is in it"
    );
}
