//! `policy simulate` as a script meets it.

use serde_json::{Value, json};

use crate::support::S3setup;

const SIMULATE: &[&str] = &["policy", "simulate", "requests.json"];

/// A request of ann for an object, by these policies.
fn request(policies: &Value) -> Value {
    let mut request = json!({
        "principal": "arn:aws:iam::111122223333:user/ann",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/o",
        "context": {"aws:SourceIp": ["203.0.113.7"], "aws:SecureTransport": true},
    });
    let members = request.as_object_mut().expect("it is an object");
    members.extend(policies.as_object().expect("they are members").clone());
    request
}

fn policy(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statement})
}

fn allow() -> Value {
    policy(&json!({"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
}

fn deny_from_outside() -> Value {
    policy(&json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"},
        {"Sid": "Inside", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
    ]))
}

#[test]
fn requests_are_answered_in_order_on_the_standard_output() {
    let tool = S3setup::without_credentials();
    let requests = json!([
        request(&json!({"identity_policies": [allow()]})),
        request(&json!({"identity_policies": [allow()], "resource_policy": deny_from_outside()})),
        request(&json!({"identity_policies": [allow()], "boundary": policy(&json!([]))})),
        request(&json!({"identity_policies": [allow().to_string()], "resource_policy": null})),
        request(&json!({"resource_account": "444455556666", "identity_policies": [[allow()]]})),
    ]);
    tool.file("requests.json", &requests.to_string());
    let outcome = tool.run(SIMULATE);
    outcome.expect_code(0);
    assert_eq!(outcome.stderr, "");
    let answers = outcome.json();
    let decisions: Vec<_> = answers
        .as_array()
        .expect("a list is answered with a list")
        .iter()
        .map(|answer| &answer["decision"])
        .collect();
    assert_eq!(
        decisions,
        [
            "allow",
            "explicit_deny",
            "implicit_deny",
            "allow",
            "implicit_deny"
        ]
    );
    assert_eq!(
        answers[1]["because"]["statements"],
        json!([{"source": "resource_policy", "sid": "Inside", "index": 1, "effect": "Deny"}])
    );
    assert_eq!(
        answers[2]["because"]["lacking"],
        json!([["boundary"], ["resource_policy"]])
    );
    let again = tool.run_with_input(&["policy", "simulate", "-"], &requests.to_string());
    again.expect_code(0);
    assert_eq!(again.stdout, outcome.stdout, "from the standard input");
}

#[test]
fn one_request_has_one_answer() {
    let tool = S3setup::without_credentials();
    let input = request(&json!({"identity_policies": [allow()]})).to_string();
    let outcome = tool.run_with_input(&["policy", "simulate", "-"], &input);
    outcome.expect_code(0);
    assert_eq!(
        outcome.json(),
        json!({"decision": "allow", "because": {
            "reason": "allowed by All of identity_policies[0]",
            "statements": [
                {"source": "identity_policies[0]", "sid": "All", "index": 0, "effect": "Allow"},
            ],
            "lacking": [],
            "missing": [],
            "warnings": [],
        }})
    );
}

#[test]
fn nothing_is_answered_when_one_request_or_one_policy_is_none() {
    let tool = S3setup::without_credentials();
    let good = request(&json!({"identity_policies": [allow()]}));
    let unknown = policy(&json!({"Effect": "Allow", "Actions": "s3:*"}));
    for (input, expected) in [
        (
            "nonsense".to_owned(),
            "requests.json is no request: not JSON",
        ),
        (
            json!([good, request(&json!({"principal": "ann"}))]).to_string(),
            "[1].principal",
        ),
        (
            json!([good, good, request(&json!({"session_policies": [unknown]}))]).to_string(),
            "[2].session_policies[0].Statement.Actions",
        ),
        (
            request(&json!({"boundry": allow()})).to_string(),
            "boundry: not a member of a request",
        ),
    ] {
        tool.file("requests.json", &input);
        let outcome = tool.run(SIMULATE);
        outcome.expect_code(1).expect_stderr(expected);
        assert_eq!(outcome.stdout, "", "{input}");
    }
    tool.run(&["policy", "simulate", "absent.json"])
        .expect_code(1)
        .expect_stderr("cannot read absent.json");
    tool.run_with_input(&["policy", "simulate", "-"], "")
        .expect_code(1)
        .expect_stderr("the standard input is no request");
}
