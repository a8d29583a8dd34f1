//! What the question comes to, and the steps on the way there.

use super::identity::Identity;
use serde::Serialize;

/// Whether it is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// AWS lets it be done.
    Allowed,
    /// AWS refuses it.
    Denied,
    /// That rests on what could not be read, or was not said.
    Unknown,
}

/// Whether one step of what AWS looks at is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is as it has to be.
    Met,
    /// It is not.
    Failed,
    /// It cannot be told.
    Unknown,
    /// It was not looked at, because nothing was to be read.
    NotChecked,
}

/// One thing that AWS looks at, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Whether it is as it has to be.
    pub outcome: Outcome,
    /// What there is, in a sentence.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What AWS says of it, where it fails.
    pub error: Option<String>,
}

impl Step {
    pub(super) fn new(outcome: Outcome, text: impl Into<String>) -> Self {
        Self {
            outcome,
            text: text.into(),
            hint: None,
            error: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }
}

/// One step that fails settles it; without one, all have to be known.
pub(super) fn answer(steps: &[Step]) -> Answer {
    let any = |outcome| steps.iter().any(|step| step.outcome == outcome);
    match () {
        () if any(Outcome::Failed) => Answer::Denied,
        () if any(Outcome::Unknown) => Answer::Unknown,
        () => Answer::Allowed,
    }
}

/// Whether a key that the request was asked without may well be in the request that is made, with a
/// value that nobody has told. What an identity's token holds is known only if it was whole.
pub(super) fn may_be_there(key: &str, identity: Option<&Identity>) -> bool {
    /// Not in a request with long-lived keys or a role's session unless somebody sees to it.
    const ABSENT: [&str; 4] = [
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
        "aws:viaawsservice",
        "aws:referer",
    ];
    if let Some(identity) = identity
        && let Some(claim) = identity.claim_of(key)
    {
        return claim.is_ok() && !identity.whole;
    }
    let key = key.to_lowercase();
    let of_request = ["aws:", "sts:", "s3:existingobjecttag/"];
    of_request.iter().any(|head| key.starts_with(head)) && !ABSENT.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_settles_it_and_one_unknown_leaves_it_open() {
        use Outcome::{Failed, Met, NotChecked, Unknown};
        for (outcomes, expected) in [
            (&[Met, Met][..], Answer::Allowed),
            (&[Met, NotChecked], Answer::Allowed),
            (&[Met, Unknown], Answer::Unknown),
            (&[Unknown, Failed], Answer::Denied),
            (&[Failed, Met], Answer::Denied),
        ] {
            let steps: Vec<_> = outcomes.iter().map(|one| Step::new(*one, "")).collect();
            assert_eq!(answer(&steps), expected, "{outcomes:?}");
        }
    }

    #[test]
    fn what_may_be_in_the_request_is_not_known_to_be_absent() {
        for (key, expected) in [
            ("aws:SourceIp", true),
            ("aws:PrincipalTag/team", true),
            ("sts:RoleSessionName", true),
            ("s3:ExistingObjectTag/a", true),
            ("s3:prefix", false),
            ("aws:MultiFactorAuthPresent", false),
            ("example.com:sub", false),
        ] {
            assert_eq!(may_be_there(key, None), expected, "{key}");
        }
    }
}
