//! Which absent keys could make another answer.

use super::*;

#[test]
fn a_key_is_missing_only_where_it_could_change_the_answer() {
    let tls = |effect: &str| json!({"Effect": effect, "Condition": {"Bool": {"AWS:securetransport": "false"}}});
    let key = "aws:SecureTransport";
    for (statements, answer, missing, reason) in [
        (
            vec![tls("Allow")],
            Answer::DeniedImplicitly,
            Some(key),
            "it could allow",
        ),
        (
            vec![tls("Deny"), json!({"Effect": "Allow"})],
            Answer::Allowed,
            Some(key),
            "it could deny",
        ),
        (
            vec![tls("Allow"), json!({"Effect": "Allow"})],
            Answer::Allowed,
            None,
            "it is allowed already",
        ),
        (
            vec![tls("Allow"), json!({"Effect": "Deny"})],
            Answer::DeniedExplicitly,
            None,
            "and denied",
        ),
        (
            vec![json!({"Effect": "Allow", "Condition": {"BoolIfExists": {key: "true"}}})],
            Answer::Allowed,
            Some(key),
            "allowed because it is absent",
        ),
        (
            vec![json!({"Effect": "Deny", "Condition": {"StringNotEquals": {key: "true"}}})],
            Answer::DeniedExplicitly,
            Some(key),
            "denied because it is absent",
        ),
        (
            vec![
                json!({"Effect": "Deny", "Condition": {"StringNotEquals": {key: "true"}}}),
                json!({"Effect": "Deny"}),
            ],
            Answer::DeniedExplicitly,
            None,
            "another statement denies whatever it is",
        ),
        (
            vec![json!({"Effect": "Allow", "Condition": {
                "Bool": {key: "true"}, "StringEquals": {"aws:username": "bob"},
            }})],
            Answer::DeniedImplicitly,
            None,
            "another condition fails whatever it is",
        ),
        (
            vec![json!({"Effect": "Allow", "Resource": "arn:aws:s3:::b/${aws:SecureTransport}/*"})],
            Answer::DeniedImplicitly,
            Some(key),
            "a variable of a resource",
        ),
        (
            vec![json!({"Effect": "Allow", "Condition": {
                "StringLike": {"aws:username": ["${aws:SecureTransport}", "a*"]},
            }})],
            Answer::Allowed,
            None,
            "another value suffices",
        ),
        (
            vec![
                json!({"Effect": "Allow", "Action": "s3:Put*", "Condition": {"Bool": {key: "true"}}}),
            ],
            Answer::DeniedImplicitly,
            None,
            "the statement is about something else",
        ),
    ] {
        let decision = by_own(&get(user()), &document(&statements));
        assert_eq!(decision.answer, answer, "{reason}");
        let named: Vec<&str> = decision.missing.iter().map(String::as_str).collect();
        assert_eq!(named, missing.into_iter().collect::<Vec<_>>(), "{reason}");
    }
}

#[test]
fn what_a_caller_never_has_is_not_missing_and_what_is_guessed_is() {
    let named = "arn:aws:iam::111122223333:role/p/r";
    let pathless = || Caller::parse(SESSION).unwrap();
    for (caller, operator, key, value, missing, reason) in [
        (
            Caller::Anonymous,
            "StringEquals",
            "aws:PrincipalOrgID",
            "o-1",
            false,
            "anybody is of no organization",
        ),
        (
            Caller::Anonymous,
            "StringEquals",
            "aws:PrincipalTag/t",
            "a",
            false,
            "and has no tags",
        ),
        (
            Caller::Anonymous,
            "StringEquals",
            "aws:SourceVpc",
            "v",
            true,
            "but comes from somewhere",
        ),
        (
            user(),
            "StringEquals",
            "aws:PrincipalOrgID",
            "o-1",
            true,
            "a user may be of one",
        ),
        (
            pathless(),
            "ArnLike",
            "aws:PrincipalArn",
            named,
            true,
            "a session's role may have a path",
        ),
        (
            session(),
            "ArnLike",
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:role/r",
            false,
            "this one's is known",
        ),
    ] {
        let policy = document(&[json!({
            "Effect": "Allow", "Principal": "*", "Condition": {operator: {key: value}},
        })]);
        let decision = by_resource(&get(caller), &policy);
        assert_eq!(decision.answer, Answer::DeniedImplicitly, "{reason}");
        assert_eq!(decision.missing.contains(key), missing, "{reason}");
    }
}
