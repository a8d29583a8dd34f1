//! What filling promises.

use std::collections::BTreeMap;

use super::super::{Kind, MAX_TEXT, Node, Problem, Problems, Source, parse};
use super::{fill, names, rewrite};

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn filled(text: &str, pairs: &[(&str, &str)]) -> (Node, Vec<Problem>) {
    let mut node = parse(&Source::new("m.yaml", text)).unwrap();
    let mut problems = Vec::new();
    fill(&mut node, &values(pairs), &mut problems);
    (node, problems)
}

/// The text of the field `a` and whether it is quoted, after filling.
#[track_caller]
fn field(value: &str, pairs: &[(&str, &str)]) -> (String, bool) {
    let (node, problems) = filled(&format!("a: {value}\n"), pairs);
    assert_eq!(problems, [], "{value}");
    match node.get("a").map(|node| node.kind.clone()) {
        Some(Kind::Scalar { text, quoted }) => (text, quoted),
        other => panic!("{value}: {other:?}"),
    }
}

/// Each problem as `line:column path | message | fix`.
fn said(text: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let (_, problems) = filled(text, pairs);
    let json = Problems::of(&Source::new("m.yaml", text), problems).to_json();
    let part =
        |entry: &serde_json::Value, name: &str| entry[name].as_str().unwrap_or("-").to_owned();
    let line = |entry: &serde_json::Value| {
        let (path, message, fix) = (
            part(entry, "path"),
            part(entry, "message"),
            part(entry, "fix"),
        );
        format!(
            "{}:{} {path} | {message} | {fix}",
            entry["line"], entry["column"]
        )
    };
    json.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn names_become_their_values() {
    let pairs = [("org", "neon"), ("n-1", "é")];
    for (written, text) in [
        ("${org}", "neon"),
        ("x${org}y${n-1}", "xneonyé"),
        ("arn:aws:s3:::${org}-logs/*", "arn:aws:s3:::neon-logs/*"),
        ("\"${org}\"", "neon"),
        ("${org}${org}", "neonneon"),
        ("$ {org} $org $$ {x} $", "$ {org} $org $$ {x} $"),
        ("é${org}é", "éneoné"),
    ] {
        assert_eq!(field(written, &pairs).0, text, "{written}");
    }
}

#[test]
fn a_whole_scalar_counts_as_unquoted_and_a_put_together_one_is_text() {
    let pairs = [("days", "30"), ("none", "null"), ("empty", "")];
    for (written, text, quoted) in [
        ("${days}", "30", false),
        ("\"${days}\"", "30", false),
        ("1${days}", "130", true),
        ("${days}${empty}", "30", true),
        ("${none}", "null", false),
        ("${empty}", "", false),
        ("30", "30", false),
    ] {
        assert_eq!(
            field(written, &pairs),
            (text.to_owned(), quoted),
            "{written}"
        );
    }
}

#[test]
fn a_dollar_more_is_a_literal() {
    let pairs = [("a", "1")];
    for (written, text) in [
        ("$${a}", "${a}"),
        ("$$${a}", "$${a}"),
        ("x$${a}${a}", "x${a}1"),
        ("$${", "${"),
        ("$${aws:username}", "${aws:username}"),
    ] {
        assert_eq!(field(written, &pairs).0, text, "{written}");
    }
}

#[test]
fn policy_variables_stay() {
    for variable in [
        "${aws:username}",
        "${s3:prefix}",
        "${*}",
        "${?}",
        "${$}",
        "${aws:PrincipalTag/team, 'none'}",
        "${graph.facebook.com:id}",
    ] {
        let text = format!("home/{variable}/${{a}}");
        assert_eq!(
            field(&format!("'{}'", text.replace('\'', "''")), &[("a", "x")]).0,
            format!("home/{variable}/x")
        );
    }
}

#[test]
fn expressions_of_github_stay_and_inputs_in_them_are_filled() {
    let pairs = [("a", "x"), ("secrets", "no")];
    for (written, text) in [
        ("${{ secrets.TOKEN }}", "${{ secrets.TOKEN }}"),
        ("${{secrets}}", "${{secrets}}"),
        ("${{ secrets.${a} }}/${a}", "${{ secrets.x }}/x"),
        ("${{ format('{0}', a) }}", "${{ format('{0}', a) }}"),
        ("${{", "${{"),
        ("$${{ a }}", "${{ a }}"),
    ] {
        let quoted = format!("'{}'", written.replace('\'', "''"));
        assert_eq!(field(&quoted, &pairs).0, text, "{written}");
    }
}

#[test]
fn a_value_adds_no_yaml_and_is_not_filled_again() {
    for value in [
        "x\nb: 1", "{b: 1}", "[1]", "# c", "${b}", "*a", "'", "$${b}",
    ] {
        let (node, problems) = filled("a: ${v}\nb: ${v}\n", &[("v", value), ("b", "no")]);
        assert_eq!(problems, []);
        assert_eq!(node.entries().map(<[_]>::len), Some(2));
        assert_eq!(node.get("b").and_then(Node::text), Some(value));
    }
}

#[test]
fn keys_and_lists_are_filled_too() {
    let (node, problems) = filled(
        "${x}-logs:\n  - ${x}\n  - {k: ${y}z}\n"
            .replace("${y}z}", "\"${y}z\"}")
            .as_str(),
        &[("x", "1"), ("y", "2")],
    );
    assert_eq!(problems, []);
    let items = node.get("1-logs").and_then(Node::items).unwrap();
    assert_eq!(items[0].text(), Some("1"));
    assert_eq!(items[1].get("k").and_then(Node::text), Some("2z"));
}

#[test]
fn what_is_wrong_is_shown_at_its_place() {
    let pairs = [("branch", "b"), ("org", "o")];
    for (text, problem) in [
        (
            "a: x${brnach}\n",
            "1:5 a | there is no input `brnach` | did you mean `${branch}`?",
        ),
        (
            "a: \"x${region}\"\n",
            "1:6 a | there is no input `region` | the inputs are `branch`, `org`; a literal `${` is written `$${`",
        ),
        (
            "a: [1, \"${org\"]\n",
            "1:9 a[1] | this `${` is not closed | write `${name}`; a literal `${` is written `$${`",
        ),
        (
            "a: x ${org ${org}\n",
            "1:6 a | this `${` is not closed | write `${name}`; a literal `${` is written `$${`",
        ),
        (
            "a: ${aws:user\n",
            "1:4 a | this `${` is not closed | write `${name}`; a literal `${` is written `$${`",
        ),
        (
            "a: ${ org }\n",
            "1:4 a | ` org ` is no name of an input | write `${org}`",
        ),
        (
            "a: ${}\n",
            "1:4 a | `` is no name of an input | a name has letters, digits, `_` and `-`; a literal `${` is written `$${`",
        ),
        (
            "a: ${org.name}\n",
            "1:4 a | `org.name` is no name of an input | a name has letters, digits, `_` and `-`; a literal `${` is written `$${`",
        ),
        (
            "a:\n  ${zzz}: 1\n",
            "2:3 a.\"${zzz}\" | there is no input `zzz` | the inputs are `branch`, `org`; a literal `${` is written `$${`",
        ),
        (
            "o: 1\n${org}: 2\n",
            "2:1 - | two keys of this map become `o` when the inputs are filled in | give the inputs different values",
        ),
    ] {
        assert_eq!(
            said(text, &pairs),
            [problem.replace(" - |", "  |")],
            "{text}"
        );
    }
    assert_eq!(
        said("a: ${x}\n", &[]),
        ["1:4 a | there is no input `x` | there are no inputs; a literal `${` is written `$${`"]
    );
    assert_eq!(
        said("${org}: 1\n", &[("org", "")]),
        ["1:1 \"${org}\" | the key `${org}` becomes empty | give the input a value"]
    );
}

#[test]
fn the_tree_cannot_grow_without_end() {
    let text: String = (0..1000)
        .map(|line| format!("a{line}: ${{v}}${{v}}\n"))
        .collect();
    let (node, problems) = filled(&text, &[("v", &"x".repeat(100_000))]);
    assert_eq!(problems.len(), 1, "said once");
    let size: usize = node
        .entries()
        .unwrap()
        .iter()
        .filter_map(|(_, value)| value.text())
        .map(str::len)
        .sum();
    assert!(size <= MAX_TEXT + text.len(), "{size}");
}

#[test]
fn the_names_are_those_that_filling_asks_for() {
    let text = "a: ${x}${y}\n${k}: [$${no}, '${aws:username}', {b: x}]\nc: ${x} ${*} ${bad name}\nd: '${{ no }}'\n";
    let node = parse(&Source::new("m", text.replace("[$${no}", "['$${no}'"))).unwrap();
    assert_eq!(
        names(&node).into_iter().collect::<Vec<_>>(),
        ["k", "x", "y"]
    );
}

#[test]
fn rewriting_touches_the_given_names_only() {
    let given = values(&[("a", "1"), ("b", "${account}-$${x}")]);
    for (text, written) in [
        ("${a}", "1"),
        ("x${b}y${c}", "x${account}-$${x}y${c}"),
        (
            "$${a} ${aws:a} ${{ a }} ${{ ${a} }} ${ a",
            "$${a} ${aws:a} ${{ a }} ${{ 1 }} ${ a",
        ),
        ("", ""),
    ] {
        assert_eq!(rewrite(text, &given), written);
    }
}
