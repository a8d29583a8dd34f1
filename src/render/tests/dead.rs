//! Documents that show the unique ids of users and roles: whose they are, in every form.

use super::fixtures::*;
use crate::plan::{Histories, Plan, Whose};
use crate::render::{Style, drift_markdown, drift_text, plan_markdown, plan_text};
use serde_json::{Value, json};

const DEPLOY: &str = "arn:aws:iam::123456789012:role/deploy";

/// A policy that is bound to a role `deploy` of before, and names another role by the id that it
/// has now.
fn dead() -> Plan {
    let policy = |who: Value| {
        bucket_policy(
            json!([{"Sid": "S", "Effect": "Allow", "Principal": {"AWS": who},
                "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"],
                "Condition": {"StringNotLike": {
                    "aws:userid": ["AROAEXAMPLENOW:*", "AROAEXAMPLEWHO:*"]}}}]),
        )
    };
    let mut step = step(
        Some(policy(json!(["AROAEXAMPLEOLD"]))),
        Some(policy(json!([DEPLOY]))),
    );
    step.note = Some("written again: it is bound to AROAEXAMPLEOLD".into());
    let (now, former) = (
        Whose::Now("arn:aws:iam::123456789012:role/ci/other".into()),
        Whose::Former(DEPLOY.into()),
    );
    step.ids.named = [
        ("AROAEXAMPLENOW", now),
        ("AROAEXAMPLEOLD", former),
        ("AROAEXAMPLEWHO", Whose::Unknown),
    ]
    .map(|(id, whose)| (id.to_owned(), whose))
    .into();
    plan(vec![step])
}

#[test]
fn a_plan_tells_whose_the_ids_are() {
    assert_eq!(
        plan_text(&dead(), &calls(), ELAPSED, &Style::default()),
        "\
neon in account 123456789012, us-east-1

  ~ bucket_policy.neon-s3-backup-123456789012  widens access
      note: written again: it is bound to AROAEXAMPLEOLD
      policy
        ~ statement S
            Allow  s3:GetObject
            to     + role deploy
                   - AROAEXAMPLEOLD (a former role deploy)
            on     arn:aws:s3:::b/*
            if     aws:userid StringNotLike
                     AROAEXAMPLENOW:* (role ci/other)
                     AROAEXAMPLEWHO:* (a deleted or unknown role)

Access:
  + role deploy could gain s3:GetObject on b/* if aws:userid StringNotLike
    AROAEXAMPLENOW:*, AROAEXAMPLEWHO:*

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn a_drift_report_tells_that_the_document_is_bound_to_somebody_who_was_deleted() {
    assert_eq!(
        drift_text(
            &dead(),
            &Histories::new(),
            &calls(),
            ELAPSED,
            &Style::default()
        ),
        "\
neon in account 123456789012, us-east-1

  bucket_policy.neon-s3-backup-123456789012  differs from the manifest
      bound to an identity that was deleted: it does not hold for another one of
      that name until it is written again
      policy
        changed: statement S
            Allow  s3:GetObject
            to     added:   AROAEXAMPLEOLD (a former role deploy)
                   removed: role deploy
            on     arn:aws:s3:::b/*
            if     aws:userid StringNotLike
                     AROAEXAMPLENOW:* (role ci/other)
                     AROAEXAMPLEWHO:* (a deleted or unknown role)

Access that is not as the manifest says:
  - role deploy could have lost s3:GetObject on b/* if aws:userid StringNotLike
    AROAEXAMPLENOW:*, AROAEXAMPLEWHO:*

added: live but not in the manifest; removed: in the manifest but not live

Drift: 1 of 1 resource differs (1 changed).
Coverage: 0 aspects in sync, 1 drifted, 0 unreadable, 0 not managed.
13 calls, 0.4 s.
"
    );
}

#[test]
fn a_policy_that_reads_as_wanted_may_be_bound_to_somebody_who_was_deleted() {
    let mut plan = dead();
    let step = &mut plan.steps[0];
    step.have.clone_from(&step.want);
    step.changes.clear();
    step.again = true;
    let told = drift_text(
        &plan,
        &Histories::new(),
        &calls(),
        ELAPSED,
        &Style::default(),
    );
    let said = "bound to an identity that was deleted";
    assert!(told.contains(said), "{told}");
    plan.steps[0].again = false;
    plan.steps[0].changes = dead().steps[0].changes.clone();
    let told = drift_text(
        &plan,
        &Histories::new(),
        &calls(),
        ELAPSED,
        &Style::default(),
    );
    assert!(
        !told.contains(said),
        "no id of a former one is live:\n{told}"
    );
}

#[test]
fn markdown_and_json_tell_the_same() {
    let words = "AROAEXAMPLEOLD (a former role deploy)";
    let told = plan_markdown(&dead(), &calls(), ELAPSED);
    assert!(told.contains(words), "{told}");
    let told = drift_markdown(&dead(), &Histories::new(), &calls(), ELAPSED);
    assert!(told.contains(words), "{told}");
    assert!(
        told.contains("bound to an identity that was deleted"),
        "{told}"
    );
    let told: Value = serde_json::from_str(&plan_json(&dead())).unwrap();
    assert_eq!(
        told["steps"][0]["ids"],
        json!({
            "AROAEXAMPLENOW": {"now": "arn:aws:iam::123456789012:role/ci/other"},
            "AROAEXAMPLEOLD": {"former": DEPLOY},
            "AROAEXAMPLEWHO": "unknown",
        })
    );
}
