//! What verify found: data, for every form of report.

use crate::probe::{Left, Operation, Place};
use serde::{Deserialize, Serialize};

/// How it is known what may be done. The three are never mixed: each check says which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// It was done, or refused.
    Call,
    /// The provider says so of its own policies.
    Simulation,
    /// The policies that there are say so, evaluated here.
    Evaluation,
    /// It is not known.
    Nothing,
}

/// What is promised against what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// More than the manifest says.
    AllowedButNotPromised,
    /// Less than the manifest says.
    RefusedButPromised,
    /// As the manifest says.
    AllowedAsPromised,
    /// As the manifest says.
    RefusedAsPromised,
    /// One of the two is not known.
    NotKnown,
}

impl Verdict {
    /// Of what is promised and what is.
    #[must_use]
    pub fn of(promised: Option<bool>, found: Option<bool>) -> Self {
        match (promised, found) {
            (Some(true), Some(true)) => Self::AllowedAsPromised,
            (Some(false), Some(false)) => Self::RefusedAsPromised,
            (Some(false), Some(true)) => Self::AllowedButNotPromised,
            (Some(true), Some(false)) => Self::RefusedButPromised,
            _ => Self::NotKnown,
        }
    }

    /// Whether access is not as the manifest says.
    #[must_use]
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::AllowedButNotPromised | Self::RefusedButPromised)
    }

    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::AllowedButNotPromised => "ALLOWED BUT NOT PROMISED",
            Self::RefusedButPromised => "REFUSED BUT PROMISED",
            Self::AllowedAsPromised => "allowed as promised",
            Self::RefusedAsPromised => "refused as promised",
            Self::NotKnown => "not known",
        }
    }
}

/// One operation of one principal in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub operation: Operation,
    /// Where.
    pub place: Place,
    /// The object, prefix or bucket.
    pub target: String,
    /// The IAM actions that it takes.
    pub actions: Vec<String>,
    /// Whether the manifest's policies allow it.
    pub promised: Option<bool>,
    /// The statements of the manifest that allow it, or deny it.
    pub promised_by: Vec<String>,
    /// Whether it is allowed.
    pub found: Option<bool>,
    /// The two together.
    pub verdict: Verdict,
    /// How it is known.
    pub proof: Proof,
    /// The statements that decide, of those that there are; where it is not as promised.
    pub because: Vec<String>,
    /// What the provider answered, or why it is not known.
    pub detail: Option<String>,
}

/// One principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// `user.NAME`, `role.NAME`, an ARN, `anyone`.
    pub principal: String,
    /// As whom it was tried, or why it could not be.
    pub how: String,
    /// Whether it was tried by real calls.
    pub tried: bool,
    /// What is wrong with the principal itself, such as a key that is not accepted.
    pub problem: Option<String>,
    /// All that was looked at.
    pub checks: Vec<Check>,
}

/// All of one manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The manifest's name.
    pub manifest: String,
    /// Each principal.
    pub principals: Vec<Tried>,
    /// What nobody could remove.
    pub left: Vec<Left>,
    /// Resources whose differences from the manifest bear on access: what is tried cannot show all of
    /// what they change.
    pub drifted: Vec<String>,
    /// What could not be read, so that nothing is evaluated: `role.x (iam:GetRolePolicy)`.
    pub unreadable: Vec<String>,
}

impl Report {
    /// With what was found of the same manifest at another provider.
    pub fn add(&mut self, other: Report) {
        self.principals.extend(other.principals);
        self.left.extend(other.left);
    }

    /// All checks with their principals.
    pub fn checks(&self) -> impl Iterator<Item = (&Tried, &Check)> {
        self.principals
            .iter()
            .flat_map(|tried| tried.checks.iter().map(move |check| (tried, check)))
    }

    /// How many checks came to this.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks()
            .filter(|(_, check)| check.verdict == verdict)
            .count()
    }

    /// Whether anything is not as the manifest says.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.checks().any(|(_, check)| check.verdict.is_wrong())
            || self.principals.iter().any(|tried| tried.problem.is_some())
            || !self.drifted.is_empty()
    }

    /// Whether there is a principal of which nothing at all is known.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let known = |tried: &Tried| {
            tried
                .checks
                .iter()
                .any(|check| check.verdict != Verdict::NotKnown)
        };
        self.principals
            .iter()
            .any(|tried| !tried.checks.is_empty() && !known(tried))
    }
}
