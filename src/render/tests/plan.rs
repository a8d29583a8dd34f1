//! Plans as text: what stands around the changes.

use super::fixtures::*;
use crate::plan::Plan;
use crate::render::{Style, plan_text};
use std::time::{Duration, Instant};

fn screen(plan: &Plan) -> String {
    plan_text(plan, &calls(), ELAPSED, &Style::default())
}

#[test]
fn an_empty_account_gets_everything() {
    assert_eq!(
        screen(&neon()),
        "\
neon in account 123456789012, us-east-1

  + bucket.neon-s3-backup-123456789012
      region               us-east-1
      encryption           SSE-S3
      object_ownership     BucketOwnerEnforced
      public_access_block  all four on
      versioning           on
      tags                 managed-by=s3setup, s3setup:manifest=neon

  + oidc_provider.token.actions.githubusercontent.com
      audiences  sts.amazonaws.com

  + role.neon-s3-backup-github-actions  widens access
      description           Neon backups from GitHub Actions
      max_session_duration  3600 s
      tags                  managed-by=s3setup, s3setup:manifest=neon
      trust_policy
        + Allow  sts:AssumeRoleWithWebIdentity
          to     oidc_provider token.actions.githubusercontent.com
          if     token.actions.githubusercontent.com:aud StringEquals
                   sts.amazonaws.com
                 token.actions.githubusercontent.com:sub StringEquals
                   repo:acme/backups:ref:refs/heads/main

  + bucket_policy.neon-s3-backup-123456789012  widens access
      policy
        + statement NeonList
            Allow  s3:GetBucketLocation, s3:ListBucket
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012
        + statement NeonObjects
            Allow  s3:DeleteObject, s3:GetObject, s3:PutObject
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
        + statement OnlyTls
            Deny  s3:*
            to    anyone
            on    arn:aws:s3:::neon-s3-backup-123456789012,
                  arn:aws:s3:::neon-s3-backup-123456789012/*
            if    aws:SecureTransport Bool false

Access:
  + role neon-s3-backup-github-actions gains s3:DeleteObject, s3:GetObject,
    s3:PutObject on neon-s3-backup-123456789012/*
  + role neon-s3-backup-github-actions gains s3:GetBucketLocation, s3:ListBucket
    on neon-s3-backup-123456789012
  + GitHub workflows of acme/backups on branch main gain
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions

Plan: 4 to create, 0 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn nothing_to_do_is_one_sentence() {
    let plan = plan(vec![keep(bucket(BUCKET)), keep(provider())]);
    assert_eq!(
        screen(&plan),
        "\
neon in account 123456789012, us-east-1

No changes. Everything is as neon says.
13 calls, 0.4 s.
"
    );
}

#[test]
fn what_stays_is_shown_on_demand() {
    let plan = plan(vec![keep(bucket(BUCKET)), keep(provider())]);
    let style = Style {
        verbose: true,
        ..Style::default()
    };
    assert_eq!(
        plan_text(&plan, &calls(), ELAPSED, &style),
        "\
neon in account 123456789012, us-east-1

  = bucket.neon-s3-backup-123456789012
  = oidc_provider.token.actions.githubusercontent.com

No changes. Everything is as neon says.
13 calls, 0.4 s.
     1 iam:GetRole
    12 s3:HeadBucket
"
    );
}

#[test]
fn steps_of_many_manifests_are_grouped() {
    let mut first = step(None, Some(bucket("events")));
    first.manifest = "rudderstack".into();
    first.changes.truncate(1);
    let mut second = step(None, Some(provider()));
    second.manifest = "neon".into();
    let mut third = keep(bucket("logs"));
    third.manifest = "logz".into();
    let mut fourth = step(Some(provider()), None);
    fourth.manifest = "rudderstack".into();
    let mut plan = plan(vec![first, second, third, fourth]);
    *sources(&mut plan) = ["neon", "rudderstack", "logz"].map(source).into();
    assert_eq!(
        screen(&plan),
        "\
neon, rudderstack and logz in account 123456789012, us-east-1

neon

  + oidc_provider.token.actions.githubusercontent.com
      audiences  sts.amazonaws.com

rudderstack

  + bucket.events
      encryption  SSE-S3

  - oidc_provider.token.actions.githubusercontent.com
      audiences  sts.amazonaws.com

Plan: 2 to create, 0 to update, 1 to delete, 1 unchanged.
13 calls, 0.4 s.
"
    );
    plan.steps.clear();
    sources(&mut plan).extend(["a", "b", "c"].map(source));
    assert_eq!(
        screen(&plan),
        "\
neon, rudderstack, logz, a, b and 1 more in account 123456789012, us-east-1

No changes. Everything is as neon, rudderstack, logz, a, b and 1 more say.
13 calls, 0.4 s.
"
    );
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    let colored = plan_text(&neon(), &calls(), ELAPSED, &style);
    assert!(colored.contains("\u{1b}[32m+ bucket.neon"), "{colored}");
    let mut plain = String::new();
    for part in colored.split('\u{1b}') {
        plain.push_str(
            part.split_once('m')
                .filter(|_| part.starts_with('['))
                .map_or(part, |it| it.1),
        );
    }
    assert_eq!(plain, screen(&neon()));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100] {
        let text = plan_text(
            &neon(),
            &calls(),
            ELAPSED,
            &Style {
                width,
                ..Style::default()
            },
        );
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_thousand_steps_take_no_time() {
    let mut steps = Vec::new();
    for _ in 0..250 {
        steps.extend(neon().steps);
    }
    let plan = plan(steps);
    let begin = Instant::now();
    let text = screen(&plan);
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "{:?}",
        begin.elapsed()
    );
    assert!(text.contains("Plan: 1000 to create"), "{}", text.len());
}
