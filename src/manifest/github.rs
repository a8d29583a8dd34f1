//! The trust in GitHub Actions: always the audience, always exact subjects
//! (<https://docs.github.com/en/actions/reference/security/oidc>).

use super::context::Context;
use super::draft::Condition;
use super::model::{GithubActions, OneOrMany, SubjectFormat};
use super::trust::{Providers, provider, web_identity};
use crate::policy::Statement;
use crate::resource::OidcProvider;
use crate::yaml::Path;
use std::collections::BTreeSet;

/// The statement for `github`, or problems.
pub(super) fn compile(
    context: &mut Context,
    path: &Path,
    github: &GithubActions,
    providers: &mut Providers,
) -> Option<Statement> {
    let before = context.problems.len();
    let issuer = issuer(context, path, github);
    let repositories = repositories(context, path, github);
    let contexts = contexts(context, path, github);
    let default = match context.scope.partition.as_str() {
        "aws-cn" => "sts.amazonaws.com.cn",
        _ => "sts.amazonaws.com",
    };
    let audience = github.audience.as_deref().unwrap_or(default).to_owned();
    if audience.contains(['*', '?']) || audience.is_empty() {
        let fix = format!("leave it out for {default}");
        context.refuse(
            &path.key("audience"),
            format!("{audience:?} is no audience"),
            fix,
        );
    }
    if context.problems.len() > before {
        return None;
    }
    let subjects: BTreeSet<String> = repositories
        .iter()
        .flat_map(|repository| {
            contexts
                .iter()
                .map(move |context| format!("repo:{repository}:{context}"))
        })
        .collect();
    provider(context, providers, &issuer, std::slice::from_ref(&audience));
    let keys = [
        (format!("{issuer}:aud"), BTreeSet::from([audience])),
        (format!("{issuer}:sub"), subjects),
    ];
    let condition: Condition = [("StringEquals".to_owned(), keys.into())].into();
    Some(web_identity(context, "GithubActions", &issuer, condition))
}

fn issuer(context: &mut Context, path: &Path, github: &GithubActions) -> String {
    let Some(url) = &github.issuer else {
        return OidcProvider::GITHUB.to_owned();
    };
    context.check(&path.key("issuer"), OidcProvider::check_url(url));
    let issuer = OidcProvider::issuer(url);
    let host = issuer.split('/').next().unwrap_or_default();
    if host != OidcProvider::GITHUB
        && !(host.starts_with("token.actions.") && host.ends_with(".ghe.com"))
    {
        context.refuse(
            &path.key("issuer"),
            format!("{issuer} is no issuer of GitHub Actions"),
            "https://token.actions.githubusercontent.com/ENTERPRISE or \
             https://token.actions.SUBDOMAIN.ghe.com; use oidc: for others",
        );
    }
    issuer.to_owned()
}

/// `owner/name` as the subjects have it: with ids, without, or both.
fn repositories(context: &mut Context, path: &Path, github: &GithubActions) -> Vec<String> {
    let place = path.key("repository");
    let text = github.repository.as_str();
    let Some((owner, name)) = text.split_once('/') else {
        context.refuse(
            &place,
            format!("{text:?} is no repository"),
            "write it as owner/name, such as acme/backups",
        );
        return Vec::new();
    };
    if text.contains(['*', '?']) {
        context.refuse(
            &place,
            format!("{text:?} has a wildcard: it would let other repositories in, or none"),
            "name one repository; give each of several a trust of its own",
        );
        return Vec::new();
    }
    let owner_good = !owner.is_empty()
        && owner.len() <= 39
        && owner
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let name_good = !name.is_empty()
        && name.len() <= 100
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !owner_good || !name_good {
        context.refuse(
            &place,
            format!("{text:?} is no repository"),
            "write it as owner/name, such as acme/backups; no URL, no .git",
        );
        return Vec::new();
    }
    let id = |context: &mut Context, field: &str, id: Option<&String>| {
        let id = id?;
        if id.is_empty() || id.len() > 20 || !id.bytes().all(|b| b.is_ascii_digit()) {
            let fix = format!("ask for it with `gh api repos/{text}`");
            context.refuse(
                &path.key(field),
                format!("{id:?} is no id: ids are numbers"),
                fix,
            );
        }
        Some(id.clone())
    };
    let owner_id = id(context, "owner_id", github.owner_id.as_ref());
    let repository_id = id(context, "repository_id", github.repository_id.as_ref());
    let legacy = format!("{owner}/{name}");
    let format = github.subject_format;
    match (owner_id, repository_id) {
        (Some(owner_id), Some(repository_id)) => {
            let immutable = format!("{owner}@{owner_id}/{name}@{repository_id}");
            match format {
                None | Some(SubjectFormat::Immutable) => vec![immutable],
                Some(SubjectFormat::Legacy) => vec![legacy],
                Some(SubjectFormat::Both) => vec![legacy, immutable],
            }
        }
        (None, None) if matches!(format, None | Some(SubjectFormat::Legacy)) => vec![legacy],
        (owner_id, _) => {
            let missing = if owner_id.is_none() {
                "owner_id"
            } else {
                "repository_id"
            };
            context.refuse(
                path,
                format!("immutable subjects need both ids, and {missing} is missing"),
                format!("ask for them with `gh api repos/{text} --jq '.owner.id, .id'`"),
            );
            Vec::new()
        }
    }
}

/// What follows the repository in a subject: which workflows.
fn contexts(context: &mut Context, path: &Path, github: &GithubActions) -> Vec<String> {
    let mut contexts = Vec::new();
    let mut read = |field: &str, head: &str, values: Option<&OneOrMany<String>>| {
        for text in values.map(OneOrMany::as_slice).unwrap_or_default() {
            let place = path.key(field);
            if let Some((message, fix)) = refused(field, text) {
                context.refuse(&place, message, fix);
            }
            // GitHub writes a colon within a value as %3A.
            contexts.push(format!("{head}{}", text.replace(':', "%3A")));
        }
    };
    read("branch", "ref:refs/heads/", github.branch.as_ref());
    read("tag", "ref:refs/tags/", github.tag.as_ref());
    read("environment", "environment:", github.environment.as_ref());
    if github.pull_request {
        contexts.push("pull_request".to_owned());
    }
    if contexts.is_empty() {
        context.refuse(
            path,
            "every workflow of the repository could assume this role, those of pull requests too",
            "say which: branch: main, or tag:, environment:, pull_request: true",
        );
    }
    contexts
}

fn refused(field: &str, text: &str) -> Option<(String, String)> {
    if text.is_empty() {
        return Some((format!("the {field} is empty"), format!("name a {field}")));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control()) {
        return Some((
            format!("{odd:?} is in no {field} of GitHub"),
            format!("write the {field} in one line"),
        ));
    }
    if text.contains(['*', '?']) {
        return Some((
            format!(
                "{text:?} has a wildcard, which an exact subject takes literally: it never matches"
            ),
            format!("name one {field}, or several as a list"),
        ));
    }
    if let Some(bare) = text
        .strip_prefix("refs/heads/")
        .or_else(|| text.strip_prefix("refs/tags/"))
    {
        return Some((
            format!("{text:?} would become refs/…/refs/…"),
            format!("write {bare:?}"),
        ));
    }
    if field != "environment" && text.contains([' ', '~', '^', ':', '\\', '[']) {
        return Some((
            format!("git has no {field} named {text:?}"),
            format!("write the {field}'s name as git shows it"),
        ));
    }
    None
}
