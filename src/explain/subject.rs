//! How two subjects differ, in words, and what to change so that they do not.

use super::github::{Run, Subject, plain};
use crate::policy::pattern;
use serde::Serialize;

/// How a subject differs from the closest one that would match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Only upper and lower case.
    Case,
    /// `*` or `?` where it stands for itself.
    LiteralWildcard,
    /// A URL or host where the owner of the repository belongs.
    Host,
    /// The token has GitHub's ids in the subject, and the trust has not.
    IdsInToken,
    /// The trust has GitHub's ids, and the token has not.
    IdsInTrust,
    /// The same repository under another name.
    Renamed,
    /// A repository of the same name with other ids: one that was made anew, or somebody else's.
    Recreated,
    /// Another repository.
    Repository,
    /// The job names an environment, or another one, or none.
    Environment,
    /// The job runs for a pull request.
    PullRequest,
    /// A tag and not a branch, or another one.
    Tag,
    /// Another branch.
    Branch,
    /// Something else.
    Other,
}

/// A difference told.
pub(super) struct Told {
    pub(super) difference: Difference,
    /// What is different, in a sentence.
    pub(super) what: String,
    /// What could be changed, each by itself enough for this difference.
    pub(super) remedies: Vec<String>,
}

/// How `given` differs from `closest`, a subject that `pattern` matches, or that it would be under
/// an operator with wildcards (`wild`).
pub(super) fn difference(given: &str, closest: &str, pattern: &str, wild: bool) -> Told {
    let literal = !wild && pattern::is_pattern(pattern);
    if literal && pattern::matches(pattern, given) {
        let what = "the trust has a wildcard, which stands for itself under an operator that \
                    compares whole values";
        return told(
            Difference::LiteralWildcard,
            what,
            vec![
                "in the trust: name the subjects that are meant one by one; StringLike would take \
                 the wildcard, and let in whatever it covers"
                    .to_owned(),
            ],
        );
    }
    if given.to_lowercase() == closest.to_lowercase() {
        return of_case(given, closest);
    }
    match (Subject::parse(given), Subject::parse(closest)) {
        (Some(given), Some(closest)) => of_github(&given, &closest),
        (Some(given), None) if names_a_host(pattern) => told(
            Difference::Host,
            "the trust has an address where only owner/name belongs",
            vec![format!(
                "in the manifest: repository: {}",
                given.full_name()
            )],
        ),
        _ => told(
            Difference::Other,
            "they differ from the mark on",
            Vec::new(),
        ),
    }
}

fn names_a_host(pattern: &str) -> bool {
    let rest = pattern.strip_prefix("repo:").unwrap_or(pattern);
    rest.contains("github.com") || rest.contains("//")
}

/// Where only upper and lower case differ: in the repository, in the rest, or in both.
fn of_case(given: &str, closest: &str) -> Told {
    let parts = Subject::parse(given).zip(Subject::parse(closest));
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let Some((ours, theirs)) = parts {
        if ours.full_name() != theirs.full_name() {
            lines.push(("repository:", ours.full_name()));
        }
        let run = ours.run.in_manifest().zip(theirs.run.in_manifest());
        match run {
            _ if ours.run == theirs.run => {}
            Some(_) => match ours.run {
                Run::Branch(name) => lines.push(("branch:", plain(name))),
                Run::Tag(name) => lines.push(("tag:", plain(name))),
                Run::Environment(name) => lines.push(("environment:", plain(name))),
                _ => lines.clear(),
            },
            None => lines.clear(),
        }
    }
    let members: Vec<&str> = lines.iter().map(|(member, _)| *member).collect();
    let values: Vec<&str> = lines.iter().map(|(_, value)| value.as_str()).collect();
    let remedy = match lines.is_empty() {
        true => format!("in the trust: write it as the token has it, {given}"),
        false => format!(
            "in the trust (the manifest's {}): write it as GitHub does, {}",
            members.join(" and "),
            values.join(" and ")
        ),
    };
    let what = "only upper and lower case differ, and they count";
    told(Difference::Case, what, vec![remedy])
}

/// The repository and what the job runs for are told one by one, and both have to be changed where
/// both differ.
fn of_github(given: &Subject<'_>, closest: &Subject<'_>) -> Told {
    let repository = of_repository(given, closest);
    let run = (given.run != closest.run).then(|| of_run(given.run, closest.run));
    match (repository, run) {
        (Some(repository), Some(run)) => {
            let both = [&repository.remedies, &run.remedies];
            let both = both.map(|remedies| remedies.join("; or "));
            let both = both.into_iter().filter(|text| !text.is_empty());
            Told {
                difference: repository.difference,
                what: format!("{}; beside that: {}", repository.what, run.what),
                remedies: both
                    .map(|text| format!("needed as well as the other: {text}"))
                    .collect(),
            }
        }
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => told(
            Difference::Other,
            "they differ from the mark on",
            Vec::new(),
        ),
    }
}

fn of_repository(given: &Subject<'_>, closest: &Subject<'_>) -> Option<Told> {
    let (ours, theirs) = (given.full_name(), closest.full_name());
    if ours == theirs && given.ids() == closest.ids() {
        return None;
    }
    let same_name = ours.to_lowercase() == theirs.to_lowercase();
    // The name has to be right as well.
    let named = match ours == theirs {
        true => String::new(),
        false => format!(" and repository: {ours}"),
    };
    Some(match (given.ids(), closest.ids()) {
        (Some((owner, repository)), None) if same_name => told(
            Difference::IdsInToken,
            "the token has GitHub's immutable subject, with the ids of owner and repository, \
             and the trust has only their names",
            vec![format!(
                "in the manifest: owner_id: \"{owner}\" and repository_id: \"{repository}\"{named} \
                 (with subject_format: both as long as older subjects are in use)"
            )],
        ),
        (None, Some(_)) if same_name => told(
            Difference::IdsInTrust,
            "the trust has GitHub's immutable subject, with ids, and the token has only names",
            vec![
                format!("in the manifest: subject_format: both, or legacy{named}"),
                "at GitHub: opt the repository in to immutable subjects".to_owned(),
            ],
        ),
        (Some(one), Some(other)) if one == other && !same_name => told(
            Difference::Renamed,
            &format!("the repository was renamed: its ids are the same, and it is {ours} now"),
            vec![format!("in the manifest: repository: {ours}")],
        ),
        (Some((owner, repository)), Some(_)) if same_name && given.ids() != closest.ids() => told(
            Difference::Recreated,
            "a repository of this name, but another one: its ids differ",
            vec![format!(
                "if it is the right one, in the manifest: owner_id: \"{owner}\" and \
                 repository_id: \"{repository}\"{named}"
            )],
        ),
        _ if names_a_host(&format!("repo:{theirs}")) => told(
            Difference::Host,
            "the trust has an address where only owner/name belongs",
            vec![format!("in the manifest: repository: {ours}")],
        ),
        _ if same_name => told(
            Difference::Case,
            "upper and lower case of the repository differ, and they count",
            vec![format!("in the manifest: repository: {ours}")],
        ),
        _ => told(
            Difference::Repository,
            &format!("the trust is in {theirs}, and this is {ours}"),
            vec![format!(
                "in the manifest, if {ours} is to have the role: repository: {ours}, or a trust of \
                 its own beside the other"
            )],
        ),
    })
}

fn of_run(given: Run<'_>, closest: Run<'_>) -> Told {
    if let (Run::Environment(name), Run::Environment(other)) = (given, closest)
        && plain(name) == plain(other)
    {
        return told(
            Difference::Environment,
            "GitHub writes the colon in an environment's name as %3A, and the trust does not",
            vec![format!(
                "in the trust: environment:{name} (the manifest's environment: {} writes it so)",
                plain(name)
            )],
        );
    }
    let manifest = given.in_manifest();
    let manifest = manifest.map(|line| {
        let widely = match given {
            Run::PullRequest => " (every pull request's workflow may then take the role)",
            _ => "",
        };
        format!("in the manifest, beside what there is: {line}{widely}")
    });
    let (difference, what, workflow) = match (given, closest) {
        (Run::Environment(name), Run::Environment(other)) => (
            Difference::Environment,
            format!("the job names the environment {}", plain(name)),
            Some(format!("name the environment {} in the job", plain(other))),
        ),
        (Run::Environment(name), _) => (
            Difference::Environment,
            format!(
                "the job names the environment {}, and a subject has that in place of branch, tag \
                 or pull request",
                plain(name)
            ),
            Some("take environment: out of the job".to_owned()),
        ),
        (_, Run::Environment(name)) => (
            Difference::Environment,
            "the trust is in an environment, and the job names none".to_owned(),
            Some(format!("write environment: {} in the job", plain(name))),
        ),
        (Run::PullRequest, _) => (
            Difference::PullRequest,
            "the job runs for a pull request, and the trust is not in those".to_owned(),
            Some(format!("let it run for {}", closest.words())),
        ),
        (_, Run::PullRequest) => (
            Difference::PullRequest,
            "the trust is in pull requests only".to_owned(),
            None,
        ),
        (Run::Tag(_), Run::Tag(_)) => (
            Difference::Tag,
            "another tag".to_owned(),
            Some(format!("let it run for {}", closest.words())),
        ),
        (Run::Tag(_), Run::Branch(_)) => (
            Difference::Tag,
            "the job runs for a tag, and the trust is in a branch".to_owned(),
            Some(format!("let it run for {}", closest.words())),
        ),
        (Run::Branch(_), Run::Tag(_)) => (
            Difference::Tag,
            "the job runs for a branch, and the trust is in a tag".to_owned(),
            Some(format!("let it run for {}", closest.words())),
        ),
        (Run::Branch(_), Run::Branch(_)) => (
            Difference::Branch,
            "another branch".to_owned(),
            Some(format!("let it run for {}", closest.words())),
        ),
        _ => (
            Difference::Other,
            "they differ from the mark on".to_owned(),
            None,
        ),
    };
    let workflow = workflow.map(|text| format!("in the workflow: {text}"));
    told(
        difference,
        &what,
        workflow.into_iter().chain(manifest).collect(),
    )
}

fn told(difference: Difference, what: &str, remedies: Vec<String>) -> Told {
    Told {
        difference,
        what: what.to_owned(),
        remedies,
    }
}
