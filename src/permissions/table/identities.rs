//! Roles, users and groups.

use super::super::Operation::{
    IamAddUserToGroup, IamAttachGroupPolicy, IamAttachRolePolicy, IamAttachUserPolicy,
    IamCreateGroup, IamCreateRole, IamCreateUser, IamDeleteGroup, IamDeleteGroupPolicy,
    IamDeleteRole, IamDeleteRolePermissionsBoundary, IamDeleteRolePolicy, IamDeleteUser,
    IamDeleteUserPermissionsBoundary, IamDeleteUserPolicy, IamDetachGroupPolicy,
    IamDetachRolePolicy, IamDetachUserPolicy, IamGetGroup, IamGetGroupPolicy, IamGetLoginProfile,
    IamGetPolicy, IamGetPolicyVersion, IamGetRole, IamGetRolePolicy, IamGetUser, IamGetUserPolicy,
    IamListAccessKeys, IamListAttachedGroupPolicies, IamListAttachedRolePolicies,
    IamListAttachedUserPolicies, IamListGroupPolicies, IamListGroupsForUser,
    IamListInstanceProfilesForRole, IamListMFADevices, IamListRolePolicies, IamListSSHPublicKeys,
    IamListServiceSpecificCredentials, IamListSigningCertificates, IamListUserPolicies,
    IamPutGroupPolicy, IamPutRolePermissionsBoundary, IamPutRolePolicy,
    IamPutUserPermissionsBoundary, IamPutUserPolicy, IamRemoveUserFromGroup,
    IamSimulatePrincipalPolicy, IamTagRole, IamTagUser, IamUntagRole, IamUntagUser,
    IamUpdateAssumeRolePolicy, IamUpdateRole, StsAssumeRole,
};
use super::super::row::{Aspect, On, Under};
use super::{Part, create, delete, look_up, observe, probe, undo, update};

pub(super) const ROLE: Part = Part {
    noun: "Role",
    words: "role",
    rows: &[
        observe(IamGetRole),
        observe(IamListRolePolicies),
        observe(IamListAttachedRolePolicies),
        observe(IamGetRolePolicy),
        create(IamCreateRole).under(Under::Boundary),
        create(IamCreateRole).asks("iam:TagRole").of(Aspect::Tags),
        create(IamPutRolePolicy)
            .of(Aspect::InlinePolicies)
            .under(Under::Boundary),
        create(IamAttachRolePolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        update(IamTagRole).of(Aspect::Tags),
        update(IamPutRolePermissionsBoundary)
            .of(Aspect::Boundary)
            .under(Under::Boundary),
        update(IamUpdateAssumeRolePolicy),
        update(IamPutRolePolicy)
            .of(Aspect::InlinePolicies)
            .under(Under::Boundary),
        update(IamAttachRolePolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        update(IamDeleteRolePolicy),
        update(IamDetachRolePolicy),
        update(IamUpdateRole).of(Aspect::Description),
        look_up(IamListInstanceProfilesForRole),
        delete(IamDeleteRolePolicy),
        delete(IamDetachRolePolicy),
        delete(IamDeleteRole),
        undo(IamUntagRole),
        undo(IamDeleteRolePermissionsBoundary),
        probe(StsAssumeRole).of(Aspect::TrustInAccount),
        probe(IamSimulatePrincipalPolicy),
        probe(IamGetPolicy)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
        probe(IamGetPolicyVersion)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
        probe(IamGetPolicy).of(Aspect::Boundary).on(On::Policies),
        probe(IamGetPolicyVersion)
            .of(Aspect::Boundary)
            .on(On::Policies),
    ],
};

pub(super) const USER: Part = Part {
    noun: "User",
    words: "user",
    rows: &[
        observe(IamGetUser),
        observe(IamListUserPolicies),
        observe(IamListAttachedUserPolicies),
        observe(IamGetUserPolicy),
        observe(IamListGroupsForUser),
        // Whose a group is that it is to be in.
        observe(IamGetGroup).of(Aspect::Groups).on(On::Groups),
        create(IamCreateUser).under(Under::Boundary),
        create(IamCreateUser).asks("iam:TagUser").of(Aspect::Tags),
        create(IamPutUserPolicy)
            .of(Aspect::InlinePolicies)
            .under(Under::Boundary),
        create(IamAttachUserPolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        create(IamAddUserToGroup).of(Aspect::Groups).on(On::Groups),
        update(IamTagUser).of(Aspect::Tags),
        update(IamPutUserPermissionsBoundary)
            .of(Aspect::Boundary)
            .under(Under::Boundary),
        update(IamPutUserPolicy)
            .of(Aspect::InlinePolicies)
            .under(Under::Boundary),
        update(IamAttachUserPolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        update(IamAddUserToGroup).of(Aspect::Groups).on(On::Groups),
        update(IamDeleteUserPolicy),
        update(IamDetachUserPolicy),
        // Somebody may have put it into any.
        update(IamRemoveUserFromGroup).on(On::AnyGroup),
        look_up(IamListAccessKeys),
        look_up(IamGetLoginProfile),
        look_up(IamListMFADevices),
        look_up(IamListSigningCertificates),
        look_up(IamListSSHPublicKeys),
        look_up(IamListServiceSpecificCredentials),
        delete(IamRemoveUserFromGroup).on(On::AnyGroup),
        delete(IamDeleteUserPolicy),
        delete(IamDetachUserPolicy),
        delete(IamDeleteUser),
        undo(IamUntagUser),
        undo(IamDeleteUserPermissionsBoundary),
        probe(IamSimulatePrincipalPolicy),
        probe(IamGetPolicy)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
        probe(IamGetPolicyVersion)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
        probe(IamGetPolicy).of(Aspect::Boundary).on(On::Policies),
        probe(IamGetPolicyVersion)
            .of(Aspect::Boundary)
            .on(On::Policies),
        probe(IamGetGroup).of(Aspect::Groups).on(On::Groups),
        probe(IamListGroupPolicies)
            .of(Aspect::Groups)
            .on(On::Groups),
        probe(IamGetGroupPolicy).of(Aspect::Groups).on(On::Groups),
        probe(IamListAttachedGroupPolicies)
            .of(Aspect::Groups)
            .on(On::Groups),
    ],
};

pub(super) const GROUP: Part = Part {
    noun: "Group",
    words: "group",
    rows: &[
        observe(IamGetGroup),
        observe(IamListGroupPolicies),
        observe(IamListAttachedGroupPolicies),
        observe(IamGetGroupPolicy),
        create(IamCreateGroup),
        create(IamPutGroupPolicy).of(Aspect::InlinePolicies),
        create(IamAttachGroupPolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        create(IamAddUserToGroup).of(Aspect::Members),
        update(IamPutGroupPolicy).of(Aspect::InlinePolicies),
        update(IamAttachGroupPolicy)
            .of(Aspect::AttachedPolicies)
            .under(Under::OnlyAttached),
        update(IamAddUserToGroup).of(Aspect::Members),
        update(IamDeleteGroupPolicy),
        update(IamDetachGroupPolicy),
        update(IamRemoveUserFromGroup),
        delete(IamRemoveUserFromGroup),
        delete(IamDeleteGroupPolicy),
        delete(IamDetachGroupPolicy),
        delete(IamDeleteGroup),
        probe(IamGetPolicy)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
        probe(IamGetPolicyVersion)
            .of(Aspect::AttachedPolicies)
            .on(On::Policies),
    ],
};
