//! The bucket and its policy.

use super::context::Context;
use super::draft::Draft;
use super::lifecycle;
use super::model::{self, Bucket, KmsEncryption};
use crate::plan::Wanted;
use crate::policy::lint::{self, BlockPublicAccess, Kind, Settings};
use crate::policy::{Effect, Principal, Statement};
use crate::resource::{
    Algorithm, BucketPolicy, Encryption, ObjectOwnership, PublicAccessBlock, Resource,
};
use crate::yaml::{Path, suggestion};
use std::collections::BTreeSet;

/// Bytes of a bucket policy
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>).
const POLICY_QUOTA: usize = 20 * 1024;

/// The bucket and its policy; `granted` is what the grants put into the policy.
pub(super) fn compile(context: &mut Context, bucket: &Bucket, granted: Draft) -> Vec<Wanted> {
    let path = Path::root().key("bucket");
    context.check(
        &path.key("name"),
        crate::resource::Bucket::check_name(&bucket.name),
    );
    let region = context.scope.region.clone();
    let wanted = |resource, absent| Wanted {
        resource,
        manifest: context.manifest.name.clone(),
        absent,
        exact: false,
    };
    let (policy, absent) = policy(context, &path, bucket, granted, &region);
    let lifecycle = bucket
        .lifecycle
        .as_ref()
        .map(|rules| lifecycle::compile(context, &path, rules));
    let encryption = encryption(context, &path, bucket.encryption.as_ref(), &region);
    let block = &bucket.public_access_block;
    let resource = Resource::Bucket(crate::resource::Bucket {
        name: bucket.name.clone(),
        region: region.clone(),
        versioning: bucket.versioning,
        encryption: Some(encryption),
        encryption_by_default: bucket.encryption.is_none(),
        public_access_block: Some(PublicAccessBlock {
            block_public_acls: block.block_public_acls,
            ignore_public_acls: block.ignore_public_acls,
            block_public_policy: block.block_public_policy,
            restrict_public_buckets: block.restrict_public_buckets,
        }),
        object_ownership: Some(match bucket.object_ownership {
            model::ObjectOwnership::BucketOwnerEnforced => ObjectOwnership::BucketOwnerEnforced,
            model::ObjectOwnership::BucketOwnerPreferred => ObjectOwnership::BucketOwnerPreferred,
            model::ObjectOwnership::ObjectWriter => ObjectOwnership::ObjectWriter,
        }),
        lifecycle,
        tags: context.tags(&path, &bucket.tags, bucket.protect),
    });
    vec![wanted(resource, false), wanted(policy, absent)]
}

/// What the rules may know of the bucket beside its policy.
pub(super) fn settings(bucket: &Bucket) -> Settings {
    let block = &bucket.public_access_block;
    Settings {
        ownership_enforced: Some(matches!(
            bucket.object_ownership,
            model::ObjectOwnership::BucketOwnerEnforced
        )),
        block_public_access: BlockPublicAccess {
            block_public_acls: Some(block.block_public_acls),
            ignore_public_acls: Some(block.ignore_public_acls),
            block_public_policy: Some(block.block_public_policy),
            restrict_public_buckets: Some(block.restrict_public_buckets),
        },
        encryption: Some(match &bucket.encryption {
            None | Some(model::Encryption::SseS3) => lint::Encryption::S3,
            Some(_) => lint::Encryption::Kms,
        }),
    }
}

/// A manifest without statements wants no bucket policy: a statement taken out of it has to go.
fn policy(
    context: &mut Context,
    path: &Path,
    bucket: &Bucket,
    mut draft: Draft,
    region: &str,
) -> (Resource, bool) {
    let place = path.key("policy");
    let partition = context.scope.partition.clone();
    if bucket.deny_plain_http {
        let arn = format!("arn:{partition}:s3:::{}", bucket.name);
        let mut statement = Statement::new(Effect::Deny);
        statement.sid = Some("DenyPlainHttp".to_owned());
        statement.principal = Some(Principal::everyone());
        statement.action = BTreeSet::from(["s3:*".to_owned()]);
        statement.resource = BTreeSet::from([format!("{arn}/*"), arn]);
        statement.condition = super::draft::condition("Bool", "aws:SecureTransport", ["false"]);
        draft.add(&path.key("deny_plain_http"), statement.canonical());
    }
    draft.add_written(context, &place, &bucket.policy);
    let kind = Kind::BucketPolicy {
        bucket: &bucket.name,
        partition: &partition,
    };
    let policy = draft.finish(context, &place, &kind, POLICY_QUOTA);
    let resource = BucketPolicy {
        name: bucket.name.clone(),
        region: region.to_owned(),
        policy,
    };
    (Resource::BucketPolicy(resource), draft.is_empty())
}

fn encryption(
    context: &mut Context,
    path: &Path,
    written: Option<&model::Encryption>,
    region: &str,
) -> Encryption {
    let (algorithm, kms, word) = match written {
        None | Some(model::Encryption::SseS3) => return Encryption::sse_s3(),
        Some(model::Encryption::SseKms(kms)) => (Algorithm::SseKms, kms, "sse_kms"),
        Some(model::Encryption::DsseKms(kms)) => (Algorithm::DsseKms, kms, "dsse_kms"),
    };
    let path = path.key("encryption").key(word);
    let key = key_arn(context, &path.key("key"), kms, region);
    let single = algorithm == Algorithm::SseKms;
    if !single && kms.bucket_key == Some(true) {
        let message = "there are no bucket keys for DSSE-KMS";
        context.refuse(
            &path.key("bucket_key"),
            message,
            "leave it out, or use sse_kms",
        );
    }
    let bucket_key = single && kms.bucket_key.unwrap_or(true);
    Encryption {
        algorithm,
        kms_key: Some(key),
        bucket_key,
    }
}

/// The reference to a key of this manifest, or a full ARN: S3 resolves a bare alias in the account of
/// whoever uploads
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>).
fn key_arn(context: &mut Context, path: &Path, kms: &KmsEncryption, region: &str) -> String {
    let key = kms.key.as_str();
    if let Some(name) = crate::resource::KmsKey::referred_to(key) {
        let known = context.manifest.kms_keys.keys().map(String::as_str);
        if !context.manifest.kms_keys.contains_key(name) {
            let fix = match known.len() {
                0 => "declare it under kms_keys:".to_owned(),
                _ => suggestion(name, known),
            };
            context.lacks(
                path,
                format!("there is no key {name:?} in this manifest"),
                fix,
            );
        }
        return key.to_owned();
    }
    let scope = context.scope;
    let head = format!("arn:{}:kms:{region}:{}:", scope.partition, scope.account);
    if let Some(name) = key.strip_prefix("alias/").filter(|name| !name.is_empty()) {
        if context.manifest.kms_keys.contains_key(name) {
            let message = format!("{key:?} is a key of this manifest");
            let fix =
                format!("write kms_key.{name}, so that it is made first, for whom it is meant");
            context.refuse(path, message, fix);
        }
        return format!("{head}{key}");
    }
    let parts: Vec<&str> = key.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "kms", of_region, _, rest]
            if rest.starts_with("key/") || rest.starts_with("alias/") =>
        {
            if of_region != region {
                let message = format!("the key is in {of_region}, and the bucket in {region}");
                context.refuse(path, message, "S3 needs a key of the bucket's own region");
            }
        }
        _ if is_key_id(key) => return format!("{head}key/{key}"),
        _ => context.refuse(
            path,
            format!("{key:?} is no KMS key"),
            "write kms_key.NAME of this manifest, alias/NAME, or the key's ARN \
             (arn:aws:kms:REGION:ACCOUNT:key/ID)",
        ),
    }
    key.to_owned()
}

/// `1234abcd-12ab-34cd-56ef-1234567890ab`, or a multi-Region key's `mrk-…`.
fn is_key_id(key: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (key.len() == 36 && hex(key))
        || key
            .strip_prefix("mrk-")
            .is_some_and(|id| id.len() == 32 && hex(id))
}
