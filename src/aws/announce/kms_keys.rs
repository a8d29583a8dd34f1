//! The calls that change keys of KMS.

use super::Calls;
use crate::resource::KmsKey;

/// Keys of KMS that are on their way out come back.
const LEFT: &str = "a run before left the key to be deleted";

impl Calls {
    /// Which of them, AWS says: a key that a run before made, or that is on its way out, is taken up.
    pub(super) fn create_kms_key(&mut self, want: &KmsKey) {
        self.perhaps("kms:CancelKeyDeletion", LEFT);
        self.perhaps("kms:EnableKey", LEFT);
        self.add("kms:CreateKey");
        self.add("kms:CreateAlias");
        if want.rotation {
            self.add("kms:EnableKeyRotation");
        }
        self.perhaps(
            "kms:ScheduleKeyDeletion",
            "another run gives the alias to its key at the same moment",
        );
    }

    pub(super) fn update_kms_key(&mut self, have: &KmsKey, want: &KmsKey) {
        self.tags(
            (&have.tags, &want.tags),
            "kms:TagResource",
            "kms:UntagResource",
        );
        if !have.enabled && want.enabled {
            self.add("kms:EnableKey");
        }
        if have.description != want.description {
            self.add("kms:UpdateKeyDescription");
        }
        if have.policy != want.policy {
            self.add("kms:PutKeyPolicy");
        }
        match (have.rotation, want.rotation) {
            (false, true) => self.add("kms:EnableKeyRotation"),
            (true, false) => self.add("kms:DisableKeyRotation"),
            _ => {}
        }
    }
}
