//! The report on the screen, in Markdown and in JSON; and what is on none of them.

use super::ground::Ground;
use super::policies::Policy;
use super::{USER, VENDOR};
use crate::vendors::Manifest;
use serde_json::{Value, json};

fn neon() -> Ground {
    let mut all = Manifest::all().into_iter();
    let neon = all.find(|one| one.name == "neon");
    Ground::of(&neon.expect("it is in manifests/")).expect("it can be applied")
}

/// The report of Neon's manifest, without the last line, which tells the time it took.
const NEON: &str = "\
neon in account 111122223333, us-east-1

role.neon-s3-backup-github-actions
  tried with a session by the token from token
  by calls:
    allowed as promised the bucket          list, browse
                        anywhere in it      get, put, put with SSE-S3, begin an
                                            upload in parts, delete
    refused as promised the bucket          list uploads, list versions, ask for
                                            the region, read the policy
                        anywhere in it      get tags, put tags, set an ACL, get
                                            a version, list parts, abort an
                                            upload, delete a version
                        the account         list all buckets
  by the policies that there are:
    refused as promised another bucket      list, get, put, delete

anyone
  tried with no credentials
  by calls:
    refused as promised the bucket          list, browse, list uploads, list
                                            versions, ask for the region, read
                                            the policy
                        anywhere in it      get, get tags, put tags, set an ACL,
                                            get a version, put, list parts,
                                            abort an upload, delete a version,
                                            delete

Verified: 39 checks of 2 principals, all as promised (35 by calls, 4 by
  evaluation).
";

#[test]
fn the_report_of_neon_is_a_table() {
    let ground = neon();
    let outcome = ground.verify(&[]);
    outcome.expect_code(0);
    let shown = ground.account.redact(&outcome.stdout);
    let (table, calls) = shown.rsplit_once(" calls, ").expect("it says what it took");
    let table = table.trim_end_matches(|c: char| c.is_ascii_digit());
    assert_eq!(table, NEON, "{outcome}");
    assert!(calls.ends_with(" s.\n"), "{outcome}");
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).expect("it is there");
    assert!(readme.contains(NEON), "the README shows it");
}

#[test]
fn what_is_wrong_is_told_within_80_columns_and_without_colour() {
    let ground = neon();
    let policies = Policy::all(&ground.account);
    let policy = policies.iter().find(|policy| policy.kind == "bucket");
    let policy = policy.expect("access is by the bucket policy");
    let [list, objects] = policy.statements() else {
        panic!("two statements");
    };
    let mut more = objects.clone();
    more["Sid"] = json!("InAHurry");
    more["Action"] = json!("s3:PutObjectTagging");
    more["Principal"] = json!({"AWS": "444455556666"});
    policy
        .with_statements(&[list.clone(), more])
        .write(&ground.account);
    let outcome = ground.verify(&["--verbose"]);
    outcome.expect_code(2);
    for line in outcome.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line:?} of:\n{outcome}");
    }
    let said = outcome
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "Not as the manifest says: bucket_policy.neon",
        "REFUSED BUT PROMISED",
        "ALLOWED BUT NOT PROMISED",
        "account 444455556666: put tags (s3:PutObjectTagging) on",
        "by the policies that there are; allowed by InAHurry of the bucket policy",
        "promised by NeonS3BackupGithubActionsObjects of the bucket policy",
        "Not verified: ",
    ] {
        assert!(said.contains(part), "{part:?} is not in:\n{outcome}");
    }
    assert!(!outcome.stdout.contains('\u{1b}'));

    let markdown = ground.verify(&["--output", "markdown"]);
    markdown
        .expect_code(2)
        .expect_stdout("| principal | where | operations | answer | how |");
    markdown.expect_stdout("**REFUSED BUT PROMISED**");
    markdown.expect_stdout("InAHurry of the bucket policy");
    assert!(markdown.stdout.len() < 65_536);
}

#[test]
fn a_check_in_json_has_these_fields() {
    let ground = Ground::of_text(VENDOR);
    let report = ground.verify(&["--output", "json"]).expect_code(0).json();
    let keys = |value: &Value| -> Vec<String> {
        let fields = value.as_object().expect("an object");
        let mut keys: Vec<String> = fields.keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(
        keys(&report),
        [
            "account",
            "at",
            "broken",
            "calls",
            "command",
            "files",
            "format_version",
            "manifests",
            "region",
            "summary",
            "version"
        ]
    );
    let manifest = &report["manifests"][0];
    assert_eq!(
        keys(manifest),
        ["drifted", "left", "manifest", "principals", "unreadable"]
    );
    let vendor = &manifest["principals"][0];
    assert_eq!(
        keys(vendor),
        ["checks", "how", "principal", "problem", "tried"]
    );
    let checks = vendor["checks"].as_array().expect("a list");
    let put = checks.iter().find(|check| check["operation"] == "put");
    let put = put.expect("it is promised");
    let mut found = put.clone();
    let target = found["target"].take();
    let target = target.as_str().expect("a text");
    assert!(
        target.starts_with(&ground.account.bucket("vendor")),
        "{target}"
    );
    assert_eq!(
        found,
        json!({
            "operation": "put",
            "place": {"folder": ""},
            "target": null,
            "actions": ["s3:PutObject"],
            "promised": true,
            "promised_by": ["Objects of inline policy vendor of role.vendor"],
            "found": true,
            "verdict": "allowed_as_promised",
            "proof": "evaluation",
            "because": [],
            "detail": "nobody can be it here",
        })
    );
}

#[test]
fn keys_and_tokens_are_on_no_screen() {
    let user = Ground::of_text(USER);
    let secret = user.tool.read("m.env");
    let mut values = secret
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.1));
    let secret = values.find(|value| value.len() == 40).expect("a secret");
    let neon = neon();
    let token = neon.tool.read("token");
    for form in ["text", "json", "markdown"] {
        let more = ["--verbose", "--output", form];
        user.verify(&more).expect_code(0).expect_nowhere(secret);
        let outcome = neon.verify(&more);
        outcome.expect_code(0).expect_nowhere(&token);
        let claims = token.split('.').nth(1).expect("three parts");
        outcome.expect_nowhere(claims);
    }
}
