//! Plans as text: what stands around the changes.

use super::fixtures::*;
use crate::plan::{Action, Plan};
use crate::render::{Style, plan_text};
use crate::resource::{Address, Owner};
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

  + role.neon-s3-backup-github-actions
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

  + bucket_policy.neon-s3-backup-123456789012
      region  us-east-1
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

Plan: 4 to create, 0 to update, 0 to delete, 0 unchanged.
13 AWS calls, 0.4 s.
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

No changes. AWS is as neon says.
13 AWS calls, 0.4 s.
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

No changes. AWS is as neon says.
13 AWS calls, 0.4 s.
     1 iam:GetRole
    12 s3:HeadBucket
"
    );
}

#[test]
fn what_is_not_ours_is_marked() {
    let mut steps = Vec::new();
    let owners = [
        ("unmarked", Some(Owner::Nobody)),
        ("other", Some(Owner::Manifest("other".into()))),
        (
            "theirs",
            Some(Owner::Tool("Terraform (tag ManagedBy=Terraform)".into())),
        ),
        (
            "a-bucket-with-a-name-that-is-quite-as-long-as-a-name-may-be-63",
            Some(Owner::Nobody),
        ),
    ];
    for (name, owner) in owners {
        let mut step = bare(Address::new("bucket", name), Action::Update);
        step.changes.truncate(1);
        step.adopt = true;
        step.owner = owner;
        steps.push(step);
    }
    assert_eq!(
        screen(&plan(steps)),
        "\
neon in account 123456789012, us-east-1

  ~ bucket.unmarked  adopt: exists, unmarked
      encryption  + SSE-S3

  ~ bucket.other  adopt: exists, belongs to manifest other
      encryption  + SSE-S3

  ~ bucket.theirs  adopt: exists, belongs to Terraform (tag ManagedBy=Terraform)
      encryption  + SSE-S3

  ~ bucket.a-bucket-with-a-name-that-is-quite-as-long-as-a-name-may-be-63
    adopt: exists, unmarked
      encryption  + SSE-S3

Plan: 0 to create, 4 to update, 0 to delete, 0 unchanged.
4 resources exist already and would be adopted: bucket.unmarked, bucket.other,
  bucket.theirs and bucket.a-bucket-with-a-name-that-is-quite-as-long-as-a-name-
  may-be-63.
13 AWS calls, 0.4 s.
"
    );
}

#[test]
fn what_cannot_be_done_or_read_comes_first() {
    let mut blocked = step(
        Some(role(|_| {})),
        Some(role(|role| role.path = "/ci/".into())),
    );
    blocked.blocked = Some(
        "its path is / and cannot be changed; write path: / in the manifest, or choose another name"
            .into(),
    );
    let mut shared = step(None, Some(provider()));
    shared.note =
        Some("the whole account shares it: what is there stays, what is missing is added".into());
    let mut partly = keep(bucket(BUCKET));
    let on = format!("arn:aws:s3:::{BUCKET}");
    partly.unreadable = vec![
        gap("encryption", "s3:GetEncryptionConfiguration", &on),
        gap("tags", "s3:GetBucketTagging", &on),
    ];
    let mut unknown = bare(Address::new("user", "backup"), Action::Keep);
    unknown.changes.clear();
    unknown.unreadable = vec![gap(
        "",
        "iam:GetUser",
        "arn:aws:iam::123456789012:user/backup",
    )];
    assert_eq!(
        screen(&plan(vec![blocked, shared, partly, unknown])),
        "\
neon in account 123456789012, us-east-1

  ~ role.neon-s3-backup-github-actions
      cannot be done: its path is / and cannot be changed; write path: / in the
      manifest, or choose another name
      path  / -> /ci/

  + oidc_provider.token.actions.githubusercontent.com
      note: the whole account shares it: what is there stays, what is missing is
      added
      audiences  sts.amazonaws.com

  ? bucket.neon-s3-backup-123456789012
      could not be read: encryption, needs s3:GetEncryptionConfiguration on
      arn:aws:s3:::neon-s3-backup-123456789012
      could not be read: tags, needs s3:GetBucketTagging on
      arn:aws:s3:::neon-s3-backup-123456789012

  ? user.backup
      could not be read: all of it, needs iam:GetUser on
      arn:aws:iam::123456789012:user/backup

Plan: 1 to create, 1 to update, 0 to delete, 0 unchanged, 2 could not be read.
It cannot be applied as it stands: 1 step cannot be done and 2 resources could
  not be read.
13 AWS calls, 0.4 s.
"
    );
}

#[test]
fn what_could_not_be_read_is_never_no_changes() {
    let mut partly = keep(bucket(BUCKET));
    partly.unreadable = vec![gap("tags", "s3:GetBucketTagging", "arn:aws:s3:::b")];
    let text = screen(&plan(vec![partly, keep(provider())]));
    assert_eq!(
        text,
        "\
neon in account 123456789012, us-east-1

  ? bucket.neon-s3-backup-123456789012
      could not be read: tags, needs s3:GetBucketTagging on arn:aws:s3:::b

No changes found, but 1 of 2 resources could not be read.
13 AWS calls, 0.4 s.
"
    );
}

#[test]
fn values_of_the_example_are_warned_of() {
    let mut plan = plan(vec![step(None, Some(provider()))]);
    plan.manifests[0].examples = vec!["repository".into(), "branch".into()];
    assert_eq!(
        screen(&plan),
        "\
neon in account 123456789012, us-east-1

  + oidc_provider.token.actions.githubusercontent.com
      audiences  sts.amazonaws.com

Warning: these inputs of neon still have the example's value: repository and
  branch.
  Give yours with --set repository=... --set branch=...

Plan: 1 to create, 0 to update, 0 to delete, 0 unchanged.
13 AWS calls, 0.4 s.
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
    plan.manifests = ["neon", "rudderstack", "logz"].map(source).into();
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
13 AWS calls, 0.4 s.
"
    );
    plan.steps.clear();
    plan.manifests.extend(["a", "b", "c"].map(source));
    assert_eq!(
        screen(&plan),
        "\
neon, rudderstack, logz, a, b and 1 more in account 123456789012, us-east-1

No changes. AWS is as neon, rudderstack, logz, a, b and 1 more say.
13 AWS calls, 0.4 s.
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
