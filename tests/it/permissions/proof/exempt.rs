//! Actions without which no run fails here, each with the reason.

use std::fmt;

use super::life::Policy;

/// An action that a policy has for a reason that this server does not show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exempt {
    purpose: &'static str,
    action: String,
    reason: &'static str,
}

/// What is taken, and goes well without: the purposes, the action (`*` is any), and the reason.
const GOES_WITHOUT: &[(&[&str], &str, &str)] = &[
    (
        &["plan", "drift", "apply", "destroy"],
        "s3:ListBucket",
        "who may read the settings of a bucket is told by them whether it is there",
    ),
    (
        &["verify"],
        "*",
        "it need not read what it can try, and tells what it could not try or remove",
    ),
    (
        &["destroy"],
        "iam:ListRoles",
        "the provider is the account's: it stays, which is told and no failure",
    ),
    (
        &["apply"],
        "s3:TagResource",
        "AWS asks for it where a bucket is made with tags; the server does not",
    ),
    (
        &["apply"],
        "iam:TagOpenIDConnectProvider",
        "AWS asks for it where a provider is made with tags; the server does not",
    ),
];

/// What no run of this life takes: the purposes, the action, and when it is.
const NOT_TAKEN: &[(&[&str], &str, &str)] = &[
    (
        &["apply"],
        "iam:AddClientIDToOpenIDConnectProvider",
        "the server has no such operation",
    ),
    (
        &["apply"],
        "iam:DeleteAccessKey",
        "a key whose secret could not be handed over is deleted",
    ),
    (
        &["apply"],
        "iam:ListPolicyVersions",
        "a sixth version of a policy takes the place of the oldest",
    ),
    (
        &["apply"],
        "iam:DeletePolicyVersion",
        "a sixth version of a policy takes the place of the oldest",
    ),
    (
        &["apply"],
        "kms:CancelKeyDeletion",
        "a key that is on its way out is kept",
    ),
    (
        &["apply"],
        "kms:ScheduleKeyDeletion",
        "a key that lost the race for its alias goes again",
    ),
    (
        &["apply", "rotate"],
        "secretsmanager:CreateSecret",
        "a secret that somebody deleted is made again",
    ),
    (
        &["destroy"],
        "s3:DeleteBucketPolicy",
        "asked where a bucket whose manifest has no policy for it has one",
    ),
    (
        &["verify"],
        "iam:SimulatePrincipalPolicy",
        "asked only where the simulation can be believed: not this server's",
    ),
    (
        &["verify"],
        "s3:PutObject",
        "an object to read is laid out by whoever may write it",
    ),
    (
        &["verify"],
        "kms:GenerateDataKey",
        "an object to read is laid out by whoever may write it",
    ),
    (
        &["verify"],
        "s3:DeleteObject",
        "what is left is removed by whoever wrote it, if it may",
    ),
    (
        &["verify"],
        "s3:DeleteObjectVersion",
        "what is left is removed by whoever wrote it, if it may",
    ),
    (
        &["verify"],
        "s3:AbortMultipartUpload",
        "what is left is removed by whoever wrote it, if it may",
    ),
    (
        &["verify"],
        "iam:GetAccessKeyLastUsed",
        "asked of a key that was replaced",
    ),
];

impl Exempt {
    /// The reason why this one is, if there is one. `taken`: a run took it.
    pub fn of(policy: &Policy, action: &str, taken: bool) -> Option<Self> {
        let list = match taken {
            true => GOES_WITHOUT,
            false => NOT_TAKEN,
        };
        let found = list.iter().find(|(purposes, name, _)| {
            (*name == action || *name == "*") && purposes.contains(&policy.purpose)
        });
        found.map(|(_, _, reason)| Self {
            purpose: policy.purpose,
            action: action.to_owned(),
            reason,
        })
    }
}

impl fmt::Display for Exempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            purpose,
            action,
            reason,
        } = self;
        write!(formatter, "{action} for {purpose}: {reason}")
    }
}
