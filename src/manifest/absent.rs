//! What must not be there any more: what it takes to find it.

use super::context::Context;
use crate::plan::Wanted;
use crate::resource::{
    AccessKey, Bucket, BucketPolicy, Group, KmsKey, ManagedPolicy, OidcProvider, Resource, Role,
    User,
};
use crate::yaml::{Path, suggestion};
use std::collections::BTreeSet;

/// The kinds that can be named.
const KINDS: [&str; 7] = [
    "bucket",
    "group",
    "kms_key",
    "oidc_provider",
    "policy",
    "role",
    "user",
];

/// What `absent` names, each with the parts that go with it. `present` is what the manifest declares.
pub(super) fn compile(context: &mut Context, present: &[Wanted]) -> Vec<Wanted> {
    let manifest = context.manifest;
    let declared: BTreeSet<String> = present
        .iter()
        .map(|wanted| wanted.resource.address().to_string().to_lowercase())
        .collect();
    let mut named = BTreeSet::new();
    let mut wanted = Vec::new();
    for (at, text) in manifest.absent.iter().enumerate() {
        let path = Path::root().key("absent").index(at);
        let resources = resources(context, &path, text);
        let Some(address) = resources.first().map(Resource::address) else {
            continue;
        };
        let address = address.to_string().to_lowercase();
        if declared.contains(&address) {
            context.refuse(
                &path,
                format!("{text} is declared in this manifest, too"),
                "take one of the two out",
            );
        } else if !named.insert(address) {
            context.refuse(&path, format!("{text} is named twice"), "once is enough");
        }
        wanted.extend(resources.into_iter().map(|resource| Wanted {
            resource,
            manifest: manifest.name.clone(),
            absent: true,
            exact: false,
        }));
    }
    wanted
}

/// What `text` (`kind.name`) names, and the parts of it; nothing if that is wrong, which is noted.
fn resources(context: &mut Context, path: &Path, text: &str) -> Vec<Resource> {
    let region = context.scope.region.clone();
    let Some((kind, name)) = text
        .split_once('.')
        .filter(|(kind, _)| KINDS.contains(kind))
    else {
        let kind = text.split('.').next().unwrap_or(text);
        context.refuse(
            path,
            format!("{text:?} names nothing that can be removed"),
            format!(
                "write KIND.NAME, such as role.old ({})",
                suggestion(kind, KINDS.into_iter())
            ),
        );
        return Vec::new();
    };
    match kind {
        "bucket" => {
            context.check(path, Bucket::check_name(name));
            vec![
                Resource::Bucket(Bucket::named(name, &region)),
                Resource::BucketPolicy(BucketPolicy {
                    name: name.to_owned(),
                    region,
                    policy: Default::default(),
                }),
            ]
        }
        "group" => {
            context.check(path, Group::check_name(name));
            let home = Group::default_path(&context.manifest.name);
            vec![Resource::Group(Group::named(name, &home))]
        }
        "kms_key" => {
            context.check(path, KmsKey::check_name(name));
            vec![Resource::KmsKey(KmsKey::named(name, &region))]
        }
        "oidc_provider" => {
            context.check(path, OidcProvider::check_url(name));
            vec![Resource::OidcProvider(OidcProvider {
                name: OidcProvider::issuer(name).to_owned(),
                audiences: BTreeSet::new(),
                tags: Default::default(),
            })]
        }
        "policy" => vec![Resource::Policy(policy(context, path, name))],
        "role" => {
            context.check(path, Role::check_name(name));
            vec![Resource::Role(Role::named(name))]
        }
        _ => {
            context.check(path, User::check_name(name));
            vec![
                Resource::User(User::named(name)),
                Resource::AccessKey(AccessKey::none(name, "/")),
            ]
        }
    }
}

/// A policy is found by its ARN, which its path is a part of: `policy.PATH/NAME`.
fn policy(context: &mut Context, place: &Path, text: &str) -> ManagedPolicy {
    let (path, name) = match text.trim_start_matches('/').rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), text),
    };
    context.check(place, ManagedPolicy::check_name(name));
    context.check(place, ManagedPolicy::check_path(&path));
    ManagedPolicy {
        name: name.to_owned(),
        path,
        description: None,
        policy: Default::default(),
        tags: Default::default(),
    }
}
