//! Every kind of field that changes.

use super::fixtures::*;
use crate::render::{Style, plan_text};
use crate::resource::{
    Algorithm, Bucket, Encryption, Group, LifecycleRule, ObjectOwnership, PublicAccessBlock,
    Resource, Transition, User,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn screen(have: Option<Resource>, want: Option<Resource>) -> String {
    plan_text(
        &plan(vec![step(have, want)]),
        &calls(),
        ELAPSED,
        &Style::default(),
    )
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn rule(days: i32) -> LifecycleRule {
    LifecycleRule {
        enabled: true,
        prefix: "dumps/".into(),
        expire_days: Some(days),
        ..LifecycleRule::default()
    }
}

fn full(change: impl FnOnce(&mut Bucket)) -> Option<Resource> {
    let mut bucket = Bucket {
        versioning: Some(false),
        encryption: Some(Encryption::sse_s3()),
        public_access_block: Some(PublicAccessBlock::all(true)),
        object_ownership: Some(ObjectOwnership::BucketOwnerEnforced),
        lifecycle: Some(BTreeMap::from([
            ("dumps".into(), rule(30)),
            ("old one".into(), rule(1)),
        ])),
        tags: BTreeMap::from([
            ("owner".into(), "alice".into()),
            ("cost.center".into(), "7".into()),
        ]),
        ..Bucket::named(BUCKET, "us-east-1")
    };
    change(&mut bucket);
    Some(Resource::Bucket(bucket))
}

#[test]
fn of_a_bucket() {
    let have = full(|bucket| {
        bucket.tags.remove("owner");
    });
    let want = full(|bucket| {
        bucket.versioning = Some(true);
        bucket.encryption = Some(Encryption {
            algorithm: Algorithm::SseKms,
            kms_key: Some(
                "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                    .into(),
            ),
            bucket_key: true,
        });
        bucket.public_access_block = Some(PublicAccessBlock {
            restrict_public_buckets: false,
            ..PublicAccessBlock::all(true)
        });
        bucket.object_ownership = Some(ObjectOwnership::BucketOwnerPreferred);
        bucket.lifecycle = Some(BTreeMap::from([
            ("dumps".into(), rule(60)),
            (
                "archive".into(),
                LifecycleRule {
                    transitions: BTreeSet::from([Transition {
                        days: 90,
                        storage_class: "GLACIER".into(),
                    }]),
                    abort_multipart_days: Some(7),
                    ..rule(365)
                },
            ),
        ]));
        bucket.tags.insert("cost.center".into(), "8".into());
    });
    assert_eq!(
        screen(have, want),
        "\
neon in account 123456789012, us-east-1

  ~ bucket.neon-s3-backup-123456789012
      encryption.algorithm   SSE-S3 -> SSE-KMS
      encryption.bucket_key  off -> on
      encryption.kms_key     + arn:aws:kms:us-east-1:123456789012:key/
                               1234abcd-12ab-34cd-56ef-1234567890ab
      lifecycle.archive      + abort_multipart_days 7, expire_days 365, prefix
                               dumps/, transitions GLACIER after 90 days
      lifecycle.dumps.expire_days  30 -> 60
      lifecycle.\"old one\"    - expire_days 1, prefix dumps/
      object_ownership       BucketOwnerEnforced -> BucketOwnerPreferred
      public_access_block.restrict_public_buckets  on -> off
      versioning             off -> on
      tags.\"cost.center\"     7 -> 8
      tags.owner             + alice

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn of_a_new_bucket_with_rules() {
    assert_eq!(
        screen(None, full(|_| {})),
        "\
neon in account 123456789012, us-east-1

  + bucket.neon-s3-backup-123456789012
      region               us-east-1
      encryption           SSE-S3
      lifecycle.dumps      expire_days 30, prefix dumps/
      lifecycle.\"old one\"  expire_days 1, prefix dumps/
      object_ownership     BucketOwnerEnforced
      public_access_block  all four on
      versioning           off
      tags                 cost.center=7, owner=alice

Plan: 1 to create, 0 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn of_a_role() {
    let have = role(|role| {
        role.attached_policies = set(&["arn:aws:iam::aws:policy/AdministratorAccess"]);
        role.inline_policies.insert(
            "extra".into(),
            document(json!([objects(&["s3:PutObjectAcl"])])),
        );
    });
    let want = role(|role| {
        role.description = Some(
            "Backups of the databases that Neon keeps, taken every night by GitHub Actions".into(),
        );
        role.max_session_duration = Some(7200);
        role.permissions_boundary = Some("arn:aws:iam::123456789012:policy/boundary".into());
        role.attached_policies = set(&["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    });
    assert_eq!(
        screen(Some(have), Some(want)),
        "\
neon in account 123456789012, us-east-1

  ~ role.neon-s3-backup-github-actions  widens and narrows access
      description           - Neon backups from GitHub Actions
                            + \"Backups of the databases that Neon keeps, taken
                              every night by GitHub Actions\"
      attached_policies     + arn:aws:iam::aws:policy/ReadOnlyAccess
                            - arn:aws:iam::aws:policy/AdministratorAccess
      max_session_duration  3600 s -> 7200 s
      permissions_boundary  + arn:aws:iam::123456789012:policy/boundary
      - inline_policies.extra
        - statement NeonObjects
            Allow  s3:PutObjectAcl
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012/*

Access:
  + role neon-s3-backup-github-actions gains what policy ReadOnlyAccess allows
  - role neon-s3-backup-github-actions loses s3:PutObjectAcl on
    neon-s3-backup-123456789012/*
  - role neon-s3-backup-github-actions loses what policy AdministratorAccess
    allows

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn of_users_and_groups() {
    let user = |groups: &[&str]| {
        Resource::User(User {
            groups: set(groups),
            ..User::named("ci")
        })
    };
    let group = |members: &[&str]| {
        Resource::Group(Group {
            members: set(members),
            ..Group::named("backup", "/s3setup/neon/")
        })
    };
    let steps = vec![
        step(
            Some(user(&["admins", "readers"])),
            Some(user(&["backup", "readers"])),
        ),
        step(Some(group(&["mallory"])), Some(group(&["alice", "bob"]))),
        step(Some(user(&["admins"])), None),
    ];
    assert_eq!(
        plan_text(&plan(steps), &calls(), ELAPSED, &Style::default()),
        "\
neon in account 123456789012, us-east-1

  ~ user.ci  narrows access
      groups  + backup
              - admins

  ~ group.backup
      members  + alice
               + bob
               - mallory

  - user.ci  narrows access
      groups  admins

Access:
  - user ci loses what group admins allows

Plan: 0 to create, 2 to update, 1 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}
