//! Drift reports as text.

use super::fixtures::*;
use crate::plan::{Action, Histories, Plan};
use crate::render::{Style, drift_text};
use crate::resource::Address;
use serde_json::json;

fn screen(plan: &Plan) -> String {
    drift_text(
        plan,
        &Histories::new(),
        &calls(),
        ELAPSED,
        &Style::default(),
    )
}

/// Everything that can be found, in one account.
pub(super) fn drifted() -> Plan {
    let have = role(|role| {
        role.max_session_duration = Some(43_200);
        role.trust_policy = document(json!([trust("repo:acme/*")]));
        role.attached_policies
            .insert("arn:aws:iam::aws:policy/AdministratorAccess".into());
        role.tags.insert("s3setup:manifest".into(), "other".into());
    });
    let evil = json!({"Sid": "Evil", "Effect": "Allow", "Principal": {"AWS": ["*"]},
        "Action": ["s3:*"], "Resource": [format!("arn:aws:s3:::{BUCKET}/*")]});
    let mut partly = keep(bucket(BUCKET));
    partly.unreadable = vec![gap(
        "encryption",
        "s3:GetEncryptionConfiguration",
        &format!("arn:aws:s3:::{BUCKET}"),
    )];
    let mut unwanted = bare(Address::new("user", "backup"), Action::Delete);
    unwanted.changes.clear();
    plan(vec![
        partly,
        step(None, Some(provider())),
        step(Some(have), Some(role(|_| {}))),
        step(
            Some(bucket_policy(json!([
                evil,
                objects(&["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"])
            ]))),
            Some(bucket_policy(json!([objects(&READ_WRITE), clear_text()]))),
        ),
        unwanted,
        keep(bucket("logs")),
    ])
}

#[test]
fn what_is_against_what_the_manifest_says() {
    assert_eq!(
        screen(&drifted()),
        "\
neon in account 123456789012, us-east-1

  oidc_provider.token.actions.githubusercontent.com  missing

  role.neon-s3-backup-github-actions  differs from the manifest
      attached_policies
        added:   arn:aws:iam::aws:policy/AdministratorAccess
      max_session_duration   live:     43200 s
                             manifest: 3600 s
      tags.s3setup:manifest  live:     other
                             manifest: neon
      trust_policy
        changed: Allow  sts:AssumeRoleWithWebIdentity
                 to     oidc_provider token.actions.githubusercontent.com
                 if     token.actions.githubusercontent.com:sub StringEquals
                          added:   repo:acme/*
                          removed: repo:acme/backups:ref:refs/heads/main
                        token.actions.githubusercontent.com:aud StringEquals
                          sts.amazonaws.com

  bucket_policy.neon-s3-backup-123456789012  differs from the manifest
      policy
        changed: statement NeonObjects
            Allow  added:   s3:PutObjectAcl
                   removed: s3:DeleteObject
                   same:    s3:GetObject, s3:PutObject
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
        added:   statement Evil
            Allow  s3:*
            to     anyone
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
        removed: statement OnlyTls
            Deny  s3:*
            to    anyone
            on    arn:aws:s3:::neon-s3-backup-123456789012,
                  arn:aws:s3:::neon-s3-backup-123456789012/*
            if    aws:SecureTransport Bool false

  user.backup  unwanted, still there

Access that is not as the manifest says:
  ! ANY REPOSITORY: GitHub workflows like repo:acme/* have gained
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions
  + role neon-s3-backup-github-actions has gained s3:GetObject, s3:PutObject on
    neon-s3-backup-123456789012/* if aws:SecureTransport Bool false
  + role neon-s3-backup-github-actions has gained s3:PutObjectAcl on
    neon-s3-backup-123456789012/*
  + role neon-s3-backup-github-actions has gained what policy
    AdministratorAccess allows
  - GitHub workflows of acme/backups on branch main have lost
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions

Could not tell:
  bucket.neon-s3-backup-123456789012
      encryption, needs s3:GetEncryptionConfiguration on
      arn:aws:s3:::neon-s3-backup-123456789012

Worth knowing of what is live and not the manifest's:
  live: role.neon-s3-backup-github-actions, trust_policy, Statement[0]:
  StringEquals takes the wildcard in \"repo:acme/*\" literally (condition-value)
  live: bucket_policy.neon-s3-backup-123456789012, policy, statement Evil: the
  bucket is open to anyone on the internet (public-access)
  live: bucket_policy.neon-s3-backup-123456789012, policy, statement
  NeonObjects: s3:PutObjectAcl is allowed, and S3 refuses every such call: the
  bucket's owner owns all objects (acl-refused)

added: live but not in the manifest; removed: in the manifest but not live

Drift: 4 of 6 resources differ (1 missing, 2 changed, 1 unwanted), 1 could not
  be read.
Coverage: 20 aspects in sync, 7 drifted, 1 unreadable, 4 not managed.
13 calls, 0.4 s.
"
    );
}

#[test]
fn nothing_drifted() {
    assert_eq!(
        screen(&plan(vec![keep(bucket(BUCKET)), keep(provider())])),
        "\
neon in account 123456789012, us-east-1

In sync: 2 resources are as neon says.
Coverage: 8 aspects in sync, 0 drifted, 0 unreadable, 1 not managed.
13 calls, 0.4 s.
"
    );
}

#[test]
fn what_could_not_be_read_is_never_in_sync() {
    let mut partly = keep(bucket(BUCKET));
    partly.unreadable = vec![gap("", "s3:ListBucket", &format!("arn:aws:s3:::{BUCKET}"))];
    assert_eq!(
        screen(&plan(vec![partly, keep(provider())])),
        "\
neon in account 123456789012, us-east-1

Could not tell:
  bucket.neon-s3-backup-123456789012
      all of it, needs s3:ListBucket on arn:aws:s3:::neon-s3-backup-123456789012

No drift found, but 1 of 2 resources could not be read.
Coverage: 2 aspects in sync, 0 drifted, 6 unreadable, 1 not managed.
13 calls, 0.4 s.
"
    );
}
