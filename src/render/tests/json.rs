//! JSON: its keys, their order, their values.

use super::fixtures::*;
use crate::render::plan_json;
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
      ],
      "access": "neither"
    }
  ],
  "access": [],
  "summary": {
    "create": 0,
    "update": 1,
    "delete": 0,
    "keep": 0,
    "unreadable": 1,
    "blocked": 0
  },
  "lint": [],
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
    let told: Value = serde_json::from_str(&plan_json(&plan, &calls(), ELAPSED)).unwrap();
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
