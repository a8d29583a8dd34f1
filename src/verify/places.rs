//! Where policies name objects: the folders and keys in which something is tried.

use crate::policy::{Document, Effect, Statement};
use crate::probe::Place;
use crate::resource::Resource;
use std::collections::BTreeSet;

/// What something is allowed on. What is denied is no place of its own: it is refused wherever it is
/// tried.
pub(super) fn resources(of: &[Resource]) -> BTreeSet<String> {
    let statements = of.iter().flat_map(statements);
    let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
    let resources = allowing.flat_map(|statement| &statement.resource);
    resources.cloned().collect()
}

/// All statements of a resource that may speak of objects.
pub(super) fn statements(resource: &Resource) -> impl Iterator<Item = &Statement> {
    let documents = documents(resource).into_iter();
    documents.flat_map(|document| &document.statement)
}

/// Every document of a resource that may speak of objects.
fn documents(resource: &Resource) -> Vec<&Document> {
    match resource {
        Resource::BucketPolicy(policy) => vec![&policy.policy],
        Resource::Policy(policy) => vec![&policy.policy],
        Resource::User(user) => user.inline_policies.values().collect(),
        Resource::Role(role) => role.inline_policies.values().collect(),
        Resource::Group(group) => group.inline_policies.values().collect(),
        Resource::Bucket(_)
        | Resource::KmsKey(_)
        | Resource::OidcProvider(_)
        | Resource::AccessKey(_)
        | Resource::Google(_) => Vec::new(),
    }
}

/// `arn:aws:s3:::BUCKET/backups/*` → the folder `backups/`; none where a policy variable stands for
/// what is not known.
pub(super) fn place(arn: &str, bucket: &str, user: Option<&str>) -> Option<Place> {
    let (_, rest) = arn.split_once(":s3:::")?;
    let key = rest.strip_prefix(bucket)?.strip_prefix('/')?;
    let key = match user {
        Some(name) => key.replace("${aws:username}", name),
        None => key.to_owned(),
    };
    let end = key.find(['*', '?']).unwrap_or(key.len());
    let named = &key[..end];
    match named.contains("${") {
        true => None,
        false if end < key.len() => Some(Place::Folder(named.to_owned())),
        false => Some(Place::Key(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_what_resources_name() {
        let folder = |text: &str| Some(Place::Folder(text.to_owned()));
        let table = [
            ("arn:aws:s3:::b/*", folder(""), "all objects"),
            ("arn:aws:s3:::b/a/b/*", folder("a/b/"), "a folder"),
            ("arn:aws:s3:::b/a*", folder("a"), "a beginning of keys"),
            (
                "arn:aws:s3:::b/home/${aws:username}/*",
                folder("home/ann/"),
                "the user's own folder",
            ),
            (
                "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
                None,
                "a variable that is not known",
            ),
            (
                "arn:aws:s3:::b/state",
                Some(Place::Key("state".into())),
                "one key",
            ),
            ("arn:aws:s3:::b", None, "the bucket"),
            ("arn:aws:s3:::bb/*", None, "another bucket"),
            ("*", None, "everything"),
        ];
        for (arn, expected, reason) in table {
            assert_eq!(place(arn, "b", Some("ann")), expected, "{reason}");
        }
    }
}
