//! The closest subject that a role's trust would let in.

use super::distance::nearest;
use super::identity::Identity;
use super::subject::{Difference, difference};
use crate::policy::evaluate::{Layer, StatementTrace};
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
    /// Letters before the first that differs.
    pub differs_at: usize,
    /// The kind of difference.
    pub difference: Difference,
    /// The same in a sentence.
    pub what: String,
    /// What could be changed.
    pub remedies: Vec<String>,
}

impl Closest {
    /// The closest among all statements that allow and whose subject is not the one given; of those
    /// that miss less beside the subject first.
    pub(super) fn of(traces: &[StatementTrace], identity: &Identity) -> Option<Self> {
        let given = identity.subject.as_deref()?;
        let mut best: Option<((usize, usize), Self)> = None;
        for trace in traces.iter().filter(|trace| may_allow(trace)) {
            for condition in &trace.conditions {
                let is_subject = identity.claim_of(&condition.key) == Some(Ok("sub".to_owned()));
                let base = condition.operator.trim_end_matches("IfExists");
                let base = base.rsplit(':').next().unwrap_or(base);
                let like = base == "StringLike";
                let compares = like || base == "StringEquals" || base == "StringEqualsIgnoreCase";
                if condition.met || !is_subject || !compares {
                    continue;
                }
                for pattern in &condition.expected {
                    let Some((cost, subject)) = nearest(pattern, given, like) else {
                        continue;
                    };
                    let cost = (trace.missed(), cost);
                    if best.as_ref().is_some_and(|(least, _)| *least <= cost) {
                        continue;
                    }
                    let told = difference(given, &subject, pattern, like);
                    let pairs = given.chars().zip(subject.chars());
                    let found = Self {
                        given: given.to_owned(),
                        differs_at: pairs.take_while(|(one, two)| one == two).count(),
                        subject,
                        pattern: pattern.clone(),
                        statement: trace.statement.to_string(),
                        difference: told.difference,
                        what: told.what,
                        remedies: told.remedies,
                    };
                    best = Some((cost, found));
                }
            }
        }
        best.map(|(_, found)| found)
    }
}

fn may_allow(trace: &StatementTrace) -> bool {
    trace.layer == Layer::Resource && trace.statement.effect == crate::policy::Effect::Allow
}

#[cfg(test)]
mod tests {
    use super::super::claims::Claims;
    use super::*;
    use crate::policy::Document;
    use crate::policy::evaluate::{Caller, Request, ResourceRule, Source, Sources, trace};
    use crate::resource::Scope;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn closest(operator: &str, allowed: &[&str], given: &str) -> Option<Closest> {
        let scope = Scope {
            account: "123456789012".into(),
            partition: "aws".into(),
            region: "us-east-1".into(),
        };
        let identity = Claims::default().with("sub", given).with("aud", "a");
        let identity = identity
            .with("iss", &format!("https://{GITHUB}"))
            .identity(&scope, 0)
            .unwrap();
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": identity.provider},
            "Condition": {operator: {format!("{GITHUB}:sub"): allowed}},
        }});
        let trust = Document::parse(&trust.to_string()).unwrap();
        let request = Request {
            caller: Caller::Federated {
                provider: identity.provider.clone(),
            },
            action: "sts:AssumeRoleWithWebIdentity".into(),
            resource: "arn:aws:iam::123456789012:role/r".into(),
            resource_account: scope.account,
            context: identity.context.clone(),
        };
        let sources = Sources {
            resource: Some(Source {
                name: "the trust policy",
                document: &trust,
            }),
            resource_rule: ResourceRule::Trust,
            ..Sources::default()
        };
        Closest::of(&trace(&request, &sources), &identity)
    }

    #[test]
    fn the_closest_subject_is_found_and_the_difference_named() {
        use Difference as D;
        let main = "repo:acme/app:ref:refs/heads/main";
        let ids = "repo:acme@1/app@2:ref:refs/heads/main";
        for (operator, allowed, given, subject, difference) in [
            (
                "StringEquals",
                &[main][..],
                "repo:Acme/app:ref:refs/heads/main",
                main,
                D::Case,
            ),
            (
                "StringEquals",
                &[main],
                "repo:acme/app:ref:refs/heads/dev",
                main,
                D::Branch,
            ),
            (
                "StringEquals",
                &[main],
                "repo:acme/app:ref:refs/tags/main",
                main,
                D::Tag,
            ),
            (
                "StringEquals",
                &[main],
                "repo:acme/app:environment:prod",
                main,
                D::Environment,
            ),
            (
                "StringEquals",
                &[main],
                "repo:acme/app:pull_request",
                main,
                D::PullRequest,
            ),
            ("StringEquals", &[main], ids, main, D::IdsInToken),
            ("StringEquals", &[ids], main, ids, D::IdsInTrust),
            (
                "StringEquals",
                &[ids],
                "repo:acme@1/new@2:ref:refs/heads/main",
                ids,
                D::Renamed,
            ),
            (
                "StringEquals",
                &[ids],
                "repo:acme@1/app@3:ref:refs/heads/main",
                ids,
                D::Recreated,
            ),
            (
                "StringEquals",
                &[main],
                "repo:acme/web:ref:refs/heads/main",
                main,
                D::Repository,
            ),
            (
                "StringEquals",
                &["repo:acme/app:*"],
                main,
                "repo:acme/app:*",
                D::LiteralWildcard,
            ),
            (
                "StringLike",
                &["repo:acme/app:environment:*", "repo:acme/web:*"],
                main,
                "repo:acme/web:ref:refs/heads/main",
                D::Repository,
            ),
            (
                "StringLike",
                &["repo:github.com/acme/app:*"],
                main,
                "repo:github.com/acme/app:ref:refs/heads/main",
                D::Host,
            ),
            (
                "StringEquals",
                &["repo:acme/app:environment:prod", main],
                "repo:acme/app:ref:refs/heads/mian",
                main,
                D::Branch,
            ),
            (
                "StringEquals",
                &["organization:x"],
                main,
                "organization:x",
                D::Other,
            ),
        ] {
            let found = closest(operator, allowed, given).unwrap();
            assert_eq!(found.subject, subject, "{given}: {found:?}");
            assert_eq!(found.difference, difference, "{given}: {found:?}");
            let shared: Vec<_> = given.chars().take(found.differs_at).collect();
            assert!(
                subject.chars().take(found.differs_at).eq(shared),
                "{found:?}"
            );
            assert!(
                found.difference == D::Other || !found.remedies.is_empty(),
                "{found:?}"
            );
        }
    }

    #[test]
    fn nothing_is_closest_to_a_subject_that_matches_or_that_is_not_compared() {
        let main = "repo:acme/app:ref:refs/heads/main";
        assert_eq!(closest("StringEquals", &[main], main), None);
        assert_eq!(closest("StringNotEquals", &[main], main), None);
        assert_eq!(closest("Null", &["true"], main), None);
    }

    #[test]
    fn the_remedies_are_lines_that_can_be_taken_over() {
        let main = "repo:acme/app:ref:refs/heads/main";
        for (given, remedy) in [
            ("repo:acme/app:ref:refs/heads/dev", "branch: dev"),
            ("repo:acme/app:environment:prod", "environment: prod"),
            ("repo:acme/app:pull_request", "pull_request: true"),
            (
                "repo:acme@1/app@2:ref:refs/heads/main",
                "repository_id: \"2\"",
            ),
            ("repo:Acme/App:ref:refs/heads/main", "Acme/App"),
            ("repo:acme/web:ref:refs/heads/main", "repository: acme/web"),
        ] {
            let found = closest("StringEquals", &[main], given).unwrap();
            let remedies = found.remedies.join("; ");
            assert!(remedies.contains(remedy), "{given}: {remedies}");
        }
    }
}
