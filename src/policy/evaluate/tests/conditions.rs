//! Absent keys, set operators, and several conditions at once.

use super::*;

fn allowed(condition: &Value, context: Context) -> bool {
    let own = document(&[json!({"Effect": "Allow", "Condition": condition})]);
    let request = Request {
        context,
        ..get(user())
    };
    by_own(&request, &own).answer == Answer::Allowed
}

#[test]
fn a_test_of_an_absent_key_is_false_unless_it_is_negated_or_says_if_exists() {
    for (operator, written, expected) in [
        ("StringEquals", "a", false),
        ("StringLike", "*", false),
        ("StringNotEquals", "a", true),
        ("StringNotEqualsIgnoreCase", "a", true),
        ("StringNotLike", "*", true),
        ("NumericEquals", "1", false),
        ("NumericNotEquals", "1", true),
        ("NumericLessThan", "1", false),
        ("DateNotEquals", "2027-01-01", true),
        ("DateGreaterThan", "2027-01-01", false),
        ("Bool", "false", false),
        ("BinaryEquals", "AA==", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "0.0.0.0/0", true),
        ("ArnLike", "arn:*:*:*:*:*", false),
        ("ArnNotLike", "arn:*:*:*:*:*", true),
        ("ArnNotEquals", "arn:*:*:*:*:*", true),
        ("StringEqualsIfExists", "a", true),
        ("StringNotEqualsIfExists", "a", true),
        ("BoolIfExists", "true", true),
        ("IpAddressIfExists", "192.0.2.1", true),
        ("ForAllValues:StringEquals", "a", true),
        ("ForAllValues:StringNotEquals", "a", true),
        ("ForAnyValue:StringEquals", "a", false),
        ("ForAnyValue:StringNotEquals", "a", false),
        ("ForAnyValue:StringEqualsIfExists", "a", true),
        ("Null", "true", true),
        ("Null", "True", true),
        ("Null", "false", false),
    ] {
        let condition = json!({operator: {"test:key": written}});
        assert_eq!(allowed(&condition, Context::new()), expected, "{operator}");
        let empty = Context::new().with_all("test:key", []);
        assert_eq!(
            allowed(&condition, empty),
            expected,
            "{operator}: no values are no key"
        );
    }
}

#[test]
fn if_exists_tests_a_key_that_does() {
    for (operator, written, expected) in [
        ("StringEqualsIfExists", "a", true),
        ("StringEqualsIfExists", "b", false),
        ("StringNotEqualsIfExists", "a", false),
        ("Null", "false", true),
        ("Null", "true", false),
    ] {
        let condition = json!({operator: {"test:key": written}});
        let context = Context::new().with("test:key", "a");
        assert_eq!(
            allowed(&condition, context),
            expected,
            "{operator} {written}"
        );
    }
}

/// "Condition operators", Null and `ForAllValues`: an empty text is a null value, and the pair is
/// how AWS writes "at least one, and only these".
#[test]
fn an_empty_value_is_null() {
    let only = json!({
        "ForAllValues:StringEquals": {"test:key": ["x", "y"]}, "Null": {"test:key": "false"},
    });
    for (values, is_null) in [
        (vec![""], true),
        (vec!["", ""], true),
        (vec!["x"], false),
        (vec!["x", "y"], false),
    ] {
        let context =
            || Context::new().with_all("test:key", values.iter().copied().map(str::to_owned));
        assert_eq!(allowed(&only, context()), !is_null, "{values:?}");
        let null = json!({"Null": {"test:key": "true"}});
        assert_eq!(allowed(&null, context()), is_null, "{values:?}");
        let empty = json!({"ForAnyValue:StringEquals": {"test:key": ""}});
        assert_eq!(
            allowed(&empty, context()),
            is_null,
            "an empty text is still equal to one"
        );
    }
}

#[test]
fn set_operators_ask_all_or_any_of_the_values() {
    for (operator, actual, expected, reason) in [
        (
            "ForAllValues:StringEquals",
            "x",
            true,
            "one of those written",
        ),
        ("ForAllValues:StringEquals", "x y", true, "all are"),
        ("ForAllValues:StringEquals", "x z", false, "one is not"),
        (
            "ForAllValues:StringEquals",
            "",
            true,
            "an empty text is a null set",
        ),
        ("ForAnyValue:StringEquals", "x z", true, "one is"),
        ("ForAnyValue:StringEquals", "z", false, "none is"),
        ("ForAllValues:StringNotEquals", "z q", true, "none is"),
        ("ForAllValues:StringNotEquals", "x z", false, "one is"),
        ("ForAnyValue:StringNotEquals", "x z", true, "one is not"),
        ("ForAnyValue:StringNotEquals", "x y", false, "all are"),
        ("StringEquals", "x", true, "one value needs no set operator"),
        ("StringEquals", "x y", false, "several do"),
        ("StringNotEquals", "z q", false, "several do"),
    ] {
        let condition = json!({operator: {"test:key": ["x", "y"]}});
        let values = actual.split(' ').map(str::to_owned);
        let context = Context::new().with_all("test:key", values);
        assert_eq!(
            allowed(&condition, context),
            expected,
            "{operator} on {actual:?}: {reason}"
        );
    }
}

#[test]
fn all_operators_and_keys_have_to_hold() {
    let condition = json!({
        "StringEquals": {"test:a": ["1", "2"], "test:b": "1"},
        "Bool": {"aws:SecureTransport": "true"},
    });
    let all = || {
        Context::new()
            .with("TEST:A", "2")
            .with("test:b", "1")
            .with("aws:securetransport", "true")
    };
    assert!(allowed(&condition, all()));
    assert!(!allowed(&condition, all().with("test:a", "3")));
    assert!(!allowed(&condition, all().with("test:b", "2")));
    assert!(!allowed(
        &condition,
        all().with("aws:SecureTransport", "false")
    ));
}

#[test]
fn the_context_knows_the_caller() {
    let root = || Caller::parse(ACCOUNT).unwrap();
    let service = || Caller::Service("logging.s3.amazonaws.com".to_owned());
    for (caller, key, value, reason) in [
        (user(), "aws:username", "ann", "without its path"),
        (user(), "aws:PrincipalArn", USER, "the user"),
        (user(), "aws:PrincipalType", "User", "the kind"),
        (user(), "aws:PrincipalAccount", ACCOUNT, "the account"),
        (user(), "aws:ResourceAccount", ACCOUNT, "the resource's"),
        (
            session(),
            "aws:PrincipalArn",
            ROLE,
            "the role, not the session",
        ),
        (session(), "aws:PrincipalType", "AssumedRole", "the kind"),
        (
            root(),
            "aws:PrincipalArn",
            "arn:aws:iam::111122223333:root",
            "the root",
        ),
        (service(), "aws:PrincipalIsAWSService", "true", "a service"),
        (
            session(),
            "aws:PrincipalIsAWSService",
            "false",
            "no service",
        ),
        (
            Caller::Anonymous,
            "aws:PrincipalType",
            "Anonymous",
            "the kind",
        ),
        (
            Caller::Anonymous,
            "aws:PrincipalAccount",
            "anonymous",
            "instead of an account",
        ),
    ] {
        let resource = document(&[json!({
            "Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {key: value}},
        })]);
        assert_eq!(
            by_resource(&get(caller), &resource).answer,
            Answer::Allowed,
            "{key}: {reason}"
        );
    }
    let absent = |caller, key: &str| {
        let condition = json!({"Null": {key: "true"}});
        let resource =
            document(&[json!({"Effect": "Allow", "Principal": "*", "Condition": condition})]);
        by_resource(&get(caller), &resource).answer == Answer::Allowed
    };
    assert!(absent(session(), "aws:username"));
    assert!(absent(Caller::Anonymous, "aws:PrincipalArn"));
    let given = Context::new().with("aws:PrincipalArn", "arn:aws:iam::111122223333:user/x");
    let condition = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/x"}});
    assert!(allowed(&condition, given), "what is given goes first");
}
