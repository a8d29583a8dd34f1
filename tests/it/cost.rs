//! What a run costs: how many calls, and that it makes no other than it said and no more than it may.

mod announced;
mod bundles;
mod limits;
mod shared;

use std::fmt::Write as _;

use crate::support::{Account, S3setup};

/// A bucket with its policy, a managed policy, a role and a user, all with the number in their names.
fn bundle(number: usize) -> String {
    format!(
        "name: bundle-{number}
bucket:
  name: bundle-{number}-${{account}}
  deny_plain_http: true
policies:
  bundle-{number}: {{statements: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}
roles:
  bundle-{number}:
    description: 'Bundle {number}'
    max_session_duration: 7200
    trust: {{service: ec2.amazonaws.com}}
    attached_policies: ['arn:aws:iam::${{account}}:policy/bundle-{number}']
    inline_policies: {{p: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}
users:
  bundle-{number}: {{tags: {{team: t{number}}}}}
"
    )
}

/// One manifest with so many roles, which may do something each.
fn roles(count: usize) -> String {
    let mut text = String::from("name: many\nroles:\n");
    for at in 0..count {
        let _ = writeln!(
            text,
            "  many-{at}:\n    description: 'Number {at}'\n    trust: {{service: ec2.amazonaws.com}}\n    \
             inline_policies: {{p: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}"
        );
    }
    text
}

/// A tool with these roles, made.
fn tool_with_roles(account: &Account, count: usize) -> S3setup {
    let tool = S3setup::new(account);
    tool.file("many.yaml", &roles(count));
    tool.run(&["apply", "--yes", "many.yaml"]).expect_code(0);
    tool
}
