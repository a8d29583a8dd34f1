//! Access keys of users, with the rules of the places that they are handed over to.

use super::context::Context;
use super::model::{self, AccessKey};
use super::sinks::{
    check_kms_key, check_name, check_names, check_parameter, check_path, check_repository,
};
use crate::resource::{self, Format, MOST_TAGS, Names, Place, Resource, Sink};
use crate::yaml::Path;
use std::collections::BTreeMap;

/// Compiles every access key of the manifest.
pub(super) fn compile(context: &mut Context) -> Vec<Resource> {
    let manifest = context.manifest;
    let mut places: BTreeMap<String, &String> = BTreeMap::new();
    let mut resources = Vec::new();
    for (name, user) in &manifest.users {
        let Some(key) = &user.access_key else {
            continue;
        };
        let path = Path::root().key("users").key(name).key("access_key");
        let sink = sink(context, &path, key);
        let shared = sink.place.shared_by(&sink.names);
        if let Some(first) = places.insert(shared, name)
            && sink.place != Place::Stdout
        {
            context.refuse(
                &path.key("sink"),
                format!(
                    "the key of {first} goes to the same place, and one would replace the other"
                ),
                "give this one a place or names of its own",
            );
        }
        // What a rotation takes: a record of each key, and the intent.
        let mut tags = manifest.tags.clone();
        tags.extend(user.tags.clone());
        let most = MOST_TAGS - 3;
        if tags.len() > most && tags.len() <= MOST_TAGS {
            context.refuse(
                &Path::root().key("users").key(name).key("tags"),
                format!(
                    "these are {} tags, and {most} are the most for a user with an access key, \
                     which is recorded in tags",
                    tags.len()
                ),
                "leave some out",
            );
        }
        let user_path = user.path.as_deref().unwrap_or("/");
        resources.push(Resource::AccessKey(resource::AccessKey::wanted(
            name, user_path, sink,
        )));
    }
    resources
}

fn sink(context: &mut Context, path: &Path, key: &AccessKey) -> Sink {
    let at = path.key("sink");
    let place = place(context, &at, &key.sink);
    let (usual, fixed) = place.usual_names();
    let names = match &key.names {
        None => usual,
        Some(_) if fixed => {
            context.refuse(
                &path.key("names"),
                "this form of file has names of its own",
                "leave them out",
            );
            usual
        }
        Some(names) => {
            check_names(context, &path.key("names"), names, &place);
            Names {
                access_key_id: names.access_key_id.clone(),
                secret_access_key: names.secret_access_key.clone(),
            }
        }
    };
    let sink = Sink { place, names };
    let before = context.problems.len();
    let field = match &key.sink {
        model::Sink::File(_) => at.key("file").key("path"),
        model::Sink::SecretsManager(_) => at.key("secrets_manager").key("name"),
        model::Sink::ParameterStore(_) => at.key("parameter_store").key("name"),
        model::Sink::GithubActions(_) => at.key("github_actions").key("repository"),
        model::Sink::Stdout(_) => at,
    };
    // What breaks a rule of its own above is not told twice.
    if !context.problems[..before]
        .iter()
        .any(|(wrong, _)| wrong.to_string().starts_with(&path.to_string()))
    {
        context.check(&field, sink.check());
    }
    sink
}

fn place(context: &mut Context, at: &Path, sink: &model::Sink) -> Place {
    let region = context.scope.region.clone();
    match sink {
        model::Sink::File(file) => {
            let at = at.key("file");
            check_path(context, &at.key("path"), &file.path);
            Place::File {
                path: file.path.clone(),
                format: format(context, &at, file, region),
            }
        }
        model::Sink::SecretsManager(stored) => {
            let at = at.key("secrets_manager");
            check_name(
                context,
                &at.key("name"),
                "a secret",
                &stored.name,
                "/_+=.@-",
                512,
            );
            check_kms_key(context, &at, stored);
            Place::SecretsManager {
                name: stored.name.clone(),
                region,
                kms_key: stored.kms_key.clone(),
            }
        }
        model::Sink::ParameterStore(stored) => {
            let at = at.key("parameter_store");
            check_parameter(context, &at.key("name"), &stored.name);
            check_kms_key(context, &at, stored);
            Place::ParameterStore {
                name: stored.name.clone(),
                region,
                kms_key: stored.kms_key.clone(),
            }
        }
        model::Sink::GithubActions(secrets) => {
            let at = at.key("github_actions");
            check_repository(context, &at.key("repository"), &secrets.repository);
            if let Some(environment) = &secrets.environment {
                let odd = |c: char| c.is_whitespace() || c.is_control();
                if environment.is_empty() || environment.contains(odd) {
                    context.refuse(
                        &at.key("environment"),
                        format!("{environment:?} cannot be the environment of secrets here"),
                        "a name without spaces",
                    );
                }
            }
            Place::GithubActions {
                repository: secrets.repository.clone(),
                environment: secrets.environment.clone(),
            }
        }
        model::Sink::Stdout(_) => Place::Stdout,
    }
}

fn format(context: &mut Context, at: &Path, file: &model::File, region: String) -> Format {
    let mut name = |field: &str, value: &Option<String>, wanted: bool| -> String {
        let path = at.key(field);
        match (value, wanted) {
            (None, true) => {
                let message = format!("this form of file needs the {field}'s name");
                context.refuse(at, message, format!("add {field}: NAME"));
            }
            (Some(_), false) => {
                let message = format!("this form of file has no {field}");
                context.refuse(&path, message, "leave it out");
            }
            (Some(name), true) => {
                check_name(context, &path, &format!("a {field}"), name, "_.+@-", 128);
            }
            (None, false) => {}
        }
        value.clone().unwrap_or_default()
    };
    let profile = name(
        "profile",
        &file.profile,
        file.format == model::Format::AwsProfile,
    );
    let remote = name("remote", &file.remote, file.format == model::Format::Rclone);
    match file.format {
        model::Format::Dotenv => Format::Dotenv,
        model::Format::Json => Format::Json,
        model::Format::AwsProfile => Format::AwsProfile(profile),
        model::Format::Rclone => Format::Rclone { remote, region },
    }
}
