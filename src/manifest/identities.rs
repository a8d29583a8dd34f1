//! Roles, users, groups, managed policies and OIDC providers, with the documents they carry.

use super::context::Context;
use super::documents::Documents;
use super::draft::Draft;
use super::model::{Group, Policy, Role, User};
use super::references::Principal;
use super::statement::Statements;
use super::{access_keys, trust};
use crate::policy::Document;
use crate::policy::lint::Kind;
use crate::resource::{self, OidcProvider, Resource, mark};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Quotas in characters, white space not counted
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
mod quota {
    pub const TRUST: usize = 2048;
    pub const MANAGED: usize = 6144;
    pub const INLINE_ROLE: usize = 10240;
    pub const INLINE_USER: usize = 2048;
    pub const INLINE_GROUP: usize = 5120;
}

/// Compiles every identity, with what `documents` holds for it.
pub(super) fn compile(context: &mut Context, documents: &mut Documents) -> Vec<Resource> {
    let manifest = context.manifest;
    let mut resources = Vec::new();
    let mut providers: BTreeMap<String, OidcProvider> = BTreeMap::new();
    declared_providers(context, &mut providers);
    unique_names(context);
    for (name, policy) in &manifest.policies {
        let path = Path::root().key("policies").key(name);
        resources.push(managed_policy(context, &path, name, policy, documents));
    }
    for (name, path) in documents.made.clone() {
        let made = Policy::default();
        resources.push(managed_policy(context, &path, &name, &made, documents));
    }
    for (name, role) in &manifest.roles {
        resources.push(compile_role(context, name, role, documents, &mut providers));
    }
    let memberships = memberships(context);
    let groups: Arc<BTreeSet<String>> = Arc::new(memberships.keys().cloned().collect());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in memberships.values().flatten() {
        *counts.entry(member).or_default() += 1;
    }
    for (name, user) in &manifest.users {
        let listing = counts.get(name.as_str()).copied().unwrap_or_default();
        resources.push(compile_user(
            context,
            name,
            user,
            documents,
            (&groups, listing),
        ));
    }
    resources.extend(access_keys::compile(context));
    for (name, group) in &manifest.groups {
        resources.push(compile_group(context, name, group, documents, &memberships));
    }
    resources.extend(providers.into_values().map(Resource::OidcProvider));
    resources
}

/// IAM compares names without case.
fn unique_names(context: &mut Context) {
    let manifest = context.manifest;
    let kinds: [(&str, Vec<&String>); 4] = [
        ("roles", manifest.roles.keys().collect()),
        ("users", manifest.users.keys().collect()),
        ("groups", manifest.groups.keys().collect()),
        ("policies", manifest.policies.keys().collect()),
    ];
    for (kind, names) in kinds {
        let mut seen: BTreeMap<String, &String> = BTreeMap::new();
        for name in names {
            if let Some(first) = seen.insert(name.to_lowercase(), name) {
                let path = Path::root().key(kind).key(name);
                let message = format!("IAM does not tell {first:?} and {name:?} apart");
                context.refuse(&path, message, "choose another name");
            }
        }
    }
}

fn declared_providers(context: &mut Context, providers: &mut BTreeMap<String, OidcProvider>) {
    let manifest = context.manifest;
    for (url, provider) in &manifest.oidc_providers {
        let path = Path::root().key("oidc_providers").key(url);
        context.check(&path, OidcProvider::check_url(url));
        let issuer = OidcProvider::issuer(url);
        if OidcProvider::is_built_in(issuer) {
            let message = format!("AWS knows {issuer} by itself and takes no provider for it");
            context.refuse(&path, message, "leave it out; a trust can name it as it is");
        }
        if provider.audiences.is_empty() {
            let path = path.key("audiences");
            context.refuse(
                &path,
                "a provider needs an audience",
                "write for example [sts.amazonaws.com]",
            );
        }
        trust::provider(context, providers, issuer, &provider.audiences);
    }
}

fn boundary(context: &mut Context, path: &Path, text: Option<&String>) -> Option<String> {
    context.managed_policy(&path.key("permissions_boundary"), text?)
}

/// Inline documents: those that are written, and those of grants.
fn inline(
    context: &mut Context,
    path: &Path,
    written: &BTreeMap<String, Statements>,
    granted: Option<BTreeMap<String, Draft>>,
    quota: usize,
) -> BTreeMap<String, Document> {
    let place = path.key("inline_policies");
    let mut drafts = granted.unwrap_or_default();
    for (name, statements) in written {
        let place = place.key(name);
        context.check(&place, resource::ManagedPolicy::check_name(name));
        drafts
            .entry(name.clone())
            .or_default()
            .add_written(context, &place, statements);
        if statements.as_slice().is_empty() {
            context.refuse(
                &place,
                "a policy needs a statement",
                "add one, or leave the policy out",
            );
        }
    }
    let documents: BTreeMap<String, Document> = drafts
        .into_iter()
        .map(|(name, draft)| {
            let document = draft.finish(context, &place.key(&name), &Kind::Identity, 0);
            (name, document)
        })
        .collect();
    let size: usize = documents.values().map(Document::size).sum();
    if size > quota {
        context.refuse(
            &place,
            format!("the inline policies have {size} characters together, and AWS takes {quota}"),
            "move statements to a managed policy (through: managed_policy)",
        );
    }
    documents
}

fn attached(
    context: &mut Context,
    path: &Path,
    written: &[String],
    granted: Option<BTreeSet<String>>,
    most: usize,
) -> BTreeSet<String> {
    let path = path.key("attached_policies");
    let mut arns = granted.unwrap_or_default();
    for (at, text) in written.iter().enumerate() {
        arns.extend(context.managed_policy(&path.index(at), text));
    }
    if arns.len() > most {
        let message = format!("{} attached policies, and AWS takes {most}", arns.len());
        context.refuse(&path, message, "put several into one");
    }
    arns
}

fn path_field(context: &mut Context, path: &Path, value: Option<&String>) -> String {
    if let Some(value) = value {
        context.check(&path.key("path"), resource::check_path(value));
    }
    value.cloned().unwrap_or_else(|| "/".to_owned())
}

fn managed_policy(
    context: &mut Context,
    path: &Path,
    name: &str,
    policy: &Policy,
    documents: &mut Documents,
) -> Resource {
    context.check(path, resource::ManagedPolicy::check_name(name));
    if let Some(text) = &policy.path {
        context.check(&path.key("path"), resource::ManagedPolicy::check_path(text));
    }
    if let Some(text) = &policy.description {
        context.check(
            &path.key("description"),
            resource::ManagedPolicy::check_description(text),
        );
    }
    let mut draft = documents.managed.remove(name).unwrap_or_default();
    draft.add_written(context, &path.key("statements"), &policy.statements);
    if draft.is_empty() {
        context.lacks(
            path,
            format!("the policy {name:?} has no statement"),
            format!("add statements:, or a grant with through: policy.{name}"),
        );
    }
    let document = draft.finish(context, path, &Kind::Identity, quota::MANAGED);
    Resource::Policy(resource::ManagedPolicy {
        name: name.to_owned(),
        path: policy.path.clone().unwrap_or_else(|| "/".to_owned()),
        description: policy.description.clone(),
        policy: document,
        tags: context.tags(path, &policy.tags, policy.protect),
    })
}

fn compile_role(
    context: &mut Context,
    name: &str,
    role: &Role,
    documents: &mut Documents,
    providers: &mut BTreeMap<String, OidcProvider>,
) -> Resource {
    let path = Path::root().key("roles").key(name);
    context.check(&path, resource::Role::check_name(name));
    if let Some(text) = &role.description {
        context.check(
            &path.key("description"),
            resource::Role::check_description(text),
        );
    }
    let trusted = trust::compile(context, &path, &role.trust, providers);
    let own = context.arn_of(&Principal::Role(name.to_owned()));
    let itself = trusted.statements().iter().any(|(_, statement)| {
        let principals = statement
            .principal
            .iter()
            .flat_map(|principal| principal.0.values());
        principals.flatten().any(|who| Some(who) == own.as_ref())
    });
    if itself {
        context.refuse(
            &path.key("trust"),
            "this role trusts itself, and AWS knows no principal that is not there yet",
            "leave it out: a session can be prolonged without it",
        );
    }
    let key = ("role", name.to_owned());
    let granted = documents.inline.remove(&key);
    Resource::Role(resource::Role {
        name: name.to_owned(),
        path: path_field(context, &path, role.path.as_ref()),
        description: role.description.clone(),
        max_session_duration: role.max_session_duration,
        permissions_boundary: boundary(context, &path, role.permissions_boundary.as_ref()),
        trust_policy: trusted.finish(context, &path.key("trust"), &Kind::Trust, quota::TRUST),
        inline_policies: inline(
            context,
            &path,
            &role.inline_policies,
            granted,
            quota::INLINE_ROLE,
        ),
        attached_policies: attached(
            context,
            &path,
            &role.attached_policies,
            documents.attached.remove(&key),
            20,
        ),
        tags: context.tags(&path, &role.tags, role.protect),
    })
}

/// Group → its members, whichever side says so.
fn memberships(context: &mut Context) -> BTreeMap<String, BTreeSet<String>> {
    let manifest = context.manifest;
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, group) in &manifest.groups {
        let path = Path::root().key("groups").key(name).key("members");
        let of_group = members.entry(name.clone()).or_default();
        for (at, member) in group.members.iter().enumerate() {
            of_group.extend(context.member(&path.index(at), "user", member));
        }
    }
    for (name, user) in &manifest.users {
        for group in &user.groups {
            let group = group.strip_prefix("group.").unwrap_or(group);
            if let Some(of_group) = members.get_mut(group) {
                of_group.insert(name.clone());
            }
        }
    }
    members
}

fn compile_user(
    context: &mut Context,
    name: &str,
    user: &User,
    documents: &mut Documents,
    (manifest_groups, listing): (&Arc<BTreeSet<String>>, usize),
) -> Resource {
    let path = Path::root().key("users").key(name);
    context.check(&path, resource::User::check_name(name));
    let key = ("user", name.to_owned());
    let groups_path = path.key("groups");
    let mut groups = BTreeSet::new();
    for (at, group) in user.groups.iter().enumerate() {
        groups.extend(context.member(&groups_path.index(at), "group", group));
    }
    let outside: BTreeSet<String> = groups
        .into_iter()
        .filter(|group| !manifest_groups.contains(group))
        .collect();
    if outside.len() + listing > 10 {
        let message = format!("{} groups, and AWS takes 10", outside.len() + listing);
        context.refuse(&groups_path, message, "put several into one");
    }
    let granted = documents.inline.remove(&key);
    Resource::User(resource::User {
        name: name.to_owned(),
        path: path_field(context, &path, user.path.as_ref()),
        permissions_boundary: boundary(context, &path, user.permissions_boundary.as_ref()),
        groups: outside,
        groups_elsewhere: Arc::clone(manifest_groups),
        groups_of: BTreeMap::new(),
        inline_policies: inline(
            context,
            &path,
            &user.inline_policies,
            granted,
            quota::INLINE_USER,
        ),
        attached_policies: attached(
            context,
            &path,
            &user.attached_policies,
            documents.attached.remove(&key),
            10,
        ),
        tags: context.tags(&path, &user.tags, user.protect),
    })
}

fn compile_group(
    context: &mut Context,
    name: &str,
    group: &Group,
    documents: &mut Documents,
    memberships: &BTreeMap<String, BTreeSet<String>>,
) -> Resource {
    let path = Path::root().key("groups").key(name);
    context.check(&path, resource::Group::check_name(name));
    let key = ("group", name.to_owned());
    let default = resource::Group::default_path(&context.manifest.name);
    let granted = documents.inline.remove(&key);
    Resource::Group(resource::Group {
        name: name.to_owned(),
        path: path_field(
            context,
            &path,
            Some(group.path.as_ref().unwrap_or(&default)),
        ),
        members: memberships.get(name).cloned().unwrap_or_default(),
        inline_policies: inline(
            context,
            &path,
            &group.inline_policies,
            granted,
            quota::INLINE_GROUP,
        ),
        attached_policies: attached(
            context,
            &path,
            &group.attached_policies,
            documents.attached.remove(&key),
            10,
        ),
    })
}

/// A provider as this manifest creates it.
pub(super) fn new_provider(context: &Context, issuer: &str) -> OidcProvider {
    OidcProvider {
        name: issuer.to_owned(),
        audiences: BTreeSet::new(),
        tags: mark(&context.manifest.name),
    }
}
