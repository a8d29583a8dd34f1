//! Subjects of GitHub Actions: `repo:OWNER/NAME:CONTEXT`, or `repo:OWNER@ID/NAME@ID:CONTEXT`.
//!
//! Source: "OpenID Connect reference" of GitHub
//! (<https://docs.github.com/en/actions/reference/security/oidc>).

mod words;

use super::subjects::{Pinned, Verdict, literal, owner_wildcard};
use crate::policy::lint::rules::{self, Rule};
use crate::policy::pattern::matches;
use words::{
    WHOSE, begins_a_claim, guess, is_claim, is_name, is_name_of_repository, is_owner, is_repository,
};

/// Everything to say of `value`, whose wildcards are such.
pub(super) fn judge(value: &str, pinned: Pinned, has_immutable: bool) -> Vec<Verdict> {
    let literal = literal(value);
    let wild = literal.len() < value.len();
    let Some(rest) = literal.strip_prefix("repo:") else {
        return match wild && "repo:".starts_with(literal) {
            true => of_owner("", value, pinned),
            false => without_repository(value, pinned),
        };
    };
    let Some((owner, rest)) = rest.split_once('/') else {
        // An owner's name has no `@`: the name is whole, and it is the id that is left open.
        return match rest.split_once('@') {
            Some((owner, "")) if wild && is_name(owner) => of_name(value, owner, pinned),
            // The beginning of an id is that of others' ids, too.
            _ if wild => of_owner(rest, value, pinned),
            _ => vec![never("it names an owner and no repository", &guess(value))],
        };
    };
    if !is_owner(owner) {
        return vec![never(
            &format!("{owner:?} is no owner's name"),
            &guess(value),
        )];
    }
    let Some((name, _)) = rest.split_once(':') else {
        return match wild {
            true => of_repositories(value, owner, rest, pinned),
            false => of_repository_alone(owner, rest, value),
        };
    };
    if !is_repository(name) {
        return vec![never(
            &format!("{name:?} is no repository's name"),
            &guess(value),
        )];
    }
    if owner.contains('@') != name.contains('@') {
        let message = "ids stand behind both names or behind none";
        return vec![never(message, "write repo:OWNER@ID/NAME@ID:…")];
    }
    let repository = format!("repo:{owner}/{name}");
    let context = value.get(repository.len() + 1..).unwrap_or_default();
    let mut found = of_context(&repository, context, pinned);
    if found.is_empty() && has_immutable && !name.contains('@') {
        found.push(by_name(owner, name));
    }
    found
}

/// The owner's name is left open behind `literal`.
fn of_owner(literal: &str, value: &str, pinned: Pinned) -> Vec<Verdict> {
    if pinned.repository {
        return match pinned.branch || names_a_context(value) {
            true => Vec::new(),
            false => vec![any_branch("repo:OWNER/NAME")],
        };
    }
    if pinned.owner {
        return vec![any_repository()];
    }
    match literal.is_empty() {
        true => vec![Verdict::new(
            &rules::OPEN_SUBJECT,
            "has a wildcard where the owner is named: every repository of GitHub has such a subject",
            "write it exactly: repo:OWNER/NAME:ref:refs/heads/main",
        )],
        false => vec![owner_wildcard()],
    }
}

/// `repo:acme@*/…`: whichever id the owner's account has.
fn of_name(value: &str, owner: &str, pinned: Pinned) -> Vec<Verdict> {
    let behind = value.split_once('/').map_or("", |(_, behind)| behind);
    match behind.split_once('@') {
        Some((name, rest)) if is_name_of_repository(name) => {
            let context = rest.split_once(':').map_or("*", |(_, context)| context);
            let mut found = of_context(&format!("repo:{owner}@ID/{name}@ID"), context, pinned);
            found.push(whichever_id(owner, name));
            found
        }
        _ if pinned.repository => Vec::new(),
        _ => vec![any_repository()],
    }
}

/// The owner is named, and what follows is left open behind `name`.
fn of_repositories(value: &str, owner: &str, name: &str, pinned: Pinned) -> Vec<Verdict> {
    if pinned.repository {
        return match pinned.branch || names_a_context(value) {
            true => Vec::new(),
            false => vec![any_branch(&format!("repo:{owner}/NAME"))],
        };
    }
    if name.is_empty() {
        return vec![any_repository()];
    }
    if let Some((bare, id)) = name.split_once('@')
        && id.is_empty()
        && is_name_of_repository(bare)
    {
        // A repository's name has no `@`: the name is whole.
        let behind = value.split_once('/').map_or("", |(_, behind)| behind);
        let context = behind.split_once(':').map_or("*", |(_, context)| context);
        let mut found = of_context(&format!("repo:{owner}/{bare}@ID"), context, pinned);
        found.push(whichever_id(owner, bare));
        return found;
    }
    vec![Verdict::new(
        &rules::REPOSITORY_WILDCARD,
        format!("lets in every repository of the owner whose name begins with {name:?}"),
        format!("end the name with a colon: repo:{owner}/{name}:…"),
    )]
}

/// `repo:acme/backups` and no more.
fn of_repository_alone(owner: &str, name: &str, value: &str) -> Vec<Verdict> {
    if !is_repository(name) {
        return vec![never(
            &format!("{name:?} is no repository's name"),
            &guess(value),
        )];
    }
    vec![Verdict::new(
        &rules::CUSTOM_SUBJECT,
        "is in no token unless the repository's template is [\"repo\"]: the branch follows",
        format!("write repo:{owner}/{name}:ref:refs/heads/main"),
    )]
}

/// What follows the repository.
fn of_context(repository: &str, context: &str, pinned: Pinned) -> Vec<Verdict> {
    let literal = literal(context);
    let wild = literal.len() < context.len();
    let is_any =
        |head: &str| head.starts_with(literal) && matches(context, &format!("{head}any-name"));
    if wild && !pinned.branch && is_any("ref:refs/heads/") {
        return vec![any_branch(repository)];
    }
    if wild && !pinned.branch && is_any("environment:") {
        return vec![any_environment(repository)];
    }
    if matches(context, "pull_request") {
        return match wild && pinned.branch {
            true => Vec::new(),
            false => vec![Verdict::new(
                &rules::PULL_REQUEST,
                "lets in the workflow of every pull request, with what the request changes in it",
                format!("name a branch, {repository}:ref:refs/heads/main, or an environment"),
            )],
        };
    }
    let meant = || guess(&format!("{repository}:{context}"));
    if !wild {
        return chain(context)
            .map(|why| never(&why, &meant()))
            .into_iter()
            .collect();
    }
    let (claim, whole) = match literal.split_once(':') {
        Some((claim, _)) => (claim, true),
        None => (literal, false),
    };
    let may_be = match (whole, claim) {
        (true, "ref") => "ref:refs/".starts_with(literal) || literal.starts_with("ref:refs/"),
        (true, claim) => is_claim(claim),
        (false, head) => begins_a_claim(head),
    };
    match may_be {
        true => Vec::new(),
        false => vec![never(
            &format!("nothing behind a repository begins with {literal:?}"),
            &meant(),
        )],
    }
}

/// Why no token has this behind the repository: `claim:value` after `claim:value`.
fn chain(context: &str) -> Option<String> {
    let mut parts = context.split(':');
    let first = parts.clone().next().unwrap_or_default();
    if !is_claim(first) && first != "pull_request"
        || context.starts_with("ref:") && !context.starts_with("ref:refs/")
    {
        return Some(format!("{context:?} is not what follows a repository"));
    }
    while let Some(claim) = parts.next() {
        if claim == "pull_request" {
            continue;
        }
        if !is_claim(claim) || parts.next().is_none_or(str::is_empty) {
            return Some(format!(
                "{claim:?} is no claim with a value, and a colon in a name is written as %3A"
            ));
        }
    }
    None
}

/// A subject that does not begin with the repository: that of a customised template.
fn without_repository(value: &str, pinned: Pinned) -> Vec<Verdict> {
    let literal = literal(value);
    let wild = literal.len() < value.len();
    let claim = literal.split(':').next().unwrap_or_default();
    if !is_claim(claim) || !literal.contains(':') {
        return vec![never("it begins with repo:", &guess(value))];
    }
    let mut parts = literal.split(':').peekable();
    let mut owned = pinned.owner;
    while let (Some(claim), Some(named)) = (parts.next(), parts.next()) {
        let whole = parts.peek().is_some() || !wild;
        let starts_with_owner = matches!(claim, "repo" | "job_workflow_ref" | "workflow_ref");
        owned |= WHOSE.contains(&claim)
            && !named.is_empty()
            && (whole || (starts_with_owner && named.contains('/')));
        if WHOSE.contains(&claim) && !owned {
            return vec![owner_wildcard()];
        }
    }
    match owned {
        false => vec![Verdict::new(
            &rules::OPEN_SUBJECT,
            "lets in workloads of anybody: any owner's template can give such a subject",
            "write a subject that begins with repo:OWNER/NAME:",
        )],
        true => vec![Verdict::new(
            &rules::CUSTOM_SUBJECT,
            "is in no token unless the owner has customised the template of the subject",
            "make sure of the template: gh api repos/OWNER/NAME/actions/oidc/customization/sub",
        )],
    }
}

/// Whether a pattern ends in a context that is written out.
fn names_a_context(value: &str) -> bool {
    [":ref:refs/heads/", ":ref:refs/tags/", ":environment:"]
        .iter()
        .filter_map(|head| value.split_once(*head))
        .any(|(_, name)| !name.is_empty() && !name.starts_with('*'))
}

fn any_repository() -> Verdict {
    Verdict::new(
        &rules::OWNER_ANY_REPOSITORY,
        "lets in every repository of the owner, every branch and every pull request",
        "name the repository, and what of it may: repo:OWNER/NAME:ref:refs/heads/main",
    )
}

/// A repository that its ids name is whose it was, whatever is renamed: that form is loose and safe.
fn any_of(repository: &str) -> &'static Rule {
    let has_id = |part: &str| {
        let id = part.split_once('@').map_or("", |(_, id)| id);
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
    };
    let whole = repository.split_once('/');
    match whole.is_some_and(|(owner, name)| has_id(owner) && has_id(name)) {
        true => &rules::ANY_BRANCH_BY_ID,
        false => &rules::REPOSITORY_ANY_BRANCH,
    }
}

fn any_branch(repository: &str) -> Verdict {
    Verdict::new(
        any_of(repository),
        "lets in every branch of the repository",
        format!("name the branch, {repository}:ref:refs/heads/main, or an environment"),
    )
}

fn any_environment(repository: &str) -> Verdict {
    Verdict::new(
        any_of(repository),
        "lets in every environment, and a job of any branch makes one by naming it",
        format!("name the environment: {repository}:environment:production"),
    )
}

fn by_name(owner: &str, name: &str) -> Verdict {
    Verdict::new(
        &rules::NAME_ONLY_SUBJECT,
        "is in no token of a repository that is made, renamed or moved after 2026-07-15",
        format!(
            "write repo:{owner}@OWNER_ID/{name}@ID:… for it \
             (gh api repos/{owner}/{name} --jq '.owner.id, .id')"
        ),
    )
}

fn whichever_id(owner: &str, name: &str) -> Verdict {
    Verdict::new(
        &rules::NAME_ONLY_SUBJECT,
        "takes any id: whoever has these names next gets in",
        format!("write the ids (gh api repos/{owner}/{name} --jq '.owner.id, .id')"),
    )
}

fn never(why: &str, fix: &str) -> Verdict {
    Verdict::new(
        &rules::UNKNOWN_SUBJECT,
        format!("is in no token of GitHub, so nobody can assume the role: {why}"),
        fix,
    )
}
