//! Keys of KMS, each with its policy: who may administer it, and who may use it through S3 for what
//! the grants let them do in the bucket.

mod mistakes;

use super::context::Context;
use super::draft::{Condition, Draft, allow, condition};
use super::grants::{place_of, sid_of};
use super::model::{Encryption, Grant, KmsKey};
use super::references::Principal;
use super::verbs;
use crate::policy::lint::{Kind, quota};
use crate::policy::{Effect, Statement};
use crate::resource::{self, Resource, dns_suffix};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

/// What administrators may do: everything about the key, and nothing with it. Not
/// `kms:CreateGrant`, by which they could let others use it past the key policy
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>).
const ADMINISTRATION: [&str; 22] = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/// What writes takes of KMS: a new data key, and to put the parts of an upload together, the old one
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
const TO_WRITE: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];
/// What reading takes.
const TO_READ: [&str; 1] = ["kms:Decrypt"];

/// Every key, with what the grants add to the policy of the one that encrypts the bucket;
/// `identities` are asked for the members of groups.
pub(super) fn compile(context: &mut Context, identities: &[Resource]) -> Vec<Resource> {
    let manifest = context.manifest;
    let keys = manifest.kms_keys.iter();
    keys.map(|(name, key)| compile_one(context, name, key, identities))
        .collect()
}

fn compile_one(
    context: &mut Context,
    name: &str,
    key: &KmsKey,
    identities: &[Resource],
) -> Resource {
    let path = Path::root().key("kms_keys").key(name);
    context.check(&path, resource::KmsKey::check_name(name));
    if let Some(text) = &key.description {
        let path = path.key("description");
        context.check(&path, resource::KmsKey::check_description(text));
    }
    let mut draft = Draft::default();
    let before = context.problems.len();
    administrators(context, &path, key, identities, &mut draft);
    let all_known = context.problems.len() == before;
    for (at, text) in key.users.iter().enumerate() {
        let place = path.key("users").index(at);
        let users = principals(context, &place, text, identities);
        through_s3(context, &place, users, &TO_WRITE, &mut draft);
    }
    if encrypts_the_bucket(context, name) {
        for (at, grant) in context.manifest.grants.iter().enumerate() {
            let place = Path::root().key("grants").index(at);
            granted(context, &place, grant, identities, &mut draft);
        }
    }
    draft.add_written(context, &path.key("policy"), &key.policy);
    if all_known {
        mistakes::look_for_administrators(context, &path, &draft);
    }
    let mut tags = context.tags(&path, &key.tags, key.protect);
    tags.extend(resource::KmsKey::alias_mark(name));
    if tags.len() > MOST_TAGS {
        let message = format!(
            "a key has at most {} tags, since the others are s3setup's own",
            MOST_TAGS - 3 - usize::from(key.protect)
        );
        context.refuse(&path.key("tags"), message, "leave some out");
    }
    Resource::KmsKey(resource::KmsKey {
        description: key.description.clone(),
        rotation: key.rotation,
        deletion_window_days: key.deletion_window_days,
        policy: draft.finish(context, &path, &Kind::KeyPolicy, quota(&Kind::KeyPolicy)),
        tags,
        ..resource::KmsKey::named(name, &context.scope.region)
    })
}

/// AWS's quota (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>).
const MOST_TAGS: usize = 50;

/// Without a list it is the account: AWS then asks its IAM policies, which can let nobody do more
/// than this statement says.
fn administrators(
    context: &mut Context,
    path: &Path,
    key: &KmsKey,
    identities: &[Resource],
    draft: &mut Draft,
) {
    let place = path.key("administrators");
    let account = [context.scope.account.clone()];
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (at, text) in key
        .administrators
        .as_deref()
        .unwrap_or(&account)
        .iter()
        .enumerate()
    {
        let found = principals(context, &place.index(at), text, identities);
        names.extend(found.into_values());
    }
    if names.is_empty() {
        return;
    }
    let mut statement = Statement::new(Effect::Allow);
    statement.sid = Some("Administration".to_owned());
    statement.principal = Some(crate::policy::Principal([("AWS".to_owned(), names)].into()));
    statement.action = ADMINISTRATION.map(str::to_owned).into();
    statement.resource = BTreeSet::from(["*".to_owned()]);
    draft.add(&place, statement.canonical());
}

fn encrypts_the_bucket(context: &Context, name: &str) -> bool {
    let bucket = context.manifest.bucket.as_ref();
    match bucket.and_then(|bucket| bucket.encryption.as_ref()) {
        Some(Encryption::SseKms(kms) | Encryption::DsseKms(kms)) => {
            resource::KmsKey::referred_to(&kms.key) == Some(name)
        }
        _ => false,
    }
}

/// What the grant at `path` takes of the key. What is wrong with the grant itself is said elsewhere.
fn granted(
    context: &mut Context,
    path: &Path,
    grant: &Grant,
    identities: &[Resource],
    draft: &mut Draft,
) {
    let actions = grant
        .allow
        .iter()
        .filter_map(|word| verbs::actions(&word.0).ok());
    let actions: BTreeSet<&str> = actions
        .flatten()
        .flat_map(|(_, action)| uses(&action))
        .copied()
        .collect();
    if actions.is_empty() {
        return;
    }
    let actions: Vec<&str> = actions.into_iter().collect();
    for (at, text) in grant.to.as_slice().iter().enumerate() {
        let place = place_of(grant, path, at);
        let users = principals(context, &place, text, identities);
        through_s3(context, path, users, &actions, draft);
    }
}

/// What an action of S3 takes of KMS, of the key that the objects are encrypted with.
fn uses(action: &str) -> &'static [&'static str] {
    match action {
        "s3:PutObject" => &TO_WRITE,
        // ListParts too wants to decrypt
        // (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>).
        "s3:GetObject" | "s3:GetObjectVersion" | "s3:ListMultipartUploadParts" => &TO_READ,
        _ => &[],
    }
}

/// Allows `actions` to each of `users`, if it is S3 of the key's region that asks for them.
fn through_s3(
    context: &Context,
    path: &Path,
    users: BTreeMap<String, String>,
    actions: &[&str],
    draft: &mut Draft,
) {
    let region = &context.scope.region;
    let suffix = dns_suffix(&context.scope.partition);
    let service = format!("s3.{region}.{suffix}");
    for (sid, who) in users {
        let only: Condition = condition("StringEquals", "kms:ViaService", [service.as_str()]);
        let actions = actions.iter().map(|action| (*action).to_owned());
        let statement = allow(
            format!("{sid}ThroughS3"),
            Some(("AWS", &who)),
            actions,
            ["*".to_owned()],
            only,
        );
        draft.add(path, statement);
    }
}

/// How Sids about it begin → its ARN or account, for everybody that `text` names. A group is no
/// principal, so it stands for its members; one outside this manifest is taken to have no path.
fn principals(
    context: &mut Context,
    path: &Path,
    text: &str,
    identities: &[Resource],
) -> BTreeMap<String, String> {
    let Some(principal) = context.principal(path, text) else {
        return BTreeMap::new();
    };
    let each = match principal {
        Principal::Group(name) => members(identities, &name)
            .into_iter()
            .map(Principal::User)
            .collect(),
        other => vec![other],
    };
    each.iter()
        .filter_map(|who| Some((sid_of(who), context.arn_of(who)?)))
        .collect()
}

fn members(identities: &[Resource], name: &str) -> BTreeSet<String> {
    let groups = identities.iter().filter_map(|resource| match resource {
        Resource::Group(group) if group.name == name => Some(&group.members),
        _ => None,
    });
    groups.flatten().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::actions;

    #[test]
    fn administration_is_of_keys_that_are_there_and_uses_none() {
        for action in ADMINISTRATION.iter().chain(&TO_WRITE).chain(&TO_READ) {
            assert!(actions::find(action).is_some(), "{action}");
        }
        for use_ in TO_WRITE {
            assert!(!ADMINISTRATION.contains(&use_), "{use_}");
        }
        for past_the_policy in ["kms:CreateGrant", "kms:ReEncryptFrom", "kms:Encrypt"] {
            assert!(!ADMINISTRATION.contains(&past_the_policy));
        }
    }

    #[test]
    fn an_action_of_s3_takes_no_more_of_the_key_than_it_needs() {
        for (action, expected) in [
            ("s3:PutObject", &TO_WRITE[..]),
            ("s3:GetObject", &TO_READ),
            ("s3:ListMultipartUploadParts", &TO_READ),
            ("s3:ListBucket", &[]),
            ("s3:DeleteObject", &[]),
            ("s3:PutObjectAcl", &[]),
        ] {
            assert_eq!(uses(action), expected, "{action}");
        }
    }
}
