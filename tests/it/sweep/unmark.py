# Take off every tag of what is ours, and put a foreign one on it. A group's mark is its path, which stays.
for name in roles:
    iam.untag_role(RoleName=name, TagKeys=[one["Key"] for one in iam.list_role_tags(RoleName=name)["Tags"]])
    iam.tag_role(RoleName=name, Tags=[TAG])
for name in users:
    iam.untag_user(UserName=name, TagKeys=[one["Key"] for one in iam.list_user_tags(UserName=name)["Tags"]])
    iam.tag_user(UserName=name, Tags=[TAG])
for arn in policies:
    iam.untag_policy(PolicyArn=arn, TagKeys=[one["Key"] for one in iam.list_policy_tags(PolicyArn=arn)["Tags"]])
    iam.tag_policy(PolicyArn=arn, Tags=[TAG])
for arn in providers:
    provider_anew(arn, lambda tags: [TAG])
for name in buckets:
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [TAG]})
for key in kms_keys:
    kms.untag_resource(KeyId=key, TagKeys=[one["TagKey"] for one in kms.list_resource_tags(KeyId=key)["Tags"]])
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "foreign", "TagValue": "yes"}])
for name in secret_names:
    tags = secrets.describe_secret(SecretId=name).get("Tags", [])
    if tags:
        secrets.untag_resource(SecretId=name, TagKeys=[one["Key"] for one in tags])
    secrets.tag_resource(SecretId=name, Tags=[TAG])
