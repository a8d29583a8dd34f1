# All that the account holds, in an order of its own, and without what differs from run to run: dates,
# unique ids, the ids of keys. `held` is the id of the key that the sink holds, if there is one.
import re

VOLATILE = {"CreateDate", "CreationDate", "UpdateDate", "AttachmentCount", "PermissionsBoundaryUsageCount",
            "LastModified", "LastModifiedDate", "LastChangedDate", "LastAccessedDate", "CreatedDate", "DeletionDate", "ETag",
            "UserId", "RoleId", "GroupId", "PolicyId", "RoleLastUsed", "VersionIdsToStages", "Owner",
            "SecretVersionsToStages", "ARN", "ChecksumType", "ChecksumAlgorithm", "Initiator", "VersionId"}


def ask(call, **arguments):
    try:
        answer = call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"].startswith(("NoSuch", "NotFound", "ServerSideEncryptionConfig",
                                                       "OwnershipControls", "ObjectLock", "404", "MethodNotAllowed")):
            return None
        raise
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def still(value):
    if isinstance(value, dict):
        return {key: still(item) for key, item in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return sorted((still(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return value


def bucket(name):
    asked = {short: ask(getattr(s3, "get_" + short), Bucket=name) for short in (
        "bucket_tagging", "bucket_policy", "bucket_versioning", "bucket_encryption", "public_access_block",
        "bucket_ownership_controls", "bucket_lifecycle_configuration", "bucket_cors", "bucket_logging",
        "bucket_acl", "bucket_website", "object_lock_configuration")}
    policy = asked["bucket_policy"]
    asked["bucket_policy"] = policy and json.loads(policy["Policy"])
    asked["objects"] = {part: [[item["Key"]] for item in ask(s3.list_object_versions, Bucket=name).get(part, [])]
                        for part in ("Versions", "DeleteMarkers")}
    asked["uploads"] = s3.list_multipart_uploads(Bucket=name).get("Uploads", [])
    return asked


def kms_key(key, aliases):
    described = kms.describe_key(KeyId=key)["KeyMetadata"]
    found = {name: described.get(name) for name in ("KeyState", "Description", "Enabled", "KeyUsage", "MultiRegion")}
    found["aliases"] = sorted(one["AliasName"] for one in aliases if one.get("TargetKeyId") == key)
    found["tags"] = kms.list_resource_tags(KeyId=key).get("Tags", [])
    if described["KeyState"] != "PendingDeletion":
        found["policy"] = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        found["rotation"] = kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    return found


details = iam.get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"])
roles = {role["RoleName"]: role for role in iam.list_roles()["Roles"]}
for role in details["RoleDetailList"]:
    listed = roles[role["RoleName"]]
    role["more"] = [listed.get("Description"), listed.get("MaxSessionDuration")]
for policy in details["Policies"]:
    policy["Description"] = iam.get_policy(PolicyArn=policy["Arn"])["Policy"].get("Description")
    # An older version is only counted.
    versions = policy.pop("PolicyVersionList")
    policy["versions"] = len(versions)
    policy["document"] = [one["Document"] for one in versions if one["IsDefaultVersion"]]
    del policy["DefaultVersionId"]
users = [user["UserName"] for user in details["UserDetailList"]]
keys = {user: sorted([key["Status"], key["AccessKeyId"]]
                     for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) for user in users}
providers = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
aliases = [one for one in kms.list_aliases()["Aliases"] if not one["AliasName"].startswith("alias/aws/")]
kms_keys = sorted(([kms_key(one["KeyId"], aliases), one["KeyId"]] for one in kms.list_keys()["Keys"]
                   if kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"].get("KeyManager") != "AWS"),
                  key=lambda pair: (pair[0]["aliases"], json.dumps(pair[0], sort_keys=True, default=str)))
secrets, parameters = client("secretsmanager"), client("ssm")
all = {
    "users": details["UserDetailList"],
    "roles": details["RoleDetailList"],
    "groups": details["GroupDetailList"],
    "policies": details["Policies"],
    "members": {group["GroupName"]: [user["UserName"] for user in iam.get_group(GroupName=group["GroupName"])["Users"]]
                for group in details["GroupDetailList"]},
    "access keys": keys,
    "providers": {arn: ask(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) for arn in providers},
    "buckets": {one["Name"]: bucket(one["Name"]) for one in s3.list_buckets()["Buckets"]},
    "kms keys": [key for key, _ in kms_keys],
    "kms aliases": [one["AliasName"] for one in aliases],
    "secrets": {one["Name"]: secrets.describe_secret(SecretId=one["Name"])
                for one in secrets.list_secrets()["SecretList"]},
    "parameters": parameters.describe_parameters()["Parameters"],
}
text = json.dumps(all, default=str)
for at, (_, key) in enumerate(kms_keys):
    text = text.replace(key, f"kms-key-{at}")
for user, listed in keys.items():
    for at, (status, key) in enumerate(listed):
        nth = [one for one, _ in listed[:at]].count(status)
        text = text.replace(key, f"{user}'s {status} key {nth}")
text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.:+Z]*", "TIME", text)
[still(json.loads(text)), keys]
