//! Bucket policies.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};

const FIRST: &str = r#"
name: kinds
bucket:
  name: kinds-${account}
  deny_plain_http: true
  policy:
    - Sid: Logs
      Effect: Allow
      Principal: {Service: logging.s3.amazonaws.com}
      Action: s3:PutObject
      Resource: arn:aws:s3:::kinds-${account}/logs/*
      Condition: {StringEquals: {"aws:SourceAccount": "${account}"}}
roles:
  deploy: {trust: {service: ec2.amazonaws.com}}
users:
  reader: {path: /people/}
grants:
  - {to: role.deploy, allow: [list, read, write, delete, location], through: bucket_policy}
  - {to: user.reader, allow: [list, read], prefix: a/b/, through: bucket_policy}
  - {to: "444455556666", allow: [read], prefix: shared/}
"#;

const SECOND: &str = r#"
name: kinds
bucket:
  name: kinds-${account}
  policy:
    - Sid: Logs
      Effect: Allow
      Principal: {Service: logging.s3.amazonaws.com}
      Action: s3:PutObject
      Resource: arn:aws:s3:::kinds-${account}/other/*
roles:
  deploy: {trust: {service: ec2.amazonaws.com}}
users:
  reader: {path: /people/}
grants:
  - {to: role.deploy, allow: [read], through: bucket_policy}
"#;

const LOOK: &str = "json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'].replace(bucket, 'BUCKET'))['Statement']";

const DRIFTS: &[Drift] = &[
    drift(
        "a name for the whole policy",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({**policy, 'Id': 'Theirs'}))",
        &["policy.Id", "Theirs"],
    ),
    drift(
        "one more statement",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
policy['Statement'].append({'Sid': 'Mine', 'Effect': 'Allow', 'Action': 's3:GetObject',
    'Principal': {'AWS': 'arn:aws:iam::999999999999:root'},
    'Resource': f'arn:aws:s3:::{bucket}/*'})
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["Mine", "999999999999", "s3:GetObject"],
    ),
    drift(
        "the statement that denies is gone",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
policy['Statement'] = [each for each in policy['Statement'] if each['Effect'] == 'Allow']
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["DenyPlainHttp", "aws:SecureTransport"],
    ),
    drift(
        "one more action",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
for each in policy['Statement']:
    if each['Sid'] == 'DeployObjects':
        each['Action'].append('s3:PutObjectAcl')
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["DeployObjects", "s3:PutObjectAcl"],
    ),
    drift(
        "a principal more, in a statement of ours",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
for each in policy['Statement']:
    if each['Sid'] == 'DeployBucket':
        each['Principal'] = {'AWS': [f'arn:aws:iam::{account}:role/deploy', '999999999999']}
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["DeployBucket", "999999999999"],
    ),
    drift(
        "the whole bucket instead of a folder",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
for each in policy['Statement']:
    if 'shared/' in json.dumps(each):
        each['Resource'] = f'arn:aws:s3:::{bucket}/*'
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["Account444455556666", "shared/*"],
    ),
    drift(
        "a condition is gone",
        "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
for each in policy['Statement']:
    if each['Sid'] == 'Logs':
        del each['Condition']
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))",
        &["Logs", "aws:SourceAccount"],
    ),
];

at_both! {
    fn a_bucket_policy_settles_drifts_and_disappears(ground) {
        Cycle {
            address: "bucket_policy.kinds-ACCOUNT",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(), second()],
            // The same in another form: other order, one value in a list or bare.
            theirs: (
                "policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
for each in policy['Statement']:
    for element in ('Action', 'Resource'):
        if isinstance(each[element], str):
            each[element] = [each[element]]
        elif len(each[element]) == 1:
            each[element] = each[element][0]
        else:
            each[element].reverse()
policy['Statement'].reverse()
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy, indent=4))",
                "True",
                json!(true),
            ),
            drifts: DRIFTS,
            delete: "s3.delete_bucket_policy(Bucket=bucket)",
        }
        .run(ground);
    }

    fn a_role_is_made_again_and_the_bucket_policy_still_lets_it_in(ground) {
        ground.manifest(
            "name: kinds
bucket: {name: 'kinds-${account}'}
roles: {deploy: {trust: {service: ec2.amazonaws.com}}}
grants: [{to: role.deploy, allow: [read], through: bucket_policy}]
",
        );
        ground.apply();
        ground.python("iam.delete_role(RoleName='deploy')");
        ground.run("drift", &[]).expect_code(2).expect_stdout("role.deploy  missing");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "[iam.get_role(RoleName='deploy')['Role']['Arn'],
 json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])['Statement'][0]['Principal']['AWS']]",
            &json!(["arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:role/deploy"]),
        );
    }

    fn a_policy_on_a_bucket_that_is_to_have_none_is_taken_away(ground) {
        ground.manifest("name: kinds\nbucket: {name: 'kinds-${account}'}\n");
        ground.apply();
        ground.expect_settled();
        ground.python(
            "s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({
    'Version': '2012-10-17', 'Statement': [{
        'Effect': 'Allow', 'Action': 's3:GetObject', 'Principal': {'AWS': '999999999999'},
        'Resource': f'arn:aws:s3:::{bucket}/*'}]}))",
        );
        let address = format!("bucket_policy.{}", ground.bucket());
        ground
            .run("drift", &[])
            .expect_code(2)
            .expect_stdout(&format!("{address}  unwanted, still there"));
        ground.apply();
        ground.expect_settled();
        let refused = ground
            .try_python("s3.get_bucket_policy(Bucket=bucket)")
            .expect_err("the policy is gone");
        assert_eq!(refused.code, "NoSuchBucketPolicy");
    }
}

/// What boto3 is to see of [`FIRST`].
fn first() -> Value {
    let (deploy, reader) = (
        "arn:aws:iam::111122223333:role/deploy",
        "arn:aws:iam::111122223333:user/people/reader",
    );
    let (bucket, objects) = ("arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*");
    json!([
        {"Sid": "DeployBucket", "Effect": "Allow", "Principal": {"AWS": deploy},
         "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": bucket},
        {"Sid": "DeployObjects", "Effect": "Allow", "Principal": {"AWS": deploy},
         "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], "Resource": objects},
        {"Sid": "ReaderABBrowse", "Effect": "Allow", "Principal": {"AWS": reader},
         "Action": "s3:ListBucket", "Resource": bucket,
         "Condition": {"StringEquals": {"s3:delimiter": "/", "s3:prefix": ["", "a/", "a/b/"]}}},
        {"Sid": "ReaderABList", "Effect": "Allow", "Principal": {"AWS": reader},
         "Action": "s3:ListBucket", "Resource": bucket,
         "Condition": {"StringLike": {"s3:prefix": "a/b/*"}}},
        {"Sid": "ReaderABObjects", "Effect": "Allow", "Principal": {"AWS": reader},
         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/a/b/*"},
        {"Sid": "Account444455556666SharedObjects", "Effect": "Allow",
         "Principal": {"AWS": "444455556666"},
         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/shared/*"},
        {"Sid": "DenyPlainHttp", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": [bucket, objects], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
         "Action": "s3:PutObject", "Resource": "arn:aws:s3:::BUCKET/logs/*",
         "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
    ])
}

/// What boto3 is to see of [`SECOND`].
fn second() -> Value {
    json!([
        {"Sid": "DeployObjects", "Effect": "Allow",
         "Principal": {"AWS": "arn:aws:iam::111122223333:role/deploy"},
         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"},
        {"Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
         "Action": "s3:PutObject", "Resource": "arn:aws:s3:::BUCKET/other/*"},
    ])
}
