//! Evaluation: no panic, a Deny never widens, an Allow never narrows, and words do not matter.

use super::policy::evaluate::{
    Answer, Caller, Context, Request, ResourceRule, Source, Sources, evaluate,
};
use super::policy::{Document, Effect};

/// The input, in lines: who asks, the action, the resource, its account, `key=value,value;key=…`, the
/// rule of the resource's policy (`k` for a key's, `t` for a trust); then policies, each in one line
/// or empty: the caller's, its boundary, its session's, the resource's, and more of the caller's.
pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.lines();
    let mut next = || lines.next().unwrap_or_default();
    let Some(caller) = Caller::parse(next()) else {
        return;
    };
    let request = Request {
        caller,
        action: next().to_owned(),
        resource: next().to_owned(),
        resource_account: next().to_owned(),
        context: context(next()),
    };
    let rule = match next() {
        "k" => ResourceRule::KeyPolicy,
        "t" => ResourceRule::Trust,
        _ => ResourceRule::Ordinary,
    };
    let policies: Vec<Option<Document>> = lines.map(|line| Document::parse(line).ok()).collect();
    let before = ask(&request, rule, &policies);
    let words: Vec<Option<Document>> = policies.iter().map(sent).collect();
    assert_eq!(ask(&request, rule, &words), before, "as it is sent");
    for at in 0..policies.len() {
        for effect in [Effect::Deny, Effect::Allow] {
            let mut more = policies.clone();
            let Some(document) = &mut more[at] else {
                continue;
            };
            let others = policies.iter().flatten().flat_map(|other| &other.statement);
            let statements = others.cloned().map(|mut statement| {
                statement.effect = effect;
                statement
            });
            let all: Vec<_> = document
                .statement
                .iter()
                .cloned()
                .chain(statements)
                .collect();
            let version = document.version.clone();
            *document = Document::new(all);
            document.version = version;
            let after = ask(&request, rule, &more);
            let is_right = match effect {
                Effect::Deny => after == before || after == Answer::DeniedExplicitly,
                Effect::Allow => {
                    after == before
                        || (after == Answer::Allowed && before == Answer::DeniedImplicitly)
                }
            };
            assert!(
                is_right,
                "{before:?} became {after:?} by one more {effect:?}"
            );
        }
    }
}

fn context(line: &str) -> Context {
    line.split(';')
        .filter_map(|part| part.split_once('='))
        .fold(Context::new(), |context, (key, values)| {
            context.with_all(key, values.split(',').map(str::to_owned))
        })
}

fn sent(policy: &Option<Document>) -> Option<Document> {
    let read = policy
        .as_ref()
        .map(|document| Document::parse(&document.to_json()));
    read.map(|read| read.expect("what is sent is read"))
}

fn ask(request: &Request, rule: ResourceRule, policies: &[Option<Document>]) -> Answer {
    let source = |at: usize| {
        let document = policies.get(at)?.as_ref()?;
        Some(Source {
            name: "policy",
            document,
        })
    };
    let mut sources = Sources {
        identity: source(0).into_iter().collect(),
        boundary: source(1),
        session: source(2).into_iter().collect(),
        resource: source(3),
        resource_rule: rule,
    };
    sources
        .identity
        .extend((4..policies.len()).filter_map(source));
    evaluate(request, &sources).answer
}
