//! What AWS answers to one request, by the policies that are known.

mod caller;
mod decision;
mod request;
mod sources;

pub use caller::Caller;
pub use decision::{Answer, Because, Decision};
pub use request::{Context, Request};
pub use sources::{ResourceRule, Source, Sources};

use super::pattern::matches;
use super::{Effect, Statement};

/// What AWS answers to the request by these policies.
#[must_use]
pub fn evaluate(request: &Request, sources: &Sources<'_>) -> Decision {
    let mut decision = Decision {
        answer: Answer::DeniedImplicitly,
        because: Vec::new(),
        missing: std::collections::BTreeSet::new(),
    };
    let all = sources.identity.iter().chain(&sources.resource);
    for source in all {
        for (index, statement) in source.document.statement.iter().enumerate() {
            if applies(statement, request) {
                decision.because.push(Because {
                    source: source.name.to_owned(),
                    sid: statement.sid.clone(),
                    index,
                    effect: statement.effect,
                });
            }
        }
    }
    if decision
        .because
        .iter()
        .any(|one| one.effect == Effect::Deny)
    {
        decision.answer = Answer::DeniedExplicitly;
    } else if !decision.because.is_empty() {
        decision.answer = Answer::Allowed;
    }
    decision
}

fn applies(statement: &Statement, request: &Request) -> bool {
    let lower = request.action.to_ascii_lowercase();
    let action = |one: &String| matches(&one.to_ascii_lowercase(), &lower);
    let resource = |one: &String| matches(one, &request.resource);
    statement.action.iter().any(action) && statement.resource.iter().any(resource)
}
