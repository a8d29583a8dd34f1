//! The settings of a bucket, one call each: reading and putting.

use super::Aws;
use super::error::{Call, Result};
use super::settle::read;
use super::{encryption, lifecycle};
use crate::permissions::Operation;
use crate::resource::{
    Bucket, Encryption, KmsKey, LifecycleRule, ObjectOwnership, PublicAccessBlock,
};
use aws_sdk_s3::types as s3;
use std::collections::BTreeMap;

impl Aws {
    pub(super) fn on_bucket(&self, operation: Operation, name: &str) -> Call {
        Call::new(operation, &self.bucket_arn(name))
    }

    async fn encryption_configuration(
        &self,
        name: &str,
        region: &str,
    ) -> Result<Option<s3::ServerSideEncryptionConfiguration>> {
        let s3 = self.regions.client(region);
        let call = self.on_bucket(Operation::S3GetBucketEncryption, name);
        let send = || {
            let request = s3.get_bucket_encryption().bucket(name);
            request.expected_bucket_owner(&self.scope.account).send()
        };
        match self.read_settled(call, send).await {
            Ok(answer) => Ok(answer.server_side_encryption_configuration),
            Err(error) if error.unset() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A key of the manifest is told by its address, if it is the one behind that alias.
    pub(super) async fn encryption(&self, want: &Bucket, region: &str) -> Result<Encryption> {
        self.encryption_as(want, &[want.encryption.as_ref()], region)
            .await
    }

    /// The same, where a key may be one that any of several names by its address.
    pub(super) async fn encryption_as(
        &self,
        of: &Bucket,
        names: &[Option<&Encryption>],
        region: &str,
    ) -> Result<Encryption> {
        let configuration = self.encryption_configuration(&of.name, region).await?;
        let mut found = encryption::decode(configuration.as_ref());
        let named = names.iter().flatten();
        for reference in named.filter_map(|encryption| encryption.kms_key.as_deref()) {
            if let (Some(name), Some(live)) = (KmsKey::referred_to(reference), &found.kms_key)
                && self.kms_key_behind(&of.region, name).await?.as_ref() == Some(live)
            {
                found.kms_key = Some(reference.to_owned());
            }
        }
        Ok(found)
    }

    pub(super) async fn put_encryption(
        &self,
        name: &str,
        region: &str,
        want: &Encryption,
    ) -> Result<()> {
        let configuration = self.encryption_configuration(name, region).await?;
        let mut want = want.clone();
        if let Some(key) = want.kms_key.as_deref().and_then(KmsKey::referred_to) {
            want.kms_key = Some(self.kms_key_arn(region, key).await?);
        }
        let configuration = encryption::encode(&want, encryption::blocked(configuration.as_ref()))?;
        let s3 = self.regions.client(region);
        self.write(
            self.on_bucket(Operation::S3PutBucketEncryption, name),
            || {
                let request = s3.put_bucket_encryption().bucket(name);
                let request = request.server_side_encryption_configuration(configuration.clone());
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
        .map(drop)
    }

    pub(super) async fn public_access_block(
        &self,
        name: &str,
        region: &str,
    ) -> Result<PublicAccessBlock> {
        let request = self
            .regions
            .client(region)
            .get_public_access_block()
            .bucket(name);
        let request = request.expected_bucket_owner(&self.scope.account);
        let found = match read(
            self.on_bucket(Operation::S3GetPublicAccessBlock, name),
            request.send(),
        )
        .await
        {
            Ok(answer) => answer.public_access_block_configuration,
            Err(error) if error.unset() => None,
            Err(error) => return Err(error),
        };
        let is = |switch: Option<bool>| switch.unwrap_or(false);
        Ok(
            found.map_or(PublicAccessBlock::all(false), |found| PublicAccessBlock {
                block_public_acls: is(found.block_public_acls),
                ignore_public_acls: is(found.ignore_public_acls),
                block_public_policy: is(found.block_public_policy),
                restrict_public_buckets: is(found.restrict_public_buckets),
            }),
        )
    }

    pub(super) async fn put_public_access_block(
        &self,
        name: &str,
        region: &str,
        want: PublicAccessBlock,
    ) -> Result<()> {
        let configuration = s3::PublicAccessBlockConfiguration::builder()
            .block_public_acls(want.block_public_acls)
            .ignore_public_acls(want.ignore_public_acls)
            .block_public_policy(want.block_public_policy)
            .restrict_public_buckets(want.restrict_public_buckets)
            .build();
        let s3 = self.regions.client(region);
        self.write(
            self.on_bucket(Operation::S3PutPublicAccessBlock, name),
            || {
                let request = s3.put_public_access_block().bucket(name);
                let request = request.public_access_block_configuration(configuration.clone());
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
        .map(drop)
    }

    pub(super) async fn object_ownership(
        &self,
        name: &str,
        region: &str,
    ) -> Result<ObjectOwnership> {
        let request = self
            .regions
            .client(region)
            .get_bucket_ownership_controls()
            .bucket(name);
        let request = request.expected_bucket_owner(&self.scope.account);
        let found = match read(
            self.on_bucket(Operation::S3GetBucketOwnershipControls, name),
            request.send(),
        )
        .await
        {
            Ok(answer) => answer.ownership_controls,
            Err(error) if error.unset() => None,
            Err(error) => return Err(error),
        };
        let rule = found.as_ref().and_then(|found| found.rules().first());
        Ok(match rule.map(|rule| rule.object_ownership()) {
            Some(s3::ObjectOwnership::BucketOwnerEnforced) => ObjectOwnership::BucketOwnerEnforced,
            Some(s3::ObjectOwnership::BucketOwnerPreferred) => {
                ObjectOwnership::BucketOwnerPreferred
            }
            _ => ObjectOwnership::ObjectWriter,
        })
    }

    pub(super) async fn put_object_ownership(
        &self,
        name: &str,
        region: &str,
        want: ObjectOwnership,
    ) -> Result<()> {
        let rule = s3::OwnershipControlsRule::builder()
            .object_ownership(ownership(want))
            .build()?;
        let controls = s3::OwnershipControls::builder().rules(rule).build()?;
        let s3 = self.regions.client(region);
        self.write(
            self.on_bucket(Operation::S3PutBucketOwnershipControls, name),
            || {
                let request = s3.put_bucket_ownership_controls().bucket(name);
                let request = request.ownership_controls(controls.clone());
                request.expected_bucket_owner(&self.scope.account).send()
            },
        )
        .await
        .map(drop)
    }

    async fn lifecycle_configuration(
        &self,
        name: &str,
        region: &str,
    ) -> Result<(
        Vec<s3::LifecycleRule>,
        Option<s3::TransitionDefaultMinimumObjectSize>,
    )> {
        let s3 = self.regions.client(region);
        let call = self.on_bucket(Operation::S3GetBucketLifecycleConfiguration, name);
        let send = || {
            let request = s3.get_bucket_lifecycle_configuration().bucket(name);
            request.expected_bucket_owner(&self.scope.account).send()
        };
        match self.read_settled(call, send).await {
            Ok(answer) => Ok((
                answer.rules.unwrap_or_default(),
                answer.transition_default_minimum_object_size,
            )),
            Err(error) if error.unset() => Ok((Vec::new(), None)),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn lifecycle(
        &self,
        name: &str,
        region: &str,
    ) -> Result<BTreeMap<String, LifecycleRule>> {
        Ok(lifecycle::decode(
            &self.lifecycle_configuration(name, region).await?.0,
        ))
    }

    pub(super) async fn put_lifecycle(
        &self,
        name: &str,
        region: &str,
        want: &BTreeMap<String, LifecycleRule>,
    ) -> Result<()> {
        let s3 = self.regions.client(region);
        if want.is_empty() {
            return self
                .erase(
                    self.on_bucket(Operation::S3DeleteBucketLifecycle, name),
                    || {
                        let request = s3.delete_bucket_lifecycle().bucket(name);
                        request.expected_bucket_owner(&self.scope.account).send()
                    },
                )
                .await;
        }
        // The least size of objects to move is not managed, but a put without it resets it.
        let (_, least_size) = self.lifecycle_configuration(name, region).await?;
        let rules = lifecycle::encode(want)?;
        let configuration = s3::BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()?;
        self.write(
            self.on_bucket(Operation::S3PutBucketLifecycleConfiguration, name),
            || {
                s3.put_bucket_lifecycle_configuration()
                    .bucket(name)
                    .lifecycle_configuration(configuration.clone())
                    .set_transition_default_minimum_object_size(least_size.clone())
                    .expected_bucket_owner(&self.scope.account)
                    .send()
            },
        )
        .await
        .map(drop)
    }
}

/// S3's own word.
pub(super) fn ownership(want: ObjectOwnership) -> s3::ObjectOwnership {
    match want {
        ObjectOwnership::BucketOwnerEnforced => s3::ObjectOwnership::BucketOwnerEnforced,
        ObjectOwnership::BucketOwnerPreferred => s3::ObjectOwnership::BucketOwnerPreferred,
        ObjectOwnership::ObjectWriter => s3::ObjectOwnership::ObjectWriter,
    }
}
