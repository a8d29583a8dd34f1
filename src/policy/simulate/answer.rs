//! What is answered to one request.

use super::read::Question;
use crate::policy::Effect;
use crate::policy::evaluate::{self, Answer, Layer, evaluate};
use serde::Serialize;
use std::collections::BTreeSet;

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Simulated {
    /// Whether it is allowed.
    pub decision: Decision,
    /// Why.
    pub because: Because,
}

/// Whether a request is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it that would have to.
    ImplicitDeny,
}

/// What makes the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Because {
    /// As a sentence, for people.
    pub reason: String,
    /// The statements that decide: those that deny; else those that allow, also when they do not
    /// suffice.
    pub statements: Vec<Statement>,
    /// Of an implicit denial, the members of the request that would have to allow: each list is
    /// one way to an allow, of which all have to.
    pub lacking: Vec<Vec<&'static str>>,
    /// Condition keys that the request does not have and with which the answer could be another.
    pub missing: BTreeSet<String>,
    /// What AWS would refuse in the policies, each with its place: `identity_policies[0].Version:
    /// …`. It was answered as if AWS took them, and what it does not know applies to nothing.
    pub warnings: Vec<String>,
}

/// One statement that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The member of the request: `identity_policies[0]`, `resource_policy`.
    pub source: String,
    /// Its `Sid`, if it has one.
    pub sid: Option<String>,
    /// Its place in the policy as it is written, from 0.
    pub index: usize,
    /// `Allow` or `Deny`.
    pub effect: Effect,
}

impl Question {
    /// What AWS would answer.
    #[must_use]
    pub fn answer(&self) -> Simulated {
        let found = evaluate(&self.request, &self.sources());
        let decision = match found.answer {
            Answer::Allowed => Decision::Allow,
            Answer::DeniedExplicitly => Decision::ExplicitDeny,
            Answer::DeniedImplicitly => Decision::ImplicitDeny,
        };
        let lacking = found.lacking.iter();
        let lacking = lacking.map(|way| way.iter().map(|layer| member(*layer)).collect());
        let lacking: Vec<Vec<&str>> = lacking.collect();
        let reason = reason(decision, &found.because, &lacking);
        let statements = found.because.into_iter().map(Statement::from).collect();
        Simulated {
            decision,
            because: Because {
                reason,
                statements,
                lacking,
                missing: found.missing,
                warnings: self.warnings(),
            },
        }
    }
}

impl From<evaluate::Because> for Statement {
    fn from(because: evaluate::Because) -> Statement {
        Statement {
            source: because.source,
            sid: because.sid,
            index: because.index,
            effect: because.effect,
        }
    }
}

/// Which member of a request has the policies of this kind.
fn member(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "identity_policies",
        Layer::Boundary => "boundary",
        Layer::Session => "session_policies",
        Layer::Resource => "resource_policy",
    }
}

fn reason(decision: Decision, because: &[evaluate::Because], lacking: &[Vec<&str>]) -> String {
    let named: Vec<String> = because.iter().map(ToString::to_string).collect();
    let named = named.join(", ");
    match decision {
        Decision::Allow if named.is_empty() => {
            "no permission is needed: by the action, or as the account's own root".to_owned()
        }
        Decision::Allow => format!("allowed by {named}"),
        Decision::ExplicitDeny => format!("denied by {named}"),
        Decision::ImplicitDeny if lacking.is_empty() => {
            "AWS keeps this resource to itself; no policy allows it".to_owned()
        }
        Decision::ImplicitDeny => {
            let ways: Vec<String> = lacking.iter().map(|way| way.join(" and ")).collect();
            let ways = ways.join(", or ");
            match named.is_empty() {
                true => format!("nothing allows it; it takes {ways}"),
                false => format!("not enough: {named}; it also takes {ways}"),
            }
        }
    }
}
