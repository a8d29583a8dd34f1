//! JSON: its keys, their order, their values.

use super::fixtures::*;
use crate::resource::{Owner, Resource, Role};
use serde_json::{Value, json};

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
        plan_json(&plan(vec![changed])),
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
      ],
      "access": "neither",
      "ledger": [
        {
          "aspect": "path",
          "state": "in_sync"
        },
        {
          "aspect": "description",
          "state": "in_sync"
        },
        {
          "aspect": "max_session_duration",
          "state": "drifted",
          "changes": [
            {
              "path": "max_session_duration",
              "before": 7200,
              "after": 3600
            }
          ]
        },
        {
          "aspect": "permissions_boundary",
          "state": "not_managed"
        },
        {
          "aspect": "trust_policy",
          "state": "in_sync"
        },
        {
          "aspect": "inline_policies",
          "state": "in_sync"
        },
        {
          "aspect": "attached_policies",
          "state": "in_sync"
        },
        {
          "aspect": "tags",
          "state": "unreadable",
          "permission": "iam:ListRoleTags",
          "on": "arn:aws:iam::123456789012:role/x",
          "error": "AccessDenied: not authorized"
        }
      ],
      "diff": [
        "- max_session_duration  7200 s",
        "+ max_session_duration  3600 s"
      ]
    }
  ],
  "access": [],
  "summary": {
    "create": 0,
    "update": 1,
    "delete": 0,
    "keep": 0,
    "unreadable": 1,
    "blocked": 0,
    "aspects": {
      "in_sync": 5,
      "drifted": 1,
      "unreadable": 1,
      "not_managed": 1
    }
  },
  "lint": [],
  "reach": [
    {
      "who": "GitHub workflows of acme/backups on branch main",
      "kind": "workload",
      "actions": "sts:AssumeRoleWithWebIdentity",
      "resources": "role neon-s3-backup-github-actions",
      "condition": "",
      "live": true,
      "wanted": true
    }
  ],
  "calls": {
    "total": 13,
    "by_operation": {
      "iam:GetRole": 1,
      "s3:HeadBucket": 12
    },
    "seconds": 0.42
  },
  "broken": [],
  "command": "plan",
  "version": "0.1.0"
}
"#
    );
}

#[test]
fn a_policy_that_changes_is_told_by_statement_too() {
    let trusted =
        |subject: &str| role(|role| role.trust_policy = document(json!([trust(subject)])));
    let have = |role: &mut Role| {
        let statement = json!([{"Sid": "Old", "Effect": "Allow", "Action": ["s3:*"]}]);
        role.inline_policies
            .insert("a.b".into(), document(statement));
    };
    let mut before = trusted("repo:acme/*");
    if let Resource::Role(role) = &mut before {
        have(role);
    }
    let plan = plan(vec![
        step(Some(before), Some(trusted("repo:acme/one:pull_request"))),
        step(None, Some(role(|_| {}))),
    ]);
    let told: Value = serde_json::from_str(&plan_json(&plan)).unwrap();
    let policies = &told["steps"][0]["policies"];
    let paths: Vec<_> = (0..2).map(|at| &policies[at]["path"]).collect();
    assert_eq!(paths, ["inline_policies[\"a.b\"]", "trust_policy"]);
    assert_eq!(policies[0]["statements"][0]["change"], "removed");
    assert_eq!(policies[0]["statements"][0]["before"]["Sid"], "Old");
    let key = "token.actions.githubusercontent.com:sub";
    assert_eq!(
        policies[1]["statements"][0]["elements"],
        json!([{"element": format!("Condition.StringEquals.{key}"),
                "added": ["repo:acme/one:pull_request"], "removed": ["repo:acme/*"]}])
    );
    assert_eq!(told["steps"][1]["policies"], Value::Null, "it comes whole");
}
