//! `destroy`: all that a manifest has made, and nothing beside it.

use serde_json::json;

use super::{APPLY, DESTROY, ground, only, there};
use crate::neon::writes;
use crate::support::talk;

#[test]
fn destroy_removes_all_that_a_manifest_has_made_and_nothing_else() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    account.python_with(
        "iam.create_user(UserName='alice')
iam.add_user_to_group(UserName='alice', GroupName='writers')
iam.create_role(RoleName='theirs', AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17',
    'Statement': {'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': 'ec2.amazonaws.com'}}}))
arn = iam.create_policy(PolicyName='theirs', PolicyDocument=json.dumps({'Version': '2012-10-17',
    'Statement': {'Effect': 'Allow', 'Action': 's3:ListAllMyBuckets', 'Resource': '*'}}))['Policy']['Arn']
iam.attach_role_policy(RoleName='ci', PolicyArn=arn)
iam.attach_role_policy(RoleName='theirs', PolicyArn=arn)
s3.create_bucket(Bucket=bucket)",
        &json!({"bucket": account.bucket("theirs")}),
    );
    let outcome = tool.run(DESTROY);
    outcome
        .expect_code(0)
        .expect_stderr("Destroy: 9 resources to be removed.")
        .expect_stderr("its name is then free for anyone")
        .expect_stderr("after\n      7 days")
        .expect_stderr("Destroyed: 9 removed");
    let theirs = json!({"roles": ["theirs"], "users": ["alice"], "policies": ["theirs"],
        "buckets": [account.bucket("theirs")]});
    assert_eq!(there(account), only(theirs), "{outcome}");
    let attached =
        "iam.list_attached_role_policies(RoleName='theirs')['AttachedPolicies'][0]['PolicyName']";
    assert_eq!(account.python(attached), "theirs");

    proxy.forget();
    tool.run(DESTROY)
        .expect_code(0)
        .expect_stderr("Nothing is to be removed.");
    assert_eq!(writes(&proxy), Vec::<String>::new());
}

#[test]
fn destroy_asks_for_the_manifests_own_name() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    proxy.forget();
    let ask = &["destroy", "all.yaml"];
    tool.run(ask)
        .expect_code(1)
        .expect_stderr("nobody answered; nothing was removed")
        .expect_stderr("--confirm all");
    tool.run_with_input(ask, "yes\n")
        .expect_code(1)
        .expect_stderr("Nothing was removed.");
    tool.run(&["destroy", "all.yaml", "--confirm", "other"])
        .expect_code(1)
        .expect_stderr("does not name what would be destroyed");
    tool.run(&[DESTROY, &["--delete-objects", "another"]].concat())
        .expect_code(1)
        .expect_stderr("the manifests name no bucket another");
    assert_eq!(writes(&proxy), Vec::<String>::new());
    let talk = talk(&tool, ask, &[("(\"all\")", "all\n")]);
    assert_eq!(talk.code, Some(0), "{talk:?}");
    assert_eq!(there(proxy.account()), only(json!({})));
}

#[test]
fn the_same_destroy_goes_on_where_the_bucket_is_gone_already() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    let bucket = account.bucket("all");
    account.python_with(
        "s3.delete_bucket_policy(Bucket=bucket)
s3.delete_bucket(Bucket=bucket)",
        &json!({"bucket": bucket}),
    );
    tool.run(&[DESTROY, &["--delete-objects", &bucket]].concat())
        .expect_code(0);
    assert_eq!(there(account), only(json!({})));
}

#[test]
fn what_belongs_to_nobody_or_to_another_manifest_stays() {
    let (proxy, tool) = ground();
    let account = proxy.account();
    account.python_with(
        "trust = json.dumps({'Version': '2012-10-17', 'Statement': {'Effect': 'Allow',
    'Action': 'sts:AssumeRole', 'Principal': {'Service': 'ec2.amazonaws.com'}}})
iam.create_role(RoleName='ci', AssumeRolePolicyDocument=trust)
iam.create_user(UserName='writer', Tags=[{'Key': 'managed-by', 'Value': 's3setup'},
    {'Key': 's3setup:manifest', 'Value': 'other'}])
iam.create_access_key(UserName='writer')
iam.create_group(GroupName='writers')
s3.create_bucket(Bucket=bucket)",
        &json!({"bucket": account.bucket("all")}),
    );
    proxy.forget();
    let outcome = tool.run(DESTROY);
    // Nothing of the manifest is left: there never was any.
    outcome
        .expect_code(0)
        .expect_stderr("it carries no mark of the manifest")
        .expect_stderr("it belongs to the manifest")
        .expect_stderr("Nothing is to be removed, 5 stay.");
    assert_eq!(writes(&proxy), Vec::<String>::new());
}
