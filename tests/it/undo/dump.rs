//! Everything that there is in an account, as boto3 reads it, but for ids and dates.

use serde_json::Value;

use crate::support::Account;

/// The account, whole.
pub fn dump(account: &Account) -> Value {
    account.python(
        "def ask(call, member, **arguments):
    try:
        return call(**arguments)[member]
    except ClientError as error:
        if error.response['Error']['Code'].startswith('NoSuch') or error.response['Error']['Code'] == 'ServerSideEncryptionConfigurationNotFoundError':
            return None
        raise
def tags(listed):
    return sorted([t.get('Key') or t.get('TagKey'), t.get('Value') or t.get('TagValue')] for t in listed or [])
def text(document):
    return json.loads(document) if isinstance(document, str) else document
def inline(names, get):
    return {name: text(get(name)['PolicyDocument']) for name in names}
def role(name):
    r = iam.get_role(RoleName=name)['Role']
    return {'path': r['Path'], 'trust': text(r['AssumeRolePolicyDocument']), 'description': r.get('Description') or '',
        'session': r.get('MaxSessionDuration'), 'tags': tags(r.get('Tags')),
        'boundary': (r.get('PermissionsBoundary') or {}).get('PermissionsBoundaryArn'),
        'inline': inline(iam.list_role_policies(RoleName=name)['PolicyNames'],
            lambda p: iam.get_role_policy(RoleName=name, PolicyName=p)),
        'attached': sorted(p['PolicyArn'] for p in iam.list_attached_role_policies(RoleName=name)['AttachedPolicies'])}
def user(name):
    u = iam.get_user(UserName=name)['User']
    return {'path': u['Path'], 'tags': [t for t in tags(u.get('Tags')) if not t[0].startswith('AKIA')],
        'boundary': (u.get('PermissionsBoundary') or {}).get('PermissionsBoundaryArn'),
        'groups': sorted(g['GroupName'] for g in iam.list_groups_for_user(UserName=name)['Groups']),
        'keys': len(iam.list_access_keys(UserName=name)['AccessKeyMetadata']),
        'inline': inline(iam.list_user_policies(UserName=name)['PolicyNames'],
            lambda p: iam.get_user_policy(UserName=name, PolicyName=p)),
        'attached': sorted(p['PolicyArn'] for p in iam.list_attached_user_policies(UserName=name)['AttachedPolicies'])}
def group(name):
    g = iam.get_group(GroupName=name)
    return {'path': g['Group']['Path'], 'members': sorted(u['UserName'] for u in g['Users']),
        'inline': inline(iam.list_group_policies(GroupName=name)['PolicyNames'],
            lambda p: iam.get_group_policy(GroupName=name, PolicyName=p)),
        'attached': sorted(p['PolicyArn'] for p in iam.list_attached_group_policies(GroupName=name)['AttachedPolicies'])}
def policy(arn):
    p = iam.get_policy(PolicyArn=arn)['Policy']
    version = iam.get_policy_version(PolicyArn=arn, VersionId=p['DefaultVersionId'])['PolicyVersion']
    return {'document': text(version['Document']), 'description': p.get('Description') or '',
        'tags': tags(iam.list_policy_tags(PolicyArn=arn)['Tags'])}
def rules(listed):
    return [r['ApplyServerSideEncryptionByDefault'] for r in (listed or {}).get('Rules', [])]
def bucket(name):
    policy = ask(s3.get_bucket_policy, 'Policy', Bucket=name)
    return {'policy': text(policy), 'tags': tags(ask(s3.get_bucket_tagging, 'TagSet', Bucket=name)),
        'versioned': s3.get_bucket_versioning(Bucket=name).get('Status') == 'Enabled',
        'encryption': rules(ask(s3.get_bucket_encryption, 'ServerSideEncryptionConfiguration', Bucket=name)),
        'lifecycle': ask(s3.get_bucket_lifecycle_configuration, 'Rules', Bucket=name) or [],
        'block': sorted(k for k, on in (ask(s3.get_public_access_block, 'PublicAccessBlockConfiguration', Bucket=name) or {}).items() if on)}
def key(alias):
    k = kms.describe_key(KeyId=alias)['KeyMetadata']
    if k['KeyState'] == 'PendingDeletion':
        return 'to be deleted'
    return {'enabled': k['Enabled'], 'description': k['Description'],
        'rotation': kms.get_key_rotation_status(KeyId=k['KeyId'])['KeyRotationEnabled'],
        'policy': text(kms.get_key_policy(KeyId=k['KeyId'], PolicyName='default')['Policy']),
        'tags': tags(kms.list_resource_tags(KeyId=k['KeyId'])['Tags'])}
def provider(arn):
    p = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {'audiences': sorted(p['ClientIDList']), 'tags': tags(p.get('Tags'))}
{
    'roles': {r['RoleName']: role(r['RoleName']) for r in iam.list_roles()['Roles']},
    'users': {u['UserName']: user(u['UserName']) for u in iam.list_users()['Users']},
    'groups': {g['GroupName']: group(g['GroupName']) for g in iam.list_groups()['Groups']},
    'policies': {p['Arn']: policy(p['Arn']) for p in iam.list_policies(Scope='Local')['Policies']},
    'buckets': {b['Name']: bucket(b['Name']) for b in s3.list_buckets()['Buckets']},
    'keys': {a['AliasName']: key(a['AliasName']) for a in kms.list_aliases()['Aliases'] if not a['AliasName'].startswith('alias/aws/')},
    'providers': {p['Arn']: provider(p['Arn']) for p in iam.list_open_id_connect_providers()['OpenIDConnectProviderList']},
}",
    )
}
