//! What is known around a policy, by which some rules judge.

use super::Kind;
use std::collections::BTreeSet;

/// What is known around a policy. What is not known is not judged.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// What the policy is attached to.
    pub kind: Kind<'a>,
    /// Whether that is only guessed from what the policy says.
    pub is_guess: bool,
    /// The id of the account whose policy it is.
    pub account: Option<&'a str>,
    /// The ids of the other accounts that it may name.
    pub known_accounts: Option<&'a BTreeSet<String>>,
    /// What is set beside the policy of a bucket.
    pub settings: Settings,
}

impl<'a> Ground<'a> {
    /// Of this kind, and nothing else is known.
    #[must_use]
    pub fn new(kind: Kind<'a>) -> Ground<'a> {
        Ground {
            kind,
            is_guess: false,
            account: None,
            known_accounts: None,
            settings: Settings::default(),
        }
    }
}

/// What is set beside the policy of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether the bucket's owner owns every object, so that there are no ACLs
    /// (`BucketOwnerEnforced`).
    pub ownership_enforced: Option<bool>,
    /// S3 Block Public Access.
    pub block_public_access: BlockPublicAccess,
    /// How an object is encrypted of which the request does not say it.
    pub encryption: Option<Encryption>,
}

/// The four switches of S3 Block Public Access, of the bucket or its account: what is in effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockPublicAccess {
    /// Public ACLs are refused.
    pub block_public_acls: Option<bool>,
    /// Public ACLs have no effect.
    pub ignore_public_acls: Option<bool>,
    /// Public policies are refused.
    pub block_public_policy: Option<bool>,
    /// A public policy lets only its own account and AWS's services in.
    pub restrict_public_buckets: Option<bool>,
}

/// How a bucket encrypts what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// With keys of S3: `AES256`.
    S3,
    /// With a key of KMS: `aws:kms`, or twice with one: `aws:kms:dsse`.
    Kms,
}
