//! Where each resource stands in its manifest: for reports that point at a line.

use super::model::Manifest;
use crate::plan::Wanted;
use crate::resource::google::Holder;
use crate::resource::{Address, Google, Resource};
use crate::yaml::{Node, Path, Place, Source};
use std::collections::BTreeMap;

/// The place of each of the `wanted`: of its block, or of what it comes from.
pub(super) fn places(
    source: &Source,
    root: &Node,
    manifest: &Manifest,
    wanted: &[Wanted],
) -> BTreeMap<Address, Place> {
    let spans = wanted
        .iter()
        .map(|wanted| root.locate(&path(manifest, wanted)));
    let addresses = wanted.iter().map(|wanted| wanted.resource.address());
    addresses.zip(source.places(spans)).collect()
}

/// The path of the block; what is not written there leads to what is around it.
fn path(manifest: &Manifest, wanted: &Wanted) -> Path {
    let root = Path::root();
    if wanted.absent {
        let names = [wanted.resource.address(), wanted.resource.reference()];
        let is_named = |text: &String| names.iter().any(|name| name.as_str() == text);
        let at = manifest.absent.iter().position(is_named);
        return root.key("absent").index(at.unwrap_or_default());
    }
    match &wanted.resource {
        Resource::Bucket(_) => root.key("bucket"),
        Resource::BucketPolicy(_) => root.key("bucket").key("policy"),
        Resource::Role(role) => root.key("roles").key(&role.name),
        Resource::User(user) => root.key("users").key(&user.name),
        Resource::AccessKey(key) => root.key("users").key(&key.name).key("access_key"),
        Resource::Group(group) => root.key("groups").key(&group.name),
        Resource::Policy(policy) => root.key("policies").key(&policy.name),
        Resource::KmsKey(key) => root.key("kms_keys").key(&key.name),
        Resource::OidcProvider(provider) => match manifest.oidc_providers.keys().next() {
            Some(_) => root.key("oidc_providers").key(&provider.name),
            // It is there because of a trust.
            None => root.key("roles"),
        },
        Resource::Google(google) => path_of_google(&root.key("google"), google),
    }
}

fn path_of_google(root: &Path, google: &Google) -> Path {
    let pool = |name: &str| root.key("workload_identity_pools").key(name);
    let account = |name: &str| root.key("service_accounts").key(name);
    match google {
        Google::Bucket(_) => root.key("bucket"),
        Google::Role(role) => root.key("roles").key(&role.name),
        Google::ServiceAccount(one) => account(&one.name),
        Google::ServiceAccountKey(key) => account(&key.name).key("key"),
        Google::Pool(one) => pool(&one.name),
        Google::Provider(provider) => {
            let (of, id) = provider.ids();
            pool(of).key("providers").key(id)
        }
        Google::Bindings(bindings) => match bindings.holder() {
            Some(Holder::ServiceAccount(name)) => account(name).key("used_by"),
            _ => root.key("grants"),
        },
    }
}
