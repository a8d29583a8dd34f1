//! Plans as text: what is in the way and what is worth knowing.

use super::fixtures::*;
use crate::plan::{Action, Plan};
use crate::render::{Style, plan_text};
use crate::resource::{Address, Owner};

fn screen(plan: &Plan) -> String {
    plan_text(plan, &calls(), ELAPSED, &Style::default())
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
  bucket.theirs and
  bucket.a-bucket-with-a-name-that-is-quite-as-long-as-a-name-may-be-63.
13 calls, 0.4 s.
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

  ~ role.neon-s3-backup-github-actions  widens and narrows access
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

Access:
  + GitHub workflows of acme/backups on branch main gain
    sts:AssumeRoleWithWebIdentity on role ci/neon-s3-backup-github-actions
  - GitHub workflows of acme/backups on branch main lose
    sts:AssumeRoleWithWebIdentity on role neon-s3-backup-github-actions

Plan: 1 to create, 1 to update, 0 to delete, 0 unchanged, 2 could not be read.
It cannot be applied as it stands: 1 step cannot be done and 2 resources could
  not be read.
13 calls, 0.4 s.
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
13 calls, 0.4 s.
"
    );
}

#[test]
fn values_of_the_example_are_warned_of() {
    let mut plan = plan(vec![step(None, Some(provider()))]);
    sources(&mut plan)[0].examples = vec!["repository".into(), "branch".into()];
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
13 calls, 0.4 s.
"
    );
}
