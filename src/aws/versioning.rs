//! Versioning of a bucket.

use super::Aws;
use super::answer::failed;
use super::error::Result;
use crate::permissions::Operation;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

impl Aws {
    pub(super) async fn versioning(&self, name: &str, region: &str) -> Result<bool> {
        let request = self
            .regions
            .client(region)
            .get_bucket_versioning()
            .bucket(name);
        let request = request.expected_bucket_owner(&self.scope.account);
        let answer = request.send().await;
        if let Err(error) = &answer
            && let Some(enabled) = versioning_of_moto(error.raw_response())
        {
            return Ok(enabled);
        }
        let answer = answer.map_err(|error| {
            failed(
                self.on_bucket(Operation::S3GetBucketVersioning, name),
                &error,
            )
        })?;
        Ok(answer.status == Some(BucketVersioningStatus::Enabled))
    }

    pub(super) async fn put_versioning(&self, name: &str, region: &str, want: bool) -> Result<()> {
        // Once enabled it cannot be taken back, only suspended.
        let status = if want {
            BucketVersioningStatus::Enabled
        } else {
            BucketVersioningStatus::Suspended
        };
        let configuration = VersioningConfiguration::builder().status(status).build();
        let s3 = self.regions.client(region);
        self.write(
            self.on_bucket(Operation::S3PutBucketVersioning, name),
            || {
                let request = s3.put_bucket_versioning().bucket(name);
                let request = request.versioning_configuration(configuration.clone());
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
        .map(drop)
    }
}

/// moto names the root of this one answer otherwise than S3 does, and the SDK insists on the name.
fn versioning_of_moto(answer: Option<&HttpResponse>) -> Option<bool> {
    let body = answer
        .filter(|answer| answer.status().is_success())?
        .body()
        .bytes()?;
    let text = std::str::from_utf8(body).ok()?;
    let (_, root) = text.split_once("<GetBucketVersioningResponse")?;
    Some(root.contains("<Status>Enabled</Status>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn only_an_answer_of_moto_is_read_in_place_of_the_sdk() {
        let root = "<GetBucketVersioningResponse xmlns=\"x\"";
        let table = [
            (
                200,
                format!("{root}><Status>Enabled</Status></GetBucketVersioningResponse>"),
                Some(true),
            ),
            (
                200,
                format!("{root}><Status>Suspended</Status></GetBucketVersioningResponse>"),
                Some(false),
            ),
            (200, format!("{root}/>"), Some(false)),
            (200, "<html>Enabled</html>".to_owned(), None),
            (500, format!("{root}/>"), None),
        ];
        for (status, body, expected) in table {
            let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.clone()));
            assert_eq!(versioning_of_moto(Some(&answer)), expected, "{body}");
        }
    }
}
