//! The `google:` part of a manifest → resources.

mod bucket;
mod federation;
mod grants;
mod identities;
mod lint;
#[cfg(test)]
mod tests;
mod verbs;

use super::context::Context;
use super::model;
use crate::plan::Wanted;
use crate::resource::google::{Bindings, check_project, marks};
use crate::resource::{Google, Resource, Tags, mark, protection};
use crate::yaml::Path;
use std::collections::{BTreeMap, BTreeSet};

/// What compiling this part shares.
struct Ground<'a> {
    google: &'a model::Google,
    project: &'a str,
    path: Path,
    /// Role → the permissions that grants put into it.
    granted: BTreeMap<String, BTreeSet<String>>,
    /// Roles that grants have for themselves.
    own_roles: BTreeMap<String, BTreeSet<String>>,
    /// Of the bucket.
    bindings: Option<Bindings>,
}

/// Compiles all of it; nothing if there is none.
pub(super) fn compile(context: &mut Context) -> Vec<Wanted> {
    let Some(google) = &context.manifest.google else {
        return Vec::new();
    };
    let path = Path::root().key("google");
    let Some(project) = project(context, google, &path) else {
        return Vec::new();
    };
    if context.manifest.accounts.len() > 1 {
        context.refuse(
            &path,
            "this manifest is for several accounts of AWS, and would be for one project of Google \
             once for each",
            "put google: into a manifest of its own",
        );
    }
    let mut ground = Ground {
        google,
        project: &project,
        path,
        granted: BTreeMap::new(),
        own_roles: BTreeMap::new(),
        bindings: google
            .bucket
            .as_ref()
            .map(|bucket| Bindings::of_bucket(&bucket.name, &project)),
    };
    grants::compile(context, &mut ground);
    let mut wanted = Vec::new();
    wanted.extend(bucket::compile(context, &ground));
    wanted.extend(identities::compile(context, &mut ground));
    wanted.extend(federation::compile(context, &ground));
    wanted.extend(bindings(&mut ground));
    lint::look(context, &ground, &wanted);
    let manifest = &context.manifest.name;
    wanted
        .into_iter()
        .map(|google| Wanted {
            resource: Resource::Google(google),
            manifest: manifest.clone(),
            absent: false,
            exact: false,
        })
        .collect()
}

/// The project: the manifest's, or the one that was asked for.
pub(super) fn project(
    context: &mut Context,
    google: &model::Google,
    path: &Path,
) -> Option<String> {
    let place = path.key("project");
    match (&google.project, &context.scope.project) {
        (Some(project), _) => {
            context.check(&place, check_project(project));
            Some(project.clone())
        }
        (None, Some(project)) => {
            context.check(path, check_project(project));
            Some(project.clone())
        }
        (None, None) => {
            context.lacks(
                path,
                "no project is named",
                "write google.project, or give --project (or GOOGLE_CLOUD_PROJECT)",
            );
            None
        }
    }
}

/// The bindings of the bucket: whoever has a role of this manifest, and whatever its service accounts
/// have there, is its matter, and else nothing.
fn bindings(ground: &mut Ground) -> Option<Google> {
    let own = ground.own();
    let mut bindings = ground.bindings.take()?;
    bindings.own = own;
    Some(Google::Bindings(bindings))
}

impl Ground<'_> {
    /// The roles and identities of this manifest, as bindings name them.
    fn own(&self) -> BTreeSet<String> {
        use crate::resource::google::{Role, ServiceAccount};
        let roles = self.google.roles.keys().chain(self.own_roles.keys());
        let roles = roles.map(|name| Role::full_name(self.project, name));
        let accounts = self.google.service_accounts.keys();
        let accounts = accounts.map(|name| ServiceAccount::member(name, self.project));
        roles.chain(accounts).collect()
    }
}

/// Our marks on something.
fn tags(context: &Context, protect: bool) -> Tags {
    let mut tags = mark(&context.manifest.name);
    if protect {
        tags.extend(protection());
    }
    tags
}

/// A title or display name, by bytes as Google counts.
fn check_length(context: &mut Context, path: &Path, text: Option<&String>, most: usize) {
    if let Some(length) = text.map(String::len).filter(|length| *length > most) {
        context.refuse(
            path,
            format!("this has {length} bytes, and {most} are the most"),
            "write a shorter one",
        );
    }
    check_plain(context, path, text);
}

/// Text of one line, that cannot be taken for our marks.
fn check_plain(context: &mut Context, path: &Path, text: Option<&String>) {
    let Some(text) = text else { return };
    if text.chars().any(char::is_control) {
        context.refuse(
            path,
            "this has a character that cannot be seen",
            "take it out",
        );
    }
    if text.contains("[s3setup ") {
        context.refuse(
            path,
            "\"[s3setup …]\" is how what is ours is marked",
            "write it in other words",
        );
    }
}

/// A description together with the marks that follow it.
fn check_description(
    context: &mut Context,
    path: &Path,
    text: Option<&String>,
    tags: &Tags,
    key: &marks::KeyRecord,
) {
    check_plain(context, path, text);
    let Some(text) = text else { return };
    let taken = marks::with_marks(text, tags, key).len();
    if taken > marks::DESCRIPTION {
        let room = marks::DESCRIPTION.saturating_sub(taken - text.len());
        context.refuse(
            path,
            format!(
                "this has {} bytes, and with the marks of s3setup after it there is room for {room}",
                text.len()
            ),
            "write a shorter one",
        );
    }
}
