//! A call to S3 as a principal, in a word or two: `put logs/a`.

use serde_json::json;

use crate::support::{Account, Refused};

/// Words, and boto3's calls. `key` is what follows the word.
const CALLS: [(&str, &str); 17] = [
    ("put", "s3.put_object(Bucket=bucket, Key=key, Body=b'x')"),
    (
        "encrypt",
        "s3.put_object(Bucket=bucket, Key=key, Body=b'x', ServerSideEncryption='AES256')",
    ),
    (
        "encrypt-otherwise",
        "s3.put_object(Bucket=bucket, Key=key, Body=b'x', ServerSideEncryption='aws:kms',
              SSEKMSKeyId='alias/aws/s3')",
    ),
    (
        "get",
        "s3.get_object(Bucket=bucket, Key=key)['Body'].read()",
    ),
    ("head", "s3.head_object(Bucket=bucket, Key=key)"),
    ("delete", "s3.delete_object(Bucket=bucket, Key=key)"),
    (
        "acl",
        "s3.put_object_acl(Bucket=bucket, Key=key, ACL='bucket-owner-full-control')",
    ),
    (
        "tag",
        "s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={'TagSet': []})",
    ),
    ("list", "s3.list_objects_v2(Bucket=bucket, Prefix=key)"),
    (
        "browse",
        "s3.list_objects_v2(Bucket=bucket, Prefix=key, Delimiter='/')",
    ),
    ("ask", "s3.head_bucket(Bucket=bucket)"),
    ("location", "s3.get_bucket_location(Bucket=bucket)"),
    ("buckets", "s3.list_buckets()"),
    ("uploads", "s3.list_multipart_uploads(Bucket=bucket)"),
    (
        "upload",
        "upload = s3.create_multipart_upload(Bucket=bucket, Key=key)['UploadId']
part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b'x')
parts = {'Parts': [{'PartNumber': 1, 'ETag': part['ETag']}]}
s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload=parts)",
    ),
    (
        "abort",
        "upload = s3.create_multipart_upload(Bucket=bucket, Key=key)['UploadId']
s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)",
    ),
    ("create", "s3.create_bucket(Bucket=key or bucket)"),
];

/// A call to S3.
pub struct Call {
    snippet: &'static str,
    /// Whether it is about an object that has to be there.
    about_an_object: bool,
    key: String,
}

impl Call {
    /// The call that `text` stands for.
    ///
    /// # Errors
    /// There is no such word.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, key) = text.split_once(' ').unwrap_or((text, ""));
        let Some((_, snippet)) = CALLS.iter().find(|(known, _)| *known == word) else {
            return Err(format!("there is no call {word:?}"));
        };
        Ok(Self {
            snippet,
            about_an_object: matches!(word, "get" | "head" | "delete" | "acl" | "tag"),
            key: key.to_owned(),
        })
    }

    /// Make it as `who`; the object is there if the call is about one.
    ///
    /// # Errors
    /// What the server answered, if it refused.
    pub fn make(&self, owner: &Account, who: &Account, bucket: &str) -> Result<(), Refused> {
        let arguments = json!({"bucket": bucket, "key": self.key});
        if self.about_an_object {
            owner.python_with(
                "s3.put_object(Bucket=bucket, Key=key, Body=b'x')",
                &arguments,
            );
        }
        who.try_python_with(self.snippet, &arguments).map(drop)
    }
}
