//! Users.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};
use super::ground::Ground;

const FIRST: &str = r#"
name: kinds
tags: {team: data}
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
groups: {writers: {}, readers: {}}
users:
  backup:
    path: /backups/
    permissions_boundary: policy.bound # needs user-boundary
    groups: [group.writers, outside]
    inline_policies:
      read: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]
    attached_policies: [policy.bound]
    tags: {purpose: backups}
"#;

const SECOND: &str = r#"
name: kinds
tags: {team: platform}
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
groups: {writers: {}, readers: {}}
users:
  backup:
    path: /backups/
    permissions_boundary: policy.bound-2 # needs user-boundary
    groups: [group.readers, elsewhere]
    inline_policies:
      write: [{Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}]
    attached_policies: [policy.bound-2]
    tags: {purpose: restores}
"#;

const LOOK: &str = "
user = iam.get_user(UserName='backup')['User']
{
    'path': user['Path'],
    'boundary': user.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn'),
    'groups': [g['GroupName'] for g in iam.list_groups_for_user(UserName='backup')['Groups']],
    'inline': {
        name: iam.get_user_policy(UserName='backup', PolicyName=name)['PolicyDocument']['Statement']
        for name in iam.list_user_policies(UserName='backup')['PolicyNames']
    },
    'attached': [
        policy['PolicyArn']
        for policy in iam.list_attached_user_policies(UserName='backup')['AttachedPolicies']
    ],
    'tags': {tag['Key']: tag['Value'] for tag in user['Tags'] if tag['Key'] != 'theirs'},
}";

const DRIFTS: &[Drift] = &[
    Drift {
        what: "another boundary",
        by: "iam.put_user_permissions_boundary(UserName='backup',
    PermissionsBoundary=f'arn:aws:iam::{account}:policy/bound-2')",
        told: &["permissions_boundary", "bound-2"],
        needs: Some("user-boundary"),
    },
    Drift {
        what: "no boundary",
        by: "iam.delete_user_permissions_boundary(UserName='backup')",
        told: &["permissions_boundary"],
        needs: Some("user-boundary"),
    },
    drift(
        "put into a group outside the manifest",
        "iam.add_user_to_group(UserName='backup', GroupName='elsewhere')",
        &["groups", "elsewhere"],
    ),
    drift(
        "taken out of a group outside the manifest",
        "iam.remove_user_from_group(UserName='backup', GroupName='outside')",
        &["groups", "outside"],
    ),
    drift(
        "one more inline policy",
        "iam.put_user_policy(UserName='backup', PolicyName='mine', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        &["inline_policies", "mine"],
    ),
    drift(
        "an inline policy is about more",
        "iam.put_user_policy(UserName='backup', PolicyName='read', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'}]}))",
        &["inline_policies.read", "arn:aws:s3:::x/*"],
    ),
    drift(
        "an inline policy is gone",
        "iam.delete_user_policy(UserName='backup', PolicyName='stop')",
        &["inline_policies.stop", "s3:DeleteBucket"],
    ),
    drift(
        "one more attached policy",
        "iam.attach_user_policy(UserName='backup', PolicyArn=f'arn:aws:iam::{account}:policy/bound-2')",
        &["attached_policies", "bound-2"],
    ),
    drift(
        "an attached policy is gone",
        "iam.detach_user_policy(UserName='backup', PolicyArn=f'arn:aws:iam::{account}:policy/bound')",
        &["attached_policies", "bound"],
    ),
    drift(
        "a tag of ours has another value",
        "iam.tag_user(UserName='backup', Tags=[{'Key': 'team', 'Value': 'games'}])",
        &["tags.team", "games"],
    ),
    drift(
        "a tag of ours is gone",
        "iam.untag_user(UserName='backup', TagKeys=['purpose'])",
        &["tags.purpose", "backups"],
    ),
];

const DELETE: &str = "
for policy in iam.list_attached_user_policies(UserName='backup')['AttachedPolicies']:
    iam.detach_user_policy(UserName='backup', PolicyArn=policy['PolicyArn'])
for name in iam.list_user_policies(UserName='backup')['PolicyNames']:
    iam.delete_user_policy(UserName='backup', PolicyName=name)
for group in iam.list_groups_for_user(UserName='backup')['Groups']:
    iam.remove_user_from_group(UserName='backup', GroupName=group['GroupName'])
for key in iam.list_access_keys(UserName='backup')['AccessKeyMetadata']:
    iam.delete_access_key(UserName='backup', AccessKeyId=key['AccessKeyId'])
iam.delete_user(UserName='backup')";

at_both! {
    fn a_user_settles_drifts_and_disappears(ground) {
        ground.python("[iam.create_group(GroupName=name) for name in ('outside', 'elsewhere')]");
        Cycle {
            address: "user.backup",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(ground), second(ground)],
            theirs: (
                "iam.tag_user(UserName='backup', Tags=[{'Key': 'theirs', 'Value': 'kept'}])
iam.create_access_key(UserName='backup')",
                "[[tag['Value'] for tag in iam.list_user_tags(UserName='backup')['Tags']
  if tag['Key'] == 'theirs'],
 [key['Status'] for key in iam.list_access_keys(UserName='backup')['AccessKeyMetadata']]]",
                json!(["kept", "Active"]),
            ),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }

    fn a_user_stays_in_groups_that_list_it_themselves(ground) {
        ground.manifest("name: kinds\ngroups: {writers: {members: [user.backup]}}\nusers: {backup: {}}\n");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "[g['GroupName'] for g in iam.list_groups_for_user(UserName='backup')['Groups']]",
            &json!(["writers"]),
        );
    }
}

fn boundary(ground: &Ground, name: &str) -> Value {
    match ground.can("user-boundary") {
        true => json!(format!("arn:aws:iam::111122223333:policy/{name}")),
        false => Value::Null,
    }
}

/// What boto3 is to see of [`FIRST`].
fn first(ground: &Ground) -> Value {
    json!({
        "path": "/backups/",
        "boundary": boundary(ground, "bound"),
        "groups": ["outside", "writers"],
        "inline": {
            "read": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/bound",
        "tags": {"team": "data", "purpose": "backups",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}

/// What boto3 is to see of [`SECOND`].
fn second(ground: &Ground) -> Value {
    json!({
        "path": "/backups/",
        "boundary": boundary(ground, "bound-2"),
        "groups": ["elsewhere", "readers"],
        "inline": {
            "write": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/bound-2",
        "tags": {"team": "platform", "purpose": "restores",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}
