//! Connections that end: before the work, and after it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{all_is_there, ground, in_parallel, times};
use crate::{
    neon::{APPLY, PLAN},
    support::{Answer, Proxy, S3setup, Server},
};

/// A manifest with one of every kind that may be made twice without harm; `more` are keys, whose
/// making is not.
pub fn every_kind(bucket: &str, key: &str, of_writer: &str, more: &str) -> String {
    format!(
        "name: kinds
bucket:
  name: {bucket}
  versioning: true
  encryption: {{sse_kms: {{key: {key}}}}}
  tags: {{team: data}}
  lifecycle:
    old: {{expire_days: 30}}
roles:
  reader:
    trust:
      account: {{id: \"111122223333\", external_id: abcdef}}
    inline_policies:
      list: [{{Effect: Allow, Action: \"s3:ListAllMyBuckets\", Resource: \"*\"}}]
    attached_policies: [policy.shared, ReadOnlyAccess]
users:
  writer: {{groups: [group.writers], attached_policies: [policy.shared]{of_writer}}}
groups:
  writers: {{}}
policies:
  shared: {{}}
grants:
  - {{to: group.writers, allow: [write]}}
  - {{to: role.reader, allow: [read], through: bucket_policy}}
  - {{to: user.writer, allow: [delete]}}
  - {{to: [user.writer, role.reader], allow: [list], through: policy.shared}}
{more}"
    )
}

const KINDS: &[&str] = &["apply", "kinds.yaml", "--yes"];

#[test]
fn an_answer_that_is_lost_is_no_failure_and_nothing_is_doubled() {
    let operations = |answer: Option<(&str, Answer)>| {
        let (proxy, tool) = ground();
        let bucket = proxy.account().bucket("kinds");
        tool.file("kinds.yaml", &every_kind(&bucket, "alias/aws/s3", "", ""));
        let reason = answer
            .as_ref()
            .map_or("no fault", |(name, _)| name)
            .to_owned();
        if let Some((operation, answer)) = answer {
            proxy.on(operation, 1, answer);
        }
        let outcome = tool.run(KINDS);
        assert_eq!(outcome.code, Some(0), "{reason}:\n{outcome}");
        let writes = crate::neon::writes(&proxy);
        proxy.heal();
        let plan = tool.run(&["plan", "kinds.yaml"]);
        assert!(plan.stdout.contains("No changes."), "{reason}:\n{plan}");
        let there = proxy.account().python(
            "[len(iam.list_roles()['Roles']), len(iam.list_users()['Users']), len(iam.list_groups()['Groups']),
 len(iam.list_policies(Scope='Local')['Policies']), len(s3.list_buckets()['Buckets']),
 len(iam.list_policy_versions(PolicyArn=iam.list_policies(Scope='Local')['Policies'][0]['Arn'])['Versions'])]",
        );
        assert_eq!(there, json!([1, 1, 1, 1, 1, 1]), "{reason}: one of each");
        writes
    };
    let mut writes: Vec<String> = operations(None);
    writes.sort();
    writes.dedup();
    assert!(
        writes.len() >= 15,
        "these are all kinds of writes: {writes:?}"
    );
    in_parallel(writes.len() * 2, |at| {
        let name = writes[at / 2].split_once(':').expect("service:operation").1;
        let answer = if at % 2 == 0 {
            Answer::Drop
        } else {
            Answer::DropAfter
        };
        operations(Some((name, answer)));
    });
}

#[test]
fn a_role_made_by_somebody_else_meanwhile_is_not_ours() {
    let (proxy, tool) = ground();
    tool.run(PLAN).expect_code(0);
    let account = proxy.account().clone();
    let direct = account.at(Server::ministack().endpoint());
    let (made, seen) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (to_make, is_made) = (Arc::clone(&seen), Arc::clone(&made));
    // In the moment between the look and the creation.
    let stranger = thread::spawn(move || {
        while !to_make.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        direct.python_with(
            "iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': []}))",
            &json!({"role": crate::neon::ROLE}),
        );
        is_made.store(true, Ordering::SeqCst);
    });
    proxy.rule(move |call| {
        if call.operation == "CreateOpenIDConnectProvider" {
            seen.store(true, Ordering::SeqCst);
            let begun = Instant::now();
            while !made.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(20) {
                thread::sleep(Duration::from_millis(1));
            }
        }
        None
    });
    let outcome = tool.run(&["apply", "--yes"]);
    stranger.join().expect("the role was made");
    let said = crate::neon::flat(&outcome.stderr);
    outcome.expect_code(1);
    assert!(
        said.contains("was made by somebody else since the plan was made"),
        "{outcome}"
    );
    let found = crate::neon::found(&account);
    assert_eq!(
        found["trust_policy"]["Statement"],
        json!([]),
        "it is as they made it"
    );
    assert_eq!(times(&proxy, "iam:UpdateAssumeRolePolicy"), 0);
}

/// How many calls an apply of the Neon manifest makes when nothing is there.
fn calls_of_apply() -> usize {
    let (proxy, tool) = ground();
    tool.run(APPLY).expect_code(0);
    proxy.calls().len()
}

/// The second run ends well, the third has nothing to do.
#[track_caller]
fn converges(proxy: &Proxy, tool: &S3setup, reason: &str) {
    proxy.heal();
    let second = tool.run(APPLY);
    assert_eq!(second.code, Some(0), "{reason}: the second run\n{second}");
    all_is_there(proxy, tool, reason);
}

#[test]
fn an_answer_lost_at_any_call_of_apply_is_made_good() {
    let points = calls_of_apply();
    in_parallel(points, |point| {
        let (proxy, tool) = ground();
        proxy.on_call_after(point, Answer::DropAfter);
        tool.run(APPLY);
        converges(
            &proxy,
            &tool,
            &format!("the answer of call {point} of {points} was lost"),
        );
    });
    println!("an answer was lost at each of {points} calls");
}

#[test]
fn a_no_at_any_call_of_apply_is_told_and_made_good() {
    let points = calls_of_apply();
    in_parallel(points, |point| {
        let (proxy, tool) = ground();
        proxy.on_call_after(point, Answer::error(403, "AccessDenied", "not now"));
        let first = tool.run(APPLY);
        let reason = format!("call {point} of {points} was denied");
        let told =
            first.code == Some(1) && first.stdout.is_empty() && !first.stderr.contains("panicked");
        // What a create asks beside (has the bucket its marks?) may go on without the answer.
        assert!(told || first.code == Some(0), "{reason}:\n{first}");
        converges(&proxy, &tool, &reason);
    });
    println!("each of {points} calls was denied");
}
