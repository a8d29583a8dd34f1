//! Reports of many manifests and accounts.

use crate::render::{Page, Style, report_json, report_of, run_markdown, run_text};
use crate::report::{Account, Checks, Command, Cost, Found, Report, Verified};
use crate::run::{Failed, Named, Run, Told};
use crate::yaml::{Problem, Problems, Source, Span};
use std::collections::BTreeMap;

fn page(text: &str, verdict: &str) -> Page {
    Page {
        text: text.to_owned(),
        verdict: verdict.to_owned(),
    }
}

fn named(name: &str, id: &str) -> Option<Named> {
    Some(Named {
        name: name.into(),
        id: id.into(),
    })
}

fn failed(message: &str) -> Failed {
    Failed {
        message: message.into(),
        hint: Some("let it be assumed".into()),
    }
}

fn broken(file: &str) -> Problems {
    let source = Source::new(file, "name: m\nbuckt: {}\n");
    let first = Problem::new("unknown field `buckt`").at(Span::new(8, 13));
    Problems::of(
        &source,
        vec![first, Problem::new("and another").at(Span::new(14, 15))],
    )
}

fn run() -> Run<Page> {
    Run {
        accounts: vec![
            Told {
                account: named("hub", "111122223333"),
                result: Ok(page(
                    "neon in account 111122223333\n",
                    "In sync: 4 resources.",
                )),
            },
            Told {
                account: named("222233334444", "222233334444"),
                result: Err(failed("sts:AssumeRole: AccessDenied")),
            },
        ],
        broken: vec![broken("teams/a.yaml")],
    }
}

#[test]
fn accounts_come_one_after_the_other_and_then_what_they_come_to() {
    assert_eq!(
        run_text(&run(), &Style::default()),
        "\
== hub, account 111122223333

neon in account 111122223333

== account 222233334444

Could not tell: sts:AssumeRole: AccessDenied (let it be assumed)

2 accounts:
  - hub, account 111122223333: In sync: 4 resources.
  - account 222233334444: Could not tell: sts:AssumeRole: AccessDenied (let it
    be assumed)

1 manifest cannot be used and is not in this report; `s3setup validate` tells
  all of it:
  - teams/a.yaml:2:1: unknown field `buckt`, and 1 more
"
    );
}

#[test]
fn one_account_of_good_manifests_is_told_as_it_is() {
    let run = Run::of_one(page("all\n", "In sync."));
    assert_eq!(run_text(&run, &Style::default()), "all\n");
    assert_eq!(run_markdown(&run), "all\n");
}

#[test]
fn an_account_in_json_is_its_report_or_why_there_is_none() {
    let account = "111122223333";
    let told = |_: &Page| Account {
        name: None,
        account: account.into(),
        region: "us-east-1".into(),
        regions: Vec::new(),
        found: Found::Tried(Verified {
            manifests: Vec::new(),
            summary: Checks::default(),
            files: BTreeMap::new(),
        }),
        project: None,
        calls: Cost::default(),
    };
    let json = report_json(&report_of(Command::Verify, &run(), told));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let (hub, other) = (&json["accounts"][0], &json["accounts"][1]);
    assert_eq!(
        (&hub["name"], &hub["account"]),
        (&"hub".into(), &account.into())
    );
    assert_eq!(other["account"], "222233334444");
    assert_eq!(other["error"], "sts:AssumeRole: AccessDenied");
    assert_eq!(other["hint"], "let it be assumed");
    let read: Report = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(read.code(), 1, "not all accounts could be told of");
    let [file, errors] = ["file", "errors"].map(|field| &json["broken"][0][field]);
    assert_eq!(
        (file.as_str(), errors[1]["line"].as_u64()),
        (Some("teams/a.yaml"), Some(2))
    );
}

#[test]
fn markdown_of_any_number_is_taken_by_github() {
    let long = "x".repeat(20_000);
    let accounts = (0..400).map(|number| Told {
        account: named("a|`b`", &format!("{number:012}")),
        result: match number % 3 {
            0 => Err(failed("no | `way`\n# in")),
            _ => Ok(page(&long, "Drift: 1 of 1 resource differs.")),
        },
    });
    let run = Run {
        accounts: accounts.collect(),
        broken: (0..400)
            .map(|number| broken(&format!("{number}.yaml")))
            .collect(),
    };
    let text = run_markdown(&run);
    assert!(text.len() < 65_536, "{} bytes", text.len());
    for told in [
        "## 400 accounts",
        "more",
        "_Cut to fit GitHub:",
        "0.yaml:2:1",
    ] {
        assert!(text.contains(told), "no {told:?} in {text}");
    }
    assert!(!text.contains("\n# in"), "{text}");
}

#[test]
fn a_run_that_failed_as_a_whole_says_why_in_markdown_too() {
    let run: Run<Page> = Run {
        accounts: vec![Told {
            account: None,
            result: Err(failed("no ``` credentials")),
        }],
        broken: Vec::new(),
    };
    let text = run_markdown(&run);
    assert!(
        text.contains("Could not tell: no ``` credentials (let it be assumed)"),
        "{text}"
    );
    assert!(text.trim_start().starts_with("````text"), "{text}");
}
