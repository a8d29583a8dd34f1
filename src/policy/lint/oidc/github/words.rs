//! Of what a subject of GitHub is made: claims and names, and what one that is none was meant to be.

/// Claims of which a customised subject can be made, and that say whose it is.
pub(super) const WHOSE: [&str; 11] = [
    "actor",
    "actor_id",
    "enterprise",
    "enterprise_id",
    "job_workflow_ref",
    "repo",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "run_id",
    "workflow_ref",
];

/// Claims of which one can be made, and that anybody's workflow can have.
const ANYBODYS: [&str; 15] = [
    "base_ref",
    "check_run_id",
    "context",
    "environment",
    "event_name",
    "head_ref",
    "job_workflow_sha",
    "ref",
    "ref_type",
    "repository_visibility",
    "run_attempt",
    "run_number",
    "runner_environment",
    "workflow",
    "workflow_sha",
];

/// Whether GitHub has such a claim.
pub(super) fn is_claim(name: &str) -> bool {
    WHOSE.contains(&name) || ANYBODYS.contains(&name) || name.starts_with("repo_property_")
}

/// Whether some claim's name begins so.
pub(super) fn begins_a_claim(text: &str) -> bool {
    let all = WHOSE
        .iter()
        .chain(&ANYBODYS)
        .chain(&["pull_request", "repo_property_"]);
    let mut all = all.copied();
    all.any(|claim| claim.starts_with(text)) || is_claim(text)
}

/// What was probably meant by a subject that no token has.
pub(super) fn guess(value: &str) -> String {
    const FORM: &str = "write repo:OWNER/NAME:ref:refs/heads/BRANCH";
    let bare = ["repo:", "repository:", "https://", "http://", "github.com/"]
        .iter()
        .fold(value, |rest, head| {
            let same = rest
                .get(..head.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(head));
            if same { &rest[head.len()..] } else { rest }
        });
    let (repository, context) = bare.split_once(':').unwrap_or((bare, ""));
    let repository = repository.trim_end_matches('/');
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    let named = repository
        .split_once('/')
        .is_some_and(|(owner, name)| is_owner(owner) && is_repository(name));
    if !named {
        return FORM.to_owned();
    }
    let named = |heads: &[&str]| {
        let mut found = heads.iter().filter_map(|head| context.strip_prefix(head));
        found
            .next()
            .filter(|rest| !rest.is_empty())
            .map(|rest| rest.replace(':', "%3A"))
    };
    let branches = [
        "ref:refs/heads/",
        "refs/heads/",
        "ref:heads/",
        "heads/",
        "branch:",
    ];
    let context =
        if let Some(tag) = named(&["ref:refs/tags/", "refs/tags/", "ref:tags/", "tags/", "tag:"]) {
            format!("ref:refs/tags/{tag}")
        } else if let Some(name) = named(&["environment:", "env:"]) {
            format!("environment:{name}")
        } else if context.starts_with("pull") {
            "pull_request".to_owned()
        } else if let Some(branch) = named(&branches) {
            format!("ref:refs/heads/{branch}")
        } else if let Some(branch) = named(&["ref:"]) {
            format!("ref:refs/heads/{branch}")
        } else {
            let events = ["push", "schedule", "workflow_dispatch", "release", "*", ""];
            let branch = match events.contains(&context) || context.contains(':') {
                true => "main",
                false => context,
            };
            format!("ref:refs/heads/{branch}")
        };
    format!("write repo:{repository}:{context}")
}

/// `acme`, or with its id `acme@12`.
pub(super) fn is_owner(text: &str) -> bool {
    with_id(text, is_name)
}

/// `backups`, or with its id `backups@34`.
pub(super) fn is_repository(text: &str) -> bool {
    with_id(text, is_name_of_repository)
}

fn with_id(text: &str, is_name: fn(&str) -> bool) -> bool {
    let (name, id) = text.split_once('@').unwrap_or((text, "0"));
    is_name(name) && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// An owner's name.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// A repository's name.
pub(super) fn is_name_of_repository(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.bytes().all(plain) && !text.ends_with(".git")
}
