//! Reading conditions, and what follows from what.

use super::*;

fn read(text: &str) -> Expression {
    Expression::read(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[test]
fn what_is_written_in_several_ways_is_read_as_one() {
    for (text, expected) in [
        ("assertion.a == 'x'", "assertion.a == 'x'"),
        ("'x' == assertion['a']", "assertion.a == 'x'"),
        ("assertion.a in [\"x\", 'y']", "assertion.a in ['x', 'y']"),
        ("assertion.a != 'x'", "!(assertion.a == 'x')"),
        ("!!(assertion.a == 'x')", "assertion.a == 'x'"),
        ("'x' in assertion.groups", "'x' in assertion.groups"),
        (
            "a == 'x' && (b == 'y' || c.startsWith('z')) && true",
            "a == 'x' && (b == 'y' || c.startsWith('z'))",
        ),
        (
            "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"a/\")",
            "storage.googleapis.com/objectListPrefix.startsWith('a/')",
        ),
        (
            "request.time < timestamp('2027-01-01T00:00:00Z')",
            "request.time < timestamp(\"2027-01-01T00:00:00Z\")",
        ),
        ("a.matches(r'^\\d$')", "a.matches('^\\d$')"),
        ("assertion.n == 7", "assertion.n == 7"),
        (
            "has(assertion.x) ? a == 'b' : false",
            "has(assertion.x) ? a == 'b' : false",
        ),
        ("a == 'b' // as agreed", "a == 'b'"),
        ("false || a == 'b'", "a == 'b'"),
    ] {
        assert_eq!(read(text).to_string(), expected, "{text}");
    }
}

#[test]
fn what_no_expression_reads_is_told() {
    for (text, said) in [
        ("a == 'b", "no end"),
        ("(a == 'b'", ") is missing at the end"),
        ("a == ", "ends too early"),
        ("a = 'b'", "= is not expected"),
        ("a == 'b' and c == 'd'", "and is not expected"),
        ("a.'b'", "a name is missing"),
        ("a @ b", "no sign"),
        ("", "ends too early"),
        (&"(".repeat(100), "too deeply"),
        (&"!".repeat(100), "too deeply"),
    ] {
        let fault = Expression::read(text).unwrap_err();
        assert!(fault.contains(said), "{text}: {fault}");
    }
}

#[test]
fn what_is_known_is_settled() {
    let text = "resource.name.startsWith('b/a/') || p.startsWith('a/') && t < now()";
    let expression = read(text);
    let of = |name: &'static str, prefix: Option<&'static str>| {
        expression.settled(&move |key: &str| match key {
            "resource.name" => Some(name),
            "p" => prefix,
            _ => None,
        })
    };
    assert_eq!(of("b/a/x", None), Expression::Known(true));
    assert_eq!(of("b/c", Some("b/")), Expression::Known(false));
    assert_eq!(of("b/c", Some("a/b")).to_string(), "t < now()");
    assert_eq!(
        of("b/c", None).to_string(),
        "p.startsWith('a/') && t < now()"
    );
}

#[test]
fn one_condition_follows_from_another_only_where_that_is_certain() {
    let table = [
        ("a == 'x' && b == 'y'", "a == 'x'", true),
        ("a == 'x'", "a == 'x' && b == 'y'", false),
        ("a == 'x'", "a in ['x', 'y']", true),
        ("a in ['x', 'y']", "a == 'x'", false),
        ("a == 'xy'", "a.startsWith('x')", true),
        ("a.startsWith('xy')", "a.startsWith('x')", true),
        ("a.startsWith('x')", "a.startsWith('xy')", false),
        ("a.endsWith('xy')", "a.contains('y')", true),
        ("a == 'x' || a == 'y'", "a in ['x', 'y']", true),
        ("a == 'x'", "a == 'x' || n > 7", true),
        ("a == 'x'", "a != 'y'", true),
        ("a == 'x'", "a != 'x'", false),
        ("a != 'x'", "a != 'x'", true),
        ("n > 7", "n > 6", false),
        ("false", "a == 'x'", true),
        ("a == 'x'", "true", true),
    ];
    for (one, other, follows) in table {
        assert_eq!(read(one).implies(&read(other)), follows, "{one} ⇒ {other}");
    }
}
