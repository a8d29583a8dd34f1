//! The closest subject that a role's trust would let in.

use super::distance::{Letter, meet, nearest};
use super::identity::Identity;
use super::subject::{Difference, difference};
use crate::policy::Document;
use crate::policy::evaluate::{ConditionTrace, Context, Layer, StatementTrace};
use serde::Serialize;

/// The closest subject that would match, and how the one that is given differs from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closest {
    /// The subject of the claims.
    pub given: String,
    /// The nearest one that meets the condition.
    pub subject: String,
    /// The value in the trust that it would meet.
    pub pattern: String,
    /// The statement, by its `Sid` or place.
    pub statement: String,
    /// Whether the statement lets it in: nothing but the subject is amiss.
    pub suffices: bool,
    /// Letters before the first that differs.
    pub differs_at: usize,
    /// The kind of difference.
    pub difference: Difference,
    /// The same in a sentence.
    pub what: String,
    /// What could be changed.
    pub remedies: Vec<String>,
}

/// What the closest subject is looked for in.
pub(super) struct Search<'a> {
    /// Of the claims' own request.
    pub(super) traces: &'a [StatementTrace],
    pub(super) identity: &'a Identity,
    pub(super) document: &'a Document,
    pub(super) context: &'a Context,
    /// The traces of the same request of another subject.
    pub(super) with: &'a dyn Fn(&str) -> Vec<StatementTrace>,
}

/// One value that the subject has to be, or be like.
struct Wanted<'a> {
    /// The place of its condition in the statement.
    condition: usize,
    pattern: &'a str,
    letters: Vec<Letter>,
    like: bool,
    case: bool,
}

/// A subject that may be let in.
struct Candidate<'a> {
    /// What else the statement misses, and letters that differ.
    cost: (usize, usize),
    /// The statement's place.
    at: usize,
    subject: String,
    pattern: &'a str,
    like: bool,
    /// Another one that the pattern covers, if it covers several.
    other: Option<String>,
}

/// How many subjects are tried.
const MOST_TRIED: usize = 256;

impl<'a> Search<'a> {
    /// The closest among all statements that allow and whose subject is not the one given; of those
    /// that miss less beside the subject first. Where there is none, why.
    pub(super) fn closest(&self) -> (Option<Closest>, Vec<String>) {
        let Some(given) = self.identity.subject.as_deref() else {
            return (None, Vec::new());
        };
        let (mut candidates, mut dead) = (Vec::new(), Vec::new());
        for (at, trace) in self.traces.iter().enumerate() {
            let mut of_subject = trace.conditions.iter().filter(|one| self.is_subject(one));
            if !may_allow(trace) || !of_subject.any(|condition| !condition.met) {
                continue;
            }
            let wanted = self.wanted(trace);
            match apart(&wanted) {
                Some((one, other)) => dead.push(format!(
                    "{}: no subject is both {} and {}: it never lets anybody in",
                    trace.statement, one, other
                )),
                None => candidates.extend(tried(at, trace.missed(), &wanted, given)),
            }
        }
        candidates.sort_by_key(|one| one.cost);
        candidates.truncate(MOST_TRIED);
        for candidate in &candidates {
            let traces = (self.with)(&candidate.subject);
            if let Some(trace) = traces.get(candidate.at)
                && self.obstacle(&traces, trace).is_none()
            {
                return (Some(told(given, candidate, trace)), Vec::new());
            }
        }
        let nearest = candidates.iter().find(|one| one.subject != given);
        let refused = nearest.and_then(|nearest| {
            let traces = (self.with)(&nearest.subject);
            let obstacle = self.obstacle(&traces, traces.get(nearest.at)?)?;
            let subject = &nearest.subject;
            let others = candidates.iter().find(|one| {
                let traces = one.other.as_deref().map(|other| (self.with)(other));
                traces.is_some_and(|traces| {
                    let trace = traces.get(one.at);
                    trace.is_some_and(|trace| self.obstacle(&traces, trace).is_none())
                })
            });
            Some(match others {
                Some(others) => format!(
                    "the closest subject to what the trust wants, {subject}, is refused as well \
                     ({obstacle}); others that {} covers are let in",
                    others.pattern
                ),
                None => format!(
                    "no subject was found that the trust lets in: the closest to what it wants, \
                     {subject}, is refused as well ({obstacle})"
                ),
            })
        });
        dead.extend(refused);
        (None, dead)
    }

    fn is_subject(&self, condition: &ConditionTrace) -> bool {
        self.identity.claim_of(&condition.key) == Some(Ok("sub".to_owned()))
    }

    /// What keeps a subject out, if the statement is about it: another test of the subject, or a
    /// statement that denies.
    fn obstacle(&self, traces: &[StatementTrace], trace: &StatementTrace) -> Option<String> {
        if let Some(denying) = traces.iter().find(|one| one.denies()) {
            return Some(format!("{} denies it", denying.statement));
        }
        let mut tests = trace.conditions.iter().filter(|one| self.is_subject(one));
        tests
            .find(|one| !one.met)
            .map(|one| format!("{} of {}", one.operator, trace.statement))
    }

    fn wanted(&self, trace: &'a StatementTrace) -> Vec<Wanted<'a>> {
        let mut all = Vec::new();
        for (at, condition) in trace.conditions.iter().enumerate() {
            let base = condition.operator.to_lowercase();
            let base = base.trim_end_matches("ifexists");
            let (like, case) = match base.rsplit(':').next() {
                _ if !self.is_subject(condition) => continue,
                Some("stringlike") => (true, true),
                Some("stringequals") => (false, true),
                Some("stringequalsignorecase") => (false, false),
                _ => continue,
            };
            all.extend(condition.expected.iter().filter_map(|pattern| {
                Some(Wanted {
                    condition: at,
                    pattern,
                    letters: self.filled(pattern, like)?,
                    like,
                    case,
                })
            }));
        }
        all
    }

    /// The places of a value with its variables replaced; none where one has no value, and nothing
    /// is equal to it.
    fn filled(&self, text: &str, wild: bool) -> Option<Vec<Letter>> {
        if self.document.version.as_deref() != Some("2012-10-17") {
            return Some(Letter::all(text, wild));
        }
        let (mut letters, mut rest) = (Vec::new(), text);
        while let Some((head, tail)) = rest.split_once("${") {
            letters.extend(Letter::all(head, wild));
            let Some((name, after)) = tail.split_once('}') else {
                letters.extend(Letter::all("${", wild));
                rest = tail;
                continue;
            };
            let (key, default) = match name.split_once(',') {
                Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
                None => (name.trim(), None),
            };
            let value = match (key, self.context.get(key)) {
                ("*" | "?" | "$", _) => key,
                (_, Some([value])) => value,
                (_, None) => default?,
                _ => return None,
            };
            letters.extend(Letter::all(value, false));
            rest = after;
        }
        letters.extend(Letter::all(rest, wild));
        Some(letters)
    }
}

/// Two values of different conditions, if those have no value in common at all.
fn apart<'a>(wanted: &[Wanted<'a>]) -> Option<(&'a str, &'a str)> {
    let of = |at: usize| wanted.iter().filter(move |one| one.condition == at);
    let pairs = wanted
        .iter()
        .flat_map(|one| wanted.iter().map(move |other| (one, other)));
    let mut pairs = pairs.filter(|(one, other)| one.condition < other.condition);
    let (one, other) = pairs.find(|(one, other)| {
        !of(one.condition)
            .any(|one| of(other.condition).any(|other| meet(&one.letters, &other.letters)))
    })?;
    Some((one.pattern, other.pattern))
}

/// For each value the nearest subject, and what is nearest to that of the statement's other
/// conditions.
fn tried<'a>(at: usize, missed: usize, wanted: &[Wanted<'a>], given: &str) -> Vec<Candidate<'a>> {
    let mut all = Vec::new();
    for one in wanted {
        let Some((cost, subject)) = nearest(&one.letters, given, one.case) else {
            continue;
        };
        let several = one.letters.contains(&Letter::Many);
        let other: String = one.letters.iter().map(|letter| letter.any()).collect();
        let mut push = |cost: usize, subject: &str| {
            all.push(Candidate {
                cost: (missed, cost),
                at,
                subject: subject.to_owned(),
                pattern: one.pattern,
                like: one.like,
                other: several.then(|| other.clone()),
            });
        };
        push(cost, &subject);
        let others = wanted
            .iter()
            .filter(|other| other.condition != one.condition);
        for other in others.take(MOST_TRIED) {
            if let Some((more, subject)) = nearest(&other.letters, &subject, other.case) {
                push(cost + more, &subject);
            }
        }
    }
    all
}

fn told(given: &str, candidate: &Candidate<'_>, trace: &StatementTrace) -> Closest {
    let (subject, pattern) = (&candidate.subject, candidate.pattern);
    let told = difference(given, subject, pattern, candidate.like);
    let pairs = given.chars().zip(subject.chars());
    Closest {
        given: given.to_owned(),
        differs_at: pairs.take_while(|(one, two)| one == two).count(),
        subject: subject.clone(),
        pattern: pattern.to_owned(),
        statement: trace.statement.to_string(),
        suffices: trace.applies,
        difference: told.difference,
        what: told.what,
        remedies: told.remedies,
    }
}

fn may_allow(trace: &StatementTrace) -> bool {
    trace.layer == Layer::Resource && trace.statement.effect == crate::policy::Effect::Allow
}

#[cfg(test)]
mod tests;
