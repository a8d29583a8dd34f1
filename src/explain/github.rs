//! The parts of a subject of GitHub Actions
//! (<https://docs.github.com/en/actions/reference/security/oidc>).

/// A subject taken apart. Values are as GitHub writes them, a colon as `%3A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject<'a> {
    pub(super) owner: Part<'a>,
    pub(super) repository: Part<'a>,
    pub(super) run: Run<'a>,
}

/// A name, with its id in an immutable subject: `acme@123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) id: Option<&'a str>,
}

/// What a job runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run<'a> {
    Branch(&'a str),
    Tag(&'a str),
    Environment(&'a str),
    PullRequest,
    /// A subject of a repository that has its own template, or a pattern.
    Other(&'a str),
}

impl<'a> Subject<'a> {
    /// None: it is no subject of GitHub's default form.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (repository, run) = text.strip_prefix("repo:")?.split_once(':')?;
        let (owner, name) = repository.split_once('/')?;
        Some(Self {
            owner: Part::parse(owner),
            repository: Part::parse(name),
            run: Run::parse(run),
        })
    }

    /// `acme/app`, without ids.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner.name, self.repository.name)
    }

    /// The ids of owner and repository, if it has both.
    pub(super) fn ids(&self) -> Option<(&'a str, &'a str)> {
        self.owner.id.zip(self.repository.id)
    }
}

impl<'a> Part<'a> {
    fn parse(text: &'a str) -> Self {
        match text.split_once('@') {
            Some((name, id)) => Self { name, id: Some(id) },
            None => Self {
                name: text,
                id: None,
            },
        }
    }
}

impl<'a> Run<'a> {
    fn parse(text: &'a str) -> Self {
        let after = |head: &str| text.strip_prefix(head);
        match () {
            () if text == "pull_request" => Run::PullRequest,
            () => after("ref:refs/heads/")
                .map(Run::Branch)
                .or_else(|| after("ref:refs/tags/").map(Run::Tag))
                .or_else(|| after("environment:").map(Run::Environment))
                .unwrap_or(Run::Other(text)),
        }
    }

    /// `the branch main`.
    pub(super) fn words(self) -> String {
        match self {
            Run::Branch(name) => format!("the branch {}", plain(name)),
            Run::Tag(name) => format!("the tag {}", plain(name)),
            Run::Environment(name) => format!("the environment {}", plain(name)),
            Run::PullRequest => "a pull request".to_owned(),
            Run::Other(text) => text.to_owned(),
        }
    }

    /// How a manifest's trust in GitHub says so: `branch: main`.
    pub(super) fn in_manifest(self) -> Option<String> {
        match self {
            Run::Branch(name) => Some(format!("branch: {}", plain(name))),
            Run::Tag(name) => Some(format!("tag: {}", plain(name))),
            Run::Environment(name) => Some(format!("environment: {}", plain(name))),
            Run::PullRequest => Some("pull_request: true".to_owned()),
            Run::Other(_) => None,
        }
    }
}

/// A name without GitHub's escape of the colon.
pub(super) fn plain(text: &str) -> String {
    text.replace("%3A", ":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_a_repository_and_what_the_job_runs_for() {
        for (text, name, ids, run) in [
            (
                "repo:a/b:ref:refs/heads/m/x",
                "a/b",
                None,
                Run::Branch("m/x"),
            ),
            ("repo:a/b:ref:refs/tags/v1", "a/b", None, Run::Tag("v1")),
            (
                "repo:a/b:environment:p%3Aq",
                "a/b",
                None,
                Run::Environment("p%3Aq"),
            ),
            ("repo:a/b:pull_request", "a/b", None, Run::PullRequest),
            (
                "repo:a@1/b@2:pull_request",
                "a/b",
                Some(("1", "2")),
                Run::PullRequest,
            ),
            (
                "repo:a/b:job_workflow_ref:x",
                "a/b",
                None,
                Run::Other("job_workflow_ref:x"),
            ),
            ("repo:a/b:*", "a/b", None, Run::Other("*")),
        ] {
            let subject = Subject::parse(text).unwrap();
            assert_eq!(
                (subject.full_name().as_str(), subject.ids()),
                (name, ids),
                "{text}"
            );
            assert_eq!(subject.run, run, "{text}");
        }
        for text in ["repo:a/b", "repo:a:b", "org/x", "repository:a/b:x", ""] {
            assert_eq!(Subject::parse(text), None, "{text}");
        }
        assert_eq!(Run::Environment("p%3Aq").words(), "the environment p:q");
        assert_eq!(Run::Branch("m").in_manifest().unwrap(), "branch: m");
    }
}
