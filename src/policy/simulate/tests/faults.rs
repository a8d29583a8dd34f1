//! What is no request.

use super::*;

#[test]
fn a_fault_says_in_which_request_and_which_member() {
    let bad = policy(&json!([{"Effect": "Allow"}, {"Effect": "Perhaps"}]));
    for (members, path, message) in [
        (json!({"boundry": null}), "boundry", "write boundary"),
        (
            json!({"permissions_boundary": null}),
            "permissions_boundary",
            "not a member",
        ),
        (
            json!({"identityPolicies": []}),
            "identityPolicies",
            "write identity_policies",
        ),
        (json!({"principal": null}), "", "no principal"),
        (json!({"principal": "ann"}), "principal", "no principal"),
        (
            json!({"principal": 111_122_223_333_u64}),
            "principal",
            "a number",
        ),
        (json!({"action": "GetObject"}), "action", "service:Name"),
        (json!({"action": "s3: GetObject"}), "action", "service:Name"),
        (json!({"action": ["s3:GetObject"]}), "action", "a list"),
        (json!({"resource": {}}), "resource", "an object"),
        (
            json!({"resource_account": 1}),
            "resource_account",
            "a number",
        ),
        (json!({"context": []}), "context", "a list"),
        (json!({"context": {"a": {}}}), "context.a", "an object"),
        (json!({"context": {"a": [["x"]]}}), "context.a[0]", "a list"),
        (
            json!({"context": {"aws:a": "1", "AWS:A": "1"}}),
            "context.aws:a",
            "twice",
        ),
        (
            json!({"identity_policies": true}),
            "identity_policies",
            "a list of policies",
        ),
        (
            json!({"identity_policies": [null]}),
            "identity_policies[0]",
            "null",
        ),
        (json!({"boundary": "nonsense"}), "boundary", "not JSON"),
        (json!({"boundary": ""}), "boundary", "empty"),
        (json!({"boundary": []}), "boundary", "a list of 0"),
        (
            json!({"boundary": [allow(), allow()]}),
            "boundary",
            "a list of 2",
        ),
        (
            json!({"resource_policy": to(&json!([42]))}),
            "resource_policy.Statement.Principal",
            "an object",
        ),
        (
            json!({"session_policies": [allow(), bad]}),
            "session_policies[1].Statement[1].Effect",
            "Perhaps",
        ),
    ] {
        let wrong = request(&members);
        let fault = Questions::parse(&wrong.to_string()).unwrap_err();
        assert_eq!(fault.path, path, "{fault}");
        assert!(fault.message.contains(message), "{fault}");
        let second = json!([request(&json!({})), wrong]);
        let fault = Questions::parse(&second.to_string()).unwrap_err();
        let path = format!("[1].{path}");
        assert_eq!(fault.path, path.trim_end_matches('.'), "in a list");
    }
}

#[test]
fn a_text_that_is_no_request_is_a_fault() {
    let twice = r#"{"principal":"*","principal":"*"}"#;
    let inside = r#"{"principal":"*","action":"s3:GetObject","resource":"*",
        "boundary":{"Statement":[],"Statement":[]}}"#;
    for (text, expected) in [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("1", "a number where a request"),
        ("[[]]", "[0]: a list where a request"),
        ("{}", "no principal"),
        (twice, "twice"),
        (inside, "boundary: the key \"Statement\" is written twice"),
    ] {
        let fault = Questions::parse(text).unwrap_err().to_string();
        assert!(fault.contains(expected), "{text}: {fault}");
    }
    for text in ["[".repeat(1_000_000), "{\"context\":".repeat(100_000)] {
        assert!(Questions::parse(&text).is_err());
    }
}
