//! Groups.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};

const FIRST: &str = r#"
name: kinds
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
users: {one: {}, two: {}}
groups:
  writers:
    members: [user.one, outsider]
    inline_policies:
      read: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]
    attached_policies: [policy.bound]
"#;

const SECOND: &str = r#"
name: kinds
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
users: {one: {}, two: {groups: [group.writers]}}
groups:
  writers:
    members: [outsider]
    inline_policies:
      write: [{Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}]
    attached_policies: [policy.bound-2]
"#;

const LOOK: &str = "
group = iam.get_group(GroupName='writers')
{
    'path': group['Group']['Path'],
    'members': [user['UserName'] for user in group['Users']],
    'inline': {
        name: iam.get_group_policy(GroupName='writers', PolicyName=name)['PolicyDocument']['Statement']
        for name in iam.list_group_policies(GroupName='writers')['PolicyNames']
    },
    'attached': [
        policy['PolicyArn']
        for policy in iam.list_attached_group_policies(GroupName='writers')['AttachedPolicies']
    ],
}";

const DRIFTS: &[Drift] = &[
    drift(
        "one more member",
        "iam.add_user_to_group(UserName='two', GroupName='writers')",
        &["members", "two"],
    ),
    drift(
        "a member is gone",
        "iam.remove_user_from_group(UserName='outsider', GroupName='writers')",
        &["members", "outsider"],
    ),
    drift(
        "one more inline policy",
        "iam.put_group_policy(GroupName='writers', PolicyName='mine', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        &["inline_policies", "mine"],
    ),
    drift(
        "a denial became an allowance",
        "iam.put_group_policy(GroupName='writers', PolicyName='stop', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': 's3:DeleteBucket', 'Resource': '*'}]}))",
        &["inline_policies.stop", "Allow", "Deny"],
    ),
    drift(
        "an inline policy is gone",
        "iam.delete_group_policy(GroupName='writers', PolicyName='read')",
        &["inline_policies.read", "s3:GetObject"],
    ),
    drift(
        "one more attached policy",
        "iam.attach_group_policy(GroupName='writers',
    PolicyArn=f'arn:aws:iam::{account}:policy/bound-2')",
        &["attached_policies", "bound-2"],
    ),
    drift(
        "an attached policy is gone",
        "iam.detach_group_policy(GroupName='writers',
    PolicyArn=f'arn:aws:iam::{account}:policy/bound')",
        &["attached_policies", "bound"],
    ),
];

const DELETE: &str = "
for policy in iam.list_attached_group_policies(GroupName='writers')['AttachedPolicies']:
    iam.detach_group_policy(GroupName='writers', PolicyArn=policy['PolicyArn'])
for name in iam.list_group_policies(GroupName='writers')['PolicyNames']:
    iam.delete_group_policy(GroupName='writers', PolicyName=name)
for user in iam.get_group(GroupName='writers')['Users']:
    iam.remove_user_from_group(GroupName='writers', UserName=user['UserName'])
iam.delete_group(GroupName='writers')";

at_both! {
    fn a_group_settles_drifts_and_disappears(ground) {
        ground.python("iam.create_user(UserName='outsider')");
        Cycle {
            address: "group.writers",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(), second()],
            // Groups have no tags; what is not ours is another group of the same member.
            theirs: (
                "iam.create_group(GroupName='theirs')
iam.add_user_to_group(GroupName='theirs', UserName='outsider')",
                "[user['UserName'] for user in iam.get_group(GroupName='theirs')['Users']]",
                json!(["outsider"]),
            ),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }

    fn a_group_with_a_path_of_its_own_is_made_and_settles(ground) {
        ground.manifest("name: kinds\ngroups: {writers: {path: /backups/}}\n");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen("iam.get_group(GroupName='writers')['Group']['Path']", &json!("/backups/"));
        // Groups have no tags, and this path is no mark: from outside it may be anybody's.
        ground.python("iam.create_user(UserName='stranger')
iam.add_user_to_group(UserName='stranger', GroupName='writers')");
        ground.run("drift", &[]).expect_code(2).expect_stdout("stranger");
        ground.run("apply", &["--yes"]).expect_code(1).expect_stderr("--adopt group.writers");
        ground.run("apply", &["--yes", "--adopt", "group.writers"]).expect_code(0);
        ground.expect_settled();
    }
}

/// What boto3 is to see of [`FIRST`].
fn first() -> Value {
    json!({
        "path": "/s3setup/kinds/",
        "members": ["one", "outsider"],
        "inline": {
            "read": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/bound",
    })
}

/// What boto3 is to see of [`SECOND`].
fn second() -> Value {
    json!({
        "path": "/s3setup/kinds/",
        "members": ["outsider", "two"],
        "inline": {
            "write": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/bound-2",
    })
}
