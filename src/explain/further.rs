//! What there is beside policies of identities and buckets: Block Public Access, and the key that a
//! bucket encrypts with.

use super::access::AccessQuestion;
use super::answer::{Outcome, Step};
use super::policies::{Named, Reader};
use super::scene::Scene;
use crate::policy::evaluate::{Answer, Caller, Request, ResourceRule, Sources, evaluate};
use crate::policy::{lint, pattern};
use crate::resource::{Algorithm, KmsKey, ObjectOwnership, Resource, dns_suffix};
use anyhow::Result;

/// The steps after the policies allowed it, or may have.
///
/// # Errors
/// The provider cannot be asked.
pub(super) async fn steps(
    scene: &Scene<'_>,
    reader: &mut Reader<'_>,
    question: &AccessQuestion,
) -> Result<Vec<Step>> {
    let mut steps: Vec<Step> = acl(scene).into_iter().collect();
    steps.extend(block(scene));
    steps.extend(key(scene, reader, question).await?);
    Ok(steps)
}

/// "Requests to set ACLs or update ACLs fail and return the AccessControlListNotSupported error code"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>).
fn acl(scene: &Scene<'_>) -> Option<Step> {
    const SETS: [&str; 3] = [
        "s3:PutBucketAcl",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
    ];
    let owner = scene.bucket.as_ref()?.object_ownership?;
    (owner == ObjectOwnership::BucketOwnerEnforced && SETS.contains(&scene.target.action.as_str()))
        .then(|| {
            Step::new(
            Outcome::Failed,
            "the bucket has no ACLs (BucketOwnerEnforced): whatever policies allow, S3 answers 400",
        )
        .hint("give access by policies")
        .error("AccessControlListNotSupported")
        })
}

/// RestrictPublicBuckets: "only AWS services and authorized users within the bucket owner's account"
/// get in once one statement of the policy is public
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).
fn block(scene: &Scene<'_>) -> Vec<Step> {
    let (Some(bucket), Some(policy)) = (&scene.bucket, &scene.policy) else {
        return Vec::new();
    };
    let outside = match &scene.caller {
        Caller::Service(_) => false,
        other => other.account() != Some(scene.scope.account.as_str()),
    };
    if !outside {
        return Vec::new();
    }
    let restricts = bucket
        .public_access_block
        .map(|block| block.restrict_public_buckets);
    if !policy.document.statement.iter().any(lint::is_public) {
        return vec![Step::new(
            Outcome::Met,
            "no statement of the bucket policy is public, so that Block Public Access lets it be",
        )];
    }
    let of_bucket = match restricts {
        Some(true) => {
            let text = "Block Public Access cuts it off: restrict_public_buckets is on, and a \
                        statement of the bucket policy is public, so that only this account gets in";
            let hint = "take the public statement out, and name who is meant";
            return vec![Step::new(Outcome::Failed, text).hint(hint)];
        }
        Some(false) => Step::new(
            Outcome::Met,
            "the bucket's Block Public Access does not restrict it",
        ),
        None => Step::new(
            Outcome::NotChecked,
            "the bucket's Block Public Access: none is known of",
        ),
    };
    let of_account = Step::new(
        Outcome::NotChecked,
        "Block Public Access of the account, which cuts it off where it restricts public buckets",
    )
    .hint("`aws s3control get-public-access-block --account-id ...` tells");
    vec![of_bucket, of_account]
}

/// S3 uses the bucket's key in the caller's name
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
async fn key(
    scene: &Scene<'_>,
    reader: &mut Reader<'_>,
    question: &AccessQuestion,
) -> Result<Option<Step>> {
    let action = match scene.target.action.as_str() {
        "s3:PutObject" => "kms:GenerateDataKey",
        "s3:GetObject" | "s3:GetObjectVersion" => "kms:Decrypt",
        _ => return Ok(None),
    };
    let Some(bucket) = &scene.bucket else {
        return Ok(None);
    };
    let Some(encryption) = &bucket.encryption else {
        return Ok(None);
    };
    if encryption.algorithm == Algorithm::SseS3 {
        return Ok(None);
    }
    let ours = scene.caller.account() == Some(scene.scope.account.as_str());
    if scene.caller == Caller::Anonymous {
        let text = "the bucket encrypts with KMS, and nobody uses a key without credentials";
        return Ok(Some(Step::new(Outcome::Failed, text)));
    }
    let Some(reference) = &encryption.kms_key else {
        let step = match ours {
            true => Step::new(
                Outcome::Met,
                "the bucket's key is aws/s3, which everybody of the account may use through S3",
            ),
            false => Step::new(
                Outcome::Failed,
                "the bucket encrypts with the key aws/s3, which no other account can use",
            ),
        };
        return Ok(Some(step));
    };
    let further = format!("{action} on the bucket's key {reference} is needed as well");
    let Some(name) = alias(reference, scene) else {
        return Ok(Some(
            Step::new(
                Outcome::Unknown,
                format!("{further}: its policy is not read"),
            )
            .hint("look at the key's policy: it has to allow it, or leave it to IAM"),
        ));
    };
    let want = Resource::KmsKey(KmsKey::named(&name, &bucket.region));
    let Some(Resource::KmsKey(found)) = reader.observe(&want, &["policy"]).await? else {
        let text = format!("{further}, and the key could not be read");
        return Ok(Some(Step::new(Outcome::Unknown, text)));
    };
    if !found.enabled {
        let text = format!("the bucket's key {reference} is disabled");
        return Ok(Some(Step::new(Outcome::Failed, text)));
    }
    let policy = Named::new(format!("the policy of kms_key.{name}"), &found.policy);
    Ok(Some(judge(scene, question, action, &policy, &further)))
}

fn judge(
    scene: &Scene<'_>,
    question: &AccessQuestion,
    action: &str,
    policy: &Named,
    further: &str,
) -> Step {
    let scope = scene.scope;
    let region = scene
        .bucket
        .as_ref()
        .map_or("", |bucket| bucket.region.as_str());
    let bucket = scene.target.bucket.as_deref().unwrap_or_default();
    let caller = scene.caller.account().unwrap_or_default();
    let service = format!("s3.{region}.{}", dns_suffix(&scope.partition));
    let request = Request {
        caller: scene.caller.clone(),
        action: action.to_owned(),
        // Its id is made up by KMS; a key policy speaks of its own key as `*`.
        resource: format!(
            "arn:{}:kms:{region}:{}:key/id",
            scope.partition, scope.account
        ),
        resource_account: scope.account.clone(),
        context: scene
            .context(question)
            .with("kms:ViaService", service)
            .with("kms:CallerAccount", caller)
            .with(
                "kms:EncryptionContext:aws:s3:arn",
                format!("arn:{}:s3:::{bucket}", scope.partition),
            ),
    };
    let sources = Sources {
        identity: scene.own.policies.iter().map(Named::source).collect(),
        boundary: scene.own.boundary.as_ref().map(Named::source),
        session: Vec::new(),
        resource: Some(policy.source()),
        resource_rule: ResourceRule::KeyPolicy,
    };
    let decision = evaluate(&request, &sources);
    let because: Vec<String> = decision.because.iter().map(ToString::to_string).collect();
    let because = because.join(", ");
    match decision.answer {
        Answer::Allowed => Step::new(Outcome::Met, format!("{further}: {because} allows it")),
        Answer::DeniedExplicitly => {
            Step::new(Outcome::Failed, format!("{further}: {because} denies it"))
        }
        Answer::DeniedImplicitly if scene.unseen || names_a_key(scene, action) => {
            let text =
                format!("{further}: whether policies that name a key mean this one is not known");
            Step::new(Outcome::Unknown, text)
        }
        Answer::DeniedImplicitly => {
            Step::new(Outcome::Failed, format!("{further}, and nothing allows it"))
        }
    }
}

/// Whether a policy of the caller's speaks of keys by their ids, which are not known here.
fn names_a_key(scene: &Scene<'_>, action: &str) -> bool {
    let action = action.to_lowercase();
    let all = scene.own.policies.iter().chain(&scene.own.boundary);
    all.flat_map(|policy| &policy.document.statement)
        .any(|statement| {
            let mut actions = statement.action.iter();
            actions.any(|one| pattern::matches(&one.to_lowercase(), &action))
                && statement.resource.iter().any(|one| one.contains(":key/"))
        })
}

/// The key's name, by which it can be read: of a key of this account.
fn alias(reference: &str, scene: &Scene<'_>) -> Option<String> {
    if let Some(name) = KmsKey::referred_to(reference) {
        return Some(name.to_owned());
    }
    let account = format!(":{}:alias/", scene.scope.account);
    let name = match reference.split_once(&account) {
        Some((_, name)) => name,
        None => reference.strip_prefix("alias/")?,
    };
    Some(name.to_owned())
}
