//! Subjects of tokens: whose workloads one lets in, and whether any token has it.
//!
//! Source: "OpenID Connect reference" of GitHub
//! (<https://docs.github.com/en/actions/reference/security/oidc>), "ID token" of GitLab, "OpenID
//! Connect" of Buildkite, "Workload identity" of HCP Terraform.

use super::{github, issuers};
use crate::policy::fault::shortened;
use crate::policy::lint::rules::{self, Rule};
use crate::policy::pattern::{is_pattern, matches};

/// What is to be said of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// By which rule.
    pub rule: &'static Rule,
    /// What is wrong; the subject goes before it.
    pub message: String,
    /// What to write instead.
    pub fix: String,
}

impl Verdict {
    pub(super) fn new(
        rule: &'static Rule,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Verdict {
        Verdict {
            rule,
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// How much of a subject other tests of the statement pin down, whatever the subject leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pinned {
    /// Nobody else's workloads pass.
    pub owner: bool,
    /// No other repository passes.
    pub repository: bool,
    /// No other branch, tag or environment passes.
    pub branch: bool,
}

/// Everything to say of `value`, a subject or, with `wild`, a pattern of one.
pub(super) fn judge(issuer: &str, value: &str, wild: bool, pinned: Pinned) -> Vec<Verdict> {
    // A variable is filled in by whoever asks.
    if value.contains("${") {
        return match pinned.owner {
            true => Vec::new(),
            false => vec![Verdict::new(
                &rules::OPEN_SUBJECT,
                "lets in workloads of anybody: what a variable stands for comes with the request",
                "write the subject exactly, as the token has it",
            )],
        };
    }
    // `*` in an exact test is reported as what it is: a character that no subject has.
    if !wild && is_pattern(value) {
        return Vec::new();
    }
    let open = wild && value.chars().all(|letter| matches!(letter, '*' | '?'));
    if open && issuers::tenancy_key(issuer).is_some_and(|key| key.ends_with(":sub")) {
        return vec![Verdict::new(
            &rules::SHARED_ISSUER,
            "lets in workloads of anybody, and AWS refuses it",
            "write the subject exactly, as the token has it",
        )];
    }
    if open {
        return match pinned.owner {
            true => Vec::new(),
            false => vec![anybody()],
        };
    }
    if issuers::is_github(issuer) {
        let immutable = issuers::has_immutable_subjects(issuer);
        return github::judge(value, pinned, immutable);
    }
    let chain = match issuer {
        "gitlab.com" => &GITLAB,
        "agent.buildkite.com" => &BUILDKITE,
        "app.terraform.io" => &TERRAFORM,
        // Kubernetes' own form, whoever runs the cluster.
        _ if is_any_account(value) => return vec![any_account()],
        // Of others it is not known how a subject is built.
        _ if value.starts_with(['*', '?']) && !pinned.owner => return vec![anybody()],
        _ => return Vec::new(),
    };
    chain.judge(value, pinned)
}

/// Whether the pattern lets in every service account of a cluster, in any of its namespaces.
fn is_any_account(value: &str) -> bool {
    value.starts_with("system:") && matches(value, "system:serviceaccount:any-space:any-name")
}

fn any_account() -> Verdict {
    Verdict::new(
        &rules::ANY_SERVICE_ACCOUNT,
        "lets in every service account of the cluster",
        "write it exactly: system:serviceaccount:NAMESPACE:NAME",
    )
}

fn anybody() -> Verdict {
    Verdict::new(
        &rules::OPEN_SUBJECT,
        "lets in workloads of anybody",
        "write the subject exactly, as the token has it",
    )
}

/// How an issuer builds its subjects: who, then what of theirs, then which run of it.
struct Chain {
    /// What every subject begins with.
    head: &'static str,
    /// What ends the owner's name.
    owner_end: &'static str,
    /// What ends the name of what is theirs.
    end: char,
    /// What is theirs.
    unit: &'static str,
    /// What a run on one branch has in its subject, where branches are told apart.
    branch: Option<&'static str>,
}

const GITLAB: Chain = Chain {
    head: "project_path:",
    owner_end: "/",
    end: ':',
    unit: "project",
    branch: Some(":ref:"),
};
const BUILDKITE: Chain = Chain {
    head: "organization:",
    owner_end: ":pipeline:",
    end: ':',
    unit: "pipeline",
    branch: Some(":ref:"),
};
const TERRAFORM: Chain = Chain {
    head: "organization:",
    owner_end: ":project:",
    end: ':',
    unit: "project",
    branch: None,
};

impl Chain {
    fn judge(&self, value: &str, pinned: Pinned) -> Vec<Verdict> {
        let literal = literal(value);
        let exactly = "write the subject exactly, as the token has it";
        let Some(rest) = literal.strip_prefix(self.head) else {
            let wild = literal.len() < value.len();
            return match wild && self.head.starts_with(literal) {
                true if pinned.owner => Vec::new(),
                true => vec![anybody()],
                false => vec![Verdict::new(
                    &rules::UNKNOWN_SUBJECT,
                    format!("is in no token: its subjects begin with {}", self.head),
                    exactly,
                )],
            };
        };
        let Some((owner, rest)) = rest.split_once(self.owner_end) else {
            // The name may be whole and what comes behind it left open: `organization:acme:*`.
            let whole = self.owner_end.len() > 1 && rest.contains(':');
            return match (whole || pinned.owner, literal.len() < value.len()) {
                (true, true) => self.any_unit(pinned),
                (false, true) => vec![owner_wildcard()],
                (_, false) => vec![Verdict::new(
                    &rules::UNKNOWN_SUBJECT,
                    format!("is in no token: it names no {}", self.unit),
                    exactly,
                )],
            };
        };
        if owner.is_empty() {
            return vec![anybody()];
        }
        if literal.len() == value.len() {
            return Vec::new();
        }
        if !rest.contains(self.end) {
            return self.any_unit(pinned);
        }
        let branch = self.branch.filter(|_| !pinned.branch);
        let open = branch.is_some_and(|branch| {
            let named = literal.split_once(branch).map(|(_, name)| name);
            named.is_none_or(|name| name.is_empty() || name == "refs/heads/")
        });
        match open {
            true => vec![Verdict::new(
                &rules::REPOSITORY_ANY_BRANCH,
                format!("lets in every branch of the {}", self.unit),
                "name the branch, such as main",
            )],
            false => Vec::new(),
        }
    }

    fn any_unit(&self, pinned: Pinned) -> Vec<Verdict> {
        match pinned.repository {
            true => Vec::new(),
            false => vec![Verdict::new(
                &rules::OWNER_ANY_REPOSITORY,
                format!("lets in every {} of the owner", self.unit),
                format!("name one {}", self.unit),
            )],
        }
    }
}

pub(super) fn owner_wildcard() -> Verdict {
    Verdict::new(
        &rules::OWNER_WILDCARD,
        "has a wildcard where the owner is named: others can have such a name",
        "write the owner's name exactly, and what ends it",
    )
}

/// What comes before the first wildcard.
pub(super) fn literal(value: &str) -> &str {
    value.split(['*', '?']).next().unwrap_or_default()
}

/// The subject as a message shows it.
pub(super) fn shown(value: &str) -> String {
    format!("{:?}", shortened(value))
}
