# Objects in the buckets: a few, one with an older version and one deleted, where there are versions.
for name in buckets:
    for key in ("a", "b/c", "b/c", "gone"):
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    s3.delete_object(Bucket=name, Key="gone")
    s3.create_multipart_upload(Bucket=name, Key="unfinished")
