//! The whole floor against input that nobody would write: it may refuse, and must not panic, hang,
//! or let a terminal see what the file holds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Kind, Node, Problems, Source, decode, fill, find, names, parse};

fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/A"},
        "properties": {
            "b": {"type": ["string", "null"]},
            "c": {"type": "integer", "format": "uint8", "minimum": 0},
        },
        "required": ["b"],
        "$defs": {
            "A": {"anyOf": [
                {"type": "array", "items": {"$ref": "#/$defs/A"}},
                {"type": "boolean"},
                {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]},
                {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
                {"enum": ["x", "y"]},
            ]},
        },
    })
}

/// All that the floor does with a file, and all it may never do.
fn through(text: &str) -> Result<(), Problems> {
    let source = Source::new("m.yaml", text);
    let result = run(&source);
    if let Err(problems) = &result {
        assert!(!problems.is_empty(), "an error has a problem: {text:?}");
        let screen = problems.to_string();
        let obeyed = |character: char| character.is_control() && character != '\n';
        assert!(!screen.contains(obeyed), "{screen:?}");
        assert_eq!(
            problems.to_json().as_array().map(Vec::len),
            Some(problems.len())
        );
        for problem in problems.sorted() {
            let span = problem.span.unwrap_or_default();
            assert!(
                span.start <= span.end && span.end <= text.len(),
                "{problem:?} in {text:?}"
            );
            // Escapes such as `\L` are shorter than their text, and can mislead the place of a part.
            let exact = text.is_char_boundary(span.start) && text.is_char_boundary(span.end);
            assert!(exact || text.contains('\\'), "{problem:?} in {text:?}");
        }
    }
    result
}

fn run(source: &Source) -> Result<(), Problems> {
    let mut node = parse(source)?;
    spans(&node, source);
    let mut problems = Vec::new();
    let known = names(&node);
    let values: BTreeMap<String, String> = known
        .into_iter()
        .skip(1)
        .map(|name| (name, "${x}: \"\u{1b}".to_owned()))
        .collect();
    fill(&mut node, &values, &mut problems);
    let value = decode(&node, &schema(), &mut problems);
    assert!(value.is_some() || !problems.is_empty());
    for problem in &problems {
        // A key that was filled has another name now, and then its ancestor is found.
        assert!(find(&node, &problem.path).is_some(), "{problem:?}");
    }
    Problems::of(source, problems).unless_any(())
}

fn spans(node: &Node, source: &Source) {
    assert!(
        source.text.get(node.span.start..node.span.end).is_some(),
        "{node:?}"
    );
    match &node.kind {
        Kind::Null => {}
        Kind::Scalar { text, quoted } => {
            let slice = source.slice(node.span);
            let one_line = !slice.contains(['\n', '\r']);
            assert!(
                *quoted || !one_line || slice == text,
                "plain text is verbatim: {node:?}"
            );
        }
        Kind::List(items) => items.iter().for_each(|item| spans(item, source)),
        Kind::Map(entries) => entries.iter().for_each(|(_, value)| spans(value, source)),
    }
}

#[test]
fn nasty_texts_are_refused_or_read_and_never_panic() {
    let long = "x".repeat(100_000);
    for text in [
        "\0",
        "\u{feff}\u{feff}",
        "\r",
        "\r\n\r\n",
        "a:\r\tb",
        "&a",
        "*a",
        "!",
        "!!",
        "!<",
        "%",
        "%TAG",
        "---\n---",
        "...",
        "? ",
        "?\n:",
        ": :",
        "- - -",
        "[",
        "]",
        "{",
        "}",
        "{]",
        "[}",
        "\"",
        "'",
        "|",
        ">",
        "|9\n x",
        ">+\n",
        "a: |2\n x",
        "a: \"\\ud800\"",
        "a: \"\\U00110000\"",
        "a: \"\\x1b[31m\"",
        "\u{1b}: \u{9b}",
        "a: \u{202e}b",
        "é: [é, ü",
        "a: 'é\n",
        "<<: <<",
        "<<: [<<]",
        "<<:",
        "a: &a",
        "a: &a *a",
        "a: *a\nb: &a 1",
        "&a a: *a",
        "&a : *a",
        "*a : b",
        "[*a]: b",
        "${",
        "${x",
        "a: ${${x}}",
        "a: $${",
        "${x}: ${x}",
        "a: ${\u{1b}}",
        "\u{2028}: a",
        "a:\u{a0}b",
        "a: \u{85}b",
        "\u{10ffff}: \u{10ffff}",
        "a: b\u{feff}",
        "a\u{feff}: b",
        "#",
        "#\n\u{feff}",
        "a: #\n  b",
        "a: b #",
        "a: b#\n c",
    ] {
        let _ = through(text);
        let _ = through(&format!("k:\n  - {text}\n"));
        let _ = through(&format!("k: {text}\nb: 1\n"));
        let _ = through(&format!("k: {{b: {text}, c: [{text}]}}\n"));
        let _ = through(&format!("k: \"{text}\"\n'{text}': |\n  {text}\n"));
        let _ = through(&format!("{long}: {text}\n{text}{long}"));
    }
}

#[test]
fn large_files_take_no_time() {
    // A quarter of the limit: tests run unoptimised, and what is quadratic shows all the same.
    let size = super::MAX_BYTES / 4;
    let lines = |line: &str| line.repeat(size / line.len());
    for text in [
        lines("${x}"),
        format!("a: {}", lines("${")),
        format!("a: {}}}", lines("${")),
        format!("a: '{}'", lines("$${x}")),
        lines("a: *x\n"),
        lines("? "),
        lines("'"),
        lines("\t"),
        lines("\n"),
        lines("a: b: c\n"),
        lines("&a "),
        lines("!a "),
        lines("# c\n"),
        format!("a:\n{}", lines("- ${nope}\n")),
        (0..15_000)
            .map(|line| format!("zz{line}: {{}}\n"))
            .collect(),
        (0..15_000)
            .map(|line| format!("${{x{line}}}: 1\n"))
            .collect(),
    ] {
        let start = std::time::Instant::now();
        let _ = through(&text);
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{took:?} for {:?}…", text.get(..20));
    }
}

/// Pieces that YAML, filling and terminals give a meaning to.
fn piece() -> impl Strategy<Value = String> {
    let meaning = [
        "a", "b", "c", ": ", ":", "\n", "\n  ", "\n- ", "- ", "  ", "[", "]", "{", "}", ", ", "\"",
        "'", "|\n", ">-\n", "#", " #c", "&x ", "*x", "<<: ", "!!str ", "!t ", "---\n", "...\n",
        "? ", "\t", "\r\n", "\r", "~", "null", "true", "1", "0x1", "${x}", "${", "$${", "${aws:x}",
        "${y}", "é", "東", "\u{1b}", "\u{202e}", "\u{feff}", "\\", "%", "@", "`", "a: ", "\nb: ",
    ];
    prop_oneof![
        9 => proptest::sample::select(meaning.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_refused_or_read_and_never_panic(pieces in proptest::collection::vec(piece(), 0..40)) {
        let _ = through(&pieces.concat());
    }

    #[test]
    fn a_quoted_text_is_read_as_it_is(text in "[^\\p{C}\\u{2028}\\u{2029}]{0,40}") {
        let source = Source::new("m", format!("a: '{}'\n", text.replace('\'', "''")));
        let node = parse(&source).unwrap();
        prop_assert_eq!(node.get("a").and_then(Node::text), Some(text.as_str()));
    }

    #[test]
    fn a_plain_text_is_read_as_it_is(text in "[a-zA-Z0-9+.][-a-zA-Z0-9_+./$*!é東]{0,30}") {
        prop_assume!(!matches!(text.as_str(), "null" | "Null" | "NULL") && !text.starts_with("..."));
        let source = Source::new("m", format!("{text}: {text}\n"));
        let node = parse(&source).unwrap();
        prop_assert_eq!(node.get(&text).and_then(Node::text), Some(text.as_str()));
    }

    #[test]
    fn a_value_of_an_input_arrives_unchanged(value in any::<String>()) {
        let mut node = parse(&Source::new("m", "a: ${v}\nb: x${v}y\n")).unwrap();
        let mut problems = Vec::new();
        fill(&mut node, &BTreeMap::from([("v".to_owned(), value.clone())]), &mut problems);
        prop_assert!(problems.is_empty());
        prop_assert_eq!(node.get("a").and_then(Node::text), Some(value.as_str()));
        let whole = format!("x{value}y");
        prop_assert_eq!(node.get("b").and_then(Node::text), Some(whole.as_str()));
        prop_assert_eq!(node.entries().map(<[_]>::len), Some(2));
    }
}
