//! Buckets and their settings.

use super::Google;
use super::api::{self, Flag, IamConfiguration};
use super::change::{Fields, nested, to_write};
use super::error::{Error, Result};
use super::gaps::Gaps;
use super::lifecycle;
use crate::cloud::Observation;
use crate::permissions::Method;
use crate::resource::google::marks::{from_labels, to_labels};
use crate::resource::google::{Bucket, PublicAccessPrevention};
use crate::resource::{Address, Google as Kind, Kind as _};
use serde_json::{Value, json};

/// How Google says that the public is kept out.
const ENFORCED: &str = "enforced";

/// The bucket as s3setup has it. `project` is that which it is in.
fn read(bucket: &api::Bucket, project: &str) -> Result<Bucket> {
    let access = bucket.iam_configuration.clone().unwrap_or_default();
    let uniform = access.uniform_bucket_level_access.unwrap_or_default();
    let prevention = match access.public_access_prevention.as_deref() {
        Some(ENFORCED) => PublicAccessPrevention::Enforced,
        _ => PublicAccessPrevention::Inherited,
    };
    let location = bucket.location.clone().unwrap_or_default();
    Ok(Bucket {
        storage_class: bucket.storage_class.clone(),
        uniform_bucket_level_access: Some(uniform.enabled),
        public_access_prevention: Some(prevention),
        versioning: Some(bucket.versioning.unwrap_or_default().enabled),
        lifecycle: Some(lifecycle::read(bucket.lifecycle.as_ref())?),
        tags: from_labels(&bucket.labels),
        ..Bucket::named(&bucket.name, project, &location)
    })
}

fn prevention(prevention: PublicAccessPrevention) -> &'static str {
    match prevention {
        PublicAccessPrevention::Enforced => ENFORCED,
        PublicAccessPrevention::Inherited => "inherited",
    }
}

/// As Google has it.
fn written(bucket: &Bucket) -> api::Bucket {
    let flag = |enabled: bool| Flag { enabled };
    let lifecycle = bucket.lifecycle.as_ref().map(lifecycle::written);
    api::Bucket {
        name: bucket.name.clone(),
        metageneration: None,
        project_number: None,
        location: Some(bucket.location.clone()).filter(|location| !location.is_empty()),
        storage_class: bucket.storage_class.clone(),
        labels: to_labels(&bucket.tags),
        versioning: bucket.versioning.map(flag),
        iam_configuration: Some(IamConfiguration {
            uniform_bucket_level_access: bucket.uniform_bucket_level_access.map(flag),
            public_access_prevention: bucket
                .public_access_prevention
                .map(|it| prevention(it).to_owned()),
        }),
        lifecycle: lifecycle.filter(|all| !all.rule.is_empty()),
    }
}

/// What can be changed of it.
pub(super) fn fields(bucket: &Bucket) -> Fields {
    let flag = |enabled: bool| json!({"enabled": enabled});
    let rules = bucket.lifecycle.as_ref().map(lifecycle::written);
    let settings = [
        (
            "storageClass",
            bucket.storage_class.clone().map(Value::from),
        ),
        ("versioning", bucket.versioning.map(flag)),
        (
            "iamConfiguration/uniformBucketLevelAccess",
            bucket.uniform_bucket_level_access.map(flag),
        ),
        (
            "iamConfiguration/publicAccessPrevention",
            bucket
                .public_access_prevention
                .map(|it| prevention(it).into()),
        ),
        ("lifecycle", rules.map(|rules| json!(rules))),
    ];
    let settings = settings
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let labels = to_labels(&bucket.tags).into_iter();
    let labels = labels.map(|(key, value)| (format!("labels/{key}"), value.into()));
    settings.chain(labels).collect()
}

impl Google {
    pub(super) async fn observe_bucket(&self, want: &Bucket) -> Result<Observation> {
        let mut gaps = Gaps::default();
        let (bucket, project) = tokio::join!(
            self.client.bucket(&want.name),
            self.project_of_bucket(&want.project, &want.name)
        );
        let Some(bucket) = gaps.whole(bucket)? else {
            return Ok(gaps.alone());
        };
        let ours = gaps.field("project", project)?;
        let project = match (ours, bucket.project_number.as_deref()) {
            (Some(false), Some(number)) => number,
            (Some(false), None) => "",
            _ => want.project.as_str(),
        };
        let found = gaps.whole(read(&bucket, project))?;
        Ok(match found {
            Some(found) => gaps.around(Kind::Bucket(found)),
            None => gaps.alone(),
        })
    }

    /// Whether the bucket of this name is in this project. Names are everybody's, so that one that is
    /// there and lets us in may be somebody else's; and of its project Google tells only the number.
    async fn project_of_bucket(&self, project: &str, name: &str) -> Result<bool> {
        self.client.has_bucket(project, name).await
    }

    async fn seen_bucket(&self, want: &Bucket) -> Result<(Bucket, String)> {
        let bucket = self.client.bucket(&want.name).await?;
        let metageneration = bucket.metageneration.clone().unwrap_or_default();
        Ok((read(&bucket, &want.project)?, metageneration))
    }

    pub(super) async fn create_bucket(&self, want: &Bucket) -> Result<()> {
        let name = Bucket::full_name(&want.name);
        let bucket = written(want);
        let made = self
            .write(Method::BucketsInsert, &name, || {
                self.client.insert_bucket(&want.project, &bucket)
            })
            .await;
        match made {
            Ok(_) => {
                self.known.made(&name);
                Ok(())
            }
            // Of somebody else's, nothing more can be seen.
            Err(error) if error.already_there() && !self.is_in_project(want).await? => Err(error),
            Err(error) => Err(error_of_ours(error)),
        }
    }

    async fn is_in_project(&self, want: &Bucket) -> Result<bool> {
        self.project_of_bucket(&want.project, &want.name).await
    }

    pub(super) async fn update_bucket(&self, have: &Bucket, want: &Bucket) -> Result<()> {
        let name = Bucket::full_name(&want.name);
        self.in_turns(|| async {
            let (now, metageneration) = self.settled(|| self.seen_bucket(want)).await?;
            let what = format!("google_bucket.{}", want.name);
            let written = to_write(&what, &fields(have), &fields(&now), &fields(want))?;
            if written.is_empty() {
                return Ok(());
            }
            let change = api::Change(nested(written));
            self.write(Method::BucketsPatch, &name, || {
                self.client
                    .patch_bucket(&want.name, &metageneration, &change)
            })
            .await
            .map(drop)
        })
        .await
    }

    pub(super) async fn delete_bucket(&self, have: &Bucket) -> Result<()> {
        if self
            .removal
            .empties(&Address::new(Bucket::KIND, &have.name))
        {
            self.empty_bucket(&have.name).await?;
        }
        let name = Bucket::full_name(&have.name);
        self.erase(Method::BucketsDelete, &name, || {
            self.client.delete_bucket(&have.name)
        })
        .await
    }
}

/// That a bucket of this project is there.
fn error_of_ours(error: Error) -> Error {
    match error.already_there() {
        true => Error::Appeared,
        false => error,
    }
}
