//! What holds of every evaluation, tried on many made at random.

use super::*;
use crate::policy::{Effect, Principal, Statement};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Of a few texts each, so that statements often meet the request.
fn texts(
    from: &'static [&'static str],
) -> impl Strategy<Value = std::collections::BTreeSet<String>> {
    btree_set(select(from).prop_map(str::to_owned), 0..3)
}

prop_compose! {
    fn statement()(
        allow in any::<bool>(),
        principal in of(texts(&["*", ACCOUNT, USER, ROLE, SESSION, OTHER])),
        not_principal in of(texts(&[ACCOUNT, USER, ROLE])),
        action in texts(&["s3:*", "S3:getobject", "s3:Put*", "*"]),
        not_action in texts(&["s3:Put*", "s3:GetObject"]),
        resource in texts(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${test:key}/*", "arn:aws:s3:::c"]),
        not_resource in texts(&["arn:aws:s3:::c", "arn:aws:s3:::b/${test:key}/*"]),
        condition in btree_map(
            select(vec!["StringEquals", "stringnotlike", "NullifNot", "Null", "BoolIfExists",
                "ForAllValues:StringLike", "ForAnyValue:StringEquals"]).prop_map(str::to_owned),
            btree_map(select(vec!["test:key", "TEST:other"]).prop_map(str::to_owned),
                texts(&["a", "true", "${aws:username}", "*"]), 1..3),
            0..2,
        ),
    ) -> Statement {
        let who = |values| Principal([("AWS".to_owned(), values)].into());
        let effect = if allow { Effect::Allow } else { Effect::Deny };
        Statement {
            principal: principal.map(who), not_principal: not_principal.map(who),
            action, not_action, resource, not_resource, condition, ..Statement::new(effect)
        }
    }
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    vec(statement(), 0..4)
}

prop_compose! {
    fn request()(
        caller in select(vec![user(), session(), Caller::parse(ACCOUNT).unwrap(), Caller::Anonymous,
            Caller::parse("arn:aws:sts::111122223333:federated-user/f").unwrap(),
            Caller::Service("ec2.amazonaws.com".to_owned())]),
        elsewhere in any::<bool>(),
        values in vec(select(vec!["a", "true", "ann"]).prop_map(str::to_owned), 0..3),
    ) -> Request {
        Request {
            resource_account: if elsewhere { OTHER } else { ACCOUNT }.to_owned(),
            context: Context::new().with_all("test:key", values),
            ..get(caller)
        }
    }
}

/// Identity, boundary, session and resource.
#[derive(Clone, Debug)]
struct All([Option<Vec<Statement>>; 4], ResourceRule);

prop_compose! {
    fn all()(
        policies in [of(statements()), of(statements()), of(statements()), of(statements())],
        rule in select(vec![ResourceRule::Ordinary, ResourceRule::KeyPolicy, ResourceRule::Trust]),
    ) -> All {
        All(policies, rule)
    }
}

impl All {
    fn ask(&self, request: &Request) -> Decision {
        self.with_sources(|sources| evaluate(request, sources))
    }

    fn with_sources<T>(&self, asked: impl FnOnce(&Sources<'_>) -> T) -> T {
        let documents = self.0.clone().map(|policy| policy.map(Document::new));
        let named = |index: usize| documents[index].as_ref().map(|policy| source("x", policy));
        let sources = Sources {
            identity: named(0).into_iter().collect(),
            boundary: named(1),
            session: named(2).into_iter().collect(),
            resource: named(3),
            resource_rule: self.1,
        };
        asked(&sources)
    }

    /// With one more statement in one policy; none when there is no such policy.
    fn with(&self, index: usize, statement: &Statement) -> Option<All> {
        let mut more = self.clone();
        more.0[index].as_mut()?.push(statement.clone());
        Some(more)
    }
}

proptest! {
    #[test]
    fn one_more_denial_never_allows_more(
        all in all(), request in request(), index in 0usize..4, statement in statement(),
    ) {
        let denial = Statement { effect: Effect::Deny, ..statement };
        if let Some(more) = all.with(index, &denial) {
            let (before, after) = (all.ask(&request).answer, more.ask(&request).answer);
            prop_assert!(after == before || after == Answer::DeniedExplicitly);
        }
    }

    #[test]
    fn one_more_allow_never_denies_more(
        all in all(), request in request(), index in 0usize..4, statement in statement(),
    ) {
        let grant = Statement { effect: Effect::Allow, ..statement };
        if let Some(more) = all.with(index, &grant) {
            let (before, after) = (all.ask(&request).answer, more.ask(&request).answer);
            prop_assert!(after == before || after == Answer::Allowed);
            prop_assert!(before != Answer::DeniedExplicitly || after == before);
        }
    }

    #[test]
    fn statements_have_no_order(all in all(), request in request(), turn in 0usize..4) {
        let mut turned = all.clone();
        for policy in turned.0.iter_mut().flatten() {
            let most = policy.len().max(1);
            policy.rotate_left(turn % most);
        }
        prop_assert_eq!(turned.ask(&request), all.ask(&request));
    }

    #[test]
    fn what_means_the_same_is_answered_the_same(all in all(), request in request()) {
        let mut sent = all.clone();
        for policy in sent.0.iter_mut().flatten() {
            let text = Document::new(policy.clone()).to_json().replace("s3:", "S3:");
            let read = Document::parse(&text.replace("arn:aws:S3:", "arn:aws:s3:"));
            *policy = read.map_err(|fault| TestCaseError::fail(fault.to_string()))?.statement;
        }
        prop_assert_eq!(sent.ask(&request), all.ask(&request));
    }

    #[test]
    fn no_key_that_is_not_missing_changes_the_answer(
        all in all(), request in request(), value in select(vec!["a", "true", "ann", "z"]),
    ) {
        let before = all.ask(&request);
        for key in ["test:key", "test:other"] {
            if request.context.get(key).is_none() && !before.missing.contains(key) {
                let more = Request { context: request.context.clone().with(key, value), ..request.clone() };
                prop_assert_eq!(all.ask(&more).answer, before.answer, "{}", key);
            }
        }
    }

    #[test]
    fn what_decides_agrees_with_the_answer(all in all(), request in request()) {
        let decision = all.ask(&request);
        let wanted = match decision.answer {
            Answer::DeniedExplicitly => Effect::Deny,
            Answer::Allowed | Answer::DeniedImplicitly => Effect::Allow,
        };
        prop_assert!(decision.because.iter().all(|because| because.effect == wanted));
        let is_root = matches!(request.caller, Caller::Root { .. });
        prop_assert!(!decision.because.is_empty() || decision.answer == Answer::DeniedImplicitly || is_root);
    }

    #[test]
    fn what_is_told_one_by_one_comes_to_the_same_answer(all in all(), request in request()) {
        let decision = all.ask(&request);
        let (traces, layers) = all.with_sources(|sources| {
            let traces = trace(&request, sources);
            let layers = Layers::of(&request, sources, &traces);
            (traces, layers)
        });
        let answer = match () {
            () if traces.iter().any(StatementTrace::denies) => Answer::DeniedExplicitly,
            () if layers.suffice() => Answer::Allowed,
            () => Answer::DeniedImplicitly,
        };
        prop_assert_eq!(answer, decision.answer);
        for trace in &traces {
            prop_assert_eq!(trace.applies, trace.missed() == 0, "{:?}", trace);
        }
        let applying: Vec<_> = traces.iter().filter(|trace| trace.applies).collect();
        for because in &decision.because {
            prop_assert!(applying.iter().any(|trace| trace.statement == *because));
        }
    }

    #[test]
    fn no_text_makes_evaluating_panic(
        pattern in "[${}*?,':a-z]{0,20}", value in "[0-9T:Z./-]{0,20}", operator in select(vec![
            "StringLike", "DateEquals", "NumericLessThan", "IpAddress", "ArnLike", "BinaryEquals"]),
    ) {
        let own = document(&[json!({
            "Effect": "Allow", "Resource": pattern,
            "Condition": {operator: {"test:key": [pattern, value]}},
        })]);
        let context = Context::new().with("test:key", value);
        let _ = by_own(&Request { resource: pattern, context, ..get(user()) }, &own);
    }
}
