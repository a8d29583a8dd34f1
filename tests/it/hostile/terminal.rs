//! No text from outside is obeyed by a terminal, whoever wrote it.

use serde_json::{Value, json};

use crate::{
    neon::{self, PLAN, flat},
    support::{Answer, Outcome, Proxy, S3setup, Server},
};

/// Colours, a title, a link (OSC 8), a C1 sequence, delete, directions turned round, what is not seen.
const EVIL: &str = "x\u{1b}[31m\u{1b}]0;t\u{7}\u{1b}]8;;http://e\u{1b}\\y\u{9b}2J\u{9d}\u{7f}\u{202e}\
                    \u{2066}\u{2069}\u{200b}\u{feff}\u{ad}\u{e0041}\r\nerror: all is well\u{8}\0";

/// Fail if a terminal would do anything but write lines.
#[track_caller]
fn is_harmless(outcome: &Outcome, reason: &str) {
    for text in [&outcome.stdout, &outcome.stderr] {
        let odd = text.chars().find(|letter| {
            *letter != '\n'
                && (letter.is_control()
                    || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'))
        });
        assert_eq!(odd, None, "{reason}: {outcome}");
        let forged = text
            .lines()
            .any(|line| line.starts_with("error: all is well"));
        assert!(!forged, "{reason}: a line of its own: {outcome}");
    }
    assert!(!outcome.stderr.contains("panicked"), "{reason}: {outcome}");
}

/// The neon manifest applied to an account in a file, whose every text was spoiled since.
fn spoiled() -> S3setup {
    let tool = super::ground();
    tool.run(&[neon::APPLY, &["--account", "account.json"]].concat())
        .expect_code(0);
    let mut account: Value = serde_json::from_str(&tool.read("account.json")).expect("JSON");
    let mut spoilt = 0;
    for resource in account["resources"].as_array_mut().expect("a list") {
        for (_, fields) in resource.as_object_mut().expect("an object") {
            let fields = fields.as_object_mut().expect("an object");
            if let Some(tags) = fields.get_mut("tags").and_then(Value::as_object_mut) {
                tags.insert(EVIL.to_owned(), json!(EVIL));
                tags.insert("managed-by".to_owned(), json!(EVIL));
                spoilt += 1;
            }
            for name in ["description", "path"] {
                if fields.contains_key(name)
                    || name == "description" && fields.contains_key("trust_policy")
                {
                    fields.insert(name.to_owned(), json!(EVIL));
                    spoilt += 1;
                }
            }
            for name in ["trust_policy", "policy"] {
                let statements = fields
                    .get_mut(name)
                    .and_then(|policy| policy.get_mut("Statement"));
                if let Some(statements) = statements.and_then(Value::as_array_mut) {
                    statements.push(json!({
                        "Sid": EVIL, "Effect": "Allow", "Action": format!("s3:{EVIL}"),
                        "Resource": EVIL, "Principal": {"AWS": EVIL},
                        "Condition": {"StringLike": {EVIL: EVIL}},
                    }));
                    spoilt += 1;
                }
            }
        }
    }
    assert!(spoilt > 3, "{spoilt}: {account}");
    tool.file("account.json", &account.to_string());
    tool
}

#[test]
fn an_account_of_odd_texts_is_shown_in_every_form() {
    let tool = spoiled();
    let account = ["--account", "account.json", "--verbose"];
    let set = ["neon.yaml", "--set", neon::REPOSITORY];
    let mut shown = 0;
    for form in ["text", "json", "markdown"] {
        let verify = tool.run(&[&["verify"], &set[..], &account, &["--output", form]].concat());
        is_harmless(&verify, form);
        for command in ["plan", "drift"] {
            let run = tool.run(&[&[command], &set[..], &account, &["--output", form]].concat());
            is_harmless(&run, form);
            assert!(run.stdout.contains("all is well"), "it is shown: {run}");
            shown += 1;
        }
    }
    assert_eq!(shown, 6);
    for arguments in [
        &["orphans"][..],
        &["orphans", "--output", "json"],
        &["explain", "--role", neon::ROLE, "--claim", "sub=x"],
        &[
            "explain",
            "--role",
            neon::ROLE,
            "--claim",
            "sub=x",
            "--output",
            "json",
        ],
        &[
            "explain",
            "--principal",
            "anyone",
            "--action",
            "s3:GetObject",
            "--resource",
            "s3://b/k",
        ],
        &[
            "destroy",
            "neon.yaml",
            "--set",
            neon::REPOSITORY,
            "--confirm",
            "x",
        ],
        &["apply", "neon.yaml", "--set", neon::REPOSITORY, "--yes"],
        &[
            "record",
            "neon.yaml",
            "--set",
            neon::REPOSITORY,
            "--out",
            "r\u{1b}[31m.json",
        ],
        &["verify", "neon.yaml", "--set", neon::REPOSITORY],
    ] {
        is_harmless(&tool.run(&[arguments, &account].concat()), arguments[0]);
    }
}

#[test]
fn names_arguments_and_variables_are_no_commands_of_a_terminal() {
    let tool = neon::with_manifest(S3setup::without_credentials());
    let odd = EVIL.trim_end_matches('\0');
    let name = format!("{}.yaml", odd.replace('/', "_"));
    tool.file(&name, "name: [\n");
    let claim = format!("sub={odd}");
    for arguments in [
        &["validate", &name][..],
        &["validate", "--output", "json", &name],
        &["validate", "--output", "sarif", &name],
        &["plan", odd],
        &["init", odd],
        &[odd],
        &["plan", "neon.yaml", odd],
        &["plan", "neon.yaml", "--set", odd],
        &["plan", "neon.yaml", "--output", odd],
        &["plan", "neon.yaml", "--profile", odd],
        &["plan", "neon.yaml", "--account", odd],
        &["apply", "--plan", odd],
        &[
            "outputs",
            "neon.yaml",
            "--set",
            "repository=a/b",
            "--name",
            odd,
        ],
        &[
            "explain",
            "--role",
            odd,
            "--claim",
            &claim,
            "--account",
            odd,
        ],
        &["policy", "lint", odd],
        &["policy", "simulate", odd],
    ] {
        is_harmless(&tool.run(arguments), arguments[0]);
    }
    for variable in [
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_CA_BUNDLE",
        "AWS_ACCESS_KEY_ID",
    ] {
        let mut tool = neon::with_manifest(S3setup::without_credentials());
        tool.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        tool.env(variable, odd);
        is_harmless(&tool.run(PLAN), variable);
    }
}

#[test]
fn policies_and_requests_of_odd_texts_are_shown_in_every_form() {
    let tool = S3setup::without_credentials();
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": EVIL, "Effect": "Allow", "Action": [EVIL, "s3:*"], "Resource": ["*", EVIL],
         "Principal": {"AWS": [EVIL]}, "Condition": {EVIL: {EVIL: EVIL}}}]});
    tool.file("odd.json", &policy.to_string());
    tool.file("none.json", r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#);
    let request = json!({"principal": "*", "action": EVIL, "resource": EVIL,
        "resource_policy": policy, "context": {EVIL: EVIL}});
    tool.file("request.json", &request.to_string());
    for arguments in [
        &["policy", "lint", "odd.json"][..],
        &["policy", "lint", "--output", "json", "odd.json"],
        &["policy", "lint", "--output", "sarif", "odd.json"],
        &["policy", "diff", "odd.json", "none.json"],
        &[
            "policy",
            "diff",
            "--output",
            "json",
            "none.json",
            "odd.json",
        ],
        &[
            "policy",
            "diff",
            "--output",
            "markdown",
            "none.json",
            "odd.json",
        ],
        &["policy", "simulate", "request.json"],
        &[
            "explain", "--role", "r", "--claim", "sub=x", "--trust", "odd.json",
        ],
    ] {
        is_harmless(&tool.run(arguments), &arguments.join(" "));
    }
}

#[test]
fn what_servers_answer_is_told_and_not_obeyed() {
    let proxy = Proxy::before(&Server::ministack().account());
    let tool = S3setup::new(proxy.account());
    tool.file(
        "keys.yaml",
        "name: keys\nkms_keys: {k: {description: A key}}\nbucket: {name: bucket-of-a-test}\nusers:\n  u: {access_key: {sink: \
         {secrets_manager: {name: a/b}}}}\n  v: {access_key: {sink: {parameter_store: {name: /a}}}}\n",
    );
    let mut told = 0;
    for (status, code) in [
        (403, "AccessDenied"),
        (400, EVIL),
        (500, "Odd"),
        (409, "LimitExceeded"),
    ] {
        proxy.heal();
        proxy.rule(move |call| {
            let who = call.operation == "GetCallerIdentity";
            // XML has no such characters: an answer with them is none.
            let is_xml = matches!(call.service.as_str(), "iam" | "sts" | "s3");
            let sent = |text: &str| -> String {
                let kept = |c: &char| !is_xml || *c >= ' ' || "\r\n\t".contains(*c);
                text.chars().filter(kept).collect()
            };
            (!who).then(|| Answer::error(status, &sent(code), &sent(EVIL)))
        });
        for command in ["plan", "drift", "record", "orphans"] {
            let arguments: &[&str] = match command {
                "orphans" => &["orphans"],
                "record" => &["record", "keys.yaml", "--out", "r.json"],
                command => &[command, "keys.yaml"],
            };
            let run = tool.run(arguments);
            is_harmless(&run, command);
            told += usize::from(flat(&run.to_string()).contains("all is well"));
        }
    }
    assert!(told > 2, "what was answered was told {told} times");
    proxy.heal();
    let page = format!("<html>{EVIL}");
    proxy.rule(move |_| Some(Answer::Text(page.clone())));
    is_harmless(&tool.run(&["plan", "keys.yaml"]), "a page");
}
