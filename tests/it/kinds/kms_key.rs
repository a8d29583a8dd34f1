//! Keys of KMS, and the bucket that one encrypts.

use serde_json::{Value, json};

use super::{
    cycle::{Cycle, Drift, drift},
    ground::Ground,
};
use crate::neon::flat;

const FIRST: &str = r#"
name: kinds
tags: {team: data}
kms_keys:
  team/backups:
    description: Encrypts the backups
    tags: {tier: gold}
    policy:
      - Sid: Audit
        Effect: Allow
        Principal: {AWS: "arn:aws:iam::999999999999:root"}
        Action: kms:DescribeKey
        Resource: "*"
bucket:
  name: kinds-${account}
  encryption: {sse_kms: {key: kms_key.team/backups}}
roles:
  deploy: {trust: {service: ec2.amazonaws.com}}
users:
  reader: {path: /people/}
grants:
  - {to: role.deploy, allow: [write]}
  - {to: user.reader, allow: [list, read]}
"#;

const SECOND: &str = r#"
name: kinds
tags: {team: platform}
kms_keys:
  team/backups:
    description: Encrypts all
    rotation: false
    administrators: ["arn:aws:iam::${account}:root", user.reader]
    users: [user.reader]
    tags: {tier: silver}
bucket:
  name: kinds-${account}
  encryption: {sse_kms: {key: kms_key.team/backups}}
roles:
  deploy: {trust: {service: ec2.amazonaws.com}}
users:
  reader: {path: /people/}
"#;

const LOOK: &str = "
key = kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']
policy = json.loads(kms.get_key_policy(KeyId=key['KeyId'], PolicyName='default')['Policy'])
rule = s3.get_bucket_encryption(Bucket=bucket)['ServerSideEncryptionConfiguration']['Rules'][0]
{
    'description': key['Description'],
    'enabled': key['Enabled'],
    'rotation': kms.get_key_rotation_status(KeyId=key['KeyId'])['KeyRotationEnabled'],
    'statements': {each['Sid']: [each['Principal']['AWS'], each.get('Condition'),
                   each['Action'] if len(each['Action']) < 20 else len(each['Action'])]
                   for each in policy['Statement']},
    'tags': {tag['TagKey']: tag['TagValue'] for tag
             in kms.list_resource_tags(KeyId=key['KeyId'])['Tags'] if tag['TagKey'] != 'theirs'},
    'encrypts': rule['ApplyServerSideEncryptionByDefault']['KMSMasterKeyID'] == key['Arn'],
}";

const DRIFTS: &[Drift] = &[
    drift(
        "the key is disabled",
        "kms.disable_key(KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])",
        &["enabled", "off"],
    ),
    drift(
        "its rotation is off",
        "kms.disable_key_rotation(
    KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])",
        &["rotation", "off"],
    ),
    drift(
        "another description",
        "kms.update_key_description(Description='',
    KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])",
        &["description", "Encrypts the backups"],
    ),
    drift(
        "IAM policies let everybody of the account use it",
        "key = kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId']
policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])
policy['Statement'].append({'Sid': 'All', 'Effect': 'Allow', 'Action': 'kms:*', 'Resource': '*',
    'Principal': {'AWS': f'arn:aws:iam::{account}:root'}})
kms.put_key_policy(KeyId=key, PolicyName='default', Policy=json.dumps(policy))",
        &["All", "kms:*"],
    ),
    drift(
        "not through S3 alone",
        "key = kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId']
policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])
for each in policy['Statement']:
    if each['Sid'] == 'DeployThroughS3':
        del each['Condition']
kms.put_key_policy(KeyId=key, PolicyName='default', Policy=json.dumps(policy))",
        &["DeployThroughS3", "kms:ViaService"],
    ),
    drift(
        "a tag of ours is gone",
        "kms.untag_resource(TagKeys=['tier'],
    KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])",
        &["tags.tier", "gold"],
    ),
];

/// For good: nothing is found by its tags.
const DELETE: &str = "
kms.schedule_key_deletion(PendingWindowInDays=7,
    KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])
kms.delete_alias(AliasName='alias/team/backups')";

/// A manifest with a key and the bucket.
const PLAIN: &str = "
name: kinds
kms_keys: {backups: {}}
bucket:
  name: kinds-${account}
  encryption: {sse_kms: {key: kms_key.backups}}
";

/// How many keys of the account carry the tag of `PLAIN`'s, and are here to stay.
const ALIVE: &str = "
alive = [key['KeyId'] for key in kms.list_keys()['Keys']
         if kms.describe_key(KeyId=key['KeyId'])['KeyMetadata']['KeyState'] != 'PendingDeletion']
len([key for key in alive if {'TagKey': 's3setup:alias', 'TagValue': 'alias/backups'}
     in kms.list_resource_tags(KeyId=key)['Tags']])";

/// The id of the key behind the alias.
fn id(ground: &Ground) -> Value {
    ground.python("kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']")
}

at_both! {
    fn a_key_settles_drifts_and_disappears(ground) {
        Cycle {
            address: "kms_key.team/backups",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(), second()],
            theirs: (
                "kms.tag_resource(Tags=[{'TagKey': 'theirs', 'TagValue': 'kept'}],
    KeyId=kms.describe_key(KeyId='alias/team/backups')['KeyMetadata']['KeyId'])",
                "True",
                json!(true),
            ),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }

    fn tags_of_others_stay_on_a_key(ground) {
        ground.manifest(PLAIN);
        ground.apply();
        ground.python(
            "kms.tag_resource(Tags=[{'TagKey': 'theirs', 'TagValue': 'kept'}],
    KeyId=kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId'])",
        );
        ground.manifest(&format!("{PLAIN}tags: {{team: data}}\n"));
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "key = kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']
{tag['TagKey']: tag['TagValue'] for tag in kms.list_resource_tags(KeyId=key)['Tags']}",
            &json!({"theirs": "kept", "team": "data", "managed-by": "s3setup",
                    "s3setup:manifest": "kinds", "s3setup:alias": "alias/backups"}),
        );
    }

    fn a_key_that_lost_its_alias_gets_it_back_and_no_second_one_is_made(ground) {
        ground.manifest(PLAIN);
        ground.apply();
        let before = id(ground);
        // An alias more, such as a name that others use, changes nothing about it.
        ground.python(
            "key = kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']
kms.create_alias(AliasName='alias/other', TargetKeyId=key)
kms.disable_key(KeyId=key)
kms.delete_alias(AliasName='alias/backups')",
        );
        ground.run("drift", &[]).expect_code(2).expect_stdout("kms_key.backups  missing");
        ground.apply();
        ground.expect_settled();
        assert_eq!(id(ground), before);
        ground.expect_seen(ALIVE, &json!(1));
    }

    fn a_key_of_another_manifest_is_not_found_by_its_tags(ground) {
        ground.manifest(PLAIN);
        ground.apply();
        let before = id(ground);
        ground.python("kms.delete_alias(AliasName='alias/backups')");
        ground.manifest("name: other\nkms_keys: {backups: {}}\n");
        ground.apply();
        assert_ne!(id(ground), before);
    }

    fn a_bucket_whose_key_was_changed_gets_the_one_of_the_manifest(ground) {
        ground.manifest(PLAIN);
        ground.apply();
        ground.python(
            "s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={'Rules': [{
    'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'aws:kms',
        'KMSMasterKeyID': kms.create_key()['KeyMetadata']['Arn']}, 'BucketKeyEnabled': True}]})",
        );
        let report = ground.run("drift", &[]);
        report.expect_code(2).expect_stdout("encryption.kms_key").expect_stdout("kms_key.backups");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "rule = s3.get_bucket_encryption(Bucket=bucket)['ServerSideEncryptionConfiguration']['Rules'][0]
rule['ApplyServerSideEncryptionByDefault']['KMSMasterKeyID'] == \\
    kms.describe_key(KeyId='alias/backups')['KeyMetadata']['Arn']",
            &json!(true),
        );
    }

    fn a_key_that_is_going_to_be_deleted_is_told_with_the_way_back(ground) {
        ground.manifest(PLAIN);
        ground.apply();
        ground.python(
            "kms.schedule_key_deletion(PendingWindowInDays=7,
    KeyId=kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId'])",
        );
        for command in ["plan", "drift"] {
            let outcome = ground.run(command, &[]);
            let said = flat(&outcome.expect_code(1).stderr);
            for part in [
                "the key behind alias/backups is going to be deleted on 20",
                "aws kms cancel-key-deletion --key-id arn:aws:kms:",
            ] {
                assert!(said.contains(part), "{part}:\n{outcome}");
            }
        }
        ground.python(
            "kms.cancel_key_deletion(
    KeyId=kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId'])",
        );
        ground.run("plan", &[]).expect_code(0).expect_stdout("enabled  off -> on");
        ground.apply();
        ground.expect_settled();
    }

    fn a_key_without_our_marks_is_adopted_by_name_only(ground) {
        ground.python(
            "kms.create_alias(AliasName='alias/backups',
    TargetKeyId=kms.create_key(Description='theirs')['KeyMetadata']['KeyId'])",
        );
        let before = id(ground);
        ground.manifest("name: kinds\nkms_keys: {backups: {}}\n");
        ground.run("apply", &["--yes"]).expect_code(1).expect_stderr("--adopt kms_key.backups");
        ground.run("apply", &["--yes", "--adopt", "kms_key.backups"]).expect_code(0);
        ground.expect_settled();
        assert_eq!(id(ground), before);
        ground.expect_seen(
            "kms.describe_key(KeyId='alias/backups')['KeyMetadata']['Description']",
            &json!("theirs"),
        );
    }

    fn whoever_may_use_the_key_through_s3_cannot_use_it_past_s3(ground) {
        if !ground.can("enforcement") {
            return;
        }
        ground.manifest(&format!(
            "{PLAIN}users: {{writer: {{}}, stranger: {{}}}}\ngrants: [{{to: user.writer, allow: [write]}}]\n"
        ));
        ground.apply();
        let users = ["writer", "stranger"].map(|user| {
            let keys = ground.account.python_with(
                "iam.create_access_key(UserName=user)['AccessKey']",
                &json!({"user": user}),
            );
            let member = |name: &str| keys[name].as_str().expect("it is a text").to_owned();
            ground.account.with_key(&member("AccessKeyId"), &member("SecretAccessKey"))
        });
        let tries = || {
            users.each_ref().map(|user| {
                let snippet = "kms.generate_data_key(KeyId='alias/backups', KeySpec='AES_256')['KeyId']";
                user.try_python(snippet).map_or_else(|refused| refused.code, |_| "it may".to_owned())
            })
        };
        assert_eq!(tries(), ["AccessDeniedException"; 2], "it is not S3 that asks");
        // Nothing but the condition stands between the writer and the key.
        ground.python(
            "key = kms.describe_key(KeyId='alias/backups')['KeyMetadata']['KeyId']
policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName='default')['Policy'])
for each in policy['Statement']:
    each.pop('Condition', None)
kms.put_key_policy(KeyId=key, PolicyName='default', Policy=json.dumps(policy))",
        );
        assert_eq!(tries(), ["it may", "AccessDeniedException"]);
    }
}

fn first() -> Value {
    let through_s3 = json!({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}});
    json!({
        "description": "Encrypts the backups",
        "enabled": true,
        "rotation": true,
        "statements": {
            "Administration": ["111122223333", null, 22],
            "Audit": ["999999999999", null, "kms:DescribeKey"],
            "DeployThroughS3": ["arn:aws:iam::111122223333:role/deploy", through_s3,
                                ["kms:Decrypt", "kms:GenerateDataKey"]],
            "ReaderThroughS3": ["arn:aws:iam::111122223333:user/people/reader", through_s3,
                                "kms:Decrypt"],
        },
        "tags": {"managed-by": "s3setup", "s3setup:manifest": "kinds",
                 "s3setup:alias": "alias/team/backups", "team": "data", "tier": "gold"},
        "encrypts": true,
    })
}

fn second() -> Value {
    let through_s3 = json!({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}});
    let reader = "arn:aws:iam::111122223333:user/people/reader";
    json!({
        "description": "Encrypts all",
        "enabled": true,
        "rotation": false,
        "statements": {
            "Administration": [["111122223333", reader], null, 22],
            "ReaderThroughS3": [reader, through_s3, ["kms:Decrypt", "kms:GenerateDataKey"]],
        },
        "tags": {"managed-by": "s3setup", "s3setup:manifest": "kinds",
                 "s3setup:alias": "alias/team/backups", "team": "platform", "tier": "silver"},
        "encrypts": true,
    })
}
