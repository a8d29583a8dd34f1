//! Policies that change: told by statement.

use super::fixtures::*;
use crate::render::{Style, plan_text};
use crate::resource::Resource;
use serde_json::{Value, json};

fn screen(have: Resource, want: Resource) -> String {
    plan_text(
        &plan(vec![step(Some(have), Some(want))]),
        &calls(),
        ELAPSED,
        &Style::default(),
    )
}

fn policy(before: Value, after: Value) -> String {
    screen(bucket_policy(before), bucket_policy(after))
}

#[test]
fn statements_come_go_and_change() {
    let evil = json!({"Sid": "Evil", "Effect": "Allow", "Principal": {"AWS": ["*"]},
        "Action": ["s3:*"], "Resource": [format!("arn:aws:s3:::{BUCKET}/*")]});
    let before = json!([
        evil,
        list(),
        objects(&["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"])
    ]);
    let after = json!([list(), objects(&READ_WRITE), clear_text()]);
    assert_eq!(
        policy(before, after),
        "\
neon in account 123456789012, us-east-1

  ~ bucket_policy.neon-s3-backup-123456789012  narrows access
      policy
        ~ statement NeonObjects
            Allow  + s3:DeleteObject
                   - s3:PutObjectAcl
                   = s3:GetObject, s3:PutObject
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
        - statement Evil
            Allow  s3:*
            to     anyone
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
        + statement OnlyTls
            Deny  s3:*
            to    anyone
            on    arn:aws:s3:::neon-s3-backup-123456789012,
                  arn:aws:s3:::neon-s3-backup-123456789012/*
            if    aws:SecureTransport Bool false

Access:
  - role neon-s3-backup-github-actions loses s3:GetBucketLocation, s3:ListBucket
    on neon-s3-backup-123456789012 if aws:SecureTransport Bool false
  - role neon-s3-backup-github-actions loses s3:GetObject, s3:PutObject on
    neon-s3-backup-123456789012/* if aws:SecureTransport Bool false
  - role neon-s3-backup-github-actions loses s3:PutObjectAcl on
    neon-s3-backup-123456789012/*
  - anyone on the internet loses s3:* on neon-s3-backup-123456789012/*

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn a_statement_without_a_sid_is_known_by_what_it_says() {
    let want = role(|_| {});
    let have = role(|role| role.trust_policy = document(json!([trust("repo:acme/*")])));
    assert_eq!(
        screen(have, want),
        "\
neon in account 123456789012, us-east-1

  ~ role.neon-s3-backup-github-actions  widens and narrows access
      trust_policy
        ~ Allow  sts:AssumeRoleWithWebIdentity
          to     oidc_provider token.actions.githubusercontent.com
          if     token.actions.githubusercontent.com:sub StringEquals
                   + repo:acme/backups:ref:refs/heads/main
                   - repo:acme/*
                 token.actions.githubusercontent.com:aud StringEquals
                   sts.amazonaws.com

Access:
  + GitHub workflows of acme/backups on branch main gain
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions
  - GitHub workflows like repo:acme/* lose sts:AssumeRoleWithWebIdentity on role
    neon-s3-backup-github-actions

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn values_of_a_condition_that_stay_are_told_below_those_that_do_not() {
    let subjects = |names: &[&str]| {
        let mut statement = trust("");
        let key = "token.actions.githubusercontent.com:sub";
        statement["Condition"]["StringEquals"][key] = json!(names);
        role(|role| role.trust_policy = document(json!([statement])))
    };
    let many: Vec<String> = (1..=9)
        .map(|n| format!("repo:acme/app-{n}:pull_request"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let steps = vec![
        step(Some(subjects(&many[..2])), Some(subjects(&many[..3]))),
        step(Some(subjects(&many[..8])), Some(subjects(&many[1..]))),
    ];
    assert_eq!(
        plan_text(&plan(steps), &calls(), ELAPSED, &Style::default()),
        "\
neon in account 123456789012, us-east-1

  ~ role.neon-s3-backup-github-actions  widens and narrows access
      trust_policy
        ~ Allow  sts:AssumeRoleWithWebIdentity
          to     oidc_provider token.actions.githubusercontent.com
          if     token.actions.githubusercontent.com:sub StringEquals
                   + repo:acme/app-3:pull_request
                   = repo:acme/app-1:pull_request
                   = repo:acme/app-2:pull_request
                 token.actions.githubusercontent.com:aud StringEquals
                   sts.amazonaws.com

  ~ role.neon-s3-backup-github-actions  widens and narrows access
      trust_policy
        ~ Allow  sts:AssumeRoleWithWebIdentity
          to     oidc_provider token.actions.githubusercontent.com
          if     token.actions.githubusercontent.com:sub StringEquals
                   + repo:acme/app-9:pull_request
                   - repo:acme/app-1:pull_request
                   = 7 others
                 token.actions.githubusercontent.com:aud StringEquals
                   sts.amazonaws.com

Access:
  + GitHub workflows of acme/app-9 in pull requests gain
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions
  - GitHub workflows of acme/app-1 in pull requests lose
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions

Plan: 0 to create, 2 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn effect_principal_and_whole_conditions_change() {
    let statement = |effect: &str, who: Value, condition: Value| {
        json!([{"Sid": "S", "Effect": effect, "Principal": who, "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::b/*"], "Condition": condition}])
    };
    let before = statement(
        "Deny",
        json!({"AWS": ["arn:aws:iam::999999999999:role/x", "AROAEXAMPLE"], "Service": ["s3.amazonaws.com"]}),
        json!({"Bool": {"aws:SecureTransport": ["false"]}, "StringLike": {"aws:PrincipalArn": ["a", "b"]}}),
    );
    let after = statement(
        "Allow",
        json!({"AWS": ["123456789012", "arn:aws:iam::999999999999:role/x"]}),
        json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}, "StringLike": {"aws:PrincipalArn": ["a", "b"]}}),
    );
    assert_eq!(
        policy(before, after),
        "\
neon in account 123456789012, us-east-1

  ~ bucket_policy.neon-s3-backup-123456789012
      policy
        ~ statement S
            effect  Deny -> Allow
            Allow   s3:GetObject
            to      + this account
                    - AROAEXAMPLE (a deleted or unknown role)
                    - service s3.amazonaws.com
                    = role x of account 999999999999
            on      arn:aws:s3:::b/*
            if      - aws:SecureTransport Bool false
                    + aws:SourceIp IpAddress 10.0.0.0/8, 192.0.2.0/24
                    aws:PrincipalArn StringLike a, b

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn everything_but_is_told_as_such() {
    let before = json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ["123456789012"]},
        "NotAction": ["s3:GetObject"], "NotResource": ["arn:aws:s3:::b/*"]}]);
    let after = json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ["123456789012"]},
        "NotAction": ["s3:GetObject", "s3:PutObject"], "NotResource": ["arn:aws:s3:::b/*"]}]);
    assert_eq!(
        policy(before, after),
        "\
neon in account 123456789012, us-east-1

  ~ bucket_policy.neon-s3-backup-123456789012
      policy
        ~ Deny all but  + s3:PutObject
                        = s3:GetObject
          to all but    this account
          on all but    arn:aws:s3:::b/*

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn inline_policies_come_and_go_whole() {
    let inline = |actions: &[&str]| {
        let mut statement = objects(actions);
        statement.as_object_mut().unwrap().remove("Principal");
        document(json!([statement]))
    };
    let have = role(|role| {
        role.inline_policies
            .insert("changed".into(), inline(&["s3:GetObject"]));
        role.inline_policies
            .insert("stranger".into(), inline(&["s3:*"]));
    });
    let want = role(|role| {
        role.inline_policies
            .insert("changed".into(), inline(&["s3:GetObject", "s3:PutObject"]));
        role.inline_policies
            .insert("backup.access".into(), inline(&READ_WRITE));
    });
    assert_eq!(
        screen(have, want),
        "\
neon in account 123456789012, us-east-1

  ~ role.neon-s3-backup-github-actions  narrows access
      + inline_policies.\"backup.access\"
        + statement NeonObjects
            Allow  s3:DeleteObject, s3:GetObject, s3:PutObject
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
      inline_policies.changed
        ~ statement NeonObjects
            Allow  + s3:PutObject
                   = s3:GetObject
            on     arn:aws:s3:::neon-s3-backup-123456789012/*
      - inline_policies.stranger
        - statement NeonObjects
            Allow  s3:*
            on     arn:aws:s3:::neon-s3-backup-123456789012/*

Access:
  - role neon-s3-backup-github-actions loses s3:* (but not s3:DeleteObject,
    s3:GetObject, s3:PutObject) on neon-s3-backup-123456789012/*

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}

#[test]
fn a_long_context_is_one_line() {
    let many: Vec<String> = (0..40).map(|number| format!("s3:Action{number}")).collect();
    let mut names: Vec<&str> = many.iter().map(String::as_str).collect();
    let before = json!([objects(&names)]);
    names.push("s3:PutObject");
    assert_eq!(
        policy(before, json!([objects(&names)])),
        "\
neon in account 123456789012, us-east-1

  ~ bucket_policy.neon-s3-backup-123456789012  widens access
      policy
        ~ statement NeonObjects
            Allow  + s3:PutObject
                   = s3:Action0, s3:Action1, s3:Action10 and 37 more
            to     role neon-s3-backup-github-actions
            on     arn:aws:s3:::neon-s3-backup-123456789012/*

Access:
  + role neon-s3-backup-github-actions gains s3:PutObject on
    neon-s3-backup-123456789012/*

Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged.
13 calls, 0.4 s.
"
    );
}
