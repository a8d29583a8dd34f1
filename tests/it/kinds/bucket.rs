//! Buckets and their settings.

use serde_json::{Value, json};

use super::cycle::{Cycle, Drift, drift};
use super::ground::Ground;

const FIRST: &str = r#"
name: kinds
tags: {team: data}
bucket:
  name: kinds-${account}
  region: eu-west-1
  versioning: true
  encryption: {sse_kms: {key: alias/backups, bucket_key: true}}
  public_access_block:
    block_public_acls: true
    ignore_public_acls: true
    block_public_policy: false
    restrict_public_buckets: true
  object_ownership: BucketOwnerPreferred
  lifecycle:
    everything:
      prefix: data/
      expire_days: 400
      noncurrent_expire_days: 90
      noncurrent_keep: 3 # needs noncurrent-keep
      abort_multipart_days: 7
      transitions:
        - {days: 30, storage_class: STANDARD_IA}
        - {days: 90, storage_class: GLACIER}
      noncurrent_transitions:
        - {days: 30, storage_class: GLACIER_IR}
    markers:
      enabled: false
      expire_delete_markers: true
  tags: {purpose: backups, note: ""}
"#;

const SECOND: &str = r#"
name: kinds
tags: {team: platform}
bucket:
  name: kinds-${account}
  region: eu-west-1
  versioning: false
  encryption: {dsse_kms: {key: alias/others}}
  public_access_block: {block_public_acls: false}
  object_ownership: BucketOwnerEnforced
  lifecycle:
    markers:
      prefix: data/
      expire_delete_markers: true
    uploads:
      abort_multipart_days: 1
  tags: {purpose: restores, note: "1"}
"#;

const LOOK: &str = "
tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
rule = s3.get_bucket_encryption(Bucket=bucket)['ServerSideEncryptionConfiguration']['Rules'][0]
default = rule['ApplyServerSideEncryptionByDefault']
lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
{
    'region': s3.get_bucket_location(Bucket=bucket)['LocationConstraint'],
    # A new bucket has no status, one whose versioning was stopped is Suspended.
    'versioning': s3.get_bucket_versioning(Bucket=bucket).get('Status') == 'Enabled',
    'encryption': [default['SSEAlgorithm'], default['KMSMasterKeyID'], rule['BucketKeyEnabled']],
    'block': s3.get_public_access_block(Bucket=bucket)['PublicAccessBlockConfiguration'],
    'ownership': s3.get_bucket_ownership_controls(Bucket=bucket)['OwnershipControls']['Rules'],
    'lifecycle': {rule.pop('ID'): rule for rule in lifecycle['Rules']},
    'tags': {tag['Key']: tag.get('Value', '') for tag in tags if tag['Key'] != 'theirs'},
}";

const DRIFTS: &[Drift] = &[
    drift(
        "versioning is suspended",
        "s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Suspended'})",
        &["versioning"],
    ),
    drift(
        "encrypted with S3's own keys",
        "s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
    'Rules': [{'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]})",
        &["encryption", "SSE-S3", "alias/backups"],
    ),
    drift(
        "no configuration of encryption at all",
        "s3.delete_bucket_encryption(Bucket=bucket)",
        &["encryption", "SSE-S3"],
    ),
    drift(
        "no bucket key, which costs",
        "s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
    'Rules': [{'BucketKeyEnabled': False, 'ApplyServerSideEncryptionByDefault': {
        'SSEAlgorithm': 'aws:kms',
        'KMSMasterKeyID': f'arn:aws:kms:eu-west-1:{account}:alias/backups'}}]})",
        &["encryption", "bucket_key"],
    ),
    drift(
        "one of the four switches is off",
        "s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={
    'BlockPublicAcls': True, 'IgnorePublicAcls': False,
    'BlockPublicPolicy': False, 'RestrictPublicBuckets': True})",
        &["public_access_block.ignore_public_acls"],
    ),
    drift(
        "no public access block at all",
        "s3.delete_public_access_block(Bucket=bucket)",
        &["public_access_block", "restrict_public_buckets"],
    ),
    drift(
        "uploaders own their objects",
        "s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={
    'Rules': [{'ObjectOwnership': 'ObjectWriter'}]})",
        &["object_ownership", "ObjectWriter"],
    ),
    drift(
        "no ownership controls at all",
        "s3.delete_bucket_ownership_controls(Bucket=bucket)",
        &["object_ownership", "ObjectWriter"],
    ),
    drift(
        "objects expire sooner",
        "rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)['Rules']
for rule in rules:
    if rule['ID'] == 'everything':
        rule['Expiration']['Days'] = 100
s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': rules})",
        &["lifecycle", "everything", "expire_days", "100", "400"],
    ),
    drift(
        "one more lifecycle rule, with what s3setup does not model",
        "rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)['Rules']
rules.append({'ID': 'mine', 'Status': 'Enabled', 'Expiration': {'Days': 1},
              'Filter': {'Tag': {'Key': 'tmp', 'Value': '1'}}})
s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={'Rules': rules})",
        &["lifecycle", "mine", "filter.tags"],
    ),
    drift(
        "no lifecycle rules at all",
        "s3.delete_bucket_lifecycle(Bucket=bucket)",
        &["lifecycle", "everything", "markers"],
    ),
    drift(
        "a tag of ours has another value",
        "tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
for tag in tags:
    tag['Value'] = 'games' if tag['Key'] == 'team' else tag.get('Value', '')
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': tags})",
        &["tags.team", "games"],
    ),
    drift(
        "a tag of ours is gone",
        "tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': [
    {'Value': '', **tag} for tag in tags if tag['Key'] != 'purpose']})",
        &["tags.purpose", "backups"],
    ),
];

/// Settings that s3setup does not know, and a tag.
const THEIRS: &str = "
tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': [
    *({'Value': '', **tag} for tag in tags), {'Key': 'theirs', 'Value': 'kept'}]})
s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={
    'CORSRules': [{'AllowedMethods': ['GET'], 'AllowedOrigins': ['https://example.com']}]})
s3.put_object(Bucket=bucket, Key='data/1', Body=b'theirs')";

const LOOK_AT_THEIRS: &str = "
tags = s3.get_bucket_tagging(Bucket=bucket)['TagSet']
[[tag['Value'] for tag in tags if tag['Key'] == 'theirs'],
 s3.get_bucket_cors(Bucket=bucket)['CORSRules'][0]['AllowedOrigins'],
 s3.get_object(Bucket=bucket, Key='data/1')['Body'].read()]";

/// Versions go with it: nothing of the old bucket is in the new one.
const DELETE: &str = "
for kind in ('Versions', 'DeleteMarkers'):
    for version in s3.list_object_versions(Bucket=bucket).get(kind, []):
        s3.delete_object(Bucket=bucket, Key=version['Key'], VersionId=version['VersionId'])
s3.delete_bucket(Bucket=bucket)";

at_both! {
    fn a_bucket_settles_drifts_and_disappears(ground) {
        Cycle {
            address: "bucket.kinds-ACCOUNT",
            first: FIRST,
            second: SECOND,
            look: LOOK,
            seen: [first(ground), second()],
            theirs: (THEIRS, LOOK_AT_THEIRS, json!(["kept", "https://example.com", "theirs"])),
            drifts: DRIFTS,
            delete: DELETE,
        }
        .run(ground);
    }

    fn a_bucket_is_safe_unless_the_manifest_says_otherwise(ground) {
        ground.manifest("name: kinds\nbucket: {name: 'kinds-${account}', lifecycle: {}}\n");
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(
            "block = s3.get_public_access_block(Bucket=bucket)['PublicAccessBlockConfiguration']
controls = s3.get_bucket_ownership_controls(Bucket=bucket)['OwnershipControls']['Rules']
[all(block.values()), len(block), controls[0]['ObjectOwnership'],
 s3.get_bucket_location(Bucket=bucket)['LocationConstraint']]",
            &json!([true, 4, "BucketOwnerEnforced", null]),
        );
    }
}

/// What boto3 is to see of [`FIRST`].
fn first(ground: &Ground) -> Value {
    let mut noncurrent = json!({"NoncurrentDays": 90});
    if ground.can("noncurrent-keep") {
        noncurrent["NewerNoncurrentVersions"] = json!(3);
    }
    json!({
        "region": "eu-west-1",
        "versioning": true,
        "encryption": ["aws:kms", "arn:aws:kms:eu-west-1:111122223333:alias/backups", true],
        "block": {"BlockPublicAcls": true, "IgnorePublicAcls": true,
                  "BlockPublicPolicy": false, "RestrictPublicBuckets": true},
        "ownership": {"ObjectOwnership": "BucketOwnerPreferred"},
        "lifecycle": {
            "everything": {
                "Status": "Enabled",
                "Filter": {"Prefix": "data/"},
                "Expiration": {"Days": 400},
                "NoncurrentVersionExpiration": noncurrent,
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                "Transitions": [
                    {"Days": 30, "StorageClass": "STANDARD_IA"},
                    {"Days": 90, "StorageClass": "GLACIER"},
                ],
                "NoncurrentVersionTransitions": {"NoncurrentDays": 30, "StorageClass": "GLACIER_IR"},
            },
            "markers": {"Status": "Disabled", "Filter": {"Prefix": ""},
                        "Expiration": {"ExpiredObjectDeleteMarker": true}},
        },
        "tags": {"team": "data", "purpose": "backups", "note": "",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}

/// What boto3 is to see of [`SECOND`].
fn second() -> Value {
    json!({
        "region": "eu-west-1",
        "versioning": false,
        "encryption": ["aws:kms:dsse", "arn:aws:kms:eu-west-1:111122223333:alias/others", false],
        "block": {"BlockPublicAcls": false, "IgnorePublicAcls": true,
                  "BlockPublicPolicy": true, "RestrictPublicBuckets": true},
        "ownership": {"ObjectOwnership": "BucketOwnerEnforced"},
        "lifecycle": {
            "markers": {"Status": "Enabled", "Filter": {"Prefix": "data/"},
                        "Expiration": {"ExpiredObjectDeleteMarker": true}},
            "uploads": {"Status": "Enabled", "Filter": {"Prefix": ""},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        },
        "tags": {"team": "platform", "purpose": "restores", "note": "1",
                 "managed-by": "s3setup", "s3setup:manifest": "kinds"},
    })
}
