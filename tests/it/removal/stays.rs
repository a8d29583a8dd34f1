//! What `destroy` leaves there, and says why.

use serde_json::json;

use super::{APPLY, DESTROY, ground, only, there};
use crate::neon::says;
use crate::support::{Answer, S3setup, Server};

#[test]
fn what_others_hold_on_to_stays_until_they_let_go() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    account.python_with(
        "provider = f'arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com'
iam.create_role(RoleName='theirs', AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17',
    'Statement': {'Effect': 'Allow', 'Action': 'sts:AssumeRoleWithWebIdentity',
    'Principal': {'Federated': provider}}}))
iam.create_user(UserName='alice')
iam.attach_user_policy(UserName='alice', PolicyArn=f'arn:aws:iam::{account}:policy/shared')
iam.create_login_profile(UserName='writer', Password='Abcdef-1234')
iam.create_instance_profile(InstanceProfileName='machine')
iam.add_role_to_instance_profile(InstanceProfileName='machine', RoleName='ci')
for body in (b'1', b'2'):
    s3.put_object(Bucket=bucket, Key='a b+c&<é', Body=body)
s3.delete_object(Bucket=bucket, Key='a b+c&<é')",
        &json!({"account": account.account_id, "bucket": account.bucket("all")}),
    );
    let outcome = tool.run(DESTROY);
    outcome.expect_code(2);
    for why in [
        "stays: role.ci trusts it; role.theirs trusts it",
        "user.alice has it attached",
        "stays: somebody gave it a password for the console",
        "stays: it is in the instance profile machine",
        "stays: it holds 3 objects (old versions and delete markers counted)",
        "Destroy: 1 resource to be removed, 8 stay.",
    ] {
        says(&outcome, why);
    }
    let bucket = account.bucket("all");
    says(
        &outcome,
        &format!("stays: bucket.{bucket} stays, and needs it"),
    );
    says(&outcome, "user.writer stays, and it is a part of that");
    let here = there(account);
    assert_eq!(here["roles"], json!(["ci", "theirs"]));
    assert_eq!(here["keys"], json!(["Enabled"]));
    let objects = account.python_with(
        "len(s3.list_object_versions(Bucket=bucket)['Versions'])",
        &json!({"bucket": bucket}),
    );
    assert_eq!(objects, 2);

    account.python_with(
        "iam.delete_role(RoleName='theirs')
iam.detach_user_policy(UserName='alice', PolicyArn=f'arn:aws:iam::{account}:policy/shared')
iam.delete_login_profile(UserName='writer')
iam.remove_role_from_instance_profile(InstanceProfileName='machine', RoleName='ci')",
        &json!({"account": account.account_id}),
    );
    let outcome = tool.run(&[DESTROY, &["--delete-objects", &bucket]].concat());
    outcome.expect_code(0);
    says(
        &outcome,
        "3 objects (old versions and delete markers counted) are deleted with it, for good",
    );
    assert_eq!(
        there(account),
        only(json!({"users": ["alice"]})),
        "{outcome}"
    );
}

#[test]
fn a_bucket_of_more_objects_than_are_listed_at_once_is_emptied() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    let bucket = account.bucket("all");
    account.python_with(
        "for number in range(1100):
    s3.put_object(Bucket=bucket, Key=f'{number}', Body=b'')",
        &json!({"bucket": bucket}),
    );
    let outcome = tool.run(&[DESTROY, &["--delete-objects", &bucket]].concat());
    outcome
        .expect_code(0)
        .expect_stderr("more than 1000 objects")
        .expect_stderr(&format!("emptying s3://{bucket}"));
    assert_eq!(there(account), only(json!({})));
}

#[test]
fn a_key_that_nothing_is_known_of_stays_with_its_user() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let id = proxy
        .account()
        .python("iam.create_access_key(UserName='writer')['AccessKey']['AccessKeyId']");
    let outcome = tool.run(DESTROY);
    outcome.expect_code(2);
    says(
        &outcome,
        &format!(
            "s3setup knows nothing of {}",
            id.as_str().unwrap_or_default()
        ),
    );
    let keys = "len(iam.list_access_keys(UserName='writer')['AccessKeyMetadata'])";
    assert_eq!(proxy.account().python(keys), 2);
}

#[test]
fn a_key_that_was_used_is_told_and_removed_only_if_it_is_named() {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    let account = proxy.account();
    // The server does not record who uses a key.
    let used = account.python(
        "(__import__('datetime').datetime.now(__import__('datetime').timezone.utc)
  - __import__('datetime').timedelta(days=2)).strftime('%Y-%m-%dT%H:%M:%SZ')",
    );
    let used = used.as_str().unwrap_or_default();
    let answer = format!(
        "<GetAccessKeyLastUsedResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <GetAccessKeyLastUsedResult><UserName>writer</UserName><AccessKeyLastUsed>\
         <LastUsedDate>{used}</LastUsedDate><ServiceName>s3</ServiceName>\
         <Region>us-east-1</Region></AccessKeyLastUsed></GetAccessKeyLastUsedResult>\
         </GetAccessKeyLastUsedResponse>"
    );
    proxy.on("GetAccessKeyLastUsed", 9, Answer::Text(answer));
    let outcome = tool.run(DESTROY);
    outcome.expect_code(2);
    let day = used.split('T').next().unwrap_or_default();
    says(&outcome, &format!("was used on {day}, for s3"));
    says(&outcome, "--delete-used-key access_key.writer");
    let users = "[u['UserName'] for u in iam.list_users()['Users']]";
    assert_eq!(account.python(users), json!(["writer"]));
    tool.run(&[DESTROY, &["--delete-used-key", "access_key.writer"]].concat())
        .expect_code(0)
        .expect_stderr("for s3");
    assert_eq!(account.python(users), json!([]));
}

#[test]
fn what_may_not_be_looked_up_may_be_there_and_stays() {
    let account = Server::ministack().account();
    let root = S3setup::new(&account);
    super::manifest(&root, &account);
    root.run(APPLY).expect_code(0);
    let denied = [
        "iam:ListRoles",
        "s3:ListBucketVersions",
        "iam:ListEntitiesForPolicy",
    ];
    let some = crate::commands::permissions::user(
        &account,
        &json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": denied, "Resource": "*"},
        ]),
    );
    let tool = S3setup::new(&some);
    super::manifest(&tool, &account);
    let outcome = tool.run(&["destroy", "all.yaml"]);
    for permission in denied {
        says(
            &outcome,
            &format!("could not be looked up (needs {permission})"),
        );
    }
}
