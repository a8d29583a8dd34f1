//! What is answered.

use super::*;

#[test]
fn an_answer_names_its_statements_by_their_place_as_written() {
    // Sorted, the statements have another order.
    let own = policy(&json!([
        {"Sid": "z", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"},
        {"Sid": "a", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    ]));
    let answer = one(&request(&json!({"identity_policies": [allow(), own]})));
    assert_eq!(
        answer,
        json!({"decision": "allow", "because": {
            "reason": "allowed by Statement[0] of identity_policies[0], a of identity_policies[1]",
            "statements": [
                {"source": "identity_policies[0]", "sid": null, "index": 0, "effect": "Allow"},
                {"source": "identity_policies[1]", "sid": "a", "index": 2, "effect": "Allow"},
            ],
            "lacking": [],
            "missing": [],
            "warnings": [],
        }})
    );
    let put = json!({"identity_policies": [own], "action": "s3:PutObject"});
    let answer = one(&request(&put));
    assert_eq!(answer["decision"], "explicit_deny");
    assert_eq!(answer["because"]["statements"][0]["index"], 0);
}

#[test]
fn an_implicit_denial_says_what_is_lacking_and_what_is_missing() {
    let own = policy(&json!({
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"Bool": {"aws:securetransport": "true"}},
    }));
    let answer = one(&request(&json!({
        "identity_policies": [own], "boundary": policy(&json!([])),
    })));
    assert_eq!(
        answer,
        json!({"decision": "implicit_deny", "because": {
            "reason": "nothing allows it; it takes identity_policies and boundary, \
                or resource_policy",
            "statements": [],
            "lacking": [["identity_policies", "boundary"], ["resource_policy"]],
            "missing": ["aws:SecureTransport"],
            "warnings": ["boundary: the policy has no statement"],
        }})
    );
}

#[test]
fn every_policy_has_its_say() {
    let (yes, no) = (allow(), policy(&json!([])));
    let everyone = to(&json!("*"));
    for (members, expected, reason) in [
        (json!({}), "implicit_deny", "no policy at all"),
        (
            json!({"identity_policies": [no, yes]}),
            "allow",
            "one of several",
        ),
        (
            json!({"resource_policy": everyone}),
            "allow",
            "the resource's alone",
        ),
        (
            json!({"identity_policies": [yes], "boundary": no}),
            "implicit_deny",
            "within its boundary",
        ),
        (
            json!({"identity_policies": [yes], "session_policies": [no]}),
            "implicit_deny",
            "within its session",
        ),
        (
            json!({"identity_policies": [yes], "session_policies": [no, yes]}),
            "allow",
            "what one of them allows",
        ),
        (
            json!({"identity_policies": [yes], "session_policies": []}),
            "allow",
            "a session without policies",
        ),
        (
            json!({"resource_policy": everyone, "resource_account": "444455556666"}),
            "implicit_deny",
            "another account's bucket",
        ),
        (
            json!({"identity_policies": [yes], "resource_policy": null, "boundary": null,
                "session_policies": null, "resource_account": null, "context": null}),
            "allow",
            "null is not there",
        ),
    ] {
        assert_eq!(decision(&members), expected, "{reason}");
    }
}

#[test]
fn a_list_is_answered_in_order() {
    let text = json!([
        request(&json!({})),
        request(&json!({"identity_policies": [allow()]}))
    ]);
    let Questions::Many(questions) = Questions::parse(&text.to_string()).unwrap() else {
        panic!("a list has a list of answers");
    };
    let decisions: Vec<_> = questions
        .iter()
        .map(|question| question.answer().decision)
        .collect();
    assert_eq!(decisions, [Decision::ImplicitDeny, Decision::Allow]);
    assert!(matches!(Questions::parse("[]"), Ok(Questions::Many(none)) if none.is_empty()));
}

#[test]
fn what_aws_would_refuse_is_answered_with_a_warning() {
    let denying = |condition: Value| {
        policy(&json!([
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition},
        ]))
    };
    let operator = denying(json!({"StringMatches": {"aws:username": "ann"}}));
    let known = denying(json!({"StringEquals": {"aws:username": "bob"}}));
    let mut version = allow();
    version["Version"] = json!("2012-10-18");
    let small = policy(&json!({"Effect": "allow", "Action": "*", "Resource": "*"}));
    let bucket = json!({"Effect": "Allow", "Principal": {"AWS": USER},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"});
    for (members, place, reason) in [
        (json!({"identity_policies": [known]}), None, "nothing"),
        (
            json!({"identity_policies": [allow(), operator]}),
            Some("identity_policies[1].Statement[1].Condition.StringMatches: "),
            "an operator",
        ),
        (
            json!({"identity_policies": [version]}),
            Some("identity_policies[0].Version: "),
            "a version",
        ),
        (
            json!({"identity_policies": [to(&json!({"AWS": USER}))]}),
            Some("identity_policies[0].Statement[0].Principal: "),
            "a principal in an identity policy",
        ),
        (
            json!({"identity_policies": [small]}),
            Some("identity_policies[0].Statement[0].Effect: "),
            "an effect in small letters",
        ),
        (
            json!({"resource_policy": policy(&bucket)}),
            None,
            "a bucket's",
        ),
        (
            json!({"resource_policy": to(&json!(USER)), "session_policies": allow()}),
            Some("resource_policy.Statement[0].Principal: "),
            "a bare ARN",
        ),
    ] {
        let answer = one(&request(&members));
        let warnings = answer["because"]["warnings"].as_array().unwrap();
        let first = warnings.first().and_then(Value::as_str);
        assert_eq!(first.is_some(), place.is_some(), "{reason}: {first:?}");
        assert!(
            first
                .unwrap_or_default()
                .starts_with(place.unwrap_or_default()),
            "{first:?}"
        );
    }
}
