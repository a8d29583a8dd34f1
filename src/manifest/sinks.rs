//! The rules of the places that access keys are handed over to.

use super::context::Context;
use super::model;
use crate::resource::Place;
use crate::yaml::Path;

/// A file: a path that says one thing in one way.
pub(super) fn check_path(context: &mut Context, at: &Path, path: &str) {
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
pub(super) fn check_name(
    context: &mut Context,
    at: &Path,
    what: &str,
    name: &str,
    also: &str,
    most: usize,
) {
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
pub(super) fn check_parameter(context: &mut Context, at: &Path, name: &str) {
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

/// Something that may be an id, an ARN or an alias.
pub(super) fn check_kms_key(context: &mut Context, at: &Path, stored: &model::Stored) {
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

/// `owner/name`.
pub(super) fn check_repository(context: &mut Context, at: &Path, text: &str) {
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
pub(super) fn check_names(context: &mut Context, at: &Path, names: &model::Names, place: &Place) {
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
