//! What `own` promises.

use super::{Origin, inputs, own};
use crate::manifest::load;
use crate::resource::Scope;
use crate::vendors;
use crate::yaml::{Source, fill, parse};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn origin<'a>(name: &'a str, others: &'a [&'a str]) -> Origin<'a> {
    Origin {
        name,
        others,
        schema: false,
    }
}

fn scope() -> Scope {
    Scope {
        account: "012345678901".to_owned(),
        partition: "aws".to_owned(),
        region: "eu-west-3".to_owned(),
        project: Some("acme-backups".to_owned()),
    }
}

/// The text of `m.yaml` with these inputs, below the line that says where it is from.
#[track_caller]
fn written(text: &str, given: &[(&str, &str)]) -> String {
    let source = Source::new("built-in", text);
    let own = own(&source, &values(given), "m.yaml", origin("m", &["other"])).unwrap();
    own.text
}

const NOTE: &str = concat!(
    "# Written by `s3setup init m`, version ",
    env!("CARGO_PKG_VERSION"),
    ".\n"
);

#[test]
fn values_stand_where_the_inputs_stood_and_the_rest_is_untouched() {
    let text = "\
# yaml-language-server: $schema=s3setup.schema.json
#
# What it is. Where one needs more: other.yaml (or another.yaml).
#
# Follows https://example.com (checked 2026-11-22).
#
#   s3setup apply manifests/m.yaml --set repository=OWNER/NAME
#   s3setup plan manifests/m.yaml --set repository=OWNER/NAME --set later=VALUE

name: m

inputs:
  repository:
    description: One.
    example: acme/backups
  bucket:
    description: Two.
    default: b-${account}
  later:
    description: Three, for the second step.
    default: none

bucket:
  name: ${bucket} # comment

roles:
  ${bucket}: # a key
    trust: {arn: '${later}', repository: \"${repository}\",   days: [\"${bucket}\", '${aws:x}']}

outputs:
  text: |
    on: ${repository}
      # ${bucket} $${kept} ${{ secrets.X }}
  quotes: |- # kept

    \"${bucket}\": 'b'
  folded: >-
    a ${bucket}
    b
";
    let own = "\
# What it is. Where one needs more: `s3setup init other` (or another.yaml).
#
# Follows https://example.com (checked 2026-11-22).
NOTE#
#   s3setup apply m.yaml
#   s3setup plan m.yaml --set later=VALUE

name: m

inputs:
  later:
    description: Three, for the second step.
    default: none

bucket:
  name: b-${account} # comment

roles:
  b-${account}: # a key
    trust: {arn: '${later}', repository: octo/x,   days: [\"b-${account}\", '${aws:x}']}

outputs:
  text: |
    on: octo/x
      # b-${account} $${kept} ${{ secrets.X }}
  quotes: |- # kept

    \"b-${account}\": 'b'
  folded: >-
    a b-${account}
    b
";
    assert_eq!(
        written(text, &[("repository", "octo/x")]),
        own.replace("NOTE", NOTE)
    );
    let all = written(text, &[("repository", "octo/x"), ("later", "1")]);
    assert!(!all.contains("inputs:") && !all.contains("\n\n\n"), "{all}");
    assert!(
        all.contains("#   s3setup apply m.yaml\n#   s3setup plan m.yaml\n"),
        "{all}"
    );
    assert!(all.contains("{arn: \"1\", "), "text stays text: {all}");
}

#[test]
fn a_number_is_plain_where_the_manifest_has_one() {
    let text = "name: m\ninputs:\n  a: {description: x, default: 7}\n  b: {description: x, \
                default: '7'}\ntags: {a: '${a}', b: '${b}', c: 'x${a}'}\n";
    assert_eq!(
        written(text, &[("a", "30")]),
        format!("{NOTE}name: m\ntags: {{a: 30, b: \"7\", c: x30}}\n")
    );
}

#[test]
fn only_names_that_are_always_known_stand_for_something_in_a_value() {
    let text = "inputs:\n  a: {description: x}\nname: ${a}\n";
    for (value, name) in [
        ("x-${account}", "x-${account}"),
        ("${region}${partition}", "${region}${partition}"),
        ("${bucket}", "$${bucket}"),
        ("${aws:username}", "$${aws:username}"),
        ("$${x}", "$$${x}"),
        ("${", "$${"),
    ] {
        assert_eq!(
            written(text, &[("a", value)]),
            format!("{NOTE}name: {name}\n")
        );
    }
}

#[test]
fn a_command_on_two_lines_loses_what_is_given() {
    let text = "\
#   s3setup apply manifests/m.yaml --set a=A
#   s3setup plan manifests/m.yaml --set a=A \\
#        --set b=B
#      s3setup apply
inputs:
  a: {description: x}
  b: {description: x, default: y}
name: ${a}${b}
";
    let both = written(text, &[("a", "1"), ("b", "2")]);
    assert!(
        both.contains("#   s3setup plan m.yaml\n#      s3setup apply\n"),
        "{both}"
    );
    let one = written(text, &[("a", "1")]);
    assert!(
        one.contains("#   s3setup plan m.yaml \\\n#        --set b=B\n"),
        "{one}"
    );
    assert!(
        one.ends_with("inputs:\n  b: {description: x, default: y}\n\nname: 1${b}\n"),
        "{one}"
    );
}

#[test]
fn what_cannot_be_written_is_refused() {
    let block = "inputs: {a: {description: x}}\nname: m\noutputs:\n  t: |\n    ${a}\n    b\n";
    for (text, given, says) in [
        (block, ("b", "x"), "has no input \"b\""),
        (block, ("a", "x\ny: z"), "not one line"),
        (block, ("a", "x\u{1b}[A"), "not one line"),
        (block, ("a", "  x"), "does not fit"),
    ] {
        let source = Source::new("m", text);
        let refused = own(&source, &values(&[given]), "m.yaml", origin("m", &[]));
        let said = refused.map(|own| own.text).unwrap_err().to_string();
        assert!(said.contains(says), "{given:?}: {said}");
    }
}

#[test]
fn a_file_name_adds_no_line() {
    let source = Source::new("m", "# s3setup plan manifests/m.yaml\nname: m\n");
    let own = own(&source, &values(&[]), "a\nb: 'c.yaml", origin("m", &[])).unwrap();
    assert_eq!(
        own.text.lines().next(),
        Some("# s3setup plan 'a␊b: '\\''c.yaml'")
    );
}

/// Values that are taken wherever an example is.
fn examples(source: &Source) -> BTreeMap<String, String> {
    let example = |(name, input): (String, super::Input)| Some((name, input.example?));
    inputs(source).into_iter().filter_map(example).collect()
}

#[test]
fn every_manifest_becomes_one_of_the_same_resources() {
    for built_in in vendors::ALL {
        let names = vendors::ALL.iter().map(|one| one.name);
        let others: Vec<&str> = names.filter(|name| *name != built_in.name).collect();
        let file = format!("{}.yaml", built_in.name);
        let source = Source::new("built-in", built_in.text);
        let given = examples(&source);
        let own = own(&source, &given, &file, origin(built_in.name, &others)).unwrap();
        let before = load(&source, &given, &scope()).unwrap();
        let after = load(&own, &BTreeMap::new(), &scope())
            .unwrap_or_else(|problems| panic!("{problems}\n{}", own.text));
        assert_eq!(
            format!("{:?}", after.wanted),
            format!("{:?}", before.wanted)
        );
        assert_eq!(after.outputs, before.outputs, "{}", own.text);
        assert_eq!(after.named_region, before.named_region);
        assert!(after.source.examples.is_empty(), "{}", own.text);
        let left = inputs(&own).len();
        assert!(
            left == 0 || built_in.name.starts_with("snowflake"),
            "{}",
            own.text
        );
        let commands = ["plan", "apply"].map(|name| format!("s3setup {name} {file}"));
        assert!(
            commands
                .iter()
                .any(|command| own.text.contains(command.as_str())),
            "{}",
            own.text
        );
        reads_well(&own.text);
    }
}

fn reads_well(text: &str) {
    assert!(!text.contains("\n\n\n") && text.starts_with("# "), "{text}");
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
    assert!(
        !text.contains("manifests/") && !text.contains("yaml-language-server"),
        "{text}"
    );
    assert_eq!(
        text.matches("Written by `s3setup init").count(),
        1,
        "{text}"
    );
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "{text}");
        let comment = line.starts_with('#') && !line.contains("https://");
        assert!(!comment || line.chars().count() <= 100, "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// What is written and read again is what filling the tree gives.
    #[test]
    fn writing_a_value_is_filling_it_in(value in "[ -~]{0,10}|\\PC{0,4}|[$\\{}a:#'\" ,-]{0,6}") {
        let text = "inputs:\n  v: {description: x}\na: ${v}\nb: x${v}y\nc: [\"${v}\", 'it''s ${v}']\n\
                    d: {e: \"${v}\"}\nk-${v}: >\n  one ${v}\n  two\nl: |\n  x ${v} ${{ ${v} }}\n";
        let source = Source::new("m", text);
        let given = values(&[("v", &value)]);
        let Ok(own) = own(&source, &given, "m.yaml", origin("m", &[])) else {
            // A `$` at the end meets the text behind it; everything else can be written.
            prop_assert!(value.ends_with('$') || value.ends_with(' '), "{value:?}");
            return Ok(());
        };
        let mut meant = parse(&source).unwrap();
        meant.take("inputs");
        let mut there = parse(&own).unwrap();
        fill(&mut meant, &given, &mut Vec::new());
        let mut problems = Vec::new();
        fill(&mut there, &BTreeMap::new(), &mut problems);
        prop_assert_eq!(problems, vec![], "{}", own.text);
        prop_assert_eq!(texts(&meant), texts(&there), "{}", own.text);
    }
}

fn texts(node: &crate::yaml::Node) -> Vec<String> {
    use crate::yaml::Kind;
    match &node.kind {
        Kind::Null => vec!["null".to_owned()],
        Kind::Scalar { text, .. } => vec![format!("{text:?}")],
        Kind::List(items) => items.iter().flat_map(texts).collect(),
        Kind::Map(entries) => entries
            .iter()
            .flat_map(|(key, value)| [vec![format!("{:?}:", key.text)], texts(value)].concat())
            .collect(),
    }
}
