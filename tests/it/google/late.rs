//! Google is eventually consistent: what was just made is not known everywhere.

use super::{ACCOUNT, APPLY, BUCKET, MANIFEST, all_is_there, apply, ground};

#[test]
fn what_this_run_made_is_waited_for() {
    let (server, tool) = ground();
    server.change(|state| state.delay = 3);
    let outcome = apply(&tool);
    outcome.expect_stderr("waiting until Google knows");
    server.change(|state| state.delay = 0);
    all_is_there(&server, &tool, "late");
}

#[test]
fn what_nobody_made_is_not_waited_for() {
    let (server, tool) = ground();
    let odd = MANIFEST.replace(
        "    - to: workload_identity_pool.github\n      allow",
        "    - to: user:nobody@elsewhere.test\n      allow",
    );
    tool.file("events.yaml", &odd);
    let outcome = tool.run(APPLY);
    outcome
        .expect_code(1)
        .expect_stderr("User nobody@elsewhere.test does not exist.");
    assert!(outcome.took.as_secs() < 20, "{outcome}");
    assert!(!outcome.stderr.contains("waiting"), "{outcome}");
    let bucket = &server.state().buckets[BUCKET];
    let member = format!("serviceAccount:{ACCOUNT}");
    let bound = bucket
        .policy
        .bindings
        .iter()
        .any(|it| it.members.contains(&member));
    assert!(!bound, "a policy is written whole or not at all");
}

#[test]
fn a_missing_permission_is_not_waited_for_long() {
    let (server, tool) = ground();
    server.change(|state| {
        state
            .operator_lacks
            .insert("iam.serviceAccountKeys.create".into());
    });
    let outcome = tool.run(&[APPLY, &["--timeout", "4"]].concat());
    outcome
        .expect_code(1)
        .expect_stderr("give iam.serviceAccountKeys.create on service_account.rudder-events");
    assert!(outcome.took.as_secs() < 10, "{outcome}");
}
