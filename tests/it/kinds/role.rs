//! Roles.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};

const FIRST: &str = r#"
name: kinds
tags: {team: data}
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
  extra: {statements: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*"}]}
users:
  ci: {}
roles:
  deploy:
    description: "The first, für alle"
    path: /backups/
    max_session_duration: 7200
    permissions_boundary: policy.bound
    trust:
      - service: ec2.amazonaws.com
      - account: {id: "444455556666", external_id: abcdef}
      - principal: {arn: user.ci, external_id: [one, two]}
      - github_actions: {repository: acme/backups, branch: main}
      - oidc:
          issuer: https://gitlab.com
          audience: https://gitlab.com
          subject_like: "project_path:acme/backups:*"
          claims: {namespace_id: "7"}
      - statements:
          - Sid: Hand
            Effect: Allow
            Principal: {AWS: role.other}
            Action: [sts:AssumeRole, sts:TagSession]
    inline_policies:
      read: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]
    attached_policies:
      - policy.extra
      - ReadOnlyAccess # needs aws-managed
    tags: {purpose: backups}
  other:
    trust: {service: lambda.amazonaws.com}
"#;

const SECOND: &str = r#"
name: kinds
tags: {team: platform}
policies:
  bound: {statements: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  bound-2: {statements: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}
  extra: {statements: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*"}]}
users:
  ci: {}
roles:
  deploy:
    description: The second
    path: /backups/
    max_session_duration: 3600
    permissions_boundary: policy.bound-2
    trust: {service: ecs-tasks.amazonaws.com}
    inline_policies:
      write: [{Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::x/*"}]
      stop: [{Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}]
    attached_policies: [policy.bound]
    tags: {purpose: restores}
  other:
    trust: {service: lambda.amazonaws.com}
"#;

const LOOK: &str = "
role = iam.get_role(RoleName='deploy')['Role']
{
    'path': role['Path'],
    'description': role['Description'],
    'duration': role['MaxSessionDuration'],
    'boundary': role['PermissionsBoundary']['PermissionsBoundaryArn'],
    'trust': role['AssumeRolePolicyDocument']['Statement'],
    'inline': {
        name: iam.get_role_policy(RoleName='deploy', PolicyName=name)['PolicyDocument']['Statement']
        for name in iam.list_role_policies(RoleName='deploy')['PolicyNames']
    },
    'attached': [
        policy['PolicyArn']
        for policy in iam.list_attached_role_policies(RoleName='deploy')['AttachedPolicies']
        if policy['PolicyName'] != 'ReadOnlyAccess'
    ],
    'tags': {tag['Key']: tag['Value'] for tag in role['Tags'] if tag['Key'] != 'theirs'},
}";

const DRIFTS: &[Drift] = &[
    drift(
        "the trust is widened to an account",
        "trust = iam.get_role(RoleName='deploy')['Role']['AssumeRolePolicyDocument']
trust['Statement'].append({'Effect': 'Allow', 'Action': 'sts:AssumeRole',
                           'Principal': {'AWS': 'arn:aws:iam::999999999999:root'}})
iam.update_assume_role_policy(RoleName='deploy', PolicyDocument=json.dumps(trust))",
        &["trust_policy", "999999999999"],
    ),
    drift(
        "another branch is let in",
        "text = json.dumps(iam.get_role(RoleName='deploy')['Role']['AssumeRolePolicyDocument'])
text = text.replace('repo:acme/backups:ref:refs/heads/main', 'repo:acme/backups:ref:refs/heads/dev')
iam.update_assume_role_policy(RoleName='deploy', PolicyDocument=text)",
        &[
            "trust_policy",
            "GithubActions",
            "refs/heads/dev",
            "refs/heads/main",
        ],
    ),
    drift(
        "the external id is no longer asked for",
        "trust = iam.get_role(RoleName='deploy')['Role']['AssumeRolePolicyDocument']
for statement in trust['Statement']:
    if '444455556666' in json.dumps(statement):
        del statement['Condition']
iam.update_assume_role_policy(RoleName='deploy', PolicyDocument=json.dumps(trust))",
        &[
            "trust_policy",
            "Account444455556666",
            "sts:ExternalId",
            "abcdef",
        ],
    ),
    drift(
        "another description",
        "iam.update_role(RoleName='deploy', Description='Mine', MaxSessionDuration=7200)",
        &["description", "Mine"],
    ),
    drift(
        "longer sessions",
        "iam.update_role(RoleName='deploy', Description='The first, für alle',
                MaxSessionDuration=43200)",
        &["max_session_duration", "43200"],
    ),
    drift(
        "another boundary",
        "iam.put_role_permissions_boundary(RoleName='deploy',
    PermissionsBoundary=f'arn:aws:iam::{account}:policy/bound-2')",
        &["permissions_boundary", "bound-2"],
    ),
    drift(
        "no boundary",
        "iam.delete_role_permissions_boundary(RoleName='deploy')",
        &["permissions_boundary", "bound"],
    ),
    drift(
        "one more inline policy",
        "iam.put_role_policy(RoleName='deploy', PolicyName='mine', PolicyDocument=json.dumps({
    'Version': '2012-10-17',
    'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        &["inline_policies", "mine"],
    ),
    drift(
        "an inline policy allows more",
        "iam.put_role_policy(RoleName='deploy', PolicyName='read', PolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{
        'Effect': 'Allow', 'Action': ['s3:GetObject', 's3:PutObject'],
        'Resource': 'arn:aws:s3:::x/*'}]}))",
        &["inline_policies.read", "s3:PutObject"],
    ),
    drift(
        "an inline policy that denies is gone",
        "iam.delete_role_policy(RoleName='deploy', PolicyName='stop')",
        &["inline_policies.stop", "s3:DeleteBucket"],
    ),
    drift(
        "one more attached policy",
        "iam.attach_role_policy(RoleName='deploy', PolicyArn=f'arn:aws:iam::{account}:policy/bound')",
        &["attached_policies", "bound"],
    ),
    drift(
        "an attached policy is gone",
        "iam.detach_role_policy(RoleName='deploy', PolicyArn=f'arn:aws:iam::{account}:policy/extra')",
        &["attached_policies", "extra"],
    ),
    Drift {
        what: "a policy of AWS is gone",
        by: "iam.detach_role_policy(RoleName='deploy',
    PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')",
        told: &["attached_policies", "ReadOnlyAccess"],
        needs: Some("aws-managed"),
    },
    drift(
        "a tag of ours has another value",
        "iam.tag_role(RoleName='deploy', Tags=[{'Key': 'purpose', 'Value': 'games'}])",
        &["tags.purpose", "games"],
    ),
    drift(
        "a tag of ours is gone",
        "iam.untag_role(RoleName='deploy', TagKeys=['team'])",
        &["tags.team", "data"],
    ),
];

const DELETE: &str = "
for policy in iam.list_attached_role_policies(RoleName='deploy')['AttachedPolicies']:
    iam.detach_role_policy(RoleName='deploy', PolicyArn=policy['PolicyArn'])
for name in iam.list_role_policies(RoleName='deploy')['PolicyNames']:
    iam.delete_role_policy(RoleName='deploy', PolicyName=name)
iam.delete_role(RoleName='deploy')";

at_both! {
    fn a_role_settles_drifts_and_disappears(ground) {
        Cycle {
            address: "role.deploy",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(), second()],
            theirs: (
                "iam.tag_role(RoleName='deploy', Tags=[{'Key': 'theirs', 'Value': 'kept'}])",
                "[tag['Value'] for tag in iam.list_role_tags(RoleName='deploy')['Tags']
                  if tag['Key'] == 'theirs']",
                json!(["kept"]),
            ),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }
}

/// What boto3 is to see of [`FIRST`].
fn first() -> Value {
    let github = "token.actions.githubusercontent.com";
    json!({
        "path": "/backups/",
        "description": "The first, für alle",
        "duration": 7200,
        "boundary": "arn:aws:iam::111122223333:policy/bound",
        "trust": [
            {"Sid": "Service", "Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "ec2.amazonaws.com"}},
            {"Sid": "Account444455556666", "Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"AWS": "444455556666"},
             "Condition": {"StringEquals": {"sts:ExternalId": "abcdef"}}},
            {"Sid": "Principal", "Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"AWS": "arn:aws:iam::111122223333:user/ci"},
             "Condition": {"StringEquals": {"sts:ExternalId": ["one", "two"]}}},
            {"Sid": "GithubActions", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{github}")},
             "Condition": {"StringEquals": {
                 format!("{github}:aud"): "sts.amazonaws.com",
                 format!("{github}:sub"): "repo:acme/backups:ref:refs/heads/main"}}},
            {"Sid": "Oidc", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
             "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"},
             "Condition": {
                 "StringEquals": {
                     "gitlab.com:aud": "https://gitlab.com", "gitlab.com:namespace_id": "7"},
                 "StringLike": {"gitlab.com:sub": "project_path:acme/backups:*"}}},
            {"Sid": "Hand", "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
             "Principal": {"AWS": "arn:aws:iam::111122223333:role/other"}},
        ],
        "inline": {
            "read": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/extra",
        "tags": {"team": "data", "purpose": "backups",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}

/// What boto3 is to see of [`SECOND`].
fn second() -> Value {
    json!({
        "path": "/backups/",
        "description": "The second",
        "duration": 3600,
        "boundary": "arn:aws:iam::111122223333:policy/bound-2",
        "trust": {"Sid": "Service", "Effect": "Allow", "Action": "sts:AssumeRole",
                  "Principal": {"Service": "ecs-tasks.amazonaws.com"}},
        "inline": {
            "write": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::x/*"},
            "stop": {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        },
        "attached": "arn:aws:iam::111122223333:policy/bound",
        "tags": {"team": "platform", "purpose": "restores",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}
