//! A report in every form: what it says, and that no text from outside is more than a text in it.

use super::fixtures::*;
use crate::plan::{Action, Plan};
use crate::render::{
    Style, report_html, report_json, report_junit, report_markdown, report_message,
    report_prometheus, report_sarif, report_slack, report_text,
};
use crate::report::{Broken, Command, Found, Report, State, Told, Wrong, merge};
use crate::resource::Address;
use crate::yaml::Place;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ALL: [fn(&Report) -> String; 7] = [
    report_json,
    report_html,
    report_junit,
    report_markdown,
    report_prometheus,
    report_sarif,
    |report| {
        report_text(
            report,
            &Style {
                verbose: true,
                ..Style::default()
            },
        )
    },
];

/// A drift report of one of each state, made at a known time.
fn drift() -> Report {
    let mut changed = step(
        Some(role(|role| role.max_session_duration = Some(7200))),
        Some(role(|_| {})),
    );
    changed.unreadable = vec![gap("tags", "iam:ListRoleTags", "arn:aws:iam::1:role/x")];
    let missing = step(None, Some(bucket("missing")));
    let mut unread = step(None, Some(bucket("unread")));
    unread.action = Action::Keep;
    unread.changes = Vec::new();
    unread.unreadable = vec![gap("", "s3:ListBucket", "arn:aws:s3:::unread")];
    let mut plan = plan(vec![changed, missing, unread, keep(bucket("same"))]);
    let place = Place { line: 7, column: 3 };
    let at = Address::new("bucket", "missing");
    sources(&mut plan)[0].places.insert(at, place);
    Report {
        at: Some("2026-11-29T23:15:10.250000Z".into()),
        ..report(&plan, Command::Drift)
    }
}

fn broken(text: &str) -> Broken {
    let wrong = Wrong {
        file: text.into(),
        line: Some(3),
        column: None,
        path: text.into(),
        message: text.into(),
        fix: Some(text.into()),
    };
    Broken {
        file: text.into(),
        errors: vec![wrong],
    }
}

#[test]
fn json_is_read_as_it_was_written() {
    let mut all = vec![drift(), report(&plan(vec![]), Command::Plan)];
    all[1].broken = vec![broken("m.yaml")];
    let mut named = drift();
    named.accounts[0].name = Some("prod".into());
    all.push(named);
    for report in all {
        let text = report_json(&report);
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read, report, "{text}");
    }
    let other = report_json(&drift()).replace("\"1.0\"", "\"2.0\"");
    let error = serde_json::from_str::<Report>(&other)
        .unwrap_err()
        .to_string();
    assert!(error.contains("another version"), "{error}");
}

#[test]
fn the_ledger_is_in_the_json_of_every_resource() {
    let told: Value = serde_json::from_str(&report_json(&drift())).unwrap();
    let states = |step: usize| -> Vec<(String, String)> {
        let ledger = told["steps"][step]["ledger"].as_array().unwrap().iter();
        let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        ledger
            .map(|one| (text(one, "aspect"), text(one, "state")))
            .collect()
    };
    assert!(states(0).contains(&("max_session_duration".into(), "drifted".into())));
    assert!(states(0).contains(&("tags".into(), "unreadable".into())));
    assert!(states(0).contains(&("permissions_boundary".into(), "not_managed".into())));
    assert!(
        states(2)
            .iter()
            .all(|(_, state)| state == "unreadable" || state == "not_managed")
    );
    let aspects = &told["summary"]["aspects"];
    assert_eq!(
        aspects["unreadable"],
        json!(7),
        "1 of the role, 6 of the bucket"
    );
}

#[test]
fn junit_has_a_case_a_resource_and_says_why_it_failed() {
    let text = report_junit(&drift());
    assert!(
        text.contains("tests=\"4\" failures=\"2\" errors=\"1\" time=\"0.42\""),
        "{text}"
    );
    assert!(text.contains("timestamp=\"2026-11-29T23:15:10\""), "{text}");
    let case = "<testcase classname=\"neon\" name=\"bucket.same\" time=\"0\"/>";
    assert!(text.contains(case), "{text}");
    assert!(
        text.contains("<error type=\"unreadable\" message=\"could not be read\">"),
        "{text}"
    );
    assert!(text.contains("+ max_session_duration  7200 s"), "{text}");
}

#[test]
fn sarif_points_at_the_resources_block_and_keeps_its_fingerprints() {
    let told = |report: &Report| -> Value { serde_json::from_str(&report_sarif(report)).unwrap() };
    let first = told(&drift());
    let results = first["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "what is in sync is no result");
    let missing = &results[1];
    let place = &missing["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "manifests/neon.yaml");
    assert_eq!(place["region"]["startLine"], 7);
    let mut moved = drift();
    if let Found::Compared(compared) = &mut moved.accounts[0].found {
        compared.steps[1].place.as_mut().unwrap().line = 70;
    }
    let print = |told: &Value| told["runs"][0]["results"][1]["partialFingerprints"].clone();
    assert_eq!(print(&told(&moved)), print(&first));
    assert_eq!(
        print(&first),
        json!({"rulePath/v1": format!("drifted:{ACCOUNT}/bucket.missing:1")})
    );
}

#[test]
fn prometheus_has_a_number_a_state_and_tells_when_not_all_is_known() {
    let text = report_prometheus(&drift());
    let of = |state: &str| {
        let labels = format!("account=\"{ACCOUNT}\",region=\"us-east-1\",manifest=\"neon\"");
        format!("s3setup_drift_resources{{{labels},state=\"{state}\"}} 1\n")
    };
    for state in ["in_sync", "missing", "changed", "unreadable"] {
        assert!(text.contains(&of(state)), "{state}: {text}");
    }
    assert!(text.contains("s3setup_up{command=\"drift\"} 0\n"), "{text}");
    let time = "s3setup_last_run_timestamp_seconds{command=\"drift\"} 1795994110\n";
    assert!(text.contains(time), "{text}");
    let whole = report_prometheus(&report(&plan(vec![keep(bucket("b"))]), Command::Drift));
    assert!(
        whole.contains("s3setup_up{command=\"drift\"} 1\n"),
        "{whole}"
    );
    assert!(
        !whole.contains("timestamp"),
        "no sample is no family: {whole}"
    );
}

/// Three manifests of three shards, and what they come to.
fn shard(name: &str, steps: Vec<crate::plan::Step>) -> Report {
    let mut plan: Plan = plan(steps);
    *sources(&mut plan) = vec![source(name)];
    for step in &mut plan.steps {
        step.manifest = name.into();
    }
    report(&plan, Command::Drift)
}

#[test]
fn shards_merge_into_what_one_run_would_have_told() {
    let one = shard("a", vec![keep(bucket("a"))]);
    let two = shard("b", vec![step(None, Some(bucket("b")))]);
    let empty = Report {
        accounts: Vec::new(),
        ..one.clone()
    };
    let names = ["1.json", "2.json", "3.json"].map(str::to_owned);
    let whole = merge(vec![one.clone(), two.clone(), empty.clone()], &names).unwrap();
    assert_eq!((whole.state(), whole.code()), (State::Drifted, 2));
    assert_eq!(whole.accounts.len(), 1, "one account stays one");
    assert_eq!(whole.steps().count(), 2);
    assert_eq!(whole.cost().total, 26, "calls add up");
    assert_eq!(whole.cost().seconds, 0.42, "shards run at the same time");
    let counts = whole.accounts[0].compared().unwrap().summary;
    assert_eq!((counts.actions.create, counts.actions.keep), (1, 1));
    let again = merge(vec![one.clone(), one.clone()], &names)
        .unwrap_err()
        .to_string();
    assert!(
        again.contains("2.json tells of the manifest \"a\""),
        "{again}"
    );
    let other = Report {
        command: Command::Plan,
        ..empty
    };
    let other = merge(vec![one.clone(), other], &names)
        .unwrap_err()
        .to_string();
    assert!(
        other.contains("1.json is a report of drift and 2.json one of plan"),
        "{other}"
    );
    let mut bad = one;
    bad.broken = vec![broken("m.yaml")];
    assert_eq!(merge(vec![bad.clone()], &names).unwrap().code(), 1);
    assert_eq!(
        merge(vec![bad, two], &names).unwrap().code(),
        2,
        "what is known comes first"
    );
}

#[test]
fn only_a_change_of_state_is_news() {
    let synced = || shard("a", vec![keep(bucket("a"))]);
    let missing = || shard("a", vec![step(None, Some(bucket("a")))]);
    let other = || {
        shard(
            "a",
            vec![step(None, Some(bucket("a"))), step(None, Some(bucket("b")))],
        )
    };
    let mut unknown = synced();
    unknown.broken = vec![broken("m.yaml")];
    let table = [
        (None, synced(), false, "all is well, and nobody asked"),
        (None, missing(), true, "the first drift"),
        (Some(missing()), missing(), false, "the same drift"),
        (Some(missing()), other(), true, "another drift"),
        (Some(other()), missing(), true, "less of it"),
        (Some(missing()), synced(), true, "mended"),
        (Some(synced()), synced(), false, "still well"),
        (
            Some(synced()),
            unknown.clone(),
            true,
            "it cannot be told any more",
        ),
        (Some(unknown.clone()), unknown, false, "it still cannot"),
    ];
    for (before, mut now, news, reason) in table {
        now.at = Some("2030-01-01T00:00:00Z".into());
        let before = before.map(|before| Told::of(&before));
        assert_eq!(
            Told::of(&now).is_news_after(before.as_ref()),
            news,
            "{reason}"
        );
    }
}

#[test]
fn what_was_told_is_kept_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("told.json");
    assert_eq!(Told::read(&path).unwrap(), None);
    let told = Told::of(&drift());
    told.write(&path).unwrap();
    assert_eq!(Told::read(&path).unwrap(), Some(told.clone()));
    let other = folder.path().join("manifest.yaml");
    std::fs::write(&other, "name: neon\n").unwrap();
    assert!(told.write(&other).is_err() && Told::read(&other).is_err());
    std::fs::write(&other, "\n").unwrap();
    assert_eq!(Told::read(&other).unwrap(), None, "a cache that failed");
}

#[test]
fn a_message_says_what_is_wrong_and_what_it_was_before() {
    let message = report_message(&drift(), Some(State::InSync));
    assert_eq!(
        (&message["state"], &message["before"]),
        (&json!("drifted"), &json!("in_sync"))
    );
    assert_eq!(message["changed"].as_array().unwrap().len(), 3);
    let text = "Drift: 2 of 4 resources differ (1 missing, 1 changed), 2 could not be read.";
    assert_eq!(message["text"], text);
    let slack = report_slack(&drift());
    assert_eq!(slack["text"], format!("s3setup: {text}"));
    let body = slack["blocks"][1]["text"]["text"].as_str().unwrap();
    assert!(body.starts_with("\u{2022} `role."), "{body}");
}

/// A report in which every text is this one.
fn hostile(text: &str) -> Report {
    let mut changed = step(
        Some(role(|role| role.description = Some(text.into()))),
        Some(role(|role| {
            role.name = text.into();
            role.description = Some(format!("{text}{text}"));
            role.inline_policies
                .insert(text.into(), document(json!([objects(&[text])])));
        })),
    );
    changed.note = Some(text.into());
    changed.blocked = Some(text.into());
    changed.unreadable = vec![gap(text, text, text)];
    changed.manifest = text.into();
    let mut plan = plan(vec![changed]);
    *sources(&mut plan) = vec![source(text)];
    plan.scope.account = text.into();
    plan.scope.region = text.into();
    let mut report = report(&plan, Command::Drift);
    report.at = Some(text.into());
    report.broken = vec![broken(text)];
    report.accounts[0].name = Some(text.into());
    report
}

/// The text of a page without its tags, which must all be its own; and how many tags it has.
fn tags(page: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').expect("each tag ends");
        tags.push(&rest[start..=start + end]);
        rest = &rest[start + end + 1..];
    }
    tags
}

/// The kinds of tags of a page, in which each that begins must end in its turn.
fn kinds(page: &str) -> BTreeSet<String> {
    const EMPTY: [&str; 5] = ["!doctype", "?xml", "meta", "br", "rect"];
    let mut kinds = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(page) {
        let inner = &tag[1..tag.len() - 1];
        let name = inner.trim_start_matches('/');
        let name = name.split([' ', '\n', '/']).next().unwrap_or_default();
        kinds.insert(name.to_owned());
        match (
            inner.starts_with('/'),
            inner.ends_with('/') || EMPTY.contains(&name),
        ) {
            (true, _) => assert_eq!(open.pop(), Some(name), "{page}"),
            (false, true) => {}
            (false, false) => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "{page}");
    kinds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the names are, the tags are those of a page with plain names: nothing becomes one, and
    /// nothing ends one.
    #[test]
    fn no_text_from_outside_is_a_tag(
        text in "[<>&\"'/=a-z !\\-\\[\\]\u{0}\u{1b}\u{202e}\u{fffe}`|]{1,24}",
    ) {
        let plain = hostile("x");
        let evil = hostile(&text);
        for render in [report_html, report_junit] {
            let (page, other) = (render(&evil), render(&plain));
            prop_assert_eq!(kinds(&page), kinds(&other));
            let allowed = |c: char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
            prop_assert!(page.chars().all(allowed), "{:?}", page.chars().find(|c| !allowed(*c)));
        }
    }

    #[test]
    fn markdown_fits_a_comment_whatever_its_size(
        number in 0_usize..400, text in "[a-z`|<>é]{1,60}", accounts in 1_usize..40,
    ) {
        let mut report = hostile(&text);
        if let Found::Compared(compared) = &mut report.accounts[0].found {
            compared.steps = compared.steps.iter().cycle().take(number).cloned().collect();
        }
        report.accounts = report.accounts.iter().cycle().take(accounts).cloned().collect();
        report.broken = report.broken.iter().cycle().take(number).cloned().collect();
        let page = report_markdown(&report);
        prop_assert!(page.len() < 65_536, "{} bytes", page.len());
        let slack = report_slack(&report);
        for block in slack["blocks"].as_array().into_iter().flatten() {
            let text = block["text"]["text"].as_str().unwrap_or_default();
            prop_assert!(text.chars().count() <= 3000);
        }
    }
}

#[test]
fn no_form_has_what_a_terminal_would_obey() {
    let evil = "x\u{1b}[2J\u{202e}<script>alert(1)</script>\"'&\u{0}\n`";
    for render in ALL {
        let text = render(&hostile(evil));
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        // Prometheus reads names as they are, and prints none.
        let text = match text.starts_with("# HELP") {
            true => text.replace('\u{202e}', ""),
            false => text,
        };
        assert!(!text.contains(bad), "{text:?}");
    }
    assert!(!report_html(&hostile(evil)).contains("<script"));
    let slack = report_slack(&hostile("<!channel> <http://x|y>")).to_string();
    assert!(
        !slack.contains("<!channel>") && slack.contains("&lt;!channel"),
        "{slack}"
    );
}

#[test]
fn a_page_loads_and_runs_nothing() {
    let page = report_html(&drift());
    assert!(
        page.contains("default-src 'none'; style-src 'sha256-"),
        "no policy"
    );
    for word in [
        "<script", "<link", "<img", "<iframe", " src=", "url(", "@import", " style=", "onclick",
    ] {
        assert!(!page.contains(word), "{word}");
    }
    let external: Vec<&str> = tags(&page)
        .into_iter()
        .filter(|tag| tag.contains("href=") && !tag.contains("href=\"#"))
        .collect();
    assert_eq!(external, Vec::<&str>::new());
    assert!(page.contains("Who can reach what"));
}
