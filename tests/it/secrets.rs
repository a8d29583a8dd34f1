//! A secret is nowhere but where it belongs: every command, at its most talkative, when all is well and
//! when everything goes wrong.

mod ground;
pub mod searcher;

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt as _};

use crate::support::{Answer, Call, S3setup};
use ground::{Ground, NEIGHBOUR, REQUEST, Run, SESSION};

/// Every command, in an order in which each finds what it needs. What is not here fails
/// [`every_command_is_tried`].
const COMMANDS: &[(&str, &[&str])] = &[
    (
        "init",
        &[
            "neon",
            "--set",
            "repository=acme/app",
            "--out",
            "own.yaml",
            "--force",
        ],
    ),
    ("validate", &["all.yaml"]),
    ("schema", &[]),
    ("policy lint", &["policy.json"]),
    ("policy diff", &["policy.json", "policy.json"]),
    ("policy simulate", &["request.json"]),
    ("plan", &["all.yaml"]),
    ("apply", &["all.yaml", "--yes"]),
    ("plan", &["all.yaml", "--output", "json"]),
    ("plan", &["all.yaml", "--output", "markdown"]),
    ("drift", &["all.yaml"]),
    ("drift", &["all.yaml", "--output", "json"]),
    ("drift", &["all.yaml", "--report", "json=report.json"]),
    ("drift", &["all.yaml", "--output", "html"]),
    ("report show", &["report.json"]),
    ("report merge", &["report.json", "--output", "markdown"]),
    ("explain", &["--role", "deploy", "--token", "token.jwt"]),
    (
        "explain",
        &[
            "--principal",
            "user/a",
            "--action",
            "s3:GetObject",
            "--resource",
            "s3://b/k",
        ],
    ),
    ("ci", &["kubernetes", "all.yaml"]),
    ("completions", &["bash"]),
    ("doctor", &["all.yaml"]),
    ("errors", &["denied"]),
    ("man", &[]),
    ("orphans", &[]),
    ("outputs", &["all.yaml"]),
    ("permissions", &["all.yaml", "--for", "apply,verify"]),
    ("record", &["all.yaml", "--out", "record.json"]),
    (
        "verify",
        &[
            "all.yaml",
            "--wait",
            "0",
            "--web-identity-token-file",
            "token.jwt",
        ],
    ),
    ("undo", &["--list"]),
    ("undo", &[]),
    ("rotate", &["all.yaml", "--yes"]),
    ("rotate", &["all.yaml", "--yes", "--now"]),
    ("destroy", &["all.yaml", "--confirm", "all"]),
];

/// A URL with a password, and of no server.
const NOWHERE: &str = "nonsense://user:ProxyPasswordOfATest1@x";
/// A proxy that is not there.
const THROUGH: &str = "http://user:ProxyPasswordOfATest1@127.0.0.1:9";

fn arguments(command: &(&'static str, &'static [&'static str])) -> Vec<&'static str> {
    let words = command.0.split(' ').chain(command.1.iter().copied());
    words.chain(["--verbose"]).collect()
}

/// Fail if a secret was found.
#[track_caller]
fn is_clean(run: &Run, reason: &str) {
    assert!(
        run.found.is_empty(),
        "{reason}: {}: {:#?}\nexit {:?}:\n{}",
        run.typed,
        run.found,
        run.code,
        run.shown
    );
    assert!(!run.shown.contains("panicked"), "{reason}: {}", run.shown);
}

/// The commands that `s3setup … --help` lists, those below them in their place.
fn listed(tool: &S3setup, above: &str) -> BTreeSet<String> {
    let words: Vec<&str> = above.split(' ').filter(|word| !word.is_empty()).collect();
    let help = tool.run(&[&words[..], &["--help"]].concat()).stdout;
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return BTreeSet::from([above.to_owned()]);
    };
    let lines = list.lines().take_while(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| {
        let is_name = line.starts_with("  ") && !line.starts_with("   ");
        line.split_whitespace().next().filter(|_| is_name)
    });
    let names = names.filter(|name| *name != "help");
    names
        .flat_map(|name| listed(tool, format!("{above} {name}").trim()))
        .collect()
}

#[test]
fn every_command_is_tried() {
    let listed = listed(&S3setup::without_credentials(), "");
    let tried: BTreeSet<String> = COMMANDS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert!(listed.len() > 10, "{listed:?}");
    assert_eq!(tried, listed, "add the new command to COMMANDS");
}

/// All that a request had, as AWS shows it where a signature does not fit; and the answer's own.
fn echo(call: &Call) -> String {
    let Call {
        method, path, body, ..
    } = call;
    format!(
        "The canonical string should have been '{method} {path} x-amz-security-token:{SESSION} \
         authorization:Bearer {REQUEST} {body}'"
    )
}

#[test]
fn no_command_shows_or_leaves_a_secret() {
    let mut ground = Ground::new();
    let mut runs = 0;
    for command in COMMANDS {
        let run = ground.run(&arguments(command), &[]);
        is_clean(&run, "all is well");
        let may_differ = ["verify", "drift", "explain", "orphans"].contains(&command.0);
        assert!(
            run.code == Some(0) || may_differ,
            "{}: {:?}\n{}",
            run.typed,
            run.code,
            run.shown
        );
        runs += 1;
    }
    assert_eq!(ground.keys_made(), 14, "seven keys, and seven by rotation");
    let secrets = ground.searcher.len();
    eprintln!(
        "{runs} commands, {secrets} secrets: {} searches",
        runs * secrets
    );
}

#[test]
fn no_refusal_shows_a_secret() {
    let mut ground = Ground::new();
    is_clean(&ground.run(&["apply", "all.yaml", "--yes"], &[]), "before");
    ground.proxy.heal();
    ground.proxy.rule(|call| {
        let who = call.operation == "GetCallerIdentity";
        (!who).then(|| Answer::error(403, "AccessDenied", &echo(call)))
    });
    let mut shown = 0;
    for command in COMMANDS {
        let run = ground.run(&arguments(command), &[]);
        is_clean(&run, "everything is denied");
        shown += usize::from(run.shown.contains("not shown"));
    }
    assert!(
        shown > 3,
        "the message was shown, less its secrets, {shown} times"
    );
    ground.proxy.heal();
    ground
        .proxy
        .rule(|call| Some(Answer::error(403, "SignatureDoesNotMatch", &echo(call))));
    for command in COMMANDS {
        is_clean(&ground.run(&arguments(command), &[]), "a wrong signature");
    }
    ground.proxy.heal();
    ground
        .proxy
        .rule(|call| Some(Answer::Text(format!("{SESSION}\n{}", call.body))));
    for command in COMMANDS {
        is_clean(
            &ground.run(&arguments(command), &[]),
            "answers that are none",
        );
    }
}

#[test]
fn a_credential_from_anywhere_stays_there() {
    let mut ground = Ground::new();
    let endpoint = ground.proxy.account().endpoint.clone();
    let with_password = endpoint.replace("http://", &format!("http://user:{NEIGHBOUR}@"));
    let token = ground.tool.folder().join("token.jwt");
    let token = token.to_str().expect("it is text");
    let no_key = ("AWS_ACCESS_KEY_ID", "");
    for (more, environment, reason) in [
        (&["--profile", "p"][..], &[][..], "a profile"),
        (&["--profile", "process"], &[], "a process"),
        (
            &["--profile", "broken"],
            &[],
            "a process that fails, and tells all",
        ),
        (&["--profile", "none"], &[], "no profile"),
        (
            &[],
            &[("AWS_ENDPOINT_URL", &*with_password)],
            "a password in the endpoint",
        ),
        (&[], &[("AWS_ENDPOINT_URL", NOWHERE)], "no endpoint"),
        (&[], &[("HTTP_PROXY", THROUGH)], "a proxy"),
        (
            &[],
            &[
                no_key,
                ("AWS_WEB_IDENTITY_TOKEN_FILE", token),
                ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/none"),
            ],
            "a web identity",
        ),
        (
            &["--account", ground::TOKEN_FILE],
            &[],
            "a token where a file belongs",
        ),
        (
            &["--region", ground::TOKEN_FILE],
            &[],
            "a token where a region belongs",
        ),
    ] {
        for command in ["plan", "drift", "verify"] {
            let arguments = [&[command, "all.yaml"], more, &["--verbose"]].concat();
            // Arguments are the caller's own.
            let mut run = ground.run(&arguments, environment);
            run.found
                .retain(|found| found != "the web identity token in arguments");
            is_clean(&run, reason);
        }
    }
}

#[test]
fn a_secret_that_is_given_as_an_input_is_refused_and_not_repeated() {
    let mut ground = Ground::new();
    ground.tool.file(
        "input.yaml",
        "name: input\ninputs: {url: {description: A URL}}\nbucket: {name: \"${url}\"}\n",
    );
    let url = format!("url=postgres://me:{NEIGHBOUR}@db/x");
    let github = "url=ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let mut refused = 0;
    for input in [&url, github, &url["url=".len()..]] {
        for command in ["validate", "plan", "apply", "drift", "outputs"] {
            let mut run = ground.run(&[command, "input.yaml", "--set", input], &[]);
            run.found.retain(|found| !found.ends_with("in arguments"));
            is_clean(&run, input);
            assert!(!run.shown.contains("16C7e42F"), "{}", run.shown);
            assert_eq!(run.code, Some(1), "{}", run.shown);
            refused += usize::from(run.shown.contains("this is a secret"));
        }
    }
    assert_eq!(refused, 10);
}

#[test]
fn a_hand_over_that_fails_or_is_killed_leaves_no_secret() {
    let broken = |call: &Call| call.operation == "CreateAccessKey";
    // The answer of AWS begins with its secret, and is no answer.
    let mut ground = Ground::new();
    let known: String = "wJalr/SecretOfAGarbledAnswer+1".into();
    ground.searcher.add("the garbled key", &known);
    ground.proxy.heal();
    ground.proxy.rule(move |call| {
        let known = known.clone();
        broken(call).then(|| Answer::change(move |body| [known.as_bytes(), b" ", body].concat()))
    });
    let run = ground.run(&["apply", "all.yaml", "--yes", "--verbose"], &[]);
    is_clean(&run, "a garbled answer");
    assert_eq!(run.code, Some(1), "{}", run.shown);
    // A service that sends back what it was sent.
    let mut ground = Ground::new();
    ground.proxy.rule(|call| {
        let puts = ["PutSecretValue", "PutParameter"].contains(&&*call.operation);
        let secret = puts && call.body.contains("secret_access_key");
        secret.then(|| Answer::error(400, "ValidationException", &echo(call)))
    });
    let run = ground.run(&["apply", "all.yaml", "--yes", "--verbose"], &[]);
    is_clean(&run, "an echo");
    assert_eq!(run.code, Some(1), "{}", run.shown);
    assert!(
        run.shown.contains("not shown"),
        "the echo was shown: {}",
        run.shown
    );
    // Killed once the first key is made, wherever the others are by then.
    for operation in ["CreateAccessKey", "TagUser", "PutSecretValue"] {
        let mut ground = Ground::new();
        let made = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (seen, told) = (std::sync::Arc::clone(&made), std::sync::Arc::clone(&made));
        ground.proxy.rule(move |call| {
            if call.operation == operation {
                seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
            None
        });
        let enough = move || told.load(std::sync::atomic::Ordering::SeqCst) > 3;
        let arguments = ["apply", "all.yaml", "--yes", "--verbose"];
        let mut killed = ground.run_until(&arguments, &[], enough);
        // A draft that had no name yet lies beside its sink, for its owner alone, until the next run.
        killed
            .found
            .retain(|found| !found.contains("/sinks/.s3setup-"));
        is_clean(&killed, operation);
        for (path, _) in searcher::files(&ground.tool.folder().join("sinks")) {
            let mode = path.metadata().expect("it is there").permissions().mode();
            let is_draft = path.to_string_lossy().contains("/.s3setup-");
            assert!(
                !is_draft || mode & 0o077 == 0,
                "{}: {mode:o}",
                path.display()
            );
        }
        ground.watch_new_keys();
        let next = ground.run(&arguments, &[]);
        is_clean(&next, operation);
        assert_eq!(next.code, Some(0), "{}", next.shown);
    }
}
