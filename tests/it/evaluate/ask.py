"""Ask as a user or as a session of a role, after its policies and the bucket's are in place.

A snippet for boto.py: it sees s3, iam, sts, client, json, and bucket, cases, account_id, endpoint.
"""
import botocore.exceptions

def allowed(call, **more):
    try:
        call(Bucket=bucket, **more)
        return True
    except botocore.exceptions.ClientError as error:
        status = error.response['ResponseMetadata']['HTTPStatusCode']
        if status != 403:
            raise
        return False

def ask(index, case):
    name = f'e{index}'
    if case['boundary']:
        boundary = iam.create_policy(PolicyName=name, PolicyDocument=case['boundary'])
        limit = {'PermissionsBoundary': boundary['Policy']['Arn']}
    else:
        limit = {}
    if case['role']:
        trust = {'Version': '2012-10-17', 'Statement': [{
            'Effect': 'Allow', 'Principal': {'AWS': account_id}, 'Action': 'sts:AssumeRole'}]}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **limit)
        if case['own']:
            iam.put_role_policy(RoleName=name, PolicyName='own', PolicyDocument=case['own'])
        more = {'Policy': case['session']} if case['session'] else {}
        key = sts.assume_role(RoleArn=role['Role']['Arn'], RoleSessionName='test', **more)
        key = key['Credentials']
    else:
        iam.create_user(UserName=name, **limit)
        if case['own']:
            iam.put_user_policy(UserName=name, PolicyName='own', PolicyDocument=case['own'])
        key = iam.create_access_key(UserName=name)['AccessKey']
    if case['bucket']:
        s3.put_bucket_policy(Bucket=bucket, Policy=case['bucket'])
    else:
        s3.delete_bucket_policy(Bucket=bucket)
    credentials = {'access_key': key['AccessKeyId'], 'secret_key': key['SecretAccessKey'],
                   'session_token': key.get('SessionToken'), 'endpoint': endpoint,
                   'region': 'us-east-1', 'account_id': account_id}
    theirs = client.func(credentials, 's3')
    return [allowed(theirs.get_object, Key='a/o'),
            allowed(theirs.put_object, Key='a/o', Body=b''),
            allowed(theirs.get_object, Key='b/o'),
            allowed(theirs.list_objects_v2, Prefix='a/'),
            allowed(theirs.list_objects_v2)]

s3.create_bucket(Bucket=bucket)
s3.delete_public_access_block(Bucket=bucket)
for key in ('a/o', 'b/o'):
    s3.put_object(Bucket=bucket, Key=key, Body=b'')
[ask(index, case) for index, case in enumerate(cases)]
