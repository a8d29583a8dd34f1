//! Grants → statements, each action on exactly what it applies to.

use super::context::Context;
use super::documents::Documents;
use super::draft::{Condition, allow, camel, condition};
use super::model::{self, Grant};
use super::references::Principal;
use super::verbs::{self, Level};
use crate::yaml::{Path, suggestion};
use std::collections::{BTreeMap, BTreeSet};

/// Where a grant is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Through {
    BucketPolicy,
    Inline,
    Managed,
    Policy(String),
}

/// Compiles all grants into `documents`.
pub(super) fn compile(context: &mut Context, documents: &mut Documents) {
    let manifest = context.manifest;
    for (at, grant) in manifest.grants.iter().enumerate() {
        let path = Path::root().key("grants").index(at);
        let Some(bucket) = &manifest.bucket else {
            context.lacks(
                &path,
                "a grant is about the bucket, and there is none",
                "add bucket:",
            );
            continue;
        };
        compile_one(context, documents, &path, grant, &bucket.name);
    }
}

fn compile_one(
    context: &mut Context,
    documents: &mut Documents,
    path: &Path,
    grant: &Grant,
    bucket: &str,
) {
    let actions = actions(context, path, grant);
    let prefix = grant
        .prefix
        .as_deref()
        .and_then(|prefix| folder(context, path, prefix));
    let to = grant.to.as_slice();
    if to.is_empty() {
        context.refuse(
            &path.key("to"),
            "this grant is to nobody",
            "name a role, user or group",
        );
    }
    if grant.prefix.is_some() && prefix.is_none() {
        return;
    }
    for (at, name) in to.iter().enumerate() {
        let Some(principal) = context.principal(&place_of(grant, path, at), name) else {
            continue;
        };
        let Some(through) = through(context, path, grant, &principal) else {
            continue;
        };
        if through == Through::BucketPolicy {
            let before = context.problems.len();
            refuse_in_bucket_policy(context, path, grant, &actions);
            if context.problems.len() > before {
                continue;
            }
        }
        let who = match &through {
            Through::BucketPolicy => context.arn_of(&principal),
            _ => None,
        };
        let sid = match &who {
            None => String::new(),
            Some(_) => sid_of(&principal),
        };
        let statements = statements(
            context,
            &sid,
            who.as_deref(),
            &actions,
            bucket,
            prefix.as_deref(),
        );
        let draft = match &through {
            Through::BucketPolicy => documents.bucket_policy(),
            Through::Inline => documents.inline(&principal, &context.manifest.name),
            Through::Managed => documents.managed_of(context, &principal, path),
            Through::Policy(name) => documents.attached(context, &principal, name),
        };
        if let Some(draft) = draft {
            statements
                .into_iter()
                .for_each(|statement| draft.add(path, statement));
        }
    }
}

/// Where the principal `at` of the grant at `path` is named.
pub(super) fn place_of(grant: &Grant, path: &Path, at: usize) -> Path {
    match grant.to.is_list() {
        true => path.key("to").index(at),
        false => path.key("to"),
    }
}

/// How the Sids of statements about `principal` begin.
pub(super) fn sid_of(principal: &Principal) -> String {
    match principal {
        Principal::Role(name) | Principal::User(name) | Principal::Group(name) => camel(name),
        Principal::Arn(arn) => camel(arn.rsplit(['/', ':']).next().unwrap_or(arn)),
        Principal::Account(id) => format!("Account{id}"),
    }
}

fn actions(context: &mut Context, path: &Path, grant: &Grant) -> BTreeMap<Level, BTreeSet<String>> {
    let path = path.key("allow");
    let mut actions: BTreeMap<Level, BTreeSet<String>> = BTreeMap::new();
    if grant.allow.is_empty() {
        context.refuse(
            &path,
            "this grant allows nothing",
            "write for example [list, read]",
        );
    }
    for (at, word) in grant.allow.iter().enumerate() {
        match verbs::actions(&word.0) {
            Ok(found) => {
                for (level, action) in found {
                    actions.entry(level).or_default().insert(action);
                }
            }
            Err((message, fix)) => context.refuse(&path.index(at), message, fix),
        }
    }
    actions
}

/// A prefix is a folder: it ends with one slash and begins with none.
pub(super) fn folder(context: &mut Context, path: &Path, prefix: &str) -> Option<String> {
    let path = path.key("prefix");
    let trimmed = prefix.trim_matches('/');
    if trimmed.is_empty() {
        context.refuse(
            &path,
            "an empty prefix is the whole bucket",
            "leave prefix out to grant the whole bucket, or name a folder such as backups/",
        );
        return None;
    }
    if prefix.starts_with('/') {
        context.refuse(
            &path,
            "a key that begins with \"/\" is in a folder without a name",
            format!("write {:?}", format!("{trimmed}/")),
        );
        return None;
    }
    if let Some(wild) = trimmed.chars().find(|c| matches!(c, '*' | '?')) {
        context.refuse(
            &path,
            format!("{wild:?} in a prefix would match more than it says"),
            "name one folder; write a statement of your own for a pattern",
        );
        return None;
    }
    if trimmed.contains("//") {
        context.refuse(
            &path,
            "two slashes in a row are a folder without a name",
            "take one out",
        );
        return None;
    }
    Some(format!("{trimmed}/"))
}

fn through(
    context: &mut Context,
    path: &Path,
    grant: &Grant,
    principal: &Principal,
) -> Option<Through> {
    let path = path.key("through");
    let ours = matches!(
        principal,
        Principal::Role(_) | Principal::User(_) | Principal::Group(_)
    );
    let through = match grant.through.as_ref().map(|through| through.0.as_str()) {
        None if ours => Through::Inline,
        None | Some("bucket_policy") => Through::BucketPolicy,
        Some("inline_policy") => Through::Inline,
        Some("managed_policy") => Through::Managed,
        Some(other) => {
            if let Some(name) = other.strip_prefix("policy.") {
                context.managed_policy(&path, other)?;
                Through::Policy(name.to_owned())
            } else {
                context.refuse(
                    &path,
                    format!("a grant goes through no {other:?}"),
                    format!(
                        "{} or write policy.NAME of this manifest",
                        suggestion(other, model::Through::PLACES)
                    ),
                );
                return None;
            }
        }
    };
    if through == Through::BucketPolicy && matches!(principal, Principal::Group(_)) {
        context.refuse(
            &path,
            "a group cannot be a principal of a bucket policy",
            "write through: inline_policy or managed_policy",
        );
        return None;
    }
    if through != Through::BucketPolicy && !ours {
        context.refuse(
            &path,
            "what is outside this manifest can be reached through the bucket policy only",
            "write through: bucket_policy",
        );
        return None;
    }
    Some(through)
}

/// A bucket policy speaks of a bucket that is there, and of nothing else.
fn refuse_in_bucket_policy(
    context: &mut Context,
    path: &Path,
    grant: &Grant,
    actions: &BTreeMap<Level, BTreeSet<String>>,
) {
    let account = actions.get(&Level::Account).into_iter().flatten();
    let create = actions.get(&Level::Bucket).into_iter().flatten();
    for action in account.chain(create.filter(|action| *action == "s3:CreateBucket")) {
        let at = grant.allow.iter().position(|word| {
            verbs::actions(&word.0).is_ok_and(|all| all.iter().any(|(_, a)| a == action))
        });
        context.refuse(
            &path.key("allow").index(at.unwrap_or_default()),
            format!("{action} cannot be granted by a bucket policy"),
            "write through: inline_policy (a grant of its own)",
        );
    }
}

/// The statements of one grant. Under a prefix, listing takes two: one to step down to the folder
/// level by level, one for everything within.
fn statements(
    context: &Context,
    sid: &str,
    who: Option<&str>,
    actions: &BTreeMap<Level, BTreeSet<String>>,
    bucket: &str,
    prefix: Option<&str>,
) -> Vec<crate::policy::Statement> {
    let bucket_arn = format!("arn:{}:s3:::{bucket}", context.scope.partition);
    let sid = match prefix {
        Some(prefix) => format!("{sid}{}", camel(prefix)),
        None => sid.to_owned(),
    };
    let mut made = Vec::new();
    let mut push = |name: &str, level: &[Level], resource: &str, condition: Condition| {
        let actions: BTreeSet<String> = level
            .iter()
            .filter_map(|level| actions.get(level))
            .flatten()
            .cloned()
            .collect();
        if !actions.is_empty() {
            let who = who.map(|who| ("AWS", who));
            let resource = [resource.to_owned()];
            made.push(allow(
                format!("{sid}{name}"),
                who,
                actions,
                resource,
                condition,
            ));
        }
    };
    match prefix {
        None => {
            let levels = [Level::Bucket, Level::Listing];
            push("Bucket", &levels, &bucket_arn, Condition::new());
            push(
                "Objects",
                &[Level::Object],
                &format!("{bucket_arn}/*"),
                Condition::new(),
            );
        }
        Some(prefix) => {
            let mut browse = condition(
                "StringEquals",
                "s3:prefix",
                steps(prefix).iter().map(String::as_str),
            );
            if let Some(keys) = browse.get_mut("StringEquals") {
                keys.insert("s3:delimiter".to_owned(), BTreeSet::from(["/".to_owned()]));
            }
            let within = || condition("StringLike", "s3:prefix", [format!("{prefix}*").as_str()]);
            push("Bucket", &[Level::Bucket], &bucket_arn, Condition::new());
            push("Browse", &[Level::Listing], &bucket_arn, browse);
            push("List", &[Level::Listing], &bucket_arn, within());
            push(
                "Objects",
                &[Level::Object],
                &format!("{bucket_arn}/{prefix}*"),
                Condition::new(),
            );
        }
    }
    push("Account", &[Level::Account], "*", Condition::new());
    made
}

/// `a/b/` → ``, `a/`, `a/b/`.
fn steps(prefix: &str) -> Vec<String> {
    let ends = prefix
        .match_indices('/')
        .map(|(at, _)| prefix[..=at].to_owned());
    std::iter::once(String::new()).chain(ends).collect()
}
