//! What AWS does by a rule of its own, whatever policies say.

use super::request::Asked;
use super::{Caller, Request};

/// Actions of IAM that change nothing begin so.
const READING: &[&str] = &["get", "list", "generate", "simulate"];

/// "No permissions are required to perform this operation", not even against a statement that
/// denies it (STS API reference, `GetCallerIdentity`); "no permissions are required for a user to
/// get a session token" ("Permissions for GetSessionToken"), nor for a root user. A session cannot
/// get one at all, whatever policies say.
pub(super) fn needs_no_permission(request: &Request) -> bool {
    let is_it = |action| request.action.eq_ignore_ascii_case(action);
    match request.caller {
        Caller::User { .. } | Caller::Root { .. } if is_it("sts:GetSessionToken") => true,
        _ => is_it("sts:GetCallerIdentity") && request.caller.account().is_some(),
    }
}

/// "The root user of the AWS account that owns a bucket can always use this operation, even if the
/// policy explicitly denies" it (S3 API reference, `PutBucketPolicy` and its two siblings).
pub(super) fn may_always(request: &Request) -> bool {
    const ACTIONS: [&str; 3] = [
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
    ];
    let is_owner =
        matches!(&request.caller, Caller::Root { account } if *account == request.resource_account);
    let action = &request.action;
    is_owner
        && ACTIONS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(action))
}

/// Whether only AWS itself may: "you can't change the permissions defined in AWS managed policies"
/// ("Managed policies and inline policies"); roles below `/aws-reserved/` are its services' to
/// change ("Referencing permission sets", IAM Identity Center); aliases that begin with `alias/aws/`
/// are reserved (KMS API reference, `CreateAlias`).
pub(super) fn is_kept_by_aws(asked: &Asked<'_>) -> bool {
    let Some((service, name)) = asked.action.split_once(':') else {
        return false;
    };
    let arn: Vec<&str> = asked.resource.splitn(6, ':').collect();
    let &["arn", _, of, _, account, resource] = arn.as_slice() else {
        return false;
    };
    match (service, of) {
        ("iam", "iam") => {
            let is_policy = account == "aws" && resource.starts_with("policy/");
            let is_kept = is_policy || resource.starts_with("role/aws-reserved/");
            is_kept && !READING.iter().any(|verb| name.starts_with(verb))
        }
        ("kms", "kms") => {
            let changes = ["createalias", "updatealias", "deletealias"].contains(&name);
            changes && resource.starts_with("alias/aws/")
        }
        _ => false,
    }
}
