"""Neon's backup as its workflow does it, with boto3 and no stored key.

    dump.py BUCKET FOLDER KEEP

uploads a compressed dump of several megabytes to FOLDER, lists the folder, deletes all but the KEEP
newest, and prints what is left as JSON. boto3 becomes the role by itself, from AWS_ROLE_ARN and
AWS_WEB_IDENTITY_TOKEN_FILE: https://neon.com/docs/manage/backups-aws-s3-backup-part-2.
"""

import gzip
import io
import json
import os
import sys

import boto3

MEGABYTE = 1 << 20


def main():
    bucket, folder, keep = sys.argv[1], sys.argv[2], int(sys.argv[3])
    s3 = boto3.client("s3")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=folder).get("Contents", [])
    # Of noise, so that it stays large when it is compressed.
    dump = gzip.compress(os.urandom(20 * MEGABYTE), compresslevel=1)
    s3.upload_fileobj(io.BytesIO(dump), bucket, f"{folder}{len(listed):04}.dump.gz")

    dumps = sorted(o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"])
    for key in dumps[:-keep]:
        s3.delete_object(Bucket=bucket, Key=key)
    newest = s3.head_object(Bucket=bucket, Key=dumps[-1])
    fetched = s3.get_object(Bucket=bucket, Key=dumps[-1])["Body"].read()
    print(json.dumps({
        "dumps": dumps[-keep:],
        "parts": int(newest["ETag"].strip('"').partition("-")[2] or 1),
        "same": fetched == dump,
        "caller": boto3.client("sts").get_caller_identity()["Arn"],
    }))


if __name__ == "__main__":
    main()
