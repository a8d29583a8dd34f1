//! The bucket and its policy.

use super::context::Context;
use super::draft::Draft;
use super::model::{self, Bucket, KmsEncryption};
use super::strangers;
use crate::plan::Wanted;
use crate::policy::check::Kind;
use crate::policy::{Effect, Principal, Statement};
use crate::resource::{
    Algorithm, BucketPolicy, Encryption, LifecycleRule, ObjectOwnership, PublicAccessBlock,
    Resource, Transition,
};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

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
    };
    let (policy, absent) = policy(context, &path, bucket, granted, &region);
    let lifecycle = bucket
        .lifecycle
        .as_ref()
        .map(|rules| lifecycle(context, &path, rules));
    let encryption = encryption(context, &path, &bucket.encryption, &region);
    let block = &bucket.public_access_block;
    let resource = Resource::Bucket(crate::resource::Bucket {
        name: bucket.name.clone(),
        region: region.clone(),
        versioning: bucket.versioning,
        encryption: Some(encryption),
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
        tags: context.tags(&path, &bucket.tags),
    });
    vec![wanted(resource, false), wanted(policy, absent)]
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
    if bucket.public_access_block.block_public_policy {
        for (place, _) in draft
            .statements()
            .iter()
            .filter(|(_, s)| strangers::is_public(s))
        {
            context.refuse(
                place,
                "this lets in everybody on the internet, and the bucket's public access block \
                 refuses such a policy",
                "name the principals; if the world really may, write public_access_block: \
                 {block_public_policy: false, restrict_public_buckets: false}",
            );
        }
    }
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
    written: &model::Encryption,
    region: &str,
) -> Encryption {
    let (algorithm, kms, word) = match written {
        model::Encryption::SseS3 => return Encryption::sse_s3(),
        model::Encryption::SseKms(kms) => (Algorithm::SseKms, kms, "sse_kms"),
        model::Encryption::DsseKms(kms) => (Algorithm::DsseKms, kms, "dsse_kms"),
    };
    let path = path.key("encryption").key(word);
    let key = key_arn(context, &path.key("key"), kms, region);
    let bucket_key = kms.bucket_key && algorithm == Algorithm::SseKms;
    Encryption {
        algorithm,
        kms_key: Some(key),
        bucket_key,
    }
}

/// A full ARN: S3 resolves a bare alias in the account of whoever uploads
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>).
fn key_arn(context: &mut Context, path: &Path, kms: &KmsEncryption, region: &str) -> String {
    let key = kms.key.as_str();
    let scope = context.scope;
    let head = format!("arn:{}:kms:{region}:{}:", scope.partition, scope.account);
    if key.starts_with("alias/") && key.len() > "alias/".len() {
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
            "write alias/NAME, or the key's ARN (arn:aws:kms:REGION:ACCOUNT:key/ID)",
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

fn lifecycle(
    context: &mut Context,
    path: &Path,
    rules: &BTreeMap<String, model::LifecycleRule>,
) -> BTreeMap<String, LifecycleRule> {
    let path = path.key("lifecycle");
    if rules.len() > 1000 {
        let message = format!("{} lifecycle rules, and S3 takes 1000", rules.len());
        context.refuse(&path, message, "put several into one");
    }
    rules
        .iter()
        .map(|(id, rule)| (id.clone(), compile_rule(context, &path.key(id), id, rule)))
        .collect()
}

fn compile_rule(
    context: &mut Context,
    path: &Path,
    id: &str,
    rule: &model::LifecycleRule,
) -> LifecycleRule {
    if id.is_empty() || id.chars().count() > 255 {
        context.refuse(
            path,
            "a rule's id has 1 to 255 characters",
            "choose another id",
        );
    }
    let does = rule.expire_days.is_some()
        || rule.expire_delete_markers
        || rule.noncurrent_expire_days.is_some()
        || rule.abort_multipart_days.is_some()
        || !rule.transitions.is_empty()
        || !rule.noncurrent_transitions.is_empty();
    if !does {
        let fix = "write for example expire_days: 30, or abort_multipart_days: 7";
        context.refuse(path, "this rule does nothing", fix);
    }
    if rule.expire_delete_markers && rule.expire_days.is_some() {
        let fix = "leave expire_delete_markers out: expire_days removes them, too";
        context.refuse(
            &path.key("expire_delete_markers"),
            "S3 takes no rule with both this and expire_days",
            fix,
        );
    }
    if rule.noncurrent_keep.is_some() && rule.noncurrent_expire_days.is_none() {
        let fix = "add noncurrent_expire_days: how long the others stay";
        context.refuse(
            &path.key("noncurrent_keep"),
            "this keeps what nothing deletes",
            fix,
        );
    }
    for (field, list) in [
        ("transitions", &rule.transitions),
        ("noncurrent_transitions", &rule.noncurrent_transitions),
    ] {
        for (at, transition) in list.iter().enumerate() {
            let ia = matches!(
                transition.storage_class,
                model::StorageClass::StandardIa | model::StorageClass::OnezoneIa
            );
            let place = path.key(field).index(at).key("days");
            if ia && field == "transitions" && transition.days < 30 {
                context.refuse(
                    &place,
                    "S3 moves objects to an IA class after 30 days at the earliest",
                    "write days: 30",
                );
            }
            let expires = match field {
                "transitions" => rule.expire_days,
                _ => rule.noncurrent_expire_days,
            };
            if expires.is_some_and(|expires| expires <= transition.days) {
                let message = "objects are deleted before they are moved";
                context.refuse(&place, message, "move them earlier, or delete them later");
            }
        }
    }
    LifecycleRule {
        enabled: rule.enabled,
        prefix: rule.prefix.clone(),
        expire_days: rule.expire_days,
        expire_delete_markers: rule.expire_delete_markers,
        noncurrent_expire_days: rule.noncurrent_expire_days,
        noncurrent_keep: rule.noncurrent_keep,
        abort_multipart_days: rule.abort_multipart_days,
        transitions: transitions(&rule.transitions),
        noncurrent_transitions: transitions(&rule.noncurrent_transitions),
        other: BTreeSet::new(),
    }
}

fn transitions(written: &[model::Transition]) -> BTreeSet<Transition> {
    written
        .iter()
        .map(|transition| Transition {
            days: transition.days,
            storage_class: serde_json::to_value(transition.storage_class)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
        })
        .collect()
}
