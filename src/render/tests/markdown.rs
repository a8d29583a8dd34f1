//! Markdown for pull requests and job summaries.

use super::drift::drifted;
use super::fixtures::*;
use crate::plan::{Action, Histories};
use crate::render::{drift_markdown, plan_markdown};
use crate::resource::Address;
use serde_json::json;

#[test]
fn a_plan_has_a_verdict_a_table_and_details() {
    let have = role(|role| role.trust_policy = document(json!([trust("repo:acme/*")])));
    let mut change = step(
        Some(have),
        Some(role(|role| role.max_session_duration = Some(7200))),
    );
    change.adopt = true;
    let plan = plan(vec![
        change,
        step(None, Some(provider())),
        keep(bucket(BUCKET)),
    ]);
    assert_eq!(
        plan_markdown(&plan, &calls(), ELAPSED),
        r#"## Plan: 1 to create, 1 to update, 0 to delete, 1 unchanged

`neon` in account `123456789012`, `us-east-1`. 13 calls, 0.4 s.

```text
1 resource exists already and would be adopted: role.neon-s3-backup-github-actions.
live: role.neon-s3-backup-github-actions, trust_policy, Statement[0]: StringEquals takes the
  wildcard in "repo:acme/*" literally (condition-value)
```

```diff
  Access:
+ GitHub workflows of acme/backups on branch main gain sts:AssumeRoleWithWebIdentity on role
+ neon-s3-backup-github-actions
- GitHub workflows like repo:acme/* lose sts:AssumeRoleWithWebIdentity on role
- neon-s3-backup-github-actions
```

| resource | |
|---|---|
| `role.neon-s3-backup-github-actions` | update, adopt |
| `oidc_provider.token.actions.githubusercontent.com` | create |

<details><summary><code>role.neon-s3-backup-github-actions</code></summary>

```diff
  adopt: exists, unmarked
- max_session_duration  3600 s
+ max_session_duration  7200 s
  trust_policy
    Allow  sts:AssumeRoleWithWebIdentity
    to     oidc_provider token.actions.githubusercontent.com
    if     token.actions.githubusercontent.com:sub StringEquals
+            repo:acme/backups:ref:refs/heads/main
-            repo:acme/*
           token.actions.githubusercontent.com:aud StringEquals sts.amazonaws.com
```

</details>

<details><summary><code>oidc_provider.token.actions.githubusercontent.com</code></summary>

```diff
+ audiences  sts.amazonaws.com
```

</details>
"#
    );
}

#[test]
fn what_is_new_is_new_in_every_line() {
    let plan = plan(vec![neon().steps.remove(3)]);
    assert_eq!(
        plan_markdown(&plan, &calls(), ELAPSED),
        r#"## Plan: 1 to create, 0 to update, 0 to delete, 0 unchanged

`neon` in account `123456789012`, `us-east-1`. 13 calls, 0.4 s.

```diff
  Access:
+ role neon-s3-backup-github-actions gains s3:DeleteObject, s3:GetObject, s3:PutObject on
+ neon-s3-backup-123456789012/*
+ role neon-s3-backup-github-actions gains s3:GetBucketLocation, s3:ListBucket on
+ neon-s3-backup-123456789012
```

| resource | |
|---|---|
| `bucket_policy.neon-s3-backup-123456789012` | create |

<details><summary><code>bucket_policy.neon-s3-backup-123456789012</code></summary>

```diff
+ policy
+   statement NeonList
+       Allow  s3:GetBucketLocation, s3:ListBucket
+       to     role neon-s3-backup-github-actions
+       on     arn:aws:s3:::neon-s3-backup-123456789012
+   statement NeonObjects
+       Allow  s3:DeleteObject, s3:GetObject, s3:PutObject
+       to     role neon-s3-backup-github-actions
+       on     arn:aws:s3:::neon-s3-backup-123456789012/*
+   statement OnlyTls
+       Deny  s3:*
+       to    anyone
+       on    arn:aws:s3:::neon-s3-backup-123456789012, arn:aws:s3:::neon-s3-backup-123456789012/*
+       if    aws:SecureTransport Bool false
```

</details>
"#
    );
}

#[test]
fn warnings_are_not_folded_away() {
    let mut blocked = step(
        Some(role(|_| {})),
        Some(role(|role| role.path = "/ci/".into())),
    );
    blocked.blocked = Some("its path is / and cannot be changed".into());
    blocked.unreadable = vec![gap(
        "tags",
        "iam:ListRoleTags",
        "arn:aws:iam::123456789012:role/x",
    )];
    let mut plan = plan(vec![blocked]);
    sources(&mut plan).push(source("rudderstack"));
    sources(&mut plan)[0].examples = vec!["repository".into()];
    assert_eq!(
        plan_markdown(&plan, &calls(), ELAPSED),
        r#"## Plan: 0 to create, 1 to update, 0 to delete, 0 unchanged, 1 could not be read

`neon`, `rudderstack` in account `123456789012`, `us-east-1`. 13 calls, 0.4 s.

```text
It cannot be applied as it stands: 1 step cannot be done and 1 resource could not be read.
Warning: this input of neon still has the example's value: repository. Give yours with --set
repository=...
role.neon-s3-backup-github-actions cannot be done: its path is / and cannot be changed
role.neon-s3-backup-github-actions could not be read: tags, needs iam:ListRoleTags on
arn:aws:iam::123456789012:role/x
```

```diff
  Access:
+ GitHub workflows of acme/backups on branch main gain sts:AssumeRoleWithWebIdentity on role
+ ci/neon-s3-backup-github-actions
- GitHub workflows of acme/backups on branch main lose sts:AssumeRoleWithWebIdentity on role
- neon-s3-backup-github-actions
```

| resource | manifest | |
|---|---|---|
| `role.neon-s3-backup-github-actions` | `neon` | update, **cannot be done**, **could not be read** |

<details><summary><code>role.neon-s3-backup-github-actions</code></summary>

```diff
  cannot be done: its path is / and cannot be changed
  could not be read: tags, needs iam:ListRoleTags on arn:aws:iam::123456789012:role/x
- path  /
+ path  /ci/
```

</details>
"#
    );
}

#[test]
fn a_drift_report_has_the_same_form() {
    assert_eq!(
        drift_markdown(&drifted(), &Histories::new(), &calls(), ELAPSED),
        r#"## Drift: 4 of 6 resources differ (1 missing, 2 changed, 1 unwanted), 1 could not be read

`neon` in account `123456789012`, `us-east-1`. 13 calls, 0.4 s.

Coverage: 20 aspects in sync, 7 drifted, 1 unreadable, 4 not managed.

```text
bucket.neon-s3-backup-123456789012 could not be read: encryption, needs
s3:GetEncryptionConfiguration on arn:aws:s3:::neon-s3-backup-123456789012
live: role.neon-s3-backup-github-actions, trust_policy, Statement[0]: StringEquals takes the
  wildcard in "repo:acme/*" literally (condition-value)
live: bucket_policy.neon-s3-backup-123456789012, policy, statement Evil: the bucket is open to
  anyone on the internet (public-access)
live: bucket_policy.neon-s3-backup-123456789012, policy, statement NeonObjects: s3:PutObjectAcl is
  allowed, and S3 refuses every such call: the bucket's owner owns all objects (acl-refused)
```

```diff
  Access that is not as the manifest says:
+ ! ANY REPOSITORY: GitHub workflows like repo:acme/* have gained sts:AssumeRoleWithWebIdentity on
+   role neon-s3-backup-github-actions
+ role neon-s3-backup-github-actions has gained s3:GetObject, s3:PutObject on
+ neon-s3-backup-123456789012/* if aws:SecureTransport Bool false
+ role neon-s3-backup-github-actions has gained s3:PutObjectAcl on neon-s3-backup-123456789012/*
+ role neon-s3-backup-github-actions has gained what policy AdministratorAccess allows
- GitHub workflows of acme/backups on branch main have lost sts:AssumeRoleWithWebIdentity on role
- neon-s3-backup-github-actions
```

| resource | |
|---|---|
| `bucket.neon-s3-backup-123456789012` | could not be read |
| `oidc_provider.token.actions.githubusercontent.com` | missing |
| `role.neon-s3-backup-github-actions` | differs from the manifest |
| `bucket_policy.neon-s3-backup-123456789012` | differs from the manifest |
| `user.backup` | unwanted, still there |

`+` is live but not in the manifest, `-` in the manifest but not live.

<details><summary><code>role.neon-s3-backup-github-actions</code></summary>

```diff
+ attached_policies      arn:aws:iam::aws:policy/AdministratorAccess
- max_session_duration   3600 s
+ max_session_duration   43200 s
- tags.s3setup:manifest  neon
+ tags.s3setup:manifest  other
  trust_policy
    Allow  sts:AssumeRoleWithWebIdentity
    to     oidc_provider token.actions.githubusercontent.com
    if     token.actions.githubusercontent.com:sub StringEquals
+            repo:acme/*
-            repo:acme/backups:ref:refs/heads/main
           token.actions.githubusercontent.com:aud StringEquals sts.amazonaws.com
```

</details>

<details><summary><code>bucket_policy.neon-s3-backup-123456789012</code></summary>

```diff
  policy
    statement NeonObjects
+       Allow  s3:PutObjectAcl
-              s3:DeleteObject
               s3:GetObject, s3:PutObject
        to     role neon-s3-backup-github-actions
        on     arn:aws:s3:::neon-s3-backup-123456789012/*
+   statement Evil
+       Allow  s3:*
+       to     anyone
+       on     arn:aws:s3:::neon-s3-backup-123456789012/*
-   statement OnlyTls
-       Deny  s3:*
-       to    anyone
-       on    arn:aws:s3:::neon-s3-backup-123456789012, arn:aws:s3:::neon-s3-backup-123456789012/*
-       if    aws:SecureTransport Bool false
```

</details>
"#
    );
}

#[test]
fn nothing_to_do_needs_no_table() {
    let plan = plan(vec![keep(bucket(BUCKET))]);
    assert_eq!(
        plan_markdown(&plan, &calls(), ELAPSED),
        r#"## No changes. Everything is as the manifest says

`neon` in account `123456789012`, `us-east-1`. 13 calls, 0.4 s.
"#
    );
}

#[test]
fn five_thousand_steps_stay_below_the_limit_of_github() {
    let mut steps = Vec::new();
    for number in 0..1250 {
        for mut step in neon().steps {
            step.address = Address::new("bucket", &format!("näme-{number}-{}", "x".repeat(80)));
            step.blocked = (number % 2 == 0).then(|| "ü".repeat(2_000));
            steps.push(step);
        }
    }
    let plan = plan(steps);
    for text in [
        plan_markdown(&plan, &calls(), ELAPSED),
        drift_markdown(&plan, &Histories::new(), &calls(), ELAPSED),
    ] {
        assert!(text.len() < 65_536, "{} bytes", text.len());
        assert!(text.len() > 20_000, "{} bytes", text.len());
        assert_eq!(text.matches("```").count() % 2, 0);
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
        let last = text.lines().last().unwrap();
        assert!(
            last.starts_with("_Cut to fit GitHub: 4") && last.contains("resources"),
            "{last}"
        );
    }
}

#[test]
fn one_enormous_resource_is_cut_at_a_line() {
    let many: Vec<String> = (0..5_000)
        .map(|number| format!("s3:Action{number:05}"))
        .collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut change = step(None, Some(bucket_policy(json!([objects(&names)]))));
    change.action = Action::Create;
    let text = plan_markdown(&plan(vec![change]), &calls(), ELAPSED);
    assert!(text.len() < 20_000, "{} bytes", text.len());
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("_Cut to fit GitHub: ") && last.ends_with("lines of details left out._"),
        "{last}"
    );
}
