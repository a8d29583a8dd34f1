# What is in the account beside the manifest's, and is nobody's business: one of every kind.
trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]})
policy = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]})
tags = [{"Key": "foreign", "Value": "yes"}]

arn = iam.create_policy(PolicyName="foreign", PolicyDocument=policy, Tags=tags)["Policy"]["Arn"]
iam.create_role(RoleName="foreign", AssumeRolePolicyDocument=trust, Tags=tags)
iam.put_role_policy(RoleName="foreign", PolicyName="foreign", PolicyDocument=policy)
iam.attach_role_policy(RoleName="foreign", PolicyArn=arn)
iam.create_group(GroupName="foreign")
iam.put_group_policy(GroupName="foreign", PolicyName="foreign", PolicyDocument=policy)
iam.create_user(UserName="foreign", Tags=tags)
iam.put_user_policy(UserName="foreign", PolicyName="foreign", PolicyDocument=policy)
iam.attach_user_policy(UserName="foreign", PolicyArn=arn)
iam.add_user_to_group(GroupName="foreign", UserName="foreign")
iam.create_access_key(UserName="foreign")
iam.create_open_id_connect_provider(Url="https://foreign.example.com", ClientIDList=["foreign"], Tags=tags)
name = f"foreign-{account}"
s3.create_bucket(Bucket=name)
s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:role/foreign"},
     "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}]}))
s3.put_object(Bucket=name, Key="foreign", Body=b"foreign")
key = kms.create_key(Description="foreign", Tags=[{"TagKey": "foreign", "TagValue": "yes"}])["KeyMetadata"]["KeyId"]
kms.create_alias(AliasName="alias/foreign", TargetKeyId=key)
client("secretsmanager").create_secret(Name="foreign", SecretString="foreign", Tags=tags)
client("ssm").put_parameter(Name="/foreign", Value="foreign", Type="SecureString")
