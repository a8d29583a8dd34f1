//! The calls that change keys of KMS.

use super::Calls;
use crate::permissions::Operation;
use crate::resource::KmsKey;

/// Keys of KMS that are on their way out come back.
const LEFT: &str = "a run before left the key to be deleted";

impl Calls {
    /// Which of them, AWS says: a key that a run before made, or that is on its way out, is taken up.
    pub(super) fn create_kms_key(&mut self, want: &KmsKey) {
        self.perhaps(Operation::KmsCancelKeyDeletion, LEFT);
        self.perhaps(Operation::KmsEnableKey, LEFT);
        self.add(Operation::KmsCreateKey);
        self.add(Operation::KmsCreateAlias);
        if want.rotation {
            self.add(Operation::KmsEnableKeyRotation);
        }
        self.perhaps(
            Operation::KmsScheduleKeyDeletion,
            "another run gives the alias to its key at the same moment",
        );
    }

    pub(super) fn update_kms_key(&mut self, have: &KmsKey, want: &KmsKey) {
        self.tags(
            (&have.tags, &want.tags),
            Operation::KmsTagResource,
            Operation::KmsUntagResource,
        );
        if !have.enabled && want.enabled {
            self.add(Operation::KmsEnableKey);
        }
        if have.description != want.description {
            self.add(Operation::KmsUpdateKeyDescription);
        }
        if have.policy != want.policy {
            self.add(Operation::KmsPutKeyPolicy);
        }
        match (have.rotation, want.rotation) {
            (false, true) => self.add(Operation::KmsEnableKeyRotation),
            (true, false) => self.add(Operation::KmsDisableKeyRotation),
            _ => {}
        }
    }
}
