//! Texts from outside that would deceive a terminal, a table or a reader.

use super::fixtures::*;
use crate::plan::{Changed, Histories, History, Plan};
use crate::render::{Style, drift_markdown, drift_text, plan_markdown, plan_text};
use crate::resource::{Owner, Tags};
use proptest::prelude::*;
use serde_json::json;

const EVIL: &str =
    "x\u{1b}[2J\u{202e}|`` ```\n# @octocat <img src=x onerror=y> </details> [a](http://b)";

fn hostile() -> Plan {
    let evil = || {
        Tags::from([
            (EVIL.to_owned(), EVIL.to_owned()),
            ("k".into(), EVIL.into()),
        ])
    };
    let have = role(|role| {
        role.tags = Tags::from([("k".into(), "v".into())]);
        role.inline_policies
            .insert(EVIL.into(), document(json!([objects(&[EVIL])])));
        role.attached_policies.insert(EVIL.into());
    });
    let want = role(|role| {
        role.name = EVIL.into();
        role.description = Some(EVIL.into());
        role.tags = evil();
        role.trust_policy = document(json!([{
            "Sid": EVIL, "Effect": "Allow", "Action": [EVIL], "Resource": [EVIL],
            "Principal": {"AWS": [EVIL], "Federated": [format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{EVIL}")]},
            "Condition": {"StringLike": {EVIL: [EVIL]}},
        }]));
    });
    let mut change = step(Some(have), Some(want.clone()));
    change.adopt = true;
    change.owner = Some(Owner::Tool(EVIL.into()));
    change.blocked = Some(EVIL.into());
    change.note = Some(EVIL.into());
    change.manifest = EVIL.into();
    change.unreadable = vec![gap(EVIL, EVIL, EVIL)];
    let mut plan = plan(vec![change, step(None, Some(want))]);
    *sources(&mut plan) = vec![source(EVIL), source("neon")];
    sources(&mut plan)[0].examples = vec![EVIL.into()];
    plan.scope.account = EVIL.into();
    plan.scope.region = EVIL.into();
    plan
}

/// What is on record of the first resource, and that nothing could be read of the other.
fn histories(plan: &Plan) -> Histories {
    let evil = || EVIL.to_owned();
    let change = Changed {
        at: evil(),
        event: evil(),
        who: format!("{EVIL}{EVIL}"),
        through: Some(evil()),
        from: Some(evil()),
        id: evil(),
    };
    let known = History {
        changes: vec![change],
        since: Some(evil()),
        unreadable: None,
    };
    let unknown = History {
        unreadable: Some(gap(EVIL, EVIL, EVIL)),
        ..History::default()
    };
    let addresses = plan.steps.iter().map(|step| step.address.clone());
    addresses.zip([known, unknown]).collect()
}

/// Only letters that are drawn, and in the order they are written.
fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|letter| letter == '\n' || (!letter.is_control() && letter != '\u{202e}'))
}

#[test]
fn terminals_are_sent_nothing_from_outside_that_they_would_obey() {
    let style = Style {
        verbose: true,
        ..Style::default()
    };
    for text in [
        plan_text(&hostile(), &calls(), ELAPSED, &style),
        drift_text(
            &hostile(),
            &histories(&hostile()),
            &calls(),
            ELAPSED,
            &style,
        ),
    ] {
        assert!(is_harmless(&text), "{text}");
        let told = text
            .lines()
            .find(|line| line.starts_with('#') || line.starts_with("<img"));
        assert_eq!(
            told, None,
            "a line break of the name is no line break of the text"
        );
    }
}

#[test]
fn markdown_has_no_link_mention_or_tag_from_outside() {
    for text in [
        plan_markdown(&hostile(), &calls(), ELAPSED),
        drift_markdown(&hostile(), &histories(&hostile()), &calls(), ELAPSED),
    ] {
        assert!(is_harmless(&text), "{text}");
        let mut fence: Option<&str> = None;
        let mut opened = 0;
        for line in text.lines() {
            match fence {
                Some(closing) if line == closing => fence = None,
                Some(closing) => assert!(!line.trim_start().starts_with(closing), "{line}"),
                None if line.starts_with("```") => {
                    fence = Some(line.trim_end_matches(char::is_alphabetic));
                    opened += 1;
                }
                None => outside_of_fences(line),
            }
        }
        assert_eq!(fence, None, "every block is closed");
        assert!(opened > 1, "{text}");
        let (opened, closed) = (
            text.matches("\n<details>").count(),
            text.matches("\n</details>").count(),
        );
        assert_eq!(opened, closed);
    }
}

/// Takes out what is in code spans and `<code>`; nothing of the rest may come from outside.
fn outside_of_fences(line: &str) {
    let rest: String = line.split('`').step_by(2).collect();
    if line.starts_with("<details>") {
        let title = line
            .split("<code>")
            .nth(1)
            .unwrap()
            .split("</code>")
            .next()
            .unwrap();
        assert!(!title.contains(['<', '>', '"']), "{line}");
        return;
    }
    for bad in ["@", "<img", "](", "octocat", "onerror"] {
        assert!(!rest.contains(bad), "{bad} in {line}");
    }
    if line.starts_with('|') {
        assert!(line.matches('|').count() <= 4, "{line}");
    }
}

#[test]
fn json_says_exactly_what_there_is() {
    let text = plan_json(&hostile());
    assert!(is_harmless(&text), "{text}");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["manifests"][0]["name"], EVIL);
    assert_eq!(report["steps"][0]["note"], EVIL);
}

#[test]
fn a_hostile_name_on_the_screen() {
    let have = role(|role| role.tags = Tags::from([("k".into(), "v".into())]));
    let want = role(|role| {
        role.name = "x\u{1b}[2J\ny".into();
        role.tags = Tags::from([("k".into(), "v\u{202e}txt.exe -> w".into())]);
    });
    let plan = plan(vec![step(Some(have), Some(want))]);
    assert_eq!(
        plan_text(&plan, &calls(), ELAPSED, &Style::default()),
        "\
neon in account 123456789012, us-east-1

  ~ role.x\\u{1b}[2J\\ny  widens access
      tags.k  v -> \"v\\u{202e}txt.exe -> w\"

Access:
  + GitHub workflows of acme/backups on branch main gain
    sts:AssumeRoleWithWebIdentity on role x\\u{1b}[2J\\ny
  - GitHub workflows of acme/backups on branch main lose
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

/// Values of any shape, with letters that matter to a screen.
fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|on| json!(on)),
        any::<i32>().prop_map(|number| json!(number)),
        "(?s).{0,90}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            Just("Statement".to_owned()),
            Just("Condition".to_owned()),
            Just("Action".to_owned()),
            Just("Principal".to_owned()),
            Just("Sid".to_owned()),
            "(?s).{0,60}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_guarded_has_lines_and_colours_and_nothing_else(text in "(?s)([\u{0}-\u{20}\u{1b}\\[;m0-9\u{7f}-\u{a0}\u{2028}-\u{2069}\\]\\\\]|.){0,80}") {
        let guarded = crate::render::guarded(&text);
        let mut rest = guarded.as_str();
        while let Some(at) = rest.find('\u{1b}') {
            prop_assert!(is_harmless(&rest[..at]), "{guarded:?}");
            let colour = rest[at..].strip_prefix("\u{1b}[").and_then(|tail| tail.split_once('m'));
            let (numbers, after) = colour.expect("a colour");
            prop_assert!(numbers.chars().all(|c| c.is_ascii_digit() || c == ';'), "{guarded:?}");
            rest = after;
        }
        prop_assert!(is_harmless(rest), "{guarded:?}");
        prop_assert_eq!(crate::render::guarded(&guarded), guarded);
    }

    #[test]
    fn whatever_a_plan_holds_it_fits_the_screen_and_harms_nobody(
        before in values(), after in values(), path in "(?s).{0,60}", width in 40_usize..130, whole: bool,
    ) {
        let mut change = step(Some(role(|_| {})), Some(role(|role| role.path = "/x/".into())));
        if whole {
            change.action = crate::plan::Action::Create;
        }
        change.changes = crate::diff::changes(Some(&json!({"f": before})), Some(&json!({"f": after})));
        change.changes.extend(crate::diff::changes(None, Some(&json!({"g": after}))));
        change.changes.push(crate::diff::Change { path, before: Some(before), after: Some(after) });
        let plan = plan(vec![change]);
        let style = Style { width, ..Style::default() };
        for text in [
            plan_text(&plan, &calls(), ELAPSED, &style),
            drift_text(&plan, &Histories::new(), &calls(), ELAPSED, &style),
        ] {
            prop_assert!(is_harmless(&text), "{text}");
            for line in text.lines() {
                prop_assert!(line.chars().count() <= width.min(120), "{width}: {line}");
            }
        }
        let page = plan_markdown(&plan, &calls(), ELAPSED);
        prop_assert!(is_harmless(&page) && page.len() < 65_536);
    }
}
