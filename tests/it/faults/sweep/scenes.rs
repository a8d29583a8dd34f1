//! What is done while something goes wrong, and from which beginning.

use serde_json::{Value, json};

use crate::{
    faults::cut,
    neon::{APPLY, REPOSITORY},
    support::{Account, Proxy, S3setup, Server},
};

/// What is run, from which beginning.
pub struct Scene {
    pub name: &'static str,
    /// Makes folder and account what they are before, without faults.
    pub begin: fn(&S3setup, &Account),
    pub command: &'static [&'static str],
    /// Its exit code, when nothing goes wrong.
    pub code: u8,
    /// Exits with 0 once all is as the command wants it.
    pub settled: &'static [&'static str],
}

/// The page that the tool was made for, from nothing.
pub const NEON: Scene = Scene {
    name: "apply neon",
    begin: |tool, _| {
        tool.file("neon.yaml", include_str!("../../../../manifests/neon.yaml"));
    },
    command: APPLY,
    code: 0,
    settled: &[
        "plan",
        "neon.yaml",
        "--set",
        REPOSITORY,
        "--detailed-exitcode",
    ],
};

const SETTLED: &[&str] = &["plan", "kinds.yaml", "--detailed-exitcode"];
const APPLY_KINDS: &[&str] = &["apply", "kinds.yaml", "--yes"];

/// One of every kind, from nothing.
pub const KINDS: Scene = Scene {
    name: "apply every kind",
    begin: every_kind,
    command: APPLY_KINDS,
    code: 0,
    settled: SETTLED,
};

/// The same when somebody has changed it all.
pub const DRIFTED: Scene = Scene {
    name: "apply what has drifted",
    begin: drifted,
    command: APPLY_KINDS,
    code: 0,
    settled: SETTLED,
};

/// Removal of it all.
pub const DESTROY: Scene = Scene {
    name: "destroy",
    begin: applied,
    command: &[
        "destroy",
        "kinds.yaml",
        "--confirm",
        "kinds",
        "--used-within",
        "0",
    ],
    code: 0,
    settled: &["destroy", "kinds.yaml", "--confirm", "kinds"],
};

/// A new key for a user.
pub const ROTATE: Scene = Scene {
    name: "rotate",
    begin: applied,
    command: &["rotate", "kinds.yaml", "--yes"],
    code: 0,
    settled: SETTLED,
};

/// A plan of what is there and as it should be.
pub const PLAN: Scene = Scene {
    name: "plan",
    begin: applied,
    command: SETTLED,
    code: 0,
    settled: SETTLED,
};

/// The drift of what is as it should be.
pub const NEON_DRIFT: Scene = Scene {
    name: "drift of neon",
    begin: |tool, account| {
        (NEON.begin)(tool, account);
        tool.run(APPLY).expect_code(0);
    },
    command: &["drift", "neon.yaml", "--set", REPOSITORY],
    code: 0,
    settled: NEON.settled,
};

/// The drift of what somebody has changed.
pub const DRIFT: Scene = Scene {
    name: "drift",
    begin: drifted,
    command: &["drift", "kinds.yaml"],
    code: 2,
    settled: SETTLED,
};

/// Access that is as promised.
pub const VERIFY: Scene = Scene {
    name: "verify",
    begin: |tool, account| {
        (NEON.begin)(tool, account);
        tool.run(APPLY).expect_code(0);
    },
    command: &["verify", "neon.yaml", "--set", REPOSITORY],
    code: 0,
    settled: NEON.settled,
};

/// A proxy before an account as the scene begins, and the tool that goes through it.
pub fn ground(scene: &Scene, account: &Account) -> (Proxy, S3setup) {
    let mut tool = S3setup::new(account);
    (scene.begin)(&tool, account);
    let proxy = Proxy::before(account);
    tool.env("AWS_ENDPOINT_URL", &proxy.account().endpoint);
    (proxy, tool)
}

/// An account of its own.
pub fn account() -> Account {
    Server::ministack().account()
}

fn every_kind(tool: &S3setup, account: &Account) {
    let of_writer = ", access_key: {sink: {file: {path: writer.env, format: dotenv}}}";
    let keys = "kms_keys: {data: {description: Data}}\n";
    let bucket = account.bucket("kinds");
    let text = cut::every_kind(&bucket, "kms_key.data", of_writer, keys);
    tool.file("kinds.yaml", &text);
}

fn applied(tool: &S3setup, account: &Account) {
    every_kind(tool, account);
    tool.run(APPLY_KINDS).expect_code(0);
}

/// Somebody was at everything.
fn drifted(tool: &S3setup, account: &Account) {
    applied(tool, account);
    account.python_with(
        "arn = f'arn:aws:iam::{account}:policy/shared'
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={'Status': 'Suspended'})
s3.delete_bucket_lifecycle(Bucket=bucket)
tags = [t for t in s3.get_bucket_tagging(Bucket=bucket)['TagSet'] if t['Key'] != 'team']
s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': tags + [{'Key': 'theirs', 'Value': '1'}]})
s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={'BlockPublicAcls': True})
s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={'Rules': [
    {'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]})
policy = json.loads(s3.get_bucket_policy(Bucket=bucket)['Policy'])
policy['Statement'][0]['Action'] = 's3:PutObject'
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
iam.detach_role_policy(RoleName='reader', PolicyArn=arn)
iam.delete_role_policy(RoleName='reader', PolicyName='list')
iam.put_role_policy(RoleName='reader', PolicyName='theirs', PolicyDocument=json.dumps(theirs))
iam.update_role(RoleName='reader', MaxSessionDuration=7200)
iam.remove_user_from_group(UserName='writer', GroupName='writers')
iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(theirs), SetAsDefault=True)
for name in iam.list_group_policies(GroupName='writers')['PolicyNames']:
    iam.delete_group_policy(GroupName='writers', PolicyName=name)
key = kms.describe_key(KeyId='alias/data')['KeyMetadata']['KeyId']
kms.update_key_description(KeyId=key, Description='Theirs')
kms.disable_key_rotation(KeyId=key)",
        &json!({
            "bucket": account.bucket("kinds"),
            "account": account.account_id,
            "theirs": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
            ]},
        }),
    );
}

/// All that an account has of either manifest, without what differs between two runs.
pub fn inventory(account: &Account) -> Value {
    let found = account.python_with(
        "def ask(call, *path, **arguments):
    try:
        answer = call(**arguments)
    except ClientError as error:
        if error.response['Error']['Code'].startswith(('NoSuch', 'ServerSide', 'Ownership')):
            return None
        raise
    for member in path:
        answer = answer[member]
    return answer
def bucket(name):
    policy = ask(s3.get_bucket_policy, 'Policy', Bucket=name)
    rule = s3.get_bucket_encryption(Bucket=name)['ServerSideEncryptionConfiguration']['Rules'][0]
    rule = rule['ApplyServerSideEncryptionByDefault']
    return [name, policy and json.loads(policy), s3.get_bucket_versioning(Bucket=name).get('Status'),
            [rule['SSEAlgorithm'], rule.get('KMSMasterKeyID') in keys],
            ask(s3.get_bucket_tagging, 'TagSet', Bucket=name),
            ask(s3.get_public_access_block, 'PublicAccessBlockConfiguration', Bucket=name),
            ask(s3.get_bucket_ownership_controls, 'OwnershipControls', Bucket=name),
            ask(s3.get_bucket_lifecycle_configuration, 'Rules', Bucket=name),
            s3.list_object_versions(Bucket=name).get('Versions')]
def policy(arn):
    versions = iam.list_policy_versions(PolicyArn=arn)['Versions']
    last = [v['VersionId'] for v in versions if v['IsDefaultVersion']][0]
    return [arn, len(versions), iam.get_policy_version(PolicyArn=arn, VersionId=last)['PolicyVersion']['Document']]
def of(kind, name):
    about = {f'{kind.title()}Name': name}
    call = lambda verb: getattr(iam, verb.format(kind))(**about)
    inline = call('list_{}_policies')['PolicyNames']
    return [name, call('get_{}')[kind.title()]['Path'],
            {p: getattr(iam, f'get_{kind}_policy')(PolicyName=p, **about)['PolicyDocument'] for p in inline},
            sorted(p['PolicyArn'] for p in call('list_attached_{}_policies')['AttachedPolicies'])]
def key(arn):
    about = kms.describe_key(KeyId=arn)['KeyMetadata']
    return [about['Description'], about['KeyState'], kms.get_key_rotation_status(KeyId=arn)['KeyRotationEnabled'],
            json.loads(kms.get_key_policy(KeyId=arn, PolicyName='default')['Policy']),
            sorted(t['TagKey'] + '=' + t['TagValue'] for t in kms.list_resource_tags(KeyId=arn)['Tags'])]
def tags(tags):
    return sorted(t['Key'] + '=' + t['Value'] for t in tags if not t['Key'].startswith(('AKIA', 'LKIA')))
keys = [k['KeyArn'] for k in kms.list_keys()['Keys']]
roles = [r['RoleName'] for r in iam.list_roles()['Roles']]
users = [u['UserName'] for u in iam.list_users()['Users']]
{
    'buckets': [bucket(b['Name']) for b in s3.list_buckets()['Buckets']],
    'keys': [key(k) for k in keys],
    'aliases': [a['AliasName'] for a in kms.list_aliases()['Aliases'] if not a['AliasName'].startswith('alias/aws/')],
    'policies': [policy(p['Arn']) for p in iam.list_policies(Scope='Local')['Policies']],
    'groups': [of('group', g['GroupName']) for g in iam.list_groups()['Groups']],
    'users': [of('user', u) + [[g['GroupName'] for g in iam.list_groups_for_user(UserName=u)['Groups']],
              sorted(k['Status'] for k in iam.list_access_keys(UserName=u)['AccessKeyMetadata']),
              len(iam.get_user(UserName=u)['User'].get('Tags', []))] for u in users],
    'roles': [of('role', r) + [iam.get_role(RoleName=r)['Role']['AssumeRolePolicyDocument'],
              iam.get_role(RoleName=r)['Role']['MaxSessionDuration'],
              tags(iam.get_role(RoleName=r)['Role'].get('Tags', []))] for r in roles],
    'providers': [iam.get_open_id_connect_provider(OpenIDConnectProviderArn=p['Arn'])['ClientIDList']
                  for p in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']],
}",
        &json!({}),
    );
    let text = account.redact(&found.to_string());
    serde_json::from_str(&text).expect("digits are replaced by digits")
}

/// The secret of the user of the manifest, where it was handed over.
pub fn secrets(tool: &S3setup) -> Vec<String> {
    let text = std::fs::read_to_string(tool.folder().join("writer.env")).unwrap_or_default();
    let values = text.lines().filter_map(|line| line.split_once('='));
    let values = values.map(|(_, value)| value.trim_matches(['"', '\'']).to_owned());
    values.filter(|value| value.len() > 30).collect()
}
