//! Buckets.

use super::Aws;
use super::bucket_settings::ownership;
use super::error::{Call, Error, Result};
use super::gaps::{Gaps, when};
use super::head::{Head, taken};
use super::replace::Aspect;
use super::tags::to_s3;
use crate::cloud::Observation;
use crate::permissions::Operation;
use crate::plan::Unreadable;
use crate::resource::{Address, Bucket, Kind as _, Resource, Tags, carries};
use aws_sdk_s3::types::CreateBucketConfiguration;

impl Aws {
    pub(super) async fn observe_bucket(&self, want: &Bucket) -> Result<Observation> {
        let listed = match self.listed_region(&want.name).await {
            Some(region) => Some(self.observe_settings(want, &region).await?.0),
            None => None,
        };
        // A list goes on showing a bucket for a while after it was deleted.
        let listed = match listed {
            Some(found) if is_as_wanted(&found, want) => return Ok(found),
            other => other,
        };
        match self.head_bucket(&want.name, &want.region).await? {
            Head::Absent => Ok(Observation::default()),
            Head::Here { region } => match listed {
                Some(found) => Ok(found),
                None => Ok(self.observe_settings(want, &region).await?.0),
            },
            Head::Denied {
                region,
                error,
                owned,
            } => self.observe_denied(want, &region, &error, owned).await,
        }
    }

    /// There, but HeadBucket is denied: another account's bucket, or no s3:ListBucket.
    async fn observe_denied(
        &self,
        want: &Bucket,
        region: &str,
        denied: &Error,
        owned: Option<bool>,
    ) -> Result<Observation> {
        if owned == Some(false) {
            return Err(taken(&want.name));
        }
        // Who may read of it is told that there is none.
        let tags = self.bucket_tags(&want.name, region).await;
        if tags.is_err_and(|error| error.absent()) {
            return Ok(Observation::default());
        }
        let (observation, anything) = self.observe_settings(want, region).await?;
        if owned == Some(true) || anything {
            // Every read says whose the bucket must be, so one that succeeds proves that it is ours.
            return Ok(observation);
        }
        let text = match denied {
            Error::Call(error) => error.text(),
            _ => String::new(),
        };
        Ok(Observation {
            resource: None,
            unreadable: vec![Unreadable {
                aspect: String::new(),
                permission: "s3:ListBucket".into(),
                on: self.bucket_arn(&want.name),
                error: format!(
                    "{text}: the bucket is another account's, or this may not be listed"
                ),
            }],
            id: None,
        })
    }

    /// The settings that are managed, at the same time; and whether any of them could be read.
    async fn observe_settings(&self, want: &Bucket, region: &str) -> Result<(Observation, bool)> {
        let name = want.name.as_str();
        let (versioning, encryption, block, object_ownership, lifecycle, tags) = tokio::join!(
            when(want.versioning.is_some(), self.versioning(name, region)),
            when(want.encryption.is_some(), self.encryption(want, region)),
            when(
                want.public_access_block.is_some(),
                self.public_access_block(name, region)
            ),
            when(
                want.object_ownership.is_some(),
                self.object_ownership(name, region)
            ),
            when(want.lifecycle.is_some(), self.lifecycle(name, region)),
            // Always: the tags say whose it is.
            when(true, self.bucket_tags(name, region)),
        );
        let mut gaps = Gaps::default();
        let bucket = Bucket {
            name: name.to_owned(),
            region: region.to_owned(),
            versioning: gaps.field("versioning", versioning)?.flatten(),
            encryption: gaps.field("encryption", encryption)?.flatten(),
            public_access_block: gaps.field("public_access_block", block)?.flatten(),
            object_ownership: gaps.field("object_ownership", object_ownership)?.flatten(),
            lifecycle: gaps.field("lifecycle", lifecycle)?.flatten(),
            tags: gaps.field("tags", tags)?.flatten().unwrap_or_default(),
            encryption_by_default: false,
        };
        let asked = [
            want.versioning.is_some(),
            want.encryption.is_some(),
            want.public_access_block.is_some(),
            want.object_ownership.is_some(),
            want.lifecycle.is_some(),
            true,
        ];
        let anything = gaps.len() < asked.into_iter().filter(|asked| *asked).count();
        Ok((gaps.around(Resource::Bucket(bucket)), anything))
    }

    pub(super) async fn create_bucket(&self, want: &Bucket) -> Result<()> {
        let (name, region) = (want.name.as_str(), want.region.as_str());
        // CreateBucket in us-east-1 on a bucket that is ours already answers 200 and resets its
        // ACL, so look first: the plan may be old.
        match self.head_bucket(name, region).await? {
            Head::Absent => {}
            Head::Here { .. } => return Err(Error::Appeared),
            Head::Denied { error, owned, .. } => {
                return Err(match owned {
                    Some(true) => Error::Appeared,
                    Some(false) => taken(name),
                    None => error.with_hint(format!(
                        "there is a bucket {name} already: another account's (then choose another \
                         name), or one that you may not see (then allow s3:ListBucket on {})",
                        self.bucket_arn(name)
                    )),
                });
            }
        }
        self.send_create(want).await?;
        self.regions.found(name, region);
        self.known.made(&self.bucket_arn(name));

        // AWS takes the marks with the creation; some servers drop them there. Other marks are of
        // somebody who made it at the same moment: in us-east-1 both get the answer that they did.
        match self.bucket_tags(name, region).await {
            Ok(tags) if carries(&tags, &want.tags) => {}
            Ok(tags) if !tags.is_empty() => return Err(Error::Appeared),
            _ if want.tags.is_empty() => {}
            _ => self.put_bucket_tags(name, region, &want.tags).await?,
        }
        // One after another: S3 answers 409 to writes that meet. What a new bucket has anyway (no
        // versioning, no rules) is not put.
        if let Some(block) = want.public_access_block {
            self.put_public_access_block(name, region, block).await?;
        }
        // SSE-S3 too, though a new bucket of AWS has it: servers that speak S3 may not.
        if let Some(encryption) = &want.encryption {
            self.put_encryption(name, region, encryption).await?;
        }
        if want.versioning == Some(true) {
            self.put_versioning(name, region, true).await?;
        }
        if let Some(rules) = want.lifecycle.as_ref().filter(|rules| !rules.is_empty()) {
            self.put_lifecycle(name, region, rules).await?;
        }
        Ok(())
    }

    async fn send_create(&self, want: &Bucket) -> Result<()> {
        let configuration = configuration(&want.region, &want.tags)?;
        let s3 = self.regions.client(&want.region);
        let call = Call::new(Operation::S3CreateBucket, &self.bucket_arn(&want.name));
        let created = self
            .write(call, || {
                s3.create_bucket()
                    .bucket(&want.name)
                    .set_object_ownership(want.object_ownership.map(ownership))
                    .set_create_bucket_configuration(configuration.clone())
                    .send()
            })
            .await;
        match created {
            Err(error) if error.code() == "BucketAlreadyExists" => Err(taken(&want.name)),
            other => other.map(drop),
        }
    }

    /// Marks first, so that a run that is cut short leaves a bucket that the next one knows for
    /// ours; then one setting after another.
    pub(super) async fn update_bucket(&self, have: &Bucket, want: &Bucket) -> Result<()> {
        let name = want.name.as_str();
        let region = have.region.as_str();
        self.lead_bucket_tags(name, region, &have.tags, &want.tags)
            .await?;
        if let Some(ownership) = want.object_ownership
            && have.object_ownership != want.object_ownership
        {
            self.replace(
                of_bucket("object ownership", name, have.object_ownership, ownership),
                || async { Ok(Some(self.object_ownership(name, region).await?)) },
                |_| self.put_object_ownership(name, region, ownership),
            )
            .await?;
        }
        if let Some(block) = want.public_access_block
            && have.public_access_block != want.public_access_block
        {
            self.replace(
                of_bucket("public access block", name, have.public_access_block, block),
                || async { Ok(Some(self.public_access_block(name, region).await?)) },
                |_| self.put_public_access_block(name, region, block),
            )
            .await?;
        }
        if let Some(encryption) = &want.encryption
            && have.encryption != want.encryption
        {
            let wanted = encryption.clone();
            let named = [have.encryption.as_ref(), Some(encryption)];
            self.replace(
                of_bucket("encryption", name, have.encryption.clone(), wanted),
                || async { Ok(Some(self.encryption_as(want, &named, region).await?)) },
                |_| self.put_encryption(name, region, encryption),
            )
            .await?;
        }
        if let Some(versioning) = want.versioning
            && have.versioning != want.versioning
        {
            self.put_versioning(name, region, versioning).await?;
        }
        if let Some(rules) = &want.lifecycle
            && have.lifecycle != want.lifecycle
        {
            let wanted = rules.clone();
            self.replace(
                of_bucket("lifecycle", name, have.lifecycle.clone(), wanted),
                || async { Ok(Some(self.lifecycle(name, region).await?)) },
                |_| self.put_lifecycle(name, region, rules),
            )
            .await?;
        }
        Ok(())
    }

    pub(super) async fn delete_bucket(&self, have: &Bucket) -> Result<()> {
        if self
            .removal
            .empties(&Address::new(Bucket::KIND, &have.name))
        {
            self.empty_bucket(have).await?;
        }
        let s3 = self.regions.client(&have.region);
        let deleted = self
            .erase(
                Call::new(Operation::S3DeleteBucket, &self.bucket_arn(&have.name)),
                || {
                    let request = s3.delete_bucket().bucket(&have.name);
                    request.expected_bucket_owner(&self.scope.account).send()
                },
            )
            .await;
        match deleted {
            Err(error) if error.code() == "BucketNotEmpty" => Err(error.with_hint(format!(
                "s3setup deletes data only where it is named: empty s3://{0}, old versions and \
                 delete markers too, or give `s3setup destroy --delete-objects {0}`",
                have.name
            ))),
            other => other,
        }
    }
}

fn is_as_wanted(found: &Observation, want: &Bucket) -> bool {
    let live = |live: &Resource| matches!(live, Resource::Bucket(live) if live.clone().limited_to(want) == *want);
    found.unreadable.is_empty() && found.resource.as_ref().is_some_and(live)
}

/// A setting of a bucket, which may not be one that the plan read.
fn of_bucket<T: PartialEq>(
    setting: &str,
    name: &str,
    have: Option<T>,
    want: T,
) -> Aspect<Option<T>> {
    Aspect::new(format!("the {setting} of bucket.{name}"), have, Some(want))
}

/// What CreateBucket is told of a region and tags. us-east-1 is the absence of a constraint, and
/// the SDK's list of regions is older than AWS's: so from the text.
fn configuration(region: &str, tags: &Tags) -> Result<Option<CreateBucketConfiguration>> {
    let elsewhere = (region != "us-east-1").then(|| region.into());
    if elsewhere.is_none() && tags.is_empty() {
        return Ok(None);
    }
    let tags = Some(to_s3(tags)?).filter(|tags| !tags.is_empty());
    let builder = CreateBucketConfiguration::builder().set_location_constraint(elsewhere);
    Ok(Some(builder.set_tags(tags).build()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_sent_as_it_is_written_but_for_the_first() {
        let none = Tags::new();
        assert_eq!(configuration("us-east-1", &none), Ok(None));
        for region in ["eu-west-1", "mx-future-9"] {
            let sent = configuration(region, &none).unwrap().unwrap();
            assert_eq!(sent.location_constraint().unwrap().as_str(), region);
            assert_eq!(sent.tags, None, "an empty list of tags is no list");
        }
        let tags = Tags::from([("k".into(), "v".into())]);
        let sent = configuration("us-east-1", &tags).unwrap().unwrap();
        assert_eq!((sent.location_constraint(), sent.tags().len()), (None, 1));
    }
}
