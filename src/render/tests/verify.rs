//! What verify found, in each form.

use crate::cloud::Calls;
use crate::probe::{Left, Operation, Place};
use crate::render::{Style, report_json, report_of, verified, verify_markdown, verify_text};
use crate::report::Command;
use crate::resource::Scope;
use crate::run::Run;
use crate::verify::{Check, Proof, Report, Tried, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

fn check(operation: Operation, place: Place, promised: Option<bool>, found: Option<bool>) -> Check {
    Check {
        operation,
        target: format!("b-1/{operation:?}").to_lowercase(),
        place,
        actions: vec!["s3:DeleteObject".into()],
        promised,
        promised_by: vec!["Objects of inline policy m of user.backup".into()],
        found,
        verdict: Verdict::of(promised, found),
        proof: Proof::Call,
        because: Vec::new(),
        detail: (found == Some(false)).then(|| "AccessDenied".into()),
    }
}

fn tried(principal: &str, checks: Vec<Check>) -> Tried {
    Tried {
        principal: principal.into(),
        how: "its key AKIA1 from backup.env".into(),
        tried: true,
        problem: None,
        checks,
    }
}

fn report() -> Report {
    let folder = || Place::Folder("backups/".into());
    let mut extra = check(Operation::GetTags, folder(), Some(false), Some(true));
    extra.because = vec!["Tags of inline policy extra of user.backup".into()];
    let mut unknown = check(Operation::ListVersions, Place::Bucket, None, Some(true));
    unknown.detail = Some("the manifest allows it depending on aws:SourceIp".into());
    Report {
        manifest: "m".into(),
        principals: vec![
            tried(
                "user.backup",
                vec![
                    check(Operation::Put, folder(), Some(true), Some(true)),
                    check(Operation::Get, folder(), Some(true), Some(true)),
                    check(Operation::Delete, folder(), Some(true), Some(false)),
                    check(Operation::List, Place::Elsewhere, Some(false), Some(false)),
                    extra,
                    unknown,
                ],
            ),
            Tried {
                tried: false,
                how: "AccessDenied".into(),
                ..tried(
                    "role.vendor",
                    vec![Check {
                        proof: Proof::Evaluation,
                        ..check(Operation::Put, folder(), Some(true), Some(true))
                    }],
                )
            },
        ],
        left: vec![Left::Object {
            bucket: "b-1".into(),
            region: "eu-west-1".into(),
            key: "backups/s3setup-verify-00000000-write".into(),
            version: None,
        }],
        drifted: vec!["user.backup".into()],
        unreadable: Vec::new(),
    }
}

fn scope() -> Scope {
    Scope {
        account: "111122223333".into(),
        partition: "aws".into(),
        region: "eu-west-1".into(),
        project: None,
    }
}

fn text(report: Report, verbose: bool) -> String {
    let style = Style {
        verbose,
        ..Style::default()
    };
    let elapsed = Duration::from_millis(1200);
    verify_text(&[report], &scope(), &Calls::default(), elapsed, &style)
}

#[test]
fn the_text_says_what_is_wrong_first_and_by_which_statement() {
    let expected = "\
m in account 111122223333, eu-west-1
Not as the manifest says: user.backup. `s3setup plan` shows how.

user.backup
  tried with its key AKIA1 from backup.env
  by calls:
    ALLOWED BUT NOT PROMISED
                        backups/            get tags
    REFUSED BUT PROMISED
                        backups/            delete
    allowed as promised backups/            put, get
    refused as promised elsewhere in it     list
    not known           the bucket          list versions
                        list versions: the manifest allows it depending on
                        aws:SourceIp

role.vendor
  not tried: AccessDenied
  by the policies that there are:
    allowed as promised backups/            put

Not as promised:
  user.backup: delete (s3:DeleteObject) on b-1/delete, by calls; promised by
  Objects of inline policy m of user.backup; AccessDenied
  user.backup: get tags (s3:DeleteObject) on b-1/gettags, by calls; allowed by
  Tags of inline policy extra of user.backup

Left in the bucket, since nobody here may delete:
  backups/s3setup-verify-00000000-write. A rule in the manifest takes it away:
  lifecycle:
    s3setup-verify:
      prefix: backups/s3setup-verify-
      expire_days: 1
      abort_multipart_days: 1

Not verified: 2 of 7 checks of 2 principals differ: 1 allowed but not
  promised, 1 refused but promised (6 by calls, 1 by evaluation).
0 calls, 1.2 s.
";
    assert_eq!(text(report(), false), expected);
}

#[test]
fn a_key_that_is_not_accepted_is_told_once() {
    let mut report = report();
    let dead = &mut report.principals[0];
    dead.problem = Some("its key AKIA1 is not accepted: InvalidAccessKeyId".into());
    for check in &mut dead.checks {
        check.detail = Some("InvalidAccessKeyId".into());
    }
    let text = text(report, false);
    assert!(text.contains("  ! its key AKIA1 is not accepted: InvalidAccessKeyId\n"));
    assert!(!text.contains("promised by"), "{text}");
}

#[test]
fn a_lifecycle_rule_that_is_offered_can_be_pasted() {
    let text = text(report(), false);
    let (_, rule) = text.split_once("takes it away:\n").unwrap();
    let rule = rule.split("\n\n").next().unwrap();
    let manifest = format!("name: m\nbucket:\n  name: b-1\n{rule}\n");
    let source = crate::yaml::Source::new("m.yaml", manifest);
    let loaded = crate::manifest::load(&source, &Default::default(), &scope());
    assert!(loaded.is_ok(), "{:?}", loaded.err());
}

#[test]
fn no_name_can_deceive_in_any_form() {
    let mut report = report();
    let evil = "a\u{1b}[2J\u{202e}|`<b>\n# x";
    report.manifest = evil.into();
    report.principals[0].principal = evil.into();
    report.principals[0].how = evil.into();
    report.principals[0].problem = Some(evil.into());
    report.principals[0].checks[0].place = Place::Folder(evil.into());
    report.principals[0].checks[2].detail = Some(evil.into());
    let (calls, elapsed) = (Calls::default(), Duration::ZERO);
    let reports = [report.clone(), report.clone()];
    let all = [
        text(report, true),
        verify_markdown(&reports, &scope(), &calls, elapsed),
        json(&reports),
    ];
    for text in all {
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bad), "{text}");
        assert!(!text.contains("\n# x"), "{text}");
    }
}

#[test]
fn markdown_fits_a_comment_whatever_its_size() {
    let mut report = report();
    let folder = |at: usize| Place::Folder(format!("{at}/{}", "x".repeat(300)));
    report.principals[0].checks = (0..2000)
        .map(|at| check(Operation::Put, folder(at), Some(at % 2 == 0), Some(true)))
        .collect();
    let reports = vec![report; 4];
    let text = verify_markdown(&reports, &scope(), &Calls::default(), Duration::ZERO);
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("more rows._"), "{text}");
}

fn json(reports: &[Report]) -> String {
    let told = |reports: &&[Report]| {
        verified(
            reports,
            &scope(),
            &BTreeMap::new(),
            &Calls::default(),
            Duration::ZERO,
        )
    };
    report_json(&report_of(Command::Verify, &Run::of_one(reports), told))
}

#[test]
fn json_has_a_number_for_each_verdict() {
    let text = json(&[report()]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        json["summary"],
        serde_json::json!({
            "allowed_as_promised": 3,
            "refused_as_promised": 1,
            "allowed_but_not_promised": 1,
            "refused_but_promised": 1,
            "not_known": 1,
        })
    );
    let check = &json["manifests"][0]["principals"][0]["checks"][2];
    assert_eq!(check["operation"], "delete");
    assert_eq!(check["place"], serde_json::json!({"folder": "backups/"}));
    assert_eq!(check["verdict"], "refused_but_promised");
}

#[test]
fn a_long_folder_does_not_widen_the_table() {
    let mut report = report();
    report.principals[0].checks[0].place = Place::Folder("backups/".repeat(20));
    for line in text(report, true).lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
