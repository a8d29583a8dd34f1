"""Read bundles of bucket, policy, role and user with boto3 and compare them with what they should be:
the floor of what a script gets that does what `s3setup plan` does.

    python3 bundles_with_boto3.py THREADS BUNDLES ACCOUNT
"""

import concurrent.futures
import os
import sys

import boto3
import botocore.config


def main():
    threads, bundles, account = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    config = botocore.config.Config(
        max_pool_connections=max(threads, 10), s3={"addressing_style": "path"})
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    s3, iam = (boto3.client(service, endpoint_url=endpoint, config=config) for service in ("s3", "iam"))
    checks = []
    for number in range(bundles):
        name = f"bundle-{number}"
        checks += checks_of(s3, iam, account, name, number)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        differences = [what for what in pool.map(lambda check: check(), checks) if what]
    sys.exit(f"not as it should be: {differences[:3]}" if differences else 0)


def checks_of(s3, iam, account, name, number):
    bucket, arn = f"{name}-{account}", f"arn:aws:iam::{account}:policy/{name}"
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}

    def check(what, expected, read):
        return lambda: None if (found := read()) == expected else (name, what, found, expected)

    def rule():
        found = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        return found["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]

    def marked(tags):
        return {tag["Key"]: tag["Value"] for tag in tags}.get("s3setup:manifest")

    def document():
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        statements = found["Statement"]
        first = statements[0] if isinstance(statements, list) else statements
        return {key: first[key] for key in statement}

    def role():
        found = iam.get_role(RoleName=name)["Role"]
        return found["MaxSessionDuration"], found["Description"]

    return [
        check("bucket", 200, lambda: s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"]),
        check("encryption", "AES256", rule),
        check("public access", {True}, lambda: set(
            s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())),
        check("ownership", "BucketOwnerEnforced", lambda: s3.get_bucket_ownership_controls(
            Bucket=bucket)["OwnershipControls"]["Rules"][0]["ObjectOwnership"]),
        check("tags", name, lambda: marked(s3.get_bucket_tagging(Bucket=bucket)["TagSet"])),
        check("policy", statement, document),
        check("role", (7200, f"Bundle {number}"), role),
        check("inline policies", [], lambda: iam.list_role_policies(RoleName=name)["PolicyNames"]),
        check("attached policies", [arn], lambda: [
            one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]),
        check("user", name, lambda: marked(iam.get_user(UserName=name)["User"]["Tags"])),
        check("user's policies", [], lambda: iam.list_user_policies(UserName=name)["PolicyNames"]),
        check("user's attached policies", [], lambda: iam.list_attached_user_policies(
            UserName=name)["AttachedPolicies"]),
        check("groups", [], lambda: iam.list_groups_for_user(UserName=name)["Groups"]),
    ]


main()
