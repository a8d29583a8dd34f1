//! One try with what is promised and what came of it.

use super::expect::Expectation;
use super::report::{Check, Proof, Verdict};
use crate::probe::{Answer, Operation, PREFIX, Place, Probe};

/// A try, before and after.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// What is tried.
    pub(super) probe: Probe,
    /// What the manifest's policies say.
    pub(super) promised: Expectation,
    /// IAM's words for it.
    pub(super) actions: Vec<String>,
    /// What came of it, or how it is known otherwise.
    pub(super) found: Found,
}

/// What came of a try.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// It was not tried: why.
    Untried(String),
    /// By a call.
    Called(Answer),
    /// By the provider's own simulation, which says whether; and why it was not tried.
    Simulated(bool, String),
    /// By the policies that there are; and why it was not tried.
    Evaluated(Expectation, String),
}

impl Trial {
    /// Whether it may be tried by a call, by its own nature.
    pub(super) fn never_tried(&self) -> Option<&'static str> {
        match (&self.probe.operation, &self.probe.place) {
            (operation, _) if operation.is_never_tried() => Some("not tried: it could do harm"),
            (Operation::Put | Operation::Delete, Place::OtherBucket) => {
                Some("not tried: nothing is written to other buckets")
            }
            (_, Place::Key(_)) => Some("not tried: the object may be in use"),
            // A name that nobody has today may be somebody else's tomorrow.
            (_, Place::OtherBucket) if self.probe.bucket.starts_with(PREFIX) => {
                Some("not tried: no other bucket is to be seen")
            }
            // Without permission to write there is nothing that a second way of writing would tell.
            (Operation::PutEncrypted | Operation::StartUpload, _)
                if self.promised.allowed != Some(true) =>
            {
                Some("the same as put")
            }
            _ => None,
        }
    }

    /// Whether it is worth a line: what nobody promises and nobody can try says nothing.
    pub(super) fn is_told(&self) -> bool {
        let silent = self.never_tried().is_some() && self.promised.allowed == Some(false);
        !silent || matches!(self.probe.place, Place::Key(_) | Place::OtherBucket)
    }

    /// Whether it is worth another try: it is not as promised, or nobody was asked who may do
    /// anything (a key that is not known yet is refused everything, which proves nothing).
    pub(super) fn is_open(&self) -> bool {
        let found = match &self.found {
            Found::Called(Answer::Done(_)) => true,
            Found::Called(Answer::Refused(_)) => false,
            Found::Called(Answer::NotAccepted(_)) => return true,
            _ => return false,
        };
        self.promised
            .allowed
            .is_some_and(|promised| promised != found)
    }

    /// The line of the report. `live` is what the policies that there are say, for where it is not
    /// as promised.
    pub(super) fn check(self, live: impl FnOnce(&Probe) -> Expectation) -> Check {
        let promised = self.promised.allowed;
        let (found, proof, detail) = match &self.found {
            Found::Untried(why) => (None, Proof::Nothing, Some(why.clone())),
            Found::Called(Answer::Done(_)) => (Some(true), Proof::Call, None),
            Found::Called(Answer::Refused(said)) => (Some(false), Proof::Call, Some(said.clone())),
            Found::Called(Answer::NotAccepted(said)) if promised == Some(true) => {
                (Some(false), Proof::Call, Some(said.clone()))
            }
            Found::Called(Answer::NotAccepted(said)) => (None, Proof::Nothing, Some(said.clone())),
            Found::Called(Answer::Unclear(why)) => (None, Proof::Nothing, Some(why.clone())),
            Found::Simulated(allowed, why) => {
                (Some(*allowed), Proof::Simulation, Some(why.clone()))
            }
            Found::Evaluated(live, why) => {
                let depends: Vec<&str> = live.depends_on.iter().map(String::as_str).collect();
                let why = match depends.as_slice() {
                    [] => why.clone(),
                    keys => format!("{why}; it depends on {}", keys.join(", ")),
                };
                (live.allowed, Proof::Evaluation, Some(why))
            }
        };
        let verdict = Verdict::of(promised, found);
        let because = match verdict.is_wrong() {
            true => {
                let live = live(&self.probe);
                match live.allowed == found {
                    true => live.because,
                    false => Vec::new(),
                }
            }
            false => Vec::new(),
        };
        let depends = &self.promised.depends_on;
        let detail = match (promised, depends.is_empty()) {
            (None, false) => {
                let keys: Vec<&str> = depends.iter().map(String::as_str).collect();
                Some(format!(
                    "the manifest allows it depending on {}",
                    keys.join(", ")
                ))
            }
            _ => detail,
        };
        Check {
            operation: self.probe.operation,
            target: target(&self.probe),
            place: self.probe.place,
            actions: self.actions,
            promised,
            promised_by: self.promised.because,
            found,
            verdict,
            proof,
            because,
            detail,
        }
    }
}

/// The bucket, or the key in it.
fn target(probe: &Probe) -> String {
    match &probe.key {
        Some(address) if matches!(probe.place, Place::ServiceAccount(_)) => address.clone(),
        Some(key) => format!("{}/{key}", probe.bucket),
        None if probe.place == Place::Account => "*".to_owned(),
        None => probe.bucket.clone(),
    }
}
