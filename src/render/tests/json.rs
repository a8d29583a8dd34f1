//! JSON: its keys, their order, their values.

use super::fixtures::*;
use crate::render::plan_json;
use crate::resource::Owner;

#[test]
fn the_report_is_versioned_and_in_a_stable_order() {
    let mut changed = step(
        Some(role(|role| role.max_session_duration = Some(7200))),
        Some(role(|_| {})),
    );
    changed.owner = Some(Owner::Us);
    changed.needs = vec![provider().address()];
    changed.unreadable = vec![gap(
        "tags",
        "iam:ListRoleTags",
        "arn:aws:iam::123456789012:role/x",
    )];
    assert_eq!(
        plan_json(&plan(vec![changed]), &calls(), ELAPSED),
        r#"{
  "format_version": "1.0",
  "account": "123456789012",
  "region": "us-east-1",
  "manifests": [
    {
      "name": "neon",
      "path": "manifests/neon.yaml",
      "digest": "0000000000000000000000000000000000000000000000000000000000000000",
      "inputs": {},
      "examples": []
    }
  ],
  "steps": [
    {
      "address": "role.neon-s3-backup-github-actions",
      "manifest": "neon",
      "action": "update",
      "adopt": false,
      "blocked": null,
      "note": null,
      "owner": "us",
      "unreadable": [
        {
          "aspect": "tags",
          "permission": "iam:ListRoleTags",
          "on": "arn:aws:iam::123456789012:role/x",
          "error": "AccessDenied: not authorized"
        }
      ],
      "needs": [
        "oidc_provider.token.actions.githubusercontent.com"
      ],
      "changes": [
        {
          "path": "max_session_duration",
          "before": 7200,
          "after": 3600
        }
      ]
    }
  ],
  "summary": {
    "create": 0,
    "update": 1,
    "delete": 0,
    "keep": 0,
    "unreadable": 1,
    "blocked": 0
  },
  "calls": {
    "total": 13,
    "by_operation": {
      "iam:GetRole": 1,
      "s3:HeadBucket": 12
    },
    "seconds": 0.42
  }
}
"#
    );
}
