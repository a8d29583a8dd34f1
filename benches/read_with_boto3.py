"""Read with boto3 what `s3setup plan` reads of manifests like manifests/neon.yaml: the floor of what
a script gets. It compares nothing.

    python3 read_with_boto3.py THREADS BUCKET,ROLE BUCKET,ROLE...
"""

import concurrent.futures
import contextlib
import os
import sys

import boto3
import botocore.config
import botocore.exceptions

GITHUB = "token.actions.githubusercontent.com"


def main():
    threads = int(sys.argv[1])
    config = botocore.config.Config(
        max_pool_connections=max(threads, 10), s3={"addressing_style": "path"})
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    s3, iam, sts = (boto3.client(service, endpoint_url=endpoint, config=config)
                    for service in ("s3", "iam", "sts"))
    account = sts.get_caller_identity()["Account"]
    arn = f"arn:aws:iam::{account}:oidc-provider/{GITHUB}"
    reads = [lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)]
    for bundle in sys.argv[2:]:
        bucket, role = bundle.split(",")
        of_bucket = (
            s3.head_bucket, s3.get_bucket_encryption, s3.get_public_access_block,
            s3.get_bucket_ownership_controls, s3.get_bucket_lifecycle_configuration,
            s3.get_bucket_tagging, s3.get_bucket_policy,
        )
        of_role = (iam.get_role, iam.list_role_policies, iam.list_attached_role_policies)
        reads += [lambda read=read, name=bucket: read(Bucket=name) for read in of_bucket]
        reads += [lambda read=read, name=role: read(RoleName=name) for read in of_role]
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(tolerant, reads))


def tolerant(read):
    # "Not set" is an error to S3 and an answer to us.
    with contextlib.suppress(botocore.exceptions.ClientError):
        read()


main()
