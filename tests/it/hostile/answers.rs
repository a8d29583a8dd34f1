//! Answers of AWS that are damaged: each one that a plan reads, in every way, ends in an exit code and
//! at most one clean error.

use std::collections::BTreeSet;

use crate::{
    neon::{self, PLAN},
    support::{Account, Answer, Outcome, Proxy, S3setup, Server},
};

/// A way to damage an answer.
type Damage = fn(&[u8]) -> Vec<u8>;

/// By what it does.
const DAMAGES: &[(&str, Damage)] = &[
    ("nothing", |_| Vec::new()),
    ("half", |body| body[..body.len() / 2].to_vec()),
    ("all but the end", |body| {
        body[..body.len().saturating_sub(1)].to_vec()
    }),
    ("twice", |body| [body, body].concat()),
    ("no text", |body| {
        let mut bytes = body.to_vec();
        let at = bytes.len() / 2;
        bytes.splice(at..at, [0xff, 0xfe, 0]);
        bytes
    }),
    ("bits", |body| {
        let mut bytes = body.to_vec();
        // Some bytes, the same in each run.
        for at in (7..bytes.len()).step_by(53) {
            bytes[at] ^= 1 << (at % 7);
        }
        bytes
    }),
    ("fields without values", |body| {
        replaced(body, |_| String::new())
    }),
    ("values of another type", |body| {
        replaced(body, |_| "not what it was".to_owned())
    }),
    ("values that a terminal obeys", |body| {
        replaced(body, |text| format!("{text}&#27;[31m\u{202e}\u{9b}2J"))
    }),
    ("huge values", |body| {
        let mut first = true;
        replaced(body, |text| match std::mem::take(&mut first) {
            true => "y".repeat(1 << 20),
            false => text.to_owned(),
        })
    }),
    ("lists of nothing", |body| {
        String::from_utf8_lossy(body)
            .replace("<member>", "<!--")
            .replace("</member>", "-->")
            .into_bytes()
    }),
    ("deep", |body| {
        let deep = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        match body.first() {
            Some(b'{') => "[".repeat(100_000).into_bytes(),
            _ => String::from_utf8_lossy(body)
                .replacen("</", &format!("{deep}</"), 1)
                .into_bytes(),
        }
    }),
];

/// The answer with each text between tags, or each JSON string after a colon, made into another.
fn replaced(body: &[u8], mut change: impl FnMut(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).into_owned();
    if text.starts_with('{') {
        let parts: Vec<&str> = text
            .split("\": \"")
            .flat_map(|part| part.split("\":\""))
            .collect();
        let mut whole = parts.first().copied().unwrap_or_default().to_owned();
        for part in &parts[1..] {
            let (value, rest) = part.split_once('"').unwrap_or((part, ""));
            whole.push_str(&format!("\":\"{}\"{rest}", change(value).replace('"', "")));
        }
        return whole.into_bytes();
    }
    let mut whole = String::new();
    for part in text.split_inclusive('<') {
        match part.strip_suffix('<').and_then(|part| part.split_once('>')) {
            Some((tag, value)) if !value.trim().is_empty() => {
                whole.push_str(&format!("{tag}>{}<", change(value)));
            }
            _ => whole.push_str(part),
        }
    }
    whole.into_bytes()
}

const MANIFEST: &str = "name: damaged
kms_keys: {damaged: {description: A key}}
bucket: {name: BUCKET, lifecycle: {old: {expire_days: 9}}}
users:
  u: {access_key: {sink: {secrets_manager: {name: damaged/u}}}, groups: [g]}
  v: {access_key: {sink: {parameter_store: {name: /damaged/v}}}}
groups: {g: {}}
roles:
  deploy: {trust: {github_actions: {repository: acme/app, branch: main}}}
grants:
  - {to: [user.v, role.deploy], allow: [read, write, list], prefix: data/}
";

fn manifest(account: &Account) -> String {
    MANIFEST.replace("BUCKET", &account.bucket("damaged"))
}

#[track_caller]
fn is_clean(outcome: &Outcome, reason: &str) {
    assert!(matches!(outcome.code, Some(0..=2)), "{reason}: {outcome}");
    assert!(!outcome.stderr.contains("panicked"), "{reason}: {outcome}");
    for text in [&outcome.stdout, &outcome.stderr] {
        assert!(
            !text.contains(['\u{1b}', '\u{202e}', '\u{9b}']),
            "{reason}: {outcome}"
        );
    }
    let failed = outcome.code == Some(1);
    let told = outcome.stderr.contains("error: ") || outcome.stdout.contains("could not be read");
    assert!(
        !failed || told || !outcome.stdout.is_empty(),
        "{reason}: {outcome}"
    );
    assert!(
        outcome.stderr.len() < 20_000,
        "{reason}: {} bytes",
        outcome.stderr.len()
    );
}

#[test]
fn a_damaged_answer_to_any_reading_call_is_no_crash() {
    let account = Server::ministack().account();
    let proxy = Proxy::before(&account);
    let tool = S3setup::new(proxy.account());
    tool.file("m.yaml", &manifest(&account));
    tool.run(&["apply", "m.yaml", "--yes"]).expect_code(0);
    let plan = ["plan", "m.yaml"];
    proxy.forget();
    tool.run(&plan).expect_code(0).expect_stdout("No changes.");
    let operations: BTreeSet<String> = proxy
        .calls()
        .iter()
        .map(|call| call.operation.clone())
        .collect();
    assert!(operations.len() > 15, "{operations:?}");
    let operations: Vec<String> = operations.into_iter().collect();
    // Some are asked for again, and waited for: several at a time.
    std::thread::scope(|scope| {
        for some in operations.chunks(operations.len().div_ceil(6)) {
            let account = &account;
            scope.spawn(move || {
                let proxy = Proxy::before(account);
                let tool = S3setup::new(proxy.account());
                tool.file("m.yaml", &manifest(account));
                for (operation, (how, damage)) in some
                    .iter()
                    .flat_map(|operation| DAMAGES.iter().map(move |damage| (operation, damage)))
                {
                    proxy.heal();
                    let name = operation.clone();
                    proxy.rule(move |call| {
                        (call.operation == name).then(|| Answer::change(*damage))
                    });
                    is_clean(&tool.run(&plan), &format!("{operation}, {how}"));
                }
            });
        }
    });
    let tried = operations.len() * DAMAGES.len();
    eprintln!("{} operations, {tried} damaged answers", operations.len());
}

#[test]
fn a_damaged_answer_to_any_writing_call_is_no_crash_and_the_next_run_is_whole() {
    let mut tried = 0;
    for (how, damage) in [DAMAGES[1], DAMAGES[5], DAMAGES[6]] {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = neon::tool(proxy.account());
        // Each writing call once.
        let mut seen = BTreeSet::new();
        proxy.rule(move |call| {
            let first = !call.reads() && seen.insert(call.operation.clone());
            first.then(|| Answer::change(damage))
        });
        let first = tool.run(neon::APPLY);
        is_clean(&first, how);
        proxy.heal();
        tool.run(neon::APPLY).expect_code(0);
        tool.run(PLAN).expect_code(0).expect_stdout("No changes.");
        tried += proxy.calls().iter().filter(|call| !call.reads()).count();
    }
    assert!(tried > 10, "{tried}");
}
