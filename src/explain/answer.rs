//! What the question comes to, and the steps on the way there.

use super::identity::Identity;
use crate::policy::actions;
use crate::policy::evaluate::Caller;
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

/// Whether a key that a workflow's request was asked without may well be in the one that is made,
/// with a value that nobody has told. What an identity's token holds is known only if it was whole.
pub(super) fn may_be_there(key: &str, identity: &Identity) -> bool {
    if let Some(claim) = identity.claim_of(key) {
        return claim.is_ok() && !identity.whole;
    }
    let key = key.to_lowercase();
    // The call itself is made without credentials, so that nothing tells of a second factor.
    (key.starts_with("aws:") || key.starts_with("sts:"))
        && !key.starts_with("aws:multifactorauth")
        && !matches!(key.as_str(), "aws:viaawsservice" | "aws:referer")
}

/// The same of a request that `caller` makes for `action`: what its client sends, or what tells of
/// the caller more than its policies do.
///
/// Source: "AWS global condition context keys", which says of each when a request has it, and the
/// keys of each action in the Service Authorization Reference.
pub(super) fn may_be_asked_with(key: &str, caller: &Caller, action: &str) -> bool {
    let key = key.to_lowercase();
    if key.starts_with("aws:") {
        return match caller {
            // "Anonymous requests do not include this key."
            Caller::Anonymous => !is_of_credentials(&key),
            Caller::Service(_) => !key.starts_with("aws:multifactorauth"),
            Caller::Role { .. } => key != "aws:username",
            _ => true,
        };
    }
    if key.starts_with("sts:") {
        return true;
    }
    // It is the bucket that is asked, and no access point.
    if key.starts_with("s3:dataaccesspoint") || key.starts_with("s3:accesspoint") {
        return false;
    }
    let Some(known) = actions::find(action) else {
        return true;
    };
    known.condition_keys.iter().any(|listed| {
        let listed = listed.to_lowercase();
        match listed.split_once(['$', '<']) {
            Some((head, _)) => key.starts_with(head),
            None => key == listed,
        }
    })
}

/// Whether a global key, in lower case, tells of the credentials that a request is signed with.
fn is_of_credentials(key: &str) -> bool {
    const HEADS: [&str; 5] = [
        "aws:principal",
        "aws:multifactorauth",
        "aws:calledvia",
        "aws:ec2instance",
        "aws:source",
    ];
    // Of the network, and not of somebody.
    const NETWORK: [&str; 4] = [
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
    ];
    const OTHERS: [&str; 7] = [
        "aws:username",
        "aws:userid",
        "aws:tokenissuetime",
        "aws:federatedprovider",
        "aws:assumedroot",
        "aws:chatbotsourcearn",
        "aws:viaawsservice",
    ];
    let begins = HEADS.iter().any(|head| key.starts_with(head));
    (begins && !NETWORK.contains(&key)) || OTHERS.contains(&key)
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
        let user = Caller::parse("arn:aws:iam::123456789012:user/ann").unwrap();
        let role = Caller::parse("arn:aws:iam::123456789012:role/r").unwrap();
        let anyone = Caller::Anonymous;
        let (get, list, put) = ("s3:GetObject", "s3:ListBucket", "s3:PutObject");
        for (key, caller, action, expected) in [
            ("aws:SourceIp", &user, get, true),
            ("aws:SourceIp", &anyone, get, true),
            ("aws:Referer", &anyone, get, true),
            ("aws:PrincipalTag/team", &role, get, true),
            ("aws:PrincipalTag/team", &anyone, get, false),
            ("aws:PrincipalOrgID", &role, get, true),
            ("aws:PrincipalOrgID", &anyone, get, false),
            ("aws:PrincipalArn", &anyone, get, false),
            ("aws:PrincipalAccount", &anyone, get, false),
            ("aws:username", &anyone, get, false),
            ("aws:username", &role, get, false),
            ("aws:TokenIssueTime", &anyone, get, false),
            ("aws:TokenIssueTime", &role, get, true),
            ("aws:MultiFactorAuthPresent", &user, get, true),
            ("aws:MultiFactorAuthPresent", &anyone, get, false),
            ("sts:RoleSessionName", &role, get, true),
            ("s3:ExistingObjectTag/a", &role, get, true),
            ("s3:prefix", &role, list, true),
            ("s3:Max-Keys", &role, list, true),
            ("s3:prefix", &role, get, false),
            ("s3:x-amz-acl", &role, put, true),
            ("s3:x-amz-server-side-encryption", &role, put, true),
            ("s3:x-amz-server-side-encryption", &role, get, false),
            ("s3:DataAccessPointArn", &role, get, false),
            ("s3:prefix", &role, "new:Action", true),
            ("example.com:sub", &role, get, false),
        ] {
            let found = may_be_asked_with(key, caller, action);
            assert_eq!(found, expected, "{key} {caller:?} {action}");
        }
    }
}
