//! What the rules find in documents that are live and not the manifest's.

use super::fixtures::*;
use crate::plan::Histories;
use crate::render::{Style, drift_markdown, drift_text, live_text, plan_markdown};
use serde_json::json;

/// A bucket that the world may read, which no manifest says, and a role that any repository of
/// anybody may take.
fn loosened() -> crate::plan::Plan {
    let public = json!({
        "Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
    });
    let mut open = trust("");
    open["Condition"] = json!({"StringLike": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme*/backups:*",
    }});
    let ours = json!([objects(&["s3:GetObject"])]);
    plan(vec![
        keep(bucket(BUCKET)),
        step(
            Some(bucket_policy(json!([objects(&["s3:GetObject"]), public]))),
            Some(bucket_policy(ours)),
        ),
        step(
            Some(role(|role| role.trust_policy = document(json!([open])))),
            Some(role(|_| {})),
        ),
    ])
}

const PUBLIC: &str = "live: bucket_policy.neon-s3-backup-123456789012, policy, statement Public:";
const LOOSE: &str = "live: role.neon-s3-backup-github-actions, trust_policy, Statement[0]:";

#[test]
fn what_others_have_written_is_told_with_its_rule_in_every_form() {
    let plan = loosened();
    let style = Style::default();
    let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [
        live_text(&plan, &style),
        drift_text(&plan, &Histories::new(), &calls(), ELAPSED, &style),
        plan_markdown(&plan, &calls(), ELAPSED),
        drift_markdown(&plan, &Histories::new(), &calls(), ELAPSED),
    ] {
        let text = flat(text);
        for told in [PUBLIC, "(public-access)", LOOSE, "(owner-wildcard)"] {
            assert!(text.contains(told), "{told}: {text}");
        }
    }
    let json = plan_json(&plan);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let first = &json["lint"][0];
    assert_eq!(
        first["address"],
        "bucket_policy.neon-s3-backup-123456789012"
    );
    assert_eq!(first["document"], "policy");
    assert_eq!(first["sid"], "Public");
    assert_eq!(first["id"], "public-access");
    assert_eq!(first["severity"], "error");
}

#[test]
fn what_the_manifest_says_is_no_finding_of_what_is_live() {
    let public = json!([{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
    }]);
    let plan = plan(vec![keep(bucket_policy(public))]);
    let text = live_text(&plan, &Style::default());
    assert_eq!(text, "");
}

#[test]
fn hostile_text_of_a_live_policy_does_not_reach_the_screen() {
    let mut open = objects(&["s3:GetObject"]);
    open["Sid"] = "a\u{1b}[31mb".into();
    open["Principal"] = "*".into();
    let plan = plan(vec![step(
        Some(bucket_policy(json!([open]))),
        Some(bucket_policy(json!([objects(&["s3:GetObject"])]))),
    )]);
    let text = live_text(&plan, &Style::default());
    assert!(text.contains("public-access"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}
