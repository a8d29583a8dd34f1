//! Custom roles, and service accounts with their keys and who may act as them.

use super::verbs::check_permission;
use super::{Ground, check_description, check_length, tags};
use crate::manifest::context::Context;
use crate::manifest::model;
use crate::manifest::sinks::{check_path, check_repository};
use crate::resource::google::{
    Bindings, Role, ServiceAccount, ServiceAccountKey, marks::KeyRecord,
};
use crate::resource::{Google, Names, Place, Sink};
use crate::yaml::Path;
use std::collections::BTreeSet;

/// Bytes of a title or display name.
const TITLE: usize = 100;
/// The role of who may get tokens of a service account through a pool.
const POOL_USER: &str = "roles/iam.workloadIdentityUser";
/// The role of who else may.
const TOKEN_CREATOR: &str = "roles/iam.serviceAccountTokenCreator";
/// The name of a secret that holds a key, where none is chosen.
const SECRET: &str = "GOOGLE_CREDENTIALS";

/// All of them.
pub(super) fn compile(context: &mut Context, ground: &mut Ground) -> Vec<Google> {
    let mut made = roles(context, ground);
    let google = ground.google;
    let mut files = BTreeSet::new();
    for (name, account) in &google.service_accounts {
        let path = ground.path.key("service_accounts").key(name);
        context.check(&path, ServiceAccount::check_name(name));
        let tags = tags(context, account.protect);
        check_length(
            context,
            &path.key("display_name"),
            account.display_name.as_ref(),
            TITLE,
        );
        let record = match account.key {
            Some(_) => KeyRecord::longest(),
            None => KeyRecord::default(),
        };
        let text = account.description.as_ref();
        check_description(context, &path.key("description"), text, &tags, &record);
        made.push(Google::ServiceAccount(ServiceAccount {
            display_name: account.display_name.clone(),
            description: account.description.clone(),
            tags,
            ..ServiceAccount::named(name, ground.project)
        }));
        if let Some(key) = &account.key {
            let path = path.key("key");
            let sink = sink(context, ground.project, &path, key);
            if sink.place != Place::Stdout && !files.insert(sink.place.shared_by(&sink.names)) {
                context.refuse(
                    &path.key("sink"),
                    "another key goes to the same place, and one would replace the other",
                    "give this one a place of its own",
                );
            }
            made.push(Google::ServiceAccountKey(ServiceAccountKey::wanted(
                name,
                ground.project,
                sink,
            )));
        }
        if !account.used_by.is_empty() {
            made.push(users(context, ground, &path, name, &account.used_by));
        }
    }
    made
}

/// The declared roles with what grants put into them, and those that grants have for themselves.
fn roles(context: &mut Context, ground: &Ground) -> Vec<Google> {
    let mut made = Vec::new();
    for (name, role) in &ground.google.roles {
        let path = ground.path.key("roles").key(name);
        context.check(&path, Role::check_name(name));
        check_length(context, &path.key("title"), role.title.as_ref(), TITLE);
        let tags = tags(context, role.protect);
        let text = role.description.as_ref();
        let place = path.key("description");
        check_description(context, &place, text, &tags, &KeyRecord::default());
        for (at, permission) in role.permissions.iter().enumerate() {
            if let Err((message, fix)) = check_permission(permission) {
                let place = path.key("permissions").index(at);
                context.refuse(&place, message, fix);
            }
        }
        let mut permissions: BTreeSet<String> = role.permissions.iter().cloned().collect();
        permissions.extend(ground.granted.get(name).into_iter().flatten().cloned());
        if permissions.is_empty() {
            context.lacks(
                &path,
                "this role allows nothing",
                "write permissions: [storage.objects.get], or a grant with through: google_role.NAME",
            );
        }
        made.push(Google::Role(Role {
            title: role.title.clone(),
            description: role.description.clone(),
            stage: role.stage.into(),
            permissions,
            tags,
            ..Role::named(name, ground.project)
        }));
    }
    for (name, permissions) in &ground.own_roles {
        made.push(Google::Role(Role {
            title: Some(name.clone()),
            permissions: permissions.clone(),
            tags: tags(context, false),
            ..Role::named(name, ground.project)
        }));
    }
    made
}

/// Who may act as the service account.
fn users(
    context: &mut Context,
    ground: &Ground,
    path: &Path,
    name: &str,
    used_by: &[String],
) -> Google {
    let mut bindings = Bindings::of_service_account(name, ground.project);
    for (at, who) in used_by.iter().enumerate() {
        let place = path.key("used_by").index(at);
        let Some(member) = ground.member(context, &place, who) else {
            continue;
        };
        let role = match member.starts_with("principal") {
            true => POOL_USER,
            false => TOKEN_CREATOR,
        };
        let members = bindings.bindings.entry(role.to_owned()).or_default();
        members.insert(member);
    }
    // Whoever else may act as it is a difference: these are the two roles by which one may.
    bindings.own = BTreeSet::from([POOL_USER.to_owned(), TOKEN_CREATOR.to_owned()]);
    Google::Bindings(bindings)
}

fn sink(context: &mut Context, project: &str, path: &Path, key: &model::ServiceAccountKey) -> Sink {
    let at = path.key("sink");
    let place = match &key.sink {
        model::ServiceAccountKeySink::File(file) => {
            let at = at.key("file").key("path");
            check_path(context, &at, &file.path);
            Place::File {
                path: file.path.clone(),
                format: crate::resource::Format::ServiceAccount,
            }
        }
        model::ServiceAccountKeySink::GoogleSecretManager(secret) => {
            let at = at.key("google_secret_manager").key("name");
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            if secret.name.is_empty() || secret.name.len() > 255 || !secret.name.bytes().all(fits) {
                context.refuse(
                    &at,
                    format!("{:?} is no id of a secret", secret.name),
                    "1 to 255 letters, digits, '-' and '_'",
                );
            }
            Place::GoogleSecretManager {
                project: project.to_owned(),
                name: secret.name.clone(),
            }
        }
        model::ServiceAccountKeySink::GithubActions(secrets) => {
            let at = at.key("github_actions");
            check_repository(context, &at.key("repository"), &secrets.repository);
            Place::GithubActions {
                repository: secrets.repository.clone(),
                environment: secrets.environment.clone(),
            }
        }
        model::ServiceAccountKeySink::Stdout(_) => Place::Stdout,
    };
    let github = matches!(place, Place::GithubActions { .. });
    let names = match (&key.name, github) {
        (None, true) => Names::whole(SECRET),
        (Some(name), true) => {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            let reserved = name.to_uppercase().starts_with("GITHUB_");
            let digit = name.starts_with(|c: char| c.is_ascii_digit());
            if name.is_empty() || digit || reserved || !name.bytes().all(fits) {
                context.refuse(
                    &path.key("name"),
                    format!("{name:?} is no name of a secret of GitHub"),
                    "letters, digits and '_', not beginning with a digit or GITHUB_",
                );
            }
            Names::whole(name)
        }
        (Some(_), false) => {
            context.refuse(
                &path.key("name"),
                "only a secret of GitHub Actions has a name of its own",
                "leave it out",
            );
            Names::whole(SECRET)
        }
        (None, false) => place.usual_names().0,
    };
    Sink { place, names }
}
