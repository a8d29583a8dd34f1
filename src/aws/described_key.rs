//! What KMS tells of a key, and whether it can be the key of a bucket.

use super::error::{Error, Result};
use aws_sdk_kms::types::{KeyManagerType, KeyMetadata, KeyState, KeyUsageType};
use aws_smithy_types::date_time::Format;

/// What KMS tells of a key.
pub(super) struct Described {
    pub(super) arn: String,
    pub(super) metadata: KeyMetadata,
}

impl Described {
    /// Whether it is there to stay. It may be disabled.
    pub(super) fn is_alive(&self) -> bool {
        let state = self.metadata.key_state();
        let dying = [KeyState::PendingDeletion, KeyState::PendingReplicaDeletion];
        !state.is_some_and(|state| dying.contains(state))
    }

    pub(super) fn is_enabled(&self) -> bool {
        // A state that passes by itself is none to repair.
        let passing = [KeyState::Creating, KeyState::Updating];
        self.metadata.enabled()
            || self
                .metadata
                .key_state()
                .is_some_and(|state| passing.contains(state))
    }

    /// Refuses what cannot be the key of a bucket.
    pub(super) fn check(&self, alias: &str) -> Result<()> {
        let metadata = &self.metadata;
        if !self.is_alive() {
            let when = metadata
                .deletion_date()
                .and_then(|at| at.fmt(Format::DateTime).ok());
            let day = when.as_deref().and_then(|text| text.split('T').next());
            return Err(Error::ours(
                format!(
                    "the key behind {alias} is going to be deleted{}",
                    day.map(|day| format!(" on {day}")).unwrap_or_default()
                ),
                format!(
                    "keep it with `aws kms cancel-key-deletion --key-id {}` (s3setup then enables \
                     it), or take its alias away with `aws kms delete-alias --alias-name {alias}`: \
                     then a new key is made, which cannot read what the old one encrypted",
                    self.arn
                ),
            ));
        }
        let of_aws = metadata.key_manager() == Some(&KeyManagerType::Aws);
        let usage = metadata.key_usage();
        let encrypts = usage.is_none_or(|usage| *usage == KeyUsageType::EncryptDecrypt);
        let spec = metadata.key_spec().map(|spec| spec.as_str());
        let symmetric = spec.is_none_or(|spec| spec == "SYMMETRIC_DEFAULT");
        if of_aws || !encrypts || !symmetric {
            return Err(Error::ours(
                format!("the key behind {alias} is none that S3 can encrypt with"),
                "S3 takes symmetric keys that encrypt and decrypt: choose another name",
            ));
        }
        Ok(())
    }
}
