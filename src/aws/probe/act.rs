//! One request as somebody, and what its answer says of whether it may be made.

use super::{As, said};
use crate::aws::answer::failed;
use crate::aws::error::{Call, Error};
use crate::aws::regions::Regions;
use crate::probe::{Actor, Answer, Left, Operation, Probe};
use anyhow::Result;
use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ObjectCannedAcl, ServerSideEncryption, Tag, Tagging};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::sync::Arc;

/// What is written.
const TEXT: &[u8] = b"Written by `s3setup verify` to see who may do what. Safe to delete.\n";
/// An upload that does not exist: whether it may be ended is answered all the same.
const NO_UPLOAD: &str = "s3setup-verify-no-such-upload";

/// Somebody with credentials, or without.
#[derive(Clone)]
pub(super) struct Somebody {
    pub(super) regions: Regions,
    pub(super) credentials: As,
    pub(super) plain_http: bool,
}

#[async_trait]
impl Actor for Somebody {
    async fn act(&self, probe: &Probe) -> Result<Answer> {
        self.answer(probe).await
    }

    async fn clear(&self, left: &Left) -> bool {
        self.remove(left).await
    }

    fn by_plain_http(&self) -> Arc<dyn Actor> {
        Arc::new(Self {
            plain_http: true,
            ..self.clone()
        })
    }
}

impl Somebody {
    pub(super) fn client(&self, region: &str) -> Client {
        self.regions
            .client_as(&self.credentials, region, self.plain_http)
    }

    async fn answer(&self, probe: &Probe) -> Result<Answer> {
        let client = self.client(&probe.region);
        let bucket = probe.bucket.as_str();
        let key = probe.key.clone().unwrap_or_default();
        let upload = probe.upload.as_deref().unwrap_or(NO_UPLOAD);
        match probe.operation {
            Operation::List | Operation::Browse => {
                let request = client.list_objects_v2().bucket(bucket).max_keys(1);
                let request = request.set_prefix(probe.key.clone());
                let request = match probe.operation {
                    Operation::Browse => request.delimiter("/"),
                    _ => request,
                };
                plain(request.send().await)
            }
            Operation::Get => plain(client.get_object().bucket(bucket).key(key).send().await),
            Operation::GetVersion => {
                let request = client.get_object().bucket(bucket).key(key);
                plain(request.version_id("null").send().await)
            }
            Operation::Put | Operation::PutEncrypted | Operation::PutWithKms => {
                let request = client.put_object().bucket(bucket).key(&key);
                let request = request.body(ByteStream::from_static(TEXT));
                let request = match probe.operation {
                    Operation::PutEncrypted => {
                        request.server_side_encryption(ServerSideEncryption::Aes256)
                    }
                    Operation::PutWithKms => {
                        request.server_side_encryption(ServerSideEncryption::AwsKms)
                    }
                    _ => request,
                };
                with(request.send().await, |answer| {
                    Some(object(probe, key, answer.version_id))
                })
            }
            Operation::Delete => {
                let request = client.delete_object().bucket(bucket).key(&key);
                with(request.send().await, |answer| {
                    // A delete marker is left, too.
                    let marker = answer.delete_marker == Some(true);
                    answer
                        .version_id
                        .filter(|_| marker)
                        .map(|version| object(probe, key, Some(version)))
                })
            }
            Operation::DeleteVersion => {
                let request = client.delete_object().bucket(bucket).key(key);
                plain(request.version_id("null").send().await)
            }
            Operation::PutAcl => {
                let request = client.put_object_acl().bucket(bucket).key(key);
                let acl = ObjectCannedAcl::BucketOwnerFullControl;
                plain(request.acl(acl).send().await)
            }
            Operation::GetTags => {
                let request = client.get_object_tagging().bucket(bucket).key(key);
                plain(request.send().await)
            }
            Operation::PutTags => {
                let tag = Tag::builder().key("s3setup-verify").value("1").build()?;
                let tags = Tagging::builder().tag_set(tag).build()?;
                let request = client.put_object_tagging().bucket(bucket).key(key);
                plain(request.tagging(tags).send().await)
            }
            Operation::StartUpload => {
                let request = client.create_multipart_upload().bucket(bucket).key(&key);
                with(request.send().await, |answer| {
                    answer.upload_id.map(|id| Left::Upload {
                        bucket: probe.bucket.clone(),
                        region: probe.region.clone(),
                        key,
                        id,
                    })
                })
            }
            Operation::ListParts => {
                let request = client.list_parts().bucket(bucket).key(key);
                plain(request.upload_id(upload).send().await)
            }
            Operation::AbortUpload => {
                let request = client.abort_multipart_upload().bucket(bucket).key(key);
                plain(request.upload_id(upload).send().await)
            }
            Operation::ListUploads => {
                plain(client.list_multipart_uploads().bucket(bucket).send().await)
            }
            Operation::ListVersions => {
                let request = client.list_object_versions().bucket(bucket).max_keys(1);
                plain(request.send().await)
            }
            Operation::Location => plain(client.get_bucket_location().bucket(bucket).send().await),
            Operation::ReadPolicy => plain(client.get_bucket_policy().bucket(bucket).send().await),
            Operation::ListBuckets => plain(client.list_buckets().max_buckets(1).send().await),
            Operation::CreateBucket
            | Operation::Other
            | Operation::Overwrite
            | Operation::ReadBucket
            | Operation::SetPolicy
            | Operation::ActAs => Ok(Answer::Unclear("not tried".to_owned())),
        }
    }
}

fn object(probe: &Probe, key: String, version: Option<String>) -> Left {
    Left::Object {
        bucket: probe.bucket.clone(),
        region: probe.region.clone(),
        key,
        // A bucket that never had versioning calls its versions so, or nothing.
        version: version.filter(|version| version != "null"),
    }
}

fn plain<T, E>(answer: std::result::Result<T, SdkError<E, HttpResponse>>) -> Result<Answer>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    with(answer, |_| None)
}

fn with<T, E>(
    answer: std::result::Result<T, SdkError<E, HttpResponse>>,
    left: impl FnOnce(T) -> Option<Left>,
) -> Result<Answer>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(answer) => Ok(Answer::Done(left(answer))),
        Err(error) => judge(failed(Call::default(), &error)),
    }
}

/// What a refusal says: S3 asks whether somebody may before it looks for what they ask for, so that
/// "there is none" is a yes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
fn judge(error: Error) -> Result<Answer> {
    const NOT_ACCEPTED: [&str; 7] = [
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    ];
    const UNCLEAR: [(&str, &str); 2] = [
        (
            "AccessControlListNotSupported",
            "ACLs are off in this bucket",
        ),
        ("NoSuchBucket", "the bucket is not there"),
    ];
    let code = error.code().to_owned();
    if NOT_ACCEPTED.contains(&code.as_str()) {
        return Ok(Answer::NotAccepted(code));
    }
    if let Some((_, why)) = UNCLEAR.iter().find(|(other, _)| *other == code) {
        return Ok(Answer::Unclear((*why).to_owned()));
    }
    Ok(match error.status() {
        403 | 405 => Answer::Refused(said(&error)),
        404 => Answer::Done(None),
        400..=499 => Answer::Unclear(said(&error)),
        _ => return Err(anyhow::anyhow!(said(&error))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::error::{CallError, Cause};

    fn refusal(status: u16, code: &str) -> Result<Answer> {
        judge(Error::Call(Box::new(CallError {
            call: Call::default(),
            cause: Cause::Refused {
                status,
                code: code.into(),
                message: "m".into(),
                request: None,
                region: None,
            },
            waited: None,
            hint: None,
        })))
    }

    #[test]
    fn answers_say_whether_something_may_be_done() {
        let kind = |status, code| match refusal(status, code) {
            Ok(Answer::Done(_)) => "may",
            Ok(Answer::Refused(_)) => "may not",
            Ok(Answer::NotAccepted(_)) => "not accepted",
            Ok(Answer::Unclear(_)) => "unclear",
            Err(_) => "no answer",
        };
        for (status, code, expected) in [
            (403, "AccessDenied", "may not"),
            (403, "", "may not"),
            (405, "MethodNotAllowed", "may not"),
            (404, "NoSuchUpload", "may"),
            (404, "NoSuchBucketPolicy", "may"),
            (404, "NoSuchBucket", "unclear"),
            (403, "InvalidAccessKeyId", "not accepted"),
            (400, "ExpiredToken", "not accepted"),
            (400, "AccessControlListNotSupported", "unclear"),
            (400, "InvalidRequest", "unclear"),
            (503, "SlowDown", "no answer"),
        ] {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
    }
}
