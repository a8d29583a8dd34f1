# Change everything of what is ours that can differ, but for the marks, by what there is of it.
OTHER = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "Changed", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "Changed", "Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:ExternalId": "changed"}}}]})
FOREIGN_POLICY = f"arn:aws:iam::{account}:policy/foreign"


def other_tags(tags):
    kept = [one if one["Key"].startswith(MARKS) or one["Value"].startswith("s3setup") else {**one, "Value": "changed"}
            for one in tags]
    return [*kept, TAG]


def permissions(kind, name, inline):
    who = {kind.capitalize() + "Name": name}

    def of(verb):
        return getattr(iam, verb.format(kind))

    for policy in of("list_{}_policies")(**who)["PolicyNames"]:
        of("put_{}_policy")(**who, PolicyName=policy, PolicyDocument=OTHER)
    if inline:
        of("put_{}_policy")(**who, PolicyName="stray", PolicyDocument=OTHER)
    for attached in of("list_attached_{}_policies")(**who)["AttachedPolicies"]:
        of("detach_{}_policy")(**who, PolicyArn=attached["PolicyArn"])
    of("attach_{}_policy")(**who, PolicyArn=FOREIGN_POLICY)


for name in roles:
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    iam.update_role(RoleName=name, Description="changed", MaxSessionDuration=7200)
    permissions("role", name, True)
    iam.tag_role(RoleName=name, Tags=other_tags(iam.list_role_tags(RoleName=name)["Tags"]))
for name in users:
    permissions("user", name, True)
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
    iam.tag_user(UserName=name, Tags=other_tags(iam.list_user_tags(UserName=name)["Tags"]))
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
for group in groups:
    permissions("group", group["GroupName"], True)
    iam.add_user_to_group(GroupName=group["GroupName"], UserName="foreign")
for arn in policies:
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=OTHER, SetAsDefault=True)
    iam.tag_policy(PolicyArn=arn, Tags=other_tags(iam.list_policy_tags(PolicyArn=arn)["Tags"]))
for arn in providers:
    provider_anew(arn, other_tags)
for name in buckets:
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Changed", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:role/foreign"},
         "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}]}))
    versioned = s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended" if versioned else "Enabled"})
    s3.delete_public_access_block(Bucket=name)
    rule = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{
        "ObjectOwnership": "ObjectWriter" if rule != "ObjectWriter" else "BucketOwnerEnforced"}]})
    default = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    kms_is_default = default["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}} if kms_is_default else
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/foreign"}}]})
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [
        {"ID": "changed", "Status": "Enabled", "Filter": {"Prefix": "changed/"}, "Expiration": {"Days": 3}}]})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": other_tags(bucket_tags(name))})
for key in kms_keys:
    kms.update_key_description(KeyId=key, Description="changed")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Changed", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
         "Action": "kms:*", "Resource": "*"}]}))
    turn = kms.disable_key_rotation if kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] else kms.enable_key_rotation
    turn(KeyId=key)
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "foreign", "TagValue": "yes"}])
