//! The operations of AWS that s3setup calls, each with the IAM action that allows it. A call can be
//! made of nothing else (`aws::error::Call::new` takes one of these). The two differ more often than
//! one would think
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>).

use std::fmt;

/// `Variant = "service:Operation"`, and `by "service:Action"` where the action has another name.
macro_rules! operations {
    ($($variant:ident = $name:literal $(by $action:literal)?,)*) => {
        /// An operation of AWS's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $(#[doc = $name] $variant,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &'static [Operation] = &[$(Operation::$variant,)*];

            /// As AWS names it, with its service: `s3:HeadBucket`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Operation::$variant => $name,)*
                }
            }

            /// The IAM action that allows it: `s3:ListBucket`.
            #[must_use]
            pub fn action(self) -> &'static str {
                match self {
                    $($(Operation::$variant => $action,)?)*
                    same => same.name(),
                }
            }
        }
    };
}

operations! {
    S3HeadBucket = "s3:HeadBucket" by "s3:ListBucket",
    S3ListBuckets = "s3:ListBuckets" by "s3:ListAllMyBuckets",
    S3GetBucketTagging = "s3:GetBucketTagging",
    S3GetBucketVersioning = "s3:GetBucketVersioning",
    S3GetBucketEncryption = "s3:GetBucketEncryption" by "s3:GetEncryptionConfiguration",
    S3GetPublicAccessBlock = "s3:GetPublicAccessBlock" by "s3:GetBucketPublicAccessBlock",
    S3GetBucketOwnershipControls = "s3:GetBucketOwnershipControls",
    S3GetBucketLifecycleConfiguration = "s3:GetBucketLifecycleConfiguration"
        by "s3:GetLifecycleConfiguration",
    S3GetBucketPolicy = "s3:GetBucketPolicy",
    S3GetObjectLockConfiguration = "s3:GetObjectLockConfiguration"
        by "s3:GetBucketObjectLockConfiguration",
    S3ListObjectVersions = "s3:ListObjectVersions" by "s3:ListBucketVersions",
    S3CreateBucket = "s3:CreateBucket",
    S3PutBucketTagging = "s3:PutBucketTagging",
    S3PutBucketVersioning = "s3:PutBucketVersioning",
    S3PutBucketEncryption = "s3:PutBucketEncryption" by "s3:PutEncryptionConfiguration",
    S3PutPublicAccessBlock = "s3:PutPublicAccessBlock" by "s3:PutBucketPublicAccessBlock",
    S3PutBucketOwnershipControls = "s3:PutBucketOwnershipControls",
    S3PutBucketLifecycleConfiguration = "s3:PutBucketLifecycleConfiguration"
        by "s3:PutLifecycleConfiguration",
    S3DeleteBucketLifecycle = "s3:DeleteBucketLifecycle" by "s3:PutLifecycleConfiguration",
    S3PutBucketPolicy = "s3:PutBucketPolicy",
    S3DeleteBucketPolicy = "s3:DeleteBucketPolicy",
    S3DeleteBucket = "s3:DeleteBucket",
    S3DeleteObjects = "s3:DeleteObjects" by "s3:DeleteObjectVersion",
    S3PutObject = "s3:PutObject",
    S3DeleteObject = "s3:DeleteObject",
    S3AbortMultipartUpload = "s3:AbortMultipartUpload",

    KmsListKeys = "kms:ListKeys",
    KmsDescribeKey = "kms:DescribeKey",
    KmsGetKeyPolicy = "kms:GetKeyPolicy",
    KmsGetKeyRotationStatus = "kms:GetKeyRotationStatus",
    KmsListResourceTags = "kms:ListResourceTags",
    KmsCreateKey = "kms:CreateKey",
    KmsCreateAlias = "kms:CreateAlias",
    KmsTagResource = "kms:TagResource",
    KmsUntagResource = "kms:UntagResource",
    KmsEnableKey = "kms:EnableKey",
    KmsUpdateKeyDescription = "kms:UpdateKeyDescription",
    KmsPutKeyPolicy = "kms:PutKeyPolicy",
    KmsEnableKeyRotation = "kms:EnableKeyRotation",
    KmsDisableKeyRotation = "kms:DisableKeyRotation",
    KmsCancelKeyDeletion = "kms:CancelKeyDeletion",
    KmsScheduleKeyDeletion = "kms:ScheduleKeyDeletion",

    IamGetRole = "iam:GetRole",
    IamListRoles = "iam:ListRoles",
    IamListRolePolicies = "iam:ListRolePolicies",
    IamListAttachedRolePolicies = "iam:ListAttachedRolePolicies",
    IamGetRolePolicy = "iam:GetRolePolicy",
    IamListInstanceProfilesForRole = "iam:ListInstanceProfilesForRole",
    IamCreateRole = "iam:CreateRole",
    IamTagRole = "iam:TagRole",
    IamUntagRole = "iam:UntagRole",
    IamUpdateRole = "iam:UpdateRole",
    IamUpdateAssumeRolePolicy = "iam:UpdateAssumeRolePolicy",
    IamPutRolePermissionsBoundary = "iam:PutRolePermissionsBoundary",
    IamDeleteRolePermissionsBoundary = "iam:DeleteRolePermissionsBoundary",
    IamPutRolePolicy = "iam:PutRolePolicy",
    IamDeleteRolePolicy = "iam:DeleteRolePolicy",
    IamAttachRolePolicy = "iam:AttachRolePolicy",
    IamDetachRolePolicy = "iam:DetachRolePolicy",
    IamDeleteRole = "iam:DeleteRole",

    IamGetUser = "iam:GetUser",
    IamListUserPolicies = "iam:ListUserPolicies",
    IamListAttachedUserPolicies = "iam:ListAttachedUserPolicies",
    IamGetUserPolicy = "iam:GetUserPolicy",
    IamListGroupsForUser = "iam:ListGroupsForUser",
    IamGetLoginProfile = "iam:GetLoginProfile",
    IamListMFADevices = "iam:ListMFADevices",
    IamListSigningCertificates = "iam:ListSigningCertificates",
    IamListSSHPublicKeys = "iam:ListSSHPublicKeys",
    IamListServiceSpecificCredentials = "iam:ListServiceSpecificCredentials",
    IamCreateUser = "iam:CreateUser",
    IamTagUser = "iam:TagUser",
    IamUntagUser = "iam:UntagUser",
    IamPutUserPermissionsBoundary = "iam:PutUserPermissionsBoundary",
    IamDeleteUserPermissionsBoundary = "iam:DeleteUserPermissionsBoundary",
    IamPutUserPolicy = "iam:PutUserPolicy",
    IamDeleteUserPolicy = "iam:DeleteUserPolicy",
    IamAttachUserPolicy = "iam:AttachUserPolicy",
    IamDetachUserPolicy = "iam:DetachUserPolicy",
    IamDeleteUser = "iam:DeleteUser",

    IamListAccessKeys = "iam:ListAccessKeys",
    IamGetAccessKeyLastUsed = "iam:GetAccessKeyLastUsed",
    IamCreateAccessKey = "iam:CreateAccessKey",
    IamUpdateAccessKey = "iam:UpdateAccessKey",
    IamDeleteAccessKey = "iam:DeleteAccessKey",

    IamGetGroup = "iam:GetGroup",
    IamListGroupPolicies = "iam:ListGroupPolicies",
    IamListAttachedGroupPolicies = "iam:ListAttachedGroupPolicies",
    IamGetGroupPolicy = "iam:GetGroupPolicy",
    IamCreateGroup = "iam:CreateGroup",
    IamAddUserToGroup = "iam:AddUserToGroup",
    IamRemoveUserFromGroup = "iam:RemoveUserFromGroup",
    IamPutGroupPolicy = "iam:PutGroupPolicy",
    IamDeleteGroupPolicy = "iam:DeleteGroupPolicy",
    IamAttachGroupPolicy = "iam:AttachGroupPolicy",
    IamDetachGroupPolicy = "iam:DetachGroupPolicy",
    IamDeleteGroup = "iam:DeleteGroup",

    IamGetPolicy = "iam:GetPolicy",
    IamGetPolicyVersion = "iam:GetPolicyVersion",
    IamListPolicyVersions = "iam:ListPolicyVersions",
    IamListEntitiesForPolicy = "iam:ListEntitiesForPolicy",
    IamListPolicies = "iam:ListPolicies",
    IamListPolicyTags = "iam:ListPolicyTags",
    IamCreatePolicy = "iam:CreatePolicy",
    IamTagPolicy = "iam:TagPolicy",
    IamUntagPolicy = "iam:UntagPolicy",
    IamCreatePolicyVersion = "iam:CreatePolicyVersion",
    IamDeletePolicyVersion = "iam:DeletePolicyVersion",
    IamDeletePolicy = "iam:DeletePolicy",

    IamGetOpenIDConnectProvider = "iam:GetOpenIDConnectProvider",
    IamListOpenIDConnectProviders = "iam:ListOpenIDConnectProviders",
    IamCreateOpenIDConnectProvider = "iam:CreateOpenIDConnectProvider",
    IamAddClientIDToOpenIDConnectProvider = "iam:AddClientIDToOpenIDConnectProvider",
    IamDeleteOpenIDConnectProvider = "iam:DeleteOpenIDConnectProvider",

    IamGetAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails",
    IamSimulatePrincipalPolicy = "iam:SimulatePrincipalPolicy",
    IamSimulateCustomPolicy = "iam:SimulateCustomPolicy",

    StsGetCallerIdentity = "sts:GetCallerIdentity",
    StsAssumeRole = "sts:AssumeRole",
    StsAssumeRoleWithWebIdentity = "sts:AssumeRoleWithWebIdentity",

    SecretsManagerDescribeSecret = "secretsmanager:DescribeSecret",
    SecretsManagerGetSecretValue = "secretsmanager:GetSecretValue",
    SecretsManagerCreateSecret = "secretsmanager:CreateSecret",
    SecretsManagerPutSecretValue = "secretsmanager:PutSecretValue",

    CloudTrailLookupEvents = "cloudtrail:LookupEvents",

    SsmDescribeParameters = "ssm:DescribeParameters",
    SsmGetParameter = "ssm:GetParameter",
    SsmPutParameter = "ssm:PutParameter",
}

impl Operation {
    /// The operation of this name, if s3setup calls it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::actions;

    #[test]
    fn actions_are_those_that_policies_name() {
        let table = [
            ("s3:HeadBucket", "s3:ListBucket"),
            ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
            ("s3:GetBucketVersioning", "s3:GetBucketVersioning"),
            ("s3:DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
            ("iam:GetRole", "iam:GetRole"),
        ];
        for (operation, expected) in table {
            let action = Operation::named(operation).map(Operation::action);
            assert_eq!(action, Some(expected));
        }
    }

    #[test]
    fn every_action_is_one_of_aws() {
        let known = |action: &str| {
            let service = action.split(':').next().unwrap_or_default();
            !["s3", "iam", "sts", "kms"].contains(&service) || actions::find(action).is_some()
        };
        let unknown: Vec<&str> = Operation::ALL
            .iter()
            .map(|one| one.action())
            .filter(|action| !known(action))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }
}
