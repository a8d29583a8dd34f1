# What somebody adds to what is ours, of each sort: all of it takes a permission of its own to be removed.
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "Stray", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]})
FOREIGN = f"arn:aws:iam::{account}:policy/foreign"
for name in roles:
    iam.put_role_policy(RoleName=name, PolicyName="stray", PolicyDocument=POLICY)
    iam.attach_role_policy(RoleName=name, PolicyArn=FOREIGN)
for name in users:
    iam.put_user_policy(UserName=name, PolicyName="stray", PolicyDocument=POLICY)
    iam.attach_user_policy(UserName=name, PolicyArn=FOREIGN)
    iam.add_user_to_group(GroupName="foreign", UserName=name)
for group in groups:
    iam.put_group_policy(GroupName=group["GroupName"], PolicyName="stray", PolicyDocument=POLICY)
    iam.attach_group_policy(GroupName=group["GroupName"], PolicyArn=FOREIGN)
    iam.add_user_to_group(GroupName=group["GroupName"], UserName="foreign")
for arn in policies:
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY, SetAsDefault=True)
for key in kms_keys:
    kms.disable_key(KeyId=key)
