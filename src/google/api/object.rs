//! Objects (<https://cloud.google.com/storage/docs/json_api/v1/objects>).

use super::super::client::Client;
use super::super::error::{Call, Result};
use super::super::request::{Body, Request, part};
use super::bucket::{full_name, path};
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A page of objects.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::google) struct Objects {
    /// `storage#objects`: what an empty list is known by.
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    #[serde(default)]
    pub(in crate::google) items: Vec<Object>,
    #[serde(default, rename = "nextPageToken")]
    pub(in crate::google) next: Option<String>,
}

/// An object, or one of its generations.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::google) struct Object {
    pub(in crate::google) name: String,
    #[serde(default)]
    pub(in crate::google) generation: Option<String>,
}

fn call(method: Method, bucket: &str, object: &str) -> Call {
    let bucket = full_name(bucket);
    let mut call = Call::new(method, &format!("{bucket}/objects/{object}"));
    call.needs = vec![bucket];
    call
}

fn object_path(bucket: &str, object: &str) -> String {
    format!("{}/o/{}", path(bucket), part(object))
}

impl Client {
    /// The first objects under a prefix, at most so many, with superseded ones if asked for.
    pub(in crate::google) async fn objects(
        &self,
        bucket: &str,
        prefix: &str,
        most: u32,
        versions: bool,
    ) -> Result<Objects> {
        let call = Call::new(Method::ObjectsList, &full_name(bucket));
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
        let request = Request::get(call, format!("{}/o", path(bucket)))
            .with("maxResults", most.to_string())
            .with("versions", versions.to_string())
            .with("fields", "kind,nextPageToken,items(name,generation)")
            .perhaps_with("prefix", prefix);
        self.json(&request).await
    }

    /// Writes an object; `generation` is that of the one that it takes the place of, and 0 of none.
    pub(in crate::google) async fn insert_object(
        &self,
        bucket: &str,
        object: &str,
        generation: Option<u64>,
        bytes: Vec<u8>,
    ) -> Result<Object> {
        let call = call(Method::ObjectsInsert, bucket, object);
        let generation = generation.map(|it| it.to_string());
        let mut request = Request::new(
            call,
            Verb::POST,
            format!("/upload/storage/v1/b/{}/o", part(bucket)),
        )
        .with("uploadType", "media")
        .with("name", object)
        .perhaps_with("ifGenerationMatch", generation.as_deref());
        request.body = Body::Bytes(bytes);
        self.json(&request).await
    }

    /// What is in an object.
    pub(in crate::google) async fn object(&self, bucket: &str, object: &str) -> Result<Vec<u8>> {
        let call = call(Method::ObjectsGet, bucket, object);
        let request = Request::get(call, object_path(bucket, object)).with("alt", "media");
        self.bytes(&request).await
    }

    /// Removes an object, or this generation of it.
    pub(in crate::google) async fn delete_object(
        &self,
        bucket: &str,
        object: &str,
        generation: Option<&str>,
    ) -> Result<()> {
        let call = call(Method::ObjectsDelete, bucket, object);
        let request = Request::delete(call, object_path(bucket, object))
            .perhaps_with("generation", generation);
        self.empty(&request).await
    }
}
