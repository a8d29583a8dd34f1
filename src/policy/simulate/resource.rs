//! What the ARN of a resource says: whose it is, and what kind of policy it has.

use crate::policy::evaluate::ResourceRule;
use crate::policy::lint::Kind;

/// The account in a resource's ARN, of whatever text; `aws` has what is everyone's to use, and a
/// wildcard is none.
pub(super) fn owner(resource: &str) -> Option<&str> {
    let account = resource.strip_prefix("arn:")?.split(':').nth(3)?;
    let is_word = |text: &&str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    Some(account)
        .filter(is_word)
        .filter(|account| !account.is_empty() && *account != "aws")
}

/// What a resource's policy is to AWS, which decides what may be in it.
pub(super) fn kind(resource: &str) -> Kind<'_> {
    match resource.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "s3", "", "", name] => Kind::BucketPolicy {
            bucket: name.split('/').next().unwrap_or_default(),
            partition,
        },
        ["arn", _, "iam", _, _, name] if name.starts_with("role/") => Kind::Trust,
        ["arn", _, "kms", ..] => Kind::KeyPolicy,
        _ => Kind::Resource,
    }
}

/// What kind of policy the resource's is: a role's trust policy is asked by STS only, a key's by
/// KMS about keys, also where an alias names the key; the alias itself has none ("Controlling access
/// to aliases").
pub(super) fn rule(action: &str, resource: &str) -> ResourceRule {
    let action = action.to_ascii_lowercase();
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let is_of_alias = ["kms:createalias", "kms:updatealias", "kms:deletealias"];
    let is_of_alias = is_of_alias.contains(&action.as_str());
    match (action.split(':').next(), parts.as_slice()) {
        (Some("sts"), ["arn", _, "iam", _, _, name]) if name.starts_with("role/") => {
            ResourceRule::Trust
        }
        (Some("kms"), ["arn", _, "kms", _, _, name])
            if name.starts_with("key/") || (name.starts_with("alias/") && !is_of_alias) =>
        {
            ResourceRule::KeyPolicy
        }
        _ => ResourceRule::Ordinary,
    }
}
