//! Workload identity pools and their providers.

use super::{Ground, check_description, check_length, tags};
use crate::manifest::context::Context;
use crate::manifest::model::{OneOrMany, PoolGithubActions, PoolOidc, PoolProvider};
use crate::resource::google::marks::KeyRecord;
use crate::resource::google::{Pool, Provider};
use crate::resource::{Google, OidcProvider};
use crate::yaml::Path;
use std::collections::BTreeMap;

/// Characters of a display name here.
const DISPLAY_NAME: usize = 32;
/// Characters of a condition
/// (<https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers>).
const CONDITION: usize = 4096;

/// All pools, each with its providers.
pub(super) fn compile(context: &mut Context, ground: &Ground) -> Vec<Google> {
    let mut made = Vec::new();
    for (name, pool) in &ground.google.workload_identity_pools {
        let path = ground.path.key("workload_identity_pools").key(name);
        context.check(&path, Pool::check_name(name));
        let place = path.key("display_name");
        check_length(context, &place, pool.display_name.as_ref(), DISPLAY_NAME);
        let tags = tags(context, pool.protect);
        let text = pool.description.as_ref();
        let place = path.key("description");
        check_description(context, &place, text, &tags, &KeyRecord::default());
        made.push(Google::Pool(Pool {
            display_name: pool.display_name.clone(),
            description: pool.description.clone(),
            tags,
            ..Pool::named(name, ground.project)
        }));
        if pool.providers.is_empty() {
            let message = "nobody vouches for identities of this pool";
            context.lacks(&path, message, "add providers:");
        }
        for (id, provider) in &pool.providers {
            let path = path.key("providers").key(id);
            context.check(&path, Pool::check_name(id));
            let provider = match provider {
                PoolProvider::GithubActions(github) => {
                    github_actions(context, &path.key("github_actions"), github)
                }
                PoolProvider::Oidc(oidc) => issuer(context, &path.key("oidc"), oidc),
            };
            made.push(Google::Provider(Provider {
                name: format!("{name}/{id}"),
                project: ground.project.to_owned(),
                tags: super::tags(context, pool.protect),
                ..provider
            }));
        }
    }
    made
}

/// The attributes by which a workflow is known, and the condition that it has to fulfil: always the
/// repository's id, since a name can be given up and taken by somebody else
/// (<https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions>).
fn github_actions(context: &mut Context, path: &Path, github: &PoolGithubActions) -> Provider {
    let place = path.key("display_name");
    check_length(context, &place, github.display_name.as_ref(), DISPLAY_NAME);
    let id = &github.repository_id;
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        context.refuse(
            &path.key("repository_id"),
            format!("{id:?} is no id of a repository: those are numbers"),
            "gh api repos/OWNER/NAME --jq .id tells it",
        );
    }
    let mut parts = vec![format!("assertion.repository_id == '{id}'")];
    if let Some(repository) = &github.repository {
        crate::manifest::sinks::check_repository(context, &path.key("repository"), repository);
        parts.push(format!("assertion.repository == {}", quoted(repository)));
    }
    let mut one_of = |field: &str, claim: &str, head: &str, values: Option<&[String]>| {
        let Some(values) = values else { return };
        let place = path.key(field);
        if values.is_empty() {
            context.refuse(&place, "this names none", "name one, or leave it out");
        }
        for value in values {
            let odd = |c: char| c.is_control() || c.is_whitespace() || "*?'\"\\".contains(c);
            if value.is_empty() || value.contains(odd) {
                context.refuse(
                    &place,
                    format!("{value:?} is no {field}: it is compared letter by letter"),
                    "name one exactly",
                );
            }
        }
        let texts: Vec<String> = values
            .iter()
            .map(|value| quoted(&format!("{head}{value}")))
            .collect();
        parts.push(match &texts[..] {
            [only] => format!("assertion.{claim} == {only}"),
            all => format!("assertion.{claim} in [{}]", all.join(", ")),
        });
    };
    let all = |values: &'_ Option<OneOrMany<String>>| {
        values.as_ref().map(|values| values.as_slice().to_vec())
    };
    let (branch, tag, environment) = (
        all(&github.branch),
        all(&github.tag),
        all(&github.environment),
    );
    one_of("branch", "ref", "refs/heads/", branch.as_deref());
    one_of("environment", "environment", "", environment.as_deref());
    match (&branch, &tag) {
        (Some(_), Some(_)) => context.refuse(
            &path.key("tag"),
            "a workflow runs on a branch or on a tag, and not on both",
            "make a provider for each",
        ),
        _ => one_of("tag", "ref", "refs/tags/", tag.as_deref()),
    }
    let url = github.issuer.as_deref();
    let url = url.map_or_else(
        || format!("https://{}", OidcProvider::GITHUB),
        str::to_owned,
    );
    context.check(&path.key("issuer"), OidcProvider::check_url(&url));
    let mapping = [
        ("google.subject", "assertion.sub"),
        ("attribute.repository", "assertion.repository"),
        ("attribute.repository_id", "assertion.repository_id"),
        ("attribute.ref", "assertion.ref"),
    ];
    Provider {
        display_name: github.display_name.clone(),
        audiences: github.audiences.iter().cloned().collect(),
        attribute_mapping: mapping
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        attribute_condition: Some(parts.join(" && ")),
        ..Provider::named("", "", "", &url)
    }
}

fn issuer(context: &mut Context, path: &Path, oidc: &PoolOidc) -> Provider {
    let place = path.key("display_name");
    check_length(context, &place, oidc.display_name.as_ref(), DISPLAY_NAME);
    context.check(&path.key("issuer"), OidcProvider::check_url(&oidc.issuer));
    check_mapping(
        context,
        &path.key("attribute_mapping"),
        &oidc.attribute_mapping,
    );
    let length = oidc.attribute_condition.as_ref().map_or(0, String::len);
    if length > CONDITION {
        let message = format!("this has {length} characters, and {CONDITION} are the most");
        context.refuse(
            &path.key("attribute_condition"),
            message,
            "write a shorter one",
        );
    }
    Provider {
        display_name: oidc.display_name.clone(),
        audiences: oidc.audiences.iter().cloned().collect(),
        attribute_mapping: oidc.attribute_mapping.clone(),
        attribute_condition: oidc.attribute_condition.clone(),
        ..Provider::named("", "", "", &oidc.issuer)
    }
}

fn check_mapping(context: &mut Context, path: &Path, mapping: &BTreeMap<String, String>) {
    if !mapping.contains_key("google.subject") {
        context.refuse(
            path,
            "identities need a subject",
            "add google.subject: assertion.sub",
        );
    }
    for (name, value) in mapping {
        let own = name.strip_prefix("attribute.").is_some_and(|name| {
            let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            !name.is_empty() && name.len() <= 100 && name.bytes().all(fits)
        });
        if !own && !matches!(name.as_str(), "google.subject" | "google.groups") {
            context.refuse(
                &path.key(name),
                format!("{name:?} is no attribute"),
                "google.subject, google.groups, or attribute.NAME in small letters",
            );
        }
        if value.trim().is_empty() {
            context.refuse(
                &path.key(name),
                "this is no expression",
                "such as assertion.sub",
            );
        }
    }
}

/// A text of the Common Expression Language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
