//! What must not be there any more: what it takes to find it.

use super::context::Context;
use crate::plan::Wanted;
use crate::resource::{
    AccessKey, Bucket, BucketPolicy, Google, Group, KmsKey, ManagedPolicy, OidcProvider, Resource,
    Role, User, google,
};
use crate::yaml::{Path, suggestion};
use std::collections::BTreeSet;

/// The kinds that can be named.
const KINDS: [&str; 12] = [
    "bucket",
    "google_bucket",
    "google_role",
    "group",
    "kms_key",
    "oidc_provider",
    "policy",
    "role",
    "service_account",
    "user",
    "workload_identity_pool",
    "workload_identity_provider",
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
        "google_bucket"
        | "google_role"
        | "service_account"
        | "workload_identity_pool"
        | "workload_identity_provider" => of_google(context, path, kind, name),
        _ => {
            context.check(path, User::check_name(name));
            vec![
                Resource::User(User::named(name)),
                Resource::AccessKey(AccessKey::none(name, "/")),
            ]
        }
    }
}

/// What is in the project of the manifest's `google:`, or in the one that was asked for.
fn of_google(context: &mut Context, path: &Path, kind: &str, name: &str) -> Vec<Resource> {
    let written = context.manifest.google.clone().unwrap_or_default();
    let written_there = context.manifest.google.is_some();
    let place = match written_there {
        true => Path::root().key("google"),
        false => path.clone(),
    };
    // With a part of its own it was looked for, and told, there.
    let project = match (&written.project, &context.scope.project) {
        (Some(project), _) | (None, Some(project)) => project.clone(),
        (None, None) if written_there => return Vec::new(),
        (None, None) => match super::google::project(context, &written, &place) {
            Some(project) => project,
            None => return Vec::new(),
        },
    };
    let all = match kind {
        "google_bucket" => {
            context.check(path, google::Bucket::check_name(name));
            vec![
                Google::Bucket(google::Bucket::named(name, &project, "")),
                Google::Bindings(google::Bindings::of_bucket(name, &project)),
            ]
        }
        "google_role" => {
            context.check(path, google::Role::check_name(name));
            vec![Google::Role(google::Role::named(name, &project))]
        }
        "service_account" => {
            context.check(path, google::ServiceAccount::check_name(name));
            vec![
                Google::ServiceAccount(google::ServiceAccount::named(name, &project)),
                Google::ServiceAccountKey(google::ServiceAccountKey::none(name, &project)),
                Google::Bindings(google::Bindings::of_service_account(name, &project)),
            ]
        }
        "workload_identity_pool" => {
            context.check(path, google::Pool::check_name(name));
            vec![Google::Pool(google::Pool::named(name, &project))]
        }
        _ => {
            let (pool, id) = name.split_once('/').unwrap_or((name, ""));
            if id.is_empty() {
                let message = format!("{name:?} names no provider");
                context.refuse(path, message, "write workload_identity_provider.POOL/ID");
            }
            vec![Google::Provider(google::Provider::named(
                pool, id, &project, "",
            ))]
        }
    };
    all.into_iter().map(Resource::Google).collect()
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
