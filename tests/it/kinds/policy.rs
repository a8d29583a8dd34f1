//! Customer managed policies.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};

const FIRST: &str = r#"
name: kinds
tags: {team: data}
policies:
  access:
    path: /backups/
    description: What the backups may do
    statements:
      - {Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:ListBucket], Resource: "*"}
      - Sid: Stop
        Effect: Deny
        NotAction: s3:Get*
        NotResource: arn:aws:s3:::x/*
        Condition: {StringNotLike: {"aws:PrincipalArn": ["a*", "b*"]}, Bool: {"aws:SecureTransport": "false"}}
    tags: {purpose: backups}
"#;

const SECOND: &str = r#"
name: kinds
tags: {team: platform}
policies:
  access:
    path: /backups/
    description: What the backups may do
    statements:
      - {Sid: Read, Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::x/*"}
    tags: {purpose: restores}
"#;

const LOOK: &str = "
arn = f'arn:aws:iam::{account}:policy/backups/access'
policy = iam.get_policy(PolicyArn=arn)['Policy']
version = iam.get_policy_version(PolicyArn=arn, VersionId=policy['DefaultVersionId'])
{
    'description': policy['Description'],
    'statements': version['PolicyVersion']['Document']['Statement'],
    'tags': {tag['Key']: tag['Value'] for tag in policy['Tags'] if tag['Key'] != 'theirs'},
}";

const DRIFTS: &[Drift] = &[
    drift(
        "a new default version",
        "iam.create_policy_version(PolicyArn=f'arn:aws:iam::{account}:policy/backups/access',
    SetAsDefault=True, PolicyDocument=json.dumps({
        'Version': '2012-10-17',
        'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        &["policy", "Stop"],
    ),
    drift(
        "a tag of ours has another value",
        "iam.tag_policy(PolicyArn=f'arn:aws:iam::{account}:policy/backups/access',
    Tags=[{'Key': 'team', 'Value': 'games'}])",
        &["tags.team", "games"],
    ),
    drift(
        "a tag of ours is gone",
        "iam.untag_policy(PolicyArn=f'arn:aws:iam::{account}:policy/backups/access',
    TagKeys=['purpose'])",
        &["tags.purpose", "backups"],
    ),
];

const DELETE: &str = "
arn = f'arn:aws:iam::{account}:policy/backups/access'
for version in iam.list_policy_versions(PolicyArn=arn)['Versions']:
    if not version['IsDefaultVersion']:
        iam.delete_policy_version(PolicyArn=arn, VersionId=version['VersionId'])
iam.delete_policy(PolicyArn=arn)";

at_both! {
    fn a_managed_policy_settles_drifts_and_disappears(ground) {
        Cycle {
            address: "policy.access",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(), second()],
            theirs: (
                "iam.tag_policy(PolicyArn=f'arn:aws:iam::{account}:policy/backups/access',
    Tags=[{'Key': 'theirs', 'Value': 'kept'}])",
                "[tag['Value'] for tag in iam.get_policy(
    PolicyArn=f'arn:aws:iam::{account}:policy/backups/access')['Policy']['Tags']
  if tag['Key'] == 'theirs']",
                json!(["kept"]),
            ),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }

    fn a_managed_policy_can_be_updated_more_often_than_iam_keeps_versions(ground) {
        for number in 1..=7 {
            ground.manifest(&format!(
                "name: kinds\npolicies: {{access: {{statements: [\
                 {{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/{number}/*'}}]}}}}\n"
            ));
            ground.apply();
        }
        ground.expect_settled();
        // The first version was followed by six; of seven, the two oldest had to go.
        ground.expect_seen(
            "arn = f'arn:aws:iam::{account}:policy/access'
versions = iam.list_policy_versions(PolicyArn=arn)['Versions']
document = iam.get_policy_version(PolicyArn=arn, VersionId='v7')['PolicyVersion']['Document']
[{version['VersionId']: version['IsDefaultVersion'] for version in versions},
 document['Statement'][0]['Resource']]",
            &json!([
                {"v3": false, "v4": false, "v5": false, "v6": false, "v7": true},
                "arn:aws:s3:::x/7/*",
            ]),
        );
    }

    fn the_default_version_stays_even_if_it_is_the_oldest(ground) {
        let statement = "name: kinds\npolicies: {access: {statements: [\
                         {Effect: Allow, Action: ACTION, Resource: '*'}]}}\n";
        ground.manifest(&statement.replace("ACTION", "'s3:GetObject'"));
        ground.apply();
        ground.python(
            "for number in range(4):
    iam.create_policy_version(PolicyArn=f'arn:aws:iam::{account}:policy/access',
        PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [
            {'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]}))",
        );
        ground.expect_settled();
        ground.manifest(&statement.replace("ACTION", "'s3:PutObject'"));
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "[version['VersionId'] for version in iam.list_policy_versions(
    PolicyArn=f'arn:aws:iam::{account}:policy/access')['Versions']]",
            &json!(["v1", "v3", "v4", "v5", "v6"]),
        );
    }
}

/// What boto3 is to see of [`FIRST`].
fn first() -> Value {
    json!({
        "description": "What the backups may do",
        "statements": [
            {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
             "Resource": "*"},
            {"Sid": "Stop", "Effect": "Deny", "NotAction": "s3:Get*",
             "NotResource": "arn:aws:s3:::x/*",
             "Condition": {"StringNotLike": {"aws:PrincipalArn": ["a*", "b*"]},
                           "Bool": {"aws:SecureTransport": "false"}}},
        ],
        "tags": {"team": "data", "purpose": "backups",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}

/// What boto3 is to see of [`SECOND`].
fn second() -> Value {
    json!({
        "description": "What the backups may do",
        "statements": {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
                       "Resource": "arn:aws:s3:::x/*"},
        "tags": {"team": "platform", "purpose": "restores",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}
