//! Uploads in parts, which only the XML API has
//! (<https://cloud.google.com/storage/docs/multipart-uploads>): begun, given up, listed; no part is sent.

use super::super::answer::element;
use super::super::client::Client;
use super::super::error::{Call, Error, Result};
use super::super::request::{Body, Request, part};
use super::bucket::full_name;
use crate::permissions::Method;
use reqwest::Method as Verb;

fn call(method: Method, bucket: &str, object: &str) -> Call {
    let bucket = full_name(bucket);
    let mut call = Call::new(method, &format!("{bucket}/objects/{object}"));
    call.needs = vec![bucket];
    call
}

/// `/BUCKET/OBJECT`, with the folders of the object as they are.
fn path(bucket: &str, object: &str) -> String {
    let folders: Vec<String> = object.split('/').map(part).collect();
    format!("/{}/{}", part(bucket), folders.join("/"))
}

impl Client {
    /// Begins an upload to this object; its id.
    pub(in crate::google) async fn begin_upload(
        &self,
        bucket: &str,
        object: &str,
    ) -> Result<String> {
        let call = call(Method::UploadsCreate, bucket, object);
        let path = format!("{}?uploads", path(bucket, object));
        let mut request = Request::new(call, Verb::POST, path);
        // Of no length at all it would be refused.
        request.body = Body::Bytes(Vec::new());
        let body = self.bytes(&request).await?;
        let text = String::from_utf8_lossy(&body);
        let id = element(&text, "UploadId").filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| {
            let name = Method::UploadsCreate.name();
            Error::Unintelligible(format!("{name}: the answer has no id of an upload"))
        })
    }

    /// Gives an upload up.
    pub(in crate::google) async fn abort_upload(
        &self,
        bucket: &str,
        object: &str,
        id: &str,
    ) -> Result<()> {
        let call = call(Method::UploadsAbort, bucket, object);
        let request = Request::delete(call, path(bucket, object)).with("uploadId", id);
        self.empty(&request).await
    }

    /// Lists the bucket's uploads that have not ended: whether that is answered.
    pub(in crate::google) async fn uploads(&self, bucket: &str) -> Result<()> {
        let call = Call::new(Method::UploadsList, &full_name(bucket));
        let path = format!("/{}?uploads", part(bucket));
        let request = Request::get(call, path).with("max-uploads", "1");
        self.bytes(&request).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_found_and_an_object_keeps_its_folders() {
        let text = "<?xml version='1.0'?><R><Bucket>b</Bucket><UploadId>VXBsb2Fk-1</UploadId></R>";
        assert_eq!(element(text, "UploadId"), Some("VXBsb2Fk-1"));
        assert_eq!(element("<UploadId>cut", "UploadId"), None);
        assert_eq!(path("b", "in/x y"), "/b/in/x%20y");
    }
}
