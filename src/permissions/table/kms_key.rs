//! Keys of KMS. The id of a key is AWS's to choose, so that permissions are on all keys of the region;
//! what changes a key that is there asks for our mark on it. A mark that a key was just given may take
//! minutes until it counts (<https://docs.aws.amazon.com/kms/latest/developerguide/abac.html>), so
//! what a new key is given at once asks for none.

use super::super::Operation::{
    KmsCancelKeyDeletion, KmsCreateAlias, KmsCreateKey, KmsDescribeKey, KmsDisableKeyRotation,
    KmsEnableKey, KmsEnableKeyRotation, KmsGetKeyPolicy, KmsGetKeyRotationStatus, KmsListKeys,
    KmsListResourceTags, KmsPutKeyPolicy, KmsScheduleKeyDeletion, KmsTagResource, KmsUntagResource,
    KmsUpdateKeyDescription,
};
use super::super::row::{Aspect, On, Under};
use super::{Part, create, delete, observe, undo, update};

pub(super) const KEY: Part = Part {
    noun: "Key",
    words: "key of KMS",
    rows: &[
        observe(KmsDescribeKey).on(On::AnyKey),
        observe(KmsGetKeyPolicy).on(On::AnyKey),
        observe(KmsGetKeyRotationStatus).on(On::AnyKey),
        observe(KmsListResourceTags).on(On::AnyKey),
        create(KmsListKeys).on(On::Account),
        create(KmsCreateKey).on(On::Account).under(Under::NewKeyTag),
        create(KmsCreateKey)
            .asks("kms:TagResource")
            .on(On::AnyKey)
            .under(Under::NewKeyTag),
        create(KmsCreateAlias).on(On::AnyKey),
        create(KmsCreateAlias).on(On::Alias),
        create(KmsEnableKeyRotation)
            .of(Aspect::RotationOn)
            .on(On::AnyKey),
        // One that was on its way out is kept.
        create(KmsCancelKeyDeletion)
            .on(On::AnyKey)
            .under(Under::KeyTag),
        // One that lost the race for its alias is of no use.
        create(KmsScheduleKeyDeletion)
            .on(On::AnyKey)
            .under(Under::KeyTag),
        update(KmsTagResource).on(On::AnyKey).under(Under::KeyTag),
        update(KmsEnableKey).on(On::AnyKey).under(Under::KeyTag),
        update(KmsUpdateKeyDescription)
            .of(Aspect::Description)
            .on(On::AnyKey)
            .under(Under::KeyTag),
        update(KmsPutKeyPolicy).on(On::AnyKey).under(Under::KeyTag),
        update(KmsEnableKeyRotation)
            .of(Aspect::RotationOn)
            .on(On::AnyKey),
        update(KmsDisableKeyRotation)
            .of(Aspect::RotationOff)
            .on(On::AnyKey)
            .under(Under::KeyTag),
        delete(KmsScheduleKeyDeletion)
            .on(On::AnyKey)
            .under(Under::KeyTag),
        undo(KmsUntagResource).on(On::AnyKey).under(Under::KeyTag),
    ],
};
