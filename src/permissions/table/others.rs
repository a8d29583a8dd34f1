//! Managed policies, OIDC providers, and what is asked of the account as a whole.

use super::super::Operation::{
    CloudTrailLookupEvents, IamAddClientIDToOpenIDConnectProvider, IamCreateOpenIDConnectProvider,
    IamCreatePolicy, IamCreatePolicyVersion, IamDeleteOpenIDConnectProvider, IamDeletePolicy,
    IamDeletePolicyVersion, IamGetAccountAuthorizationDetails, IamGetOpenIDConnectProvider,
    IamGetPolicy, IamGetPolicyVersion, IamListEntitiesForPolicy, IamListOpenIDConnectProviders,
    IamListPolicies, IamListPolicyTags, IamListPolicyVersions, IamListRoles,
    IamSimulateCustomPolicy, IamTagPolicy, IamUntagPolicy, KmsDescribeKey, KmsListKeys,
    KmsListResourceTags, S3GetBucketTagging, S3ListBuckets, StsAssumeRoleWithWebIdentity,
    StsGetCallerIdentity,
};
use super::super::row::{Aspect, On};
use super::{Part, create, delete, list, look_up, observe, probe, search, trace, undo, update};

pub(super) const POLICY: Part = Part {
    noun: "Policy",
    words: "managed policy",
    rows: &[
        observe(IamGetPolicy),
        observe(IamGetPolicyVersion),
        create(IamCreatePolicy),
        create(IamCreatePolicy)
            .asks("iam:TagPolicy")
            .of(Aspect::Tags),
        update(IamTagPolicy).of(Aspect::Tags),
        update(IamCreatePolicyVersion),
        // There are five versions at the most.
        update(IamListPolicyVersions),
        update(IamDeletePolicyVersion),
        look_up(IamListEntitiesForPolicy),
        delete(IamListPolicyVersions),
        delete(IamDeletePolicyVersion),
        delete(IamDeletePolicy),
        undo(IamUntagPolicy),
    ],
};

pub(super) const PROVIDER: Part = Part {
    noun: "Provider",
    words: "OIDC provider",
    rows: &[
        observe(IamGetOpenIDConnectProvider),
        create(IamCreateOpenIDConnectProvider),
        create(IamCreateOpenIDConnectProvider)
            .asks("iam:TagOpenIDConnectProvider")
            .of(Aspect::Tags),
        update(IamAddClientIDToOpenIDConnectProvider),
        look_up(IamListRoles).on(On::Account),
        delete(IamListRoles).on(On::Account),
        delete(IamDeleteOpenIDConnectProvider),
    ],
};

/// What AWS is not called for.
pub(super) const ELSEWHERE: Part = Part {
    noun: "Elsewhere",
    words: "what is not of AWS",
    rows: &[],
};

/// What is part of no manifest: `orphans` and `explain`, what takes no permission of the caller, and what a
/// command can do without.
pub(super) const ACCOUNT: Part = Part {
    noun: "Account",
    words: "the account",
    rows: &[
        observe(StsGetCallerIdentity).on(On::Account),
        probe(StsAssumeRoleWithWebIdentity).on(On::Account),
        // Only of a server in the place of AWS: whether its simulation can be believed.
        probe(IamSimulateCustomPolicy).on(On::Account),
        search(IamGetAccountAuthorizationDetails).on(On::Account),
        search(IamListPolicies).on(On::Account),
        search(IamListPolicyTags).on(On::Account),
        search(IamListOpenIDConnectProviders).on(On::Account),
        search(IamGetOpenIDConnectProvider).on(On::Account),
        search(S3ListBuckets).on(On::Account),
        search(S3GetBucketTagging).on(On::Account),
        search(KmsListKeys).on(On::Account),
        search(KmsListResourceTags).on(On::Account),
        search(KmsDescribeKey).on(On::Account),
        list(IamGetAccountAuthorizationDetails).on(On::Account),
        list(IamListRoles).on(On::Account),
        list(S3ListBuckets).on(On::Account),
        trace(CloudTrailLookupEvents).on(On::Account),
    ],
};
