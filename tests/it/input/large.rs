//! Large manifests: a thousand resources plan, and the work grows as they do.

use std::time::Duration;

use crate::support::S3setup;

/// A bucket with its policy, and roles for the rest of `resources`, each granted something.
fn tool(resources: usize) -> S3setup {
    let tool = S3setup::without_credentials();
    tool.file("account.json", r#"{"account": "123456789012"}"#);
    let roles: Vec<String> = (0..resources - 2)
        .map(|at| format!("role-{at:04}"))
        .collect();
    let mut text =
        "name: m\nbucket:\n  name: b-backups\n  deny_plain_http: true\nroles:\n".to_owned();
    for role in &roles {
        text.push_str(&format!(
            "  {role}:\n    trust: {{service: ec2.amazonaws.com}}\n"
        ));
    }
    text.push_str("grants:\n");
    for role in &roles {
        text.push_str(&format!(
            "  - {{to: role.{role}, allow: [read], prefix: {role}}}\n"
        ));
    }
    tool.file("m.yaml", &text);
    tool
}

const PLAN: &[&str] = &["plan", "m.yaml", "--account", "account.json"];

fn plan_takes(resources: usize) -> Duration {
    let says = format!("Plan: {resources} to create");
    let outcome = tool(resources).run(PLAN);
    outcome.expect_code(0).expect_stdout(&says).took
}

#[test]
fn a_thousand_resources_are_planned_applied_and_in_sync() {
    let tool = tool(1000);
    tool.run(PLAN)
        .expect_code(0)
        .expect_stdout("Plan: 1000 to create, 0 to update");
    tool.run(&["apply", "--account", "account.json", "--yes"])
        .expect_code(0)
        .expect_stderr("Applied: 1000 done");
    tool.run(PLAN).expect_code(0).expect_stdout("No changes.");
    let drift = tool.run(&["drift", "m.yaml", "--account", "account.json"]);
    drift
        .expect_code(0)
        .expect_stdout("In sync: 1000 resources are as m says.");
}

#[test]
fn four_times_the_resources_take_no_ten_times_the_time() {
    // Four times is linear and sixteen times is quadratic. Asked again, lest the machine was busy.
    let times: Vec<_> = (0..3)
        .map(|_| (plan_takes(1250), plan_takes(5000)))
        .take_while(|(some, many)| *many >= *some * 10)
        .collect();
    assert!(times.len() < 3, "1,250 and 5,000 resources take {times:?}");
}

#[test]
fn a_thousand_mistakes_are_told_and_end() {
    let tool = S3setup::without_credentials();
    let roles: String = (0..1500)
        .map(|at| format!("  r{at}: {{trsut: x}}\n"))
        .collect();
    tool.file("m.yaml", &format!("name: m\nroles:\n{roles}"));
    let outcome = tool.run(&["validate", "m.yaml"]);
    outcome
        .expect_code(1)
        .expect_stderr("--> m.yaml:3:")
        .expect_stderr("did you mean `trust`?");
    let errors = outcome.stderr.matches("\nerror: ").count() + 1;
    assert!(
        (20..=100).contains(&errors),
        "{errors} errors are shown:\n{outcome}"
    );
    outcome.expect_stderr("at least 1000 errors in m.yaml, the first 50 are shown");
}
