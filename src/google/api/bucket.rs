//! Buckets (<https://cloud.google.com/storage/docs/json_api/v1/buckets>).

use super::super::client::Client;
use super::super::error::{Call, Result};
use super::super::request::{Request, part};
use super::page::page;
use crate::permissions::Method;
use reqwest::Method as Verb;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A bucket, as Google shows it and as it is made.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct Bucket {
    pub(in crate::google) name: String,
    /// Counts the changes of its settings; Google says it, and it is not sent.
    #[serde(default, skip_serializing)]
    pub(in crate::google) metageneration: Option<String>,
    /// As [`Bucket::metageneration`].
    #[serde(default, skip_serializing)]
    pub(in crate::google) project_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) storage_class: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::google) labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) versioning: Option<Flag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) iam_configuration: Option<IamConfiguration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) lifecycle: Option<Lifecycle>,
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Flag {
    #[serde(default)]
    pub(in crate::google) enabled: bool,
}

/// Whom the bucket may let in, and by what.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::google) struct IamConfiguration {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) uniform_bucket_level_access: Option<Flag>,
    /// `enforced` or `inherited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::google) public_access_prevention: Option<String>,
}

/// All rules for what becomes of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Lifecycle {
    #[serde(default)]
    pub(in crate::google) rule: Vec<Rule>,
}

/// One of them; its condition as it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(in crate::google) struct Rule {
    pub(in crate::google) action: Map<String, Value>,
    #[serde(default)]
    pub(in crate::google) condition: Map<String, Value>,
}

/// What of a bucket is changed. What is `null` goes; what is not there stays.
#[derive(Clone, Debug, Default)]
pub(in crate::google) struct Change(pub(in crate::google) Map<String, Value>);

page!(Buckets of Bucket as "items");

/// `/storage/v1/b/B`.
pub(super) fn path(bucket: &str) -> String {
    format!("/storage/v1/b/{}", part(bucket))
}

/// As conditions and policies name it.
pub(super) fn full_name(bucket: &str) -> String {
    format!("projects/_/buckets/{bucket}")
}

fn call(method: Method, bucket: &str) -> Call {
    Call::new(method, &full_name(bucket))
}

impl Client {
    /// A bucket and its settings.
    pub(in crate::google) async fn bucket(&self, name: &str) -> Result<Bucket> {
        let call = call(Method::BucketsGet, name);
        // Without the ACLs, which would take another permission.
        let request = Request::get(call, path(name)).with("projection", "noAcl");
        self.json(&request).await
    }

    /// Makes a bucket in the project. Nobody but what the project's roles say gets access.
    pub(in crate::google) async fn insert_bucket(
        &self,
        project: &str,
        bucket: &Bucket,
    ) -> Result<Bucket> {
        let call = call(Method::BucketsInsert, &bucket.name);
        let request = Request::post(call, "/storage/v1/b", bucket).with("project", project);
        self.json(&request).await
    }

    /// Changes its settings, if nobody has done so since they were read.
    pub(in crate::google) async fn patch_bucket(
        &self,
        name: &str,
        metageneration: &str,
        change: &Change,
    ) -> Result<Bucket> {
        let call = call(Method::BucketsPatch, name);
        let request = Request::new(call, Verb::PATCH, path(name))
            .with("ifMetagenerationMatch", metageneration)
            .with("projection", "noAcl")
            .sending(&change.0);
        self.json(&request).await
    }

    /// Removes it, if it is empty.
    pub(in crate::google) async fn delete_bucket(&self, name: &str) -> Result<()> {
        let call = call(Method::BucketsDelete, name);
        self.empty(&Request::delete(call, path(name))).await
    }

    /// All buckets of the project.
    pub(in crate::google) async fn buckets(&self, project: &str) -> Result<Vec<Bucket>> {
        let call = Call::new(Method::BucketsList, &format!("projects/{project}"));
        let request = Request::get(call, "/storage/v1/b")
            .with("project", project)
            .with("projection", "noAcl");
        self.all::<Buckets>(request).await
    }
}

impl Client {
    /// Whether the project has a bucket of this name.
    pub(in crate::google) async fn has_bucket(&self, project: &str, name: &str) -> Result<bool> {
        // Of names that begin so, it is the first.
        let first = self.first_bucket(project, name).await?;
        Ok(first.is_some_and(|bucket| bucket.name == name))
    }

    /// The first bucket of the project whose name begins so.
    pub(in crate::google) async fn first_bucket(
        &self,
        project: &str,
        prefix: &str,
    ) -> Result<Option<Bucket>> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(rename = "kind")]
            _kind: IgnoredAny,
            #[serde(default)]
            items: Vec<Bucket>,
        }
        let call = Call::new(Method::BucketsList, &format!("projects/{project}"));
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
        let request = Request::get(call, "/storage/v1/b")
            .with("project", project)
            .perhaps_with("prefix", prefix)
            .with("maxResults", "1")
            .with("fields", "kind,items(name)");
        let page: Page = self.json(&request).await?;
        Ok(page.items.into_iter().next())
    }
}
