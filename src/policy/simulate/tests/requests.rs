//! Every form that a request may have.

use super::*;

#[test]
fn a_policy_may_be_an_object_a_list_of_one_or_a_text() {
    let text = allow().to_string();
    let encoded = text.replace('{', "%7B").replace('"', "%22");
    for policy in [
        json!([allow()]),
        json!(text),
        json!(encoded),
        json!(format!("[{text}]")),
    ] {
        assert_eq!(
            decision(&json!({"identity_policies": [policy]})),
            "allow",
            "{policy}"
        );
        let limited = json!({"identity_policies": [allow()], "boundary": policy});
        assert_eq!(decision(&limited), "allow", "{policy}");
    }
    for principal in [USER, "111122223333"] {
        let bare = json!({"resource_policy": to(&json!(principal)), "identity_policies": [allow()],
            "resource_account": "111122223333"});
        assert_eq!(decision(&bare), "allow", "an ARN alone");
    }
    let of_user = json!({"resource_policy": to(&json!(USER))});
    assert_eq!(decision(&of_user), "allow", "an ARN alone");
}

#[test]
fn context_values_are_texts_numbers_booleans_and_lists_of_them() {
    for (operator, written, value, expected) in [
        ("StringEquals", json!("a"), json!("a"), "allow"),
        ("StringEquals", json!("a"), json!(["a"]), "allow"),
        (
            "ForAnyValue:StringEquals",
            json!("b"),
            json!(["a", "b"]),
            "allow",
        ),
        (
            "StringEquals",
            json!("b"),
            json!(["a", "b"]),
            "implicit_deny",
        ),
        ("Bool", json!("true"), json!(true), "allow"),
        ("NumericEquals", json!("10"), json!(10.0), "allow"),
        ("NumericLessThan", json!(1.5), json!(1), "allow"),
        (
            "DateLessThan",
            json!("2027-01-01"),
            json!(1_700_000_000),
            "allow",
        ),
        ("Null", json!("true"), json!(null), "allow"),
        ("Null", json!("true"), json!([]), "allow"),
        ("Null", json!("true"), json!([null]), "allow"),
        ("Null", json!("true"), json!(""), "allow"),
    ] {
        let own = policy(&json!({
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"test:key": written}},
        }));
        let members = json!({"identity_policies": [own], "context": {"TEST:Key": value}});
        assert_eq!(decision(&members), expected, "{operator} {written} {value}");
    }
}

#[test]
fn what_differs_in_form_only_is_understood() {
    let plus = "{\"Version\": \"2012-10-17\",+\"Statement\": {\"Effect\": \"Allow\", \
        \"Action\": \"*\",+\"Resource\": \"*\"}}";
    let user = "arn:aws:iam::1234:user/x";
    let of_account = to(&json!({"AWS": "arn:aws:iam::1234:root"}));
    for (members, expected, reason) in [
        (
            json!({"identity_policies": allow(), "session_policies": allow()}),
            "allow",
            "one policy for a list of one",
        ),
        (
            json!({"identity_policies": [plus]}),
            "allow",
            "a plus for a blank",
        ),
        (
            json!({"identity_policies": [allow()], "resource_account": ""}),
            "allow",
            "an empty account is none",
        ),
        (
            json!({"identity_policies": [allow()], "name": "x", "_comment": "y", "expected": []}),
            "allow",
            "what is no member is let be",
        ),
        (
            json!({"identity_policies": [allow()], "action": "*"}),
            "allow",
            "every action",
        ),
        (
            json!({"resource_policy": to(&json!(["x", {"AWS": USER}]))}),
            "allow",
            "a list of principals",
        ),
        (
            json!({"identity_policies": [allow()], "principal": user}),
            "allow",
            "an account that AWS cannot have",
        ),
        (
            json!({"identity_policies": [allow()], "principal": "arn:aws:iam:::user/x"}),
            "allow",
            "an account without a text",
        ),
        (
            json!({"identity_policies": [allow()], "principal": user, "resource_account": "5"}),
            "implicit_deny",
            "another account, as text",
        ),
        (
            json!({"resource_policy": of_account, "identity_policies": [allow()],
                "principal": user, "resource_account": "5"}),
            "allow",
            "which the resource names",
        ),
        (
            json!({"identity_policies": [allow()], "action": "iam:GetPolicy",
                "resource": "arn:aws:iam::aws:policy/P"}),
            "allow",
            "what AWS has is everyone's",
        ),
        (
            json!({"identity_policies": [allow()], "action": "iam:GetRole",
                "resource": "arn:aws:iam::1234:role/r"}),
            "implicit_deny",
            "whose it is, by its ARN",
        ),
    ] {
        assert_eq!(decision(&members), expected, "{reason}");
    }
}

#[test]
fn the_resource_and_the_action_say_what_kind_of_policy_it_is() {
    let role = "arn:aws:iam::111122223333:role/r";
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let alias = "arn:aws:kms:eu-west-1:111122223333:alias/a";
    let other = "arn:aws:iam::444455556666:role/r";
    let account = to(&json!({"AWS": "111122223333"}));
    for (action, resource, policy, expected, reason) in [
        (
            "sts:AssumeRole",
            role,
            json!(null),
            "implicit_deny",
            "a trust is needed",
        ),
        (
            "sts:AssumeRole",
            role,
            account.clone(),
            "allow",
            "the trust leaves it to IAM",
        ),
        (
            "sts:AssumeRole",
            other,
            account.clone(),
            "allow",
            "both sides of two accounts",
        ),
        (
            "sts:AssumeRole",
            other,
            json!(null),
            "implicit_deny",
            "the ARN says whose it is",
        ),
        (
            "iam:GetRole",
            role,
            json!(null),
            "allow",
            "IAM does not ask the trust",
        ),
        (
            "kms:Decrypt",
            key,
            json!(null),
            "implicit_deny",
            "a key's policy is needed",
        ),
        (
            "KMS:decrypt",
            key,
            account,
            "allow",
            "the key leaves it to IAM",
        ),
        (
            "kms:CreateAlias",
            alias,
            json!(null),
            "allow",
            "an alias has no policy",
        ),
        (
            "kms:Encrypt",
            alias,
            json!(null),
            "implicit_deny",
            "the key behind it has",
        ),
        (
            "s3:GetObject",
            OBJECT,
            json!(null),
            "allow",
            "a bucket needs none",
        ),
    ] {
        let members = json!({
            "identity_policies": [allow()], "resource_policy": policy,
            "action": action, "resource": resource,
        });
        assert_eq!(
            decision(&members),
            expected,
            "{action} {resource}: {reason}"
        );
    }
}

#[test]
fn every_principal_is_understood() {
    let role = "arn:aws:iam::111122223333:role/p/r";
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.example.com";
    for (principal, named) in [
        (USER, json!({"AWS": USER})),
        (role, json!({"AWS": role})),
        (
            "arn:aws:sts::111122223333:assumed-role/r/s",
            json!({"AWS": role}),
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/r/s",
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}),
        ),
        (
            "arn:aws:sts::111122223333:federated-user/f",
            json!({"AWS": "arn:aws:sts::111122223333:federated-user/f"}),
        ),
        ("111122223333", json!({"AWS": "111122223333"})),
        (
            "arn:aws:iam::111122223333:root",
            json!({"AWS": "111122223333"}),
        ),
        ("ec2.amazonaws.com", json!({"Service": "ec2.amazonaws.com"})),
        (
            "ec2.amazonaws.com.cn",
            json!({"Service": "ec2.amazonaws.com.cn"}),
        ),
        (provider, json!({"Federated": provider})),
        (
            "accounts.google.com",
            json!({"Federated": "accounts.google.com"}),
        ),
        ("*", json!("*")),
    ] {
        let members = json!({"principal": principal, "resource_policy": to(&named),
            "action": "sts:TagSession", "resource": role});
        assert_eq!(decision(&members), "allow", "{principal}");
    }
}
