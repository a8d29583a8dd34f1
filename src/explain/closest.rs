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
        candidates.sort_by(|one, other| one.cost.cmp(&other.cost));
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
            Some(format!(
                "no subject was found that the trust lets in: the closest to what it wants, {}, \
                 is refused as well ({obstacle})",
                nearest.subject
            ))
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
        let mut push = |cost: usize, subject: &str| {
            all.push(Candidate {
                cost: (missed, cost),
                at,
                subject: subject.to_owned(),
                pattern: one.pattern,
                like: one.like,
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
mod tests {
    use super::super::claims::Claims;
    use super::*;
    use crate::policy::evaluate::{Caller, Request, ResourceRule, Source, Sources, trace};
    use crate::resource::Scope;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn closest(operator: &str, allowed: &[&str], given: &str) -> Option<Closest> {
        let statements = serde_json::json!([{
            "Effect": "Allow", "Condition": {operator: {format!("{GITHUB}:sub"): allowed}},
        }]);
        search(statements, given).0
    }

    /// Among these statements, of which only effect and conditions are to be given.
    fn search(mut statements: serde_json::Value, given: &str) -> (Option<Closest>, Vec<String>) {
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
        for statement in statements.as_array_mut().unwrap() {
            statement["Action"] = "sts:AssumeRoleWithWebIdentity".into();
            statement["Principal"] = serde_json::json!({"Federated": identity.provider});
        }
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": statements});
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
        let with = |subject: &str| {
            let context = request.context.clone();
            let request = Request {
                context: context.with(&format!("{GITHUB}:sub"), subject),
                ..request.clone()
            };
            trace(&request, &sources)
        };
        let search = Search {
            traces: &trace(&request, &sources),
            identity: &identity,
            document: &trust,
            context: &request.context,
            with: &with,
        };
        search.closest()
    }

    #[test]
    fn the_closest_subject_is_one_that_is_let_in() {
        let sub = format!("{GITHUB}:sub");
        let on = |name: &str| format!("repo:acme/app:ref:refs/heads/{name}");
        let allow = |condition: serde_json::Value| serde_json::json!({"Effect": "Allow", "Condition": condition});
        let but_dev = allow(serde_json::json!({
            "StringLike": {&sub: [on("dev*"), on("next")]}, "StringNotEquals": {&sub: on("dev")},
        }));
        let main = allow(serde_json::json!({"StringEquals": {&sub: on("main")}}));
        let no_m = serde_json::json!({
            "Effect": "Deny", "Condition": {"StringLike": {&sub: on("m*")}},
        });
        let other = allow(serde_json::json!({"StringEquals": {&sub: on("other")}}));
        let both = allow(serde_json::json!({
            "StringLike": {&sub: "repo:acme/app:*"}, "StringEquals": {&sub: [on("x"), "repo:b/c:x"]},
        }));
        let never = allow(serde_json::json!({
            "StringEquals": {&sub: on("main")}, "StringLike": {&sub: "repo:acme/web:*"},
        }));
        let star = allow(serde_json::json!({"StringLike": {&sub: on("${*}")}}));
        let tagged =
            allow(serde_json::json!({"StringLike": {&sub: "repo:${aws:PrincipalTag/r}:*"}}));
        let by_default = allow(serde_json::json!({
            "StringLike": {&sub: "repo:acme/${aws:PrincipalTag/r, 'app'}:ref:refs/heads/main"},
        }));
        let any_case = allow(serde_json::json!({
            "StringEqualsIgnoreCase": {&sub: "repo:ACME/app:ref:refs/heads/main"},
        }));
        for (statements, given, expected, hint) in [
            (vec![&but_dev], "de", Some(on("next")), ""),
            (
                vec![&main, &no_m],
                "dev",
                None,
                "Statement[1] of the trust policy denies it",
            ),
            (vec![&main, &no_m, &other], "dev", Some(on("other")), ""),
            (vec![&both], "y", Some(on("x")), ""),
            (vec![&never], "dev", None, "never lets anybody in"),
            (vec![&star], "main", Some(on("*")), ""),
            (vec![&tagged], "main", None, ""),
            (vec![&by_default], "dev", Some(on("main")), ""),
            (vec![&any_case], "dev", Some(on("main")), ""),
        ] {
            let all = serde_json::json!(statements);
            let (found, hints) = search(all.clone(), &on(given));
            let subject = found.as_ref().map(|found| found.subject.clone());
            assert_eq!(subject, expected, "{all} {hints:?}");
            assert!(found.is_none_or(|found| found.suffices), "{all}");
            assert!(hints.concat().contains(hint), "{all} {hints:?}");
        }
        let (found, _) = search(serde_json::json!([any_case]), &on("dev"));
        assert_eq!(found.unwrap().difference, Difference::Branch);
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
            (
                "repo:acme/app:ref:refs/heads/Main",
                "(the manifest's branch:): write it as GitHub does, Main",
            ),
            (
                "repo:Acme/app:ref:refs/heads/Main",
                "repository: and branch:): write it as GitHub does, Acme/app and Main",
            ),
            (
                "repo:acme/app:Ref:refs/heads/main",
                "as the token has it, repo:acme/app:Ref",
            ),
            (
                "repo:acme@1/app@2:ref:refs/heads/dev",
                "repository_id: \"2\"",
            ),
            (
                "repo:acme@1/app@2:ref:refs/heads/dev",
                "let it run for the branch main",
            ),
            (
                "repo:Acme@1/app@2:ref:refs/heads/main",
                "and repository: Acme/app",
            ),
            (
                "repo:acme/web:pull_request",
                "needed as well as the other: in the workflow",
            ),
            ("repo:Acme/app:ref:refs/heads/dev", "repository: Acme/app"),
            ("repo:acme/web:ref:refs/heads/main", "repository: acme/web"),
        ] {
            let found = closest("StringEquals", &[main], given).unwrap();
            let remedies = found.remedies.join("; ");
            assert!(remedies.contains(remedy), "{given}: {remedies}");
        }
        let colon = "repo:acme/app:environment:a:b";
        let found = closest("StringEquals", &[colon], "repo:acme/app:environment:a%3Ab").unwrap();
        assert_eq!(found.difference, Difference::Environment);
        assert!(found.what.contains("%3A"), "{found:?}");
        assert!(found.remedies[0].contains("environment:a%3Ab"), "{found:?}");
    }
}
