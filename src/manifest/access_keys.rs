//! Access keys of users, with the rules of the places that they are handed over to.

use super::context::Context;
use super::model::{self, AccessKey};
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

fn check_path(context: &mut Context, at: &Path, path: &str) {
    let (message, fix) = if path.starts_with("~") {
        (
            "\"~\" means nothing here",
            "write the whole path, or one relative to the working directory",
        )
    } else if path.is_empty() || path.ends_with('/') || path.ends_with("/.") || path.ends_with("..")
    {
        (
            "this is a folder, and a file is needed",
            "such as backup.env",
        )
    } else if path
        .trim_start_matches('/')
        .split('/')
        .any(|part| part.is_empty() || part == ".")
        || path.starts_with("//")
    {
        (
            "a \".\" or a second \"/\" in a path says nothing",
            "write it without",
        )
    } else if path.contains(char::is_whitespace) || path.contains(char::is_control) {
        (
            "a file for secrets has no spaces in its path",
            "choose another path",
        )
    } else {
        return;
    };
    context.refuse(at, message, fix);
}

/// Letters, digits and what is in `also`.
fn check_name(context: &mut Context, at: &Path, what: &str, name: &str, also: &str, most: usize) {
    let odd = |c: &char| !c.is_ascii_alphanumeric() && !also.contains(*c);
    if let Some(odd) = name.chars().find(odd) {
        let message =
            format!("the name of {what} has letters, digits and {also}, and this has {odd:?}");
        context.refuse(at, message, "choose another name");
    } else if !(1..=most).contains(&name.len()) {
        let message = format!(
            "the name of {what} has 1 to {most} characters, and this has {}",
            name.len()
        );
        context.refuse(at, message, "choose another name");
    }
}

/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
fn check_parameter(context: &mut Context, at: &Path, name: &str) {
    check_name(context, at, "a parameter", name, "/_.-", 1011);
    let first = name
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    if first.starts_with("aws") || first.starts_with("ssm") {
        let message =
            format!("names that begin with \"aws\" or \"ssm\" are AWS's own, and this is {name:?}");
        context.refuse(at, message, "choose another name");
    } else if name.contains('/') && !name.starts_with('/') {
        context.refuse(
            at,
            "a parameter in a folder begins with \"/\"",
            format!("write /{name}"),
        );
    } else if name.ends_with('/') || name.contains("//") || name.split('/').count() > 16 {
        context.refuse(
            at,
            format!("{name:?} is no parameter's name"),
            "such as /backup/s3, at most 15 levels deep",
        );
    }
}

fn check_kms_key(context: &mut Context, at: &Path, stored: &model::Stored) {
    if let Some(key) = &stored.kms_key
        && (key.is_empty() || key.contains(char::is_whitespace))
    {
        context.refuse(
            &at.key("kms_key"),
            format!("{key:?} is no key of KMS"),
            "an id, an ARN, or alias/NAME",
        );
    }
}

fn check_repository(context: &mut Context, at: &Path, text: &str) {
    let good = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    if !matches!(text.split_once('/'), Some((owner, name)) if good(owner) && good(name)) {
        context.refuse(
            at,
            format!("{text:?} is no repository of GitHub"),
            "write it as owner/name, such as acme/backups",
        );
    }
}

/// Names of variables; of GitHub's secrets, its rules
/// (<https://docs.github.com/en/actions/reference/security/secrets>).
fn check_names(context: &mut Context, at: &Path, names: &model::Names, place: &Place) {
    for (field, name) in [
        ("access_key_id", &names.access_key_id),
        ("secret_access_key", &names.secret_access_key),
    ] {
        let variable = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let github = matches!(place, Place::GithubActions { .. });
        if !variable {
            context.refuse(
                &at.key(field),
                format!("{name:?} is no name of a variable"),
                "letters, digits and _, not a digit first",
            );
        } else if github && name.to_uppercase().starts_with("GITHUB_") {
            context.refuse(
                &at.key(field),
                "names that begin with GITHUB_ are GitHub's own",
                "choose another name",
            );
        }
    }
    if names
        .access_key_id
        .eq_ignore_ascii_case(&names.secret_access_key)
    {
        context.refuse(at, "both parts of the key have one name", "give them two");
    }
}
