//! What the answer is, and which statements make it so.

use crate::policy::Effect;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// What AWS answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Answer {
    /// It may be done.
    Allowed,
    /// A statement denies it.
    DeniedExplicitly,
    /// Nothing allows it that would have to.
    DeniedImplicitly,
}

/// A kind of policy that has a say in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Layer {
    /// The caller's own.
    Identity,
    /// The caller's permissions boundary.
    Boundary,
    /// The policies of its session.
    Session,
    /// The resource's own. Where it allows already, but only the caller's role or account, it
    /// would have to name the caller itself.
    Resource,
}

/// One statement that decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Because {
    /// The name of the [`super::Source`].
    pub source: String,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its place in the document handed over, from 0.
    pub index: usize,
    /// Whether it allows or denies.
    pub effect: Effect,
}

impl fmt::Display for Because {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) if !sid.is_empty() => write!(formatter, "{sid} of {}", self.source),
            _ => write!(formatter, "Statement[{}] of {}", self.index, self.source),
        }
    }
}

/// An answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// The statements that decide: those that deny; else those that allow, also when they do not
    /// suffice because another policy would have to allow it, too. None is needed for an account's
    /// root, which may do everything in its account.
    pub because: Vec<Because>,
    /// Of an implicit denial, what would have to allow: each set is one way to an allow, of which
    /// all have to. Empty of other answers, and where AWS lets nobody whatever policies say.
    pub lacking: Vec<BTreeSet<Layer>>,
    /// Condition keys, in AWS's casing, that the request does not have and with which the answer
    /// could be another one. Empty: it is the same with whatever other keys.
    pub missing: BTreeSet<String>,
}
